// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/precision/layers_page.h"

#include "ui/labs/precision/curves_page.h"
#include "ui/panels/numbers.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui {

using precision::LayerStats, precision::Scaling;
using tensor::Precision, tensor::PrecisionStats;

namespace {

constexpr float namesLeft = 58, gapX = 14, gapY = 22, headHeight = 34, axisBelow = 26, zeroWidth = 8; ///< logical pixels
constexpr float legendTop = 20, legendHeight = 20;                                                    ///< below the HUD
constexpr double leastShare = 1e-5;
constexpr const char* kindNames[] = {"weights", "activations", "gradients of these", "gradients of the weights"};

} // namespace

std::unique_ptr<Page> makeLayersPage(lab::Session& session, const precision::PrecisionLab& lab) {
    return std::make_unique<LayersPage>(session, lab);
}

std::vector<std::string> LayersPage::layers() const {
    if (twins().watched()) return twins().watched()->layerNames();
    return {"", "", ""};
}

LayersPage::Cell LayersPage::cell(std::size_t layer, int kind, const Place& p) const {
    const float left = p.left() + p.px(namesLeft), top = p.px(p.hud + legendTop + legendHeight + headHeight);
    const float width = (p.right() - left - p.px(gapX) * 3) / 4, rows = float(layers().size());
    const float height = (p.bottom() - p.px(axisBelow) - top - p.px(gapY) * (rows - 1)) / rows;
    Cell cell{.layer = layer, .kind = LayerStats::Kind(kind), .plot = {}};
    cell.zero = left + float(kind) * (width + p.px(gapX));
    ExponentPlot& plot = cell.plot;
    plot.left = cell.zero + p.px(zeroWidth + 3);
    plot.right = std::max(cell.zero + width, plot.left + 4);
    plot.top = top + float(layer) * (height + p.px(gapY));
    plot.bottom = std::max(plot.top + height, plot.top + 4);
    plot.low = PrecisionStats::lowest - 2, plot.high = PrecisionStats::highest + 4;
    plot.format = twins().request().format;
    plot.leastShare = leastShare;
    return cell;
}

std::optional<LayersPage::Cell> LayersPage::cellAt(glm::dvec2 px, const Place& place) const {
    for (std::size_t layer = 0; layer < layers().size(); ++layer)
        for (int kind = 0; kind < LayerStats::kinds; ++kind) {
            const Cell c = cell(layer, kind, place);
            if (px.x >= c.zero && px.x <= c.plot.right && px.y >= c.plot.top && px.y <= c.plot.bottom) return c;
        }
    return std::nullopt;
}

bool LayersPage::scalable() const {
    const auto& mixed = twins().request().setups[std::size_t(Precision::mixed)];
    return twins().request().watched == Precision::mixed && mixed.scaling != Scaling::none;
}

void LayersPage::drawCell(ImDrawList* list, const Look& look, const Cell& c, bool axis) const {
    const ExponentPlot& plot = c.plot;
    plot.drawBands(list, look, false);
    if (axis) {
        std::vector<AxisTick> ticks;
        const int step = plot.right - plot.left > look.px(220) ? 8 : 16;
        for (int u = -32; u <= 16; u += step) ticks.push_back({plot.x(u), powerOfTwo(u, look.theme.secondary)});
        drawXAxis(list, look, plot.left, plot.right, plot.bottom, ticks, "");
    }
    const precision::Look* const seen = twins().look();
    if (!seen || c.layer >= seen->layers.size()) return;
    const PrecisionStats& s = seen->layers[c.layer].of[c.kind];
    const float opacity = m_drag.active() ? 1.f : 0.9f;
    for (int k = 0; k < PrecisionStats::bins; ++k) {
        const double low = PrecisionStats::lowest + PrecisionStats::octaves * k;
        plot.drawBar(list, look, low, low + PrecisionStats::octaves, s.share(s.histogram[std::size_t(k)]), opacity);
    }
    plot.drawBar(list, look, plot.low, PrecisionStats::lowest, s.share(s.under), opacity);
    plot.drawBar(list, look, PrecisionStats::highest, plot.high, s.share(s.over + s.nonFinite), opacity);
    plot.drawZeros(list, look, c.zero, c.zero + look.px(zeroWidth), s.share(s.zero));
    // What is not as it should be, in figures above the bars.
    float x = plot.right;
    const std::pair<Fate, std::uint64_t> counts[] = {
        {Fate::overflow, s.overflow + s.nonFinite}, {Fate::subnormal, s.subnormal}, {Fate::lost, s.lost}, {Fate::zero, s.zero}};
    for (const auto& [fate, n] : counts) {
        if (n == 0) continue;
        const double p = 100 * s.share(n);
        const std::string text = p < 0.1 ? "<0.1%" : formatFixed(p, p < 10 ? 1 : 0) + "%";
        const float width = textWidth(look.fonts.small, text);
        if (x - width - look.px(12) < c.zero) break;
        drawText(list, look.fonts.small, {x, plot.top - look.px(16)}, toColour(look.theme.secondary), text, Align::right);
        x -= width + look.px(10);
        list->AddRectFilled({x, plot.top - look.px(12)}, {x + look.px(7), plot.top - look.px(5)},
                            toColour(fateColour(look, fate)), look.px(2));
        x -= look.px(8);
    }
}

