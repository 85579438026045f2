// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/words_glove.h"

#include "engine/error.h"
#include "engine/labs/embedding/words_kernels.h"
#include "engine/labs/embedding/words_rounding.h"

#include <algorithm>
#include <cmath>

namespace orrery::embedding {

namespace {

constexpr std::int64_t mostPerRound = 4096, leastPerRound = 64, roundsPerPass = 16; // of small texts
constexpr std::uint32_t orderStream = 2, initStream = 3;

/// Sums of pairs, i <= j: batches are sorted and joined, so that memory holds each pair about once.
class PairSums {
 public:
    void add(std::int32_t i, std::int32_t j, double weight) {
        const auto [low, high] = std::minmax(i, j);
        m_batch.push_back({std::uint64_t(low) << 32 | std::uint32_t(high), weight});
        if (m_batch.size() >= std::max<std::size_t>(1 << 22, m_sums.size())) join();
    }
    void join() {
        std::stable_sort(m_batch.begin(), m_batch.end(), [](const Entry& a, const Entry& b) { return a.key < b.key; });
        std::vector<Entry> joined;
        joined.reserve(m_sums.size() + m_batch.size() / 2);
        auto old = m_sums.begin();
        for (auto at = m_batch.begin(); at != m_batch.end();) {
            for (; old != m_sums.end() && old->key < at->key; ++old) joined.push_back(*old);
            Entry entry{at->key, 0};
            if (old != m_sums.end() && old->key == at->key) entry.sum = (old++)->sum;
            for (; at != m_batch.end() && at->key == entry.key; ++at) entry.sum += at->sum;
            joined.push_back(entry);
        }
        joined.insert(joined.end(), old, m_sums.end());
        m_sums.swap(joined);
        m_batch.clear();
        if (std::int64_t(m_sums.size()) > mostPairs / 2)
            throw Error("GloVe: more than " + std::to_string(mostPairs) +
                        " different pairs of words; raise the least count, or take a smaller window");
    }
    struct Entry {
        std::uint64_t key;
        double sum;
    };
    const std::vector<Entry>& sums() const { return m_sums; }

 private:
    std::vector<Entry> m_batch, m_sums;
};

class Glove final : public WordTrainer {
 public:
    Glove(std::int64_t words, std::vector<PairCount> pairs, const WordSettings& settings)
        : m_words(words), m_pairs(std::move(pairs)), m_settings(settings) {
        if (m_pairs.empty()) throw Error("GloVe: no two words stand near each other; take a longer text or a larger window");
        for (std::size_t left = m_pairs.size(); left > 1; --left)
            std::swap(
                m_pairs[left - 1],
                m_pairs[std::size_t(std::uint64_t(philox(settings.seed, std::uint32_t(left), 0, orderStream)[0]) * left >> 32)]);
        const auto count = std::int64_t(m_pairs.size());
        m_perRound = std::clamp(count / roundsPerPass, leastPerRound, mostPerRound);
        m_perPass = (count + m_perRound - 1) / m_perRound;
    }

    WordState begin() const override {
        WordState state;
        state.words = m_words, state.dims = m_settings.dims, state.stride = (m_settings.dims + 7) / 8 * 8;
        const auto size = std::size_t(state.words * state.stride);
        state.in.assign(size, 0), state.out = state.in;
        state.inSquares.assign(size, 1), state.outSquares = state.inSquares;
        state.inBias.assign(std::size_t(m_words), 0), state.outBias = state.inBias;
        state.inBiasSquares.assign(std::size_t(m_words), 1), state.outBiasSquares = state.inBiasSquares;
        const Rounder rounder(m_settings, 0);
        for (std::int64_t w = 0; w < m_words; ++w) {
            for (int d = 0; d <= state.dims; ++d) { // two of the four words: one for each side
                const Philox4 words = philox(m_settings.seed, std::uint32_t(w), std::uint32_t(d), initStream);
                const auto in = float((unitOpen(words[0]) - 0.5) / state.dims),
                           out = float((unitOpen(words[1]) - 0.5) / state.dims);
                (d == state.dims ? state.inBias[std::size_t(w)] : state.row(state.in, w)[d]) = in;
                (d == state.dims ? state.outBias[std::size_t(w)] : state.row(state.out, w)[d]) = out;
            }
            if (rounder)
                rounder(state.row(state.in, w), state.stride, std::uint32_t(w)),
                    rounder(state.row(state.out, w), state.stride, std::uint32_t(w), 1);
        }
        return state;
    }

