// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/error.h"
#include "engine/labs/language/ngram_arpa.h"
#include "engine/model/bytes.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>

namespace orrery::language {

namespace {

bool blank(char c) { return c == ' ' || c == '\t'; }

/// The fields of a line, between blanks.
void fieldsOf(std::string_view line, std::vector<std::string_view>& fields) {
    fields.clear();
    for (std::size_t at = 0; at < line.size();) {
        while (at < line.size() && blank(line[at])) ++at;
        const std::size_t from = at;
        while (at < line.size() && !blank(line[at])) ++at;
        if (at > from) fields.push_back(line.substr(from, at - from));
    }
}

template <class T>
bool numberIn(std::string_view text, T& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size();
}

} // namespace

class ArpaReader {
 public:
    ArpaReader(const std::string& name, std::string_view text) : m_name(name), m_text(text) {
        if (text.starts_with("\xef\xbb\xbf")) m_text.remove_prefix(3);
    }

    ArpaModel run() {
        readHeader();
        for (int order = 1; order <= int(m_expected.size()); ++order) readSection(order);
        if (m_line != "\\end\\") fail("\\end\\ is expected after the last section");
        build();
        return std::move(m_result);
    }

 private:
    struct Entry { // of one order
        float p, backoff;
    };
    struct Section {
        std::vector<Token> tokens; // [entries, order]
        std::vector<Entry> entries;
    };

    [[noreturn]] void fail(const std::string& what) const {
        throw Error(m_name + ": line " + std::to_string(m_number) + ": " + what + "; is it an ARPA file?");
    }
    bool nextLine() { // that is not empty
        while (!m_text.empty()) {
            const std::size_t end = std::min(m_text.find('\n'), m_text.size());
            m_line = m_text.substr(0, end);
            m_text.remove_prefix(std::min(end + 1, m_text.size()));
            ++m_number;
            while (!m_line.empty() && (blank(m_line.back()) || m_line.back() == '\r')) m_line.remove_suffix(1);
            if (!m_line.empty()) return true;
        }
        m_line = {};
        return false;
    }

    void readHeader() {
        do { // whatever stands before is a comment
            if (!nextLine()) fail("there is no \\data\\");
        } while (m_line != "\\data\\");
        while (nextLine() && m_line.starts_with("ngram ")) {
            std::vector<std::string_view> sides;
            std::string line(m_line.substr(6));
            std::replace(line.begin(), line.end(), '=', ' ');
            fieldsOf(line, sides);
            std::uint64_t order = 0, count = 0;
            if (sides.size() != 2 || !numberIn(sides[0], order) || !numberIn(sides[1], count) || order != m_expected.size() + 1)
                fail("'ngram " + std::to_string(m_expected.size() + 1) + "=COUNT' is expected");
            if (order > highestOrder) fail("orders above " + std::to_string(highestOrder) + " are not read");
            m_expected.push_back(count);
        }
        if (m_expected.empty()) fail("\\data\\ names no orders");
    }

    void readSection(int order) {
        if (m_line != "\\" + std::to_string(order) + "-grams:") fail("\\" + std::to_string(order) + "-grams: is expected");
        Section& section = m_sections.emplace_back();
        std::vector<std::string_view> fields;
        Vocabulary& vocabulary = m_result.vocabulary;
        while (nextLine() && !m_line.starts_with('\\')) {
            fieldsOf(m_line, fields);
            const std::size_t words = std::size_t(order);
            const bool last = order == int(m_expected.size());
            if (fields.size() != words + 1 && (last || fields.size() != words + 2))
                fail("a number and " + std::to_string(order) + (last ? " words are" : " words, and perhaps a back-off, are") +
                     " expected");
            Entry entry{0, 0};
            if (!numberIn(fields[0], entry.p) || !(entry.p <= 0) || std::isinf(entry.p))
                fail("'" + model::shown(fields[0]) + "' is no logarithm of a probability");
            if (fields.size() == words + 2 && (!numberIn(fields.back(), entry.backoff) || !std::isfinite(entry.backoff)))
                fail("'" + model::shown(fields.back()) + "' is no logarithm of a back-off");
            for (std::size_t i = 1; i <= words; ++i) {
                std::string_view word = fields[i] == "<UNK>" ? std::string_view("<unk>") : fields[i];
                const Token token = order == 1 ? vocabulary.add(word) : vocabulary.find(word);
                if (token == noToken) fail("'" + model::shown(word) + "' is not among the 1-grams");
                section.tokens.push_back(token);
            }
            section.entries.push_back(entry);
        }
        if (section.entries.size() != m_expected[std::size_t(order - 1)])
            fail("\\data\\ says " + std::to_string(m_expected[std::size_t(order - 1)]) + " " + std::to_string(order) +
                 "-grams, but " + std::to_string(section.entries.size()) + " are there");
    }

