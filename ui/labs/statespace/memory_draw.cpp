// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/statespace/memory_page.h"

#include "engine/labs/statespace/declared.h"
#include "ui/panels/numbers.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui::ssm {

using statespace::methodTexts;

namespace {

constexpr int mostPoints = 480; ///< of a curve: a draw list of ImGui holds 65,536 vertices
constexpr double leastError = 1e-8;

bool windowed(statespace::Method m) {
    using statespace::Method;
    return m == Method::legt || m == Method::lmu || m == Method::fout || m == Method::fourierWindow;
}

} // namespace

void MemoryPage::drawHead(ImDrawList* list, const Look& look, const Place& place) {
    const Box room = place.room();
    const statespace::RememberRequest& r = memory().request();
    const std::string title = look.tr("N numbers remember a signal");
    drawText(list, look.fonts.title, {room.left, look.px(18)}, toColour(look.theme.text), title);
    const float x = room.left + textWidth(look.fonts.title, title) + look.px(14);
    drawText(list, look.fonts.mono, {x, look.px(21)}, toColour(look.theme.brass), "N = " + std::to_string(r.N));
    std::string below = look.tr("Lines: what each method says the past was. Below: how it weighs each age.");
    glm::vec4 colour = look.theme.secondary;
    if (!r.source->remark.empty()) below = look.tr(r.source->remark), colour = look.theme.brass;
    if (const auto moved = memory().stretchMoved())
        below = look.tr("LegS, stretched: its state has moved by") + " " + formatShort(*moved, 2), colour = look.theme.brass;
    drawBelowTitle(list, look, place, colour, below);
}

/// Curves are made anew only when something has moved.
void MemoryPage::refresh(const Plot& plot) {
    const std::tuple now{memory().revision(), memory().position(), plot.x.low, plot.x.high, plot.box.width()};
    if (now == m_curvesOf && m_curves.size() == memory().count()) return;
    m_curvesOf = now;
    m_curves.assign(memory().count(), {});
    const double t = memory().now();
    for (std::size_t i = 0; i < memory().count(); ++i) {
        if (memory().state(i).empty() || memory().position() == 0) continue;
        const statespace::System& system = *memory().system(i);
        const double oldest = windowed(system.method) ? t - system.options.theta : 0;
        const double from = std::max({0.0, plot.x.low, oldest}), to = std::min(t, plot.x.high);
        if (!(to > from)) continue;
        const int points = std::clamp(int((plot.px(to) - plot.px(from)) / 1.3f), 2, mostPoints);
        statespace::Vector ages;
        for (int p = 0; p < points; ++p) ages.push_back(std::max(0.0, t - (from + (to - from) * p / (points - 1))));
        const statespace::Vector u = memory().remembered(i, ages);
        for (int p = 0; p < points; ++p) m_curves[i].push_back({float(t - ages[std::size_t(p)]), float(u[std::size_t(p)])});
    }
}

void MemoryPage::drawSignal(ImDrawList* list, const Look& look, const Plot& plot) {
    const Box& b = plot.box;
    drawAxes(list, look, plot, "", look.tr("signal u"));
    const statespace::Signal& u = memory().signal();
    list->PushClipRect({b.left, b.top}, {b.right, b.bottom}, true);
    const bool something = memory().request().source->missing.empty();
    if (something) {
        drawSamples(list, look, plot, u.samples, u.dt, memory().position(), memory().steps(), toColour(look.theme.faint, 0.6f),
                    look.px(1.2f));
        drawSamples(list, look, plot, u.samples, u.dt, 0, memory().position(), toColour(look.theme.text, 0.4f), look.px(5));
    }
    refresh(plot);
    float y = b.top + look.px(6);
    for (std::size_t i = 0; i < m_curves.size(); ++i) {
        const glm::vec4 colour = methodColour(look, memory().method(i));
        std::vector<ImVec2> points;
        for (const ImVec2& p : m_curves[i]) points.push_back(plot.at(double(p.x), double(p.y)));
        drawCurve(list, points, toColour(colour), look.px(2));
    }
    for (std::size_t i = 0; i < memory().count(); ++i) { // in words, instead of garbage
        const std::string trouble = memory().trouble(i);
        if (trouble.empty()) continue;
        const std::string words = look.tr(methodTexts()[std::size_t(memory().method(i))].name) + ": " + look.tr(trouble);
        const float width = b.width() - look.px(24);
        const ImFont* font = look.fonts.body;
        const float lines = std::ceil(textWidth(font, words) / width + 0.15f);
        drawGround(list, look, {b.left + look.px(6), y},
                   {b.right - look.px(6), y + lines * (fontHeight(font) + 2) + look.px(10)});
        list->AddRectFilled({b.left + look.px(6), y}, {b.left + look.px(9), y + lines * (fontHeight(font) + 2) + look.px(10)},
                            toColour(methodColour(look, memory().method(i))));
        y += look.px(5) +
             drawWords(list, look, {b.left + look.px(14), y + look.px(5)}, width - look.px(10), look.theme.bad, words) +
             look.px(9);
    }
    list->PopClipRect();
}

