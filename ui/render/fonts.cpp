// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/fonts.h"

#include "engine/assets.h"
#include "ui/render/imgui_version.h"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace orrery::ui {
namespace {

/// What labels and formulas of the viewport are made of; a font bakes those that it has.
constexpr ImWchar symbols[] = {0x0020, 0x00FF,                                 // Latin-1
                               0x2010, 0x2027, 0x2030, 0x205E,                 // dashes, quotes, primes
                               0x2070, 0x209F,                                 // superscripts and subscripts
                               0x2100, 0x214F, 0x2190, 0x21FF, 0x2200, 0x22FF, // letter-like, arrows, operators
                               0x2300, 0x23FF, 0x25A0, 0x25FF,                 // keys, marks
                               0x0370, 0x03FF,                                 // Greek
                               0x0302, 0x0304,                                 // hat, tilde, bar
                               0};

std::uint32_t bigEndian(std::string_view bytes, std::size_t at, int count) {
    std::uint32_t value = 0;
    for (int i = 0; i < count; ++i) value = value << 8 | (at + i < bytes.size() ? std::uint8_t(bytes[at + i]) : 0);
    return value;
}

/// ImGui counts a font's size from ascent to descent, designers count the em: their ratio, from the tables head and hhea
/// (OpenType 1.9).
float linePerEm(std::string_view font, int index = 0) {
    float unitsPerEm = 0, line = 0;
    const std::size_t start = font.starts_with("ttcf") ? bigEndian(font, 12 + 4 * std::size_t(index), 4) : 0;
    const std::uint32_t tables = bigEndian(font, start + 4, 2);
    for (std::uint32_t i = 0; i < tables; ++i) {
        const std::size_t record = start + 12 + 16 * std::size_t(i), at = bigEndian(font, record + 8, 4);
        const std::string_view tag = font.size() >= record + 4 ? font.substr(record, 4) : std::string_view();
        if (tag == "head") unitsPerEm = float(bigEndian(font, at + 18, 2));
        if (tag == "hhea") line = float(std::int16_t(bigEndian(font, at + 4, 2)) - std::int16_t(bigEndian(font, at + 6, 2)));
    }
    return unitsPerEm > 0 && line > 0 ? line / unitsPerEm : 1.2f;
}

struct Chinese {
    std::string_view file;
    int index = 0;
    ImVector<ImWchar> ranges;
};

/// Read once and kept: the atlas points into it.
std::string_view chineseFile(const ChineseFont& font) {
    static std::string bytes;
    if (bytes.empty() && !font.file.empty()) {
        std::ifstream in(font.file, std::ios::binary);
        bytes.assign(std::istreambuf_iterator<char>(in), {});
    }
    return bytes;
}

/// The characters of CJK blocks and full-width forms in a text; no others, so that words keep their own font.
ImVector<ImWchar> chineseRanges(const std::string& texts) {
    ImFontGlyphRangesBuilder all, wanted;
    all.AddText(texts.c_str(), texts.c_str() + texts.size());
    for (unsigned c = 0x2E80; c <= 0xFFEF; ++c)
        if ((c < 0xD800 || c >= 0xF900) && all.GetBit(c)) wanted.AddChar(ImWchar(c));
    ImVector<ImWchar> ranges;
    wanted.BuildRanges(&ranges);
    return ranges;
}

ImFont* addFile(std::string_view file, int index, float px, const ImWchar* ranges, bool merge) {
    ImFontConfig config;
    config.MergeMode = merge;
    config.FontNo = index;
    config.FontDataOwnedByAtlas = false;
    config.OversampleH = merge ? 1 : 2;
    config.RasterizerMultiply = 1.1f; // light letters on a dark ground look thinner than they are
    return ImGui::GetIO().Fonts->AddFontFromMemoryTTF(const_cast<char*>(file.data()), int(file.size()),
                                                      px * linePerEm(file, index), &config, ranges);
}

/// `second` lends the symbols that `first` has not.
ImFont* addFont(std::string_view first, std::string_view second, float px, const Chinese& chinese) {
    ImFont* font = nullptr;
    if (first.empty()) { // built without a font: ImGui's own has Latin letters
        ImFontConfig config;
        config.SizePixels = px;
        font = ImGui::GetIO().Fonts->AddFontDefault(&config);
    } else {
        font = addFile(first, 0, px, symbols, false);
    }
    if (!second.empty()) addFile(second, 0, px, symbols, true);
    if (chinese.ranges.Size > 1 && !chinese.file.empty()) addFile(chinese.file, chinese.index, px, chinese.ranges.Data, true);
    return font;
}

} // namespace

ChineseFont findChineseFont() {
    // Noto's collections hold Japanese, Korean, Simplified, Traditional, Hong Kong, in this order.
    static const ChineseFont candidates[] = {{"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2},
                                             {"/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", 2},
                                             {"/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc", 2},
                                             {"/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0},
                                             {"/usr/share/fonts/wqy-microhei/wqy-microhei.ttc", 0},
                                             {"C:/Windows/Fonts/msyh.ttc", 0},
                                             {"C:/Windows/Fonts/simhei.ttf", 0},
                                             {"/System/Library/Fonts/PingFang.ttc", 0},
                                             {"/System/Library/Fonts/STHeiti Light.ttc", 1}};
    std::error_code error;
    for (const ChineseFont& candidate : candidates)
        if (std::filesystem::is_regular_file(candidate.file, error)) return candidate;
    return {};
}

Fonts loadFonts(float scale, const std::string& chineseGlyphs) {
    ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
    atlas.Clear();
    atlas.Flags |= ImFontAtlasFlags_NoPowerOfTwoHeight;
    Chinese chinese;
    if (!chineseGlyphs.empty()) {
        const ChineseFont font = findChineseFont();
        chinese = {chineseFile(font), font.index, chineseRanges(chineseGlyphs)};
    }
    const std::string_view sans = asset("fonts/sans").value_or(""), mono = asset("fonts/mono").value_or("");
    Fonts fonts{};
    fonts.body = addFont(sans, mono, 13 * scale, chinese);
    fonts.mono = addFont(mono, sans, 13 * scale, chinese);
    fonts.title = addFont(sans, mono, 16 * scale, chinese);
    fonts.small = addFont(sans, mono, 11 * scale, chinese);
    atlas.Build(); // the ranges are read now and may go
    return fonts;
}

} // namespace orrery::ui
