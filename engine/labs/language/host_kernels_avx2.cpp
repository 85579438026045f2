// SPDX-License-Identifier: GPL-3.0-or-later
// For x86 with AVX2, FMA and F16C: 16 floats are two registers.
#include "engine/labs/language/host_kernels_sets.h"

#include <cmath>

#if defined(__GNUC__) && defined(__x86_64__)

#include <immintrin.h>

#define ORRERY_TARGET __attribute__((target("avx2,fma,f16c")))
#define ORRERY_LANES ORRERY_TARGET __attribute__((always_inline)) inline

namespace orrery::language {

namespace {

struct Lanes {
    __m256 low, high;
};

ORRERY_LANES Lanes zero() { return {_mm256_setzero_ps(), _mm256_setzero_ps()}; }
ORRERY_LANES Lanes all(float x) { return {_mm256_set1_ps(x), _mm256_set1_ps(x)}; }
ORRERY_LANES Lanes load(const float* p) { return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
ORRERY_LANES Lanes loadHalf(const std::uint16_t* p) {
    const auto* words = reinterpret_cast<const __m128i*>(p);
    return {_mm256_cvtph_ps(_mm_loadu_si128(words)), _mm256_cvtph_ps(_mm_loadu_si128(words + 1))};
}
ORRERY_LANES __m256 widened(__m128i words) { return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(words), 16)); }
ORRERY_LANES Lanes loadBf16(const std::uint16_t* p) {
    const auto* words = reinterpret_cast<const __m128i*>(p);
    return {widened(_mm_loadu_si128(words)), widened(_mm_loadu_si128(words + 1))};
}
ORRERY_LANES void store(float* p, const Lanes& a) {
    _mm256_storeu_ps(p, a.low);
    _mm256_storeu_ps(p + 8, a.high);
}
ORRERY_LANES Lanes plus(const Lanes& a, const Lanes& b) { return {_mm256_add_ps(a.low, b.low), _mm256_add_ps(a.high, b.high)}; }
ORRERY_LANES Lanes minus(const Lanes& a, const Lanes& b) { return {_mm256_sub_ps(a.low, b.low), _mm256_sub_ps(a.high, b.high)}; }
ORRERY_LANES Lanes times(const Lanes& a, const Lanes& b) { return {_mm256_mul_ps(a.low, b.low), _mm256_mul_ps(a.high, b.high)}; }
ORRERY_LANES Lanes madd(const Lanes& a, const Lanes& b, const Lanes& c) {
    return {_mm256_fmadd_ps(a.low, b.low, c.low), _mm256_fmadd_ps(a.high, b.high, c.high)};
}
ORRERY_LANES float sumOf(const Lanes& a) {
    const __m256 eight = _mm256_add_ps(a.low, a.high);
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}

/// As tensor::host::expOf, lane by lane.
ORRERY_LANES __m256 exponentialOf(__m256 x) {
    const __m256 least = _mm256_set1_ps(-87.0F), low = _mm256_max_ps(x, least), round = _mm256_set1_ps(12582912.0F);
    const __m256 shifted = _mm256_fmadd_ps(low, _mm256_set1_ps(1.44269504F), round), n = _mm256_sub_ps(shifted, round);
    __m256 r = _mm256_fnmadd_ps(n, _mm256_set1_ps(0.693145751953125F), low);
    r = _mm256_fnmadd_ps(n, _mm256_set1_ps(1.42860682e-6F), r);
    __m256 e = _mm256_set1_ps(0.0001984127F);
    for (const float next : {0.0013888889F, 0.008333334F, 0.041666668F, 0.16666667F, 0.5F, 1.0F, 1.0F})
        e = _mm256_fmadd_ps(e, r, _mm256_set1_ps(next));
    const __m256i power = _mm256_slli_epi32(_mm256_add_epi32(_mm256_castps_si256(shifted), _mm256_set1_epi32(127)), 23);
    const __m256 y = _mm256_mul_ps(e, _mm256_castsi256_ps(power));
    return _mm256_andnot_ps(_mm256_cmp_ps(x, least, _CMP_LT_OQ), y);
}
ORRERY_LANES Lanes exponential(const Lanes& a) { return {exponentialOf(a.low), exponentialOf(a.high)}; }

ORRERY_LANES __m128 fourOf(const Lanes& a) {
    const __m256 eight = _mm256_add_ps(a.low, a.high);
    return _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
}
/// sumOf of four at once: turned over, the same sums in the same order.
ORRERY_LANES void fourSums(const Lanes* sums, float* out) {
    __m128 a = fourOf(sums[0]), b = fourOf(sums[1]), c = fourOf(sums[2]), d = fourOf(sums[3]);
    _MM_TRANSPOSE4_PS(a, b, c, d);
    _mm_storeu_ps(out, _mm_add_ps(_mm_add_ps(a, c), _mm_add_ps(b, d)));
}

#include "engine/labs/language/host_attention_body.h"
#include "engine/labs/language/host_kernels_body.h"

} // namespace

const HostKernels* avx2HostKernels() {
    static const HostKernels kernels{"AVX2", product, rmsNorm, layerNorm, attend, sum};
    static const bool there = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
    return there ? &kernels : nullptr;
}

} // namespace orrery::language

#else

namespace orrery::language {
const HostKernels* avx2HostKernels() { return nullptr; }
} // namespace orrery::language

#endif
