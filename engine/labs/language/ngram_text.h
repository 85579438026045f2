// SPDX-License-Identifier: GPL-3.0-or-later
// Text as bytes, characters or words, a line at a time. Lines end at "\n"; those with nothing in them are passed over.
//   byte       every byte of the line
//   character  UTF-8; a byte that is no part of a character is one by itself. A "\r" before the line's end is none.
//   word       what stands between ASCII blanks. U+00A0 or U+0085 inside a word do not split it.
#pragma once

#include "engine/model/tokenizer/utf8.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace orrery::language {

enum class Unit { byte, character, word };

class TextReader {
 public:
    /// A byte-order mark of UTF-8 is passed over; one of UTF-16 or UTF-32 throws Error, and so does an empty text.
    TextReader(const std::string& name, std::string_view text, Unit unit);
    /// A line that a person typed, or one of a text that was looked at before: as it is, be it empty.
    TextReader(std::string_view line, Unit unit) : m_text(line), m_unit(unit) {}

    std::uint64_t size() const { return m_text.size(); }
    std::uint64_t at() const { return m_at; }
    bool done() const { return m_at >= m_text.size(); }
    std::uint64_t broken() const { return m_broken; } ///< bytes so far that are not UTF-8 (characters only)

    /// About `bytes` more, though at least one unit: token(std::string_view) for each, line(from, to) after each line that had
    /// one, with where it stands in the text.
    template <class OnToken, class OnLine>
    void read(std::uint64_t bytes, OnToken token, OnLine line) {
        const std::uint64_t stop = bytes < m_text.size() - m_at ? m_at + bytes : m_text.size();
        while (m_at < stop) {
            const char now = m_text[m_at];
            if (now == '\n') {
                finishLine(line);
                m_from = ++m_at;
            } else if (m_unit == Unit::word && blank(now)) {
                ++m_at;
            } else if (m_unit == Unit::character && now == '\r' && m_at + 1 < m_text.size() && m_text[m_at + 1] == '\n') {
                ++m_at;
            } else {
                const std::size_t length = unitLength();
                token(m_text.substr(m_at, length));
                m_at += length;
                m_any = true;
            }
        }
        if (done()) finishLine(line);
    }

    static bool blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f'; }

 private:
    template <class OnLine>
    void finishLine(OnLine line) {
        if (m_any) line(m_from, m_at);
        m_any = false;
    }
    std::size_t unitLength();

    std::string_view m_text;
    Unit m_unit;
    std::uint64_t m_at = 0, m_from = 0, m_broken = 0;
    bool m_any = false;
};

} // namespace orrery::language
