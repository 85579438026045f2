// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/search_pattern.h"

#include "engine/error.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

namespace orrery::embedding {

namespace {

using namespace std::regex_constants;

std::string_view sentenceOf(error_type code) {
    if (code == error_brack) return "a bracket [ is not closed";
    if (code == error_paren) return "a parenthesis is not closed or not opened";
    if (code == error_brace || code == error_badbrace) return "what stands in braces { } is no count";
    if (code == error_badrepeat) return "*, + or ? has nothing to repeat";
    if (code == error_range) return "a range in brackets ends before it begins";
    if (code == error_escape) return "a backslash stands before nothing it can change";
    if (code == error_ctype || code == error_collate) return "a class in brackets has an unknown name";
    if (code == error_backref) return "there is no group of that number";
    return "it is too long or asks for what cannot be tried in linear time";
}

/// Walks over an expression and notes the first place of each thing that can be wrong.
class Walk {
 public:
    explicit Walk(const std::string& text) : m_text(text) {
        while (m_at < text.size()) step();
        if (!m_open.empty()) paren = paren.value_or(m_open.back());
    }
    std::optional<std::size_t> paren, bracket, brace, repeat, range, escape, named, reference;

 private:
    void note(std::optional<std::size_t>& first) const {
        if (!first) first = m_at;
    }
    void step() {
        const char c = m_text[m_at];
        if (c == '\\') return escaped();
        if (c == '[') return brackets();
        if (c == '{') return braces();
        if (c == '*' || c == '+' || c == '?') return repeated(1);
        if (c == '(') {
            m_open.push_back(m_at++);
            if (m_at < m_text.size() && m_text[m_at] == '?') m_at += 2; // (?: (?= (?!
            m_atom = false;
            return;
        }
        if (c == ')') {
            if (m_open.empty())
                note(paren);
            else
                m_open.pop_back();
        }
        m_atom = c != '|' && c != '^';
        ++m_at;
    }
    void repeated(std::size_t length) {
        if (!m_atom) note(repeat);
        m_at += length;
        if (m_at < m_text.size() && m_text[m_at] == '?') ++m_at; // as few as can be
        m_atom = false;
    }
    void escaped() {
        const char next = m_at + 1 < m_text.size() ? m_text[m_at + 1] : '\0';
        const bool letter = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z');
        if (next == '\0' || (letter && std::string_view("bBdDsSwWfnrtvcxu").find(next) == std::string_view::npos)) note(escape);
        if (next >= '1' && next <= '9') note(reference);
        m_at += 2, m_atom = true;
    }
    void brackets() {
        std::size_t end = m_at + 1;
        if (end < m_text.size() && m_text[end] == '^') ++end;
        for (; end < m_text.size() && m_text[end] != ']'; ++end) {
            const char kind = end + 1 < m_text.size() ? m_text[end + 1] : '\0';
            if (m_text[end] == '\\') {
                ++end;
            } else if (m_text[end] == '[' && (kind == ':' || kind == '.' || kind == '=')) {
                if (!named) named = end;
                const std::size_t close = m_text.find(std::string(1, kind) + "]", end + 2);
                if (close == std::string::npos) break;
                end = close + 1;
            } else if (kind == '-' && end + 2 < m_text.size() && m_text[end + 2] != ']' && m_text[end + 2] < m_text[end]) {
                if (!range) range = end;
            }
        }
        if (end >= m_text.size() || m_text[end] != ']') note(bracket);
        m_at = end + 1, m_atom = true;
    }
    void braces() {
        std::size_t end = m_at + 1;
        while (end < m_text.size() && ((m_text[end] >= '0' && m_text[end] <= '9') || m_text[end] == ',')) ++end;
        int least = 0, most = 0;
        const char* const from = m_text.data() + m_at + 1;
        const char* const comma = std::from_chars(from, m_text.data() + end, least).ptr;
        const bool falls = comma < m_text.data() + end && *comma == ',' &&
                           std::from_chars(comma + 1, m_text.data() + end, most).ec == std::errc() && most < least;
        if (falls || end == m_at + 1 || end >= m_text.size() || m_text[end] != '}') note(brace);
        repeated(end + 1 - m_at);
    }

    const std::string& m_text;
    std::size_t m_at = 0;
    std::vector<std::size_t> m_open;
    bool m_atom = false; ///< there is something to repeat
};

} // namespace

Wrong wrongIn(const std::string& text, error_type what) {
    const Walk walk(text);
    const std::pair<error_type, std::optional<std::size_t>> all[] = {
        {error_brack, walk.bracket},    {error_paren, walk.paren},      {error_brace, walk.brace},   {error_badbrace, walk.brace},
        {error_badrepeat, walk.repeat}, {error_range, walk.range},      {error_escape, walk.escape}, {error_ctype, walk.named},
        {error_collate, walk.named},    {error_backref, walk.reference}};
    for (const auto& [code, place] : all)
        if (code == what && place) return {code, std::min(*place, text.size() - 1)};
    for (const auto& [code, place] : all) // libstdc++ takes "*a" for a parenthesis too many
        if (place && code != error_backref && what == error_paren) return {code, std::min(*place, text.size() - 1)};
    return {what, text.size()};
}

std::regex pattern(const std::string& text) {
    auto flags = std::regex::ECMAScript | std::regex::icase | std::regex::optimize;
#ifdef __GLIBCXX__
    flags |= __polynomial; // without it "(a*)*b" takes exponential time
#endif
    try {
        return std::regex(text, flags);
    } catch (const std::regex_error& error) {
        const auto [what, byte] = wrongIn(text, error.code());
        const auto characters = std::count_if(text.begin(), text.begin() + std::ptrdiff_t(byte),
                                              [](char c) { return (std::uint8_t(c) & 0xC0) != 0x80; });
        throw Error("no regular expression" + (byte < text.size() ? ", place " + std::to_string(characters + 1) : std::string()) +
                    ": " + std::string(sentenceOf(what)));
    }
}

} // namespace orrery::embedding
