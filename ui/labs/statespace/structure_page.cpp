// SPDX-License-Identifier: GPL-3.0-or-later
// What a method is made of: A and B as heat maps, eigenvalues before and after discretisation (drag a pole to set the step),
// what each state holds after an impulse, and how A splits into a normal part and a low rank.
#include "ui/labs/statespace/plot.h"
#include "ui/panels/numbers.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace orrery::ui::ssm {

namespace {

using statespace::Complex;

class StructurePage final : public Page {
 public:
    using Page::Page;
    void draw(ImDrawList* list, const Look& look, const Camera&, const Place& place) override;
    bool input(const Input& event, const Camera&, const Place& place) override;
    std::optional<Told> tell(glm::dvec2 px, const Look& look, const Camera&, const Place& place) const override;

 private:
    struct Layout {
        Box matrix, input, before, after, impulse, words;
    };
    const statespace::Anatomy& it() const { return m_lab.anatomy(); }
    Layout layout(const Place& place) const;
    Plot beforePlot(const Layout& at) const;
    Plot afterPlot(const Layout& at) const;
    void drawMatrix(ImDrawList* list, const Look& look, const Layout& at) const;
    void drawPoles(ImDrawList* list, const Look& look, const Layout& at) const;
    void drawImpulse(ImDrawList* list, const Look& look, const Layout& at) const;
    void drawFacts(ImDrawList* list, const Look& look, const Layout& at) const;

