// SPDX-License-Identifier: GPL-3.0-or-later
// What the pointer does in the cloud: it turns it, draws a box or a lasso around points, or clicks one.
#pragma once

#include "ui/labs/embedding/sight.h"
#include "ui/render/input.h"

#include <optional>
#include <string>
#include <vector>

namespace orrery::ui::emb {

class Hands {
 public:
    enum class Way { replace, add, remove };
    struct Drawn { ///< a finished outline, pixels
        std::vector<glm::dvec2> outline;
        Way way = Way::replace;
    };

    /// `tool`: "move", "box" or "lasso". Left drags pan in the plane: they are the camera's, not ours.
    bool input(const Input& event, const std::string& tool, bool spatial, const Turn& turn, float scale);
    void letGo();

    std::optional<glm::dvec2> pointer() const { return m_pressed ? std::nullopt : m_pointer; } ///< between presses
    const std::vector<glm::dvec2>& outline() const { return m_outline; }                       ///< being drawn
    std::optional<Turn> turning() const { return m_turning; }                                  ///< under the hand
    std::optional<Turn> takeTurned();                                                          ///< once, when the hand has let go
    std::optional<Drawn> takeDrawn();
    std::optional<glm::dvec2> takeClick(); ///< in space; in the plane the stage tells of it
    bool takeEscape();
    enum class Fit { none, all, turned };
    Fit takeFit(); ///< asked for by F or double click; by Home: the turn as well

 private:
    enum class Drag { none, turn, box, lasso };
    static constexpr double stillPx = 3, degreesPerPx = 0.35, lassoEveryPx = 2;
    bool press(const Input& event, const std::string& tool, bool spatial, const Turn& turn);
    void move(const Input& event, float scale);
    bool release(const Input& event);

    std::optional<glm::dvec2> m_pointer;
    std::vector<glm::dvec2> m_outline;
    std::optional<Turn> m_turning, m_turned;
    std::optional<Drawn> m_drawn;
    std::optional<glm::dvec2> m_click;
    glm::dvec2 m_from{0, 0}, m_last{0, 0};
    Drag m_drag = Drag::none;
    Way m_way = Way::replace;
    Fit m_fit = Fit::none;
    bool m_pressed = false, m_moved = false, m_escape = false;
};

} // namespace orrery::ui::emb
