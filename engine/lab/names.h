// SPDX-License-Identifier: GPL-3.0-or-later
// Words for errors: the nearest known name, and numbers as a person writes them.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace orrery::lab {

/// The known name with the fewest edits (insert, delete, replace, swap neighbours) from `wanted`; empty when all are
/// farther than a third of its length, or two for a short one.
std::string nearest(const std::string& wanted, const std::vector<std::string>& known);

/// "; did you mean 'beta_max'?", or "; there are a, b, c" when none is near and few are known, or nothing.
std::string suggestion(const std::string& wanted, const std::vector<std::string>& known);

/// Shortest decimal that reads back to the same double, never with a comma: "0.1", "100000", "1e-05", "inf".
std::string shortest(double value);

/// "1.2 M", "340 k", "12": three digits at most, with a unit prefix.
std::string rounded(double value);

/// Four digits, whole above a thousand, without exponents: "548.2", "16.31", "124301".
std::string figures(double value);

/// `text` as JSON. Throws nlohmann's parse_error, and Error when it is nested deeper than anything of ours: values are
/// printed and destroyed by recursion, which a hostile file must not choose the depth of.
nlohmann::json parseJson(const std::string& text);

std::string join(const std::vector<std::string>& words, const std::string& separator = ", ");

} // namespace orrery::lab
