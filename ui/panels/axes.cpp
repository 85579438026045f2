// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/axes.h"

#include "ui/panels/numbers.h"
#include "ui/panels/ticks.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui {

namespace {

constexpr float groundOpacity = 0.82f, tickLength = 4;
constexpr int barSlices = 64;

glm::vec4 blend(const glm::vec4& under, const glm::vec3& over, float share) {
    return {glm::mix(glm::vec3(under), over, share), 1.f};
}

} // namespace

void drawAxes(ImDrawList* list, const Look& look, const Camera& camera, ImVec2 size, const AxisNames& names) {
    const Theme& theme = look.theme;
    const Rect seen = camera.visible();
    const float right = size.x - look.px(axisWidth), bottom = size.y - look.px(axisHeight);
    const ImFont* font = look.fonts.mono;
    const float em = fontHeight(font);
    const ImU32 ground = toColour(theme.ground, groundOpacity), line = toColour(theme.line), ink = toColour(theme.secondary);
    list->AddRectFilled({0, bottom}, size, ground);
    list->AddRectFilled({right, 0}, {size.x, bottom}, ground);
    const float hair = std::max(1.f, std::floor(look.scale));
    list->AddLine({0, bottom}, {right, bottom}, line, hair);
    list->AddLine({right, 0}, {right, bottom}, line, hair);

    const float nameWidth = textWidth(look.fonts.small, names.x);
    const float nameLeft = size.x - look.px(10) - nameWidth;
    for (const Tick& tick : niceTicks(seen.low.x, seen.high.x, std::max(2, int(right / look.px(90))))) {
        const float x = float(camera.toPx({tick.value, 0}).x), half = textWidth(font, tick.text) / 2;
        if (x - half < look.px(4) || x + half > nameLeft - look.px(8)) continue;
        list->AddLine({std::round(x), bottom}, {std::round(x), bottom + look.px(tickLength)}, line, hair);
        drawText(list, font, {x, bottom + look.px(tickLength + 1)}, ink, tick.text, Align::centre);
    }
    drawText(list, look.fonts.small, {nameLeft, bottom + look.px(tickLength + 2)}, toColour(theme.faint), names.x);

    const float nameBottom = look.px(8) + fontHeight(look.fonts.small);
    const std::vector<Tick> yTicks = niceTicks(seen.low.y, seen.high.y, std::max(2, int(bottom / look.px(64))));
    float widest = 0;
    for (const Tick& tick : yTicks) widest = std::max(widest, textWidth(font, tick.text));
    // Units stand below each other, signs to their left; wide numbers keep their last digits within the window.
    const float yRight = std::min(right + look.px(tickLength + 5) + widest, size.x - look.px(3));
    for (const Tick& tick : yTicks) {
        const float y = float(camera.toPx({0, tick.value}).y);
        if (y - em / 2 < nameBottom + look.px(4) || y + em / 2 > bottom - look.px(2)) continue;
        list->AddLine({right, std::round(y)}, {right + look.px(tickLength), std::round(y)}, line, hair);
        drawText(list, font, {yRight, y - em / 2}, ink, tick.text, Align::right);
    }
    drawText(list, look.fonts.small, {size.x - look.px(10), look.px(8)}, toColour(theme.faint), names.y, Align::right);
}

void drawColourBar(ImDrawList* list, const Look& look, ImVec2 at, const ColourBar& bar) {
    const Theme& theme = look.theme;
    drawGround(list, look, at, {at.x + look.px(colourBarWidth), at.y + look.px(colourBarHeight)});
    const float left = at.x + look.px(12), right = at.x + look.px(colourBarWidth - 12);
    float y = at.y + look.px(7);
    drawText(list, look.fonts.small, {left, y}, toColour(theme.text), look.tr(bar.name));
    drawText(list, look.fonts.small, {right, y}, toColour(theme.faint), look.tr(bar.unit), Align::right);
    y += look.px(19);
    // Over the same ground and with the same opacity as in the picture, so that the colours are the same.
    list->AddRectFilled({left, y}, {right, y + look.px(8)}, toColour(theme.ground));
    for (int i = 0; i < barSlices; ++i) {
        const double share = (i + 0.5) / barSlices;
        const glm::vec4 rgb = blend(theme.ground, colour(bar.map, share), heatOpacity(bar.map, float(share)));
        list->AddRectFilled({left + (right - left) * float(i) / barSlices, y},
                            {left + (right - left) * float(i + 1) / barSlices, y + look.px(8)}, toColour(rgb));
    }
    y += look.px(12);
    const ImU32 ink = toColour(theme.secondary);
    // The same decimals at all three, as many as tell the middle from the end.
    const double span = std::abs(bar.high - bar.low);
    const bool plain = span >= 1e-4 && span < 1e5;
    const int decimals = plain ? std::max(0, 1 - int(std::floor(std::log10(span)))) : 0;
    const auto number = [&](double v) { return v == 0 ? "0" : plain ? formatFixed(v, decimals) : formatScientific(v, 2); };
    drawText(list, look.fonts.mono, {left, y}, ink, number(bar.low));
    drawText(list, look.fonts.mono, {(left + right) / 2, y}, ink, number((bar.low + bar.high) / 2), Align::centre);
    drawText(list, look.fonts.mono, {right, y}, ink, number(bar.high), Align::right);
}

} // namespace orrery::ui
