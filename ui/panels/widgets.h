// SPDX-License-Identifier: GPL-3.0-or-later
// The controls of the parameter panel, drawn by hand so that they look and feel the same with every ImGui.
#pragma once

#include "ui/panels/look.h"

#include <span>
#include <vector>

namespace orrery::ui {

/// What a person did to a control in this frame.
struct Touch {
    bool hovered = false;
    bool pressed = false;                               ///< in this frame, by the left button
    bool began = false, changed = false, ended = false; ///< a drag: began once, changed often, ended once
    bool toDefault = false;                             ///< right click
    bool type = false;                                  ///< double or ctrl click: wants to type a number
    ImVec2 low, high;                                   ///< where it was drawn
};

constexpr float rowHeight = 24; ///< logical pixels

/// Track, dim brass fill, brass knob; `share` is 0 … 1. With Shift a drag goes ten times finer.
Touch slider(const Look& look, const char* id, float width, double& share);

/// Buttons side by side, in rows of `columns` of equal width; the selected one is brass.
Touch segmented(const Look& look, const char* id, float width, std::size_t columns, std::span<const std::string> labels,
                int& selected, int& hoveredItem);
/// Columns with which the labels fit `width` in at most `rows` rows; 0 when they do not.
std::size_t segmentedColumns(const Look& look, float width, std::size_t rows, std::span<const std::string> labels);

Touch combo(const Look& look, const char* id, float width, std::span<const std::string> labels, int& selected);

/// A small switch with its label at the right.
Touch toggle(const Look& look, const char* id, float width, const std::string& label, bool& on);
float toggleWidth(const Look& look, const std::string& label);

Touch button(const Look& look, const char* id, float width, const std::string& label, bool brass = false);

/// A right-aligned number that a horizontal drag changes; `steps` is how many steps it moved.
Touch dragNumber(const Look& look, const char* id, float width, float height, const std::string& text, double& steps);

/// The one number that is being typed somewhere in a panel.
class NumberEntry {
 public:
    bool at(const std::string& id) const { return m_id == id; }
    static bool fits(const std::string& text) { return text.size() < sizeof m_buffer; }
    void open(const std::string& id, const std::string& text);
    void close() { m_id.clear(); }
    /// Draws the field; true once it is finished, then `text` holds what was typed, or nothing when it was given up.
    bool edit(const Look& look, float width, std::string& text);

 private:
    std::string m_id;
    char m_buffer[257] = {}; ///< the longest line of text
    bool m_focus = false;
};

} // namespace orrery::ui
