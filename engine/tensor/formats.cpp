// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/formats.h"

#include "engine/error.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string>

namespace orrery::tensor {

namespace {

constexpr std::uint64_t signOf64 = std::uint64_t{1} << 63, oneOf64 = std::uint64_t{1} << 52, infinityOf64 = 0x7FFull << 52;

/// A float's bits as a double's. By integers where it is NaN: a processor's conversion would make it quiet or drop its payload.
std::uint64_t widened(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    if ((bits & 0x7FFFFFFFu) <= 0x7F800000u) return std::bit_cast<std::uint64_t>(double(value));
    return std::uint64_t(bits >> 31) << 63 | infinityOf64 | std::uint64_t(bits & 0x7FFFFFu) << 29;
}

/// The top 32 bits behind the point of significand 2^-shift.
std::uint32_t fractionWord(std::uint64_t significand, int shift) {
    if (shift - 32 > 63) return 0;
    return std::uint32_t(shift >= 32 ? significand >> (shift - 32) : significand << (32 - shift));
}

std::uint64_t encodeBits(const Format& format, std::uint64_t bits, Rounding rounding) {
    const std::uint64_t sign = bits & signOf64 ? format.signBit() : 0, magnitude = bits & ~signOf64;
    if (magnitude > infinityOf64) {
        if (!format.hasInfinity) return sign | format.overflowCode();
        const std::uint64_t payload = (magnitude & (oneOf64 - 1)) >> (52 - format.mantissaBits);
        return sign | format.overflowCode() | payload | format.implicitOne() >> 1;
    }
    const std::uint64_t overflow = rounding.saturate ? format.maxFiniteCode() : format.overflowCode();
    if (magnitude == infinityOf64) return sign | overflow;
    if (magnitude == 0) return sign;

    const int field = int(magnitude >> 52);
    const std::uint64_t significand = field ? (magnitude & (oneOf64 - 1)) | oneOf64 : magnitude;
    const int exponent = std::max(field, 1) - 1023;                   // value = significand 2^(exponent - 52)
    const int binade = std::max(exponent, format.minExponent());      // whose spacing is 2^(binade - mantissaBits)
    const int shift = binade - format.mantissaBits - (exponent - 52); // at least 0, over 64 far below the format
    const std::uint64_t kept = shift > 63 ? 0 : significand >> shift;
    bool up = false;
    if (rounding.mode == Rounding::Mode::stochastic) {
        up = shift > 0 && rounding.word < fractionWord(significand, shift);
    } else if (rounding.mode == Rounding::Mode::nearestEven && shift > 0 && shift < 54) { // from 54 on it is under a half
        const std::uint64_t half = std::uint64_t{1} << (shift - 1), rest = significand & (2 * half - 1);
        up = rest > half || (rest == half && (kept & 1));
    }
    // The leading one counts as one exponent step; rounding up carries into the exponent by itself, subnormals into normals too.
    const std::uint64_t code = (std::uint64_t(binade - format.minExponent()) << format.mantissaBits) + kept + up;
    if (code <= format.maxFiniteCode()) return sign | code;
    return sign | (rounding.mode == Rounding::Mode::towardZero ? format.maxFiniteCode() : overflow);
}

/// Codes in the order of their values, zeros as one: the neighbours are one step away.
std::int64_t orderOf(const Format& format, std::uint64_t code) {
    const auto magnitude = std::int64_t(code & (format.signBit() - 1));
    return code & format.signBit() ? -magnitude : magnitude;
}

double atOrder(const Format& format, std::int64_t order) {
    const auto magnitude = std::uint64_t(order < 0 ? -order : order);
    if (magnitude > format.overflowCode()) return std::numeric_limits<double>::quiet_NaN();
    return decode(format, order < 0 ? format.signBit() | magnitude : magnitude);
}

void sameLength(std::size_t a, std::size_t b) {
    if (a != b)
        throw Error("halves and floats: " + std::to_string(a) + " values cannot be written to " + std::to_string(b) +
                    "; pass spans of one length");
}

} // namespace

double Format::minNormal() const { return std::ldexp(1.0, minExponent()); }

double Format::minSubnormal() const { return std::ldexp(1.0, minExponent() - mantissaBits); }

std::uint64_t encode(const Format& format, double value, Rounding rounding) {
    return encodeBits(format, std::bit_cast<std::uint64_t>(value), rounding);
}

std::uint64_t encode(const Format& format, float value, Rounding rounding) {
    return encodeBits(format, widened(value), rounding);
}

double decode(const Format& format, std::uint64_t code) {
    const std::uint64_t sign = code & format.signBit() ? signOf64 : 0, magnitude = code & (format.signBit() - 1);
    const int field = int(magnitude >> format.mantissaBits);
    const std::uint64_t fraction = magnitude & (format.implicitOne() - 1);
    std::uint64_t bits = 0;
    if (magnitude >= format.overflowCode()) {
        bits = infinityOf64 | (format.hasInfinity ? fraction << (52 - format.mantissaBits) : oneOf64 >> 1);
    } else if (field > 0) {
        bits = std::uint64_t(field - format.bias + 1023) << 52 | fraction << (52 - format.mantissaBits);
    } else if (format.bias == 1023) {
        bits = fraction;
    } else if (fraction > 0) { // subnormal there, normal here: the leading one moves up to bit 52
        const int width = std::bit_width(fraction);
        bits = std::uint64_t(format.minExponent() - format.mantissaBits + width - 1 + 1023) << 52 |
               ((fraction << (53 - width)) & (oneOf64 - 1));
    }
    return std::bit_cast<double>(sign | bits);
}

float decodeToFloat(const Format& format, std::uint64_t code) {
    const double value = decode(format, code);
    if (!std::isnan(value)) return float(value);
    const auto bits = std::bit_cast<std::uint64_t>(value); // by integers, as in widened()
    return std::bit_cast<float>(std::uint32_t(bits >> 63) << 31 | 0x7F800000u | (std::uint32_t(bits >> 29) & 0x7FFFFFu));
}

float roundTo(const Format& format, float value, Rounding rounding) {
    return format.mantissaBits >= fp32.mantissaBits ? value : decodeToFloat(format, encode(format, value, rounding));
}

double spacing(const Format& format, double value) {
    const double size = std::abs(value);
    if (std::isnan(value)) return value;
    if (size > format.maxFinite) return std::numeric_limits<double>::infinity();
    const int exponent = size < format.minNormal() ? format.minExponent() : std::ilogb(size);
    return std::ldexp(1.0, exponent - format.mantissaBits);
}

Neighbours neighbours(const Format& format, double value) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    if (std::isnan(value)) return {nan, nan};
    if (std::isinf(value)) {
        const double end = std::copysign(format.maxFinite, value);
        return value > 0 ? Neighbours{end, nan} : Neighbours{nan, end};
    }
    // Toward zero a value beyond maxFinite ends there, and the next in order is infinity or NaN.
    const std::int64_t order = orderOf(format, encode(format, value, Rounding::towardZero()));
    const double nearer = atOrder(format, order);
    if (nearer == value) return {atOrder(format, order - 1), atOrder(format, order + 1)};
    return value > 0 ? Neighbours{nearer, atOrder(format, order + 1)} : Neighbours{atOrder(format, order - 1), nearer};
}

