// SPDX-License-Identifier: GPL-3.0-or-later
// What a person types for a word, a row or a column: capitals need not be right and the end may be left out, as long as only one
// can be meant.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orrery::embedding {

struct Spelled {
    std::int64_t at = -1;             ///< which of the words; of equal ones the first
    std::vector<std::string> several; ///< why it is -1: these, the first few, all begin so
};

/// As written; else in lower case; else the only one but for capitals; else the only one that begins so.
Spelled spelled(std::span<const std::string> words, std::string_view typed);

/// Of up to `count` words the nearest by edits (Levenshtein, at most a third of the letters), whatever their capitals.
std::vector<std::string> spelledAlike(std::span<const std::string> words, std::string_view typed, std::size_t count);

/// "; begin with it: queen, quest, quick, …", "; spelt like it: queen, green", or nothing.
std::string spellingHint(std::span<const std::string> words, std::string_view typed);

} // namespace orrery::embedding
