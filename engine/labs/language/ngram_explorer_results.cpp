// SPDX-License-Identifier: GPL-3.0-or-later
// What the explorer hands out: marks, series, arrays, checks, files.
#include "engine/error.h"
#include "engine/labs/language/ngram_explorer.h"
#include "engine/replace_file.h"

#include <cmath>
#include <cstdio>
#include <numeric>
#include <ostream>

namespace orrery::language {

namespace {

constexpr std::size_t featureLines = 1000, featureDimensions = 256;

std::string fixed(double value, int decimals) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", decimals, value);
    return text;
}

lab::HostArray empty() { return {{0}, {}}; }

} // namespace

std::vector<lab::Mark> NgramExplorer::marks() const { return {{0, "beginning"}, {steps(), "all read"}}; }

std::string NgramExplorer::status() const {
    if (!ready()) return "counting";
    const TokenScore& score = m_scores[std::size_t(next())];
    std::string text = "token " + std::to_string(std::min(m_position + 1, steps())) + " of " + std::to_string(steps()) + " · " +
                       score.text + " · ";
    text += std::isfinite(score.log10) ? "log10 p " + fixed(score.log10, 3) : std::string("impossible");
    return text;
}

std::span<const lab::Sample> NgramExplorer::series(const std::string& key) const {
    if (key == "ngram_surprise") return m_surprise;
    if (key == "ngram_perplexity") return m_sofar;
    if (key == "ngram_frequency") return m_law;
    if (key == "ngram_power_law") return m_lawLine;
    return {};
}

/// A row for each of the first counted lines: how often each of the most frequent key grams is in it.
lab::HostArray NgramExplorer::features() const {
    if (!m_keyGrams || m_keyGrams->dimensions() == 0) return empty();
    const std::size_t dimensions = std::min(featureDimensions, m_keyGrams->dimensions());
    lab::HostArray result{{0, dimensions}, {}};
    std::vector<float> all(m_keyGrams->dimensions());
    const NgramCorpus& corpus = m_study->corpus;
    std::uint64_t number = 0;
    TextReader reader(m_study->name, m_study->text, corpus.unit);
    while (!reader.done() && result.shape[0] < featureLines)
        reader.read(
            1 << 16, [](std::string_view) {},
            [&](std::uint64_t from, std::uint64_t to) {
                if (heldOutLine(number++, m_study->source.heldOut) || result.shape[0] == featureLines) return;
                std::fill(all.begin(), all.end(), 0.F);
                m_keyGrams->addTo(all, tokensOfLine(corpus.vocabulary, corpus.unit, m_study->text.substr(from, to - from)));
                result.values.insert(result.values.end(), all.begin(), all.begin() + std::ptrdiff_t(dimensions));
                ++result.shape[0];
            });
    return result;
}

lab::HostArray NgramExplorer::array(const std::string& key) const {
    if (!ready()) return empty();
    lab::HostArray result = empty();
    const auto row = [&](std::initializer_list<double> values) {
        for (const double value : values) result.values.push_back(float(value));
        result.shape = {result.shape[0] + 1, values.size()};
    };
    if (key == "ngram_scores") {
        for (const TokenScore& score : m_scores) {
            int order = 0;
            for (const Rung& rung : score.path) order = std::max(order, rung.found ? rung.length + 1 : 0);
            row({double(score.token), score.log10, double(order), double(score.known)});
        }
    } else if (key == "ngram_next") {
        result.shape = {m_distribution.size()};
        result.values.assign(m_distribution.begin(), m_distribution.end());
    } else if (key == "ngram_law") {
        for (const lab::Sample& sample : m_law) row({sample.clock, sample.value});
    } else if (key == "ngram_tree") {
        for (const CountNode& node : m_tree)
            row({double(node.token), double(node.depth), double(node.parent), double(node.count), node.share,
                 double(node.kinds)});
    } else if (key == "ngram_judged") {
        for (const Judgement& one : m_judgements)
            row({double(one.method), one.counted.value(), one.heldOut.value(), one.heldOut.withoutUnknown(),
                 double(one.counted.tokens), double(one.heldOut.tokens), double(one.heldOut.unknown),
                 double(one.heldOut.impossible)});
    } else if (key == "ngram_counts" && m_study->corpus.counts) {
        const NgramCounts& counts = *m_study->corpus.counts;
        for (int level = 0; level < counts.order(); ++level)
            row({double(level + 1), double(counts.size(level)), double(m_study->laws[std::size_t(level)].once)});
    } else if (key == "ngram_cost" && m_study->corpus.counts) {
        const NgramCounts& counts = *m_study->corpus.counts;
        row({double(m_study->text.size()) / 1e6 / m_study->seconds, double(counts.bytes()) / double(counts.ngrams()),
             double(counts.ngrams()), double(m_study->tableBytes),
             m_judgements.empty() ? 0
                                  : double(m_judgements.back().counted.tokens + m_judgements.back().heldOut.tokens) /
                                        m_judgements.back().seconds});
    } else if (key == "ngram_features") {
        return features();
    }
    return result;
}

std::vector<lab::Check> NgramExplorer::checks() const {
    std::vector<lab::Check> all;
    if (!ready()) return all;
    const auto add = [&](const char* key, const char* label, double measured, double expected, double tolerance,
                         const char* because) {
        const bool matches = std::abs(measured - expected) <= tolerance;
        all.push_back({key, label, measured, expected, tolerance,
                       matches ? lab::Check::Verdict::matches : lab::Check::Verdict::disagrees, "", because});
    };
    const double sum = std::accumulate(m_distribution.begin(), m_distribution.end(), 0.0);
    if (m_study->arpa)
        add("ngram_sum", "Sum of the distribution", sum, 1, 1e-3, "the file's logarithms have few digits");
    else
        add("ngram_sum", "Sum of the distribution", sum, 1, 1e-12 * std::sqrt(double(m_distribution.size())),
            "rounding of as many terms in float64");
    const double step = std::pow(10.0, m_scores[std::size_t(next())].log10),
                 whole = m_distribution[std::size_t(m_scores[std::size_t(next())].token)];
    add("ngram_step", "Next token: by its path, and in the distribution", step, whole, 1e-12 + 1e-9 * whole,
        "the same numbers on two ways");
    return all;
}

void NgramExplorer::save(const std::string& output, const std::string& path) const {
    if (output != "ngram_arpa") throw Error("there is no output '" + output + "'");
    if (!m_counted) throw Error("there is nothing to write as ARPA: no text has been counted");
    // of any smoothing that is shown, the counts are Kneser-Ney's to write
    const CountedModel model(m_study->corpus.counts, {Smoothing::kneserNey});
    replaceFile(path, [&](std::ostream& out) { writeArpa(out, model, vocabulary()); });
}

} // namespace orrery::language
