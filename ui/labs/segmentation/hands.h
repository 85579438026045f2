// SPDX-License-Identifier: GPL-3.0-or-later
// What a person does with the pointer on the picture: a click belongs to the object in hand, with Shift or the right button it does
// not; a drag draws its box; a click that is there already can be dragged on or deleted.
#pragma once

#include "engine/lab/session.h"
#include "engine/labs/segmentation/lab.h"
#include "ui/render/camera.h"
#include "ui/render/input.h"

#include <map>
#include <optional>

namespace orrery::ui::seg {

class Hands {
 public:
    Hands(lab::Session& session, segmentation::SegmentationLab& lab) : m_session(session), m_lab(lab) {}

    bool input(const Input& event, const Camera& camera, float scale);
    void rightClick(const Input& event, const Camera& camera);
    void settle(); ///< makes the changes; may throw Error
    void letGo();

    /// Between presses the pixel under the pointer, where the picture is.
    std::optional<glm::dvec2> hovered() const { return m_pressed ? std::nullopt : m_hovered; }
    int hoveredRow() const { return m_row; } ///< of the parameter "clicks"; -1: none
    bool negative() const { return m_shift; }
    /// The box being drawn: two corners, in pixels of the picture.
    std::optional<segmentation::Box> rubber() const;
    bool paints() const; ///< the hand holds sketch, brush or eraser
    bool sketches() const;
    bool erases() const;
    std::span<const segmentation::Dab> stroke() const { return m_stroke; } ///< being painted
    double brushRadius() const { return m_session.settings().number("brush"); }
    std::optional<glm::dvec2> pointer() const { return m_pointer; } ///< pixels of the picture, between whole ones

    void addObject();              ///< a new one comes to hand
    void takeObject(int object);   ///< comes to hand
    void deleteObject(int object); ///< with its clicks and box
    void turnTo(int by);           ///< the folder's picture before (-1) or after (1), with the objects that it was left with
    void cycleAnswer(int by);      ///< the next of the model's masks, for the object in hand
    void chooseAnswer(int mask);   ///< by number; -1: by the rule
    void toggleHidden(int object);
    void takeTool(const std::string& tool);

 private:
    enum class Drag { none, maybeBox, box, click, stroke };
    void paintTo(glm::dvec2 pixel);
    lab::Points ownRows(int object, const std::function<void(segmentation::Request::Own&)>& change) const;
    void setOwn(int object, const std::function<void(segmentation::Request::Own&)>& change);
    bool inside(glm::dvec2 pixel) const;
    int rowAt(glm::dvec2 px, const Camera& camera, float scale) const;
    bool press(const Input& event, const Camera& camera, float scale);
    bool release(const Input& event);
    bool key(const Input& event);
    void addClick(glm::dvec2 pixel, bool positive);
    void later(std::function<void()> change) { m_changes.push_back(std::move(change)); }

    lab::Session& m_session;
    segmentation::SegmentationLab& m_lab;
    std::vector<std::function<void()>> m_changes; ///< until settle()
    std::optional<glm::dvec2> m_hovered, m_pointer;
    std::vector<segmentation::Dab> m_stroke;
    /// By path: what the pictures of a folder were left with.
    std::map<std::string, std::vector<std::pair<std::string, lab::Value>>> m_left;
    glm::dvec2 m_from{0, 0}, m_to{0, 0}, m_fromPx{0, 0};
    Drag m_drag = Drag::none;
    int m_row = -1;
    bool m_pressed = false, m_shift = false, m_moved = false;
};

} // namespace orrery::ui::seg
