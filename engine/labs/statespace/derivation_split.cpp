// SPDX-License-Identifier: GPL-3.0-or-later
// Why S4 takes LegS apart: its own eigenvectors are out of reach, but with a matrix of rank one added it is normal.
#include "engine/labs/statespace/derivation_sides.h"
#include "engine/labs/statespace/structure.h"

namespace orrery::statespace {

namespace {

ComplexMatrix adjoint(const ComplexMatrix& m) {
    ComplexMatrix a(m.columns, m.rows);
    for (std::int64_t i = 0; i < m.rows; ++i)
        for (std::int64_t j = 0; j < m.columns; ++j) a(j, i) = std::conj(m(i, j));
    return a;
}
template <class T>
ComplexMatrix times(const Dense<T>& a, const ComplexMatrix& b) {
    ComplexMatrix c(a.rows, b.columns);
    for (std::int64_t i = 0; i < a.rows; ++i)
        for (std::int64_t k = 0; k < a.columns; ++k)
            for (std::int64_t j = 0; j < b.columns; ++j) c(i, j) += a(i, k) * b(k, j);
    return c;
}

struct Bed {
    explicit Bed(const DerivationOptions& o) : s(derivedLegs(o)), parts(split(s)), turned(transposed(parts.normal)) {
        const Skew skew = skewEigenvectors(combined(0.5, parts.normal, -0.5, turned));
        V = skew.vectors;
        for (const double w : skew.frequencies) lambda.emplace_back(-0.5, w);
    }
    System s;
    Split parts;
    Matrix turned; ///< transpose of the normal part
    ComplexMatrix V;
    ComplexVector lambda;
};

constexpr const char* products = "Products of N terms, as a share of the largest summand.";
double terms(const Bed& b) { return 8.0 * double(b.s.N); }
double largest(const Bed& b) { return largestMagnitude(b.s.A.values); }

/// C(n, k) by multiplication.
double choose(std::int64_t n, std::int64_t k) {
    double c = 1;
    for (std::int64_t i = 0; i < k; ++i) c = c * double(n - i) / double(i + 1);
    return std::round(c);
}

/// S4, lemma 3.2: eigenvector of -(j + 1) has entries C(i + j, i - j) (-1)^(i-j) sqrt(2i + 1).
Equality ownEigenvectors(const Bed& b) {
    const std::int64_t N = b.s.N;
    Matrix v(N, N), right(N, N);
    for (std::int64_t i = 0; i < N; ++i)
        for (std::int64_t j = 0; j <= i; ++j) {
            v(i, j) = choose(i + j, i - j) * ((i - j) % 2 ? -1 : 1) * rootOf(i);
            right(i, j) = -double(j + 1) * v(i, j);
        }
    Sides s;
    s.add("A v", product(b.s.A, v), right);
    s.summand(largest(b) * largestMagnitude(v.values));
    return s.equality("Its own eigenvectors", "A v_j  =  -(j + 1) v_j,   v_j,i = (-1)^(i-j) C(i+j, i-j) s_i",
                      "They are known, and of no use: binomials grow so fast that from 32 states on float64 cannot invert them.",
                      "A times the binomials", "-(j + 1) times the binomials", terms(b), products);
}

Equality skewPart(const Bed& b) {
    Sides s;
    Matrix left = combined(1, b.parts.normal, 0.5, identity(b.s.N)), right = combined(-1, b.turned, -0.5, identity(b.s.N));
    s.add("S", left, right);
    s.summand(largest(b));
    return s.equality(
        "Add a rank", "S = A + P P\xE1\xB5\x80 + I/2,   S  =  -S\xE1\xB5\x80,   P_n = \xE2\x88\x9A(n + 1/2)",
        "s_n s_k / 2 added everywhere turns -s_n s_k below the diagonal into -s_n s_k / 2 below and +s_n s_k / 2 above.", "S",
        "-S\xE1\xB5\x80", terms(b), products);
}

Equality normalPart(const Bed& b) {
    Sides s;
    s.add("M", product(b.parts.normal, b.turned), product(b.turned, b.parts.normal));
    s.summand(largest(b) * largest(b));
    return s.equality(
        "Normal", "M M\xE1\xB5\x80  =  M\xE1\xB5\x80 M,   M = A + P P\xE1\xB5\x80",
        "A skew matrix and a multiple of one commute with their transposes. Such a matrix has eigenvectors at right angles.",
        "M M\xE1\xB5\x80", "M\xE1\xB5\x80 M", terms(b), products);
}

Equality eigenpairs(const Bed& b) {
    ComplexMatrix right = b.V;
    for (std::int64_t i = 0; i < right.rows; ++i)
        for (std::int64_t j = 0; j < right.columns; ++j) right(i, j) *= b.lambda[std::size_t(j)];
    Sides s;
    s.add("V", times(b.parts.normal, b.V), right);
    s.summand(largest(b) * double(b.s.N));
    return s.equality("Eigenvalues", "M V  =  V \xCE\x9B,   Re \xCE\xBB = -1/2",
                      "i times a skew matrix is Hermitian, which solvers take apart without loss: real parts are -1/2, all turn.",
                      "M times the eigenvectors", "eigenvectors times eigenvalues", terms(b), products);
}

Equality unitary(const Bed& b) {
    ComplexMatrix one(b.s.N, b.s.N);
    for (std::int64_t i = 0; i < b.s.N; ++i) one(i, i) = 1;
    Sides s;
    s.add("I", times(adjoint(b.V), b.V), one);
    s.summand(double(b.s.N));
    return s.equality("Nothing is lost", "V* V  =  I", "The change of basis keeps lengths: rounding stays rounding.", "V* V", "I",
                      terms(b), products);
}

Equality rebuilt(const Bed& b) {
    const std::int64_t N = b.s.N;
    const ComplexMatrix Vt = adjoint(b.V);
    ComplexMatrix P(N, 1), inner(N, N), left(N, N);
    for (std::int64_t i = 0; i < N; ++i) P(i, 0) = std::sqrt(double(i) + 0.5);
    const ComplexMatrix turned = times(Vt, P);
    for (std::int64_t i = 0; i < N; ++i)
        for (std::int64_t j = 0; j < N; ++j) {
            inner(i, j) = (i == j ? b.lambda[std::size_t(i)] : 0.0) - turned(i, 0) * std::conj(turned(j, 0));
            left(i, j) = b.s.A(i, j);
        }
    Sides s;
    s.add("A", left, times(times(b.V, inner), Vt));
    s.summand(largest(b) * double(N));
    return s.equality("Put together", "A  =  V (\xCE\x9B - P' P'*) V*,   P' = V* P",
                      "In that basis A is a diagonal and one outer product: the form in which S4 computes.", "the lab's matrix",
                      "V, eigenvalues and the rank one", terms(b), products);
}

} // namespace

std::vector<Equality> deriveSplit(const DerivationOptions& o) {
    const Bed b(o);
    return {ownEigenvectors(b), skewPart(b), normalPart(b), eigenpairs(b), unitary(b), rebuilt(b)};
}

} // namespace orrery::statespace
