// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/numbers.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace orrery::ui {

namespace {

std::string chars(double value, std::chars_format format, int precision) {
    char buffer[64];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, format, precision);
    return end.ec == std::errc() ? std::string(buffer, end.ptr) : std::string("?");
}

double toMultiple(double value, double step) {
    // A step of 0.001 has no exact double: dividing by its reciprocal keeps 0.1 at 0.1.
    const double inverse = 1 / step;
    return inverse > 1 ? std::round(value * inverse) / std::round(inverse) : std::round(value / step) * step;
}

double roundSignificant(double value, int digits) {
    if (value == 0) return 0;
    const double unit = std::pow(10., std::floor(std::log10(std::abs(value))) - (digits - 1));
    return unit < 1 ? std::round(value / unit) / std::round(1 / unit) : std::round(value / unit) * unit;
}

} // namespace

int decimalsOf(double step) {
    for (int decimals = 0; decimals < 9; ++decimals) {
        const double scaled = step * std::pow(10., decimals);
        if (std::abs(scaled - std::round(scaled)) < 1e-6 * scaled && std::round(scaled) > 0) return decimals;
    }
    return 9;
}

std::string formatFixed(double value, int decimals) {
    if (!std::isfinite(value)) return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
    std::string text = chars(value, std::chars_format::fixed, std::clamp(decimals, 0, 17));
    if (text[0] == '-' && text.find_first_not_of("-0.") == std::string::npos) text.erase(0, 1);
    return text;
}

std::string formatShort(double value, int digits) {
    if (!std::isfinite(value)) return formatFixed(value, 0);
    const double size = std::abs(value);
    if (size == 0) return "0";
    if (size < 1e-4 || size >= 1e6) return formatScientific(value, digits);
    return formatFixed(value, std::max(0, digits - 1 - int(std::floor(std::log10(size)))));
}

std::string formatScientific(double value, int digits) {
    return value == 0 ? "0" : chars(value, std::chars_format::scientific, std::clamp(digits - 1, 0, 16));
}

std::string formatPrefixed(double value) {
    static constexpr const char* prefixes[] = {"", "k", "M", "G", "T", "P"};
    std::size_t prefix = 0;
    while (std::abs(value) >= 999.5 && prefix + 1 < std::size(prefixes)) value /= 1000, ++prefix;
    return formatFixed(value, std::abs(value) < 9.995 ? 2 : std::abs(value) < 99.95 ? 1 : 0) + " " + prefixes[prefix];
}

std::string formatValue(const lab::Parameter& parameter, double value) {
    return formatFixed(value, parameter.type == lab::Type::integer ? 0 : decimalsOf(parameter.step));
}

std::string widestValue(const lab::Parameter& parameter) {
    const std::string low = formatValue(parameter, parameter.low), high = formatValue(parameter, parameter.high);
    return low.size() > high.size() ? low : high;
}

double sliderShare(const lab::Parameter& p, double value) {
    if (!(p.high > p.low)) return 0;
    const bool logarithmic = p.scale == lab::Scale::logarithmic && p.low > 0;
    const double share =
        logarithmic ? std::log(std::max(value, p.low) / p.low) / std::log(p.high / p.low) : (value - p.low) / (p.high - p.low);
    return std::clamp(share, 0., 1.);
}

double valueAt(const lab::Parameter& p, double share) {
    share = std::clamp(share, 0., 1.);
    if (share == 0) return p.low;
    if (share == 1) return p.high;
    double value = p.low + share * (p.high - p.low);
    if (p.scale == lab::Scale::logarithmic && p.low > 0) value = roundSignificant(p.low * std::pow(p.high / p.low, share), 2);
    if (p.type == lab::Type::integer)
        value = std::round(value);
    else if (p.step > 0)
        value = toMultiple(value, p.step);
    return std::clamp(value, p.low, p.high);
}

double nudged(const lab::Parameter& p, double value, int by) {
    const double step = p.step > 0 ? p.step : p.type == lab::Type::integer ? 1 : (p.high - p.low) / 100;
    if (p.scale != lab::Scale::logarithmic || p.low <= 0) {
        // A slider of a thousand steps would need a thousand keystrokes.
        const double stride = std::max(step, toMultiple((p.high - p.low) / 100, step));
        return std::clamp(toMultiple(value + by * stride, step), p.low, p.high);
    }
    const double next = valueAt(p, sliderShare(p, value) + by / 60.);
    const double atLeast = toMultiple(value + by * step, step);
    return std::clamp(by > 0 ? std::max(next, atLeast) : std::min(next, atLeast), p.low, p.high);
}

std::optional<double> parseNumber(std::string_view text) {
    std::string digits;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const unsigned char c = static_cast<unsigned char>(text[i]);
        if (c == ' ' || c == '\t') continue;
        if (c == 0xE2 && i + 2 < text.size()) { // thin and narrow spaces, as copied from elsewhere
            i += 2;
            continue;
        }
        digits += c == ',' ? '.' : char(c);
    }
    const char* begin = digits.data() + (!digits.empty() && digits[0] == '+' ? 1 : 0);
    const char* end = digits.data() + digits.size();
    double value = 0;
    const auto [rest, error] = std::from_chars(begin, end, value);
    if (error != std::errc() || rest != end || begin == end || !std::isfinite(value)) return std::nullopt;
    return value;
}

lab::Value toValue(const lab::Parameter& parameter, double value) {
    if (parameter.type != lab::Type::integer) return value;
    return std::int64_t(std::llround(std::clamp(value, -9e18, 9e18)));
}

} // namespace orrery::ui
