// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/precision/curves_page.h"

#include "engine/lab/names.h"
#include "ui/panels/numbers.h"
#include "ui/panels/ticks.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui {

using precision::Scaling, precision::Twin;
using tensor::Precision;

namespace {

constexpr float axisLeft = 62, namesRight = 84, axisBelow = 46, gapAbove = 28, stripHeight = 56, stripGap = 34; ///< logical px
constexpr float rowPitch = 19, pad = 10, hudWidth = 360;
constexpr float nameColumn = 92, lossColumn = 62, accuracyColumn = 60, memoryColumn = 62, timeColumn = 58;
constexpr int samples = 200; ///< of a curve, for where the readout hides least

} // namespace

std::unique_ptr<Page> makeCurvesPage(lab::Session& session, const precision::PrecisionLab& lab) {
    return std::make_unique<CurvesPage>(session, lab);
}

void drawTrainingHead(ImDrawList* list, const Look& look, const Place& place, const precision::Twins& twins,
                      const std::string& title, const std::string& line) {
    const float y = look.px(18), x = place.left() + textWidth(look.fonts.title, title) + look.px(12);
    const float end = place.right() - look.px(hudWidth);
    drawText(list, look.fonts.title, {place.left(), y}, toColour(look.theme.brass), title);
    const std::string n = "n = " + std::to_string(twins.position());
    if (x + textWidth(look.fonts.mono, n) < end)
        drawText(list, look.fonts.mono, {x, y + look.px(2)}, toColour(look.theme.text), n);
    const float wrap = std::max(look.px(120), end - place.left());
    list->AddText(look.fonts.small, fontHeight(look.fonts.small), {place.left(), y + look.px(28)}, toColour(look.theme.secondary),
                  line.c_str(), line.c_str() + line.size(), wrap);
}

std::vector<Precision> CurvesPage::running() const {
    std::vector<Precision> all;
    for (const Precision p : precision::Twins::all)
        if (twins().runs(p)) all.push_back(p);
    return all;
}

bool CurvesPage::scaled() const {
    return twins().runs(Precision::mixed) && twins().request().setups[std::size_t(Precision::mixed)].scaling != Scaling::none;
}

PlotBox CurvesPage::strip(const Place& p) const {
    PlotBox box{p.left() + p.px(axisLeft), p.right() - p.px(namesRight), 0, p.bottom() - p.px(axisBelow)};
    box.top = box.bottom - (scaled() ? p.px(stripHeight) : 0);
    box.right = std::max(box.right, box.left + 8);
    return box;
}

LossChart CurvesPage::chart(const Place& p) const {
    PlotBox box = strip(p);
    box.bottom = box.top - (scaled() ? p.px(stripGap) : 0);
    box.top = p.px(p.hud + gapAbove);
    box.bottom = std::max(box.bottom, box.top + 8);
    return {twins(), box};
}

