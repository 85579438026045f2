// SPDX-License-Identifier: GPL-3.0-or-later
// What the pointer does in the cloud: it turns it, draws a box or a lasso around points, an axis from one to another, or clicks one.
#pragma once

#include "engine/labs/embedding/selection.h"
#include "ui/labs/embedding/sight.h"
#include "ui/render/input.h"

#include <optional>
#include <string>
#include <vector>

namespace orrery::ui::emb {

class Hands {
 public:
    using Combine = embedding::Combine;
    struct Drawn { ///< a finished outline, pixels
        std::vector<glm::dvec2> outline;
        Combine how = Combine::replace;
    };
    struct Stroke { ///< from one point to another, pixels
        glm::dvec2 from, to;
    };
    struct Tool {
        std::string key = "move"; ///< or "box", "lasso", "axis". Left drags pan in the plane: they are the camera's, not ours.
        Combine how = Combine::replace;
    };

    bool input(const Input& event, const Tool& tool, bool spatial, const Turn& turn, float scale);
    void letGo();

    std::optional<glm::dvec2> pointer() const { return m_pressed ? std::nullopt : m_pointer; } ///< between presses
    const std::vector<glm::dvec2>& outline() const { return m_outline; }                       ///< being drawn
    std::optional<Turn> turning() const { return m_turning; }                                  ///< under the hand
    std::optional<Turn> takeTurned();                                                          ///< once, when the hand has let go
    std::optional<Drawn> takeDrawn();
    std::optional<Stroke> stroke() const;  ///< of an axis, under the hand or between its two clicks
    std::optional<Stroke> takeStroke();    ///< once, when it is finished
    std::optional<glm::dvec2> takeClick(); ///< in space; in the plane the stage tells of it
    bool takeEscape();
    char takeLetter(); ///< a key that was pressed, in lower case; 0: none
    enum class Fit { none, all, turned };
    Fit takeFit(); ///< asked for by F or double click; by Home: the turn as well

 private:
    enum class Drag { none, turn, box, lasso, axis };
    static constexpr double stillPx = 3, degreesPerPx = 0.35, lassoEveryPx = 2;
    bool press(const Input& event, const Tool& tool, bool spatial, const Turn& turn);
    void move(const Input& event, float scale);
    bool release(const Input& event);

    std::optional<glm::dvec2> m_pointer;
    std::vector<glm::dvec2> m_outline;
    std::optional<Turn> m_turning, m_turned;
    std::optional<Drawn> m_drawn;
    std::optional<Stroke> m_stroke;
    std::optional<glm::dvec2> m_click, m_axisFrom; ///< m_axisFrom: the first of two clicks
    glm::dvec2 m_from{0, 0}, m_last{0, 0};
    Drag m_drag = Drag::none;
    Combine m_how = Combine::replace;
    char m_letter = 0;
    Fit m_fit = Fit::none;
    bool m_pressed = false, m_moved = false, m_escape = false;
};

} // namespace orrery::ui::emb
