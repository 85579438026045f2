// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/kernel.h"

#include "engine/error.h"
#include "engine/labs/statespace/fourier.h"
#include "engine/labs/statespace/kernel_device.h"
#include "engine/tensor/host_threads.h"
#include "engine/tensor/host_vector.h"

#include <algorithm>
#include <numbers>

namespace orrery::statespace {

namespace {

constexpr double pi = std::numbers::pi;

ComplexVector timesAdjoint(const ComplexMatrix& V, auto value) { // V* x
    ComplexVector y(std::size_t(V.columns));
    for (std::int64_t i = 0; i < V.rows; ++i)
        for (std::int64_t j = 0; j < V.columns; ++j) y[std::size_t(j)] += std::conj(V(i, j)) * value(i);
    return y;
}
ComplexVector rowTimes(std::span<const double> c, const ComplexMatrix& V) {
    ComplexVector y(std::size_t(V.columns));
    for (std::int64_t i = 0; i < V.rows; ++i)
        for (std::int64_t j = 0; j < V.columns; ++j) y[std::size_t(j)] += c[std::size_t(i)] * V(i, j);
    return y;
}

/// C (I + sign Ad^L)
Vector outputFor(const Discrete& d, std::span<const double> C, std::int64_t L, double sign) {
    const Vector moved = product(transposed(power(d.A, L)), C);
    Vector result(C.begin(), C.end());
    for (std::size_t n = 0; n < result.size(); ++n) result[n] += sign * moved[n];
    return result;
}

/// Quantities whose Cauchy sums are wanted: C B, then C P_a, P_a* B, P_a* P_b; the weight of pole i.
struct Weights {
    explicit Weights(const Dplr& d) : rank(d.P.columns), count(1 + 2 * rank + rank * rank) {
        for (std::size_t i = 0; i < d.lambda.size(); ++i) {
            const auto P = [&](std::int64_t a) { return d.P(std::int64_t(i), a); };
            values.push_back(d.C[i] * d.B[i]);
            for (std::int64_t a = 0; a < rank; ++a) values.push_back(d.C[i] * P(a));
            for (std::int64_t a = 0; a < rank; ++a) values.push_back(std::conj(P(a)) * d.B[i]);
            for (std::int64_t a = 0; a < rank; ++a)
                for (std::int64_t b = 0; b < rank; ++b) values.push_back(std::conj(P(a)) * P(b));
        }
    }
    std::int64_t rank, count;
    ComplexVector values; ///< [N, count]
};

/// q_CB - factor q_CP (I + factor q_PP)^-1 q_PB
Complex woodbury(const Complex* q, std::int64_t rank, Complex factor) {
    if (rank == 1) return q[0] - factor * q[1] * q[2] / (1.0 + factor * q[3]);
    const Complex *const cp = q + 1, *const pb = cp + rank, *const pp = pb + rank;
    const Complex a = 1.0 + factor * pp[0], b = factor * pp[1], c = factor * pp[2], e = 1.0 + factor * pp[3];
    const Complex x = (e * pb[0] - b * pb[1]) / (a * e - b * c), y = (a * pb[1] - c * pb[0]) / (a * e - b * c);
    return q[0] - factor * (cp[0] * x + cp[1] * y);
}

constexpr int wide = 8, mostQuantities = 9;

/// For `wide` nodes: sums over pairs of r1 D and r2 D, D = 1 / (|Lambda|^2 b^2 - a^2 - 2 i Re(Lambda) a b).
/// pairs: |Lambda|^2, 2 Re Lambda, then r1, r2 of each quantity. sums: [quantity][r1 re, r1 im, r2 re, r2 im][node].
template <int quantities>
ORRERY_INLINE void pairSums(const double* pairs, std::int64_t count, const double* a, const double* b, double* sums) {
    for (int i = 0; i < quantities * 4 * wide; ++i) sums[i] = 0;
    constexpr int row = 2 + 2 * quantities;
    for (std::int64_t k = 0; k < count; ++k) {
        const double* const p = pairs + k * row;
        double re[wide], im[wide];
        for (int i = 0; i < wide; ++i) {
            const double x = p[0] * b[i] * b[i] - a[i] * a[i], y = p[1] * a[i] * b[i]; // denominator x - i y
            const double inverse = 1 / (x * x + y * y);
            re[i] = x * inverse, im[i] = y * inverse;
        }
        for (int q = 0; q < quantities; ++q) {
            const double r1 = p[2 + 2 * q], r2 = p[3 + 2 * q];
            double* const s = sums + q * 4 * wide;
            for (int i = 0; i < wide; ++i) {
                s[i] += r1 * re[i], s[wide + i] += r1 * im[i];
                s[2 * wide + i] += r2 * re[i], s[3 * wide + i] += r2 * im[i];
            }
        }
    }
}
ORRERY_INLINE void sumsOfRankOneBody(const double* pairs, std::int64_t count, const double* a, const double* b, double* sums) {
    pairSums<4>(pairs, count, a, b, sums);
}
ORRERY_INLINE void sumsOfRankTwoBody(const double* pairs, std::int64_t count, const double* a, const double* b, double* sums) {
    pairSums<9>(pairs, count, a, b, sums);
}
ORRERY_VECTOR_LOOP(sumsOfRankOne, (const double* pairs, std::int64_t count, const double* a, const double* b, double* sums),
                   (pairs, count, a, b, sums))
ORRERY_VECTOR_LOOP(sumsOfRankTwo, (const double* pairs, std::int64_t count, const double* a, const double* b, double* sums),
                   (pairs, count, a, b, sums))

double still(const Dplr& d) { return 1e-9 * (1 + std::abs(d.lambda[0])); } ///< frequencies below are 0

bool hasStillPole(const Dplr& d) {
    return std::any_of(d.lambda.begin(), d.lambda.end(), [&](Complex lambda) { return std::abs(lambda) < still(d); });
}

/// K^(1) = Ct (I - Ad)^-1 Bd = -Ct A^-1 B. A state without any connection (Fourier's silent one) gets one to itself, so that A
/// has an inverse.
double settled(const System& s, std::span<const double> Ct) {
    Matrix A = s.A;
    for (std::int64_t n = 0; n < s.N; ++n) {
        bool alone = true;
        for (std::int64_t k = 0; k < s.N; ++k) alone = alone && A(n, k) == 0 && A(k, n) == 0;
        if (alone) A(n, n) = -1;
    }
    const Vector x = solved(A, s.B);
    double sum = 0;
    for (std::size_t n = 0; n < x.size(); ++n) sum -= Ct[n] * x[n];
    return sum;
}

} // namespace

/// The poles with positive frequency stand for their conjugates too.
CauchyRows cauchyRows(const Dplr& d) {
    const Weights w(d);
    CauchyRows all{w.count, 0, {}, hasStillPole(d)};
    for (std::size_t i = 0; i < d.lambda.size(); ++i) {
        if (d.lambda[i].imag() < -still(d)) break;
        const double both = d.lambda[i].imag() > still(d) ? 2 : 1;
        all.rows.push_back(std::norm(d.lambda[i]));
        all.rows.push_back(2 * d.lambda[i].real());
        for (std::int64_t q = 0; q < w.count; ++q) {
            const Complex weight = w.values[i * std::size_t(w.count) + std::size_t(q)];
            all.rows.push_back(both * weight.real());
            all.rows.push_back(both * (weight * std::conj(d.lambda[i])).real());
        }
        ++all.count;
    }
    return all;
}

Vector kernelByPowers(const Discrete& d, std::span<const double> C, std::int64_t L) {
    Vector kernel, x = d.B;
    for (std::int64_t l = 0; l < L; ++l) {
        double sum = 0;
        for (std::size_t n = 0; n < x.size(); ++n) sum += C[n] * x[n];
        kernel.push_back(sum);
        x = product(d.A, x);
    }
    return kernel;
}

Complex generating(const Discrete& d, std::span<const double> C, std::int64_t L, Complex z) {
    const std::int64_t N = d.A.rows;
    ComplexMatrix m(N, N);
    for (std::int64_t i = 0; i < N; ++i)
        for (std::int64_t j = 0; j < N; ++j) m(i, j) = (i == j ? 1.0 : 0.0) - d.A(i, j) * z;
    const ComplexVector right(d.B.begin(), d.B.end()), x = solved(m, right);
    const Vector tail = product(transposed(power(d.A, L)), C);
    const Complex last = std::pow(z, double(L));
    Complex sum = 0;
    for (std::size_t n = 0; n < x.size(); ++n) sum += (C[n] - tail[n] * last) * x[n];
    return sum;
}

Complex generating(std::span<const double> kernel, Complex z) {
    Complex sum = 0;
    for (std::size_t l = kernel.size(); l-- > 0;) sum = sum * z + kernel[l];
    return sum;
}

Dplr dplr(const System& s, std::span<const double> C, double delta, std::int64_t L) {
    const Split parts = split(s);
    if (!parts.known) throw Error(std::string(label(s.method)) + " has no split into a normal and a low rank part here");
    if (std::int64_t(C.size()) != s.N)
        throw Error("an output of " + std::to_string(C.size()) + " weights for " + std::to_string(s.N) + " states");
    // Half the difference, so that the eigenproblem is exactly Hermitian.
    const Skew skew = skewEigenvectors(combined(0.5, parts.normal, -0.5, transposed(parts.normal)));
    Dplr d;
    d.V = skew.vectors, d.delta = delta, d.length = L;
    for (const double w : skew.frequencies) d.lambda.emplace_back(parts.shift, w);
    d.P = ComplexMatrix(s.N, parts.P.columns);
    for (std::int64_t a = 0; a < parts.P.columns; ++a) {
        const ComplexVector p = timesAdjoint(d.V, [&](std::int64_t i) { return parts.P(i, a); });
        for (std::int64_t n = 0; n < s.N; ++n) d.P(n, a) = p[std::size_t(n)];
    }
    d.B = timesAdjoint(d.V, [&](std::int64_t i) { return s.B[std::size_t(i)]; });
    const Discrete steps = discretise(s.A, s.B, Scheme::bilinear, delta);
    d.C = rowTimes(outputFor(steps, C, L, -1), d.V);
    if (hasStillPole(d)) d.atOne = settled(s, outputFor(steps, C, L, -1));
    return d;
}

Dplr doubled(const Dplr& half, const System& s) {
    Dplr d = half;
    Vector dense(static_cast<std::size_t>(s.N)); // Ct V V*
    for (std::int64_t i = 0; i < s.N; ++i)
        for (std::int64_t j = 0; j < s.N; ++j) dense[std::size_t(i)] += (half.C[std::size_t(j)] * std::conj(half.V(i, j))).real();
    // (I - Ad^L)(I + Ad^L) = I - Ad^2L
    const Discrete steps = discretise(s.A, s.B, Scheme::bilinear, half.delta);
    const Vector Ct = outputFor(steps, dense, half.length, 1);
    d.C = rowTimes(Ct, half.V);
    if (hasStillPole(d)) d.atOne = settled(s, Ct);
    d.length = 2 * half.length;
    return d;
}

Complex generatingByDplr(const Dplr& d, Complex z, CauchyForm form) {
    const Weights w(d);
    ComplexVector q(std::size_t(w.count));
    for (std::size_t i = 0; i < d.lambda.size(); ++i) {
        const Complex denominator = form == CauchyForm::poleFree ? 2 / d.delta * (1.0 - z) - (1.0 + z) * d.lambda[i]
                                                                 : 2 / d.delta * (1.0 - z) / (1.0 + z) - d.lambda[i];
        for (std::size_t k = 0; k < q.size(); ++k) q[k] += w.values[i * q.size() + k] / denominator;
    }
    if (form == CauchyForm::poleFree) return 2.0 * woodbury(q.data(), w.rank, 1.0 + z);
    return 2.0 / (1.0 + z) * woodbury(q.data(), w.rank, 1);
}

Vector kernelByDplr(const Dplr& d) {
    const std::int64_t L = d.length, nodes = L / 2 + 1, blocks = (nodes + wide - 1) / wide;
    if (L < 1) return {};
    const Weights w(d);
    const CauchyRows pairs = cauchyRows(d);
    ComplexVector spectrum(static_cast<std::size_t>(nodes));
    // z = e^(-2 i p): (2 / Delta)(1 - z) = i a e^(-ip) and 1 + z = b e^(-ip) with a, b real.
    constexpr std::int64_t blocksPerTask = 16;
    tensor::host::parallel((blocks + blocksPerTask - 1) / blocksPerTask, [&](std::int64_t task, int) {
        double a[wide], b[wide], sums[mostQuantities * 4 * wide];
        for (std::int64_t block = task * blocksPerTask; block < std::min(blocks, (task + 1) * blocksPerTask); ++block) {
            Complex turn[wide];
            for (int i = 0; i < wide; ++i) {
                const double p = pi * double(std::min(block * wide + i, nodes - 1)) / double(L);
                turn[i] = std::polar(1.0, p);
                a[i] = 4 / d.delta * turn[i].imag(), b[i] = 2 * turn[i].real();
            }
            (w.rank == 1 ? sumsOfRankOne : sumsOfRankTwo)(pairs.rows.data(), pairs.count, a, b, sums);
            for (int i = 0; i < wide && block * wide + i < nodes; ++i) {
                Complex q[mostQuantities];
                for (std::int64_t k = 0; k < w.count; ++k) {
                    const double* const s = sums + k * 4 * wide + i;
                    q[k] = Complex(0, a[i]) * Complex(s[0], s[wide]) - b[i] * Complex(s[2 * wide], s[3 * wide]);
                }
                spectrum[std::size_t(block * wide + i)] = 2.0 * turn[i] * woodbury(q, w.rank, b[i]);
            }
        }
    });
    if (pairs.stillPole) spectrum[0] = d.atOne;
    return irfft(spectrum, L);
}

Vector kernelByPlainCauchy(const Dplr& d) {
    const std::int64_t L = d.length, tasks = 64;
    const Weights w(d);
    ComplexVector spectrum(static_cast<std::size_t>(L));
    tensor::host::parallel(tasks, [&](std::int64_t task, int) {
        ComplexVector q(static_cast<std::size_t>(w.count));
        for (std::int64_t l = L * task / tasks; l < L * (task + 1) / tasks; ++l) {
            const Complex z = std::polar(1.0, -2 * pi * double(l) / double(L));
            std::fill(q.begin(), q.end(), Complex(0));
            for (std::size_t i = 0; i < d.lambda.size(); ++i) {
                const Complex one = 1.0 / (2 / d.delta * (1.0 - z) - (1.0 + z) * d.lambda[i]);
                for (std::size_t k = 0; k < q.size(); ++k) q[k] += w.values[i * q.size() + k] * one;
            }
            spectrum[std::size_t(l)] = 2.0 * woodbury(q.data(), w.rank, 1.0 + z);
        }
    });
    spectrum.resize(std::size_t(L / 2 + 1)); // of a real kernel
    if (hasStillPole(d) && L > 0) spectrum[0] = d.atOne;
    return irfft(spectrum, L);
}

} // namespace orrery::statespace
