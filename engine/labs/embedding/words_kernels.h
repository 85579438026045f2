// SPDX-License-Identifier: GPL-3.0-or-later
// The arithmetic of one window: a few rows against a few rows, as small matrix products (Ji, Satish, Li & Dubey 2016, arXiv
// 1604.04661): all of a window's products are taken before any of its rows moves, so each row is read once and written once.
#pragma once

#include <cstdint>

namespace orrery::embedding {

/// products[c * K + k] = v[c] . u[k]; rows of `stride` floats, a multiple of 8.
void windowProducts(const float* const* v, int C, const float* const* u, int K, std::int64_t stride, float* products);

/// g[i] = rate * times[c] (positive_k - (positive_k + negative[k]) sigma(products[i])), i = c * K + k; positive is 1 of k = 0.
void windowGradients(const float* products, const float* times, int C, const float* negative, int K, float rate, float* g);

/// v[c] += sum_k g[c, k] u[k] and u[k] += sum_c g[c, k] v[c], both with the rows as they were. No row may be in it twice.
void windowUpdate(float* const* v, int C, float* const* u, int K, const float* g, std::int64_t stride);

/// CBOW: gradient = sum_k g[k] u[k], and u[k] += g[k] h.
void centreUpdate(const float* h, float* const* u, int K, const float* g, std::int64_t stride, float* gradient);

/// to += factor * from
void addScaled(float* to, const float* from, float factor, std::int64_t stride);

/// One pair of GloVe: product of w and u, then AdaGrad with the pair's factor. `difference`: w.u + biases - ln X.
float rowProduct(const float* w, const float* u, std::int64_t stride);
void adaGradPair(float* w, float* wSquares, float* u, float* uSquares, float factor, float rate, std::int64_t stride);

} // namespace orrery::embedding
