// SPDX-License-Identifier: GPL-3.0-or-later
// A selection as one line of text, and back.
#include "engine/error.h"
#include "engine/labs/embedding/selection.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace orrery::embedding {

namespace {

constexpr std::size_t longestList = 120; ///< bytes of rows that are still written out
constexpr std::string_view digits64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"; // RFC 4648, section 5

using Bytes = std::vector<std::uint8_t>;

std::string base64(const Bytes& bytes) {
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t held = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k) group = group << 8 | (k < held ? bytes[i + k] : 0U);
        for (std::size_t k = 0; k <= held; ++k) text += digits64[group >> (18 - 6 * k) & 63];
    }
    return text;
}

[[noreturn]] void fail(const std::string& what) { throw Error("the selection " + what); }

Bytes fromBase64(std::string_view text) {
    static const auto values = [] {
        std::array<std::int8_t, 256> table;
        table.fill(-1);
        for (std::size_t i = 0; i < digits64.size(); ++i) table[std::uint8_t(digits64[i])] = std::int8_t(i);
        return table;
    }();
    Bytes bytes;
    std::uint32_t group = 0;
    int bits = 0;
    for (const char c : text) {
        const int value = values[std::uint8_t(c)];
        if (value < 0) fail("holds a character that is none of base64: select the rows again");
        group = (group << 6 | std::uint32_t(value)) & 0xFFFFFF, bits += 6;
        if (bits >= 8) bits -= 8, bytes.push_back(std::uint8_t(group >> bits));
    }
    return bytes;
}

/// LEB128: seven bits a byte, the lowest first.
void putNumber(Bytes& bytes, std::uint64_t number) {
    for (; number > 127; number >>= 7) bytes.push_back(std::uint8_t(number & 127) | 128U);
    bytes.push_back(std::uint8_t(number));
}

std::int64_t takeNumber(const Bytes& bytes, std::size_t& at) {
    std::int64_t number = 0;
    for (int shift = 0; shift < 35 && at < bytes.size(); shift += 7) {
        const std::uint8_t byte = bytes[at++];
        number |= std::int64_t(byte & 127) << shift;
        if (byte < 128) return number;
    }
    fail("is cut off: select the rows again");
}

template <class Take> // of each run of rows that follow one another: its first, and how many
void eachRun(std::span<const std::int64_t> rows, Take&& take) {
    for (std::size_t i = 0; i < rows.size();) {
        std::size_t end = i + 1;
        while (end < rows.size() && rows[end] == rows[end - 1] + 1) ++end;
        take(rows[i], std::int64_t(end - i));
        i = end;
    }
}

std::string list(std::span<const std::int64_t> rows) {
    std::string text;
    eachRun(rows, [&](std::int64_t first, std::int64_t count) {
        if (text.size() > longestList) return;
        text += (text.empty() ? "" : ", ") + std::to_string(first);
        if (count > 1) text += (count > 2 ? "-" : ", ") + std::to_string(first + count - 1);
    });
    return text;
}

std::string packed(std::span<const std::int64_t> rows, std::int64_t of) {
    Bytes runs, bits(std::size_t((of + 7) / 8));
    std::int64_t next = 0;
    eachRun(rows, [&](std::int64_t first, std::int64_t count) {
        putNumber(runs, std::uint64_t(first - next)), putNumber(runs, std::uint64_t(count));
        next = first + count;
    });
    if (runs.size() <= bits.size()) return "~r" + base64(runs);
    for (const std::int64_t row : rows) bits[std::size_t(row / 8)] |= std::uint8_t(1U << row % 8);
    return "~b" + base64(bits);
}

void unpack(std::string_view text, Selection& s) {
    if (s.of == 0) fail("does not say of how many rows it is: select the rows again");
    if (text.empty() || (text[0] != 'r' && text[0] != 'b')) fail("is packed in a way that is not known: ~r or ~b");
    const Bytes bytes = fromBase64(text.substr(1));
    if (text[0] == 'b') {
        if (bytes.size() != std::size_t((s.of + 7) / 8)) fail("is cut off: select the rows again");
        for (std::int64_t row = 0; row < s.of; ++row)
            if (bytes[std::size_t(row / 8)] >> row % 8 & 1) s.rows.push_back(row);
        return;
    }
    std::int64_t next = 0;
    for (std::size_t at = 0; at < bytes.size();) {
        const std::int64_t gap = takeNumber(bytes, at), count = takeNumber(bytes, at);
        if (count > s.of || gap > s.of || next + gap + count > s.of)
            fail("names rows beyond the " + std::to_string(s.of) + " it is of");
        for (std::int64_t i = 0; i < count; ++i) s.rows.push_back(next + gap + i);
        next += gap + count;
    }
}

