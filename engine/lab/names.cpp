// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/names.h"

#include "engine/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace orrery::lab {

namespace {

/// Damerau-Levenshtein distance with adjacent swaps (optimal string alignment).
std::size_t editDistance(const std::string& a, const std::string& b) {
    std::vector<std::size_t> twoAbove, above(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1])});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], twoAbove[j - 2] + 1);
        }
        twoAbove = std::move(above);
        above = row;
    }
    return above[b.size()];
}

} // namespace

std::string nearest(const std::string& wanted, const std::vector<std::string>& known) {
    if (wanted.size() > 256) return {}; // nobody mistypes that much
    std::string best;
    std::size_t fewest = std::max<std::size_t>(2, wanted.size() / 3) + 1;
    for (const std::string& name : known) {
        const std::size_t edits = editDistance(wanted, name);
        if (edits < fewest && edits < name.size()) fewest = edits, best = name;
    }
    return best;
}

std::string suggestion(const std::string& wanted, const std::vector<std::string>& known) {
    if (const std::string best = nearest(wanted, known); !best.empty()) return "; did you mean '" + best + "'?";
    if (known.empty() || known.size() > 24) return {};
    return "; there " + std::string(known.size() == 1 ? "is only " : "are ") + join(known);
}

std::string shortest(double value) {
    std::array<char, 32> text{};
    char* const last = text.data() + text.size();
    const bool whole = std::abs(value) < 1e15 && value == std::trunc(value);
    const auto end =
        whole ? std::to_chars(text.data(), last, std::int64_t(value)).ptr : std::to_chars(text.data(), last, value).ptr;
    return {text.data(), end};
}

std::string rounded(double value) {
    static constexpr const char* prefixes[] = {"", " k", " M", " G", " T"};
    if (!std::isfinite(value)) return shortest(value);
    int prefix = 0;
    while (std::abs(value) >= 999.5 && prefix < 4) value /= 1000, ++prefix;
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, 3).ptr;
    return std::string(text.data(), end) + prefixes[prefix];
}

std::string figures(double value) {
    if (!std::isfinite(value)) return shortest(value);
    const double size = std::abs(value);
    const int decimals = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 0.1 || size == 0 ? 3 : 6;
    std::array<char, 400> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, decimals).ptr;
    return {text.data(), end};
}

nlohmann::json parseJson(const std::string& text) {
    constexpr int deepest = 32;
    return nlohmann::json::parse(text, [](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
        if (depth > deepest) throw Error("nested more than " + std::to_string(deepest) + " deep");
        return true;
    });
}

std::string join(const std::vector<std::string>& words, const std::string& separator) {
    std::string all;
    for (const std::string& word : words) all += (all.empty() ? "" : separator) + word;
    return all;
}

} // namespace orrery::lab
