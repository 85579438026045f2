// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/plot.h"

#include "ui/imgui_bridge.h"
#include "ui/panels/numbers.h"
#include "ui/panels/ticks.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui {

namespace {

float hair(const Look& look) { return std::max(1.f, std::floor(look.scale)); }

double shareOf(const Range& range, bool log, double value) {
    if (!log) return (value - range.low) / (range.high - range.low);
    return std::log(std::max(value, 1e-300) / range.low) / std::log(range.high / range.low);
}
double valueOf(const Range& range, bool log, double share) {
    if (!log) return range.low + share * (range.high - range.low);
    return range.low * std::pow(range.high / range.low, share);
}

std::string powerOf(double digit, int exponent) { return formatFixed(digit, 0) + "e" + std::to_string(exponent); }

/// Whole powers of ten, and of a short axis 2 and 5 between them.
std::vector<Tick> logTicks(const Range& range, int most) {
    std::vector<Tick> ticks;
    const double decades = std::log10(range.high / range.low);
    const int every = std::max(1, int(std::ceil(decades / std::max(1, most - 1))));
    const bool between = decades * 3 < most;
    for (int e = int(std::floor(std::log10(range.low))); e <= int(std::ceil(std::log10(range.high))); ++e)
        for (const double digit : {1., 2., 5.}) {
            const double value = digit * std::pow(10., e);
            if ((digit != 1 && !between) || (digit == 1 && !between && ((e % every) + every) % every != 0)) continue;
            if (value < range.low * 0.999 || value > range.high * 1.001) continue;
            ticks.push_back({value, std::abs(e) <= 3 ? formatFixed(value, std::max(0, -e)) : powerOf(digit, e)});
        }
    return ticks;
}

std::vector<Tick> ticksOf(const Range& range, bool log, int most) {
    return log ? logTicks(range, most) : niceTicks(range.low, range.high, most);
}

} // namespace

float Plot::px(double value) const {
    return float(std::clamp(double(box.left) + shareOf(x, logX, value) * double(box.width()), -1e5, 1e5));
}
float Plot::py(double value) const {
    return float(std::clamp(double(box.bottom) - shareOf(y, logY, value) * double(box.height()), -1e5, 1e5));
}
double Plot::xAt(double px) const { return valueOf(x, logX, (px - double(box.left)) / double(box.width())); }
double Plot::yAt(double py) const { return valueOf(y, logY, (double(box.bottom) - py) / double(box.height())); }

void drawAxes(ImDrawList* list, const Look& look, const Plot& plot, const std::string& xName, const std::string& yName) {
    const Theme& theme = look.theme;
    const ImFont* font = look.fonts.mono;
    const Box& b = plot.box;
    const float em = fontHeight(font), tick = look.px(4);
    const ImU32 line = toColour(theme.line), faint = toColour(theme.line, 0.45f), ink = toColour(theme.secondary);
    list->AddLine({b.left, b.bottom}, {b.right, b.bottom}, line, hair(look));
    list->AddLine({b.left, b.top}, {b.left, b.bottom}, line, hair(look));
    const bool narrow = b.width() < look.px(220); // the name goes above the line, so that there is room for numbers
    const float name = xName.empty() || narrow ? 0 : textWidth(look.fonts.small, xName);
    float free = -1e9f;
    const auto along =
        xName.empty() ? std::vector<Tick>() : ticksOf(plot.x, plot.logX, std::max(narrow ? 3 : 2, int(b.width() / look.px(58))));
    for (const Tick& t : along) {
        const float x = std::round(plot.px(t.value)), half = textWidth(font, t.text) / 2;
        if (x < b.left - 1 || x > b.right + 1) continue;
        list->AddLine({x, b.bottom}, {x, b.bottom + tick}, line, hair(look));
        if (x - half < free || x + half > b.right - name - (name > 0 ? look.px(8) : -half)) continue;
        drawText(list, font, {x, b.bottom + tick + look.px(1)}, ink, t.text, Align::centre);
        free = x + half + look.px(8);
    }
    if (!xName.empty())
        drawText(list, look.fonts.small, {b.right, narrow ? b.bottom - look.px(18) : b.bottom + tick + look.px(2)},
                 toColour(theme.faint), xName, Align::right);
    free = 1e9f;
    const auto up = yName.empty() ? std::vector<Tick>() : ticksOf(plot.y, plot.logY, std::max(2, int(b.height() / look.px(34))));
    for (const Tick& t : up) {
        const float y = std::round(plot.py(t.value));
        if (y < b.top - 1 || y > b.bottom + 1) continue;
        list->AddLine({b.left, y}, {b.right, y}, faint, hair(look));
        if (y + em / 2 > free) continue;
        drawText(list, font, {b.left - look.px(7), y - em / 2}, ink, t.text, Align::right);
        free = y - em / 2 - look.px(3);
    }
    drawText(list, look.fonts.small, {b.left, b.top - look.px(18)}, toColour(theme.faint), yName);
}

