// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/transport.h"

#include <algorithm>
#include <cmath>

namespace orrery::lab {

namespace {

/// After a hiccup (a dialog, a suspended machine) the clock goes on from where it was seen last.
constexpr double longestFrameSeconds = 0.25;

/// 0.29 of 100 steps is 28.999999999999996 in floating point, and is meant to be step 29.
constexpr double slack = 1e-6;

} // namespace

void Transport::setSteps(int steps) {
    steps = std::max(steps, 0);
    if (steps == m_steps) return;
    m_position = m_steps > 0 ? m_position / m_steps * steps : 0;
    m_steps = steps;
}

int Transport::target() const { return std::min(int(std::floor(m_position + slack)), m_steps); }

void Transport::play() {
    if (target() >= m_steps) m_position = 0;
    m_rest = 0;
    m_playing = true;
}

void Transport::step(int by) {
    pause();
    seek(double(target()) + by);
}

void Transport::seek(double position) {
    if (std::isnan(position)) return;
    m_position = std::clamp(position, 0.0, double(m_steps));
    m_rest = 0;
}

void Transport::setSpeed(double speed) {
    if (!std::isnan(speed)) m_speed = std::clamp(speed, 1.0 / 64, 64.0);
}

void Transport::update(double seconds, int reached) {
    if (!m_playing || reached > target()) return; // the lab is still on its way back to where it was put
    seconds = std::clamp(seconds, 0.0, longestFrameSeconds);
    if (target() < m_steps) {
        const double advance = seconds * m_speed * m_steps / wholeClockSeconds;
        m_position = std::min({m_position + advance, std::max(m_position, reached + 1 + advance), double(m_steps)});
        return;
    }
    if (reached < m_steps) return;
    if (!m_loop) return pause();
    m_rest += seconds;
    if (m_rest >= restAtEndSeconds) seek(0);
}

} // namespace orrery::lab
