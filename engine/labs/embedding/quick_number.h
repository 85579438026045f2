// SPDX-License-Identifier: GPL-3.0-or-later
// Decimal numbers as they stand in tables, eight digits at a time.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace orrery::embedding {

/// Up to eight bytes of [at, end), the first in the lowest place; zeros behind the end.
inline std::uint64_t eightBytes(const char* at, const char* end) {
    std::uint64_t bytes = 0;
    if (end - at >= 8)
        std::memcpy(&bytes, at, 8);
    else
        std::memcpy(&bytes, at, std::size_t(end - at));
    return bytes;
}

/// How many of them, from the first on, are digits. What a byte above 127 carries goes to those behind it, which no longer count.
inline int leadingDigits(std::uint64_t bytes) {
    const std::uint64_t value = bytes ^ 0x3030303030303030;
    return std::countr_zero(((value + 0x7676767676767676) | value) & 0x8080808080808080) / 8;
}

/// The number that the first `count` of them spell, 1 to 8: sums of two, four and eight neighbours.
inline std::uint64_t spelt(std::uint64_t bytes, int count) {
    std::uint64_t sum = (bytes ^ 0x3030303030303030) << (64 - 8 * count); // what is missing in front is zeros
    sum = 10 * sum + (sum >> 8);
    return ((sum & 0xFF000000FF) * 0x000F424000000064 + ((sum >> 16) & 0xFF000000FF) * 0x0000271000000001) >> 32;
}

/// The number at the front of [at, end) as float32, correctly rounded, and `at` behind it; false, with nothing changed, for what
/// needs the general way: more than 2^53 in its digits, powers of ten beyond 22, a sign +, no number at all.
///
/// Digits and power are exact in float64, so one product or quotient is the number rounded once to 53 bits (Clinger 1990). Rounded
/// again to 24 it could be wrong only from the middle between two float32, for whose bits one looks. Neither the largest, 2^53 1e22,
/// nor the least, 1e-22, leaves the range of normal float32.
inline bool quickNumber(const char*& at, const char* end, float& value) {
    static constexpr double tens[] = {1,    1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                      1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    static constexpr std::uint64_t wholeTens[] = {1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000};
    if constexpr (std::endian::native != std::endian::little) return false;
    const char* p = at;
    const bool negative = p < end && *p == '-';
    p += negative;
    std::uint64_t digits = 0;
    const char* const begin = p;
    for (; p < end && std::uint8_t(*p - '0') < 10; ++p) {
        if (p - begin == 9) return false;
        digits = 10 * digits + std::uint64_t(*p - '0');
    }
    int count = int(p - begin), power = 0;
    if (p < end && *p == '.') {
        ++p;
        for (int found = 8; found == 8;) {
            const std::uint64_t bytes = eightBytes(p, end);
            found = leadingDigits(bytes);
            if (found == 0) break;
            count += found, power -= found, p += found;
            if (count > 18) return false;
            digits = digits * wholeTens[found] + spelt(bytes, found);
        }
    }
    if (count == 0) return false;
    if (p < end && (*p == 'e' || *p == 'E')) {
        ++p;
        const bool small = p < end && *p == '-';
        p += p < end && (*p == '-' || *p == '+');
        const int found = leadingDigits(eightBytes(p, end));
        if (found < 1 || found > 4) return false;
        const int exponent = int(spelt(eightBytes(p, end), found));
        power += small ? -exponent : exponent, p += found;
    }
    if (digits > 1ULL << 53 || power < -22 || power > 22) return false;
    const auto exact = double(std::int64_t(digits));
    const double rounded = power < 0 ? exact / tens[-power] : exact * tens[power];
    if ((std::bit_cast<std::uint64_t>(rounded) & 0x1FFFFFFF) == 0x10000000) return false;
    const std::uint32_t sign = negative ? 1U << 31 : 0; // set without a branch, which signs would mislead every other time
    value = std::bit_cast<float>(std::bit_cast<std::uint32_t>(float(rounded)) | sign);
    at = p;
    return true;
}

} // namespace orrery::embedding
