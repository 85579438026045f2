// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/legendre.h"

#include "engine/tensor/host_vector.h"

#include <cmath>
#include <numbers>

namespace orrery::statespace {

namespace {

ORRERY_INLINE void legendreRowsBody(const double* x, std::size_t m, std::int64_t N, double* out) {
    for (std::size_t i = 0; i < m && N > 0; ++i) out[i] = 1;
    for (std::size_t i = 0; i < m && N > 1; ++i) out[m + i] = x[i];
    for (std::int64_t n = 2; n < N; ++n) {
        const double p = double(2 * n - 1) / double(n), q = double(n - 1) / double(n);
        double* const row = out + std::size_t(n) * m;
        const double *const one = row - m, *const two = one - m;
        for (std::size_t i = 0; i < m; ++i) row[i] = p * x[i] * one[i] - q * two[i];
    }
}
ORRERY_INLINE void laguerreRowsBody(const double* v, std::size_t m, double alpha, std::int64_t N, double* out) {
    for (std::int64_t n = 1; n < N; ++n) { // from the first row, which is there
        const double k = double(n - 1), p = 2 * k + 1 + alpha, q = n > 1 ? k + alpha : 0;
        double* const row = out + std::size_t(n) * m;
        const double *const one = row - m, *const two = n > 1 ? one - m : one;
        for (std::size_t i = 0; i < m; ++i) row[i] = ((p - v[i]) * one[i] - q * two[i]) / (k + 1);
    }
}
ORRERY_VECTOR_LOOP(legendreRows, (const double* x, std::size_t m, std::int64_t N, double* out), (x, m, N, out))
ORRERY_VECTOR_LOOP(laguerreRows, (const double* v, std::size_t m, double alpha, std::int64_t N, double* out),
                   (v, m, alpha, N, out))

} // namespace

void legendre(std::span<const double> x, std::int64_t N, std::span<double> out) {
    legendreRows(x.data(), x.size(), N, out.data());
}

namespace {

/// One place far out, where e^(-v/2) is nothing: the exponent is paid back bit by bit as the functions grow.
void laguerreFar(double v, double alpha, std::int64_t N, double* out, std::size_t stride) {
    double owed = v / 2, before = 0, now = 1;
    for (std::int64_t n = 0; n < N; ++n) {
        if (n > 0) {
            const double k = double(n - 1), next = ((2 * k + 1 + alpha - v) * now - (k + alpha) * before) / (k + 1);
            before = now, now = next;
            if (owed > 0 && std::abs(now) > 1e150) {
                const double part = std::min(owed, 300.0);
                now *= std::exp(-part), before *= std::exp(-part), owed -= part;
            }
        }
        out[std::size_t(n) * stride] = now * std::exp(-owed);
    }
}

} // namespace

void laguerre(std::span<const double> v, double alpha, std::int64_t N, std::span<double> out) {
    // e^(-v/2) is split: e^-500 at most at the start, the rest at the end. Between, numbers stay below e^700.
    const std::size_t m = v.size();
    Vector rest(m);
    for (std::size_t i = 0; i < m && N > 0; ++i) rest[i] = std::max(0.0, v[i] / 2 - 500), out[i] = std::exp(rest[i] - v[i] / 2);
    laguerreRows(v.data(), m, alpha, N, out.data());
    for (std::size_t i = 0; i < m; ++i) {
        if (rest[i] > 700) {
            laguerreFar(v[i], alpha, N, out.data() + i, m);
        } else if (rest[i] > 0) {
            const double factor = std::exp(-rest[i]);
            for (std::int64_t n = 0; n < N; ++n) out[std::size_t(n) * m + i] *= factor;
        }
    }
}

Quadrature gaussLegendre(std::int64_t n) {
    Quadrature result{Vector(std::size_t(n)), Vector(std::size_t(n))};
    for (std::int64_t i = 0; i < n; ++i) {
        double x = std::cos(std::numbers::pi * (double(i) + 0.75) / (double(n) + 0.5)), slope = 0;
        for (int round = 0; round < 100; ++round) {
            double before = 1, now = x;
            for (std::int64_t k = 1; k < n; ++k) {
                const double next = (double(2 * k + 1) * x * now - double(k) * before) / double(k + 1);
                before = now, now = next;
            }
            slope = double(n) * (x * now - before) / (x * x - 1);
            const double step = now / slope;
            x -= step;
            if (std::abs(step) < 1e-16) break;
        }
        const std::size_t at = std::size_t(n - 1 - i);
        result.nodes[at] = (1 + x) / 2;
        result.weights[at] = 1 / ((1 - x * x) * slope * slope);
    }
    return result;
}

double legendreSum(std::span<const double> c, double x) {
    double one = 0, two = 0; // b_(n+1), b_(n+2)
    for (std::int64_t n = std::int64_t(c.size()) - 1; n >= 0; --n) {
        const double k = double(n);
        const double b = c[std::size_t(n)] * std::sqrt(2 * k + 1) + (2 * k + 1) / (k + 1) * x * one - (k + 1) / (k + 2) * two;
        two = one, one = b;
    }
    return one;
}

} // namespace orrery::statespace