void CurvesPage::drawStrip(ImDrawList* list, const Look& look, const LossChart& chart, const Place& place) const {
    const PlotBox b = strip(place);
    const Twin* const t = twins().twin(Precision::mixed);
    const int last = t ? std::min(twins().position(), t->computed()) : 0;
    const int first = twins().request().setups[std::size_t(Precision::mixed)].log2Scale;
    int low = first - 1, high = first + 1;
    for (int n = 1; t && n <= t->computed(); ++n) {
        const int k = std::ilogb(t->step(n).scale);
        low = std::min(low, k - 1), high = std::max(high, k + 1);
    }
    const auto y = [&](int k) { return b.bottom - float(k - low) / float(high - low) * (b.bottom - b.top); };
    std::vector<AxisTick> across, up;
    for (const int k : {low + 1, high - 1})
        if (up.empty() || k != low + 1) up.push_back({y(k), powerOfTwo(k, look.theme.secondary)});
    for (const Tick& t : niceTicks(0, twins().steps(), ticksAlong((b.right - b.left) / look.scale)))
        across.push_back({chart.x(t.value), {{t.text, look.theme.secondary}}});
    drawXAxis(list, look, b.left, b.right, b.bottom, across, look.tr("steps n"));
    drawYAxis(list, look, b.left, b.right, b.top, b.bottom, up, look.tr("loss scale S of mixed precision"));
    const glm::vec4 colour = twinColour(look, Precision::mixed);
    std::vector<ImVec2> points;
    int skips = 0;
    for (int n = 1; n <= last; ++n) {
        const float at = y(std::ilogb(t->step(n).scale)), from = chart.x(n - 1), to = chart.x(n);
        if (points.empty() || points.back().y != at) points.push_back({from, at});
        if (points.size() > 1 && points[points.size() - 2].y == at)
            points.back().x = to;
        else
            points.push_back({to, at});
        if (!t->step(n).skipped) continue;
        ++skips;
        const float x = (from + to) / 2, arm = look.px(3.5f);
        const ImU32 bad = toColour(look.theme.bad);
        list->AddLine({x - arm, at - arm}, {x + arm, at + arm}, bad, look.px(2));
        list->AddLine({x - arm, at + arm}, {x + arm, at - arm}, bad, look.px(2));
    }
    if (points.size() > 1) list->AddPolyline(points.data(), int(points.size()), toColour(colour), 0, look.px(1.8f));
    const float now = chart.x(twins().position());
    list->AddLine({now, b.top}, {now, b.bottom}, toColour(look.theme.brass, 0.6f), look.px(1));
    if (last == 0) return;
    drawRuns(list, look, {b.right + look.px(10), y(std::ilogb(t->step(last).scale)) - fontHeight(look.fonts.mono) / 2},
             powerOfTwo(std::ilogb(t->step(last).scale), colour));
    if (skips > 0)
        drawText(list, look.fonts.small, {b.right, b.top - look.px(18)}, toColour(look.theme.bad),
                 "\xC3\x97 " + std::to_string(skips) + " " + look.tr("skipped"), Align::right);
}

/// Where it hides least of the curves.
PlotBox CurvesPage::readout(const LossChart& chart, const Place& place) const {
    const PlotBox& b = chart.box();
    const float width = place.px(nameColumn + lossColumn + accuracyColumn + memoryColumn + timeColumn + 2 * pad);
    const float height = place.px(rowPitch * float(running().size() + 1) + 2 * pad - 4);
    const float margin = place.px(12);
    const auto at = [&](bool right, float down) { // of the free height
        const float x = right ? b.right - margin - width : b.left + margin;
        const float y = b.top + margin + down * (b.bottom - b.top - 2 * margin - height);
        return PlotBox{x, x + width, y, y + height};
    };
    const PlotBox places[] = {at(false, 1), at(true, 0.45f), at(true, 0.3f), at(true, 0.6f),
                              at(true, 0),  at(true, 1),     at(false, 0)};
    const auto hidden = [&](const PlotBox& box) {
        int points = 0;
        for (const Precision p : running())
            for (int n = 1; n <= twins().steps(); n += std::max(1, twins().steps() / samples)) {
                const Twin* const t = twins().twin(p);
                if (!t || n > t->computed() || !std::isfinite(t->step(n).loss)) continue;
                const ImVec2 at = chart.toPx(n, t->step(n).loss);
                points += box.holds({at.x, at.y});
            }
        return points;
    };
    const PlotBox* best = &places[0];
    for (const PlotBox& each : places)
        if (hidden(each) < hidden(*best)) best = &each;
    return *best;
}

