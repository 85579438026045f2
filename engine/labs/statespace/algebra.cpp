// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/algebra.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/Dense>
#include <unsupported/Eigen/MatrixFunctions>

namespace orrery::statespace {

namespace {

template <class T>
using RowMajor = ::Eigen::Matrix<T, ::Eigen::Dynamic, ::Eigen::Dynamic, ::Eigen::RowMajor>;

template <class T>
::Eigen::Map<const RowMajor<T>> view(const Dense<T>& a) {
    return {a.values.data(), a.rows, a.columns};
}
::Eigen::Map<const ::Eigen::VectorXd> view(std::span<const double> x) { return {x.data(), std::int64_t(x.size())}; }

template <class T, class Expression>
Dense<T> made(const Expression& e) {
    Dense<T> result(e.rows(), e.cols());
    ::Eigen::Map<RowMajor<T>>(result.values.data(), result.rows, result.columns) = e;
    return result;
}

void sort(ComplexVector& values) {
    std::sort(values.begin(), values.end(),
              [](Complex a, Complex b) { return a.real() != b.real() ? a.real() > b.real() : a.imag() > b.imag(); });
}

/// The root of the largest eigenvalue of A* A.
double largestSingular(const ::Eigen::MatrixXcd& a) {
    if (!a.allFinite()) return std::numeric_limits<double>::infinity();
    const double scale = a.cwiseAbs().maxCoeff(); // so that squares neither vanish nor overflow
    if (scale == 0) return 0;
    const ::Eigen::MatrixXcd b = a / scale;
    const ::Eigen::SelfAdjointEigenSolver<::Eigen::MatrixXcd> solver(b.adjoint() * b, ::Eigen::EigenvaluesOnly);
    return scale * std::sqrt(solver.eigenvalues()[b.cols() - 1]);
}

bool lowerTriangular(const Matrix& a) {
    for (std::int64_t i = 0; i < a.rows; ++i)
        for (std::int64_t j = i + 1; j < a.columns; ++j)
            if (a(i, j) != 0) return false;
    return true;
}

} // namespace

Matrix identity(std::int64_t n) {
    Matrix one(n, n);
    for (std::int64_t i = 0; i < n; ++i) one(i, i) = 1;
    return one;
}

Matrix transposed(const Matrix& a) { return made<double>(view(a).transpose()); }
Matrix product(const Matrix& a, const Matrix& b) { return made<double>(view(a) * view(b)); }
Matrix combined(double p, const Matrix& a, double q, const Matrix& b) { return made<double>(p * view(a) + q * view(b)); }

Vector product(const Matrix& a, std::span<const double> x) {
    Vector y(std::size_t(a.rows));
    ::Eigen::Map<::Eigen::VectorXd>(y.data(), a.rows).noalias() = view(a) * view(x);
    return y;
}

Matrix power(Matrix a, std::int64_t n) {
    Matrix result = identity(a.rows);
    for (; n > 0; n /= 2) {
        if (n % 2 == 1) result = product(result, a);
        if (n > 1) a = product(a, a);
    }
    return result;
}

Matrix solved(const Matrix& a, const Matrix& b) {
    const ::Eigen::PartialPivLU<::Eigen::MatrixXd> lu(view(a));
    return made<double>(::Eigen::MatrixXd(lu.solve(::Eigen::MatrixXd(view(b)))));
}
Vector solved(const Matrix& a, std::span<const double> b) {
    Matrix column(a.rows, 1);
    column.values.assign(b.begin(), b.end());
    return solved(a, column).values;
}
ComplexVector solved(const ComplexMatrix& a, std::span<const Complex> b) {
    const ::Eigen::Map<const ::Eigen::VectorXcd> right(b.data(), std::int64_t(b.size()));
    const ::Eigen::VectorXcd x = ::Eigen::PartialPivLU<::Eigen::MatrixXcd>(view(a)).solve(right);
    return {x.begin(), x.end()};
}

ComplexMatrix inverse(const ComplexMatrix& a) { return made<Complex>(::Eigen::MatrixXcd(::Eigen::MatrixXcd(view(a)).inverse())); }

Matrix exponential(const Matrix& a) { return made<double>(::Eigen::MatrixXd(::Eigen::MatrixXd(view(a)).exp())); }

ComplexVector eigenvalues(const Matrix& a) {
    ComplexVector values;
    if (lowerTriangular(a)) {
        for (std::int64_t i = 0; i < a.rows; ++i) values.emplace_back(a(i, i));
    } else {
        const ::Eigen::VectorXcd all = ::Eigen::MatrixXd(view(a)).eigenvalues();
        values.assign(all.begin(), all.end());
    }
    sort(values);
    return values;
}

EigenPairs eigenvectors(const Matrix& a) {
    const ::Eigen::EigenSolver<::Eigen::MatrixXd> solver{::Eigen::MatrixXd(view(a))};
    EigenPairs result;
    result.values.assign(solver.eigenvalues().begin(), solver.eigenvalues().end());
    result.vectors = made<Complex>(::Eigen::MatrixXcd(solver.eigenvectors().colwise().normalized()));
    return result;
}

Skew skewEigenvectors(const Matrix& s) {
    const ::Eigen::MatrixXcd hermitian = Complex(0, -1) * ::Eigen::MatrixXd(view(s)).cast<Complex>();
    const ::Eigen::SelfAdjointEigenSolver<::Eigen::MatrixXcd> solver(hermitian);
    Skew result;
    result.vectors = made<Complex>(::Eigen::MatrixXcd(solver.eigenvectors().rowwise().reverse()));
    for (std::int64_t i = s.rows - 1; i >= 0; --i) result.frequencies.push_back(solver.eigenvalues()[i]);
    return result;
}

double norm(std::span<const double> x) { return view(x).stableNorm(); }
double norm2(const Matrix& a) { return largestSingular(::Eigen::MatrixXd(view(a)).cast<Complex>()); }
double normFrobenius(const Matrix& a) { return norm(a.values); }

/// The least singular value is one over the largest of the inverse: as exact as a singular value decomposition, whose error of the
/// least one is a rounding of the largest, and it takes a minute less to compile.
double condition(const ComplexMatrix& a) {
    const ::Eigen::MatrixXcd matrix = view(a), inverse = matrix.inverse();
    const double product = largestSingular(matrix) * largestSingular(inverse);
    return std::isfinite(product) ? product : std::numeric_limits<double>::infinity();
}

double largestMagnitude(std::span<const double> x) {
    double most = 0;
    for (const double v : x) most = std::isnan(v) ? std::numeric_limits<double>::infinity() : std::max(most, std::abs(v));
    return most;
}

double relative(std::span<const double> a, std::span<const double> b) {
    double difference = 0, size = 0;
    for (std::size_t i = 0; i < a.size(); ++i) difference += (a[i] - b[i]) * (a[i] - b[i]), size += b[i] * b[i];
    if (a.size() != b.size() || !std::isfinite(difference)) return std::numeric_limits<double>::infinity();
    return std::sqrt(size > 0 ? difference / size : difference);
}

} // namespace orrery::statespace
