// SPDX-License-Identifier: GPL-3.0-or-later
// Layers that decide token by token: Delta, B and C as heat maps over tokens, the hidden attention matrix of a channel, and
// pairs of ways that must agree, RetNet's three forms among them.
#include "ui/labs/statespace/plot.h"
#include "ui/panels/numbers.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace orrery::ui::ssm {

namespace {

class SelectivePage final : public Page {
 public:
    using Page::Page;
    void draw(ImDrawList* list, const Look& look, const Camera&, const Place& place) override;
    bool input(const Input& event, const Camera&, const Place& place) override;
    std::optional<Told> tell(glm::dvec2 px, const Look& look, const Camera&, const Place& place) const override;

 private:
    struct Layout {
        Box maps[4]; ///< input, Delta, B, C
        Box attention, words;
    };
    const statespace::Choosing& it() const { return m_lab.choosing(); }
    Layout layout(const Place& place) const;
    const statespace::Matrix& map(int index) const;
    void drawMap(ImDrawList* list, const Look& look, const Box& box, int index) const;
    void drawAttention(ImDrawList* list, const Look& look, const Layout& at) const;
    void drawResiduals(ImDrawList* list, const Look& look, const Box& box) const;
    bool m_scrubs = false;
};

const statespace::Matrix& SelectivePage::map(int index) const {
    switch (index) {
        case 0:
            return it().input();
        case 1:
            return it().gates().delta;
        case 2:
            return it().gates().B;
        default:
            return it().gates().C;
    }
}

SelectivePage::Layout SelectivePage::layout(const Place& p) const {
    const Box room = p.room();
    Layout at;
    const float gap = p.px(26), left = room.left + p.px(4), right = room.left + room.width() * 0.5f;
    const float parts[] = {0.8f, 0.8f, 1.2f, 1.2f};
    const float unit = std::max(4.f, (room.height() - 4 * gap - p.px(18)) / 4);
    float y = room.top + p.px(20);
    for (int i = 0; i < 4; ++i) {
        at.maps[i] = {left, y, right, y + unit * parts[i]};
        y += unit * parts[i] + gap;
    }
    const float side = std::max(20.f, std::min(room.right - right - p.px(40), room.height() * 0.58f));
    at.attention = {room.right - side, room.top + p.px(20), room.right, room.top + p.px(20) + side};
    at.words = {right + p.px(34), at.attention.bottom + p.px(40), room.right, room.bottom};
    return at;
}

void SelectivePage::drawMap(ImDrawList* list, const Look& look, const Box& box, int index) const {
    static const char* names[] = {"input u, 8 channels", "\xCE\x94: how far each token moves the state, 8 channels",
                                  "B: what is written, 16 states", "C: what is read, 16 states"};
    const statespace::Matrix& m = map(index);
    drawText(list, look.fonts.small, {box.left, box.top - look.px(18)}, toColour(look.theme.faint), look.tr(names[index]));
    const bool positive = index == 1;
    const double most = statespace::largestMagnitude(m.values);
    drawCells(
        list, look, box, m.columns, m.rows, positive ? Colormap::viridis : Colormap::diverging, positive ? 0 : -most, most,
        [&](std::int64_t row, std::int64_t token) { return m(token, row); }, 3000);
    char text[32];
    std::snprintf(text, sizeof text, positive ? "0 \xE2\x80\xA6 %.2g" : "\xC2\xB1%.2g", most);
    drawText(list, look.fonts.small, {box.right, box.top - look.px(18)}, toColour(look.theme.secondary), text, Align::right);
    const float x = box.left + box.width() * float(it().position()) / float(it().steps());
    list->AddRectFilled({x, box.top}, {box.right, box.bottom}, toColour(look.theme.ground, 0.72f)); // not yet passed
    list->AddLine({x, box.top - look.px(2)}, {x, box.bottom + look.px(2)}, toColour(look.theme.brass), look.px(1.5f));
}

void SelectivePage::drawAttention(ImDrawList* list, const Look& look, const Layout& at) const {
    const statespace::Matrix& m = it().attention();
    const Box& b = at.attention;
    double most = 1e-300;
    for (const double v : m.values) most = std::max(most, std::abs(v));
    drawText(list, look.fonts.small, {b.left, b.top - look.px(18)}, toColour(look.theme.faint),
             look.tr("hidden attention: row i is what token i reads"));
    const auto root = [](double v) { return v < 0 ? -std::sqrt(-v) : std::sqrt(v); };
    list->AddRectFilled(b.low(), b.high(), toColour(look.theme.card, 0.5f));
    drawCells(list, look, b, m.rows, m.columns, Colormap::diverging, -std::sqrt(most), std::sqrt(most),
              [&](std::int64_t i, std::int64_t j) { return j > i || i >= it().position() ? NAN : root(m(i, j)); });
    char text[48];
    std::snprintf(text, sizeof text, "\xC2\xB1%.2g", most);
    drawText(list, look.fonts.small, {b.right, b.bottom + look.px(4)}, toColour(look.theme.secondary), text, Align::right);
    drawText(list, look.fonts.small, {b.left, b.bottom + look.px(4)}, toColour(look.theme.faint),
             look.tr("earlier token j") + "  \xE2\x86\x92");
}

void SelectivePage::drawResiduals(ImDrawList* list, const Look& look, const Box& box) const {
    const Theme& t = look.theme;
    float y = box.top;
    drawSmallCapitals(list, look, {box.left, y - look.px(14)}, toColour(t.faint), look.tr("must agree"));
    const float pitch =
        std::min(look.px(19), (box.bottom - y - look.px(4)) / float(std::max<std::size_t>(1, it().residuals().size())));
    for (const statespace::Residual2& r : it().residuals()) {
        y += pitch;
        const float top = y - pitch + look.px(4);
        list->AddCircleFilled({box.left + look.px(4), top + look.px(8)}, look.px(3.5f), toColour(r.agree() ? t.ok : t.bad));
        const std::string value = formatShort(r.residual, 2);
        const float room = box.width() - look.px(24) - textWidth(look.fonts.mono, value);
        drawText(list, look.fonts.small, {box.left + look.px(14), top}, toColour(t.secondary),
                 clipped(look.fonts.small, look.tr(r.first) + " = " + look.tr(r.second), room));
        drawText(list, look.fonts.mono, {box.right, top}, toColour(r.agree() ? t.text : t.bad), value, Align::right);
    }
}

void SelectivePage::draw(ImDrawList* list, const Look& look, const Camera&, const Place& place) {
    forgetSpots();
    const Layout at = layout(place);
    note("delta map", at.maps[1]), note("attention", at.attention);
    const Box room = place.room();
    drawText(list, look.fonts.title, {room.left, look.px(18)}, toColour(look.theme.text),
             look.tr("The input decides what is kept"));
    drawBelowTitle(list, look, place, look.theme.secondary, look.tr("Mamba's layer on random weights; time runs to the right."));
    if (!it().ready()) return;
    for (int i = 0; i < 4; ++i) drawMap(list, look, at.maps[i], i);
    drawText(list, look.fonts.small, {at.maps[3].right, at.maps[3].bottom + look.px(4)}, toColour(look.theme.faint),
             look.tr("token"), Align::right);
    drawAttention(list, look, at);
    drawResiduals(list, look, at.words);
}

bool SelectivePage::input(const Input& event, const Camera&, const Place& place) {
    const Layout at = layout(place);
    const auto seek = [&] {
        const double share = (event.px.x - double(at.maps[0].left)) / double(at.maps[0].width());
        wantSeek(std::clamp(std::round(share * it().steps()), 0.0, double(it().steps())));
    };
    switch (event.kind) {
        case Input::Kind::press:
            m_scrubs = event.button == Input::Button::left &&
                       std::any_of(std::begin(at.maps), std::end(at.maps), [&](const Box& b) { return b.holds(event.px); });
            if (m_scrubs) seek();
            return m_scrubs;
        case Input::Kind::move:
            if (m_scrubs) seek();
            return m_scrubs;
        case Input::Kind::release:
        case Input::Kind::focusLost:
            return std::exchange(m_scrubs, false);
        default:
            return false;
    }
}

std::optional<Told> SelectivePage::tell(glm::dvec2 px, const Look& look, const Camera&, const Place& place) const {
    if (!it().ready()) return std::nullopt;
    const Layout at = layout(place);
    const auto index = [](double p, float low, float size, std::int64_t count) {
        return std::clamp<std::int64_t>(std::int64_t((p - double(low)) / double(size) * double(count)), 0, count - 1);
    };
    if (at.attention.holds(px)) {
        const statespace::Matrix& m = it().attention();
        const auto i = index(px.y, at.attention.top, at.attention.height(), m.rows),
                   j = index(px.x, at.attention.left, at.attention.width(), m.columns);
        if (j > i || i >= it().position()) return std::nullopt;
        return Told{look.tr("hidden attention"),
                    {{"reads: token", std::to_string(i)}, {"of token", std::to_string(j)}, {"weight", formatShort(m(i, j), 4)}},
                    "C_i e^(A (\xCE\x94_j+1 + \xE2\x80\xA6 + \xCE\x94_i)) B_j"};
    }
    for (int k = 0; k < 4; ++k)
        if (at.maps[k].holds(px)) {
            const statespace::Matrix& m = map(k);
            const auto token = index(px.x, at.maps[k].left, at.maps[k].width(), m.rows),
                       row = index(px.y, at.maps[k].top, at.maps[k].height(), m.columns);
            return Told{{},
                        {{"token", std::to_string(token)},
                         {k < 2 ? "channel" : "state", std::to_string(row)},
                         {"value", formatShort(m(token, row), 4)}},
                        {}};
        }
    return std::nullopt;
}

} // namespace

std::unique_ptr<Page> makeSelectivePage(lab::Session& session, const statespace::StatespaceLab& lab) {
    return std::make_unique<SelectivePage>(session, lab);
}

} // namespace orrery::ui::ssm
