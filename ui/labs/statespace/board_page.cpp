// SPDX-License-Identifier: GPL-3.0-or-later
// The equality board: for each thing that can be computed in several ways a table of all pairs, green where they agree.
#include "ui/labs/statespace/plot.h"
#include "ui/panels/numbers.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui::ssm {

namespace {

class BoardPage final : public Page {
 public:
    using Page::Page;
    void draw(ImDrawList* list, const Look& look, const Camera&, const Place& place) override;
    bool input(const Input&, const Camera&, const Place&) override { return false; }
    std::optional<Told> tell(glm::dvec2 px, const Look& look, const Camera&, const Place& place) const override;

 private:
    struct Area {
        Box box, cells;
        float cell = 10;
    };
    Area area(const Look& look, const Place& place, std::size_t index) const;
    void drawGroup(ImDrawList* list, const Look& look, const Area& at, const statespace::Group& group) const;
    static const statespace::Pair* pairAt(const statespace::Group& group, std::size_t row, std::size_t column);
};

/// How far below its tolerance a residual is: full colour at the tolerance and beyond.
glm::vec4 pairColour(const Look& look, const statespace::Pair& pair) {
    if (!pair.agree()) return look.theme.bad;
    const double decades = pair.residual > 0 ? std::log10(pair.tolerance / pair.residual) : 6;
    const float share = float(std::clamp(1 - decades / 8, 0.35, 1.0));
    return glm::vec4(glm::mix(glm::vec3(look.theme.ground), glm::vec3(look.theme.ok), share), 1);
}

const statespace::Pair* BoardPage::pairAt(const statespace::Group& group, std::size_t row, std::size_t column) {
    for (const statespace::Pair& pair : group.pairs)
        if ((pair.first == row && pair.second == column) || (pair.first == column && pair.second == row)) return &pair;
    return nullptr;
}

BoardPage::Area BoardPage::area(const Look& look, const Place& place, std::size_t index) const {
    const Box room = place.room();
    const float gap = look.px(18), w = (room.width() - gap) / 2, h = (room.height() - gap) / 2;
    const float x = room.left + (w + gap) * float(index % 2), y = room.top + (h + gap) * float(index / 2);
    Area at{{x, y, x + w, y + h}, {}, 10};
    const auto& groups = m_lab.board().groups();
    const std::size_t count = index < groups.size() ? groups[index].paths.size() : 1;
    float names = 0;
    if (index < groups.size())
        for (const statespace::Path& path : groups[index].paths)
            names = std::max(names, textWidth(look.fonts.small, look.tr(path.name)) + (path.narrow ? look.px(28) : 0));
    names = std::min(names, w * 0.52f);
    const float top = y + look.px(44);
    at.cell = std::max(2.f, std::floor(std::min((w - names - look.px(10)) / float(count), (y + h - top) / float(count))));
    at.cell = std::min(at.cell, look.px(26));
    at.cells = {x + names + look.px(10), top, x + names + look.px(10) + at.cell * float(count), top + at.cell * float(count)};
    return at;
}

void BoardPage::drawGroup(ImDrawList* list, const Look& look, const Area& at, const statespace::Group& group) const {
    const Theme& t = look.theme;
    const bool agree = group.agree();
    const std::string name = look.tr(group.name);
    drawText(list, look.fonts.body, at.box.low(), toColour(t.text), clipped(look.fonts.body, name, at.box.width()));
    const auto agreeing = std::count_if(group.pairs.begin(), group.pairs.end(), [](const auto& p) { return p.agree(); });
    std::string verdict = std::to_string(agreeing) + " / " + std::to_string(group.pairs.size()) + "  " + look.tr("pairs agree");
    verdict += "   float64 " + formatShort(group.worst(false), 2);
    if (group.worst(true) > 0) verdict += "   float32 " + formatShort(group.worst(true), 2);
    const float y = at.box.top + look.px(20);
    list->AddCircleFilled({at.box.left + look.px(5), y + look.px(8)}, look.px(4), toColour(agree ? t.ok : t.bad));
    drawText(list, look.fonts.small, {at.box.left + look.px(15), y}, toColour(agree ? t.secondary : t.bad),
             clipped(look.fonts.small, verdict, at.box.width() - look.px(15)));
    const std::size_t count = group.paths.size();
    for (std::size_t i = 0; i < count; ++i) {
        const statespace::Path& path = group.paths[i];
        const float top = at.cells.top + at.cell * float(i), middle = top + (at.cell - fontHeight(look.fonts.small)) / 2;
        const std::string tail = !path.narrow                                     ? ""
                                 : path.where.find("device") != std::string::npos ? " " + look.tr("device")
                                                                                  : " f32";
        const float room = at.cells.left - look.px(8) - at.box.left - textWidth(look.fonts.small, tail);
        if (at.cell >= fontHeight(look.fonts.small) * 0.8f)
            drawText(list, look.fonts.small, {at.cells.left - look.px(8), middle}, toColour(path.narrow ? t.info : t.secondary),
                     clipped(look.fonts.small, look.tr(path.name), room) + tail, Align::right);
        for (std::size_t j = 0; j <= i; ++j) {
            const float left = at.cells.left + at.cell * float(j);
            const ImVec2 low{left + 1, top + 1}, high{left + at.cell - 1, top + at.cell - 1};
            const statespace::Pair* pair = j < i ? pairAt(group, i, j) : nullptr;
            list->AddRectFilled(low, high, toColour(pair ? pairColour(look, *pair) : t.raised), look.px(2));
            if (pair && !pair->agree()) { // not by colour alone
                const float inset = at.cell * 0.3f;
                list->AddLine({low.x + inset, low.y + inset}, {high.x - inset, high.y - inset}, toColour(t.ground),
                              look.px(1.5f));
                list->AddLine({low.x + inset, high.y - inset}, {high.x - inset, low.y + inset}, toColour(t.ground),
                              look.px(1.5f));
            }
        }
    }
}

void BoardPage::draw(ImDrawList* list, const Look& look, const Camera&, const Place& place) {
    forgetSpots();
    const statespace::BoardScene& board = m_lab.board();
    const Box room = place.room();
    const std::string title = look.tr("Do all ways of computing it agree?");
    drawText(list, look.fonts.title, {room.left, look.px(18)}, toColour(look.theme.text), title);
    const bool planted = board.options().planted != statespace::Planted::nothing;
    const std::string below = planted ? look.tr("A mistake is planted: ") + look.tr(statespace::label(board.options().planted))
                                      : look.tr("Each square is a pair of ways; point at one for its residual.");
    drawBelowTitle(list, look, place, planted ? look.theme.bad : look.theme.secondary, below);
    for (std::size_t g = 0; g < std::size_t(board.position()); ++g) {
        const Area at = area(look, place, g);
        note("group " + std::to_string(g), at.cells);
        drawGroup(list, look, at, board.groups()[g]);
    }
    if (board.position() == 0)
        drawWords(list, look, {room.left, room.top + look.px(20)}, room.width(), look.theme.secondary,
                  look.tr("Press play: a group of ways is computed at each step."));
}

std::optional<Told> BoardPage::tell(glm::dvec2 px, const Look& look, const Camera&, const Place& place) const {
    for (std::size_t g = 0; g < std::size_t(m_lab.board().position()); ++g) {
        const Area at = area(look, place, g);
        if (!at.cells.holds(px)) continue;
        const statespace::Group& group = m_lab.board().groups()[g];
        const std::size_t last = group.paths.size() - 1;
        const auto row = std::min(last, std::size_t((float(px.y) - at.cells.top) / at.cell)),
                   column = std::min(last, std::size_t((float(px.x) - at.cells.left) / at.cell));
        const statespace::Pair* pair = column < row ? pairAt(group, row, column) : nullptr;
        if (!pair) return std::nullopt;
        const statespace::Path &a = group.paths[row], &b = group.paths[column];
        return Told{look.tr(a.name) + " / " + look.tr(b.name),
                    {{"residual", formatShort(pair->residual, 3)},
                     {"tolerance", formatShort(pair->tolerance, 3)},
                     {"first", a.where},
                     {"second", b.where}},
                    look.tr(group.argument)};
    }
    return std::nullopt;
}

} // namespace

std::unique_ptr<Page> makeBoardPage(lab::Session& session, const statespace::StatespaceLab& lab) {
    return std::make_unique<BoardPage>(session, lab);
}

} // namespace orrery::ui::ssm
