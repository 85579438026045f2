// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <regex>
#include <string>

namespace orrery::embedding {

/// ECMAScript, capitals of ASCII not seen, tried in time linear in what it is tried on. Throws Error: no regular expression, at which
/// place (counted in characters from 1) and why.
std::regex pattern(const std::string& text);

struct Wrong {
    std::regex_constants::error_type what;
    std::size_t byte; ///< the size of the text where that cannot be said
};
/// The library tells what is wrong, not where, and not always what.
Wrong wrongIn(const std::string& text, std::regex_constants::error_type what);

} // namespace orrery::embedding
