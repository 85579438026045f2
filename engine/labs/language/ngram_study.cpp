// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/ngram_study.h"

#include "engine/assets.h"
#include "engine/error.h"

#include <chrono>
#include <filesystem>

namespace orrery::language {

namespace {

constexpr std::string_view samText = "I am Sam\nSam I am\nI do not like green eggs and ham\n"; // Dr. Seuss, as in every lecture
constexpr std::uint64_t pieceBytes = 1 << 16;

} // namespace

std::shared_ptr<NgramStudy> openStudy(const NgramSource& source) {
    auto study = std::make_shared<NgramStudy>();
    study->source = source;
    if (source.source == "sam") {
        study->name = "I am Sam";
        study->text = samText;
    } else if (source.source == "stories") {
        const auto content = asset("language/data/stories.txt");
        if (!content) throw Error("the built-in stories are not part of this program; choose a file");
        study->name = "stories.txt";
        study->text = *content;
    } else {
        if (source.file.empty()) throw Error("no file is chosen; give ngram_file a text or an ARPA file");
        study->file = std::make_shared<const model::MappedFile>(source.file);
        study->name = std::filesystem::path(source.file).filename().string();
        study->text = {reinterpret_cast<const char*>(study->file->all().data()), std::size_t(study->file->size())};
        if (study->text.size() > longestText) throw Error(source.file + ": more than 1 GB is not counted; take a part of it");
    }
    return study;
}

void fillStudy(NgramStudy& study, std::atomic<double>& fraction, const lab::Stop& stop) {
    const auto start = std::chrono::steady_clock::now();
    const std::string name = study.file ? study.file->path() : study.name;
    if (study.file) study.file->checkSize();
    if (study.source.source == "arpa") {
        ArpaModel arpa = readArpa(name, study.text);
        study.arpa = std::move(arpa.model);
        study.corpus.unit = Unit::word;
        study.corpus.vocabulary = std::move(arpa.vocabulary);
        study.corpus.bytes = study.text.size();
    } else {
        CorpusReader reader(name, study.text, study.source.unit, study.source.order, study.source.heldOut);
        while (!reader.done()) {
            if (stop) return;
            if (study.file) study.file->checkSize();
            reader.read(pieceBytes);
            fraction = 0.8 * reader.fraction();
        }
        study.tableBytes = reader.memory();
        study.corpus = reader.finish();
    }
    study.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    for (int order = 1; study.corpus.counts && order <= study.corpus.counts->order() && !stop; ++order) {
        study.laws.push_back(zipfOf(*study.corpus.counts, order));
        fraction = 0.8 + 0.2 * order / study.corpus.counts->order();
    }
}

std::vector<Judgement> judge(const NgramStudy& study, double k, bool closed, const lab::Stop& stop) {
    std::vector<Judgement> rows;
    if (!study.corpus.counts) return rows;
    const NgramCorpus& corpus = study.corpus;
    for (const Smoothing method : {Smoothing::mle, Smoothing::addK, Smoothing::kneserNey}) {
        const CountedModel model(corpus.counts, {method, k, closed});
        Judgement row{.method = method};
        const auto start = std::chrono::steady_clock::now();
        std::uint64_t line = 0;
        const auto full = [&](const Perplexity& sum) { return sum.tokens >= judgedTokens; };
        if (study.file) study.file->checkSize();
        TextReader reader(study.name, study.text, corpus.unit);
        while (!reader.done() && !(full(row.counted) && full(row.heldOut))) {
            if (stop) return {};
            reader.read(
                pieceBytes, [](std::string_view) {},
                [&](std::uint64_t from, std::uint64_t to) {
                    Perplexity& sum = heldOutLine(line++, study.source.heldOut) ? row.heldOut : row.counted;
                    if (!full(sum)) addLine(sum, model, corpus.vocabulary, corpus.unit, study.text.substr(from, to - from));
                });
            if (full(row.counted) && corpus.heldOut.empty()) break;
        }
        row.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        rows.push_back(row);
    }
    return rows;
}

} // namespace orrery::language
