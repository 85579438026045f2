// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/precision/gradients_page.h"

#include "ui/panels/numbers.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui {

using precision::Gradients;

namespace {

constexpr float axisLeft = 62, zeroWidth = 34, zeroGap = 14, axisBelow = 46, countersHeight = 64; ///< logical pixels
constexpr float hudWidth = 360;                                                                   ///< logical pixels, about
constexpr double leastShare = 1e-6;
constexpr double homeLow = -50, homeHigh = 24;

} // namespace

std::unique_ptr<Page> makeGradientsPage(lab::Session& session, const precision::PrecisionLab& lab) {
    return std::make_unique<GradientsPage>(session, lab);
}

GradientsPage::Box GradientsPage::box(const Place& p) const {
    Box box{};
    box.zero = p.left() + p.px(axisLeft);
    box.left = box.zero + p.px(zeroWidth + zeroGap);
    box.right = std::max(p.right(), box.left + 8);
    box.top = p.px(p.hud + countersHeight + 20);
    box.bottom = std::max(p.bottom() - p.px(axisBelow), box.top + 8);
    return box;
}

/// Only the width counts: heights are shares and stand still.
Rect GradientsPage::home(const Place& place) const {
    const Box b = box(place);
    Rect rect = place.around({{homeLow, 0}, {homeHigh, 1}}, {b.left, b.top}, {b.right, b.bottom});
    rect.low.y = -1e-3, rect.high.y = 1e-3;
    return rect;
}

ExponentPlot GradientsPage::plot(const Camera& camera, const Box& b) const {
    return {.left = b.left,
            .right = b.right,
            .top = b.top,
            .bottom = b.bottom,
            .low = camera.toData({b.left, 0}).x,
            .high = camera.toData({b.right, 0}).x,
            .format = gradients().request().format,
            .leastShare = leastShare};
}

double GradientsPage::share(std::uint64_t count) const {
    return gradients().count() ? double(count) / double(gradients().count()) : 0;
}

void GradientsPage::drawBars(ImDrawList* list, const Look& look, const Camera& camera, const Box& b) const {
    const ExponentPlot plot = this->plot(camera, b);
    const int shift = gradients().request().log2Scale;
    for (int k = 0; k < Gradients::bins; ++k) {
        const double low = Gradients::lowest + Gradients::octaves * k + shift;
        plot.drawBar(list, look, low, low + Gradients::octaves, share(gradients().histogram()[std::size_t(k)]),
                     m_drag.active() ? 1.f : 0.9f);
    }
    plot.drawZeros(list, look, b.zero + look.px(1), b.zero + look.px(zeroWidth - 1), share(gradients().stats().zero));
}

void GradientsPage::drawAxes(ImDrawList* list, const Look& look, const Camera& camera, const Box& b) const {
    const glm::vec4& ink = look.theme.secondary;
    std::vector<AxisTick> x, y;
    const double low = camera.toData({b.left, 0}).x, high = camera.toData({b.right, 0}).x;
    double step = 1;
    while ((high - low) / step > 12) step *= 2;
    for (double u = std::ceil(low / step) * step; u <= high; u += step)
        x.push_back({float(camera.toPx({u, 0}).x), powerOfTwo(int(u), ink)});
    drawXAxis(list, look, b.left, b.right, b.bottom, x, look.tr("magnitude of the gradient times S"));
    drawXAxis(list, look, b.zero, b.zero + look.px(zeroWidth), b.bottom, {{b.zero + look.px(zeroWidth) / 2, {{"0", ink}}}}, "");
    for (int decade = int(std::lround(std::log10(leastShare))); decade <= 0; ++decade) {
        const float at = b.bottom - float(1 - decade / std::log10(leastShare)) * (b.bottom - b.top);
        y.push_back(
            {at,
             {{decade >= -2 ? formatFixed(100 * std::pow(10., decade), 0) : formatFixed(100 * std::pow(10., decade), -decade - 2),
               ink},
              {" %", ink}}});
    }
    drawYAxis(list, look, b.zero, b.right, b.top, b.bottom, y, look.tr("share of all gradients"));
}

