// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/precision/exponent_plot.h"

#include "ui/panels/numbers.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui {

std::string percentOf(double share) {
    const double p = 100 * share;
    if (p == 0) return "0 %";
    return (p < 0.01 ? formatScientific(p, 2) : formatFixed(p, p < 1 ? 3 : 2)) + " %";
}

float ExponentPlot::barTop(double share) const {
    if (!(share > 0)) return bottom;
    const double tall = (std::log10(share) - std::log10(leastShare)) / -std::log10(leastShare);
    return bottom - float(std::clamp(tall, 0., 1.)) * (bottom - top);
}

std::array<ExponentPlot::Band, 4> ExponentPlot::bands() const {
    const tensor::Format& f = *format;
    const double end = 1e9, above = f.maxFinite + tensor::spacing(f, f.maxFinite) / 2; // from there on it rounds to infinity
    const double most = std::isfinite(above) ? std::log2(above) : 1024;                // FP64's own
    const double lost = std::log2(f.minSubnormal()) - 1, normal = std::log2(f.minNormal());
    return {Band{Fate::lost, -end, lost}, Band{Fate::subnormal, lost, normal}, Band{Fate::normal, normal, most},
            Band{Fate::overflow, most, end}};
}

Fate ExponentPlot::fateAt(double u) const {
    for (const Band& band : bands())
        if (u >= band.low && u < band.high) return band.fate;
    return Fate::overflow;
}

void ExponentPlot::drawBands(ImDrawList* list, const Look& look, bool named) const {
    for (const Band& band : bands()) {
        const float from = std::max(left, x(std::max(band.low, low))), to = std::min(right, x(std::min(band.high, high)));
        if (to <= from) continue;
        const glm::vec4 colour = fateColour(look, band.fate);
        list->AddRectFilled({from, top}, {to, bottom}, toColour(colour, look.theme.light ? 0.10f : 0.12f));
        if (from > left + 1) list->AddLine({from, top}, {from, bottom}, toColour(colour, 0.8f), look.px(1));
        const std::string& name = look.tr(fateNames[int(band.fate)]);
        if (named && textWidth(look.fonts.small, name) * 1.4f + look.px(12) < to - from)
            drawSmallCapitals(list, look, {from + look.px(8), top + look.px(6)}, toColour(colour), name);
    }
}

void ExponentPlot::drawBar(ImDrawList* list, const Look& look, double from, double to, double share, float opacity) const {
    if (!(share > 0)) return;
    const float gap = look.px(right - left > look.px(300) ? 1.f : 0.5f), head = barTop(share);
    for (const Band& band : bands()) {
        const double a = std::max(from, band.low), b = std::min(to, band.high);
        if (b <= a) continue;
        const float begin = std::max(x(a) + (a == from ? gap : 0), left);
        const float end = std::min(std::max(x(b) - (b == to ? gap : 0), begin + 1), right);
        if (end > begin) list->AddRectFilled({begin, head}, {end, bottom}, toColour(fateColour(look, band.fate), opacity));
    }
}

void ExponentPlot::drawZeros(ImDrawList* list, const Look& look, float from, float to, double share) const {
    list->AddRectFilled({from, barTop(share)}, {to, bottom}, toColour(fateColour(look, Fate::zero)));
}

} // namespace orrery::ui
