// SPDX-License-Identifier: GPL-3.0-or-later
// The rows that one lane of training reads and writes: those of the state itself, or copies of the rows that it touches, which are
// brought together when all lanes are done. So what a lane does never depends on how far another one is.
#pragma once

#include "engine/labs/embedding/words_state.h"

#include <algorithm>

namespace orrery::embedding {

class LaneRows {
 public:
    /// `most`: rows that may be touched before clear().
    void copy(WordState& state, std::int64_t most) {
        m_state = &state, m_copies = true;
        m_slot.assign(std::size_t(2 * state.words), -1);
        const std::int64_t room = std::min(most, 2 * state.words);
        m_pool.resize(std::size_t(room * state.stride));
        m_touched.reserve(std::size_t(room));
    }
    void direct(WordState& state) { m_state = &state, m_copies = false; }

    float* in(std::int32_t word) { return m_copies ? copyOf(word) : m_state->row(m_state->in, word); }
    float* out(std::int32_t word) {
        return m_copies ? copyOf(std::int32_t(m_state->words) + word) : m_state->row(m_state->out, word);
    }

    /// Rows in the order in which they were first touched; a row of `out` has number V + word.
    const std::vector<std::int32_t>& touched() const { return m_touched; }
    const float* touchedRow(std::int32_t row) const {
        const std::int32_t slot = m_slot[std::size_t(row)];
        return slot < 0 ? nullptr : m_pool.data() + std::int64_t(slot) * m_state->stride;
    }
    void clear() {
        for (const std::int32_t row : m_touched) m_slot[std::size_t(row)] = -1;
        m_touched.clear();
    }

 private:
    float* copyOf(std::int32_t row) {
        std::int32_t& slot = m_slot[std::size_t(row)];
        const std::int64_t stride = m_state->stride;
        if (slot < 0) {
            slot = std::int32_t(m_touched.size());
            m_touched.push_back(row);
            const bool input = row < m_state->words;
            const float* from = input ? m_state->row(m_state->in, row) : m_state->row(m_state->out, row - m_state->words);
            std::copy_n(from, stride, m_pool.data() + std::int64_t(slot) * stride);
        }
        return m_pool.data() + std::int64_t(slot) * stride;
    }

    WordState* m_state = nullptr;
    bool m_copies = false;
    std::vector<std::int32_t> m_slot;
    std::vector<std::int32_t> m_touched;
    Floats m_pool;
};

/// The part of the merge that lane `mine` does: rows that it is the first lane to have touched become the mean of the lanes' copies.
/// A mean, not a sum of the changes: two lanes that both corrected a frequent word would overshoot.
inline void mergeRows(WordState& state, const std::vector<LaneRows>& lanes, std::size_t mine) {
    for (const std::int32_t row : lanes[mine].touched()) {
        bool first = true;
        for (std::size_t lane = 0; lane < mine; ++lane) first &= lanes[lane].touchedRow(row) == nullptr;
        if (!first) continue;
        float* to = row < state.words ? state.row(state.in, row) : state.row(state.out, row - state.words);
        std::copy_n(lanes[mine].touchedRow(row), state.stride, to);
        int count = 1;
        for (std::size_t lane = mine + 1; lane < lanes.size(); ++lane)
            if (const float* other = lanes[lane].touchedRow(row)) {
                ++count;
                for (int i = 0; i < state.stride; ++i) to[i] += other[i];
            }
        if (count == 1) continue;
        const float share = 1.0F / float(count);
        for (int i = 0; i < state.stride; ++i) to[i] *= share;
    }
}

} // namespace orrery::embedding
