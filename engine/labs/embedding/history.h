// SPDX-License-Identifier: GPL-3.0-or-later
// What a run needs to be scrubbed: states kept now and then, and what was turned when. A turn at a moment in the past drops what
// came after it. However long a run becomes, the states take no more than `most` bytes: when the next would, every other one goes.
#pragma once

#include "engine/labs/embedding/optimiser.h"

#include <algorithm>
#include <map>

namespace orrery::embedding {

/// From a step on: how steps are taken.
struct Era {
    Tuning tuning;
    std::shared_ptr<Optimiser> optimiser;
};

class History {
 public:
    static constexpr std::size_t mostBytes = 256U << 20;
    static constexpr int leastGap = 25; ///< steps that are replayed gladly

    explicit History(std::size_t most = mostBytes) : m_most(most) {}

    void begin(State first, Era era) {
        m_bytes = 3 * sizeof(float) * std::size_t(first.y.padded() * first.y.dims);
        m_gap = leastGap;
        m_frames.clear(), m_eras.clear();
        m_frames[0] = std::move(first), m_eras[0] = std::move(era);
    }
    void turn(int step, Era era) {
        m_eras.erase(m_eras.lower_bound(step), m_eras.end());
        m_frames.erase(m_frames.upper_bound(step), m_frames.end());
        m_eras[step] = std::move(era);
    }
    void keep(int step, const State& state) {
        if (step % m_gap != 0 || m_frames.contains(step)) return;
        while (m_frames.size() > 1 && bytes() + m_bytes > m_most) {
            m_gap *= 2;
            std::erase_if(m_frames, [this](const auto& frame) { return frame.first % m_gap != 0; });
        }
        if (step % m_gap == 0 && bytes() + m_bytes <= m_most) m_frames.emplace(step, state);
    }
    std::size_t bytes() const { return m_frames.size() * m_bytes; }
    int gap() const { return m_gap; } ///< steps between two states
    const Era& era(int step) const { return std::prev(m_eras.upper_bound(step))->second; }
    /// The first step after that one at which a state is kept or steps are taken otherwise.
    int pause(int step) const {
        const auto later = m_eras.upper_bound(step);
        const int kept = (step / m_gap + 1) * m_gap;
        return later == m_eras.end() ? kept : std::min(kept, later->first);
    }
    /// The latest kept state at or before that step, and its number.
    std::pair<int, const State&> frame(int step) const {
        const auto found = std::prev(m_frames.upper_bound(step));
        return {found->first, found->second};
    }

 private:
    std::size_t m_most, m_bytes = 0; ///< of all states, of one
    int m_gap = leastGap;
    std::map<int, State> m_frames;
    std::map<int, Era> m_eras;
};

} // namespace orrery::embedding
