// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/tokenizer/utf8.h"

namespace orrery::model {

namespace {

/// Bytes that a character with this first byte has; 0: no character begins so.
std::size_t lengthByLead(unsigned char lead) {
    return lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
}

/// How many bytes of `text`, at most `length`, can belong to a character with this first byte.
std::size_t matching(std::string_view text, std::size_t length) {
    const unsigned char lead = static_cast<unsigned char>(text[0]);
    for (std::size_t i = 1; i < length; ++i) {
        if (i >= text.size()) return i;
        const unsigned char byte = static_cast<unsigned char>(text[i]);
        unsigned char low = 0x80, high = 0xbf;
        if (i == 1) { // no surrogates, nothing overlong, nothing beyond U+10FFFF
            if (lead == 0xe0) low = 0xa0;
            if (lead == 0xed) high = 0x9f;
            if (lead == 0xf0) low = 0x90;
            if (lead == 0xf4) high = 0x8f;
        }
        if (byte < low || byte > high) return i;
    }
    return length;
}

} // namespace

std::size_t utf8Length(std::string_view text) {
    if (text.empty()) return 0;
    const std::size_t length = lengthByLead(static_cast<unsigned char>(text[0]));
    return length > 0 && matching(text, length) == length ? length : 0;
}

std::size_t utf8Unfinished(std::string_view text) {
    for (std::size_t back = 1; back <= 3 && back <= text.size(); ++back) {
        const std::string_view tail = text.substr(text.size() - back);
        if ((tail[0] & 0xc0) == 0x80) continue;
        const std::size_t length = lengthByLead(static_cast<unsigned char>(tail[0]));
        return length > back && matching(tail, length) == back ? back : 0;
    }
    return 0;
}

char32_t utf8Decode(std::string_view character) {
    const auto byte = [&](std::size_t i) { return char32_t(static_cast<unsigned char>(character[i])); };
    if (character.size() == 1) return byte(0);
    char32_t value = byte(0) & (0x7f >> character.size());
    for (std::size_t i = 1; i < character.size(); ++i) value = value << 6 | (byte(i) & 0x3f);
    return value;
}

void utf8Append(std::string& text, char32_t character) {
    if (character < 0x80) {
        text += char(character);
        return;
    }
    const int more = character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
    text += char((0xff00u >> (more + 1) & 0xff) | character >> (6 * more));
    for (int i = more - 1; i >= 0; --i) text += char(0x80 | (character >> (6 * i) & 0x3f));
}

std::string visible(std::string_view bytes) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string result;
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t length = utf8Length(bytes.substr(at));
        const unsigned char byte = static_cast<unsigned char>(bytes[at]);
        const bool c1 = length == 2 && byte == 0xc2 && static_cast<unsigned char>(bytes[at + 1]) < 0xa0;
        if (byte == ' ') {
            result += "\u00b7";
        } else if (byte == '\n' || byte == '\t' || byte == '\r') {
            result += byte == '\n' ? "\\n" : byte == '\t' ? "\\t" : "\\r";
        } else if (length == 0 || byte < 0x20 || byte == 0x7f || c1) {
            for (std::size_t i = 0; i < (length ? length : 1); ++i) {
                const unsigned char b = static_cast<unsigned char>(bytes[at + i]);
                result += {'\\', 'x', digits[b >> 4], digits[b & 15]};
            }
        } else {
            result += bytes.substr(at, length);
        }
        at += length ? length : 1;
    }
    return result;
}

} // namespace orrery::model