void drawCurve(ImDrawList* list, std::span<const ImVec2> points, ImU32 colour, float width, float dash) {
    std::vector<ImVec2> run;
    const auto flush = [&] {
        if (run.size() > 1) list->AddPolyline(run.data(), int(run.size()), colour, 0, width);
        run.clear();
    };
    // ImGui thins a line where it turns back: there another begins.
    const auto turnsBack = [&](ImVec2 to) {
        if (run.size() < 2) return false;
        const ImVec2 a = run[run.size() - 2], b = run.back();
        return (b.x - a.x) * (to.x - b.x) + (b.y - a.y) * (to.y - b.y) < 0;
    };
    float along = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (!std::isfinite(points[i].x) || !std::isfinite(points[i].y)) {
            flush();
            continue;
        }
        if (dash > 0 && i > 0 && std::isfinite(points[i - 1].y)) { // cut into strokes
            const ImVec2 a = points[i - 1], b = points[i];
            const float length = std::hypot(b.x - a.x, b.y - a.y);
            for (float s = 0; s < length;) {
                const bool on = std::fmod(along, 2 * dash) < dash;
                const float step = std::min(length - s, dash - std::fmod(along, dash) + 1e-3f);
                const auto between = [&](float d) {
                    return ImVec2{a.x + (b.x - a.x) * d / length, a.y + (b.y - a.y) * d / length};
                };
                if (on) list->AddLine(between(s), between(s + step), colour, width);
                s += step, along += step;
            }
            continue;
        }
        if (dash > 0) continue;
        if (turnsBack(points[i])) {
            const ImVec2 corner = run.back();
            flush();
            run.push_back(corner);
        }
        run.push_back(points[i]);
    }
    flush();
}

void drawSamples(ImDrawList* list, const Look& look, const Plot& plot, std::span<const double> samples, double dt,
                 std::int64_t from, std::int64_t to, ImU32 colour, float width) {
    const std::int64_t total = std::int64_t(samples.size());
    from = std::clamp<std::int64_t>(std::max(from, std::int64_t(std::floor(plot.x.low / dt)) - 1), 0, total);
    to = std::clamp<std::int64_t>(std::min(to, std::int64_t(std::ceil(plot.x.high / dt)) + 1), 0, total);
    if (to <= from) return;
    const double perPx = (plot.x.high - plot.x.low) / dt / std::max(1.0, double(plot.box.width()));
    if (perPx <= 2) {
        std::vector<ImVec2> points;
        for (std::int64_t j = from; j < to; ++j) points.push_back(plot.at((double(j) + 0.5) * dt, samples[std::size_t(j)]));
        if (points.size() == 1) list->AddCircleFilled(points[0], look.px(3), colour);
        drawCurve(list, points, colour, width);
        return;
    }
    // Columns of a pixel or more: from the least to the greatest sample, joined to their neighbours.
    const double column = std::max(1.0, double(look.scale));
    float lastLow = 0, lastHigh = 0;
    bool first = true;
    for (double x = double(plot.box.left); x < double(plot.box.right); x += column) {
        const auto sampleAt = [&](double px) { return std::int64_t(std::floor(plot.xAt(px) / dt)); };
        const std::int64_t a = std::max(from, sampleAt(x)), b = std::min(to, std::max(sampleAt(x) + 1, sampleAt(x + column)));
        if (a >= b) continue;
        const auto [low, high] = std::minmax_element(samples.begin() + a, samples.begin() + b);
        float top = plot.py(*high), bottom = plot.py(*low);
        const float ownTop = top, ownBottom = bottom;
        if (!first) top = std::min(top, lastLow), bottom = std::max(bottom, lastHigh);
        const float mid = (width - (bottom - top)) / 2;
        if (mid > 0) top -= mid, bottom += mid;
        list->AddRectFilled({float(x), top}, {float(x + column), bottom}, colour);
        lastLow = ownBottom, lastHigh = ownTop, first = false;
    }
}

