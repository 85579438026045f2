// SPDX-License-Identifier: GPL-3.0-or-later
// A camera that is led from where it is to where it was asked to be, instead of jumping: the eye keeps track.
#pragma once

#include "ui/labs/embedding/sight.h"

#include <optional>

namespace orrery::ui::emb {

/// What of the viewport is free of panels: pixels from its edges (left, top, right, bottom).
using Insets = glm::dvec4;
/// The rectangle that a camera fitted within the insets would be asked to show to stand where this one stands.
Rect rectOf(const Camera& camera, glm::dvec2 sizePx, const Insets& insets);

class Flight {
 public:
    static constexpr double seconds = 0.25;

    void begin(const Rect& from, std::optional<Rect> goal) { m_from = from, m_goal = goal, m_share = 0; }
    void proceed(double bySeconds, bool atOnce) {
        if (m_from) m_share += atOnce ? 1 : bySeconds / seconds;
        if (m_share >= 1) m_from.reset();
    }
    bool flying() const { return m_from.has_value(); }
    void forgetGoal() { m_goal.reset(); }
    /// What is to be seen now; `home` where no other goal was given.
    Rect seen(const Rect& home) const;

 private:
    std::optional<Rect> m_from, m_goal;
    double m_share = 1;
};

} // namespace orrery::ui::emb
