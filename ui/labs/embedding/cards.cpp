// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/embedding/cards.h"

#include "ui/labs/embedding/cards_parts.h"
#include "ui/panels/axes.h"

#include <algorithm>

namespace orrery::ui::emb {

namespace {

constexpr float padding = 12, margin = 16;
constexpr ImGuiWindowFlags bare = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                                  ImGuiWindowFlags_NoNav | ImGuiWindowFlags_NoFocusOnAppearing |
                                  ImGuiWindowFlags_AlwaysAutoResize | ImGuiWindowFlags_NoBringToFrontOnFocus;
constexpr std::size_t mostColumns = 10; // to choose from by a click
constexpr std::size_t mostEntries = 20; // of a legend; the rest is counted
constexpr std::size_t mostBookmarks = 9;

} // namespace

std::string grouped(std::int64_t number) {
    std::string digits = std::to_string(number);
    for (int at = int(digits.size()) - 3; at > (number < 0 ? 1 : 0); at -= 3) digits.insert(std::size_t(at), ",");
    return digits;
}

bool Cards::spot(const std::string& name, glm::dvec2& low, glm::dvec2& high) const {
    const auto found = m_spots.find(name);
    if (found == m_spots.end()) return false;
    low = found->second.first, high = found->second.second;
    return true;
}

bool Cards::line(const Look& look, const std::string& name, float width, float height, bool chosen, bool& hovered) {
    const ImVec2 low = ImGui::GetCursorScreenPos(), high(low.x + width, low.y + height);
    ImGui::InvisibleButton(name.c_str(), {width, height});
    hovered = ImGui::IsItemHovered();
    note(name, low, high);
    if (chosen || hovered)
        ImGui::GetWindowDrawList()->AddRectFilled(low, high, toColour(look.theme.raised, chosen ? 1.F : 0.55F), look.px(6));
    return hovered && ImGui::IsItemClicked();
}

/// The columns there are, to colour by with one click.
void Cards::drawColumns(const Look& look, float width, const Told& told) {
    const embedding::Table* table = told.shown.table();
    if (!table || table->columns.size() < 2) return;
    const ImVec2 first = ImGui::GetCursorScreenPos();
    const float height = look.px(19), gap = look.px(4);
    float x = first.x, y = first.y;
    for (std::size_t c = 0; c < std::min<std::size_t>(table->columns.size(), mostColumns); ++c) {
        const std::string& name = table->columns[c].name;
        look.texts.note(name);
        const std::string label = clipped(look.fonts.small, look.tr(name), width - look.px(12));
        const float wide = textWidth(look.fonts.small, label) + look.px(12);
        if (x > first.x && x + wide > first.x + width) x = first.x, y += height + gap;
        ImGui::SetCursorScreenPos({x, y});
        bool hovered = false;
        const bool on = name == told.shown.colouring().name;
        if (line(look, "column " + name, wide, height, true, hovered)) {
            m_wishes.set.emplace_back("colour", std::string("column"));
            m_wishes.set.emplace_back("column", name);
        }
        const glm::vec4& ink = on ? look.theme.brass : hovered ? look.theme.text : look.theme.secondary;
        drawText(ImGui::GetWindowDrawList(), look.fonts.small, {x + look.px(6), y + (height - fontHeight(look.fonts.small)) / 2},
                 toColour(ink), label);
        x += wide + gap;
    }
    ImGui::SetCursorScreenPos({first.x, y + height + look.px(4)});
}

void Cards::drawLegend(const Look& look, float width, const Told& told) {
    const Colouring& colouring = told.shown.colouring();
    m_pointedCategory.reset();
    head(look, look.tr("Colour"));
    drawColumns(look, width, told);
    for (const char* key : {"column", "size_by"})
        if (const std::string& name = told.settings.text(key);
            !name.empty() && told.shown.table() && !told.shown.table()->find(name)) {
            look.texts.note(name);
            sentence(look, width, look.tr("No column has this name:") + " " + name, look.theme.bad);
        }
    if (colouring.name.empty()) return;
    if (!told.shown.table() || told.shown.table()->columns.size() < 2) {
        look.texts.note(colouring.name);
        pair(look, width, look.tr(colouring.name), "", look.theme.text);
    }
    ImDrawList* list = ImGui::GetWindowDrawList();
    if (colouring.numbers) {
        const ImVec2 at = ImGui::GetCursorScreenPos();
        numberBar(list, look, at, width, colouring.low, colouring.high);
        ImGui::Dummy({1, look.px(28)});
        return;
    }
    const std::size_t shown = std::min(colouring.entries.size(), mostEntries);
    const bool two = shown > 4; // columns
    const float each = two ? (width - look.px(8)) / 2 : width, height = look.px(20);
    const ImVec2 first = ImGui::GetCursorScreenPos();
    const std::size_t rows = two ? (shown + 1) / 2 : shown;
    for (std::size_t i = 0; i < shown; ++i) {
        const Colouring::Entry& entry = colouring.entries[i];
        const float x = i < rows ? first.x : first.x + each + look.px(8), y = first.y + float(i % rows) * height;
        ImGui::SetCursorScreenPos({x, y});
        bool hovered = false;
        if (line(look, "category " + std::to_string(i), each, height, false, hovered))
            m_wishes.category = entry.category, m_wishes.how = heldCombine();
        if (hovered) m_pointedCategory = entry.category;
        look.texts.note(entry.name);
        list->AddCircleFilled({x + look.px(8), y + height / 2}, look.px(4), toColour(glm::vec4(entry.colour, 1)), 16);
        const float text = y + (height - fontHeight(look.fonts.body)) / 2;
        const std::string count = grouped(entry.count);
        const float room = each - look.px(18) - textWidth(look.fonts.mono, count) - look.px(8);
        drawText(list, look.fonts.body, {x + look.px(18), text}, toColour(look.theme.text),
                 clipped(look.fonts.body, entry.name, room));
        drawText(list, look.fonts.mono, {x + each - look.px(4), text}, toColour(look.theme.faint), count, Align::right);
    }
    ImGui::SetCursorScreenPos({first.x, first.y + float(rows) * height});
    if (colouring.entries.size() > shown) {
        std::int64_t rest = 0;
        for (std::size_t i = shown; i < colouring.entries.size(); ++i) rest += colouring.entries[i].count;
        pair(look, width, look.tr("more categories") + ": " + grouped(std::int64_t(colouring.entries.size() - shown)),
             grouped(rest), look.theme.faint);
    }
}

/// One line: numbers to go to, and one more.
void Cards::drawBookmarks(const Look& look, float width, const Told& told) {
    const std::size_t count = told.settings.points("bookmarks").rows();
    const float gap = look.px(3), label = textWidth(look.fonts.body, look.tr("Bookmarks")) + look.px(8);
    const std::size_t buttons = count < mostBookmarks ? count + 1 : mostBookmarks;
    const float side = std::min(look.px(26), (width - label + gap) / float(buttons) - gap);
    const ImVec2 first = ImGui::GetCursorScreenPos();
    drawText(ImGui::GetWindowDrawList(), look.fonts.body, {first.x, first.y + look.px(4)}, toColour(look.theme.secondary),
             look.tr("Bookmarks"));
    float x = first.x + width - (float(buttons) * (side + gap) - gap);
    for (std::size_t i = 0; i < buttons; ++i) {
        const bool more = i == count;
        const std::string name = more ? "keep place" : "bookmark " + std::to_string(i + 1);
        ImGui::SetCursorScreenPos({x, first.y});
        const Touch touch = button(look, name.c_str(), side, more ? "+" : std::to_string(i + 1));
        note(name, touch.low, touch.high);
        if (touch.changed && more) m_wishes.keepPlace = true;
        if (touch.changed && !more) m_wishes.bookmark = i;
        x += side + gap;
    }
    ImGui::SetCursorScreenPos({first.x, first.y + look.px(28)});
}

/// A sign at the lower edge that there is more below.
void Cards::drawMore(const Look& look, float width) {
    if (ImGui::GetScrollMaxY() - ImGui::GetScrollY() < 1) return;
    const ImVec2 corner = ImGui::GetWindowPos();
    const float bottom = corner.y + ImGui::GetWindowHeight(), middle = corner.x + width / 2, half = look.px(6);
    ImDrawList* list = ImGui::GetWindowDrawList();
    list->PushClipRectFullScreen();
    list->AddRectFilled({corner.x + 1, bottom - look.px(16)}, {corner.x + width - 1, bottom - 1},
                        toColour(look.theme.dock, 0.94F), look.px(9));
    const ImVec2 sign[] = {
        {middle - half, bottom - look.px(11)}, {middle, bottom - look.px(6)}, {middle + half, bottom - look.px(11)}};
    list->AddPolyline(sign, 3, toColour(look.theme.secondary), 0, look.px(1.5F));
    list->PopClipRect();
}

void Cards::draw(const Look& look, glm::dvec2 size, const Told& told) {
    m_spots.clear();
    m_pointed.reset();
    m_tip = {};
    if (told.shown.rows() == 0) return;
    const float width = look.px(cardsWidth), top = look.px(margin); // the HUD stands beside them
    ImGui::SetNextWindowPos({float(size.x) - width - look.px(margin), top});
    const float tallest = std::max(look.px(80), float(size.y) - top - look.px(margin)); // what is below scrolls
    ImGui::SetNextWindowSizeConstraints({width, 0}, {width, tallest});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {look.px(padding), look.px(padding)});
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0, look.px(2)});
    ImGui::Begin("embedding, cards", nullptr, bare);
    const float inner = width - 2 * look.px(padding);
    drawTools(look, inner, told);
    drawBookmarks(look, inner, told);
    drawWords(look, inner, told);
    drawRow(look, inner, told);
    drawForces(look, inner, told);
    drawLegend(look, inner, told);
    drawQuality(look, inner, told);
    drawMore(look, width);
    ImGui::End();
    ImGui::PopStyleVar(2);
    drawTip(look, size);
}

} // namespace orrery::ui::emb
