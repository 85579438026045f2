// SPDX-License-Identifier: GPL-3.0-or-later
// Play, pause, single step, speed, scrub and loop over a lab's steps. Knows no lab: it turns wall time into a target.
#pragma once

namespace orrery::lab {

class Transport {
 public:
    void setSteps(int steps); ///< keeps the share done where it can
    int steps() const { return m_steps; }
    int target() const;                            ///< the step that should be shown
    double position() const { return m_position; } ///< fractional step
    bool playing() const { return m_playing; }
    double speed() const { return m_speed; }
    bool loop() const { return m_loop; }

    void play(); ///< from the start again if it stands at the end
    void pause() { m_playing = false; }
    void toggle() { m_playing ? pause() : play(); }
    void step(int by);           ///< pauses
    void seek(double position);  ///< clamps; keeps playing or not
    void setSpeed(double speed); ///< 1: the whole clock in `seconds`; 1/64 … 64
    void setLoop(bool loop) { m_loop = loop; }

    /// Wall seconds passed while the lab stood at step `reached`: playing never runs ahead of what is computed.
    void update(double seconds, int reached);

    static constexpr double wholeClockSeconds = 6;  ///< at speed 1
    static constexpr double restAtEndSeconds = 1.5; ///< before a loop starts again

 private:
    int m_steps = 1;
    double m_position = 0, m_speed = 1, m_rest = 0;
    bool m_playing = false, m_loop = true;
};

} // namespace orrery::lab
