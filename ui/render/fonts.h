// SPDX-License-Identifier: GPL-3.0-or-later
// The viewport's type: a sans for words, a monospace with tabular figures for numbers (design: look.md).
#pragma once

#include <string>

struct ImFont;

namespace orrery::ui {

/// Sizes are those of the letters (CSS px), not of the line: 13, 13, 16, 11.
struct Fonts {
    ImFont *body, *mono, *title, *small;
};

/// Fills the current ImGui context's atlas anew; its texels are then to be uploaded (Renderer::addTexture,
/// setFontTexture). `scale`: framebuffer pixels per logical pixel. `chineseGlyphs`: texts in UTF-8 of which the Chinese
/// characters are wanted, looked for in the fonts of the system; empty for none.
Fonts loadFonts(float scale, const std::string& chineseGlyphs);

/// The system's font with Chinese characters, empty where there is none; and which of a collection is Simplified Chinese.
struct ChineseFont {
    std::string file;
    int index = 0;
};
ChineseFont findChineseFont();

} // namespace orrery::ui
