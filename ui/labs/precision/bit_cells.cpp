// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/precision/bit_cells.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui {

using precision::Anatomy;
using precision::Field;

namespace {

constexpr float widest = 36, narrowest = 14, cellGap = 2, fieldGap = 10; ///< logical pixels
constexpr float captionAbove = 18, captionBelow = 22, rowGap = 8;

} // namespace

BitCells::BitCells(const tensor::Format& format, float left, float right, float top, float scale)
    : m_format(format), m_cells(std::size_t(format.bits())), m_scale(scale) {
    const int bits = format.bits();
    const float room = right - left - 2 * fieldGap * scale;
    m_rows = room / float(bits) < (narrowest + cellGap) * scale && bits > 16 ? 2 : 1;
    const int perRow = bits / m_rows;
    const float pitch = std::min((widest + cellGap) * scale, std::floor(room / float(perRow)));
    m_width = std::max(2.f, pitch - cellGap * scale);
    m_height = std::clamp(m_width * 1.3f, 20 * scale, 38 * scale);
    float x = left, y = top + captionAbove * scale;
    for (int bit = bits - 1; bit >= 0; --bit) {
        m_cells[std::size_t(bit)] = {std::floor(x), std::floor(y)};
        x += pitch;
        const bool fieldEnds = bit > 0 && precision::fieldOf(format, bit) != precision::fieldOf(format, bit - 1);
        if (fieldEnds) x += fieldGap * scale;
        if (m_rows == 2 && bit == bits - perRow) x = left, y += m_height + rowGap * scale;
    }
    m_bottom = y + m_height + (m_rows == 1 ? captionBelow : 2) * scale;
}

int BitCells::at(float x, float y) const {
    for (std::size_t bit = 0; bit < m_cells.size(); ++bit) {
        const ImVec2 cell = m_cells[bit];
        // The gap belongs to the cell at its left, so that a drag leaves none out.
        if (x >= cell.x && x < cell.x + m_width + cellGap * m_scale && y >= cell.y && y < cell.y + m_height) return int(bit);
    }
    return -1;
}

glm::vec4 BitCells::colour(const Look& look, Field field) {
    const glm::vec3 base = field == Field::sign ? categories[6] : field == Field::exponent ? categories[1] : categories[2];
    return {look.theme.light ? glm::mix(base, glm::vec3(0), 0.12f) : base, 1};
}

void BitCells::drawField(ImDrawList* list, const Look& look, const Anatomy& number, Field field) const {
    const int mantissa = m_format.mantissaBits, exponent = m_format.exponentBits;
    const int top = field == Field::sign       ? m_format.bits() - 1
                    : field == Field::exponent ? mantissa + exponent - 1
                                               : mantissa - 1;
    const int bottom = field == Field::sign ? top : field == Field::exponent ? mantissa : 0;
    const std::string& name = look.tr(field == Field::sign ? "sign" : field == Field::exponent ? "exponent" : "fraction");
    const ImU32 ink = toColour(colour(look, field));
    std::string value;
    if (field == Field::sign) value = number.negative ? "\xE2\x88\x92" : "+";
    if (field == Field::exponent) value = std::to_string(number.field) + " \xE2\x88\x92 " + std::to_string(m_format.bias);
    if (field == Field::fraction) value = std::to_string(number.fraction);
    const ImVec2 above(low(top).x, low(top).y - look.px(captionAbove));
    if (m_rows == 1) {
        // A narrow sign has room for itself only.
        if (field != Field::sign || m_width > look.px(26)) drawSmallCapitals(list, look, above, ink, name);
        drawText(list, look.fonts.mono, {low(top).x, low(bottom).y + m_height + look.px(4)}, ink, value);
        return;
    }
    const float width = field == Field::sign ? 0 : drawSmallCapitals(list, look, above, ink, name) + look.px(8);
    drawText(list, look.fonts.mono, {above.x + width, above.y - look.px(2)}, ink, value);
}

void BitCells::draw(ImDrawList* list, const Look& look, const Anatomy& number, int hovered) const {
    const Theme& theme = look.theme;
    for (std::size_t bit = 0; bit < m_cells.size(); ++bit) {
        const bool one = number.code >> bit & 1;
        const ImVec2 a = low(int(bit)), b = high(int(bit));
        const glm::vec4 field = colour(look, precision::fieldOf(m_format, int(bit)));
        const float round = std::min(look.px(6), m_width / 4);
        list->AddRectFilled(a, b, toColour(one ? field : theme.raised), round);
        if (int(bit) == hovered) list->AddRect(a, b, toColour(theme.brass), round, 0, look.px(2));
        const glm::vec4 ink = one ? (theme.light ? theme.card : theme.ground) : theme.secondary;
        drawText(list, look.fonts.mono, {(a.x + b.x) / 2, (a.y + b.y - fontHeight(look.fonts.mono)) / 2}, toColour(ink),
                 one ? "1" : "0", Align::centre);
    }
    for (const Field field : {Field::sign, Field::exponent, Field::fraction}) drawField(list, look, number, field);
}

} // namespace orrery::ui
