// SPDX-License-Identifier: GPL-3.0-or-later
// Loops over floats on the host that a portable build still runs with AVX2 where the machine has it: a body is written once,
// ORRERY_VECTOR_LOOP compiles it twice and picks one when the program runs.
#pragma once

#include <bit>
#include <cstdint>

#if defined(__GNUC__) && defined(__x86_64__)
#define ORRERY_INLINE inline __attribute__((always_inline))
/// Defines `name`, a function with these parameters, from the ORRERY_INLINE function name##Body.
#define ORRERY_VECTOR_LOOP(name, parameters, arguments)                                           \
    __attribute__((target("avx2,fma"))) void name##Avx2 parameters { name##Body arguments; }      \
    void name##Plain parameters { name##Body arguments; }                                         \
    void name parameters {                                                                        \
        static const bool wide = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); \
        if (wide)                                                                                 \
            name##Avx2 arguments;                                                                 \
        else                                                                                      \
            name##Plain arguments;                                                                \
    }
#else
#define ORRERY_INLINE inline
#define ORRERY_VECTOR_LOOP(name, parameters, arguments) \
    void name parameters { name##Body arguments; }
#endif

namespace orrery::tensor::host {

/// e^x for x <= 88 without a branch; 0 below -87, where float32 is nearly at its end. x = n ln 2 + r, |r| <= ln 2 / 2; the
/// polynomial is Taylor's, whose rest is below 2^-27 there. Error under 2 units in the last place (tests/tensor/tst_host.cpp).
ORRERY_INLINE float expOf(float x) {
    const float low = x < -87.0F ? -87.0F : x;             // a NaN stays one
    const float shifted = low * 1.44269504F + 12582912.0F; // 1.5 * 2^23: the sum's last bits are the nearest whole number
    const float n = shifted - 12582912.0F;
    const float r = (low - n * 0.693145751953125F) - n * 1.42860682e-6F;
    float e = 0.0001984127F;
    e = e * r + 0.0013888889F;
    e = e * r + 0.008333334F;
    e = e * r + 0.041666668F;
    e = e * r + 0.16666667F;
    e = e * r + 0.5F;
    e = e * r + 1.0F;
    e = e * r + 1.0F;
    const auto bits = std::bit_cast<std::uint32_t>(shifted);       // of a NaN they overflow
    const float power = std::bit_cast<float>((bits + 127U) << 23); // the bits above the whole number fall out
    return x < -87.0F ? 0.0F : e * power;
}

} // namespace orrery::tensor::host
