// SPDX-License-Identifier: GPL-3.0-or-later
// What a place in the text asks of the model: the words around it, and words drawn by chance that should not be there.
#pragma once

#include "engine/labs/embedding/words_corpus.h"
#include "engine/labs/embedding/words_state.h"
#include "engine/philox.h"

#include <array>

namespace orrery::embedding {

constexpr int mostWindow = 16, mostNegatives = 24;

/// Draws words in proportion to count^power in constant time (Walker's alias method, Vose 1991).
class Noise {
 public:
    Noise(std::span<const std::int64_t> counts, double power);
    std::int32_t draw(std::uint32_t place, std::uint32_t chance) const {
        const std::uint64_t slot = std::uint64_t(place) * m_slots.size() >> 32;
        return chance <= m_slots[slot].keep ? std::int32_t(slot) : m_slots[slot].other;
    }
    double probability(std::int64_t word) const { return m_probability[std::size_t(word)]; }

 private:
    struct Slot {
        std::uint32_t keep = 0xFFFFFFFF;
        std::int32_t other = 0;
    };
    std::vector<Slot> m_slots;
    std::vector<double> m_probability;
};

/// One centre with its company. Words that occur more than once are one entry, so that no update of theirs is lost.
struct Window {
    int contexts = 0, outputs = 0;
    std::array<std::int32_t, 2 * mostWindow> context;
    std::array<float, 2 * mostWindow> times;            ///< how often
    std::array<std::int32_t, 1 + mostNegatives> output; ///< the centre first
    std::array<float, 1 + mostNegatives> negative;      ///< how often drawn; of the centre only where hits count
};

class Sampler {
 public:
    Sampler(const Corpus& corpus, const WordSettings& settings);

    /// The words of a sentence that are kept, by their places in the text.
    void keep(std::int64_t begin, std::int64_t end, std::uint32_t epoch, std::vector<std::int64_t>& kept) const;
    /// The window about kept[centre]; same place and epoch, same window.
    void window(std::span<const std::int64_t> kept, std::size_t centre, std::uint32_t epoch, Window& window) const;
    const Noise& noise() const { return m_noise; }
    double keepProbability(std::int64_t word) const { return double(m_keep[std::size_t(word)]) * 0x1p-32; }

 private:
    const Corpus& m_corpus;
    WordSettings m_settings;
    Noise m_noise;
    std::vector<std::uint64_t> m_keep; ///< of 2^32
};

} // namespace orrery::embedding
