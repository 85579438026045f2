// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/precision/weight_page.h"

#include "ui/labs/precision/curves_page.h"
#include "ui/panels/numbers.h"
#include "ui/panels/ticks.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui {

using precision::Twins;

namespace {

constexpr float lineTop = 64, lineHeight = 26, figuresHeight = 76, axisLeft = 74, axisBelow = 46; ///< logical pixels
constexpr double spacingsAround = 4.5; ///< of FP16, to each side of the weight
constexpr int mostPoints = 800;

/// In the 16 bits of the twin that is looked at.
struct Narrow {
    const tensor::Format& format;
    explicit Narrow(const Twins& twins) : format(precision::narrowOf(twins.request().watched)) {}
    double operator()(double value) const { return tensor::decode(format, tensor::encode(format, value)); }
    double spacing(double value) const { return tensor::spacing(format, (*this)(value)); }
};

} // namespace

std::unique_ptr<Page> makeWeightPage(lab::Session& session, const precision::PrecisionLab& lab) {
    return std::make_unique<WeightPage>(session, lab);
}

PlotBox WeightPage::line(const Place& p) const {
    const float top = p.px(p.hud + lineTop);
    return {p.left(), std::max(p.right(), p.left() + 8), top, top + p.px(lineHeight)};
}

PlotBox WeightPage::way(const Place& p) const {
    PlotBox box{p.left() + p.px(axisLeft), p.right(), line(p).bottom + p.px(figuresHeight + 46), p.bottom() - p.px(axisBelow)};
    box.right = std::max(box.right, box.left + 8), box.bottom = std::max(box.bottom, box.top + 8);
    return box;
}

/// Ticks are numbers of FP16; above the line where the weight is kept and what the update wants, below it the FP16 value.
void WeightPage::drawLine(ImDrawList* list, const Look& look, const Place& place) const {
    const Theme& theme = look.theme;
    const Twins::Moved m = twins().moved(twins().lookStep());
    const PlotBox b = line(place);
    if (!std::isfinite(m.before) || !std::isfinite(m.after)) return;
    const Narrow narrow(twins());
    const double half = narrow(m.before), unit = narrow.spacing(m.before);
    const auto x = [&](double value) {
        const double share = 0.5 + (value - half) / (2 * spacingsAround * unit);
        return b.left + float(std::clamp(share, -0.02, 1.02)) * (b.right - b.left);
    };
    list->AddLine({b.left, b.bottom}, {b.right, b.bottom}, toColour(theme.line), look.px(1));
    const glm::vec4 colour = formatColour(look, narrow.format);
    for (int k = -int(spacingsAround); k <= int(spacingsAround); ++k) {
        const float at = x(half + k * unit);
        list->AddLine({at, b.bottom - look.px(k == 0 ? 14 : 8)}, {at, b.bottom + look.px(4)},
                      toColour(colour, k == 0 ? 1.f : 0.6f), look.px(k == 0 ? 2.f : 1.f));
        if (k % 2 == 0)
            drawText(list, look.fonts.small, {at, b.bottom + look.px(6)}, toColour(theme.secondary), brief(half + k * unit, 6),
                     Align::centre);
    }
    // The update as an arrow from where the weight was kept.
    const float from = x(m.before), to = x(m.before + m.update), y = b.top + look.px(2), dir = to >= from ? 1.f : -1.f;
    const ImU32 brass = toColour(theme.brass);
    list->AddCircleFilled({from, y}, look.px(4), brass);
    if (std::abs(to - from) > look.px(3)) {
        list->AddLine({from, y}, {to, y}, brass, look.px(2));
        const float head = look.px(5);
        list->AddTriangleFilled({to, y}, {to - dir * head, y - head * 0.7f}, {to - dir * head, y + head * 0.7f}, brass);
    }
    list->AddCircle({x(narrow(m.after)), b.bottom}, look.px(6), toColour(colour), 0, look.px(2));
    drawText(list, look.fonts.small, {b.left, b.top - look.px(22)}, toColour(theme.faint),
             look.tr("ticks: numbers of 16 bits; dot and arrow: the weight and its update; ring: in 16 bits afterwards"));
}

void WeightPage::drawFigures(ImDrawList* list, const Look& look, const Place& place) const {
    const Theme& theme = look.theme;
    const int n = twins().lookStep();
    const Twins::Moved m = twins().moved(n);
    const precision::Look& seen = twins().watched()->look(n);
    const Narrow narrow(twins());
    const double unit = narrow.spacing(m.before);
    const PlotBox b = line(place);
    const float y = b.bottom + look.px(34), width = std::min((b.right - b.left) / 5, look.px(176));
    const double share = seen.wanted ? double(seen.stayed) / double(seen.wanted) : 0;
    const auto& setup = twins().watched()->setup();
    const bool keeps = setup.masters && setup.precision != tensor::Precision::stochastic;
    const bool stays = narrow(m.before) == narrow(m.after);
    const std::pair<const char*, std::string> figures[] = {
        {"as kept", brief(m.after, 7)},
        {"in 16 bits", brief(narrow(m.after), 7)},
        {"update", brief(m.update, 3)},
        {"update / spacing", brief(m.update / unit, 3)},
        {keeps ? "kept by masters alone" : "swallowed, all weights", formatFixed(100 * share, 1) + " %"}};
    for (int i = 0; i < 5; ++i) {
        const float x = b.left + width * float(i);
        drawText(list, look.fonts.small, {x, y}, toColour(theme.secondary), look.tr(figures[i].first));
        const bool loud = i == 3 && stays && m.update != 0;
        drawText(list, look.fonts.mono, {x, y + look.px(17)}, toColour(loud ? theme.bad : theme.text), figures[i].second);
    }
}