/// How much each method minds an error at each age: as opaque as its weight is of its greatest.
void MemoryPage::drawMeasure(ImDrawList* list, const Look& look, const Plot& plot, const Layout& at) const {
    const Box& b = at.measure;
    Plot axis = plot;
    axis.box = {b.left, b.top, b.right, b.bottom}, axis.y = {0, 1};
    list->AddLine({b.left, b.bottom}, {b.right, b.bottom}, toColour(look.theme.line), 1);
    list->PushClipRect({b.left, b.top}, {b.right, b.bottom}, true);
    const double t = memory().now();
    for (std::size_t i = 0; i < memory().count(); ++i) {
        const float top = b.top + at.rowHeight * float(i) + 1, bottom = b.top + at.rowHeight * float(i + 1) - 1;
        const glm::vec4 colour = methodColour(look, memory().method(i));
        const statespace::System* system = memory().system(i);
        list->AddRectFilled({b.left, top}, {b.right, bottom}, toColour(look.theme.raised, 0.35f));
        if (system && memory().position() > 0) {
            const float first = std::max(b.left, axis.px(0)), last = std::min(b.right, axis.px(t));
            const float column = std::max(look.px(3), (last - first) / 160);
            double most = 0;
            for (float x = first; x < last; x += column)
                most = std::max(most, weight(*system, std::max(0.0, t - axis.xAt(double(x + column / 2))), t));
            for (float x = first; x < last && most > 0; x += column) {
                const double w = weight(*system, std::max(0.0, t - axis.xAt(double(std::min(x + column, last) + x) / 2)), t);
                if (w > 0.004 * most)
                    list->AddRectFilled({x, top}, {std::min(x + column, last), bottom}, toColour(colour, float(0.75 * w / most)));
            }
        }
        const std::string& name = look.tr(methodTexts()[std::size_t(memory().method(i))].name);
        const float y = (top + bottom - fontHeight(look.fonts.small)) / 2, wide = textWidth(look.fonts.small, name);
        list->AddRectFilled({b.left, top}, {b.left + wide + look.px(22), bottom}, toColour(look.theme.ground, 0.88f));
        list->AddRectFilled({b.left + look.px(4), (top + bottom) / 2 - look.px(4)},
                            {b.left + look.px(12), (top + bottom) / 2 + look.px(4)}, toColour(colour), look.px(2));
        drawText(list, look.fonts.small, {b.left + look.px(16), y}, toColour(look.theme.text), name);
    }
    list->PopClipRect();
    // The time axis belongs to both.
    Plot below = plot;
    below.box = {b.left, b.bottom - 1, b.right, b.bottom}, below.y = {0, 1e-9};
    drawAxes(list, look, below, look.tr("time, s"), "");
    const float x = std::round(plot.px(t));
    if (x >= b.left - 1 && x <= b.right + 1) {
        const float top = plot.box.top;
        list->AddLine({x, top}, {x, b.bottom}, toColour(look.theme.brass), look.px(1.5f));
        list->AddTriangleFilled({x - look.px(6), top - look.px(9)}, {x + look.px(6), top - look.px(9)}, {x, top},
                                toColour(look.theme.brass));
    }
}

