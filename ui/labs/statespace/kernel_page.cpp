// SPDX-License-Identifier: GPL-3.0-or-later
// A system as a convolution: its kernel, the signal it slides over, the output by FFT beside the recurrence, and the kernel's
// generating function on the unit circle, to be read at a z that a hand moves.
#include "ui/labs/statespace/plot.h"
#include "ui/panels/numbers.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace orrery::ui::ssm {

namespace {

using statespace::Complex;

class KernelPage final : public Page {
 public:
    using Page::Page;
    void draw(ImDrawList* list, const Look& look, const Camera&, const Place& place) override;
    bool input(const Input& event, const Camera&, const Place& place) override;

 private:
    struct Layout {
        Box kernel, signal, output, circle, words;
    };
    enum class Hand { none, z, scrubs };
    const statespace::Convolving& it() const { return m_lab.convolving(); }
    Layout layout(const Place& place) const;
    Plot plotOf(const Box& box, std::initializer_list<const statespace::Vector*> all) const;
    void drawTime(ImDrawList* list, const Look& look, const Layout& at) const;
    void drawCircle(ImDrawList* list, const Look& look, const Layout& at);
    void drawFacts(ImDrawList* list, const Look& look, const Layout& at) const;
    void act(const Input& event, const Layout& at);

