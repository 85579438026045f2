// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/language/token_text.h"

#include <cstdio>

namespace orrery::ui::lang {

namespace {

/// Bytes of the UTF-8 character that begins at `at`; 0 when none does.
std::size_t characterAt(const std::string& bytes, std::size_t at, std::uint32_t& code) {
    const auto byte = [&](std::size_t i) { return std::uint32_t(static_cast<unsigned char>(bytes[i])); };
    const std::uint32_t lead = byte(at);
    if (lead < 0x80) return code = lead, 1;
    const std::size_t length = lead >= 0xF0 && lead < 0xF5   ? 4
                               : lead >= 0xE0 && lead < 0xF0 ? 3
                               : lead >= 0xC2 && lead < 0xE0 ? 2
                                                             : 0;
    if (length == 0 || at + length > bytes.size()) return 0;
    code = lead & (0x7Fu >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(at + i) & 0xC0) != 0x80) return 0;
        code = code << 6 | (byte(at + i) & 0x3F);
    }
    constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    return code < least[length] || (code >= 0xD800 && code < 0xE000) || code > 0x10FFFF ? 0 : length;
}

std::string hex(const char* format, std::uint32_t value) {
    char text[24];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

void append(std::vector<Piece>& pieces, const std::string& text, bool sign) {
    if (!pieces.empty() && pieces.back().sign == sign)
        pieces.back().text += text;
    else
        pieces.push_back({text, sign});
}

} // namespace

std::vector<Piece> readable(const std::string& bytes) {
    std::vector<Piece> pieces;
    for (std::size_t at = 0; at < bytes.size();) {
        std::uint32_t code = 0;
        const std::size_t length = characterAt(bytes, at, code);
        if (length == 0)
            append(pieces, hex("\xE2\x80\xB9%02X\xE2\x80\xBA", static_cast<unsigned char>(bytes[at])), true);
        else if (code == ' ')
            append(pieces, "\xC2\xB7", true);
        else if (code == '\n')
            append(pieces, "\xE2\x86\xB5", true);
        else if (code == '\t')
            append(pieces, "\xE2\x87\xA5", true);
        else if (code < 0x20 || (code >= 0x7F && code < 0xA0))
            append(pieces, hex("\xE2\x80\xB9%02X\xE2\x80\xBA", code), true);
        else if (code > 0xFFFF)
            append(pieces, hex("U+%X", code), true);
        else
            append(pieces, bytes.substr(at, length), false);
        at += std::max<std::size_t>(length, 1);
    }
    if (pieces.empty()) pieces.push_back({"\xE2\x88\x85", true}); // a token without bytes: ∅
    return pieces;
}

std::string plainText(const std::vector<Piece>& pieces) {
    std::string text;
    for (const Piece& piece : pieces) text += piece.text;
    return text;
}

void TokenTexts::setVocabulary(Bytes bytes) {
    m_bytes = std::move(bytes);
    m_known.clear();
}

const TokenTexts::Known& TokenTexts::known(std::int32_t token) {
    const auto found = m_known.find(token);
    if (found != m_known.end()) return found->second;
    Known made;
    if (m_bytes) made.bytes = m_bytes(token);
    made.pieces = readable(made.bytes);
    return m_known.emplace(token, std::move(made)).first->second;
}

const std::vector<Piece>& TokenTexts::of(std::int32_t token) { return known(token).pieces; }
const std::string& TokenTexts::bytes(std::int32_t token) { return known(token).bytes; }

float piecesWidth(const ImFont* font, const std::vector<Piece>& pieces) {
    float width = 0;
    for (const Piece& piece : pieces) width += textWidth(font, piece.text);
    return width;
}

float drawPieces(ImDrawList* list, const Look& look, const ImFont* font, ImVec2 at, const glm::vec4& ink,
                 const std::vector<Piece>& pieces, float room, float opacity) {
    static const std::string dots = "\xE2\x80\xA6";
    const float start = at.x, ellipsis = textWidth(font, dots);
    const bool whole = piecesWidth(font, pieces) <= room;
    for (const Piece& piece : pieces) {
        look.texts.note(piece.text);
        std::string text = piece.text;
        const float left = room - (at.x - start) - (whole ? 0 : ellipsis);
        while (!text.empty() && textWidth(font, text) > left + 0.5f && !whole) {
            while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) text.pop_back();
            if (!text.empty()) text.pop_back();
        }
        const glm::vec4 colour = piece.sign ? glm::mix(look.theme.faint, ink, 0.25f) : ink;
        drawText(list, font, at, toColour(colour, opacity), text);
        at.x += textWidth(font, text);
        if (text.size() == piece.text.size()) continue;
        drawText(list, font, at, toColour(ink, opacity), dots);
        return at.x + ellipsis - start;
    }
    return at.x - start;
}

} // namespace orrery::ui::lang
