// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/embedding/cards_parts.h"

#include "ui/imgui_bridge.h"
#include "ui/panels/numbers.h"
#include "ui/render/colormap.h"

#include <algorithm>

namespace orrery::ui::emb {

void head(const Look& look, const std::string& text) {
    ImGui::Dummy({1, look.px(6)});
    drawSmallCapitals(ImGui::GetWindowDrawList(), look, ImGui::GetCursorScreenPos(), toColour(look.theme.secondary), text);
    ImGui::Dummy({1, look.px(18)});
}

void pair(const Look& look, float width, const std::string& label, const std::string& value, const glm::vec4& colour) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const ImVec2 low = ImGui::GetCursorScreenPos();
    const float room = width - textWidth(look.fonts.mono, value) - look.px(8);
    drawText(list, look.fonts.body, low, toColour(look.theme.secondary), clipped(look.fonts.body, label, room));
    drawText(list, look.fonts.mono, {low.x + width, low.y}, toColour(colour), value, Align::right);
    ImGui::Dummy({1, look.px(17)});
}

void sentence(const Look& look, float width, const std::string& text, const glm::vec4& colour) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const char* begin = text.c_str();
    const char* end = begin + text.size();
    const ImVec2 extent = bridge::textSize(look.fonts.body, begin, end, width);
    ImGui::GetWindowDrawList()->AddText(look.fonts.body, fontHeight(look.fonts.body), at, toColour(colour), begin, end, width);
    ImGui::Dummy({width, extent.y});
}

void shareBar(const Look& look, float width, double share, double error, const glm::vec4& colour) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    ImVec2 low = ImGui::GetCursorScreenPos();
    low.y += look.px(2);
    const float high = low.y + look.px(4), round = look.px(2.5F);
    const auto x = [&](double value) { return low.x + width * float(std::clamp(value, 0.0, 1.0)); };
    list->AddRectFilled(low, {low.x + width, high}, toColour(look.theme.raised), round);
    list->AddRectFilled(low, {std::max(x(share), low.x + 2 * round), high}, toColour(colour), round);
    if (error > 0) {
        const float middle = (low.y + high) / 2, tip = look.px(4);
        const ImU32 ink = toColour(look.theme.text);
        list->AddLine({x(share - error), middle}, {x(share + error), middle}, ink, look.px(1.2F));
        for (const double end : {share - error, share + error})
            list->AddLine({x(end), middle - tip}, {x(end), middle + tip}, ink, look.px(1.2F));
    }
    ImGui::Dummy({1, look.px(10)});
}

void numberBar(ImDrawList* list, const Look& look, ImVec2 at, float width, double low, double high) {
    constexpr int slices = 64;
    for (int i = 0; i < slices; ++i)
        list->AddRectFilled({at.x + width * float(i) / slices, at.y}, {at.x + width * float(i + 1) / slices, at.y + look.px(8)},
                            toColour(glm::vec4(colour(Colormap::viridis, (i + 0.5) / slices), 1)));
    const float y = at.y + look.px(11);
    const ImU32 ink = toColour(look.theme.secondary);
    drawText(list, look.fonts.mono, {at.x, y}, ink, formatShort(low));
    drawText(list, look.fonts.mono, {at.x + width / 2, y}, ink, formatShort((low + high) / 2), Align::centre);
    drawText(list, look.fonts.mono, {at.x + width, y}, ink, formatShort(high), Align::right);
}

void drawThumbnail(ImDrawList* list, const embedding::Thumbnails& t, std::int64_t row, ImVec2 at, float side,
                   const glm::vec4& ink) {
    constexpr int mostCells = 40; // of a side: a draw list is not made for pictures
    if (!t) return;
    const int step = (std::max(t.width, t.height) + mostCells - 1) / mostCells;
    const float cell = side / float(std::max(t.width, t.height));
    for (int y = 0; y < t.height; y += step)
        for (int x = 0; x < t.width; x += step) {
            const std::size_t first =
                ((std::size_t(row) * std::size_t(t.height) + std::size_t(y)) * std::size_t(t.width) + std::size_t(x)) *
                std::size_t(t.channels);
            const auto channel = [&](int c) { return float(t.pixels[first + std::size_t(std::min(c, t.channels - 1))]) / 255; };
            const glm::vec4 colour =
                t.channels == 1 ? glm::vec4(glm::vec3(ink), channel(0)) : glm::vec4(channel(0), channel(1), channel(2), 1);
            if (colour.a <= 0) continue;
            const float left = at.x + float(x) * cell, top = at.y + float(y) * cell, size = cell * float(step);
            list->AddRectFilled({left, top}, {left + size, top + size}, toColour(colour));
        }
}

} // namespace orrery::ui::emb
