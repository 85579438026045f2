// SPDX-License-Identifier: GPL-3.0-or-later
// The bits of a code as cells, sign first: where they stand, how they look. One row, or two where one would be too fine.
#pragma once

#include "engine/labs/precision/anatomy.h"
#include "ui/panels/look.h"

#include <vector>

namespace orrery::ui {

class BitCells {
 public:
    /// Framebuffer pixels; `scale` of them to a logical one.
    BitCells(const tensor::Format& format, float left, float right, float top, float scale);

    ImVec2 low(int bit) const { return m_cells[std::size_t(bit)]; } ///< bit 0 is the lowest
    ImVec2 high(int bit) const { return {low(bit).x + m_width, low(bit).y + m_height}; }
    int at(float x, float y) const; ///< -1: none
    float bottom() const { return m_bottom; }

    void draw(ImDrawList* list, const Look& look, const precision::Anatomy& number, int hovered) const;
    static glm::vec4 colour(const Look& look, precision::Field field);

 private:
    void drawField(ImDrawList* list, const Look& look, const precision::Anatomy& number, precision::Field field) const;

    const tensor::Format& m_format;
    std::vector<ImVec2> m_cells;
    int m_rows = 1;
    float m_width = 0, m_height = 0, m_bottom = 0, m_scale = 1;
};

} // namespace orrery::ui
