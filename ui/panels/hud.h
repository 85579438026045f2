// SPDX-License-Identifier: GPL-3.0-or-later
// What the machine is doing, at the upper right: device, frames, milliseconds, rates, memory, where the run stands. Pointed at,
// it lists every kernel's time and every check against theory.
#pragma once

#include "engine/lab/session.h"
#include "ui/panels/look.h"
#include "ui/view.h"

namespace orrery::ui {

class Hud {
 public:
    void setShown(bool shown) { m_shown = shown; }
    bool shown() const { return m_shown; }
    /// Logical pixels kept free at those edges. What is too long for what is left between them goes on in a further line.
    struct Edges {
        float left, top, right;
    };
    void draw(const Look& look, gpu::Device& device, lab::Session& session, const View& view, double framesPerSecond,
              double seconds, const Edges& edges);
    /// Logical pixels that it takes at the upper edge below `top`, so that data are placed beside it.
    float covers() const { return m_shown ? m_height : 0; }

 private:
    struct Span {
        std::string text;
        glm::vec4 colour;
    };
    using Line = std::vector<Span>;
    void measure(gpu::Device& device, const View& view, double framesPerSecond);
    std::vector<Line> lines(const Look& look, gpu::Device& device, lab::Session& session, float room) const;
    void drawCard(const Look& look, gpu::Device& device, lab::Session& session, ImVec2 topRight) const;

    bool m_shown = true;
    double m_age = 1e9, m_fps = 0;
    double m_compute = 0, m_draw = 0; ///< milliseconds
    bool m_timed = false;
    std::vector<gpu::Timing> m_timings;
    std::vector<lab::Fact> m_gauges;
    float m_width = 0, m_scale = 0; ///< widest so far: a number that changes must not move the frame
    float m_height = 0;             ///< tallest so far, logical pixels
};

/// The checks as rows of a card: dot, label, both values.
class Card;
void addChecks(Card& card, const Look& look, const std::vector<lab::Check>& checks);

} // namespace orrery::ui
