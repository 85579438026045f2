// SPDX-License-Identifier: GPL-3.0-or-later
// The chosen row: what it is, its neighbours in the table and where the picture has them, what pulls and pushes it.
#include "engine/lab/names.h"
#include "ui/labs/embedding/cards.h"
#include "ui/labs/embedding/cards_parts.h"
#include "ui/panels/numbers.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui::emb {

namespace {

constexpr std::size_t mostColumns = 4; // of metadata

std::string textOf(const embedding::Column& column, std::int64_t row) {
    const float value = column.values[std::size_t(row)];
    return column.categorical() ? column.categories[std::size_t(value)] : formatShort(double(value), 4);
}

double sizeOf(const std::array<double, 3>& force) { return std::hypot(force[0], force[1], force[2]); }

} // namespace

void Cards::drawRow(const Look& look, float width, const Told& told) {
    const std::int64_t row = told.settings.integer("chosen");
    const Shown& shown = told.shown;
    if (row < 0 || row >= shown.rows() || !shown.table()) return;
    head(look, look.tr("Chosen row"));
    const std::string name = shown.nameOf(row);
    look.texts.note(name);
    pair(look, width, name, std::to_string(row), look.theme.faint);
    const embedding::Thumbnails& pictures = shown.table()->thumbnails;
    const ImVec2 corner = ImGui::GetCursorScreenPos();
    const float side = pictures ? look.px(66) : 0, inner = width - (side > 0 ? side + look.px(12) : 0);
    if (pictures)
        drawThumbnail(ImGui::GetWindowDrawList(), pictures, row, {corner.x + width - side, corner.y + look.px(2)}, side,
                      glm::vec4(shown.colouring().colours[std::size_t(row)], 1));
    std::size_t seen = 0;
    for (const embedding::Column& column : shown.table()->columns) {
        if (seen++ == mostColumns) break;
        const std::string text = textOf(column, row);
        look.texts.note(column.name), look.texts.note(text);
        pair(look, inner, look.tr(column.name), clipped(look.fonts.mono, text, inner * 0.6F), look.theme.text);
    }
    if (!told.neighbourhood || told.neighbourhood->row != row) return;
    const Neighbourhood& near = *told.neighbourhood;
    // Two numbers to a line: the distance in the table, and the rank that the picture gives.
    head(look, look.tr("Nearest in the table"));
    ImDrawList* list = ImGui::GetWindowDrawList();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const std::string by = told.settings.text("near_by");
    const std::string metric = by == "euclid" ? look.tr("Euclid") : look.tr(by);
    drawText(list, look.fonts.small, {at.x + width - look.px(58), at.y - look.px(2)}, toColour(look.theme.faint), metric,
             Align::right);
    drawText(list, look.fonts.small, {at.x + width - look.px(4), at.y - look.px(2)}, toColour(look.theme.faint),
             look.tr("rank here"), Align::right);
    ImGui::Dummy({1, look.px(13)});
    int i = 0;
    for (const auto& each : near.inTable) drawNear(look, width, told, each, "neighbour " + std::to_string(i++));
    const auto count = std::to_string(near.torn) + " / " + std::to_string(near.inTable.size());
    pair(look, width, look.tr("torn away by the picture"), count, near.torn > 0 ? look.theme.bad : look.theme.ok);
    pair(look, width, look.tr("near here, far in the table"),
         std::to_string(near.feigned) + " / " + std::to_string(near.shown.size()),
         near.feigned > 0 ? look.theme.info : look.theme.ok);
}

void Cards::drawNear(const Look& look, float width, const Told& told, const Neighbourhood::Near& near,
                     const std::string& spotName) {
    const ImVec2 low = ImGui::GetCursorScreenPos();
    bool hovered = false;
    const float height = look.px(18);
    if (line(look, spotName, width, height, false, hovered)) m_wishes.set.emplace_back("chosen", near.row);
    if (hovered) m_pointed = near.row;
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float text = low.y + (height - fontHeight(look.fonts.body)) / 2;
    const glm::vec4 dot(told.shown.colouring().colours[std::size_t(near.row)], 1);
    list->AddCircleFilled({low.x + look.px(8), low.y + height / 2}, look.px(3.5F), toColour(dot), 12);
    const std::string name = told.shown.nameOf(near.row);
    look.texts.note(name);
    drawText(list, look.fonts.body, {low.x + look.px(18), text}, toColour(look.theme.text),
             clipped(look.fonts.body, name, width - look.px(136)));
    drawText(list, look.fonts.mono, {low.x + width - look.px(58), text}, toColour(look.theme.secondary),
             formatShort(near.tableDistance), Align::right);
    drawText(list, look.fonts.mono, {low.x + width - look.px(4), text}, toColour(near.lies ? look.theme.bad : look.theme.ok),
             lab::rounded(double(near.shownRank)), Align::right);
}

void Cards::drawWords(const Look& look, float width, const Told& told) {
    if (!told.words) return;
    head(look, look.tr("Arithmetic with words"));
    look.texts.note(told.words->expression), look.texts.note(told.words->problem);
    if (told.words->candidates.empty()) {
        sentence(look, width, told.words->problem, look.theme.bad);
        return;
    }
    const ImVec2 at = ImGui::GetCursorScreenPos();
    note("answers", at, {at.x + width, at.y + look.px(120)});
    const Box box{at.x, at.y, at.x + width, at.y + look.px(400)};
    ImGui::Dummy({1, drawCandidates(ImGui::GetWindowDrawList(), look, box, *told.words, 6) + look.px(2)});
}

void Cards::drawForces(const Look& look, float width, const Told& told) {
    if (!told.forces) return;
    head(look, look.tr("Forces on it"));
    pair(look, width, look.tr("attraction"), formatShort(sizeOf(told.forces->attraction)), glm::vec4(categories[2], 1));
    pair(look, width, look.tr("repulsion"), formatShort(sizeOf(told.forces->repulsion)), glm::vec4(categories[5], 1));
}

} // namespace orrery::ui::emb
