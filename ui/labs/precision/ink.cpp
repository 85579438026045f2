// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/precision/ink.h"

#include "ui/panels/numbers.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui {

namespace {

constexpr float raisedBy = 0.28f, tick = 4; ///< of the letters' height; logical pixels

float hair(const Look& look) { return std::max(1.f, std::floor(look.scale)); }

} // namespace

float runsWidth(const Look& look, const std::vector<Run>& runs) {
    float width = 0;
    for (const Run& run : runs) width += textWidth(run.raised ? look.fonts.small : look.fonts.mono, run.text);
    return width;
}

void drawRuns(ImDrawList* list, const Look& look, ImVec2 at, const std::vector<Run>& runs, Align align) {
    if (align != Align::left) at.x -= runsWidth(look, runs) * (align == Align::centre ? 0.5f : 1.f);
    for (const Run& run : runs) {
        const ImFont* font = run.raised ? look.fonts.small : look.fonts.mono;
        drawText(list, font, {at.x, at.y - (run.raised ? raisedBy * fontHeight(font) : 0)}, toColour(run.colour), run.text);
        at.x += textWidth(font, run.text);
    }
}

std::vector<Run> powerOfTwo(int exponent, const glm::vec4& colour) {
    const std::string digits = (exponent < 0 ? "\xE2\x88\x92" : "") + std::to_string(std::abs(exponent));
    return {{"2", colour}, {digits, colour, true}};
}

glm::vec4 formatColour(const Look& look, const tensor::Format& format) {
    constexpr std::size_t colours[] = {0, 1, 5, 2, 6, 4}; // of Okabe-Ito; FP16 is what most of this is about
    for (std::size_t i = 1; i < tensor::formats.size(); ++i)
        if (tensor::formats[i] == &format) {
            const glm::vec3 colour = categories[colours[i]];
            // The dark blue of the set needs a little light on the dark ground.
            return {colours[i] == 4 && !look.theme.light ? glm::mix(colour, glm::vec3(1), 0.3f) : colour, 1};
        }
    return look.theme.text;
}

glm::vec4 twinColour(const Look& look, tensor::Precision precision) {
    switch (precision) {
        case tensor::Precision::fp32:
            return formatColour(look, tensor::fp32);
        case tensor::Precision::bf16:
            return formatColour(look, tensor::bf16);
        case tensor::Precision::fp16:
            return formatColour(look, tensor::fp16);
        case tensor::Precision::mixed:
            return {categories[0], 1};
        case tensor::Precision::stochastic:
            return {categories[6], 1};
    }
    return look.theme.text;
}

glm::vec4 fateColour(const Look& look, Fate fate) {
    switch (fate) {
        case Fate::zero:
            return look.theme.faint;
        case Fate::lost:
            return {categories[5], 1};
        case Fate::subnormal:
            return {categories[0], 1};
        case Fate::normal:
            return {categories[2], 1};
        case Fate::overflow:
            return {categories[6], 1};
    }
    return look.theme.text;
}

std::string brief(double value, int digits) {
    if (!std::isfinite(value)) return formatFixed(value, 0);
    const double size = std::abs(value);
    if (size != 0 && (size < 1e-4 || size >= 1e7)) return formatScientific(value, digits);
    std::string text = formatFixed(value, size == 0 ? 0 : std::max(0, digits - 1 - int(std::floor(std::log10(size)))));
    if (text.find('.') == std::string::npos) return text;
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
}

int ticksAlong(float logical) { return std::clamp(int(logical / 60), 2, 9); }

void drawEndNames(ImDrawList* list, const Look& look, const PlotBox& b, std::vector<EndName> names) {
    std::erase_if(names, [&](const EndName& n) { return !(n.y > b.top - look.px(8) && n.y < b.bottom + look.px(8)); });
    std::stable_sort(names.begin(), names.end(), [](const EndName& p, const EndName& q) { return p.y < q.y; });
    const float em = fontHeight(look.fonts.mono);
    float free = -1e9f;
    for (EndName& n : names) n.y = std::max(n.y - em / 2, free), free = n.y + em + look.px(1);
    float limit = b.bottom + look.px(4) - em; // and back up from the axis
    for (auto it = names.rbegin(); it != names.rend(); ++it) it->y = std::min(it->y, limit), limit = it->y - em;
    for (const EndName& n : names) drawText(list, look.fonts.mono, {b.right + look.px(10), n.y}, toColour(n.colour), n.text);
}

void drawXAxis(ImDrawList* list, const Look& look, float left, float right, float y, const std::vector<AxisTick>& ticks,
               const std::string& name) {
    const Theme& theme = look.theme;
    list->AddLine({left, y}, {right, y}, toColour(theme.line), hair(look));
    const float nameLeft = right - textWidth(look.fonts.small, name);
    drawText(list, look.fonts.small, {nameLeft, y + look.px(tick + 18)}, toColour(theme.faint), name);
    float free = -1e9f;
    for (const AxisTick& t : ticks) {
        const float half = runsWidth(look, t.text) / 2;
        if (t.at < left - 1 || t.at > right + 1) continue;
        list->AddLine({std::round(t.at), y}, {std::round(t.at), y + look.px(tick)}, toColour(theme.line), hair(look));
        if (t.at - half < free) continue;
        drawRuns(list, look, {t.at, y + look.px(tick + 2)}, t.text, Align::centre);
        free = t.at + half + look.px(10);
    }
}

void drawYAxis(ImDrawList* list, const Look& look, float x, float right, float top, float bottom,
               const std::vector<AxisTick>& ticks, const std::string& name) {
    const Theme& theme = look.theme;
    list->AddLine({x, top}, {x, bottom}, toColour(theme.line), hair(look));
    drawText(list, look.fonts.small, {x + look.px(6), top - look.px(18)}, toColour(theme.faint), name);
    const float em = fontHeight(look.fonts.mono);
    float free = 1e9f;
    for (const AxisTick& t : ticks) {
        if (t.at < top - 1 || t.at > bottom + 1) continue;
        list->AddLine({x, std::round(t.at)}, {right, std::round(t.at)}, toColour(theme.line, 0.45f), hair(look));
        if (t.at + em / 2 > free) continue;
        drawRuns(list, look, {x - look.px(8), t.at - em / 2}, t.text, Align::right);
        free = t.at - em / 2 - look.px(4);
    }
}

} // namespace orrery::ui
