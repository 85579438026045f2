// SPDX-License-Identifier: GPL-3.0-or-later
// Where things stand, and the hands on them. What is drawn is in memory_draw.cpp.
#include "ui/labs/statespace/memory_page.h"

#include "engine/labs/statespace/declared.h"
#include "ui/panels/numbers.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui::ssm {

namespace {

constexpr float axisLeft = 52, axisBelow = 24, between = 26, head = 34; ///< logical pixels
constexpr double penRange = 1.25;                                       ///< of the values that a drawn signal's picture shows

} // namespace

std::unique_ptr<Page> makeMemoryPage(lab::Session& session, const statespace::StatespaceLab& lab) {
    return std::make_unique<MemoryPage>(session, lab);
}

MemoryPage::Layout MemoryPage::layout(const Place& p) const {
    const Box room = p.room();
    Layout at;
    const float rows = float(std::max<std::size_t>(1, memory().count()));
    at.rowHeight = p.px(std::clamp(110 / rows, 11.f, 15.f));
    const float strip = at.rowHeight * rows, left = room.left + p.px(axisLeft);
    const float rest = room.height() - strip - p.px(2 * axisBelow + between + head + 8), upper = room.top + p.px(head);
    at.signal = {left, upper, room.right, upper + rest * 0.56f};
    at.measure = {left, at.signal.bottom + p.px(4), room.right, at.signal.bottom + p.px(4) + strip};
    const float top = at.measure.bottom + p.px(axisBelow + between), bottom = room.bottom - p.px(axisBelow);
    const float middle = room.left + (room.right - room.left) * 0.48f;
    at.states = {left, top, middle, std::max(bottom, top + 20)};
    at.errors = {middle + p.px(24 + axisLeft), top, room.right, std::max(bottom, top + 20)};
    return at;
}

/// One unit of the camera is the whole signal; only the width counts.
Rect MemoryPage::home(const Place& place) const {
    const Layout at = layout(place);
    const double perPx = 1.0 / std::max(1.0, double(at.signal.width()));
    const double left = double(place.px(place.panel)), right = place.size.x;
    return {{-(double(at.signal.left) - left) * perPx, -1e-3}, {1 + (right - double(at.signal.right)) * perPx, 1e-3}};
}

std::uint64_t MemoryPage::frameOfReference() const { return std::uint64_t(memory().signal().duration() * 1e6); }

/// Of the whole signal with some room, so that axes stand still while time goes on.
Range MemoryPage::values() const {
    if (drawn()) return {-penRange, penRange};
    if (m_values.first == memory().revision() + 1) return m_values.second;
    Range range{0, 0};
    for (const double u : memory().signal().samples) range = {std::min(range.low, u), std::max(range.high, u)};
    const double room = std::max(0.18 * (range.high - range.low), 1e-12);
    m_values = {memory().revision() + 1, {range.low - room, range.high + room}};
    return m_values.second;
}

Plot MemoryPage::signalPlot(const Layout& at, const Camera& camera, const Place&) const {
    const double whole = memory().signal().duration();
    return {at.signal,
            {camera.toData({double(at.signal.left), 0}).x * whole, camera.toData({double(at.signal.right), 0}).x * whole},
            values(),
            false,
            false};
}

int MemoryPage::stepAt(const Plot& plot, double px) const {
    return int(std::clamp<double>(std::round(plot.xAt(px) / memory().signal().dt), 0, memory().steps()));
}

std::string MemoryPage::emptyHint() const { return m_hand == Hand::none ? memory().request().source->missing : std::string(); }

/// Points are kept by time; a stroke takes the place of what it passes over.
void MemoryPage::stroke(const Plot& plot, glm::dvec2 px) {
    const double whole = memory().signal().duration(), factor = double(memory().request().stretch);
    const double t = std::clamp(plot.xAt(px.x), 0.0, whole) / factor;
    const double u = std::clamp(plot.yAt(px.y), -penRange, penRange);
    const auto [low, high] = std::minmax(m_pen ? m_pen->first : t, t);
    std::erase_if(m_points, [low = low, high = high, this](const auto& p) {
        return p.first > low - m_quantum / 2 && p.first < high + m_quantum / 2;
    });
    if (m_pen && std::abs(m_pen->first - t) > m_quantum / 2) m_points.push_back(*m_pen);
    m_points.emplace_back(t, u);
    m_pen = {t, u};
    std::sort(m_points.begin(), m_points.end());
    lab::Points rows{2, {}};
    for (const auto& [time, value] : m_points) rows.values.push_back(time), rows.values.push_back(value);
    want("drawn", rows);
    wantSeek(std::round(t * factor / memory().signal().dt));
}