    /// Sorted by the tokens, with the contexts that are not listed themselves put in as blanks.
    void complete() {
        for (std::size_t order = m_sections.size(); order > 1; --order) {
            Section& longer = m_sections[order - 1];
            sort(longer, order);
            if (order == 2) break; // every word is a 1-gram
            Section& shorter = m_sections[order - 2];
            sort(shorter, order - 1);
            const std::size_t listed = shorter.entries.size(), length = order - 1;
            std::size_t at = 0;
            Section blanks;
            for (std::size_t i = 0; i < longer.entries.size(); ++i) {
                const std::span<const Token> context(longer.tokens.data() + i * order, length);
                const auto here = [&](std::size_t k) {
                    return std::span<const Token>(shorter.tokens.data() + k * length, length);
                };
                while (at < listed && std::ranges::lexicographical_compare(here(at), context)) ++at;
                if (at < listed && std::ranges::equal(here(at), context)) continue;
                if (!blanks.entries.empty() && std::ranges::equal(std::span<const Token>(blanks.tokens).last(length), context))
                    continue;
                blanks.tokens.insert(blanks.tokens.end(), context.begin(), context.end());
                blanks.entries.push_back({NAN, 0});
            }
            shorter.tokens.insert(shorter.tokens.end(), blanks.tokens.begin(), blanks.tokens.end());
            shorter.entries.insert(shorter.entries.end(), blanks.entries.begin(), blanks.entries.end());
        }
    }
    void sort(Section& section, std::size_t order) const {
        std::vector<std::uint32_t> ranks(section.entries.size());
        for (std::size_t i = 0; i < ranks.size(); ++i) ranks[i] = std::uint32_t(i);
        const auto at = [&](std::uint32_t i) { return std::span<const Token>(section.tokens.data() + i * order, order); };
        std::sort(ranks.begin(), ranks.end(),
                  [&](std::uint32_t a, std::uint32_t b) { return std::ranges::lexicographical_compare(at(a), at(b)); });
        Section sorted;
        for (const std::uint32_t i : ranks) {
            const auto tokens = at(i);
            if (!sorted.entries.empty() && std::ranges::equal(std::span<const Token>(sorted.tokens).last(order), tokens)) {
                std::string text;
                for (const Token token : tokens) text += (text.empty() ? "" : " ") + std::string(m_result.vocabulary.text(token));
                throw Error(m_name + ": '" + model::shown(text) + "' is listed twice; is it an ARPA file?");
            }
            sorted.tokens.insert(sorted.tokens.end(), tokens.begin(), tokens.end());
            sorted.entries.push_back(section.entries[i]);
        }
        section = std::move(sorted);
    }

    void build() {
        const Token size = m_result.vocabulary.size();
        Section& words = m_sections[0];
        std::vector<Entry> single(std::size_t(size), Entry{NAN, 0});
        for (std::size_t i = 0; i < words.entries.size(); ++i) {
            Entry& entry = single[std::size_t(words.tokens[i])];
            if (!std::isnan(entry.p))
                throw Error(m_name + ": '" + model::shown(m_result.vocabulary.text(words.tokens[i])) +
                            "' is listed twice; is it an ARPA file?");
            entry = words.entries[i];
        }
        complete();
        words.entries = std::move(single);
        words.tokens.resize(std::size_t(size));
        for (Token token = 0; token < size; ++token) words.tokens[std::size_t(token)] = token;
        auto model = std::make_shared<BackoffModel>();
        model->m_order = int(m_sections.size());
        model->m_symbols = m_result.vocabulary.symbols();
        for (const std::uint64_t count : m_expected) model->m_ngrams += count;
        for (std::size_t order = 1; order <= m_sections.size(); ++order) model->m_levels.push_back(level(order));
        m_result.model = std::move(model);
    }
    PackedTable level(std::size_t order) {
        const Section& section = m_sections[order - 1];
        const Section* const longer = order < m_sections.size() ? &m_sections[order] : nullptr;
        const std::uint64_t largest[] = {order == 1 ? 0 : std::uint64_t(m_result.vocabulary.size() - 1), UINT32_MAX,
                                         longer ? UINT32_MAX : 0, longer ? longer->entries.size() : 0};
        PackedTable table(section.entries.size() + 1, largest);
        std::size_t child = 0;
        for (std::size_t i = 0; i < section.entries.size(); ++i) {
            const std::span<const Token> tokens(section.tokens.data() + i * order, order);
            if (order > 1) table.set(i, 0, std::uint64_t(tokens.back()));
            table.set(i, 1, std::bit_cast<std::uint32_t>(section.entries[i].p));
            if (!longer) continue;
            table.set(i, 2, std::bit_cast<std::uint32_t>(section.entries[i].backoff));
            table.set(i, 3, child);
            while (child < longer->entries.size() &&
                   std::ranges::equal(std::span<const Token>(longer->tokens.data() + child * (order + 1), order), tokens))
                ++child;
        }
        if (longer) table.set(section.entries.size(), 3, longer->entries.size());
        return table;
    }

    std::string m_name;
    std::string_view m_text, m_line;
    std::uint64_t m_number = 0;
    std::vector<std::uint64_t> m_expected;
    std::vector<Section> m_sections;
    ArpaModel m_result;
};

ArpaModel readArpa(const std::string& name, std::string_view text) { return ArpaReader(name, text).run(); }

} // namespace orrery::language
