// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/precision/loss_chart.h"

#include "ui/panels/ticks.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui {

using precision::Twin, precision::Twins;
using tensor::Precision;

namespace {

constexpr float fullWidth = 6;  ///< logical pixels: FP32 lies under the others, which follow it or leave it
constexpr int mostPoints = 500; ///< of a curve: a draw list of ImGui holds 65,536 vertices, four to a point
constexpr double edge = 0.12;   ///< decades beyond the least and the greatest loss
constexpr double fewDecades = 1.8;
constexpr double reach = 14; ///< logical pixels from the pointer to the curve that it means

} // namespace

LossChart::LossChart(const Twins& twins, const PlotBox& box) : m_twins(twins), m_box(box) {
    double low = 0.2, high = 0.9;
    for (const Precision p : Twins::all)
        if (const Twin* t = twins.runs(p) ? twins.twin(p) : nullptr)
            for (int n = 1; n <= t->computed(); ++n) {
                const double loss = t->step(n).loss;
                if (std::isfinite(loss) && loss > 0) low = std::min(low, loss), high = std::max(high, loss);
            }
    m_low = std::max(std::log10(low) - edge, -12.), m_high = std::min(std::log10(high) + edge, 12.);
}

float LossChart::x(double step) const {
    return m_box.left + float(step / std::max(1, m_twins.steps())) * (m_box.right - m_box.left);
}

ImVec2 LossChart::toPx(double step, double loss) const {
    const double share = (std::log10(std::max(loss, 1e-300)) - m_low) / (m_high - m_low);
    return {x(step), m_box.bottom - float(std::clamp(share, -0.1, 1.1)) * (m_box.bottom - m_box.top)};
}

void LossChart::draw(ImDrawList* list, const Look& look, bool steps) const {
    const glm::vec4& ink = look.theme.secondary;
    std::vector<AxisTick> across, up;
    if (steps)
        for (const Tick& t : niceTicks(0, m_twins.steps(), ticksAlong((m_box.right - m_box.left) / look.scale)))
            across.push_back({x(t.value), {{t.text, ink}}});
    drawXAxis(list, look, m_box.left, m_box.right, m_box.bottom, across, steps ? look.tr("steps n") : std::string());
    for (int k = int(std::ceil(m_low)); k <= int(std::floor(m_high)); ++k) {
        std::vector<Run> text{{"10", ink}, {(k < 0 ? "\xE2\x88\x92" : "") + std::to_string(std::abs(k)), ink, true}};
        up.push_back({toPx(0, std::pow(10., k)).y, std::move(text)});
    }
    if (m_high - m_low < fewDecades) // then also 2 and 5 times the powers
        for (int k = int(std::floor(m_low)); k <= int(std::floor(m_high)); ++k)
            for (const double m : {2., 5.})
                up.push_back({toPx(0, m * std::pow(10., k)).y, {{brief(m * std::pow(10., k), 1), ink}}});
    std::ranges::sort(up, [](const AxisTick& a, const AxisTick& b) { return a.at > b.at; });
    drawYAxis(list, look, m_box.left, m_box.right, m_box.top, m_box.bottom, up, look.tr("loss"));

    const int last = m_twins.position();
    const float now = x(last);
    list->AddLine({now, m_box.top}, {now, m_box.bottom}, toColour(look.theme.brass, 0.6f), look.px(1));
    const int stride = std::max(1, last / mostPoints);
    std::vector<EndName> names;
    list->PushClipRect({m_box.left, m_box.top - look.px(4)}, {m_box.right + look.px(4), m_box.bottom + look.px(4)}, true);
    for (const Precision p : Twins::all) {
        const Twin* const t = m_twins.runs(p) ? m_twins.twin(p) : nullptr;
        if (!t || last == 0) continue;
        const glm::vec4 colour = twinColour(look, p);
        const bool watched = p == m_twins.request().watched, full = p == Precision::fp32;
        std::vector<ImVec2> points;
        bool broken = false;
        for (int n = 1;; n = std::min(n + stride, last)) {
            const double loss = t->step(n).loss;
            if ((broken = !std::isfinite(loss))) break;
            points.push_back(toPx(n, loss));
            if (n == last) break;
        }
        if (points.size() > 1)
            list->AddPolyline(points.data(), int(points.size()), toColour(colour, full ? 0.55f : 1.f), 0,
                              look.px(full      ? fullWidth
                                      : watched ? 2.4f
                                                : 1.5f));
        if (points.empty()) points.push_back({m_box.left, m_box.top});
        const ImVec2 end = points.back();
        if (broken) {
            const float arm = look.px(4);
            list->AddLine({end.x - arm, end.y - arm}, {end.x + arm, end.y + arm}, toColour(colour), look.px(2));
            list->AddLine({end.x - arm, end.y + arm}, {end.x + arm, end.y - arm}, toColour(colour), look.px(2));
        } else {
            list->AddCircleFilled(end, look.px(watched ? 4.f : 3.f), toColour(colour));
        }
        names.push_back({end.y, colour, look.tr(precision::labelOf(p))});
    }
    list->PopClipRect();
    drawEndNames(list, look, m_box, std::move(names));
}

std::optional<Told> LossChart::tell(glm::dvec2 px, const Look& look) const {
    if (!m_box.holds(px) || m_twins.position() == 0) return std::nullopt;
    const double along = (px.x - double(m_box.left)) / double(m_box.right - m_box.left) * m_twins.steps();
    const int n = std::clamp(int(std::lround(along)), 1, m_twins.position());
    Precision nearest = m_twins.request().watched;
    double least = double(look.px(reach));
    for (const Precision p : Twins::all) {
        const Twin* const t = m_twins.runs(p) ? m_twins.twin(p) : nullptr;
        if (!t || n > t->computed() || !std::isfinite(t->step(n).loss)) continue;
        const double away = std::abs(double(toPx(n, t->step(n).loss).y) - px.y);
        if (away < least) least = away, nearest = p;
    }
    return Told{look.tr(precision::labelOf(nearest)), m_twins.inspect(nearest, n)};
}

} // namespace orrery::ui
