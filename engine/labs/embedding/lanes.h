// SPDX-License-Identifier: GPL-3.0-or-later
// Eight floats at a time, for loops that the compiler does not vectorise by itself: sums, whose order must stay as written, and
// powers.
#pragma once

#include "engine/tensor/host_vector.h"

#include <cstring>

namespace orrery::embedding {

#ifdef __GNUC__
#pragma GCC diagnostic ignored "-Wpsabi" // of the plain build of a loop: these are passed by inlining only
using F8 = float __attribute__((vector_size(32)));
using I8 = std::int32_t __attribute__((vector_size(32)));
ORRERY_INLINE F8 all(float x) { return F8{x, x, x, x, x, x, x, x}; }
ORRERY_INLINE F8 least8(F8 a, F8 b) { return a < b ? a : b; }
ORRERY_INLINE F8 most8(F8 a, F8 b) { return a > b ? a : b; }
ORRERY_INLINE I8 bits8(F8 x) { return std::bit_cast<I8>(x); }
ORRERY_INLINE F8 fromBits8(I8 x) { return std::bit_cast<F8>(x); }
ORRERY_INLINE F8 float8(I8 x) { return __builtin_convertvector(x, F8); }
#else
template <class T>
struct Eight {
    T v[8];
    T operator[](int i) const { return v[i]; }
    T& operator[](int i) { return v[i]; }
#define ORRERY_LANES(op)                                       \
    friend Eight operator op(Eight a, Eight b) {               \
        for (int i = 0; i < 8; ++i) a.v[i] = a.v[i] op b.v[i]; \
        return a;                                              \
    }                                                          \
    friend Eight operator op(Eight a, T b) {                   \
        for (int i = 0; i < 8; ++i) a.v[i] = a.v[i] op b;      \
        return a;                                              \
    }
    ORRERY_LANES(+)
    ORRERY_LANES(-)
    ORRERY_LANES(*)
    ORRERY_LANES(/)
    ORRERY_LANES(>>)
    ORRERY_LANES(<<)
    ORRERY_LANES(&)
#undef ORRERY_LANES
    Eight& operator+=(Eight b) { return *this = *this + b; }
};
using F8 = Eight<float>;
using I8 = Eight<std::int32_t>;
inline F8 all(float x) { return {{x, x, x, x, x, x, x, x}}; }
template <class To, class From, class Make>
To each8(From a, Make make) {
    To out;
    for (int i = 0; i < 8; ++i) out[i] = make(a[i], i);
    return out;
}
inline F8 least8(F8 a, F8 b) {
    return each8<F8>(a, [&](float x, int i) { return x < b[i] ? x : b[i]; });
}
inline F8 most8(F8 a, F8 b) {
    return each8<F8>(a, [&](float x, int i) { return x > b[i] ? x : b[i]; });
}
inline I8 bits8(F8 a) {
    return each8<I8>(a, [](float x, int) { return std::bit_cast<std::int32_t>(x); });
}
inline F8 fromBits8(I8 a) {
    return each8<F8>(a, [](std::int32_t x, int) { return std::bit_cast<float>(x); });
}
inline F8 float8(I8 a) {
    return each8<F8>(a, [](std::int32_t x, int) { return float(x); });
}
#endif

#ifdef __GNUC__
// A memcpy is taken apart into pieces before the loop around it is known to have AVX.
using F8InMemory = float __attribute__((vector_size(32), aligned(4), may_alias));
ORRERY_INLINE F8 load8(const float* from) { return *reinterpret_cast<const F8InMemory*>(from); }
ORRERY_INLINE void store8(float* to, F8 v) { *reinterpret_cast<F8InMemory*>(to) = v; }
#else
ORRERY_INLINE F8 load8(const float* from) {
    F8 v;
    std::memcpy(&v, from, sizeof v);
    return v;
}
ORRERY_INLINE void store8(float* to, F8 v) { std::memcpy(to, &v, sizeof v); }
#endif
ORRERY_INLINE float sum8(F8 v) { return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7])); }

/// log2 of normal x > 0; error below 2e-7 (1 + |log2 x|). The polynomial is that of shaders/common/math.glsl.
ORRERY_INLINE F8 log2Of8(F8 x) {
    const I8 bits = bits8(x) - 0x3F3504F3; // of sqrt(1/2)
    const F8 f = fromBits8((bits & 0x007FFFFF) + 0x3F3504F3) - 1.0F;
    F8 r = f * -0.07683491393F + 0.1273879844F;
    r = r * f - 0.1313154383F;
    r = r * f + 0.1420306009F;
    r = r * f - 0.1662609322F;
    r = r * f + 0.2000128744F;
    r = r * f - 0.2500079733F;
    r = r * f + 0.3333332967F;
    r = r * f - 0.4999999759F;
    return float8(bits >> 23) + (f + f * f * r) * 1.44269504F;
}

/// 2^x for |x| <= 126 (clamped); relative error below 4e-7.
ORRERY_INLINE F8 exp2Of8(F8 x) {
    const F8 shifted =
        most8(all(-126), least8(all(126), x)) + 12582912.0F; // 1.5 * 2^23: the last bits are the nearest whole number
    const F8 r = (most8(all(-126), least8(all(126), x)) - (shifted - 12582912.0F)) * 0.693147181F;
    F8 e = r * 0.0013888889F + 0.008333334F;
    e = e * r + 0.041666668F;
    e = e * r + 0.16666667F;
    e = e * r + 0.5F;
    e = e * r + 1.0F;
    e = e * r + 1.0F;
    return e * fromBits8((bits8(shifted) + 127) << 23); // the bits above the whole number fall out
}

} // namespace orrery::embedding
