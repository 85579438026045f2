// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/words_kernels.h"

#include "engine/labs/embedding/lanes.h"
#include "engine/labs/embedding/words_sampling.h"

#include <cmath>

namespace orrery::embedding {

namespace {

template <int A, int B>
ORRERY_INLINE void productTile(const float* const* v, const float* const* u, int K, std::int64_t stride, float* products) {
    F8 sums[A][B];
    for (int a = 0; a < A; ++a)
        for (int b = 0; b < B; ++b) sums[a][b] = all(0);
    for (std::int64_t i = 0; i < stride; i += 8) {
        F8 right[B];
        for (int b = 0; b < B; ++b) right[b] = load8(u[b] + i);
        for (int a = 0; a < A; ++a) {
            const F8 left = load8(v[a] + i);
            for (int b = 0; b < B; ++b) sums[a][b] += left * right[b];
        }
    }
    for (int a = 0; a < A; ++a)
        for (int b = 0; b < B; ++b) products[a * K + b] = sum8(sums[a][b]);
}

template <int A>
ORRERY_INLINE void productRows(const float* const* v, const float* const* u, int K, std::int64_t stride, float* products) {
    int k = 0;
    for (; k + 3 <= K; k += 3) productTile<A, 3>(v, u + k, K, stride, products + k);
    for (; k < K; ++k) productTile<A, 1>(v, u + k, K, stride, products + k);
}

ORRERY_INLINE void productsBody(const float* const* v, int C, const float* const* u, int K, std::int64_t stride,
                                float* products) {
    int c = 0;
    for (; c + 4 <= C; c += 4) productRows<4>(v + c, u, K, stride, products + c * K);
    for (; c + 2 <= C; c += 2) productRows<2>(v + c, u, K, stride, products + c * K);
    for (; c < C; ++c) productRows<1>(v + c, u, K, stride, products + c * K);
}
ORRERY_VECTOR_LOOP(products, (const float* const* v, int C, const float* const* u, int K, std::int64_t stride, float* out),
                   (v, C, u, K, stride, out))

// Factors are kept as eight equal numbers each: GCC 12 makes them up through memory, in pieces, when it must do so in the inner loop.

/// Adds sum_j g[j * step] other[j] at place i to rows `mine` of R: W vectors of eight at a time, R rows at a time.
template <int R, int W>
ORRERY_INLINE void gather(const float* const* mine, const float* const* other, int count, const F8* g, std::int64_t row,
                          std::int64_t step, std::int64_t i, F8* out) {
    F8 sums[R * W]; // apart from `out`, so that they stay in registers
    for (int r = 0; r < R; ++r)
        for (int w = 0; w < W; ++w) sums[r * W + w] = load8(mine[r] + i + 8 * w);
    for (int j = 0; j < count; ++j) {
        F8 from[W];
        for (int w = 0; w < W; ++w) from[w] = load8(other[j] + i + 8 * w);
        for (int r = 0; r < R; ++r) {
            const F8 factor = g[r * row + j * step];
            for (int w = 0; w < W; ++w) sums[r * W + w] += factor * from[w];
        }
    }
    for (int each = 0; each < R * W; ++each) out[each] = sums[each];
}

template <int W>
ORRERY_INLINE void updateAt(float* const* v, int C, float* const* u, int K, const F8* g, std::int64_t i) {
    F8 kept[(1 + mostNegatives) * W]; // the new u, until no v needs the old one any more
    int k = 0;
    for (; k + 3 <= K; k += 3) gather<3, W>(u + k, v, C, g + k, 1, K, i, kept + k * W);
    for (; k < K; ++k) gather<1, W>(u + k, v, C, g + k, 1, K, i, kept + k * W);
    int c = 0;
    F8 out[3 * W];
    const auto put = [&](int rows) {
        for (int r = 0; r < rows; ++r)
            for (int w = 0; w < W; ++w) store8(v[c + r] + i + 8 * w, out[r * W + w]);
    };
    for (; c + 3 <= C; c += 3) gather<3, W>(v + c, u, K, g + c * K, K, 1, i, out), put(3);
    for (; c < C; ++c) gather<1, W>(v + c, u, K, g + c * K, K, 1, i, out), put(1);
    for (k = 0; k < K; ++k)
        for (int w = 0; w < W; ++w) store8(u[k] + i + 8 * w, kept[k * W + w]);
}

ORRERY_INLINE void updateBody(float* const* v, int C, float* const* u, int K, const float* g, std::int64_t stride) {
    F8 factors[2 * mostWindow * (1 + mostNegatives)];
    for (int each = 0; each < C * K; ++each) factors[each] = all(g[each]);
    std::int64_t i = 0;
    for (; i + 16 <= stride; i += 16) updateAt<2>(v, C, u, K, factors, i);
    for (; i < stride; i += 8) updateAt<1>(v, C, u, K, factors, i);
}
ORRERY_VECTOR_LOOP(update, (float* const* v, int C, float* const* u, int K, const float* g, std::int64_t stride),
                   (v, C, u, K, g, stride))

ORRERY_INLINE void gradientsBody(const float* products, const float* times, int C, const float* negative, int K, float rate,
                                 float* g) {
    const int count = C * K;
    float sigma[2 * mostWindow * (1 + mostNegatives) + 8];
    for (int i = 0; i < count; ++i) {
        const float x = products[i] < 0 ? products[i] : -products[i]; // e^x of a number that is not positive never overflows
        const float e = tensor::host::expOf(x);
        const float low = e / (1 + e);
        sigma[i] = products[i] < 0 ? low : 1 - low;
    }
    for (int c = 0; c < C; ++c) {
        const float scale = rate * times[c];
        g[c * K] = scale * (1 - (1 + negative[0]) * sigma[c * K]);
        for (int k = 1; k < K; ++k) g[c * K + k] = -scale * negative[k] * sigma[c * K + k];
    }
}
ORRERY_VECTOR_LOOP(gradients,
                   (const float* products, const float* times, int C, const float* negative, int K, float rate, float* g),
                   (products, times, C, negative, K, rate, g))

ORRERY_INLINE void centreBody(const float* h, float* const* u, int K, const float* g, std::int64_t stride, float* gradient) {
    for (std::int64_t i = 0; i < stride; i += 8) {
        const F8 from = load8(h + i);
        F8 sum = all(0);
        for (int k = 0; k < K; ++k) {
            const F8 old = load8(u[k] + i), factor = all(g[k]);
            sum += factor * old;
            store8(u[k] + i, old + factor * from);
        }
        store8(gradient + i, sum);
    }
}
ORRERY_VECTOR_LOOP(centre, (const float* h, float* const* u, int K, const float* g, std::int64_t stride, float* gradient),
                   (h, u, K, g, stride, gradient))

ORRERY_INLINE void scaledBody(float* to, const float* from, float factor, std::int64_t stride) {
    for (std::int64_t i = 0; i < stride; i += 8) store8(to + i, load8(to + i) + all(factor) * load8(from + i));
}
ORRERY_VECTOR_LOOP(scaled, (float* to, const float* from, float factor, std::int64_t stride), (to, from, factor, stride))

ORRERY_INLINE void dotBody(const float* w, const float* u, std::int64_t stride, float* out) {
    F8 sum = all(0);
    for (std::int64_t i = 0; i < stride; i += 8) sum += load8(w + i) * load8(u + i);
    *out = sum8(sum);
}
ORRERY_VECTOR_LOOP(dot, (const float* w, const float* u, std::int64_t stride, float* out), (w, u, stride, out))

ORRERY_INLINE void adaGradBody(float* w, float* wSquares, float* u, float* uSquares, float factor, float rate,
                               std::int64_t stride) {
    for (std::int64_t i = 0; i < stride; ++i) {
        const float gw = factor * u[i], gu = factor * w[i]; // both with the rows as they were
        w[i] -= rate * gw / std::sqrt(wSquares[i]);
        u[i] -= rate * gu / std::sqrt(uSquares[i]);
        wSquares[i] += gw * gw;
        uSquares[i] += gu * gu;
    }
}
ORRERY_VECTOR_LOOP(adaGrad, (float* w, float* wSquares, float* u, float* uSquares, float factor, float rate, std::int64_t stride),
                   (w, wSquares, u, uSquares, factor, rate, stride))

} // namespace

void windowProducts(const float* const* v, int C, const float* const* u, int K, std::int64_t stride, float* out) {
    products(v, C, u, K, stride, out);
}
void windowGradients(const float* dots, const float* times, int C, const float* negative, int K, float rate, float* g) {
    gradients(dots, times, C, negative, K, rate, g);
}
void windowUpdate(float* const* v, int C, float* const* u, int K, const float* g, std::int64_t stride) {
    update(v, C, u, K, g, stride);
}
void centreUpdate(const float* h, float* const* u, int K, const float* g, std::int64_t stride, float* gradient) {
    centre(h, u, K, g, stride, gradient);
}
void addScaled(float* to, const float* from, float factor, std::int64_t stride) { scaled(to, from, factor, stride); }
float rowProduct(const float* w, const float* u, std::int64_t stride) {
    float product = 0;
    dot(w, u, stride, &product);
    return product;
}
void adaGradPair(float* w, float* wSquares, float* u, float* uSquares, float factor, float rate, std::int64_t stride) {
    adaGrad(w, wSquares, u, uSquares, factor, rate, stride);
}

} // namespace orrery::embedding
