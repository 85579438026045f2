// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/fourier.h"
#include "engine/labs/statespace/kernel.h"

#include <numbers>

namespace orrery::statespace {

namespace {

/// Coefficients a_1 … a_N of det(z I - A) = z^N + a_1 z^(N-1) + …
Vector characteristic(const Matrix& A) {
    ComplexVector c{1};
    for (const Complex root : eigenvalues(A)) {
        c.push_back(0);
        for (std::size_t i = c.size() - 1; i > 0; --i) c[i] -= root * c[i - 1];
    }
    Vector a;
    for (std::size_t i = 1; i < c.size(); ++i) a.push_back(c[i].real());
    return a;
}

/// Values of a polynomial at the L-th roots of unity e^(-2 pi i l / L): a transform of its coefficients, wrapped where it is
/// longer than L.
ComplexVector atRoots(std::span<const double> coefficients, std::int64_t L) {
    Vector wrapped(static_cast<std::size_t>(L));
    for (std::size_t i = 0; i < coefficients.size(); ++i) wrapped[i % std::size_t(L)] += coefficients[i];
    return rfft(wrapped);
}

} // namespace

Rational rational(const Discrete& d, std::span<const double> C) {
    const std::int64_t N = d.A.rows;
    Rational r{characteristic(d.A), {}};
    Matrix closed = d.A;
    for (std::int64_t i = 0; i < N; ++i)
        for (std::int64_t j = 0; j < N; ++j) closed(i, j) -= d.B[std::size_t(i)] * C[std::size_t(j)];
    r.b = characteristic(closed);
    for (std::size_t i = 0; i < r.b.size(); ++i) r.b[i] -= r.a[i];
    return r;
}

Vector kernelByRational(const Discrete& d, std::span<const double> C, std::int64_t L) {
    if (L < 1) return {};
    Vector Ct(C.begin(), C.end());
    const Vector tail = product(transposed(power(d.A, L)), C);
    for (std::size_t n = 0; n < Ct.size(); ++n) Ct[n] -= tail[n];
    const Rational r = rational(d, Ct);
    Vector a{1};
    a.insert(a.end(), r.a.begin(), r.a.end());
    const ComplexVector below = atRoots(a, L);
    ComplexVector above = atRoots(r.b, L);
    for (std::size_t i = 0; i < above.size(); ++i) above[i] /= below[i];
    return irfft(above, L);
}

Vector outputs(const Rational& r, std::span<const double> samples) {
    const std::size_t d = r.a.size();
    Vector x(d), y;
    for (const double u : samples) {
        double first = u, sum = 0;
        for (std::size_t i = 0; i < d; ++i) first -= r.a[i] * x[i];
        for (std::size_t i = d; i-- > 1;) x[i] = x[i - 1];
        if (d > 0) x[0] = first;
        for (std::size_t i = 0; i < d; ++i) sum += r.b[i] * x[i];
        y.push_back(sum);
    }
    return y;
}

double stabilityBound(const Rational& r) {
    double sum = 0;
    for (const double a : r.a) sum += std::abs(a);
    return sum;
}

} // namespace orrery::statespace
