// SPDX-License-Identifier: GPL-3.0-or-later
// A small card of lines over everything else: what a hovered place, parameter or number means.
#pragma once

#include "ui/panels/look.h"

#include <vector>

namespace orrery::ui {

class Card {
 public:
    explicit Card(const Look& look, float wrapAt = 300); ///< logical pixels of the widest line

    Card& title(const std::string& text);
    Card& words(const std::string& text, const glm::vec4* colour = nullptr); ///< wrapped; secondary unless told
    Card& mono(const std::string& text, const glm::vec4* colour = nullptr);
    /// A label at the left, a number at the right of a column that all rows share.
    Card& row(const std::string& label, const std::string& value, const glm::vec4* dot = nullptr);
    Card& gap();

    bool empty() const { return m_lines.empty(); }
    ImVec2 size() const;
    /// Beside `anchor`, where it stays inside `low` … `high`.
    void drawAt(ImDrawList* list, ImVec2 anchor, ImVec2 low, ImVec2 high) const;
    void draw(ImDrawList* list, ImVec2 topLeft) const;

 private:
    struct Line {
        const ImFont* font;
        glm::vec4 colour;
        std::string text, value;
        bool wrapped = false, dotted = false;
        glm::vec4 dot{};
    };
    float height(const Line& line) const;

    const Look& m_look;
    float m_wrap;
    std::vector<Line> m_lines;
};

} // namespace orrery::ui
