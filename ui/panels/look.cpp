// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/look.h"

#include "ui/imgui_bridge.h"

#include <cctype>
#include <cmath>

namespace orrery::ui {

namespace {

/// Letter spacing of small capitals and gap between groups of digits, as shares of the font's height.
constexpr float tracking = 0.09f, thinSpace = 0.22f;

float glyphs(ImDrawList* list, const ImFont* font, ImVec2 at, ImU32 colour, std::string_view text) {
    if (list) list->AddText(font, fontHeight(font), at, colour, text.data(), text.data() + text.size());
    return textWidth(font, text);
}

/// Calls `piece` with each run of at most three digits, counted from the decimal point.
template <class Piece>
void groups(std::string_view digits, Piece&& piece) {
    const std::size_t sign = !digits.empty() && (digits[0] == '-' || digits[0] == '+') ? 1 : 0;
    std::size_t whole = sign;
    while (whole < digits.size() && std::isdigit(static_cast<unsigned char>(digits[whole]))) ++whole;
    if (whole - sign < 5) return piece(digits, false); // four digits need no help
    std::size_t from = 0, to = sign + (whole - sign - 1) % 3 + 1;
    while (to < whole) {
        piece(digits.substr(from, to - from), from > 0);
        from = to, to += 3;
    }
    piece(digits.substr(from), from > 0);
}

ImVec4 vec(const glm::vec4& c, float opacity = 1) { return {c.r, c.g, c.b, c.a * opacity}; }

} // namespace

ImU32 toColour(const glm::vec4& c, float opacity) {
    const auto byte = [](float v) { return ImU32(std::lround(255 * std::min(1.f, std::max(0.f, v)))); };
    return byte(c.r) << IM_COL32_R_SHIFT | byte(c.g) << IM_COL32_G_SHIFT | byte(c.b) << IM_COL32_B_SHIFT |
           byte(c.a * opacity) << IM_COL32_A_SHIFT;
}

float fontHeight(const ImFont* font) { return bridge::fontSize(font); }

float textWidth(const ImFont* font, std::string_view text) {
    return bridge::textSize(font, text.data(), text.data() + text.size()).x;
}

std::string clipped(const ImFont* font, const std::string& text, float width) {
    if (textWidth(font, text) <= width) return text;
    std::string shorter = text;
    while (!shorter.empty()) {
        do shorter.pop_back();
        while (!shorter.empty() && (static_cast<unsigned char>(shorter.back()) & 0xC0) == 0x80);
        if (!shorter.empty() && (static_cast<unsigned char>(shorter.back()) & 0xC0) == 0xC0) shorter.pop_back();
        if (textWidth(font, shorter + "\xE2\x80\xA6") <= width) return shorter + "\xE2\x80\xA6";
    }
    return {};
}

void drawText(ImDrawList* list, const ImFont* font, ImVec2 at, ImU32 colour, std::string_view text, Align align) {
    if (align != Align::left) at.x -= textWidth(font, text) * (align == Align::centre ? 0.5f : 1.f);
    // Whole pixels: a glyph between two pixels is blurred.
    glyphs(list, font, {std::floor(at.x), std::floor(at.y)}, colour, text);
}

float drawSmallCapitals(ImDrawList* list, const Look& look, ImVec2 at, ImU32 colour, const std::string& text) {
    const ImFont* font = look.fonts.small;
    const float start = at.x, gap = tracking * fontHeight(font);
    for (std::size_t i = 0; i < text.size();) {
        const unsigned char lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        std::string character = text.substr(i, length);
        if (length == 1) character[0] = char(std::toupper(lead));
        at.x += glyphs(list, font, {std::floor(at.x), std::floor(at.y)}, colour, character) + gap;
        i += length;
    }
    return at.x - gap - start;
}

float numberWidth(const ImFont* font, std::string_view digits) {
    float width = 0;
    groups(digits,
           [&](std::string_view piece, bool gap) { width += textWidth(font, piece) + (gap ? thinSpace * fontHeight(font) : 0); });
    return width;
}

void drawNumber(ImDrawList* list, const ImFont* font, ImVec2 right, ImU32 colour, std::string_view digits) {
    float x = right.x - numberWidth(font, digits);
    groups(digits, [&](std::string_view piece, bool gap) {
        if (gap) x += thinSpace * fontHeight(font);
        x += glyphs(list, font, {std::round(x), std::floor(right.y)}, colour, piece);
    });
}

void drawGround(ImDrawList* list, const Look& look, ImVec2 low, ImVec2 high, float opacity, bool outlined) {
    list->AddRectFilled(low, high, toColour(look.theme.dock, opacity), look.px(9));
    if (outlined) list->AddRect(low, high, toColour(look.theme.line), look.px(9), 0, std::max(1.f, std::floor(look.scale)));
}

void applyStyle(const Theme& theme, float scale) {
    ImGuiStyle style;
    style.WindowPadding = {12, 12};
    style.WindowRounding = style.ChildRounding = style.PopupRounding = 9;
    style.FrameRounding = style.GrabRounding = 7;
    style.WindowBorderSize = style.PopupBorderSize = 1;
    style.ChildBorderSize = style.FrameBorderSize = 0;
    style.FramePadding = {8, 4};
    style.ItemSpacing = {8, 4};
    style.ItemInnerSpacing = {4, 4};
    style.ScrollbarSize = 8;
    style.ScrollbarRounding = 4;
    style.WindowMinSize = {1, 1};
    style.ScaleAllSizes(scale);
    ImVec4* c = style.Colors;
    const auto& t = theme;
    c[ImGuiCol_Text] = vec(t.text), c[ImGuiCol_TextDisabled] = vec(t.faint);
    c[ImGuiCol_WindowBg] = vec(t.dock, 0.9f), c[ImGuiCol_ChildBg] = vec(t.dock, 0);
    c[ImGuiCol_PopupBg] = vec(t.card, 0.97f), c[ImGuiCol_Border] = vec(t.line), c[ImGuiCol_BorderShadow] = {0, 0, 0, 0};
    c[ImGuiCol_FrameBg] = c[ImGuiCol_FrameBgHovered] = c[ImGuiCol_FrameBgActive] = vec(t.raised);
    c[ImGuiCol_ScrollbarBg] = vec(t.dock, 0);
    c[ImGuiCol_ScrollbarGrab] = vec(t.line), c[ImGuiCol_ScrollbarGrabHovered] = c[ImGuiCol_ScrollbarGrabActive] = vec(t.faint);
    c[ImGuiCol_Button] = vec(t.raised), c[ImGuiCol_ButtonHovered] = c[ImGuiCol_ButtonActive] = vec(t.line);
    c[ImGuiCol_Header] = vec(t.brass, 0.25f), c[ImGuiCol_HeaderHovered] = c[ImGuiCol_HeaderActive] = vec(t.raised);
    c[ImGuiCol_Separator] = vec(t.line), c[ImGuiCol_TextSelectedBg] = vec(t.brass, 0.35f);
    c[ImGuiCol_CheckMark] = c[ImGuiCol_SliderGrab] = c[ImGuiCol_SliderGrabActive] = vec(t.brass);
    c[ImGuiCol_NavHighlight] = vec(t.brass);
    ImGui::GetStyle() = style;
}

} // namespace orrery::ui