    std::int64_t rounds() const override { return m_perPass * m_settings.epochs; }
    std::int64_t wordsBefore(std::int64_t round) const override {
        return round / m_perPass * std::int64_t(m_pairs.size()) +
               std::min<std::int64_t>(round % m_perPass * m_perRound, std::int64_t(m_pairs.size()));
    }

    WordLoss train(WordState& state, std::int64_t first, std::int64_t count) override {
        WordLoss lost;
        const auto rate = float(m_settings.rate);
        for (std::int64_t round = first; round < first + count; ++round) {
            const std::int64_t begin = round % m_perPass * m_perRound,
                               end = std::min<std::int64_t>(begin + m_perRound, std::int64_t(m_pairs.size()));
            const Rounder rounder(m_settings, std::uint32_t(round / m_perPass));
            for (std::int64_t p = begin; p < end; ++p)
                pair(state, m_pairs[std::size_t(p)], rate, rounder, std::uint32_t(p), lost);
        }
        return lost;
    }

 private:
    void pair(WordState& s, const PairCount& p, float rate, const Rounder& rounder, std::uint32_t place, WordLoss& lost) const {
        float *const w = s.row(s.in, p.i), *const u = s.row(s.out, p.j);
        float &b = s.inBias[std::size_t(p.i)], &c = s.outBias[std::size_t(p.j)];
        const double weight = p.count >= m_settings.most ? 1 : std::pow(p.count / m_settings.most, m_settings.power);
        const float difference = rowProduct(w, u, s.stride) + b + c - std::log(p.count);
        const auto factor = float(weight) * difference;
        lost.sum += weight * double(difference) * double(difference), ++lost.count;
        adaGradPair(w, s.row(s.inSquares, p.i), u, s.row(s.outSquares, p.j), factor, rate, s.stride);
        float &bb = s.inBiasSquares[std::size_t(p.i)], &cc = s.outBiasSquares[std::size_t(p.j)];
        b -= rate * factor / std::sqrt(bb), c -= rate * factor / std::sqrt(cc);
        bb += factor * factor, cc += factor * factor;
        if (rounder) rounder(w, s.stride, place), rounder(u, s.stride, place, 1);
    }

    std::int64_t m_words;
    std::vector<PairCount> m_pairs;
    WordSettings m_settings;
    std::int64_t m_perRound = 1, m_perPass = 1;
};

} // namespace

std::vector<PairCount> pairCounts(const Corpus& corpus, int window, Progress& progress) {
    return weightedPairs(
        corpus, window, [](int distance) { return 1.0 / distance; }, progress);
}

std::vector<PairCount> weightedPairs(const Corpus& corpus, int window, const std::function<double(int)>& weight,
                                     Progress& progress) {
    std::vector<double> weights;
    for (int distance = 0; distance <= window; ++distance) weights.push_back(distance == 0 ? 0 : weight(distance));
    PairSums sums;
    std::int64_t begin = 0;
    for (std::size_t s = 0; s < corpus.ends.size(); begin = corpus.ends[s++]) {
        for (std::int64_t at = begin; at < corpus.ends[s]; ++at)
            for (std::int64_t other = std::max(begin, at - window); other < at; ++other)
                sums.add(corpus.tokens[std::size_t(at)], corpus.tokens[std::size_t(other)], weights[std::size_t(at - other)]);
        if (s % 256 == 0) progress.at(0.9 * double(s) / double(corpus.ends.size()));
    }
    sums.join();
    std::vector<PairCount> pairs;
    pairs.reserve(2 * sums.sums().size());
    for (const auto& [key, sum] : sums.sums()) {
        const auto i = std::int32_t(key >> 32), j = std::int32_t(key & 0xFFFFFFFF);
        pairs.push_back({i, j, float(i == j ? 2 * sum : sum)}); // a word near itself is a pair from either side
        if (i != j) pairs.push_back({j, i, float(sum)});
    }
    std::sort(pairs.begin(), pairs.end(),
              [](const PairCount& a, const PairCount& b) { return a.i != b.i ? a.i < b.i : a.j < b.j; });
    progress.at(1);
    return pairs;
}

std::unique_ptr<WordTrainer> gloveTrainer(std::shared_ptr<const Corpus> corpus, const WordSettings& settings,
                                          Progress& progress) {
    return std::make_unique<Glove>(corpus->size(), pairCounts(*corpus, settings.window, progress), settings);
}

std::unique_ptr<WordTrainer> gloveTrainer(std::int64_t words, std::vector<PairCount> pairs, const WordSettings& settings) {
    return std::make_unique<Glove>(words, std::move(pairs), settings);
}

} // namespace orrery::embedding
