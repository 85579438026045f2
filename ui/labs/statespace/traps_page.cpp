// SPDX-License-Identifier: GPL-3.0-or-later
// The trap gallery: what published code and texts got wrong, each with its figure, its cure and the figure with the cure.
#include "ui/labs/statespace/plot.h"
#include "ui/panels/numbers.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui::ssm {

namespace {

constexpr int columns = 3, rows = 4;

class TrapsPage final : public Page {
 public:
    using Page::Page;
    void draw(ImDrawList* list, const Look& look, const Camera&, const Place& place) override;
    bool input(const Input& event, const Camera&, const Place&) override;
    bool settled() const override { return m_lab.traps().findings().size() == statespace::TrapScene::traps; }

 private:
    int chosen() const;
    void drawCard(ImDrawList* list, const Look& look, const Box& box, int index,
                  const std::vector<statespace::Finding>& found) const;
    void drawDetail(ImDrawList* list, const Look& look, const Box& box, const statespace::Finding& finding) const;
};

int TrapsPage::chosen() const {
    const auto& keys = statespace::TrapScene::keys();
    return int(std::find(keys.begin(), keys.end(), m_session.settings().text("trap")) - keys.begin());
}

std::string figure(double value) {
    if (!std::isfinite(value)) return value > 0 ? "\xE2\x88\x9E" : "NaN";
    return value == std::floor(value) && std::abs(value) < 1e5 ? formatFixed(value, 0) : formatShort(value, 3);
}

void TrapsPage::drawCard(ImDrawList* list, const Look& look, const Box& box, int index,
                         const std::vector<statespace::Finding>& found) const {
    const Theme& t = look.theme;
    const bool on = index == chosen(), there = index < int(found.size());
    list->AddRectFilled(box.low(), box.high(), toColour(on ? t.raised : t.card, on ? 1.f : 0.75f), look.px(8));
    if (on) list->AddRectFilled(box.low(), {box.left + look.px(3), box.bottom}, toColour(t.brass), look.px(2));
    const float x = box.left + look.px(12), width = box.width() - look.px(24);
    const std::string& key = statespace::TrapScene::keys()[std::size_t(index)];
    const std::string label = key == "pole" ? "z = \xE2\x88\x92"
                                              "1"
                                            : 'T' + key.substr(1);
    float y = box.top + std::max(look.px(5), (box.height() - look.px(42)) / 2);
    drawText(list, look.fonts.mono, {x, y}, toColour(t.brass), label);
    const float name = x + textWidth(look.fonts.mono, label) + look.px(10);
    drawText(list, look.fonts.body, {name, y}, toColour(t.text),
             there ? clipped(look.fonts.body, look.tr(found[std::size_t(index)].title), box.right - look.px(10) - name)
                   : std::string("\xE2\x80\xA6"));
    if (!there || box.height() < look.px(40)) return;
    y += look.px(23);
    const statespace::Finding& f = found[std::size_t(index)];
    const bool pole = key == "pole";
    const std::string bad = pole && f.measured == 0 ? "NaN" : figure(f.measured),
                      good = key == "t8" ? look.tr("never") : figure(f.cured);
    drawText(list, look.fonts.mono, {x, y}, toColour(t.bad), bad);
    const float arrow = x + textWidth(look.fonts.mono, bad) + look.px(8);
    drawText(list, look.fonts.mono, {arrow, y}, toColour(t.faint), "\xE2\x86\x92");
    const float cured = arrow + look.px(20);
    drawText(list, look.fonts.mono, {cured, y}, toColour(t.ok), clipped(look.fonts.mono, good, x + width - cured));
    const float free = x + width - cured - textWidth(look.fonts.mono, good) - look.px(10);
    if (const std::string& what = look.tr(f.figure); textWidth(look.fonts.small, what) <= free)
        drawText(list, look.fonts.small, {x + width, y + look.px(2)}, toColour(t.faint), what, Align::right);
}

void TrapsPage::drawDetail(ImDrawList* list, const Look& look, const Box& box, const statespace::Finding& f) const {
    const Theme& t = look.theme;
    list->AddRectFilled(box.low(), box.high(), toColour(t.card), look.px(8));
    const float x = box.left + look.px(16), width = box.width() - look.px(32);
    float y = box.top + look.px(10);
    drawText(list, look.fonts.title, {x, y}, toColour(t.text), std::string(f.trap) + "  " + look.tr(f.title));
    drawText(list, look.fonts.small, {x + width, y + look.px(4)}, toColour(t.faint), look.tr("figure") + ": " + look.tr(f.figure),
             Align::right);
    y += look.px(28);
    y += drawWords(list, look, {x, y}, width, t.secondary, look.tr(f.sentence)) + look.px(8);
    drawSmallCapitals(list, look, {x, y}, toColour(t.ok), look.tr("Cure"));
    drawWords(list, look, {x + look.px(52), y - look.px(2)}, width - look.px(52), t.text, look.tr(f.cure));
}

void TrapsPage::draw(ImDrawList* list, const Look& look, const Camera&, const Place& place) {
    forgetSpots();
    const Box room = place.room();
    drawText(list, look.fonts.title, {room.left, look.px(18)}, toColour(look.theme.text), look.tr("Twelve traps, sprung here"));
    drawBelowTitle(list, look, place, look.theme.secondary,
                   look.tr("Red: what goes wrong. Green: the same figure with the cure. Click one."));
    const std::vector<statespace::Finding> found = m_lab.traps().findings();
    const float detail = look.px(128), gap = look.px(8);
    const float h = std::min(look.px(72), (room.height() - detail - gap * rows) / rows),
                w = (room.width() - gap * (columns - 1)) / columns;
    for (int i = 0; i < columns * rows; ++i) {
        const float x = room.left + (w + gap) * float(i % columns), y = room.top + (h + gap) * float(i / columns);
        const Box box{x, y, x + w, y + h};
        note("trap " + statespace::TrapScene::keys()[std::size_t(i)], box);
        drawCard(list, look, box, i, found);
    }
    const float top = room.top + (h + gap) * rows;
    if (const int at = chosen(); at < int(found.size()))
        drawDetail(list, look, {room.left, top, room.right, std::min(room.bottom, top + detail)}, found[std::size_t(at)]);
}

bool TrapsPage::input(const Input& event, const Camera&, const Place&) {
    if (event.kind != Input::Kind::press || event.button != Input::Button::left) return false;
    for (const std::string& key : statespace::TrapScene::keys()) {
        Box box;
        if (!spot("trap " + key, box) || !box.holds(event.px)) continue;
        want("trap", key);
        return true;
    }
    return false;
}

} // namespace

std::unique_ptr<Page> makeTrapsPage(lab::Session& session, const statespace::StatespaceLab& lab) {
    return std::make_unique<TrapsPage>(session, lab);
}

} // namespace orrery::ui::ssm