Kind classify(const Format& format, std::uint64_t code) {
    const std::uint64_t magnitude = code & (format.signBit() - 1);
    if (magnitude == 0) return Kind::zero;
    if (magnitude < format.implicitOne()) return Kind::subnormal;
    if (magnitude < format.overflowCode()) return Kind::normal;
    return format.hasInfinity && magnitude == format.overflowCode() ? Kind::infinity : Kind::nan;
}

bool isSubnormal(const Format& format, double value) { return classify(format, encode(format, value)) == Kind::subnormal; }

std::uint16_t halfFromFloat(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7FFFFFFFu;
    if (magnitude > 0x7F800000u) return std::uint16_t(sign | 0x7E00u | (magnitude >> 13 & 0x3FFu));
    if (magnitude >= 0x477FF000u) return std::uint16_t(sign | 0x7C00u); // 65520
    if (magnitude >= 0x38800000u)                                       // 2^-14: rebias, add just under a half, or a half if odd
        return std::uint16_t(sign | ((magnitude - 0x38000000u + 0xFFFu + (magnitude >> 13 & 1u)) >> 13));
    if (magnitude <= 0x33000000u) return std::uint16_t(sign); // 2^-25, the tie with zero
    const std::uint32_t shift = 126 - (magnitude >> 23), significand = (magnitude & 0x7FFFFFu) | 0x800000u;
    const std::uint32_t odd = significand >> shift & 1u;
    return std::uint16_t(sign | ((significand + (1u << (shift - 1)) - 1u + odd) >> shift));
}

float floatFromHalf(std::uint16_t code) {
    const std::uint32_t sign = std::uint32_t(code & 0x8000u) << 16, magnitude = code & 0x7FFFu;
    if (magnitude >= 0x7C00u) return std::bit_cast<float>(sign | 0x7F800000u | (magnitude & 0x3FFu) << 13);
    if (magnitude >= 0x400u) return std::bit_cast<float>(sign | ((magnitude << 13) + 0x38000000u));
    const float size = float(magnitude) * 0x1p-24f; // exact, and normal in float32
    return sign ? -size : size;
}

std::uint16_t bf16FromFloat(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    if ((bits & 0x7FFFFFFFu) > 0x7F800000u) return std::uint16_t(bits >> 16 | 0x40u);
    return std::uint16_t((bits + 0x7FFFu + (bits >> 16 & 1u)) >> 16);
}

float floatFromBf16(std::uint16_t code) { return std::bit_cast<float>(std::uint32_t(code) << 16); }

void halfFromFloat(std::span<const float> values, std::span<std::uint16_t> codes) {
    sameLength(values.size(), codes.size());
    for (std::size_t i = 0; i < values.size(); ++i) codes[i] = halfFromFloat(values[i]);
}

void floatFromHalf(std::span<const std::uint16_t> codes, std::span<float> values) {
    sameLength(codes.size(), values.size());
    for (std::size_t i = 0; i < codes.size(); ++i) values[i] = floatFromHalf(codes[i]);
}

} // namespace orrery::tensor