/// What becomes of them, in figures.
void GradientsPage::drawCounters(ImDrawList* list, const Look& look, const Place& place, const Box& b) const {
    const Theme& theme = look.theme;
    const tensor::PrecisionStats& s = gradients().stats();
    const std::uint64_t counts[] = {s.zero, s.lost, s.subnormal, s.normal, s.overflow};
    const std::string& hint = look.tr("loss scale: drag the bars");
    const float y = look.px(place.hud + 26), hintWidth = textWidth(look.fonts.small, hint);
    const float width = std::min((b.right - b.zero - hintWidth) / 5, look.px(150));
    for (int i = 0; i < 5; ++i) {
        const float x = b.zero + width * float(i);
        const glm::vec4 colour = fateColour(look, Fate(i));
        list->AddRectFilled({x, y + look.px(3)}, {x + look.px(8), y + look.px(11)}, toColour(colour), look.px(2));
        drawText(list, look.fonts.small, {x + look.px(14), y}, toColour(theme.secondary), look.tr(fateNames[i]));
        drawText(list, look.fonts.mono, {x + look.px(14), y + look.px(18)}, toColour(theme.text), percentOf(s.share(counts[i])));
    }
    const int exponent = gradients().request().log2Scale;
    std::vector<Run> scale{{"S = ", theme.brass}};
    for (Run& run : powerOfTwo(exponent, theme.brass)) scale.push_back(std::move(run));
    const float x = b.zero + width * 5;
    drawText(list, look.fonts.small, {x, y}, toColour(theme.secondary), hint);
    drawRuns(list, look, {x, y + look.px(18)}, scale);
}

void GradientsPage::drawHead(ImDrawList* list, const Look& look, const Place& place) const {
    const std::string name = precision::labelOf(*gradients().request().format);
    const float y = look.px(18), x = place.left() + textWidth(look.fonts.title, name) + look.px(12);
    drawText(list, look.fonts.title, {place.left(), y}, toColour(look.theme.brass), name);
    drawText(list, look.fonts.body, {x, y + look.px(2)}, toColour(look.theme.text),
             look.tr("gradients made after those of Multibox SSD"));
    const std::string& published = look.tr("published: 66.8 % zero; in FP16 31 % lost at S = 1, at most 0.1 % at S = 2^15");
    const float wrap = std::max(look.px(120), place.right() - place.left() - look.px(hudWidth)); // beside the HUD
    list->AddText(look.fonts.small, fontHeight(look.fonts.small), {place.left(), y + look.px(28)}, toColour(look.theme.secondary),
                  published.c_str(), published.c_str() + published.size(), wrap);
}

void GradientsPage::draw(ImDrawList* list, const Look& look, const Camera& camera, const Place& place) {
    const Box b = box(place);
    drawHead(list, look, place);
    plot(camera, b).drawBands(list, look, true);
    drawAxes(list, look, camera, b);
    drawBars(list, look, camera, b);
    drawCounters(list, look, place, b);
}

bool GradientsPage::input(const Input& event, const Camera& camera, const Place& place) {
    const Box b = box(place);
    const double u = camera.toData(event.px).x;
    switch (event.kind) {
        case Input::Kind::press: {
            const bool inside = event.px.x >= b.left && event.px.x <= b.right && event.px.y >= b.top && event.px.y <= b.bottom;
            if (!inside || event.button != Input::Button::left || event.doubleClick) return false;
            m_drag.begin(gradients().request().log2Scale, u);
            return true;
        }
        default:
            return m_drag.input(event, u);
    }
}

std::optional<Told> GradientsPage::tell(glm::dvec2 px, const Look& look, const Camera& camera, const Place& place) const {
    const Box b = box(place);
    if (px.y < b.top || px.y > b.bottom) return std::nullopt;
    if (px.x >= b.zero && px.x < b.zero + look.px(zeroWidth)) return Told{look.tr("zero"), gradients().inspect(-1)};
    if (px.x < b.left || px.x > b.right) return std::nullopt;
    const double u = camera.toData(px).x;
    const int bin = int(std::floor((u - gradients().request().log2Scale - Gradients::lowest) / Gradients::octaves));
    if (bin < 0 || bin >= Gradients::bins) return std::nullopt;
    return Told{look.tr(fateNames[int(plot(camera, b).fateAt(u))]), gradients().inspect(bin)};
}

bool GradientsPage::spot(const std::string& name, const Place& place, glm::dvec2& low, glm::dvec2& high) const {
    const Box b = box(place);
    low = {b.left, b.top}, high = {b.right, b.bottom};
    return name == "bars";
}

} // namespace orrery::ui
