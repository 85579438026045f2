// SPDX-License-Identifier: GPL-3.0-or-later
// Dense float64 algebra for state-space systems. Row-major; the work is done by Eigen and BLAS, which stay out of this header.
#pragma once

#include <complex>
#include <cstdint>
#include <span>
#include <vector>

namespace orrery::statespace {

using Vector = std::vector<double>;
using Complex = std::complex<double>;
using ComplexVector = std::vector<Complex>;

template <class T>
struct Dense {
    Dense() = default;
    Dense(std::int64_t r, std::int64_t c) : rows(r), columns(c), values(std::size_t(r * c)) {}

    T& operator()(std::int64_t i, std::int64_t j) { return values[std::size_t(i * columns + j)]; }
    const T& operator()(std::int64_t i, std::int64_t j) const { return values[std::size_t(i * columns + j)]; }
    std::span<const T> row(std::int64_t i) const { return {values.data() + i * columns, std::size_t(columns)}; }

    std::int64_t rows = 0, columns = 0;
    std::vector<T> values;
};
using Matrix = Dense<double>;
using ComplexMatrix = Dense<Complex>;

Matrix identity(std::int64_t n);
Matrix transposed(const Matrix& a);
Matrix product(const Matrix& a, const Matrix& b);
Vector product(const Matrix& a, std::span<const double> x);
/// p a + q b
Matrix combined(double p, const Matrix& a, double q, const Matrix& b);
Matrix power(Matrix a, std::int64_t n); ///< by squaring; n >= 0

/// a^-1 b by LU with partial pivoting.
Matrix solved(const Matrix& a, const Matrix& b);
Vector solved(const Matrix& a, std::span<const double> b);
ComplexVector solved(const ComplexMatrix& a, std::span<const Complex> b);
ComplexMatrix inverse(const ComplexMatrix& a);
/// e^a by scaling and squaring with Padé approximants (Higham 2005).
Matrix exponential(const Matrix& a);

/// Sorted by real part, the largest first, then by imaginary part; of a triangular matrix exactly its diagonal.
ComplexVector eigenvalues(const Matrix& a);
/// Of a general matrix with eigenvectors of length 1 as columns.
struct EigenPairs {
    ComplexVector values;
    ComplexMatrix vectors;
};
EigenPairs eigenvectors(const Matrix& a);
/// Of S = -S^T: S = V diag(i w) V*, V unitary, by the Hermitian problem of -i S; w descending.
struct Skew {
    Vector frequencies;
    ComplexMatrix vectors;
};
Skew skewEigenvectors(const Matrix& s);

double norm(std::span<const double> x); ///< Euclidean
double norm2(const Matrix& a);          ///< largest singular value
double normFrobenius(const Matrix& a);
double condition(const ComplexMatrix& a); ///< largest over smallest singular value
double largestMagnitude(std::span<const double> x);
/// |a - b| / |b|, Euclidean; |a| where b is zero. Infinite when a number is not finite.
double relative(std::span<const double> a, std::span<const double> b);

} // namespace orrery::statespace