void WeightPage::drawWay(ImDrawList* list, const Look& look, const Place& place) const {
    const PlotBox b = way(place);
    const int last = twins().lookStep(), stride = std::max(1, last / mostPoints);
    const Narrow narrow(twins());
    double low = INFINITY, high = -INFINITY;
    for (int n = 1; n <= twins().watched()->looked(); n += 1) {
        const double after = twins().moved(n).after;
        if (std::isfinite(after)) low = std::min({low, after, narrow(after)}), high = std::max({high, after, narrow(after)});
    }
    if (!(low <= high)) return;
    const double room = std::max(0.08 * (high - low), 2 * narrow.spacing(high));
    low -= room, high += room;
    const auto x = [&](double n) { return b.left + float(n / std::max(1, twins().steps())) * (b.right - b.left); };
    const auto y = [&](double w) { return b.bottom - float((w - low) / (high - low)) * (b.bottom - b.top); };
    const glm::vec4& ink = look.theme.secondary;
    std::vector<AxisTick> across, up;
    for (const Tick& t : niceTicks(0, twins().steps(), ticksAlong((b.right - b.left) / look.scale)))
        across.push_back({x(t.value), {{t.text, ink}}});
    for (const Tick& t : niceTicks(low, high, std::max(4, int((b.bottom - b.top) / look.px(30)))))
        up.push_back({y(t.value), {{t.text, ink}}});
    drawXAxis(list, look, b.left, b.right, b.bottom, across, look.tr("steps n"));
    drawYAxis(list, look, b.left, b.right, b.top, b.bottom, up, look.tr("the weight"));
    std::vector<ImVec2> kept, half;
    for (int n = 1; n <= last; n = n == last ? n + 1 : std::min(n + stride, last)) {
        const double after = twins().moved(n).after;
        if (!std::isfinite(after)) break;
        kept.push_back({x(n), y(after)});
        const float level = y(narrow(after));
        if (!half.empty() && half.back().y != level) half.push_back({x(n), half.back().y});
        half.push_back({x(n), level});
    }
    if (half.size() > 1)
        list->AddPolyline(half.data(), int(half.size()), toColour(formatColour(look, narrow.format)), 0, look.px(1.4f));
    if (kept.size() > 1) list->AddPolyline(kept.data(), int(kept.size()), toColour(look.theme.brass), 0, look.px(2));
    const float now = x(last);
    list->AddLine({now, b.top}, {now, b.bottom}, toColour(look.theme.brass, 0.6f), look.px(1));
    float right = b.right;
    const std::pair<const char*, glm::vec4> keys[] = {{"in 16 bits", formatColour(look, narrow.format)},
                                                      {"as kept", look.theme.brass}};
    for (const auto& [name, colour] : keys) {
        const std::string& text = look.tr(name);
        drawText(list, look.fonts.small, {right, b.top - look.px(18)}, toColour(look.theme.secondary), text, Align::right);
        right -= textWidth(look.fonts.small, text) + look.px(20);
        list->AddLine({right, b.top - look.px(10)}, {right + look.px(14), b.top - look.px(10)}, toColour(colour), look.px(2));
        right -= look.px(14);
    }
}

void WeightPage::draw(ImDrawList* list, const Look& look, const Camera&, const Place& place) {
    const auto& r = twins().request();
    const std::size_t i = std::size_t(r.watched);
    const char* how = r.watched == tensor::Precision::stochastic ? "kept in 16 bits, rounded at random after each update"
                      : r.watched != tensor::Precision::fp32 && !r.setups[i].masters
                          ? "kept in 16 bits, rounded to nearest after each update"
                          : "kept in FP32: a master weight collects every update";
    drawTrainingHead(list, look, place, twins(), look.tr(precision::labelOf(r.watched)), look.tr(how));
    if (twins().lookStep() == 0) {
        const PlotBox b = way(place);
        drawText(list, look.fonts.body, {(b.left + b.right) / 2, (b.top + b.bottom) / 2}, toColour(look.theme.secondary),
                 look.tr("Space: the twins begin to train"), Align::centre);
        return;
    }
    drawLine(list, look, place);
    drawFigures(list, look, place);
    drawWay(list, look, place);
}

std::optional<Told> WeightPage::tell(glm::dvec2 px, const Look& look, const Camera&, const Place& place) const {
    const PlotBox b = way(place);
    if (!b.holds(px) || twins().lookStep() == 0) return std::nullopt;
    const double along = (px.x - double(b.left)) / double(b.right - b.left) * twins().steps();
    const int n = std::clamp(int(std::lround(along)), 1, twins().lookStep());
    const Twins::Moved m = twins().moved(n);
    const Narrow narrow(twins());
    return Told{look.tr("Weight") + " " + std::to_string(twins().request().weight),
                {{"step", std::to_string(n)},
                 {"before", brief(m.before, 9)},
                 {"update", brief(m.update, 4)},
                 {"as kept", brief(m.after, 9)},
                 {"in 16 bits", brief(narrow(m.after), 9)},
                 {"spacing", brief(narrow.spacing(m.before), 4)}}};
}

bool WeightPage::spot(const std::string& name, const Place& place, glm::dvec2& low, glm::dvec2& high) const {
    const PlotBox b = name == "line" ? line(place) : way(place);
    low = {b.left, b.top}, high = {b.right, b.bottom};
    return name == "line" || name == "way";
}

} // namespace orrery::ui