    Hand m_hand = Hand::none;
};

KernelPage::Layout KernelPage::layout(const Place& p) const {
    const Box room = p.room();
    const float axis = p.px(48), gap = p.px(44), right = room.left + room.width() * 0.60f;
    const float height = std::max(10.f, (room.height() - 2 * gap - p.px(42)) / 3);
    Layout at;
    float y = room.top + p.px(20);
    for (Box* box : {&at.kernel, &at.signal, &at.output}) {
        *box = {room.left + axis, y, right, y + height};
        y += height + gap;
    }
    const float side = std::max(20.f, std::min(room.right - right - p.px(34), room.height() * 0.56f));
    at.circle = {room.right - side, room.top + p.px(10), room.right, room.top + p.px(10) + side};
    at.words = {right + p.px(34), at.circle.bottom + p.px(14), room.right, room.bottom};
    return at;
}

Plot KernelPage::plotOf(const Box& box, std::initializer_list<const statespace::Vector*> all) const {
    double low = 0, high = 0;
    for (const statespace::Vector* x : all)
        for (const double v : *x)
            if (std::isfinite(v)) low = std::min(low, v), high = std::max(high, v);
    const double room = std::max(0.08 * (high - low), 1e-12);
    return {box, {0, double(it().steps())}, {low - room, high + room}, false, false};
}

void KernelPage::drawTime(ImDrawList* list, const Look& look, const Layout& at) const {
    const Theme& t = look.theme;
    const int now = it().position(), L = it().steps();
    const ImU32 kernel = toColour(categoryColour(look, 0)), signal = toColour(t.text, 0.8f),
                output = toColour(categoryColour(look, 1));
    const Plot above = plotOf(at.kernel, {&it().kernel()});
    drawAxes(list, look, above, look.tr("lag l"), look.tr("kernel K"));
    drawSamples(list, look, above, it().kernel(), 1, 0, L, kernel, look.px(1.8f));
    // The kernel turned around, its start at the present sample: what it multiplies there.
    const Plot middle = plotOf(at.signal, {&it().signal()});
    drawAxes(list, look, middle, look.tr("sample k"), look.tr("signal u, and the kernel as it lies over it"));
    list->PushClipRect(at.signal.low(), at.signal.high(), true);
    drawSamples(list, look, middle, it().signal(), 1, 0, L, signal, look.px(1.6f));
    const double most = statespace::largestMagnitude(it().kernel()), reach = std::max(std::abs(middle.y.low), middle.y.high);
    statespace::Vector turned(std::size_t(L), 0.0);
    for (int k = 0; k < now; ++k)
        turned[std::size_t(k)] = most > 0 ? it().kernel()[std::size_t(now - 1 - k)] / most * reach * 0.8 : 0;
    drawSamples(list, look, middle, turned, 1, 0, now, toColour(categoryColour(look, 0), 0.7f), look.px(1.2f));
    list->PopClipRect();
    const Plot below = plotOf(at.output, {&it().convolved(), &it().recurrent()});
    drawAxes(list, look, below, look.tr("sample k"), look.tr("output y: by FFT, and dashed by the recurrence"));
    list->PushClipRect(at.output.low(), at.output.high(), true);
    drawSamples(list, look, below, it().convolved(), 1, 0, now, output, look.px(2.4f));
    std::vector<ImVec2> points;
    const int every = std::max(1, now / 400);
    for (int k = 0; k < now; k += every) points.push_back(below.at(k + 0.5, it().recurrent()[std::size_t(k)]));
    drawCurve(list, points, toColour(t.text, 0.9f), look.px(1.2f), look.px(3));
    list->PopClipRect();
    for (const Plot* plot : {&middle, &below}) {
        const float x = std::round(plot->px(now));
        list->AddLine({x, plot->box.top}, {x, plot->box.bottom}, toColour(t.brass), look.px(1.5f));
    }
}

/// |K(z)| around the circle: the further outside, the larger, by its logarithm.
void KernelPage::drawCircle(ImDrawList* list, const Look& look, const Layout& at) {
    const Theme& t = look.theme;
    const Box& b = at.circle;
    const ImVec2 centre{(b.left + b.right) / 2, (b.top + b.bottom) / 2};
    const float radius = b.width() * 0.27f, room = b.width() * 0.19f;
    double low = 1e300, high = 0;
    for (const Complex& k : it().spectrum()) low = std::min(low, std::abs(k)), high = std::max(high, std::abs(k));
    low = std::max(low, high * 1e-6);
    const auto share = [&](double m) {
        return high > low ? float(std::clamp(std::log(m / low) / std::log(high / low), 0.0, 1.0)) : 0.f;
    };
    const auto place = [&](double turns, float r) {
        const double a = -2 * std::numbers::pi * turns;
        return ImVec2{centre.x + r * float(std::cos(a)), centre.y - r * float(std::sin(a))};
    };
    list->AddCircle(centre, radius, toColour(t.secondary), 128, look.px(1.2f));
    list->AddCircle(centre, radius + room, toColour(t.line), 128, 1);
    const std::size_t L = it().spectrum().size();
    std::vector<ImVec2> curve;
    const std::size_t every = std::max<std::size_t>(1, L / 480);
    for (std::size_t l = 0; l <= L && L > 0; l += every)
        curve.push_back(place(double(l % L) / double(L), radius + room * share(std::abs(it().spectrum()[l % L]))));
    drawCurve(list, curve, toColour(categoryColour(look, 0)), look.px(1.8f));
    const ImVec2 one = place(0, radius), minus = place(0.5, radius);
    drawText(list, look.fonts.small, {one.x - look.px(6), one.y - look.px(16)}, toColour(t.faint), "z = 1", Align::right);
    drawText(list, look.fonts.small, {minus.x + look.px(6), minus.y - look.px(16)}, toColour(t.faint),
             "z = \xE2\x88\x92"
             "1");
    const ImVec2 z = place(it().request().angle, radius);
    const ImVec2 out = place(it().request().angle, radius + room * share(std::abs(it().bySum())));
    list->AddLine(z, out, toColour(t.brass), look.px(1.5f));
    list->AddCircleFilled(z, look.px(6), toColour(t.brass), 20);
    note("z", {z.x - look.px(7), z.y - look.px(7), z.x + look.px(7), z.y + look.px(7)});
    drawText(list, look.fonts.small, {centre.x, centre.y + look.px(4)}, toColour(t.secondary), look.tr("|K(z)|, log"),
             Align::centre);
    char text[64];
    std::snprintf(text, sizeof text, "%.3g \xE2\x80\xA6 %.3g", low, high);
    drawText(list, look.fonts.small, {centre.x, centre.y + look.px(5) + fontHeight(look.fonts.small)}, toColour(t.faint), text,
             Align::centre);
}

void KernelPage::drawFacts(ImDrawList* list, const Look& look, const Layout& at) const {
    const Theme& t = look.theme;
    float y = at.words.top;
    const auto complex = [](const Complex& z) {
        if (!std::isfinite(std::abs(z))) return std::string("\xE2\x88\x9E");
        return formatShort(z.real(), 3) + (z.imag() < 0 ? " - " : " + ") + formatShort(std::abs(z.imag()), 3) + " i";
    };
    const auto row = [&](const std::string& label, const std::string& value, const glm::vec4& colour) {
        drawText(list, look.fonts.small, {at.words.left, y}, toColour(t.faint), label);
        drawText(list, look.fonts.mono, {at.words.right, y}, toColour(colour), value, Align::right);
        y += look.px(19);
    };
    row(look.tr("sum of K_l z^l"), complex(it().bySum()), t.text);
    if (const auto cauchy = it().byCauchy()) row(look.tr("Cauchy sums"), complex(*cauchy), t.text);
    if (const auto published = it().published())
        row(look.tr("published form"), complex(*published), std::isfinite(std::abs(*published)) ? t.text : t.bad);
    const bool wraps = it().request().padding == statespace::Padding::none;
    row(look.tr("FFT against recurrence"), formatShort(it().wrapped(), 2), it().wrapped() < 1e-6 ? t.ok : t.bad);
    if (y < at.words.bottom - look.px(30))
        drawWords(list, look, {at.words.left, y + look.px(4)}, at.words.width(), wraps ? t.bad : t.secondary,
                  wraps ? look.tr("Without zeros behind it the end of the convolution lands on its start.")
                        : look.tr("Drag z around the circle; at z = -1 the published form divides by zero."));
}

void KernelPage::draw(ImDrawList* list, const Look& look, const Camera&, const Place& place) {
    forgetSpots();
    const Layout at = layout(place);
    note("kernel plot", at.kernel), note("output", at.output), note("circle", at.circle);
    const Box room = place.room();
    drawText(list, look.fonts.title, {room.left, look.px(18)}, toColour(look.theme.text),
             look.tr("The same system as a convolution"));
    drawBelowTitle(list, look, place, look.theme.secondary, look.tr("y = K * u: all outputs at once, no step by step."));
    if (!it().ready()) return;
    drawTime(list, look, at);
    drawCircle(list, look, at);
    drawFacts(list, look, at);
}

void KernelPage::act(const Input& event, const Layout& at) {
    if (m_hand == Hand::z) {
        const double x = event.px.x - double(at.circle.left + at.circle.right) / 2,
                     y = double(at.circle.top + at.circle.bottom) / 2 - event.px.y;
        double turns = -std::atan2(y, x) / (2 * std::numbers::pi);
        turns -= std::floor(turns);
        want("angle", std::round(turns * 1000) / 1000);
    } else if (m_hand == Hand::scrubs) {
        const Plot plot{at.signal, {0, double(it().steps())}, {0, 1}, false, false};
        wantSeek(std::clamp(std::round(plot.xAt(event.px.x)), 0.0, double(it().steps())));
    }
}

bool KernelPage::input(const Input& event, const Camera&, const Place& place) {
    const Layout at = layout(place);
    switch (event.kind) {
        case Input::Kind::press:
            if (event.button != Input::Button::left) return false;
            m_hand = at.circle.holds(event.px)                                ? Hand::z
                     : at.signal.holds(event.px) || at.output.holds(event.px) ? Hand::scrubs
                                                                              : Hand::none;
            if (m_hand == Hand::z) beginGesture();
            act(event, at);
            return m_hand != Hand::none;
        case Input::Kind::move:
            act(event, at);
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

} // namespace

std::unique_ptr<Page> makeKernelPage(lab::Session& session, const statespace::StatespaceLab& lab) {
    return std::make_unique<KernelPage>(session, lab);
}

} // namespace orrery::ui::ssm
