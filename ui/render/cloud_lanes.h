// SPDX-License-Identifier: GPL-3.0-or-later
// Four neighbouring pixels at a time: written out, since the compiler does not find it in a loop over sums that might overlap.
#pragma once

#include <cstdint>

namespace orrery::ui {

#ifdef __GNUC__
using F4 = float __attribute__((vector_size(16)));
using I4 = std::int32_t __attribute__((vector_size(16)));
namespace lanes {
using Unaligned = std::uint32_t __attribute__((vector_size(16), aligned(4), may_alias));
inline F4 broadcast(float x) { return F4{x, x, x, x}; }
inline F4 positive(F4 x) { return x > 0 ? x : F4{}; }
inline I4 whole(F4 x) { return __builtin_convertvector(x, I4); } ///< towards zero
inline void addTo(std::uint32_t* sums, I4 values) { *reinterpret_cast<Unaligned*>(sums) += (Unaligned)values; }
} // namespace lanes
#else
template <class T>
struct Four {
    T v[4];
#define ORRERY_FOUR(op)                                        \
    friend Four operator op(Four a, Four b) {                  \
        for (int i = 0; i < 4; ++i) a.v[i] = a.v[i] op b.v[i]; \
        return a;                                              \
    }                                                          \
    friend Four operator op(Four a, T b) {                     \
        for (int i = 0; i < 4; ++i) a.v[i] = a.v[i] op b;      \
        return a;                                              \
    }
    ORRERY_FOUR(+)
    ORRERY_FOUR(-)
    ORRERY_FOUR(*)
#undef ORRERY_FOUR
    friend Four operator>>(Four a, int by) {
        for (int i = 0; i < 4; ++i) a.v[i] = a.v[i] >> by;
        return a;
    }
};
using F4 = Four<float>;
using I4 = Four<std::int32_t>;
namespace lanes {
inline F4 broadcast(float x) { return {{x, x, x, x}}; }
inline F4 positive(F4 x) {
    for (float& each : x.v) each = each > 0 ? each : 0;
    return x;
}
inline I4 whole(F4 x) { return {{std::int32_t(x.v[0]), std::int32_t(x.v[1]), std::int32_t(x.v[2]), std::int32_t(x.v[3])}}; }
inline void addTo(std::uint32_t* sums, I4 values) {
    for (int i = 0; i < 4; ++i) sums[i] += std::uint32_t(values.v[i]);
}
} // namespace lanes
#endif

} // namespace orrery::ui
