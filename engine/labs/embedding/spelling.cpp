// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/spelling.h"

#include "engine/labs/embedding/words_corpus.h"

#include <algorithm>

namespace orrery::embedding {

namespace {

constexpr std::size_t mostShown = 3;

char small(char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; }

/// Whether they can begin alike: most words are told by their first byte, without lowering them.
bool mayBegin(const std::string& word, const std::string& typed) {
    const auto ascii = [](char c) { return std::uint8_t(c) < 0x80; };
    if (word.empty() || typed.empty()) return typed.empty();
    return !ascii(word[0]) || !ascii(typed[0]) || small(word[0]) == typed[0];
}

/// Edits between two words, `limit` + 1 where there are more; capitals of `b` are not seen, `a` has none.
std::size_t edits(std::string_view a, std::string_view b, std::size_t limit, std::vector<std::size_t>& row) {
    const std::size_t longer = std::max(a.size(), b.size()), shorter = std::min(a.size(), b.size());
    if (longer - shorter > limit) return limit + 1;
    row.resize(a.size() + 1);
    for (std::size_t i = 0; i <= a.size(); ++i) row[i] = i;
    for (const char letter : b) {
        std::size_t before = row[0]++, least = row[0];
        for (std::size_t i = 1; i <= a.size(); ++i) {
            const std::size_t changed = before + (a[i - 1] != small(letter));
            before = row[i];
            least = std::min(least, row[i] = std::min({changed, row[i] + 1, row[i - 1] + 1}));
        }
        if (least > limit) return limit + 1;
    }
    return row[a.size()];
}

} // namespace

Spelled spelled(std::span<const std::string> words, std::string_view typed) {
    std::string lowered(typed), in;
    lower(lowered);
    Spelled begins;
    std::int64_t inSmall = -1, whole = -1, first = -1;
    std::vector<std::string> wholes;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (word == typed) return {std::int64_t(i), {}};
        if (inSmall < 0 && word == lowered) inSmall = std::int64_t(i);
        if (!mayBegin(word, lowered)) continue;
        in = word, lower(in);
        if (!in.starts_with(lowered)) continue;
        const auto take = [&](std::int64_t& found, std::vector<std::string>& several) {
            if (found < 0) found = std::int64_t(i);
            if (several.size() <= mostShown && std::find(several.begin(), several.end(), word) == several.end())
                several.push_back(word);
        };
        if (in.size() == lowered.size()) take(whole, wholes);
        take(first, begins.several);
    }
    if (inSmall >= 0) return {inSmall, {}};
    if (whole >= 0 && wholes.size() == 1) return {whole, {}};
    if (whole >= 0) return {-1, std::move(wholes)};
    if (begins.several.size() == 1) return {first, {}};
    return begins;
}

std::vector<std::string> spelledAlike(std::span<const std::string> words, std::string_view typed, std::size_t count) {
    std::vector<std::pair<std::size_t, std::size_t>> found;
    std::string lowered(typed.substr(0, 256));
    lower(lowered);
    const std::size_t limit = std::max<std::size_t>(1, lowered.size() / 3);
    std::vector<std::size_t> row;
    for (std::size_t i = 0; i < words.size(); ++i)
        if (const std::size_t distance = edits(lowered, words[i], limit, row); distance <= limit) found.emplace_back(distance, i);
    std::sort(found.begin(), found.end());
    std::vector<std::string> near;
    for (const auto& [distance, i] : found) {
        if (near.size() == count) break;
        if (std::find(near.begin(), near.end(), words[i]) == near.end()) near.push_back(words[i]);
    }
    return near;
}

std::string spellingHint(std::span<const std::string> words, std::string_view typed) {
    std::vector<std::string> near = spelled(words, typed).several;
    const bool begin = !near.empty();
    if (!begin) near = spelledAlike(words, typed, mostShown);
    if (near.empty()) return {};
    std::string text = begin ? "; begin with it: " : "; spelt like it: ";
    for (std::size_t i = 0; i < std::min(near.size(), mostShown); ++i) text += (i > 0 ? ", " : "") + near[i];
    return text + (near.size() > mostShown ? ", \xE2\x80\xA6" : "");
}

} // namespace orrery::embedding