/// The N numbers of each method, on one scale of its own.
void MemoryPage::drawStates(ImDrawList* list, const Look& look, const Layout& at) const {
    const Box& b = at.states;
    const double N = double(memory().request().N);
    Plot plot{b, {-0.5, N - 0.5}, {0, 1}};
    plot.y = {0, 1e-9};
    Plot axis = plot;
    axis.box.top = b.bottom - 1;
    drawAxes(list, look, axis, look.tr("state n"), "");
    drawText(list, look.fonts.small, {b.left, b.top - look.px(18)}, toColour(look.theme.faint), look.tr("the N numbers now"));
    const std::size_t count = memory().count();
    if (count == 0) return;
    const float row = b.height() / float(count);
    for (std::size_t i = 0; i < count; ++i) {
        const float middle = b.top + row * (float(i) + 0.5f);
        const glm::vec4 colour = methodColour(look, memory().method(i));
        list->AddLine({b.left, middle}, {b.right, middle}, toColour(look.theme.line, 0.7f), 1);
        const statespace::Vector& x = memory().state(i);
        const double most = statespace::largestMagnitude(x);
        char text[32];
        std::snprintf(text, sizeof text, "\xC2\xB1%.2g", most);
        drawText(list, look.fonts.small, {b.left - look.px(6), middle - fontHeight(look.fonts.small) / 2},
                 toColour(x.empty() ? look.theme.faint : colour), x.empty() ? "\xE2\x80\x93" : text, Align::right);
        if (!(most > 0)) continue;
        const std::size_t bars = std::min(x.size(), std::size_t(b.width() / look.px(2)));
        const float pitch = b.width() / float(bars), wide = std::max(1.f, pitch * 0.72f);
        for (std::size_t n = 0; n < bars; ++n) {
            double shown = 0;
            for (std::size_t m = n * x.size() / bars; m < (n + 1) * x.size() / bars; ++m)
                if (std::abs(x[m]) > std::abs(shown)) shown = x[m];
            const float height = float(shown / most) * row * 0.45f, left = b.left + pitch * (float(n) + 0.5f) - wide / 2;
            list->AddRectFilled({left, std::min(middle, middle - height)}, {left + wide, std::max(middle, middle - height)},
                                toColour(colour));
        }
    }
}

Plot MemoryPage::errorPlot(const Layout& at) const {
    const bool states = m_session.settings().text("plot") == "states";
    double least = 1, most = 1, last = 64;
    for (const statespace::MethodStudy& study : memory().study())
        for (const statespace::ErrorPoint& p : states ? study.states : study.history)
            for (const double e : {p.error, p.optimum}) {
                if (std::isfinite(e) && e < 1e6) most = std::max(most, e);
                if (e > 0) least = std::min(least, e);
                last = std::max(last, p.at);
            }
    least = std::max(least, leastError);
    const double whole = memory().signal().duration();
    return {at.errors,
            states ? Range{1, std::max({last, double(memory().request().N), 2.0})} : Range{0, std::max(whole, 1e-12)},
            {std::min(0.1, std::pow(10, std::floor(std::log10(least)))),
             most > 1.5 ? std::pow(10, std::ceil(std::log10(most))) : 1.6},
            states,
            true};
}

/// Where N becomes enough for the signal's highest frequency over what the method reaches back to.
void MemoryPage::drawKnees(ImDrawList* list, const Look& look, const Plot& plot) const {
    const double band = memory().signal().band;
    const Box& b = plot.box;
    if (!(band > 0)) return;
    const float y = b.bottom - look.px(34);
    for (std::size_t i = 0; i < memory().count(); ++i) {
        const statespace::System* system = memory().system(i);
        if (!system) continue;
        const double knee = statespace::kneeStates(*system, band, memory().signal().duration());
        const float x = plot.px(knee);
        if (x < b.left || x > b.right) continue;
        const glm::vec4 colour = methodColour(look, memory().method(i));
        const ImVec2 strokes[] = {{x, b.top}, {x, b.bottom}};
        drawCurve(list, strokes, toColour(colour, 0.8f), look.px(1), look.px(2));
        if (memory().method(i) != statespace::Method::legsScaled) continue;
        const std::string text = "N = \xCF\x80 f T = " + formatFixed(knee, 0);
        const float wide = textWidth(look.fonts.small, text);
        const bool left = x + wide + look.px(8) > b.right;
        drawText(list, look.fonts.small, {left ? x - look.px(5) : x + look.px(5), y}, toColour(colour), text,
                 left ? Align::right : Align::left);
    }
}

