// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/precision/anatomy.h"

#include <algorithm>
#include <cmath>

namespace orrery::precision {

using tensor::Format;
using tensor::Kind;

Anatomy anatomy(const Format& format, std::uint64_t code) {
    Anatomy a;
    a.format = &format, a.code = code;
    a.negative = (code & format.signBit()) != 0;
    const std::uint64_t magnitude = code & (format.signBit() - 1);
    a.field = int(magnitude >> format.mantissaBits);
    a.fraction = magnitude & (format.implicitOne() - 1);
    a.kind = tensor::classify(format, code);
    a.value = tensor::decode(format, code);
    a.spacing = tensor::spacing(format, a.value);
    a.next = tensor::neighbours(format, a.value);
    return a;
}

double byDefinition(const Anatomy& a) {
    const double significand = double(a.fraction) + (a.hiddenOne() ? double(a.format->implicitOne()) : 0); // below 2^53: exact
    const double size = std::ldexp(significand, a.exponent() - a.format->mantissaBits);
    return a.negative ? -size : size;
}

Field fieldOf(const Format& format, int bit) {
    if (bit >= format.exponentBits + format.mantissaBits) return Field::sign;
    return bit >= format.mantissaBits ? Field::exponent : Field::fraction;
}

Rounded rounded(const Format& format, double x) {
    Rounded r;
    r.format = &format;
    r.code = tensor::encode(format, x);
    r.value = tensor::decode(format, r.code);
    r.absolute = r.value == x ? 0 : r.value - x; // inf - inf is no error
    r.relative = r.absolute == 0 ? 0 : r.absolute / std::abs(x);
    const double toward = tensor::decode(format, tensor::encode(format, x, tensor::Rounding::towardZero()));
    r.toward = r.away = toward;
    if (!std::isfinite(x)) {
        r.ulps = r.absolute;
        return r;
    }
    // Beyond the greatest number the spacing goes on as if the exponent had no end, as the rounding itself does.
    const double unit = std::abs(x) > format.maxFinite ? tensor::spacing(format, format.maxFinite) : tensor::spacing(format, x);
    r.ulps = r.absolute / unit;
    if (toward == x) return r;
    const tensor::Neighbours next = tensor::neighbours(format, x);
    r.away = x > 0 ? next.above : next.below;
    r.up = std::min(1.0, std::abs(x - toward) / unit);
    return r;
}

std::array<Rounded, 6> roundedIntoAll(double x) {
    std::array<Rounded, 6> all;
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = rounded(*tensor::formats[i], x);
    return all;
}

} // namespace orrery::precision
