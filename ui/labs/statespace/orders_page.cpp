// SPDX-License-Identifier: GPL-3.0-or-later
// How fast each step's error falls with more samples: two plots with logarithmic axes, the optimum line, and a table of what
// theory says beside what was measured.
#include "engine/labs/statespace/declared.h"
#include "ui/labs/statespace/plot.h"
#include "ui/panels/numbers.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace orrery::ui::ssm {

namespace {

using statespace::OrderCurve;
using statespace::Orders;

constexpr double leastError = 1e-14, mostError = 10; ///< of both plots, so that they can be compared

class OrdersPage final : public Page {
 public:
    using Page::Page;
    void draw(ImDrawList* list, const Look& look, const Camera&, const Place& place) override;
    bool input(const Input& event, const Camera&, const Place& place) override;
    std::optional<Told> tell(glm::dvec2 px, const Look& look, const Camera&, const Place& place) const override;
    bool settled() const override { return it().complete(); }

 private:
    struct Layout {
        Box plots[2], tables[2];
    };
    const Orders& it() const { return m_lab.orders(); }
    Layout layout(const Place& place) const;
    Plot plotOf(const Box& box) const;
    void drawPlot(ImDrawList* list, const Look& look, const Box& box, const std::vector<OrderCurve>& curves, double optimum,
                  const std::string& name) const;
    void drawTable(ImDrawList* list, const Look& look, const Box& box, const std::vector<OrderCurve>& curves) const;
    bool m_scrubs = false;
};

glm::vec4 curveColour(const Look& look, std::size_t index) { return categoryColour(look, int(index)); }

OrdersPage::Layout OrdersPage::layout(const Place& p) const {
    const Box room = p.room();
    const float axis = p.px(58), gap = p.px(30), half = (room.width() - gap) / 2;
    const float table = std::min(p.px(8 * 19 + 22), room.height() * 0.45f);
    Layout at;
    for (int i = 0; i < 2; ++i) {
        const float left = room.left + (half + gap) * float(i);
        at.plots[i] = {left + axis, room.top + p.px(22), left + half, room.bottom - table - p.px(40)};
        at.tables[i] = {left, room.bottom - table, left + half, room.bottom};
    }
    return at;
}

Plot OrdersPage::plotOf(const Box& box) const {
    const statespace::OrderStudy study = it().study();
    double least = 1e-4;
    for (const auto* side : {&study.scaled, &study.constant})
        for (const OrderCurve& curve : *side)
            for (const double e : curve.errors)
                if (e > 0) least = std::min(least, e);
    least = std::max(leastError, std::pow(10, std::floor(std::log10(least))));
    return {box, {double(Orders::samplesAt(0)), double(Orders::samplesAt(Orders::points - 1))}, {least, mostError}, true, true};
}

void OrdersPage::drawPlot(ImDrawList* list, const Look& look, const Box& box, const std::vector<OrderCurve>& curves,
                          double optimum, const std::string& name) const {
    const Theme& t = look.theme;
    const Plot plot = plotOf(box);
    drawAxes(list, look, plot, look.tr("L"), name);
    list->PushClipRect(box.low(), box.high(), true);
    if (optimum > 0) {
        const float y = plot.py(std::max(optimum, plot.y.low));
        const ImVec2 line[] = {{box.left, y}, {box.right, y}};
        drawCurve(list, line, toColour(t.text, 0.8f), look.px(1.4f), look.px(4));
        const std::string& words = look.tr("optimum: N numbers hold no more");
        const float left = box.right - textWidth(look.fonts.small, words) - look.px(6);
        drawGround(list, look, {left - look.px(4), y - look.px(19)}, {box.right, y - look.px(2)}, 0.8f);
        drawText(list, look.fonts.small, {left, y - look.px(18)}, toColour(t.text, 0.9f), words);
    }
    for (const int order : {1, 2}) { // what an order looks like
        const double from = plot.x.low * 4, to = plot.x.high, high = order == 1 ? 1 : 2e-5;
        const ImVec2 line[] = {plot.at(from, high), plot.at(to, high * std::pow(from / to, order))};
        drawCurve(list, line, toColour(t.faint, 0.5f), look.px(1), look.px(2));
        drawText(list, look.fonts.small, {line[0].x + look.px(4), line[0].y - look.px(17)}, toColour(t.faint),
                 look.tr(order == 1 ? "slope 1" : "slope 2"));
    }
    for (std::size_t i = 0; i < curves.size(); ++i) {
        std::vector<ImVec2> points;
        for (int p = 0; p < std::min(it().position(), int(curves[i].errors.size())); ++p) {
            const double e = curves[i].errors[std::size_t(p)], x = double(Orders::samplesAt(p));
            points.push_back(std::isfinite(e) ? plot.at(x, std::max(e, plot.y.low)) : ImVec2{plot.px(x), NAN});
        }
        drawCurve(list, points, toColour(curveColour(look, i)), look.px(2));
        for (const ImVec2& p : points)
            if (std::isfinite(p.y)) list->AddCircleFilled(p, look.px(2.5f), toColour(curveColour(look, i)), 10);
    }
    list->PopClipRect();
}

void OrdersPage::drawTable(ImDrawList* list, const Look& look, const Box& box, const std::vector<OrderCurve>& curves) const {
    const Theme& t = look.theme;
    const float edges[] = {box.left + box.width() * 0.60f, box.left + box.width() * 0.79f, box.right};
    const char* const heads[] = {"order", "measured", "at the end"};
    for (int c = 0; c < 3; ++c)
        drawText(list, look.fonts.small, {edges[c], box.top}, toColour(t.faint), look.tr(heads[c]), Align::right);
    const float pitch = (box.height() - look.px(20)) / 8;
    float y = box.top + look.px(19);
    for (std::size_t i = 0; i < curves.size(); ++i, y += pitch) {
        const OrderCurve& curve = curves[i];
        list->AddRectFilled({box.left, y + look.px(4)}, {box.left + look.px(12), y + look.px(12)}, toColour(curveColour(look, i)),
                            look.px(2));
        drawText(list, look.fonts.body, {box.left + look.px(20), y}, toColour(t.text),
                 clipped(look.fonts.body, look.tr(curve.name), edges[0] - box.left - look.px(36)));
        drawText(list, look.fonts.mono, {edges[0], y}, toColour(t.secondary), formatFixed(curve.order, 0), Align::right);
        const bool near = std::abs(curve.slope - curve.order) <= 0.2;
        drawText(list, look.fonts.mono, {edges[1], y},
                 toColour(!curve.measured ? t.faint
                          : near          ? t.ok
                                          : t.brass),
                 curve.measured ? formatFixed(curve.slope, 2) : "\xE2\x80\x93", Align::right);
        const double last = curve.errors.empty() ? NAN : curve.errors.back();
        const std::string end = curve.errors.empty()  ? "\xE2\x80\x93"
                                : std::isfinite(last) ? formatScientific(last, 2)
                                                      : look.tr("exploded");
        drawText(list, look.fonts.mono, {edges[2], y}, toColour(std::isfinite(last) ? t.text : t.bad), end, Align::right);
    }
}

void OrdersPage::draw(ImDrawList* list, const Look& look, const Camera&, const Place& place) {
    forgetSpots();
    const Theme& t = look.theme;
    const Layout at = layout(place);
    const Box room = place.room();
    drawText(list, look.fonts.title, {room.left, look.px(18)}, toColour(t.text), look.tr("What an order of accuracy is worth"));
    drawBelowTitle(list, look, place, t.secondary,
                   look.tr("Error of the state over the number of samples. A step of second order falls twice as steeply."));
    const statespace::OrderStudy study = it().study();
    const std::string constant = look.tr(statespace::methodTexts()[std::size_t(it().request().method)].name);
    drawPlot(list, look, at.plots[0], study.scaled, study.optimumScaled,
             look.tr("LegS divided by t: error, share of the signal"));
    drawPlot(list, look, at.plots[1], study.constant, study.optimumConstant,
             constant + ": " + look.tr("error, share of the signal"));
    drawTable(list, look, at.tables[0], study.scaled);
    drawTable(list, look, at.tables[1], study.constant);
    for (int i = 0; i < 2; ++i) note(i == 0 ? "scaled plot" : "constant plot", at.plots[i]);
}

bool OrdersPage::input(const Input& event, const Camera&, const Place& place) {
    const Layout at = layout(place);
    const auto seek = [&](const Box& box) {
        const double point = std::log2(plotOf(box).xAt(event.px.x) / double(Orders::samplesAt(0)));
        wantSeek(std::clamp(std::round(point) + 1, 0.0, double(it().steps())));
    };
    switch (event.kind) {
        case Input::Kind::press:
        case Input::Kind::move: {
            if (event.kind == Input::Kind::press) m_scrubs = event.button == Input::Button::left;
            if (!m_scrubs) return false;
            for (const Box& box : at.plots)
                if (box.holds(event.px)) {
                    seek(box);
                    return true;
                }
            if (event.kind == Input::Kind::press) m_scrubs = false;
            return m_scrubs;
        }
        case Input::Kind::release:
        case Input::Kind::focusLost:
            return std::exchange(m_scrubs, false);
        default:
            return false;
    }
}

std::optional<Told> OrdersPage::tell(glm::dvec2 px, const Look& look, const Camera&, const Place& place) const {
    const Layout at = layout(place);
    const statespace::OrderStudy study = it().study();
    for (int side = 0; side < 2; ++side) {
        if (!at.plots[side].holds(px)) continue;
        const int point = std::clamp(int(std::lround(std::log2(plotOf(at.plots[side]).xAt(px.x) / double(Orders::samplesAt(0))))),
                                     0, Orders::points - 1);
        Told told{"L = " + std::to_string(Orders::samplesAt(point)), {}, {}};
        for (const OrderCurve& curve : side == 0 ? study.scaled : study.constant)
            if (point < std::min(it().position(), int(curve.errors.size()))) {
                const double e = curve.errors[std::size_t(point)];
                told.facts.push_back({curve.name, std::isfinite(e) ? formatScientific(e, 3) : look.tr("exploded")});
            }
        if (told.facts.empty()) return std::nullopt;
        return told;
    }
    return std::nullopt;
}

} // namespace

std::unique_ptr<Page> makeOrdersPage(lab::Session& session, const statespace::StatespaceLab& lab) {
    return std::make_unique<OrdersPage>(session, lab);
}

} // namespace orrery::ui::ssm
