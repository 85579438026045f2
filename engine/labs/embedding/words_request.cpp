// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/words_request.h"

#include "engine/assets.h"
#include "engine/error.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace orrery::embedding {

namespace {

std::string versionOf(const std::string& path) {
    std::error_code error;
    const auto time = std::filesystem::last_write_time(path, error);
    if (error || std::filesystem::is_directory(path, error)) throw Error(path + ": there is no such file, or it cannot be read");
    return std::to_string(time.time_since_epoch().count());
}

/// What the grammar has a word for: a grid's name, or what goes with a grid.
Column kindsOf(const Corpus& corpus) {
    Column kinds{"kind", {}, std::vector<float>(std::size_t(corpus.size()))};
    const auto set = [&](const std::string& word, std::size_t kind) {
        if (const std::int32_t row = corpus.find(word); row >= 0) kinds.values[std::size_t(row)] = float(kind);
    };
    for (const Grid& grid : grids()) {
        const std::size_t kind = kinds.categories.size();
        kinds.categories.push_back(grid.name);
        for (const auto& row : grid.words)
            for (const std::string& word : row) set(word, kind);
    }
    kinds.categories.insert(kinds.categories.end(), {"companions", "signs"});
    for (const Grid& grid : grids()) {
        for (const std::string& word : grid.companions) set(word, grids().size());
        for (const auto& signs : grid.signs)
            for (const std::string& word : signs) set(word, grids().size() + 1);
    }
    return kinds;
}

} // namespace

WordsRequest wordsRequestOf(const lab::Settings& s, std::uint64_t seed) {
    WordsRequest r;
    const std::string source = s.text("corpus");
    r.text.source = source == "file" ? TextSource::file : source == "stories" ? TextSource::stories : TextSource::grammar;
    r.text.options.minCount = s.integer("min_count"), r.text.options.lowerCase = s.flag("lower_case");
    if (r.text.source == TextSource::grammar) r.text.seed = seed;
    if (r.text.source == TextSource::file) {
        r.text.path = s.text("text_file");
        if (r.text.path.empty()) throw Error("choose a text to train on: a file in UTF-8");
        r.text.version = versionOf(r.text.path);
    }
    WordSettings& w = r.settings;
    const std::string model = s.text("word_model"), format = s.text("word_format");
    w.model = model == "cbow" ? WordModel::cbow : model == "glove" ? WordModel::glove : WordModel::skipGram;
    w.format = format == "fp16" ? WordFormat::fp16 : format == "fp16-random" ? WordFormat::fp16Random : WordFormat::fp32;
    w.dims = int(s.integer("word_dims")), w.window = int(s.integer("window"));
    w.epochs = int(s.integer("passes")), w.rate = s.number("word_rate"), w.seed = seed;
    if (w.model == WordModel::glove) {
        w.most = s.number("glove_most");
    } else {
        w.negatives = int(s.integer("drawn")), w.noisePower = s.number("noise_power"), w.countHits = s.flag("count_hits");
        w.shrink = s.flag("shrink"), w.subsample = s.number("subsample");
    }
    r.questions = s.text("questions");
    if (!r.questions.empty()) r.questionsVersion = versionOf(r.questions);
    return r;
}

std::shared_ptr<const Corpus> corpusFor(const TextRequest& text, Progress& progress) {
    switch (text.source) {
        case TextSource::grammar:
            return std::make_shared<const Corpus>(corpusOf(grammarText({.seed = text.seed}), "grammar", text.options, progress));
        case TextSource::stories: {
            const auto stories = asset("language/data/stories.txt");
            if (!stories) throw Error("the stories are not part of this build; take a text of your own");
            return std::make_shared<const Corpus>(corpusOf(*stories, "stories", text.options, progress));
        }
        case TextSource::file:
            break;
    }
    return std::make_shared<const Corpus>(readCorpus(text.path, text.options, progress));
}

std::vector<Analogy> questionsFor(const WordsRequest& request) {
    if (!request.questions.empty()) return readAnalogies(request.questions);
    return request.text.source == TextSource::grammar ? grammarAnalogies() : std::vector<Analogy>();
}

Table tableOf(const Corpus& corpus, Matrix vectors, const TextRequest& text) {
    Table table;
    table.name = std::filesystem::path(corpus.name).filename().string();
    table.values = std::move(vectors), table.tokens = corpus.words, table.remarks = corpus.remarks;
    Column counts{"count", {}, {}};
    counts.values.assign(corpus.counts.begin(), corpus.counts.end());
    table.columns.push_back(std::move(counts));
    if (text.source == TextSource::grammar) table.columns.push_back(kindsOf(corpus));
    return table;
}

Table trainedTable(const WordsRequest& request, Progress& progress) {
    const auto corpus = corpusFor(request.text, progress);
    const auto trainer = wordTrainer(corpus, request.settings, progress);
    WordState state = trainer->begin();
    constexpr std::int64_t slice = 8;
    for (std::int64_t round = 0; round < trainer->rounds(); round += slice) {
        trainer->train(state, round, std::min(slice, trainer->rounds() - round));
        progress.at(double(round) / double(trainer->rounds()));
    }
    return tableOf(*corpus, state.vectors(), request.text);
}

} // namespace orrery::embedding
