// SPDX-License-Identifier: GPL-3.0-or-later
// Lines, fields and numbers of mapped text, for the readers of tables.
#pragma once

#include "engine/labs/embedding/progress.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orrery::embedding {

/// The text without a byte order mark. Throws Error for UTF-16, for a null byte near the start, for an empty file.
std::string_view textOf(const std::string& path, std::span<const std::byte> bytes);

/// No line of 65,536 numbers is longer; what is longer is no table, and would fill the memory with its fields.
constexpr std::size_t longestLine = 16U << 20;
/// "a line of … bytes; …" for a line beyond that.
std::string tooLong(std::string_view line);

/// The line that begins at `at`, without its end (LF, CRLF); `at` moves behind it.
std::string_view nextLine(std::string_view text, std::size_t& at);

enum class Number { good, notANumber, infinite, tooLarge };
/// The whole of `field` as float32, correctly rounded; too small becomes 0 or a subnormal. A leading + is allowed.
Number parseNumber(std::string_view field, float& value);
/// The number at the front of [at, end); `at` moves behind it.
Number parseNumber(const char*& at, const char* end, float& value);

/// "row 17 (line 18)…" is the caller's; this says what is wrong with such a field: "'abc' is not a number".
std::string complaint(Number what, std::string_view field);

/// UTF-8 as it is, anything else read as Windows-1252 (then `foreign` becomes true).
std::string wordOf(std::string_view bytes, bool& foreign);

/// Work on pieces of about 2 MB that end with a line, on all cores; `take` is called in their order, from this thread.
/// `parse` may throw Error; the error of the earliest piece comes out.
void inPieces(std::string_view text, const std::function<void(std::string_view piece, std::size_t slot)>& parse,
              const std::function<void(std::size_t slot, std::size_t offset)>& take, std::size_t slots, Progress& progress);

} // namespace orrery::embedding
