// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of a declaration, a line each. What only some rows have goes into `more`; the step of an integer is 1 unless that says
// more, of points 0.01.
#pragma once

#include "engine/lab/declaration.h"

namespace orrery::lab {

Parameter choice(std::string key, std::string label, std::string group, std::string fallback, std::vector<Choice> choices,
                 std::string meaning, Parameter more = {});
Parameter number(std::string key, std::string label, std::string group, double fallback, double low, double high, double step,
                 std::string unit, std::string meaning, Parameter more = {});
Parameter integer(std::string key, std::string label, std::string group, std::int64_t fallback, double low, double high,
                  std::string meaning, Parameter more = {});
Parameter flag(std::string key, std::string label, std::string group, bool fallback, std::string meaning, Parameter more = {});
Parameter file(std::string key, std::string label, std::string group, std::string meaning, Parameter more = {});
/// Of text, 256 bytes at most; with .maxRows so many.
Parameter line(std::string key, std::string label, std::string group, std::string fallback, std::string meaning,
               Parameter more = {});
Parameter points(std::string key, std::string label, std::string group, Points fallback, std::vector<std::string> columns,
                 double low, double high, std::size_t most, std::string meaning, Parameter more = {});

} // namespace orrery::lab
