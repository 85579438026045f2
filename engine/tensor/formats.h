// SPDX-License-Identifier: GPL-3.0-or-later
// Binary floating-point formats by integer bit code: what a device does is only reported, this is what is true. The twin of
// shaders/common/formats.glsl, bit for bit. IEEE 754-2019; bfloat16; FP8 of the OCP 8-bit Floating Point Specification 1.0.
// A code is sign, exponent, fraction from the top: value (-1)^s 2^(max(e,1) - bias) (min(e,1) + fraction 2^-mantissaBits).
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace orrery::tensor {

struct Format {
    const char* name = "";
    int exponentBits = 0, mantissaBits = 0, bias = 0; ///< mantissaBits: those stored, without the leading one
    bool hasInfinity = true; ///< false (e4m3): the top exponent holds numbers too, and only all ones there is NaN
    double maxFinite = 0;

    constexpr int bits() const { return 1 + exponentBits + mantissaBits; }
    constexpr int minExponent() const { return 1 - bias; } ///< of the smallest normal number; subnormals lie below 2^this
    constexpr std::uint64_t signBit() const { return std::uint64_t{1} << (exponentBits + mantissaBits); }
    constexpr std::uint64_t implicitOne() const { return std::uint64_t{1} << mantissaBits; } ///< the smallest normal's code
    /// Infinity's code; in e4m3, which has none, its only NaN. All greater codes are NaN.
    constexpr std::uint64_t overflowCode() const { return hasInfinity ? signBit() - implicitOne() : signBit() - 1; }
    constexpr std::uint64_t maxFiniteCode() const { return overflowCode() - 1; }
    double minNormal() const;
    double minSubnormal() const;
};

inline constexpr Format fp64{"fp64", 11, 52, 1023, true, 0x1.fffffffffffffp1023};
inline constexpr Format fp32{"fp32", 8, 23, 127, true, 0x1.fffffep127};
inline constexpr Format fp16{"fp16", 5, 10, 15, true, 65504};
inline constexpr Format bf16{"bf16", 8, 7, 127, true, 0x1.fep127};
inline constexpr Format e4m3{"fp8 e4m3", 4, 3, 7, false, 448};
inline constexpr Format e5m2{"fp8 e5m2", 5, 2, 15, true, 57344};
inline constexpr std::array<const Format*, 6> formats{&fp64, &fp32, &fp16, &bf16, &e4m3, &e5m2};

/// How a value between two neighbours of a format is given one of them.
/// Stochastic: away from zero when word < floor(2^32 fraction), fraction being the part of the spacing that the value lies
/// beyond the neighbour nearer zero. Its mean over words is the value, short of 2^-32 spacings at most; a value that the
/// format holds never moves.
struct Rounding {
    enum class Mode { nearestEven, towardZero, stochastic };
    Mode mode = Mode::nearestEven;
    std::uint32_t word = 0; ///< stochastic: a fresh random word for each value
    /// What rounds (as if the exponent had no end) above maxFinite becomes infinity or, in e4m3, NaN: fp16 from 65520,
    /// e4m3 above 464 (the tie 464 goes to 448), e5m2 from 61440. IEEE's rule and the OCP's non-saturating one.
    /// With saturate, the OCP's other choice: the greatest finite number, also for infinities; NaN stays NaN.
    bool saturate = false;

    static Rounding towardZero() { return {Mode::towardZero}; } ///< a finite value ends at maxFinite
    static Rounding stochastic(std::uint32_t random) { return {Mode::stochastic, random}; }
    Rounding saturating() const { return {mode, word, true}; }
};

/// The code of a value. Signs survive, also of zero and NaN; a NaN becomes a quiet one with the payload's top bits.
std::uint64_t encode(const Format& format, double value, Rounding rounding = {});
std::uint64_t encode(const Format& format, float value, Rounding rounding = {});
/// Exact for every format: fp64 holds them all. Bits above the format's are ignored. NaN payloads are kept.
double decode(const Format& format, std::uint64_t code);
float decodeToFloat(const Format& format, std::uint64_t code); ///< of fp64: rounded to nearest; else exact as decode

/// decodeToFloat(encode()); fp64 and fp32 give the value back.
float roundTo(const Format& format, float value, Rounding rounding = {});

/// The distance of neighbours in the value's binade, the smallest subnormal below minNormal; infinite beyond maxFinite
/// and NaN of NaN. `value` need not be one of the format's.
double spacing(const Format& format, double value);

/// The format's numbers next to a value, itself excluded. They go on to infinity where the format has it, else NaN;
/// beyond infinity and of NaN: NaN. Zero's are the two smallest subnormals.
struct Neighbours {
    double below = 0, above = 0;
};
Neighbours neighbours(const Format& format, double value);

enum class Kind { zero, subnormal, normal, infinity, nan };
Kind classify(const Format& format, std::uint64_t code);
/// Of the value rounded to nearest into the format.
bool isSubnormal(const Format& format, double value);

/// The two formats that training uses, fast: same results as encode and decode.
std::uint16_t halfFromFloat(float value);
float floatFromHalf(std::uint16_t code);
std::uint16_t bf16FromFloat(float value);
float floatFromBf16(std::uint16_t code);

/// Whole arrays of the same length; throws Error naming both lengths.
void halfFromFloat(std::span<const float> values, std::span<std::uint16_t> codes);
void floatFromHalf(std::span<const std::uint16_t> codes, std::span<float> values);

} // namespace orrery::tensor