void CurvesPage::drawReadout(ImDrawList* list, const Look& look, const LossChart& chart, const Place& place) const {
    const Theme& theme = look.theme;
    const PlotBox b = readout(chart, place);
    drawGround(list, look, {b.left, b.top}, {b.right, b.bottom});
    const float left = b.left + look.px(pad), loss = left + look.px(nameColumn + lossColumn);
    const float accuracy = loss + look.px(accuracyColumn), memory = accuracy + look.px(memoryColumn);
    const float time = memory + look.px(timeColumn);
    float y = b.top + look.px(pad - 2);
    const std::pair<float, const char*> heads[] = {{loss, "loss"}, {accuracy, "right"}, {memory, "memory"}, {time, "ms/step"}};
    for (const auto& [x, word] : heads)
        drawText(list, look.fonts.small, {x, y}, toColour(theme.faint), look.tr(word), Align::right);
    const int n = twins().position();
    for (const Precision p : running()) {
        y += look.px(rowPitch);
        const bool watched = p == twins().request().watched;
        const Twin* const t = twins().twin(p);
        list->AddRectFilled({left, y + look.px(6)}, {left + look.px(10), y + look.px(9)}, toColour(twinColour(look, p)));
        const std::string& name = look.tr(precision::labelOf(p));
        drawText(list, look.fonts.body, {left + look.px(16), y}, toColour(watched ? theme.text : theme.secondary), name);
        if (twins().emulated(p))
            drawText(list, look.fonts.small, {left + look.px(18) + textWidth(look.fonts.body, name), y - look.px(2)},
                     toColour(theme.brass), "*");
        if (!t || n == 0) continue;
        const double l = t->step(n).loss, right = twins().accuracy(p);
        drawText(list, look.fonts.mono, {loss, y}, toColour(std::isfinite(l) ? theme.text : theme.bad),
                 std::isfinite(l) ? brief(l, 3) : "NaN", Align::right);
        if (std::isfinite(right))
            drawText(list, look.fonts.mono, {accuracy, y}, toColour(theme.text), formatFixed(100 * right, 1) + "%", Align::right);
        drawText(list, look.fonts.mono, {memory, y}, toColour(theme.text),
                 formatFixed(double(t->memory().all()) / 1024, 0) + " K", Align::right);
        drawText(list, look.fonts.mono, {time, y}, toColour(theme.text), formatFixed(t->usualMilliseconds(n), 1), Align::right);
    }
}

void CurvesPage::draw(ImDrawList* list, const Look& look, const Camera&, const Place& place) {
    const LossChart chart = this->chart(place);
    bool imitated = false;
    for (const Precision p : running()) imitated = imitated || twins().emulated(p);
    std::string line = look.tr("the same weights, data and steps; only the number formats differ");
    if (imitated) line += "  \xC2\xB7  * " + look.tr("emulated: rounded, and held in 32 bits");
    const bool spirals = twins().request().setups[0].network == "spirals";
    drawTrainingHead(list, look, place, twins(), look.tr(spirals ? "Two spirals" : "Drawings"), line);
    chart.draw(list, look, !scaled());
    if (scaled()) drawStrip(list, look, chart, place);
    drawReadout(list, look, chart, place);
    if (twins().position() == 0)
        drawText(list, look.fonts.body, {(chart.box().left + chart.box().right) / 2, (chart.box().top + chart.box().bottom) / 2},
                 toColour(look.theme.secondary), look.tr("Space: the twins begin to train"), Align::centre);
}

bool CurvesPage::input(const Input& event, const Camera&, const Place& place) {
    if (event.kind != Input::Kind::press || event.button != Input::Button::left) return false;
    for (const Precision p : running()) {
        glm::dvec2 low, high;
        if (!spot(std::string("row ") + tensor::toString(p), place, low, high)) continue;
        if (event.px.x < low.x || event.px.x > high.x || event.px.y < low.y || event.px.y > high.y) continue;
        m_wanted = p;
        return true;
    }
    return false;
}

void CurvesPage::settle() {
    if (const auto wanted = std::exchange(m_wanted, std::nullopt))
        m_session.set("watched", std::string(tensor::toString(*wanted)));
}

std::optional<Told> CurvesPage::tell(glm::dvec2 px, const Look& look, const Camera&, const Place& place) const {
    for (const Precision p : running()) {
        glm::dvec2 low, high;
        if (spot(std::string("row ") + tensor::toString(p), place, low, high) && px.x >= low.x && px.x <= high.x &&
            px.y >= low.y && px.y <= high.y)
            return Told{look.tr(precision::labelOf(p)), twins().inspect(p, twins().position())};
    }
    return chart(place).tell(px, look);
}

bool CurvesPage::spot(const std::string& name, const Place& place, glm::dvec2& low, glm::dvec2& high) const {
    PlotBox b = name == "scale" ? strip(place) : chart(place).box();
    if (name.starts_with("row ")) {
        const std::vector<Precision> rows = running();
        const auto row = std::ranges::find(rows, name.substr(4), [](Precision p) { return std::string(tensor::toString(p)); });
        if (row == rows.end()) return false;
        b = readout(chart(place), place);
        b.top += place.px(pad - 2 + rowPitch * float(row - rows.begin() + 1));
        b.bottom = b.top + place.px(rowPitch);
    } else if (name == "scale" ? !scaled() : name != "curves") {
        return false;
    }
    low = {b.left, b.top}, high = {b.right, b.bottom};
    return true;
}

} // namespace orrery::ui
