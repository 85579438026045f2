// SPDX-License-Identifier: GPL-3.0-or-later
// Where words begin and end, and lower case: ranges of Unicode 15 that hold for text in any script without a table of it all.
#include "engine/labs/embedding/text_scan.h"
#include "engine/labs/embedding/words_corpus.h"

#include <array>

namespace orrery::embedding {

namespace {

/// The character at `at`; 0 where the bytes are no UTF-8 (RFC 3629).
std::uint32_t decoded(std::string_view text, std::size_t at, std::size_t& length) {
    const auto byte = [&](std::size_t i) { return at + i < text.size() ? std::uint32_t(std::uint8_t(text[at + i])) : 0U; };
    const std::uint32_t lead = byte(0);
    length = 1;
    if (lead < 0x80) return lead;
    const std::size_t count = lead >= 0xC2 && lead < 0xE0   ? 2
                              : lead >= 0xE0 && lead < 0xF0 ? 3
                              : lead >= 0xF0 && lead < 0xF5 ? 4
                                                            : 0;
    if (count == 0) return 0;
    std::uint32_t code = lead & (0x7FU >> count);
    for (std::size_t i = 1; i < count; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return 0;
        code = code << 6 | (byte(i) & 0x3F);
    }
    if ((count == 3 && code < 0x800) || (count == 4 && code < 0x10000) || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
        return 0;
    length = count;
    return code;
}

bool letterOf1252(std::uint8_t byte) {
    return (byte >= 0xC0 && byte != 0xD7 && byte != 0xF7) || byte == 0x8A || byte == 0x8C || byte == 0x8E || byte == 0x9A ||
           byte == 0x9C || byte == 0x9E || byte == 0x9F || byte == 0xAA || byte == 0xB5 || byte == 0xBA;
}

bool within(std::uint32_t code, std::uint32_t low, std::uint32_t high) { return code >= low && code <= high; }

bool han(std::uint32_t code) {
    return within(code, 0x3400, 0x9FFF) || within(code, 0xF900, 0xFAFF) || within(code, 0x20000, 0x3FFFF) || code == 0x3007;
}

bool gap(std::uint32_t code) {
    return (code < 0xC0 && code != 0xAA && code != 0xB5 && code != 0xBA) || code == 0xD7 || code == 0xF7 ||
           within(code, 0x2000, 0x2BFF) || within(code, 0x3000, 0x3020) || within(code, 0xFE10, 0xFE6F) ||
           within(code, 0xFF00, 0xFF0F) || within(code, 0xFF1A, 0xFF20) || within(code, 0xFF3B, 0xFF40) ||
           within(code, 0xFF5B, 0xFF65) || code == 0x037E || code == 0x0387 || code == 0x060C || code == 0x061B ||
           code == 0x1680 || within(code, 0xFFF0, 0xFFFF) || code == 0xFEFF || within(code, 0xE000, 0xF8FF);
}

bool endsSentence(std::uint32_t code) {
    return code == 0x2026 || code == 0x3002 || code == 0xFF01 || code == 0xFF1F || code == 0xFF0E || code == 0x061F ||
           code == 0x0964 || code == 0x2028 || code == 0x2029;
}

} // namespace

WordScan::Kind WordScan::kindAt(std::string_view text, std::size_t at, std::size_t& length) {
    const auto first = std::uint8_t(text[at]);
    if (first < 0x80) {
        static const std::array<Kind, 128> kinds = [] {
            std::array<Kind, 128> all;
            all.fill(Kind::gap);
            for (int c = '0'; c <= '9'; ++c) all[std::size_t(c)] = Kind::letter;
            for (int c = 'a'; c <= 'z'; ++c) all[std::size_t(c)] = all[std::size_t(c - 'a' + 'A')] = Kind::letter;
            for (const char c : {'\'', '-', '.', '_'}) all[std::size_t(c)] = Kind::joint;
            for (const char c : {'\n', '!', '?'}) all[std::size_t(c)] = Kind::end;
            return all;
        }();
        length = 1;
        if (first != '.') return kinds[first];
        // between letters or digits it belongs to the word, elsewhere it ends the sentence
        std::size_t ignored = 1;
        return at > 0 && at + 1 < text.size() && kindAt(text, at + 1, ignored) == Kind::letter && std::uint8_t(text[at - 1]) > ' '
                   ? Kind::joint
                   : Kind::end;
    }
    const std::uint32_t code = decoded(text, at, length);
    if (code == 0) return letterOf1252(first) ? Kind::letter : first == 0x92 ? Kind::joint : Kind::gap;
    if (code == 0x2019 || code == 0x2010 || code == 0x2011 || code == 0x200C || code == 0x200D) return Kind::joint;
    if (endsSentence(code)) return Kind::end;
    if (han(code) || within(code, 0x1F000, 0x1FFFF)) return Kind::alone;
    return gap(code) ? Kind::gap : Kind::letter;
}

std::string_view WordScan::finished(std::string_view run, bool lowerCase) {
    m_word = wordOf(run, foreign);
    if (lowerCase) lower(m_word);
    return m_word;
}

void lower(std::string& word) {
    for (std::size_t i = 0; i < word.size(); ++i) {
        const auto first = std::uint8_t(word[i]);
        if (first < 0x80) {
            if (word[i] >= 'A' && word[i] <= 'Z') word[i] = char(word[i] + 32);
            continue;
        }
        if (first < 0xC3 || first > 0xD1 || i + 1 >= word.size()) continue;
        std::uint32_t code = (first & 0x1FU) << 6 | (std::uint8_t(word[i + 1]) & 0x3FU);
        const bool even = code % 2 == 0;
        if ((within(code, 0xC0, 0xDE) && code != 0xD7) || (within(code, 0x391, 0x3A9) && code != 0x3A2) ||
            within(code, 0x410, 0x42F))
            code += 32;
        else if (within(code, 0x400, 0x40F))
            code += 80;
        else if (code == 0x178)
            code = 0xFF;
        else if (code == 0x386)
            code = 0x3AC;
        else if (within(code, 0x388, 0x38A))
            code += 37;
        else if ((within(code, 0x100, 0x137) && code != 0x130 && code != 0x131 && even) || (within(code, 0x14A, 0x177) && even) ||
                 (within(code, 0x139, 0x148) && !even) || (within(code, 0x179, 0x17E) && !even) ||
                 (within(code, 0x460, 0x481) && even))
            ++code;
        word[i] = char(0xC0 | code >> 6), word[i + 1] = char(0x80 | (code & 0x3F));
        ++i;
    }
}

} // namespace orrery::embedding