void drawCells(ImDrawList* list, const Look& look, const Box& box, std::int64_t rows, std::int64_t columns, Colormap map,
               double low, double high, const std::function<double(std::int64_t, std::int64_t)>& value, int most) {
    if (rows < 1 || columns < 1 || !(high > low)) return;
    const double shrink = std::max(1.0, std::sqrt(double(rows) * double(columns) / most));
    const std::int64_t high_ = std::max<std::int64_t>(1, std::int64_t(double(rows) / shrink)),
                       wide = std::max<std::int64_t>(1, std::int64_t(double(columns) / shrink));
    const float w = box.width() / float(wide), h = box.height() / float(high_);
    for (std::int64_t i = 0; i < high_; ++i)
        for (std::int64_t j = 0; j < wide; ++j) {
            double shown = 0;
            bool any = false;
            for (std::int64_t r = i * rows / high_; r < (i + 1) * rows / high_; ++r)
                for (std::int64_t c = j * columns / wide; c < (j + 1) * columns / wide; ++c) {
                    const double v = value(r, c);
                    if (std::isfinite(v) && (!any || std::abs(v) > std::abs(shown))) shown = v, any = true;
                }
            if (!any) continue;
            const double share = std::clamp((shown - low) / (high - low), 0.0, 1.0);
            glm::vec3 rgb = colour(map, share); // a zero melts into the ground, as in every heat map here
            if (map == Colormap::diverging) rgb = glm::mix(glm::vec3(look.theme.ground), rgb, heatOpacity(map, float(share)));
            const float x = box.left + w * float(j), y = box.top + h * float(i);
            list->AddRectFilled({std::floor(x), std::floor(y)}, {std::ceil(x + w), std::ceil(y + h)}, toColour({rgb, 1}));
        }
}

float drawWords(ImDrawList* list, const Look& look, ImVec2 at, float width, const glm::vec4& colour, const std::string& text,
                const ImFont* font) {
    if (text.empty() || width < 1) return 0;
    if (!font) font = look.fonts.body;
    const char *begin = text.c_str(), *end = begin + text.size();
    list->AddText(font, fontHeight(font), {std::floor(at.x), std::floor(at.y)}, toColour(colour), begin, end, width);
    return bridge::textSize(font, begin, end, width).y;
}

void drawBelowTitle(ImDrawList* list, const Look& look, const Place& place, const glm::vec4& colour, const std::string& text) {
    const Box room = place.room();
    const float width = room.width() - (place.hud > 0 ? look.px(350) : 0);
    if (width < look.px(220)) return;
    drawWords(list, look, {room.left, look.px(45)}, width, colour, text);
}

glm::vec4 categoryColour(const Look& look, int index) {
    const glm::vec3 colour = categories[std::size_t(index)];
    // The dark blue of the set needs a little light on the dark ground, its yellow a little ink on the light one.
    if (index == 4 && !look.theme.light) return {glm::mix(colour, glm::vec3(1), 0.3f), 1};
    if (index == 3 && look.theme.light) return {colour * 0.75f, 1};
    return {colour, 1};
}

std::string percent(double share) {
    if (!std::isfinite(share)) return "\xE2\x88\x9E";
    const double value = 100 * share;
    return (value >= 0.001 || value == 0 ? formatFixed(value, value >= 10    ? 0
                                                              : value >= 1   ? 1
                                                              : value >= 0.1 ? 2
                                                                             : 3)
                                         : formatShort(value, 1)) +
           " %";
}

} // namespace orrery::ui