void MemoryPage::drawErrors(ImDrawList* list, const Look& look, const Layout& at) const {
    const bool states = m_session.settings().text("plot") == "states";
    const Plot plot = errorPlot(at);
    const Box& b = plot.box;
    drawAxes(list, look, plot, states ? look.tr("states N") : look.tr("time, s"),
             states ? look.tr("error at the end, as a share \xC2\xB7 dashed: optimum")
                    : look.tr("error so far, as a share \xC2\xB7 dashed: optimum"));
    list->PushClipRect({b.left, b.top - 2}, {b.right + 2, b.bottom + 2}, true);
    if (states) {
        drawKnees(list, look, plot);
        const float x = std::round(plot.px(double(memory().request().N)));
        list->AddLine({x, b.top}, {x, b.bottom}, toColour(look.theme.brass), look.px(1.5f));
        drawText(list, look.fonts.small, {x + look.px(4), b.bottom - look.px(17)}, toColour(look.theme.brass), "N");
    } else {
        const float x = std::round(plot.px(memory().now()));
        list->AddLine({x, b.top}, {x, b.bottom}, toColour(look.theme.brass), look.px(1.5f));
    }
    const double dt = memory().signal().dt;
    for (const statespace::MethodStudy& study : memory().study()) {
        const glm::vec4 colour = methodColour(look, study.method);
        const float opacity = memory().studied() ? 1.f : 0.55f;
        std::vector<ImVec2> error, optimum;
        const double floor_ = plot.y.low;
        for (const statespace::ErrorPoint& p : states ? study.states : study.history) {
            const double vx = states ? p.at : p.at * dt;
            error.push_back(std::isfinite(p.error) ? plot.at(vx, std::max(p.error, floor_)) : ImVec2{plot.px(vx), NAN});
            optimum.push_back(plot.at(vx, std::max(p.optimum, floor_)));
        }
        drawCurve(list, error, toColour(colour, opacity), look.px(2));
        drawCurve(list, optimum, toColour(look.theme.text, 0.8f * opacity), look.px(1.2f), look.px(3));
    }
    const std::vector<statespace::MethodStudy> all = memory().study();
    if (std::all_of(all.begin(), all.end(), [&](const auto& s) { return (states ? s.states : s.history).empty(); }) &&
        memory().count() > 0 && memory().request().source->missing.empty())
        drawText(list, look.fonts.small, {b.left + look.px(8), b.bottom - look.px(22)}, toColour(look.theme.faint),
                 look.tr("Working it out \xE2\x80\xA6"));
    list->PopClipRect();
}

void MemoryPage::draw(ImDrawList* list, const Look& look, const Camera& camera, const Place& place) {
    const Layout at = layout(place);
    const Plot plot = signalPlot(at, camera, place);
    forgetSpots();
    note("signal plot", at.signal), note("measure", at.measure), note("states plot", at.states), note("errors", at.errors);
    drawHead(list, look, place);
    drawSignal(list, look, plot);
    drawMeasure(list, look, plot, at);
    drawStates(list, look, at);
    drawErrors(list, look, at);
    const std::string text = drawn() ? look.tr("Made signals") : look.tr("Draw it yourself");
    float x = at.signal.right - textWidth(look.fonts.body, text) - look.px(18);
    drawChip(list, look, "draw", {x, at.signal.top - look.px(34)}, text);
    if (drawn() && memory().request().source->missing.empty()) {
        x -= textWidth(look.fonts.body, look.tr("Clear")) + look.px(26);
        drawChip(list, look, "clear", {x, at.signal.top - look.px(34)}, look.tr("Clear"));
    }
}

} // namespace orrery::ui::ssm
