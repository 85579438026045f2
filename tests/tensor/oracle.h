// SPDX-License-Identifier: GPL-3.0-or-later
// What formats are by definition, slowly and in double arithmetic: a table of all numbers from sign, exponent and fraction,
// and rounding by a search in it. Shares no code with engine/tensor/formats.cpp.
#pragma once

#include "engine/philox.h"
#include "engine/tensor/formats.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

namespace orrery::tensor::test {

class Oracle {
 public:
    explicit Oracle(const Format& format) : m_format(format) {
        const int fractions = 1 << format.mantissaBits, exponents = 1 << format.exponentBits;
        for (int e = 0; e < exponents; ++e)
            for (int f = 0; f < fractions; ++f)
                m_values.push_back(e == 0 ? std::ldexp(double(f) / fractions, 1 - format.bias)
                                          : std::ldexp(1 + double(f) / fractions, e - format.bias));
        m_end = std::size_t(format.hasInfinity ? (exponents - 1) * fractions : exponents * fractions - 1);
    }

    /// The number that a code without sign would be, were there no infinity and NaN.
    double plain(std::size_t code) const { return m_values[code]; }
    std::size_t end() const { return m_end; } ///< the first code that is not finite

    /// Code of a finite value or infinity.
    std::uint64_t encode(double value, Rounding rounding = {}) const {
        const std::uint64_t sign = std::signbit(value) ? std::uint64_t{1} << (m_format.bits() - 1) : 0;
        const double size = std::abs(value);
        const auto above = std::upper_bound(m_values.begin(), m_values.begin() + std::ptrdiff_t(m_end) + 1, size);
        std::size_t code = std::size_t(above - m_values.begin()) - 1;
        if (std::isinf(size)) return sign | (rounding.saturate ? m_end - 1 : m_end);
        if (code < m_end && m_values[code] != size) {
            const double lower = m_values[code], upper = m_values[code + 1], middle = (lower + upper) / 2; // exact
            if (rounding.mode == Rounding::Mode::nearestEven)
                code += size > middle || (size == middle && code % 2 == 1);
            else if (rounding.mode == Rounding::Mode::stochastic)
                code += double(rounding.word) < std::floor((size - lower) / (upper - lower) * 0x1p32); // exact: a power of two
        }
        if (code >= m_end) code = rounding.saturate || rounding.mode == Rounding::Mode::towardZero ? m_end - 1 : m_end;
        return sign | code;
    }

 private:
    Format m_format;
    std::vector<double> m_values;
    std::size_t m_end = 0;
};

inline const std::vector<const Format*>& narrow() {
    static const std::vector<const Format*> all{&fp16, &bf16, &e4m3, &e5m2};
    return all;
}

/// Bits of float32 at which rounding changes its mind: every exponent (subnormals, infinity and NaN too) and both signs with
/// fractions at, just under and just over numbers and ties of each narrow format, and as many of all sizes at random.
inline std::vector<std::uint32_t> floatBits() {
    std::vector<std::uint32_t> fractions{0, 1, 2, 0x7FFFFE, 0x7FFFFF, 0x400000, 0x555555, 0x2AAAAA};
    for (const Format* format : narrow())
        for (const std::uint32_t k : {0u, 1u, 2u, 3u, (1u << format->mantissaBits) - 2, (1u << format->mantissaBits) - 1})
            for (const std::uint32_t tie : {0u, 1u})
                for (const std::uint32_t off : {0x7FFFFFu, 0u, 1u})
                    fractions.push_back((((2 * k + tie) << (22 - format->mantissaBits)) + off) & 0x7FFFFFu);
    // Where a format's subnormals begin to lose bits: one set bit at each place, alone and with all below.
    for (int bit = 0; bit < 23; ++bit) fractions.insert(fractions.end(), {1u << bit, (2u << bit) - 1});
    std::vector<std::uint32_t> all;
    for (std::uint32_t top = 0; top < 512; ++top) {
        for (const std::uint32_t fraction : fractions) all.push_back(top << 23 | fraction);
        for (std::uint32_t i = 0; i < 50; ++i) {
            const Philox4 w = philox(3, i, top, 0);
            for (const std::uint32_t word : w) all.push_back(top << 23 | word >> 9);
        }
    }
    return all;
}

inline bool isNan(std::uint32_t bits) { return (bits & 0x7FFFFFFFu) > 0x7F800000u; }

} // namespace orrery::tensor::test
