// SPDX-License-Identifier: GPL-3.0-or-later
// A derivation to be walked: its steps at the left; at the right the present one, what is equal in symbols, and the numbers of
// both sides, digit by digit.
#include "ui/labs/statespace/plot.h"
#include "ui/panels/numbers.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui::ssm {

namespace {

using statespace::Complex;
using statespace::Equality;

class DerivationPage final : public Page {
 public:
    using Page::Page;
    void draw(ImDrawList* list, const Look& look, const Camera&, const Place& place) override;
    bool input(const Input& event, const Camera&, const Place&) override;

 private:
    const statespace::Deriving& it() const { return m_lab.deriving(); }
    void drawSteps(ImDrawList* list, const Look& look, const Box& box);
    void drawEquality(ImDrawList* list, const Look& look, const Box& box, const Equality& equality, int number) const;
    float drawRows(ImDrawList* list, const Look& look, const Box& box, const Equality& equality) const;
};

/// Decimals that show rounding: 17 digits of the largest number; of complex ones as many as there is room for.
int decimalsFor(const Equality& e, bool complex) {
    double most = 1e-30;
    for (const Equality::Row& row : e.rows) most = std::max({most, std::abs(row.left), std::abs(row.right)});
    return std::clamp((complex ? 8 : 17) - int(std::floor(std::log10(most))) - 1, 2, 20);
}
std::string written(double value, int decimals) {
    char text[64];
    std::snprintf(text, sizeof text, "%+.*f", decimals, value);
    return text;
}
std::string written(const Complex& value, int decimals, bool complex) {
    return complex ? written(value.real(), decimals) + "  " + written(value.imag(), decimals) + " i"
                   : written(value.real(), decimals);
}

/// A circle that says whether a step holds, and not by colour alone.
void drawVerdict(ImDrawList* list, const Look& look, ImVec2 middle, bool holds) {
    list->AddCircleFilled(middle, look.px(6), toColour(holds ? look.theme.ok : look.theme.bad), 20);
    const ImU32 ink = toColour(look.theme.ground);
    const float r = look.px(2.6f), w = look.px(1.5f);
    if (holds) {
        list->AddLine({middle.x - r, middle.y}, {middle.x - r * 0.2f, middle.y + r * 0.8f}, ink, w);
        list->AddLine({middle.x - r * 0.2f, middle.y + r * 0.8f}, {middle.x + r, middle.y - r * 0.8f}, ink, w);
    } else {
        list->AddLine({middle.x - r, middle.y - r}, {middle.x + r, middle.y + r}, ink, w);
        list->AddLine({middle.x - r, middle.y + r}, {middle.x + r, middle.y - r}, ink, w);
    }
}

void DerivationPage::drawSteps(ImDrawList* list, const Look& look, const Box& box) {
    const Theme& t = look.theme;
    const int now = it().position(), count = it().steps();
    const float pitch = std::min(look.px(38), (box.height() - look.px(44)) / float(std::max(1, count)));
    float y = box.top;
    for (int i = 1; i <= count; ++i, y += pitch) {
        const Equality& e = it().equalities()[std::size_t(i - 1)];
        const Box row{box.left, y, box.right, y + pitch - look.px(4)};
        note("step " + std::to_string(i), row);
        if (i == now) {
            list->AddRectFilled(row.low(), row.high(), toColour(t.raised), look.px(7));
            list->AddRectFilled(row.low(), {row.left + look.px(3), row.bottom}, toColour(t.brass), look.px(2));
        }
        const float middle = (row.top + row.bottom) / 2, text = middle - fontHeight(look.fonts.body) / 2;
        if (i <= now)
            drawVerdict(list, look, {row.left + look.px(18), middle}, e.holds());
        else
            list->AddCircle({row.left + look.px(18), middle}, look.px(5.5f), toColour(t.faint), 20, look.px(1.2f));
        drawText(list, look.fonts.body, {row.left + look.px(34), text}, toColour(i <= now ? t.text : t.secondary),
                 clipped(look.fonts.body, std::to_string(i) + "  " + look.tr(e.title), row.width() - look.px(42)));
    }
    y += look.px(8);
    const std::string back = "\xE2\x86\x90 " + look.tr("Back"), next = look.tr("Next") + " \xE2\x86\x92";
    if (now > 0) drawChip(list, look, "back", {box.left, y}, back);
    const float wide = textWidth(look.fonts.body, back) + look.px(26);
    if (now < count) drawChip(list, look, "next", {box.left + (now > 0 ? wide : 0), y}, next, now == 0);
}

/// Digits that both sides share, then those in which they differ.
float DerivationPage::drawRows(ImDrawList* list, const Look& look, const Box& box, const Equality& e) const {
    const Theme& t = look.theme;
    const bool complex =
        std::any_of(e.rows.begin(), e.rows.end(), [](const auto& row) { return row.left.imag() != 0 || row.right.imag() != 0; });
    const int decimals = decimalsFor(e, complex);
    const ImFont* const font = look.fonts.mono;
    const float name = look.px(92), half = (box.width() - name) / 2, pitch = fontHeight(font) + look.px(7);
    const float sides[] = {box.left + name, box.left + name + half};
    const char* const how[] = {e.left, e.right};
    float y = box.top, tallest = 0;
    for (int side = 0; side < 2; ++side) {
        drawSmallCapitals(list, look, {sides[side], y}, toColour(categoryColour(look, side)),
                          side == 0 ? look.tr("Left side") : look.tr("Right side"));
        tallest = std::max(tallest, drawWords(list, look, {sides[side], y + look.px(17)}, half - look.px(14), t.secondary,
                                              look.tr(how[side]), look.fonts.small));
    }
    y += look.px(24) + tallest;
    list->AddLine({box.left, y - look.px(4)}, {box.right, y - look.px(4)}, toColour(t.line), 1);
    for (const Equality::Row& row : e.rows) {
        if (y + pitch > box.bottom) break;
        const double off = std::abs(row.left - row.right) / e.scale;
        const bool good = off <= e.tolerance;
        drawText(list, font, {box.left, y}, toColour(good ? t.secondary : t.bad), clipped(font, row.name, name - look.px(8)));
        const std::string texts[] = {written(row.left, decimals, complex), written(row.right, decimals, complex)};
        const auto apart = std::mismatch(texts[0].begin(), texts[0].end(), texts[1].begin(), texts[1].end());
        const std::size_t same = std::size_t(apart.first - texts[0].begin());
        for (int side = 0; side < 2; ++side) {
            const std::string shared = texts[side].substr(0, same), rest = texts[side].substr(std::min(same, texts[side].size()));
            drawText(list, font, {sides[side], y}, toColour(t.text), shared);
            drawText(list, font, {sides[side] + textWidth(font, shared), y}, toColour(good ? t.faint : t.bad), rest);
        }
        y += pitch;
    }
    return y;
}

void DerivationPage::drawEquality(ImDrawList* list, const Look& look, const Box& box, const Equality& e, int number) const {
    const Theme& t = look.theme;
    float y = box.top;
    drawText(list, look.fonts.title, {box.left, y}, toColour(t.text), std::to_string(number) + "  " + look.tr(e.title));
    y += look.px(30);
    y += drawWords(list, look, {box.left, y}, box.width(), t.secondary, look.tr(e.why)) + look.px(12);
    // The equality itself, on a ground of its own.
    const ImFont* const font = look.fonts.title;
    const float width = box.width() - look.px(32), lines = std::ceil(textWidth(font, e.formula) / width);
    const float tall = lines * (fontHeight(font) + look.px(2)) + look.px(20);
    list->AddRectFilled({box.left, y}, {box.right, y + tall}, toColour(t.card), look.px(8));
    list->AddRectFilled({box.left, y}, {box.left + look.px(3), y + tall}, toColour(t.brass), look.px(2));
    drawWords(list, look, {box.left + look.px(16), y + look.px(10)}, width, t.text, look.tr(e.formula), font);
    y += tall + look.px(16);
    const float foot = look.px(70);
    y = drawRows(list, look, {box.left, y, box.right, box.bottom - foot}, e) + look.px(10);
    drawVerdict(list, look, {box.left + look.px(7), y + look.px(9)}, e.holds());
    const std::string verdict = (e.holds() ? look.tr("equal: apart by") : look.tr("not equal: apart by")) + " " +
                                formatShort(e.residual, 2) + ", " + look.tr("allowed") + " " + formatShort(e.tolerance, 2) +
                                " \xC2\xB7 " + std::to_string(e.compared) + " " + look.tr("numbers compared");
    drawText(list, look.fonts.body, {box.left + look.px(22), y}, toColour(e.holds() ? t.ok : t.bad),
             clipped(look.fonts.body, verdict, box.width() - look.px(22)));
    y += look.px(22);
    if (y < box.bottom - look.px(16))
        drawWords(list, look, {box.left + look.px(22), y}, box.width() - look.px(22), t.faint, look.tr(e.argument),
                  look.fonts.small);
}

void DerivationPage::draw(ImDrawList* list, const Look& look, const Camera&, const Place& place) {
    forgetSpots();
    const Theme& t = look.theme;
    const Box room = place.room();
    drawText(list, look.fonts.title, {room.left, look.px(18)}, toColour(t.text), look.tr("Where the formulas come from"));
    const lab::Parameter& which = *m_session.declaration().find("derivation");
    const std::string key = toString(it().request().which);
    for (const lab::Choice& choice : which.choices)
        if (choice.key == key) drawBelowTitle(list, look, place, t.secondary, look.tr(choice.meaning));
    const float left = std::clamp(room.width() * 0.29f, look.px(150), look.px(250));
    drawSteps(list, look, {room.left, room.top + look.px(6), room.left + left, room.bottom});
    const Box right{room.left + left + look.px(28), room.top + look.px(6), room.right, room.bottom};
    if (const int now = it().position(); now > 0 && now <= it().steps())
        drawEquality(list, look, right, it().equalities()[std::size_t(now - 1)], now);
    else
        drawWords(
            list, look, {right.left, right.top}, right.width(), t.secondary,
            look.tr("Each step is an equality. Both sides are computed here, apart from each other. Walk with the arrow keys, "
                    "the buttons or a click on a step."));
}

bool DerivationPage::input(const Input& event, const Camera&, const Place&) {
    if (event.kind != Input::Kind::press || event.button != Input::Button::left) return false;
    Box box;
    for (const auto& [name, by] : {std::pair{"back", -1}, {"next", 1}})
        if (spot(name, box) && box.holds(event.px)) {
            wantSeek(it().position() + by);
            return true;
        }
    for (int i = 1; i <= it().steps(); ++i)
        if (spot("step " + std::to_string(i), box) && box.holds(event.px)) {
            wantSeek(i);
            return true;
        }
    return false;
}

} // namespace

std::unique_ptr<Page> makeDerivationPage(lab::Session& session, const statespace::StatespaceLab& lab) {
    return std::make_unique<DerivationPage>(session, lab);
}

} // namespace orrery::ui::ssm
