// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/labs/language/network.h"

#include <chrono>

namespace orrery::language {

/// Adds the time since the last call to a part of a step; with no times to add to it does not look at the clock.
class Laps {
 public:
    explicit Laps(StepTimes* times) : m_times(times) {
        if (times) m_last = Clock::now();
    }
    void operator()(double StepTimes::*part) {
        if (!m_times) return;
        const Clock::time_point now = Clock::now();
        m_times->*part += std::chrono::duration<double, std::milli>(now - m_last).count();
        m_last = now;
    }
    void skip() { ///< the time since the last call belongs to somebody else
        if (m_times) m_last = Clock::now();
    }

 private:
    using Clock = std::chrono::steady_clock;
    StepTimes* m_times;
    Clock::time_point m_last{};
};

} // namespace orrery::language
