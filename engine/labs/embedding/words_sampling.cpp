// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/words_sampling.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace orrery::embedding {

namespace {

// A place's draws are counted by place, epoch and stream alone.
constexpr std::uint32_t keepStream = 0x100, windowStream = 0x200;

Philox4 wordsAt(std::uint64_t seed, std::int64_t place, std::uint32_t epoch, std::uint32_t stream) {
    return philox(seed, std::uint32_t(place), epoch, stream);
}

} // namespace

Noise::Noise(std::span<const std::int64_t> counts, double power) : m_slots(counts.size()), m_probability(counts.size()) {
    double sum = 0;
    for (std::size_t w = 0; w < counts.size(); ++w) sum += m_probability[w] = std::pow(double(counts[w]), power);
    for (double& p : m_probability) p /= sum;
    const auto n = double(counts.size());
    std::vector<double> share(counts.size());
    std::vector<std::int32_t> poor, rich;
    for (std::size_t w = 0; w < share.size(); ++w) {
        share[w] = m_probability[w] * n;
        (share[w] < 1 ? poor : rich).push_back(std::int32_t(w));
    }
    while (!poor.empty() && !rich.empty()) {
        const std::int32_t small = poor.back(), large = rich.back();
        poor.pop_back();
        m_slots[std::size_t(small)] = {std::uint32_t(std::min(share[std::size_t(small)] * 0x1p32, double(0xFFFFFFFF))), large};
        share[std::size_t(large)] -= 1 - share[std::size_t(small)];
        if (share[std::size_t(large)] < 1) rich.pop_back(), poor.push_back(large);
    }
}

Sampler::Sampler(const Corpus& corpus, const WordSettings& settings)
    : m_corpus(corpus),
      m_settings(settings),
      m_noise(corpus.counts, settings.noisePower),
      m_keep(corpus.counts.size(), 1ULL << 32) {
    if (settings.subsample <= 0) return;
    const double all = double(std::accumulate(corpus.counts.begin(), corpus.counts.end(), std::int64_t{0}));
    for (std::size_t w = 0; w < m_keep.size(); ++w) {
        const double t = settings.subsample * all / double(corpus.counts[w]);
        m_keep[w] = std::uint64_t(std::min(1.0, std::sqrt(t) + t) * 0x1p32);
    }
}

void Sampler::keep(std::int64_t begin, std::int64_t end, std::uint32_t epoch, std::vector<std::int64_t>& kept) const {
    kept.clear();
    for (std::int64_t at = begin; at < end; ++at) {
        const std::uint64_t limit = m_keep[std::size_t(m_corpus.tokens[std::size_t(at)])];
        if (limit >> 32 != 0 || wordsAt(m_settings.seed, at, epoch, keepStream)[0] < limit) kept.push_back(at);
    }
}

void Sampler::window(std::span<const std::int64_t> kept, std::size_t centre, std::uint32_t epoch, Window& window) const {
    const std::int64_t place = kept[centre];
    const std::int32_t word = m_corpus.tokens[std::size_t(place)];
    Philox4 words = wordsAt(m_settings.seed, place, epoch, windowStream);
    const std::uint64_t reach = m_settings.shrink ? 1 + (std::uint64_t(words[0]) * std::uint64_t(m_settings.window) >> 32)
                                                  : std::uint64_t(m_settings.window);
    window.contexts = 0;
    const std::size_t from = centre - std::min<std::size_t>(centre, reach),
                      to = std::min<std::size_t>(kept.size() - 1, centre + reach);
    for (std::size_t j = from; j <= to; ++j) {
        if (j == centre) continue;
        const std::int32_t other = m_corpus.tokens[std::size_t(kept[j])];
        int entry = 0;
        while (entry < window.contexts && window.context[std::size_t(entry)] != other) ++entry;
        if (entry == window.contexts)
            window.context[std::size_t(window.contexts)] = other, window.times[std::size_t(window.contexts++)] = 0;
        window.times[std::size_t(entry)] += 1;
    }
    window.output[0] = word, window.negative[0] = 0, window.outputs = 1;
    std::size_t used = 2; // two words for each draw
    for (int k = 0; k < m_settings.negatives; ++k, used += 2) {
        if (used == 4) words = wordsAt(m_settings.seed, place, epoch, windowStream + 1 + std::uint32_t(k)), used = 0;
        const std::int32_t drawn = m_noise.draw(words[used], words[used + 1]);
        if (drawn == word) {
            window.negative[0] += m_settings.countHits ? 1 : 0;
            continue;
        }
        int entry = 1;
        while (entry < window.outputs && window.output[std::size_t(entry)] != drawn) ++entry;
        if (entry == window.outputs)
            window.output[std::size_t(entry)] = drawn, window.negative[std::size_t(entry)] = 0, ++window.outputs;
        window.negative[std::size_t(entry)] += 1;
    }
}

} // namespace orrery::embedding
