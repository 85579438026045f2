// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/ngram_bench.h"

#include "engine/assets.h"
#include "engine/labs/language/ngram_corpus.h"
#include "engine/labs/language/ngram_score.h"
#include "engine/labs/language/ngram_smoothing.h"
#include "engine/philox.h"

#include <chrono>
#include <cmath>
#include <string>
#include <unordered_map>

namespace orrery::language {

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Words by Zipf's law, of which half are called by the word before them, so that n-grams come again; the same on every machine.
std::string zipfText(std::size_t bytes, int words) {
    std::string text;
    std::uint32_t before = 0;
    for (std::uint32_t i = 0; text.size() < bytes; ++i) {
        const Philox4 r = philox(7, i, 0, 0x6e62);
        const double u = unitOpen(r[0]);
        const std::uint32_t word =
            r[1] % 2 ? (before * 7919 + r[2] % 4 * 31) % std::uint32_t(words) : std::uint32_t(std::pow(double(words), u)) - 1;
        text += "w" + std::to_string(word);
        text += r[3] % 16 == 0 ? '\n' : ' ';
        before = word;
    }
    return text;
}

NgramCorpus countAll(std::string_view text, Unit unit, int order) {
    CorpusReader reader("bench", text, unit, order, 0);
    while (!reader.done()) reader.read(1 << 16);
    return reader.finish();
}

/// The same counting as one would write it in a minute: a map of strings.
std::size_t countPlainly(std::string_view text, int order) {
    std::unordered_map<std::string, std::uint32_t> counts;
    std::vector<std::string> last;
    const auto take = [&](const std::string& word) {
        last.push_back(word);
        if (int(last.size()) > order) last.erase(last.begin());
        std::string gram;
        for (std::size_t k = last.size(); k-- > 0;) ++counts[gram = gram.empty() ? last[k] : last[k] + ' ' + gram];
    };
    last.push_back("<s>");
    TextReader reader("bench", text, Unit::word);
    reader.read(
        text.size(), [&](std::string_view word) { take(std::string(word)); },
        [&](std::uint64_t, std::uint64_t) {
            take("</s>");
            last.assign(1, "<s>");
        });
    return counts.size();
}

std::string words(const char* what, double value, const char* unit) {
    char text[128];
    std::snprintf(text, sizeof text, "%s, %.3g %s", what, value, unit);
    return text;
}

void measure(std::vector<bench::Figure>& figures, const std::string& name, std::string_view text, Unit unit, int order) {
    const double megabytes = double(text.size()) / 1e6;
    double best = 1e9;
    NgramCorpus corpus;
    for (int run = 0; run < 3; ++run) {
        const auto start = Clock::now();
        corpus = countAll(text, unit, order);
        best = std::min(best, secondsSince(start));
    }
    bench::Figure counting{"ngram count " + name, megabytes / best, "MB/s", {}, 0};
    if (unit == Unit::word) {
        const auto start = Clock::now();
        countPlainly(text, order);
        const double plain = megabytes / secondsSince(start);
        counting.limit = words("a hash map of strings", plain, "MB/s");
        counting.ratio = counting.value / plain;
    }
    figures.push_back(counting);

    const CountedModel model(corpus.counts, {});
    Perplexity sum;
    const auto start = Clock::now();
    TextReader reader("bench", text, unit);
    while (!reader.done() && secondsSince(start) < 1)
        reader.read(
            1 << 16, [](std::string_view) {},
            [&](std::uint64_t from, std::uint64_t to) {
                addLine(sum, model, corpus.vocabulary, unit, text.substr(from, to - from));
            });
    figures.push_back({"ngram query " + name, double(sum.tokens) / secondsSince(start) / 1e6, "M tokens/s", {}, 0});
    const double each = double(corpus.counts->bytes()) / double(corpus.counts->ngrams());
    figures.push_back({"ngram memory " + name, each, "bytes",
                       words("token, count, first child as three 32-bit numbers", 12, "bytes"), each / 12});
}

} // namespace

std::vector<bench::Figure> benchNgram(gpu::Device&) {
    std::vector<bench::Figure> figures;
    if (const auto stories = asset("language/data/stories.txt")) {
        measure(figures, "stories, words, n = 3", *stories, Unit::word, 3);
        measure(figures, "stories, bytes, n = 6", *stories, Unit::byte, 6);
    }
    measure(figures, "50 k words, n = 3", zipfText(8'000'000, 50'000), Unit::word, 3);
    return figures;
}

} // namespace orrery::language
