// SPDX-License-Identifier: GPL-3.0-or-later
// From the recurrence to a kernel, from powers to one inverse, from the inverse to a handful of sums, and back by a transform.
#include "engine/labs/statespace/derivation_sides.h"
#include "engine/labs/statespace/fourier.h"
#include "engine/labs/statespace/kernel.h"

#include <numbers>

namespace orrery::statespace {

namespace {

constexpr std::int64_t L = 32;

struct Bed {
    explicit Bed(const DerivationOptions& o)
        : s(derivedLegs(o)), d(discretise(s, Scheme::bilinear, o.delta)), z(std::polar(1.0, -2 * std::numbers::pi * o.turns)) {
        for (std::int64_t n = 0; n < o.N; ++n) C.push_back(n % 2 ? -0.5 : 1); // any output
        kernel = kernelByPowers(d, C, L);
        const Vector tail = product(transposed(power(d.A, L)), C);
        for (std::size_t n = 0; n < C.size(); ++n) cut.push_back(C[n] - tail[n]);
        for (std::int64_t k = 0; k < L; ++k) u.push_back(derivedSignal(double(k) * o.delta));
    }
    Complex node(std::int64_t l) const { return std::polar(1.0, -2 * std::numbers::pi * double(l) / double(L)); }
    /// (p I + q A)^-1 right
    ComplexVector resolvent(Complex p, Complex q, const Matrix& A, const Vector& right) const {
        ComplexMatrix m(A.rows, A.columns);
        for (std::int64_t i = 0; i < A.rows; ++i)
            for (std::int64_t j = 0; j < A.columns; ++j) m(i, j) = (i == j ? p : 0.0) + q * A(i, j);
        return solved(m, ComplexVector(right.begin(), right.end()));
    }
    System s;
    Discrete d;
    Complex z;
    Vector C, cut, kernel, u; ///< cut: C (I - Ad^L)
};

Complex dot(const Vector& c, const ComplexVector& x) {
    Complex sum = 0;
    for (std::size_t n = 0; n < x.size(); ++n) sum += c[n] * x[n];
    return sum;
}

constexpr const char* long_ = "L terms, a solve of N equations: L + N^2 roundings, as a share of the largest summand.";
double roundings(const Bed& b) { return 4.0 * double(L) + 16.0 * double(b.s.N * b.s.N); }
double loud(const Bed& b) {
    double sum = 0;
    for (const double k : b.kernel) sum += std::abs(k);
    return sum;
}
/// C and C' differ by little where a step forgets little: what is left of them is multiplied by this.
double loud(const Bed& b, Complex z) {
    double state = 0;
    for (const Complex& x : b.resolvent(1, -z, b.d.A, b.d.B)) state += std::norm(x);
    return loud(b) + norm(b.C) * std::sqrt(state);
}

Equality unroll(const Bed& b) {
    Sides s;
    const Vector steps = outputs(b.d, b.C, b.u);
    for (const std::int64_t k : {0, 1, 2, 3, 7, 20, int(L) - 1}) {
        double sum = 0;
        for (std::int64_t l = 0; l <= k; ++l) sum += b.kernel[std::size_t(l)] * b.u[std::size_t(k - l)];
        s.add("y_" + std::to_string(k), steps[std::size_t(k)], sum);
    }
    s.summand(loud(b) * largestMagnitude(b.u));
    return s.equality(
        "Unroll", "y_k = C x_k,  x_k = Ad x_(k-1) + Bd u_k   =   \xCE\xA3_l K_l u_(k-l),   K_l = C Ad^l Bd",
        "Put the recurrence into itself until nothing but samples is left: a convolution with a kernel that does not depend on "
        "the signal.",
        "recurrence, step by step", "sum over the kernel", roundings(b), long_);
}

Equality geometric(const Bed& b) {
    Sides s;
    for (const auto& [name, z] : {std::pair{"z", b.z}, {"z / 2", b.z * 0.5}, {"z*", std::conj(b.z)}, {"0.9 z", b.z * 0.9}}) {
        s.add(name, generating(b.kernel, z), generating(b.d, b.C, L, z));
        s.summand(loud(b, z));
    }
    return s.equality("Powers, summed", "\xCE\xA3_(l<L) K_l z^l  =  C (I - Ad^L z^L) (I - Ad z)\xE2\x81\xBB\xC2\xB9 Bd",
                      "A geometric series of matrices: one solve for each z in place of L powers.", "L powers, summed",
                      "one solve", roundings(b), long_);
}

Equality onTheCircle(const Bed& b) {
    Sides s;
    for (const std::int64_t l : {0, 1, 2, 5, 11, int(L) / 2}) {
        const Complex z = b.node(l);
        s.add("l = " + std::to_string(l), generating(b.kernel, z), dot(b.cut, b.resolvent(1, -z, b.d.A, b.d.B)));
        s.summand(loud(b, z));
    }
    return s.equality("At roots of one", "K^(z)  =  C' (I - Ad z)\xE2\x81\xBB\xC2\xB9 Bd,   C' = C (I - Ad^L),   z^L = 1",
                      "There z^L is 1, and the cut-off is the same for all: it goes into the output once.", "L powers, summed",
                      "one solve at each root", roundings(b), long_);
}

Equality bilinearIn(const Bed& b) {
    const double h = b.d.delta;
    Complex z = b.z;
    if (std::abs(1.0 + z) < 1e-3) z = std::polar(1.0, -0.98 * std::numbers::pi); // the form has its pole at -1
    const Complex g = 2 / h * (1.0 - z) / (1.0 + z);
    const ComplexVector left = b.resolvent(1, -z, b.d.A, b.d.B);
    ComplexVector right = b.resolvent(g, -1, b.s.A, b.s.B);
    Sides s;
    for (std::size_t n = 0; n < right.size(); ++n) s.add("n = " + std::to_string(n), left[n], 2.0 / (1.0 + z) * right[n]);
    s.summand(largestMagnitude(b.d.B));
    return s.equality(
        "Step multiplied out",
        "(I - Ad z)\xE2\x81\xBB\xC2\xB9 Bd  =  2/(1+z) (g I - A)\xE2\x81\xBB\xC2\xB9 B,   g = 2/\xCE\x94 (1-z)/(1+z)",
        "The bilinear step disappears: A itself is left, with z on another circle.", "with the discrete A and B",
        "with A and B themselves", 8 * roundings(b), long_);
}

Equality woodbury(const Bed& b) {
    Sides s;
    const Dplr parts = dplr(b.s, b.C, b.d.delta, L);
    for (const auto& [name, z] : {std::pair{"z", b.z}, {"l = 1", b.node(1)}, {"l = 5", b.node(5)}, {"l = 11", b.node(11)}}) {
        s.add(name, dot(b.cut, b.resolvent(1, -z, b.d.A, b.d.B)), generatingByDplr(parts, z));
        s.summand(loud(b, z));
    }
    return s.equality(
        "Four sums",
        "K^  =  2 (q_CB - (1+z) q_CP q_PB / (1 + (1+z) q_PP)),   q_XY = \xCE\xA3 X_i Y_i / (2/\xCE\x94 (1-z) - (1+z) \xCE\x9B_i)",
        "Woodbury's identity for a diagonal less one outer product: four sums over N poles, and no solve at all.",
        "one dense solve", "four Cauchy sums", 8 * roundings(b), long_);
}

Equality backAgain(const Bed& b) {
    Sides s;
    s.add("K", b.kernel, kernelByDplr(dplr(b.s, b.C, b.d.delta, L)));
    s.summand(loud(b));
    return s.equality(
        "Back by a transform", "K_l = C Ad^l Bd  =  1/L \xCE\xA3_z K^(z) z^(-l)",
        "The roots of one are the nodes of a Fourier transform: its inverse gives all L terms of the kernel at once.",
        "L products with Ad", "Cauchy sums at L nodes, inverse FFT", 8 * roundings(b), long_);
}

} // namespace

std::vector<Equality> deriveKernel(const DerivationOptions& o) {
    const Bed b(o);
    return {unroll(b), geometric(b), onTheCircle(b), bilinearIn(b), woodbury(b), backAgain(b)};
}

} // namespace orrery::statespace
