// SPDX-License-Identifier: GPL-3.0-or-later
// Gaussians under the hand: drag a centre to move it, its ring to widen it, Alt-drag or the wheel over the centre for its weight,
// double click to add one, Delete to remove the one that was touched last.
#pragma once

#include "engine/lab/declaration.h"
#include "ui/panels/look.h"
#include "ui/render/camera.h"
#include "ui/render/input.h"

namespace orrery::ui {

class MixtureHandles {
 public:
    enum class Part { none, centre, ring, weight };
    enum class Outcome {
        none,    ///< not ours
        hovered, ///< the pointer is on a handle; nothing changed
        began,   ///< a drag
        changed, ///< rows differ
        ended,   ///< the drag is over
    };

    /// `rows`: x, y, s, weight per Gaussian, changed in place; `scale`: framebuffer pixels per logical one.
    Outcome input(const Input& event, const Camera& camera, float scale, const lab::Parameter& parameter, lab::Points& rows);
    void draw(ImDrawList* list, const Look& look, const Camera& camera, const lab::Points& rows) const;
    void cancel() { m_drag = Part::none, m_hover = -1; }
    bool dragging() const { return m_drag != Part::none; }

 private:
    struct Hit {
        int row = -1;
        Part part = Part::none;
    };
    Hit at(glm::dvec2 px, const Camera& camera, float scale, const lab::Points& rows) const;
    bool drag(const Input& event, const Camera& camera, float scale, const lab::Parameter& parameter, lab::Points& rows);

    Part m_drag = Part::none, m_hoverPart = Part::none;
    int m_hover = -1, m_chosen = -1; ///< rows; the chosen one is what Delete removes
    glm::dvec2 m_grab{0, 0};         ///< centre less pointer, data units
    glm::dvec2 m_last{0, 0};
};

} // namespace orrery::ui
