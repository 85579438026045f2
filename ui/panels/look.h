// SPDX-License-Identifier: GPL-3.0-or-later
// What every panel and overlay draws with: colours, fonts, size of a logical pixel, words; and the few ways in which
// text and grounds are put into a draw list.
#pragma once

#include "ui/panels/texts.h"
#include "ui/render/fonts.h"
#include "ui/render/theme.h"

#include <imgui.h>

#include <string>
#include <string_view>

namespace orrery::ui {

struct Look {
    const Theme& theme;
    const Fonts& fonts;
    float scale; ///< framebuffer pixels per logical pixel
    Texts& texts;

    float px(float logical) const { return logical * scale; }
    const std::string& tr(const std::string& english) const { return texts(english); }
};

enum class Align { left, centre, right };

ImU32 toColour(const glm::vec4& rgba, float opacity = 1);
float fontHeight(const ImFont* font);
float textWidth(const ImFont* font, std::string_view text);
/// The text, or as many whole characters of it as fit, with an ellipsis.
std::string clipped(const ImFont* font, const std::string& text, float width);
/// `at` is the left, middle or right of the text's top.
void drawText(ImDrawList* list, const ImFont* font, ImVec2 at, ImU32 colour, std::string_view text, Align align = Align::left);
/// Capitals with a little air between them; returns the width.
float drawSmallCapitals(ImDrawList* list, const Look& look, ImVec2 at, ImU32 colour, const std::string& text);
/// A number whose groups of three digits ("20000") stand a thin space apart; `right` is the end of the text's top.
void drawNumber(ImDrawList* list, const ImFont* font, ImVec2 right, ImU32 colour, std::string_view digits);
float numberWidth(const ImFont* font, std::string_view digits);

/// A ground that keeps what is on it legible over any data.
void drawGround(ImDrawList* list, const Look& look, ImVec2 low, ImVec2 high, float opacity = 0.9f, bool outlined = false);

/// ImGui's own style (input fields, menus, scroll bars, tooltips) from the theme, sized by `scale`.
void applyStyle(const Theme& theme, float scale);

} // namespace orrery::ui
