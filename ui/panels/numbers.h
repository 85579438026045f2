// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers as a panel shows, slides and reads them. Pure functions of the declaration.
#pragma once

#include "engine/lab/declaration.h"

#include <optional>
#include <string>
#include <string_view>

namespace orrery::ui {

/// Decimals that show every multiple of `step`: 0.01 → 2, 0.25 → 2, 1 → 0; at most 9.
int decimalsOf(double step);
/// Fixed decimals, "-0.00" without its sign, the same in every locale.
std::string formatFixed(double value, int decimals);
/// About `digits` significant digits, powers of ten where that is shorter: "0.0123", "1.2e-07".
std::string formatShort(double value, int digits = 3);
/// "1.20e+07" with `digits` significant digits; zero is "0".
std::string formatScientific(double value, int digits);
/// "12.3 M", "5.1 G": three digits and a decimal prefix.
std::string formatPrefixed(double value);

/// Of a number or integer: the text of a value, and the longest text that any value can have (for a constant width).
std::string formatValue(const lab::Parameter& parameter, double value);
std::string widestValue(const lab::Parameter& parameter);

/// Where a value stands on its slider, 0 … 1, on the declared scale; and the value there, a multiple of the step
/// (on a logarithmic scale with two significant digits, so that a drag passes 1000, 1100, 1200, …).
double sliderShare(const lab::Parameter& parameter, double value);
double valueAt(const lab::Parameter& parameter, double share);
/// The next value one step of the keyboard or wheel away.
double nudged(const lab::Parameter& parameter, double value, int by);

/// "20 000", "1e6", "0,5": what a person types; nothing when it is no number.
std::optional<double> parseNumber(std::string_view text);
/// A number or an integer as the declaration's type wants it.
lab::Value toValue(const lab::Parameter& parameter, double value);

} // namespace orrery::ui