void LayersPage::draw(ImDrawList* list, const Look& look, const Camera&, const Place& place) {
    const Theme& theme = look.theme;
    const Precision p = twins().request().watched;
    const int n = twins().lookStep();
    const std::string& line =
        look.tr(scalable() ? "drag a gradient: that is the loss scale" : "heights are logarithms of shares");
    drawTrainingHead(list, look, place, twins(), look.tr(precision::labelOf(p)), line);
    float at = place.left();
    for (int fate = 0; fate < 5; ++fate) {
        const std::string& name = look.tr(fateNames[fate]);
        const float y = look.px(place.hud + legendTop);
        list->AddRectFilled({at, y + look.px(3)}, {at + look.px(8), y + look.px(11)}, toColour(fateColour(look, Fate(fate))),
                            look.px(2));
        drawText(list, look.fonts.small, {at + look.px(13), y}, toColour(theme.secondary), name);
        at += look.px(30) + textWidth(look.fonts.small, name);
    }
    const std::vector<std::string> names = layers();
    for (std::size_t layer = 0; layer < names.size(); ++layer)
        for (int kind = 0; kind < LayerStats::kinds; ++kind) {
            const Cell c = cell(layer, kind, place);
            if (layer == 0)
                drawText(list, look.fonts.small, {c.zero, c.plot.top - look.px(headHeight)}, toColour(theme.text),
                         clipped(look.fonts.small, look.tr(kindNames[kind]), c.plot.right - c.zero));
            if (kind == 0)
                drawText(list, look.fonts.mono, {place.left(), (c.plot.top + c.plot.bottom) / 2 - look.px(8)},
                         toColour(theme.secondary), names[layer]);
            drawCell(list, look, c, layer + 1 == names.size());
        }
    if (n == 0 || twins().watched()->setup().scaling == Scaling::none) return;
    std::vector<Run> scale{{"S = ", theme.brass}};
    const int exponent = m_drag.moved() ? int(std::lround(m_drag.wanted())) : std::ilogb(twins().watched()->step(n).scale);
    for (Run& run : powerOfTwo(exponent, theme.brass)) scale.push_back(std::move(run));
    drawRuns(list, look, {cell(0, LayerStats::weightGradients, place).plot.right, look.px(place.hud + legendTop - 1)}, scale,
             Align::right);
}

bool LayersPage::input(const Input& event, const Camera&, const Place& place) {
    switch (event.kind) {
        case Input::Kind::press: {
            const std::optional<Cell> c = cellAt(event.px, place);
            const bool gradient = c && c->kind >= LayerStats::activationGradients;
            if (!gradient || !scalable() || event.button != Input::Button::left || event.doubleClick) return false;
            m_grabbed = c->plot;
            m_drag.begin(double(m_session.settings().integer("initial_scale")), m_grabbed.u(event.px.x));
            return true;
        }
        default:
            return m_drag.input(event, m_grabbed.u(event.px.x));
    }
}

std::optional<Told> LayersPage::tell(glm::dvec2 px, const Look& look, const Camera&, const Place& place) const {
    const std::optional<Cell> c = cellAt(px, place);
    if (!c || !twins().look()) return std::nullopt;
    const int bin =
        px.x < c->plot.left ? -1 : int(std::floor((c->plot.u(px.x) - PrecisionStats::lowest) / PrecisionStats::octaves));
    return Told{layers()[c->layer] + ": " + look.tr(kindNames[c->kind]), twins().inspect(c->layer, c->kind, bin)};
}

bool LayersPage::spot(const std::string& name, const Place& place, glm::dvec2& low, glm::dvec2& high) const {
    if (name.size() != 3 || name[1] != ' ') return false;
    const auto layer = std::size_t(name[0] - '0');
    const int kind = name[2] - '0';
    if (layer >= layers().size() || kind < 0 || kind >= LayerStats::kinds) return false;
    const Cell c = cell(layer, kind, place);
    low = {c.plot.left, c.plot.top}, high = {c.plot.right, c.plot.bottom};
    return true;
}

} // namespace orrery::ui
