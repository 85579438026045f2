// SPDX-License-Identifier: GPL-3.0-or-later
// One number taken apart, and one number rounded into each format. Pure functions of engine/tensor/formats.h.
#pragma once

#include "engine/tensor/formats.h"

#include <array>

namespace orrery::precision {

/// The three fields of a code and what they mean.
struct Anatomy {
    const tensor::Format* format = nullptr;
    std::uint64_t code = 0;
    bool negative = false;
    int field = 0;              ///< the exponent bits as a whole number
    std::uint64_t fraction = 0; ///< the fraction bits as a whole number, of 2^mantissaBits
    tensor::Kind kind = tensor::Kind::zero;
    double value = 0;
    double spacing = 0;      ///< to the neighbour away from zero; infinite or NaN where there is none
    tensor::Neighbours next; ///< the format's numbers below and above

    bool hiddenOne() const { return field > 0; } ///< 1.f; else 0.f
    int exponent() const { return (field > 0 ? field : 1) - format->bias; }
};
Anatomy anatomy(const tensor::Format& format, std::uint64_t code);

/// The value by the definition alone, (-1)^s 2^(max(e,1) - bias) (min(e,1) + f 2^-m), in float64: what decode() is checked
/// against. Of finite codes.
double byDefinition(const Anatomy& number);

/// The weight that a bit lends: of a fraction bit its share of the value, of an exponent bit its share of the field.
enum class Field { sign, exponent, fraction };
Field fieldOf(const tensor::Format& format, int bit); ///< bit 0 is the lowest of the code

/// x as a format takes it.
struct Rounded {
    const tensor::Format* format = nullptr;
    std::uint64_t code = 0;
    double value = 0;                            ///< rounded to nearest even
    double absolute = 0, relative = 0, ulps = 0; ///< value - x; its share of |x|; in spacings at x
    /// Stochastic rounding: one of two neighbours, `up` the probability of the one farther from zero. Equal when x is there.
    double toward = 0, away = 0, up = 0;
};
Rounded rounded(const tensor::Format& format, double x);
std::array<Rounded, 6> roundedIntoAll(double x); ///< in the order of tensor::formats

} // namespace orrery::precision
