// SPDX-License-Identifier: GPL-3.0-or-later
// What part of the data plane is seen: pan, zoom to the cursor, fit. Data y points up, screen y down.
#pragma once

#include <glm/glm.hpp>

namespace orrery::ui {

struct Rect { ///< in data units
    glm::dvec2 low{0, 0}, high{1, 1};
    bool operator==(const Rect&) const = default;
};

class Camera {
 public:
    void resize(double widthPx, double heightPx); ///< never below one pixel
    void look(glm::dvec2 centre, double height);  ///< data units from lower to upper edge
    /// Fits `rect` into the viewport less the insets (pixels: left, top, right, bottom).
    void fit(const Rect& rect, glm::dvec4 insets = {0, 0, 0, 0});
    void pan(glm::dvec2 byPx);
    void zoomAt(glm::dvec2 px, double factor); ///< the data under `px` stays there; factor > 1 comes closer

    glm::dvec2 centre() const { return m_centre; }
    double height() const { return m_height; }
    double unitsPerPx() const { return m_height / m_size.y; }
    glm::dvec2 toData(glm::dvec2 px) const;
    glm::dvec2 toPx(glm::dvec2 data) const;
    Rect visible() const;
    /// clip = data * xy + zw, Vulkan clip space (y down).
    glm::vec4 clipTransform() const;

 private:
    glm::dvec2 m_size{1280, 720}, m_centre{0, 0};
    double m_height = 6;
};

} // namespace orrery::ui