void MemoryPage::act(const Input& event, const Layout& at, const Plot& plot) {
    switch (m_hand) {
        case Hand::draws:
            stroke(plot, event.px);
            break;
        case Hand::scrubs:
            wantSeek(stepAt(plot, event.px.x));
            break;
        case Hand::sizes:
            want("states", std::int64_t(std::clamp(std::round(errorPlot(at).xAt(event.px.x)), 1.0, 512.0)));
            break;
        case Hand::none:
            break;
    }
}

bool MemoryPage::input(const Input& event, const Camera& camera, const Place& place) {
    const Layout at = layout(place);
    const Plot plot = signalPlot(at, camera, place);
    switch (event.kind) {
        case Input::Kind::press: {
            if (event.button != Input::Button::left) return false;
            Box chip;
            if (spot("draw", chip) && chip.holds(event.px)) {
                want("signal", std::string(drawn() ? "noise" : "drawn"));
                return true;
            }
            if (spot("clear", chip) && chip.holds(event.px)) {
                want("drawn", lab::Points{2, {}});
                wantSeek(0);
                return true;
            }
            const bool head = Box{at.signal.left, at.signal.top - place.px(16), at.signal.right, at.signal.top}.holds(event.px);
            if (at.signal.holds(event.px) && drawn())
                m_hand = Hand::draws;
            else if (at.signal.holds(event.px) || at.measure.holds(event.px) || head)
                m_hand = Hand::scrubs;
            else if (at.errors.holds(event.px) && m_session.settings().text("plot") == "states")
                m_hand = Hand::sizes;
            else
                return false;
            if (m_hand == Hand::draws) {
                m_points.clear(), m_pen.reset();
                const lab::Points& rows = m_session.settings().points("drawn");
                for (std::size_t i = 0; i < rows.rows(); ++i) m_points.emplace_back(rows.values[2 * i], rows.values[2 * i + 1]);
                m_quantum = m_session.settings().number("duration") / 1000;
            }
            if (m_hand != Hand::scrubs) beginGesture();
            act(event, at, plot);
            return true;
        }
        case Input::Kind::move:
            act(event, at, plot);
            return m_hand != Hand::none;
        case Input::Kind::release:
        case Input::Kind::focusLost: {
            const bool had = m_hand != Hand::none;
            m_hand = Hand::none;
            endGesture();
            return had;
        }
        default:
            return false;
    }
}

std::optional<Told> MemoryPage::tell(glm::dvec2 px, const Look& look, const Camera& camera, const Place& place) const {
    const Layout at = layout(place);
    const Plot plot = signalPlot(at, camera, place);
    if (at.measure.holds(px) && memory().count() > 0) {
        const auto i = std::min(memory().count() - 1, std::size_t((float(px.y) - at.measure.top) / at.rowHeight));
        const statespace::MethodText& text = statespace::methodTexts()[std::size_t(memory().method(i))];
        Told told{look.tr(text.name), {}, look.tr(text.meaning)};
        if (const statespace::System* system = memory().system(i); system && memory().position() > 0) {
            const statespace::Horizon h = statespace::horizon(*system, memory().now());
            told.facts = {{"reaches back", formatShort(h.age, 3) + " s"},
                          {"resolves up to", formatShort(h.frequency, 3) + " Hz"}};
            told.words = look.tr(h.why);
        }
        return told;
    }
    if (at.signal.holds(px)) {
        const double t = plot.xAt(px.x), age = memory().now() - t;
        Told told{"t = " + formatFixed(t, 3) + " s", {}, {}};
        const auto j = std::int64_t(std::floor(t / memory().signal().dt));
        if (j < 0 || j >= memory().steps()) return std::nullopt;
        told.facts.push_back({"signal", formatShort(memory().signal().samples[std::size_t(j)], 4)});
        for (std::size_t i = 0; age >= 0 && i < memory().count(); ++i) {
            const statespace::System* system = memory().system(i);
            if (!system || age > statespace::horizon(*system, memory().now()).age) continue; // it has left the window
            const statespace::Vector u = memory().remembered(i, std::span(&age, 1));
            if (!u.empty())
                told.facts.push_back({statespace::methodTexts()[std::size_t(memory().method(i))].name, formatShort(u[0], 4)});
        }
        return told;
    }
    return std::nullopt;
}

} // namespace orrery::ui::ssm