class Parser {
 public:
    explicit Parser(std::string_view text) : m_text(text) {}

    Selection selection() {
        Selection s;
        std::int64_t said = -1;
        if (const std::size_t colon = m_text.find(':'); colon != std::string_view::npos) said = head(s, colon);
        skip();
        if (m_at < m_text.size() && m_text[m_at] == '~')
            unpack(m_text.substr(m_at + 1), s);
        else
            rows(s);
        std::sort(s.rows.begin(), s.rows.end());
        s.rows.erase(std::unique(s.rows.begin(), s.rows.end()), s.rows.end());
        if (said >= 0 && said != std::int64_t(s.rows.size()))
            fail("says it holds " + std::to_string(said) + " rows and holds " + std::to_string(s.rows.size()));
        if (s.of != 0 && !s.rows.empty() && s.rows.back() >= s.of)
            fail("names rows beyond the " + std::to_string(s.of) + " it is of");
        return s;
    }

 private:
    [[noreturn]] void failHere(const std::string& what) const {
        fail("cannot be read at place " + std::to_string(m_at + 1) + ": " + what +
             "; write row numbers and ranges, as in 3, 7-12");
    }
    void blanks() {
        while (m_at < m_text.size() && m_text[m_at] == ' ') ++m_at;
    }
    void skip() {
        while (m_at < m_text.size() && (m_text[m_at] == ' ' || m_text[m_at] == ',')) ++m_at;
    }
    bool taken(std::string_view word) {
        if (!m_text.substr(m_at).starts_with(word)) return false;
        m_at += word.size();
        return true;
    }
    template <class Whole>
    Whole number(int base = 10) {
        Whole value = 0;
        const char* const from = m_text.data() + m_at;
        const auto [end, error] = std::from_chars(from, m_text.data() + m_text.size(), value, base);
        if (error == std::errc::result_out_of_range) failHere("a number with too many digits");
        if (error != std::errc() || *from == '-') failHere("no row number");
        m_at += std::size_t(end - from);
        return value;
    }

    /// "7 of 120 #9f3a01bc:"
    std::int64_t head(Selection& s, std::size_t colon) {
        const auto said = number<std::int64_t>();
        skip();
        if (!taken("of ")) failHere("'of' is missing after how many rows there are");
        s.of = number<std::int64_t>();
        if (s.of < 1 || s.of > Selection::mostRows)
            failHere("a table has from 1 to " + std::to_string(Selection::mostRows) + " rows");
        skip();
        if (!taken("#")) failHere("'#' is missing before the table's mark");
        s.table = number<std::uint32_t>(16);
        if (m_at != colon) failHere("':' is missing after the table's mark");
        ++m_at;
        return said;
    }
    void rows(Selection& s) {
        for (skip(); m_at < m_text.size(); skip()) {
            const auto first = number<std::int64_t>();
            blanks();
            std::int64_t last = first;
            if (taken("-")) {
                blanks();
                last = number<std::int64_t>();
                if (last < first) failHere("a range ends before it begins");
            }
            if (last >= Selection::mostRows || std::int64_t(s.rows.size()) + last - first >= Selection::mostRows)
                failHere("rows have numbers from 0 to " + std::to_string(Selection::mostRows - 1));
            for (std::int64_t row = first; row <= last; ++row) s.rows.push_back(row);
        }
    }

    std::string_view m_text;
    std::size_t m_at = 0;
};

} // namespace

Selection readSelection(const std::string& text) { return Parser(text).selection(); }

std::string selectionText(std::span<const std::int64_t> rows, const Table& table) {
    if (rows.empty()) return {};
    std::array<char, 16> print{};
    const auto end = std::to_chars(print.data(), print.data() + print.size(), printOf(table), 16).ptr;
    const std::string written = list(rows);
    return std::to_string(rows.size()) + " of " + std::to_string(table.rows()) + " #" + std::string(print.data(), end) + ": " +
           (written.size() <= longestList ? written : packed(rows, table.rows()));
}

} // namespace orrery::embedding