    std::optional<std::size_t> m_pole; ///< in the hand
};

StructurePage::Layout StructurePage::layout(const Place& p) const {
    const Box room = p.room();
    const float gap = p.px(26), head = p.px(20), foot = p.px(22);
    const float upper = room.top + room.height() * 0.52f,
                side = std::max(20.f, std::min(upper - room.top - head - foot, room.width() * 0.29f));
    Layout at;
    at.matrix = {room.left, room.top + head, room.left + side, room.top + head + side};
    at.input = {at.matrix.right + p.px(6), at.matrix.top, at.matrix.right + p.px(18), at.matrix.bottom};
    const float plane = std::max(20.f, (room.right - at.input.right - 2 * gap - p.px(88)) / 2);
    const float tall = std::min(plane, upper - room.top - head - foot);
    at.before = {at.input.right + gap + p.px(40), at.matrix.top, at.input.right + gap + p.px(40) + plane, at.matrix.top + tall};
    at.after = {room.right - tall, at.matrix.top, room.right, at.matrix.top + tall};
    at.before.right = std::min(at.before.right, at.after.left - gap - p.px(34));
    const float lower = upper + p.px(24);
    at.impulse = {room.left + p.px(40), lower, room.left + room.width() * 0.52f, room.bottom - foot};
    at.words = {at.impulse.right + gap, lower - p.px(16), room.right, room.bottom};
    return at;
}

Plot StructurePage::beforePlot(const Layout& at) const {
    double re = 1, im = 1;
    for (const Complex& l : it().eigenvalues()) re = std::max(re, -l.real()), im = std::max(im, std::abs(l.imag()));
    return {at.before, {-1.12 * re, 0.12 * re}, {-1.15 * im, 1.15 * im}, false, false};
}

Plot StructurePage::afterPlot(const Layout& at) const {
    double most = 1.2; // a pole far outside is drawn at the edge
    for (const Complex& z : it().poles()) most = std::max(most, std::min(2.5, 1.1 * std::abs(z)));
    return {at.after, {-most, most}, {-most, most}, false, false};
}

void StructurePage::drawMatrix(ImDrawList* list, const Look& look, const Layout& at) const {
    const statespace::System& s = it().system();
    const auto signedRoot = [](double v) { return v < 0 ? -std::sqrt(-v) : std::sqrt(v); }; // entries grow with n
    double most = 0, input = 0;
    for (const double a : s.A.values) most = std::max(most, std::abs(a));
    for (const double b : s.B) input = std::max(input, std::abs(b));
    drawText(list, look.fonts.small, {at.matrix.left, at.matrix.top - look.px(18)}, toColour(look.theme.faint),
             "A  [" + std::to_string(s.N) + " \xC3\x97 " + std::to_string(s.N) + "]");
    drawText(list, look.fonts.small, {at.input.left, at.input.top - look.px(18)}, toColour(look.theme.faint), "B");
    const double scale = std::sqrt(std::max(most, 1e-300)), scaleB = std::sqrt(std::max(input, 1e-300));
    drawCells(list, look, at.matrix, s.N, s.N, Colormap::diverging, -scale, scale,
              [&](std::int64_t i, std::int64_t j) { return signedRoot(s.A(i, j)); });
    drawCells(
        list, look, at.input, s.N, 1, Colormap::diverging, -scaleB, scaleB,
        [&](std::int64_t i, std::int64_t) { return signedRoot(s.B[std::size_t(i)]); }, 512);
    char text[64];
    std::snprintf(text, sizeof text, "\xE2\x88\x92%.4g \xE2\x80\xA6 %.4g", most, most);
    const float y = at.matrix.bottom + look.px(5), wide = std::min(look.px(72), at.matrix.width() * 0.4f);
    for (int i = 0; i < 24; ++i)
        list->AddRectFilled({at.matrix.left + wide * float(i) / 24, y + look.px(3)},
                            {at.matrix.left + wide * float(i + 1) / 24, y + look.px(10)},
                            toColour({colour(Colormap::diverging, (i + 0.5) / 24), 1}));
    drawText(list, look.fonts.small, {at.matrix.left + wide + look.px(8), y - look.px(1)}, toColour(look.theme.secondary), text);
}

void StructurePage::drawPoles(ImDrawList* list, const Look& look, const Layout& at) const {
    const Theme& t = look.theme;
    const Plot before = beforePlot(at), after = afterPlot(at);
    drawAxes(list, look, before, "Re \xCE\xBB", look.tr("eigenvalues of A: Im"));
    drawAxes(list, look, after, "Re z", look.tr("after a step \xCE\x94: Im"));
    list->AddLine({before.px(0), before.box.top}, {before.px(0), before.box.bottom}, toColour(t.faint), 1);
    const float radius = after.px(1) - after.px(0);
    list->AddCircleFilled(after.at(0, 0), radius, toColour(t.ok, 0.08f), 96);
    list->AddCircle(after.at(0, 0), radius, toColour(t.secondary), 96, look.px(1.2f));
    const auto& lambda = it().eigenvalues();
    const statespace::ComplexVector poles = it().poles();
    list->PushClipRect(at.before.low(), at.before.high(), true);
    for (std::size_t i = 0; i < lambda.size(); ++i)
        list->AddCircleFilled(before.at(lambda[i].real(), lambda[i].imag()), look.px(3), toColour(categoryColour(look, 1)), 10);
    list->PopClipRect();
    for (std::size_t i = 0; i < poles.size(); ++i) {
        const bool out = std::abs(poles[i]) > 1 + 1e-12;
        const ImVec2 p = after.at(std::clamp(poles[i].real(), after.x.low, after.x.high),
                                  std::clamp(poles[i].imag(), after.y.low, after.y.high));
        list->AddCircleFilled(p, look.px(m_pole && *m_pole == i ? 5.f : 3.f),
                              toColour(out                      ? t.bad
                                       : m_pole && *m_pole == i ? t.brass
                                                                : categoryColour(look, 0)),
                              10);
    }
    if (lambda.empty())
        drawWords(list, look, {at.before.left + look.px(12), at.before.top + look.px(12)}, at.before.width() - look.px(20),
                  t.faint, look.tr("Working out the eigenvalues \xE2\x80\xA6"));
}

void StructurePage::drawImpulse(ImDrawList* list, const Look& look, const Layout& at) const {
    if (it().impulse().empty()) return;
    double low = 0, high = 0;
    for (const statespace::Vector& x : it().impulse())
        for (const double v : x) low = std::min(low, v), high = std::max(high, v);
    const Plot plot{at.impulse, {0, it().duration()}, {low - 0.06 * (high - low), high + 0.06 * (high - low)}, false, false};
    drawAxes(list, look, plot, look.tr("time since an impulse, \xCE\xB8"), look.tr("what the first states hold: e^(tA) B"));
    list->PushClipRect(at.impulse.low(), at.impulse.high(), true);
    const int colours[] = {0, 1, 2, 6, 5, 4};
    for (std::size_t n = 0; n < it().impulse().size(); ++n) {
        std::vector<ImVec2> points;
        for (std::size_t i = 0; i < it().impulse()[n].size(); ++i)
            points.push_back(plot.at(it().clock(int(i)), it().impulse()[n][i]));
        drawCurve(list, points, toColour(categoryColour(look, colours[n])), look.px(1.8f));
    }
    const float x = plot.px(it().clock(it().position()));
    list->AddLine({x, at.impulse.top}, {x, at.impulse.bottom}, toColour(look.theme.brass), look.px(1.5f));
    list->PopClipRect();
    float left = at.impulse.right - look.px(20);
    for (std::size_t n = it().impulse().size(); n-- > 0; left -= look.px(16)) // the legend: n in the curve's colour
        drawText(list, look.fonts.mono, {left, at.impulse.top + look.px(2)}, toColour(categoryColour(look, colours[n])),
                 std::to_string(n));
    drawText(list, look.fonts.small, {left + look.px(8), at.impulse.top + look.px(3)}, toColour(look.theme.faint), "n",
             Align::right);
}

void StructurePage::drawFacts(ImDrawList* list, const Look& look, const Layout& at) const {
    const Theme& t = look.theme;
    float y = at.words.top;
    const float width = at.words.width();
    const auto part = [&](const std::string& head, const std::string& text, const glm::vec4& colour) {
        if (y > at.words.bottom - look.px(30)) return;
        drawSmallCapitals(list, look, {at.words.left, y}, toColour(t.faint), head);
        y += look.px(17);
        y += drawWords(list, look, {at.words.left, y}, width, colour, text) + look.px(9);
    };
    if (const statespace::Stability* stability = it().stability())
        part(look.tr("Step"), look.tr(stability->sentence), stability->stable ? t.secondary : t.bad);
    if (const statespace::Split* split = it().split())
        part(look.tr("Normal plus low rank"),
             split->known ? look.tr("A + P P* is normal; residual") + " " + formatShort(split->residual, 2) + ", " +
                                look.tr("rank") + " " + std::to_string(split->P.columns)
                          : look.tr("No such split is known for this matrix."),
             t.secondary);
    const statespace::Conditioning* c = it().conditioning();
    part(look.tr("Eigenvectors"), c ? look.tr(c->sentence) : look.tr("Working it out \xE2\x80\xA6"),
         c && c->hopeless ? t.bad : t.secondary);
}

void StructurePage::draw(ImDrawList* list, const Look& look, const Camera&, const Place& place) {
    forgetSpots();
    const Layout at = layout(place);
    note("matrix", at.matrix), note("poles", at.after), note("impulse", at.impulse);
    const Box room = place.room();
    drawText(list, look.fonts.title, {room.left, look.px(18)}, toColour(look.theme.text), look.tr("What a memory is made of"));
    drawBelowTitle(list, look, place, look.theme.secondary, look.tr("Drag a pole: the step \xCE\x94 follows."));
    drawMatrix(list, look, at);
    drawPoles(list, look, at);
    drawImpulse(list, look, at);
    drawFacts(list, look, at);
}

bool StructurePage::input(const Input& event, const Camera&, const Place& place) {
    const Layout at = layout(place);
    const Plot after = afterPlot(at);
    switch (event.kind) {
        case Input::Kind::press: {
            if (event.button != Input::Button::left) return false;
            if (at.impulse.holds(event.px)) {
                const Plot plot{at.impulse, {0, it().duration()}, {0, 1}, false, false};
                wantSeek(std::round(plot.xAt(event.px.x) / it().duration() * statespace::Anatomy::instants));
                return true;
            }
            if (!at.after.holds(event.px)) return false;
            const statespace::ComplexVector poles = it().poles();
            double least = 1e300;
            for (std::size_t i = 0; i < poles.size(); ++i) {
                const ImVec2 p = after.at(poles[i].real(), poles[i].imag());
                const double away = std::hypot(double(p.x) - event.px.x, double(p.y) - event.px.y);
                if (away < least) least = away, m_pole = i;
            }
            if (m_pole) beginGesture();
            return m_pole.has_value();
        }
        case Input::Kind::move:
            if (!m_pole || *m_pole >= it().eigenvalues().size()) return false;
            want("delta", it().deltaFor(*m_pole, {after.xAt(event.px.x), after.yAt(event.px.y)}));
            return true;
        case Input::Kind::release:
        case Input::Kind::focusLost: {
            const bool had = m_pole.has_value();
            m_pole.reset();
            endGesture();
            return had;
        }
        default:
            return false;
    }
}

std::optional<Told> StructurePage::tell(glm::dvec2 px, const Look& look, const Camera&, const Place& place) const {
    const Layout at = layout(place);
    const statespace::System& s = it().system();
    if (at.matrix.holds(px)) {
        const auto i = std::min<std::int64_t>(
                       s.N - 1, std::int64_t((px.y - double(at.matrix.top)) / double(at.matrix.height()) * double(s.N))),
                   j = std::min<std::int64_t>(
                       s.N - 1, std::int64_t((px.x - double(at.matrix.left)) / double(at.matrix.width()) * double(s.N)));
        return Told{"A",
                    {{"row n", std::to_string(i)},
                     {"column k", std::to_string(j)},
                     {"value", formatShort(s.A(i, j), 6)},
                     {"B of the row", formatShort(s.B[std::size_t(i)], 6)}},
                    {}};
    }
    if (at.after.holds(px)) {
        const Plot after = afterPlot(at);
        const statespace::ComplexVector poles = it().poles();
        for (std::size_t i = 0; i < poles.size(); ++i) {
            const ImVec2 p = after.at(poles[i].real(), poles[i].imag());
            if (std::hypot(double(p.x) - px.x, double(p.y) - px.y) > look.px(7)) continue;
            const Complex l = it().eigenvalues()[i];
            return Told{look.tr("a pole"),
                        {{"eigenvalue",
                          formatShort(l.real(), 4) + (l.imag() < 0 ? " - " : " + ") + formatShort(std::abs(l.imag()), 4) + " i"},
                         {"pole", formatShort(poles[i].real(), 4) + (poles[i].imag() < 0 ? " - " : " + ") +
                                      formatShort(std::abs(poles[i].imag()), 4) + " i"},
                         {"magnitude", formatShort(std::abs(poles[i]), 5)}},
                        {}};
        }
    }
    return std::nullopt;
}

} // namespace

std::unique_ptr<Page> makeStructurePage(lab::Session& session, const statespace::StatespaceLab& lab) {
    return std::make_unique<StructurePage>(session, lab);
}

} // namespace orrery::ui::ssm
