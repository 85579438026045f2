// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/selective.h"

#include "engine/error.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace orrery::statespace {

namespace {

constexpr std::array<const char*, retentions> names = {"parallel", "recurrent", "chunkwise"};

template <class Real>
Real dot(const Dense<Real>& a, std::int64_t i, const Dense<Real>& b, std::int64_t j) {
    Real sum = 0;
    for (std::int64_t c = 0; c < a.columns; ++c) sum += a(i, c) * b(j, c);
    return sum;
}

/// Rows [from, to) of (q k^T * decay) v, each against rows from `from` on; added to y.
template <class Real>
void within(const Dense<Real>& q, const Dense<Real>& k, const Dense<Real>& v, Real gamma, std::int64_t from, std::int64_t to,
            Dense<Real>& y) {
    for (std::int64_t i = from; i < to; ++i) {
        Real decay = 1;
        for (std::int64_t j = i; j >= from; --j, decay *= gamma) {
            const Real score = dot(q, i, k, j) * decay;
            for (std::int64_t e = 0; e < v.columns; ++e) y(i, e) += score * v(j, e);
        }
    }
}

/// S = keep S + weight k_j^T v_j
template <class Real>
void remember(Dense<Real>& S, Real keep, Real weight, const Dense<Real>& k, const Dense<Real>& v, std::int64_t j) {
    for (std::int64_t c = 0; c < S.rows; ++c)
        for (std::int64_t e = 0; e < S.columns; ++e) S(c, e) = keep * S(c, e) + weight * k(j, c) * v(j, e);
}

template <class Real>
void recall(const Dense<Real>& q, std::int64_t i, const Dense<Real>& S, Real weight, Dense<Real>& y) {
    for (std::int64_t c = 0; c < S.rows; ++c)
        for (std::int64_t e = 0; e < S.columns; ++e) y(i, e) += weight * q(i, c) * S(c, e);
}

template <class Real>
Dense<Real> retained(Retention form, const Dense<Real>& q, const Dense<Real>& k, const Dense<Real>& v, Real gamma,
                     std::int64_t chunk) {
    const std::int64_t L = q.rows;
    Dense<Real> y(L, v.columns), S(q.columns, v.columns);
    if (form == Retention::parallel) {
        within(q, k, v, gamma, 0, L, y);
    } else if (form == Retention::recurrent) {
        for (std::int64_t t = 0; t < L; ++t) remember(S, gamma, Real(1), k, v, t), recall(q, t, S, Real(1), y);
    } else {
        for (std::int64_t from = 0; from < L; from += chunk) {
            const std::int64_t to = std::min(L, from + chunk);
            within(q, k, v, gamma, from, to, y);
            for (std::int64_t i = from; i < to; ++i) recall(q, i, S, std::pow(gamma, Real(i - from + 1)), y);
            // R = gamma^B R + sum of gamma^(B - 1 - j) k_j^T v_j
            for (Real& s : S.values) s *= std::pow(gamma, Real(to - from));
            for (std::int64_t j = from; j < to; ++j) remember(S, Real(1), std::pow(gamma, Real(to - 1 - j)), k, v, j);
        }
    }
    return y;
}

void check(const Matrix& q, const Matrix& k, const Matrix& v, double gamma, std::int64_t chunk) {
    if (q.rows != k.rows || q.columns != k.columns || q.rows != v.rows)
        throw Error("retention: queries, keys and values are of different lengths");
    if (!(gamma > 0 && gamma <= 1)) throw Error("retention: gamma lies in (0, 1], not " + std::to_string(gamma));
    if (chunk < 1) throw Error("retention: a chunk of " + std::to_string(chunk) + " tokens");
}

Dense<float> narrowed(const Matrix& m) {
    Dense<float> n(m.rows, m.columns);
    std::transform(m.values.begin(), m.values.end(), n.values.begin(), [](double v) { return float(v); });
    return n;
}

} // namespace

const char* label(Retention form) { return names.at(std::size_t(form)); }
double retentionGamma(std::int64_t head) { return 1 - std::exp2(-5.0 - double(head)); }

Matrix retention(Retention form, const Matrix& q, const Matrix& k, const Matrix& v, double gamma, std::int64_t chunk) {
    check(q, k, v, gamma, chunk);
    return retained<double>(form, q, k, v, gamma, chunk);
}

Matrix retentionInFloat(Retention form, const Matrix& q, const Matrix& k, const Matrix& v, double gamma, std::int64_t chunk) {
    check(q, k, v, gamma, chunk);
    const Dense<float> y = retained<float>(form, narrowed(q), narrowed(k), narrowed(v), float(gamma), chunk);
    Matrix wide(y.rows, y.columns);
    wide.values.assign(y.values.begin(), y.values.end());
    return wide;
}

} // namespace orrery::statespace
