// SPDX-License-Identifier: GPL-3.0-or-later
// Eight floats at a time, for loops that the compiler does not vectorise by itself: sums, whose order must stay as written.
#pragma once

#include "engine/tensor/host_vector.h"

#include <cstring>

namespace orrery::embedding {

#ifdef __GNUC__
#pragma GCC diagnostic ignored "-Wpsabi" // of the plain build of a loop: these are passed by inlining only
using F8 = float __attribute__((vector_size(32)));
// Where it lies in memory. (A memcpy is taken apart into pieces before the loop around it is known to have AVX.)
using F8InMemory = float __attribute__((vector_size(32), aligned(4), may_alias));
ORRERY_INLINE F8 load8(const float* from) { return *reinterpret_cast<const F8InMemory*>(from); }
ORRERY_INLINE void store8(float* to, F8 v) { *reinterpret_cast<F8InMemory*>(to) = v; }
#else
struct F8 {
    float v[8];
    float operator[](int i) const { return v[i]; }
    float& operator[](int i) { return v[i]; }
#define ORRERY_LANES(op)                                                \
    friend F8 operator op(F8 a, F8 b) {                                 \
        for (int i = 0; i < 8; ++i) a.v[i] = a.v[i] op b.v[i];          \
        return a;                                                       \
    }                                                                   \
    F8& operator op##=(F8 b) { return *this = *this op b; }
    ORRERY_LANES(+)
    ORRERY_LANES(-)
    ORRERY_LANES(*)
    ORRERY_LANES(/)
#undef ORRERY_LANES
};
ORRERY_INLINE F8 load8(const float* from) {
    F8 v;
    std::memcpy(&v, from, sizeof v);
    return v;
}
ORRERY_INLINE void store8(float* to, F8 v) { std::memcpy(to, &v, sizeof v); }
#endif

ORRERY_INLINE F8 all(float x) { return F8{x, x, x, x, x, x, x, x}; }
ORRERY_INLINE float sum8(F8 v) { return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7])); }

} // namespace orrery::embedding
