// SPDX-License-Identifier: GPL-3.0-or-later
// For any machine: 16 floats in an array, which the compiler brings to what there is.
#include "engine/labs/language/host_kernels_sets.h"
#include "engine/model/dequantise.h"
#include "engine/tensor/host_vector.h"

#include <cmath>
#include <cstring>

#define ORRERY_TARGET

namespace orrery::language {

namespace {

struct Lanes {
    float v[lanes];
};

template <class Each>
inline Lanes each(const Each& value) {
    Lanes y;
    for (int i = 0; i < lanes; ++i) y.v[i] = value(i);
    return y;
}

inline Lanes all(float x) {
    return each([&](int) { return x; });
}
inline Lanes zero() { return all(0); }
inline Lanes load(const float* p) {
    Lanes y;
    std::memcpy(y.v, p, sizeof y.v);
    return y;
}
inline Lanes loadHalf(const std::uint16_t* p) {
    return each([&](int i) { return model::halfToFloat(p[i]); });
}
inline Lanes loadBf16(const std::uint16_t* p) {
    return each([&](int i) { return std::bit_cast<float>(std::uint32_t(p[i]) << 16); });
}
inline void store(float* p, const Lanes& a) { std::memcpy(p, a.v, sizeof a.v); }
inline Lanes plus(const Lanes& a, const Lanes& b) {
    return each([&](int i) { return a.v[i] + b.v[i]; });
}
inline Lanes minus(const Lanes& a, const Lanes& b) {
    return each([&](int i) { return a.v[i] - b.v[i]; });
}
inline Lanes times(const Lanes& a, const Lanes& b) {
    return each([&](int i) { return a.v[i] * b.v[i]; });
}
inline Lanes madd(const Lanes& a, const Lanes& b, const Lanes& c) {
    return each([&](int i) { return a.v[i] * b.v[i] + c.v[i]; });
}
inline Lanes exponential(const Lanes& a) {
    return each([&](int i) { return tensor::host::expOf(a.v[i]); });
}
inline float sumOf(const Lanes& a) {
    float s[8];
    for (int i = 0; i < 8; ++i) s[i] = a.v[i] + a.v[i + 8];
    for (int half = 4; half > 0; half /= 2)
        for (int i = 0; i < half; ++i) s[i] += s[i + half];
    return s[0];
}

inline void fourSums(const Lanes* sums, float* out) {
    for (int i = 0; i < 4; ++i) out[i] = sumOf(sums[i]);
}

#include "engine/labs/language/host_attention_body.h"
#include "engine/labs/language/host_kernels_body.h"

} // namespace

const HostKernels& plainHostKernels() {
    static const HostKernels kernels{"any machine", product, rmsNorm, layerNorm, attend, sum};
    return kernels;
}

const HostKernels& hostKernels() {
    static const HostKernels& best = avx2HostKernels() ? *avx2HostKernels() : plainHostKernels();
    return best;
}

} // namespace orrery::language
