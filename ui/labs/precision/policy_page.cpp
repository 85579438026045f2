// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/precision/policy_page.h"

#include "ui/labs/precision/curves_page.h"

#include <algorithm>

namespace orrery::ui {

namespace {

constexpr float tableTop = 30, pitch = 23, tableShare = 0.56f, axisLeft = 54, namesRight = 84, axisBelow = 46; ///< logical px
constexpr float leastWidth = 640;
constexpr float nameWidth = 136, switchWidth = 62;

} // namespace

std::unique_ptr<Page> makePolicyPage(lab::Session& session, const precision::PrecisionLab& lab) {
    return std::make_unique<PolicyPage>(session, lab);
}

std::vector<PolicyPage::Row> PolicyPage::rows(const Place& p) const {
    const std::vector<std::string> used = precision::opsOf(twins().request().setups[0].network);
    std::vector<Row> rows;
    for (const tensor::OpRow& row : tensor::opTable()) {
        const bool uses = std::ranges::find(used, row.op) != used.end();
        rows.push_back({&row, uses, uses ? m_session.settings().flag("op_" + std::string(row.op)) : row.narrow});
    }
    std::stable_partition(rows.begin(), rows.end(), [](const Row& r) { return r.used; });
    const float top = p.px(p.hud + tableTop), room = p.bottom() - top;
    const float high = std::min(p.px(pitch), room / float(rows.size() + 1));
    const float right = wide(p) ? p.left() + (p.right() - p.left()) * tableShare : p.right();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const float y = top + high * float(i + !rows[i].used); // a line of words stands between those used and the others
        rows[i].box = {p.left(), right, y, y + high};
    }
    return rows;
}

/// Room for the losses beside the table; else those in the charts have to do.
bool PolicyPage::wide(const Place& p) const { return p.right() - p.left() > p.px(leastWidth); }

LossChart PolicyPage::chart(const Place& p) const {
    PlotBox box{p.left() + (p.right() - p.left()) * tableShare + p.px(axisLeft + 8), p.right() - p.px(namesRight),
                p.px(p.hud + 28), p.bottom() - p.px(axisBelow)};
    box.right = std::max(box.right, box.left + 8), box.bottom = std::max(box.bottom, box.top + 8);
    return {twins(), box};
}

void PolicyPage::draw(ImDrawList* list, const Look& look, const Camera&, const Place& place) {
    const Theme& theme = look.theme;
    drawTrainingHead(list, look, place, twins(), look.tr("Policy"),
                     look.tr("what runs in 16 bits in the twins mixed, BF16 and stochastic; click a row that the network uses"));
    bool others = false;
    for (const Row& r : rows(place)) {
        if (!r.used && !std::exchange(others, true))
            drawText(list, look.fonts.small, {r.box.left, r.box.top - fontHeight(look.fonts.small) - look.px(4)},
                     toColour(theme.faint), look.tr("not in this network"));
        const float y = (r.box.top + r.box.bottom) / 2, em = fontHeight(look.fonts.mono);
        const bool edited = r.narrow != r.row->narrow;
        if (r.used && m_hovered == r.row->op)
            list->AddRectFilled({r.box.left - look.px(6), r.box.top}, {r.box.right, r.box.bottom}, toColour(theme.raised),
                                look.px(4));
        const glm::vec4& ink = r.used ? theme.text : theme.faint;
        drawText(list, look.fonts.mono, {r.box.left, y - em / 2}, toColour(ink), r.row->op);
        // Two places, the filled one is where it runs.
        const float x = r.box.left + look.px(nameWidth), half = look.px(switchWidth / 2 - 3), tall = look.px(7);
        for (int side = 0; side < 2; ++side) {
            const bool on = (side == 0) == r.narrow;
            const ImVec2 low(x + half * float(side), y - tall), high(x + half * float(side + 1) - look.px(1), y + tall);
            if (on)
                list->AddRectFilled(low, high, toColour(r.used ? (edited ? theme.brass : theme.dimBrass) : theme.line),
                                    look.px(3));
            drawText(list, look.fonts.small, {(low.x + high.x) / 2, y - fontHeight(look.fonts.small) / 2},
                     toColour(on && r.used ? theme.ground : theme.faint), side == 0 ? "16" : "32", Align::centre);
        }
        const float why = x + look.px(switchWidth + 4);
        const std::string words = clipped(look.fonts.small, look.tr(r.row->why), r.box.right - why);
        drawText(list, look.fonts.small, {why, y - fontHeight(look.fonts.small) / 2},
                 toColour(r.used ? theme.secondary : theme.faint), words);
    }
    if (wide(place)) chart(place).draw(list, look, true);
}

bool PolicyPage::input(const Input& event, const Camera&, const Place& place) {
    std::string under;
    for (const Row& r : rows(place))
        if (r.used && r.box.holds(event.px)) under = r.row->op;
    if (event.kind == Input::Kind::move) m_hovered = under;
    if (event.kind == Input::Kind::leave) m_hovered.clear();
    if (event.kind != Input::Kind::press || event.button != Input::Button::left || under.empty()) return false;
    m_toggled = under;
    return true;
}

void PolicyPage::settle() {
    const std::string op = std::exchange(m_toggled, {});
    if (!op.empty()) m_session.set("op_" + op, !m_session.settings().flag("op_" + op));
}

std::optional<Told> PolicyPage::tell(glm::dvec2 px, const Look& look, const Camera&, const Place& place) const {
    for (const Row& r : rows(place)) {
        if (!r.box.holds(px)) continue;
        return Told{r.row->op,
                    {{"runs in", r.narrow ? "16 bits" : "32 bits"},
                     {"as the table has it", r.row->narrow ? "16 bits" : "32 bits"},
                     {"why", r.row->why},
                     {"this network", r.used ? "uses it" : "does not use it"}}};
    }
    return wide(place) ? chart(place).tell(px, look) : std::nullopt;
}

bool PolicyPage::spot(const std::string& name, const Place& place, glm::dvec2& low, glm::dvec2& high) const {
    PlotBox b = chart(place).box();
    bool found = name == "curves" && wide(place);
    for (const Row& r : rows(place))
        if (r.used && name == "op " + std::string(r.row->op)) b = r.box, found = true;
    low = {b.left, b.top}, high = {b.right, b.bottom};
    return found;
}

} // namespace orrery::ui
