// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/precision/number_lines.h"

#include "ui/panels/ticks.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui {

using tensor::Format;

namespace {

constexpr float leastTickPx = 3.5f, columnPx = 2; ///< logical pixels
constexpr double mostPerPixel = 50;               ///< binary digits of the densest that is shown: FP64 over one octave a pixel
constexpr int mostTicks = 12;
constexpr float mostColumns = 900; ///< a draw list of ImGui holds 65,536 vertices, four to each

/// As whole numbers so large that a float cannot place them are never asked for.
float pxOf(const Camera& camera, double u) { return float(std::clamp(camera.toPx({u, 0}).x, -1e6, 1e6)); }

} // namespace

double NumberLine::valueAt(double u) const { return logarithmic ? std::exp2(u) : centre + u * unit; }

double NumberLine::coordinateOf(double value) const { return logarithmic ? std::log2(std::abs(value)) : (value - centre) / unit; }

std::int64_t Numbers::rank(double value) const {
    const double size = std::min(std::abs(value), m_format.maxFinite);
    const auto code = std::int64_t(tensor::encode(m_format, size, tensor::Rounding::towardZero()));
    if (value >= 0) return code;
    return tensor::decode(m_format, std::uint64_t(code)) == size ? -code : -code - 1;
}

double Numbers::at(std::int64_t rank) const {
    const auto end = std::int64_t(m_format.maxFiniteCode());
    rank = std::clamp(rank, -end, end);
    const double size = tensor::decode(m_format, std::uint64_t(rank < 0 ? -rank : rank));
    return rank < 0 ? -size : size;
}

double Numbers::nearest(double value) const {
    const double below = at(rank(value)), above = at(rank(value) + 1);
    return value - below <= above - value ? below : above;
}

void drawLane(ImDrawList* list, const Look& look, const Camera& camera, const NumberLine& line, const Lane& lane) {
    const Theme& theme = look.theme;
    const Numbers numbers(*lane.format);
    const glm::vec4 full = lane.chosen ? theme.brass : theme.secondary;
    const float middle = (lane.top + lane.bottom) / 2;
    list->AddLine({lane.left, middle}, {lane.right, middle}, toColour(theme.line), std::max(1.f, std::floor(look.scale)));
    const auto rankAt = [&](float px) { return numbers.rank(line.valueAt(camera.toData({px, 0}).x)); };
    const double subnormal = line.logarithmic ? std::log2(lane.format->minNormal()) : 0;
    // Subnormals stand lower: they have fewer digits than the rest.
    const auto top = [&](double u) {
        const bool low = line.logarithmic ? u < subnormal : std::abs(line.valueAt(u)) < lane.format->minNormal();
        return low ? lane.top + (lane.bottom - lane.top) * 0.4f : lane.top;
    };
    const std::int64_t first = rankAt(lane.left), last = rankAt(lane.right);
    if (double(last - first) <= std::min(double(mostColumns), double(lane.right - lane.left) / look.px(leastTickPx))) {
        for (std::int64_t rank = first; rank <= last; ++rank) {
            const double value = numbers.at(rank), u = line.coordinateOf(value);
            const float x = std::isfinite(u) ? std::round(pxOf(camera, u)) : -1e6f;
            if (x < lane.left || x > lane.right) continue;
            list->AddRectFilled({x, top(u)}, {x + std::max(1.f, look.px(1)), lane.bottom}, toColour(full));
        }
        return;
    }
    const float step = std::max({1.f, std::floor(look.px(columnPx)), std::ceil((lane.right - lane.left) / mostColumns)});
    std::int64_t before = first;
    for (float x = lane.left; x < lane.right; x += step) {
        const std::int64_t here = rankAt(std::min(x + step, lane.right)), count = here - before;
        before = here;
        if (count <= 0) continue;
        const double digits = std::log2(1 + double(count) / double(step));
        const float share = float(std::sqrt(std::clamp(digits / mostPerPixel, 0., 1.)));
        const double u = camera.toData({x + step / 2, 0}).x;
        list->AddRectFilled(
            {x, top(u)}, {x + step, lane.bottom},
            toColour(
                glm::vec4(glm::mix(glm::vec3(theme.ground), glm::vec3(full), 0.12f + (lane.chosen ? 0.88f : 0.62f) * share), 1)));
    }
}

std::vector<AxisTick> ticksOf(const Look& look, const Camera& camera, const NumberLine& line, float left, float right) {
    std::vector<AxisTick> ticks;
    const double low = camera.toData({left, 0}).x, high = camera.toData({right, 0}).x;
    const glm::vec4& ink = look.theme.secondary;
    if (line.logarithmic && high - low > 4) {
        double step = 1;
        while ((high - low) / step > mostTicks) step *= 2;
        for (double u = std::ceil(low / step) * step; u <= high; u += step)
            ticks.push_back({pxOf(camera, u), powerOfTwo(int(u), ink)});
        return ticks;
    }
    if (line.logarithmic) {
        for (const Tick& t : niceTicks(std::exp2(low), std::exp2(high), mostTicks))
            if (t.value > 0) ticks.push_back({pxOf(camera, std::log2(t.value)), {{t.text, ink}}});
        return ticks;
    }
    for (const Tick& t : niceTicks(low, high, mostTicks))
        ticks.push_back({pxOf(camera, t.value), {{t.value > 0 ? "+" + t.text : t.text, ink}}});
    return ticks;
}

} // namespace orrery::ui
