// SPDX-License-Identifier: GPL-3.0-or-later
// What another basis changes, and what it does not: LMU and LegT, the diagonal form, its steps, the scan, and the quotient of
// two polynomials in which no basis is left.
#include "engine/labs/statespace/derivation_sides.h"
#include "engine/labs/statespace/kernel.h"
#include "engine/labs/statespace/scan.h"
#include "engine/labs/statespace/structure.h"

namespace orrery::statespace {

namespace {

constexpr std::int64_t L = 24;

struct Bed {
    explicit Bed(const DerivationOptions& o)
        : s(derivedLegs(o)), parts(split(s)), delta(o.delta), d(discretise(parts.normal, s.B, Scheme::zoh, o.delta)) {
        const Skew skew = skewEigenvectors(combined(0.5, parts.normal, -0.5, transposed(parts.normal)));
        V = skew.vectors;
        for (const double w : skew.frequencies) lambda.emplace_back(parts.shift, w);
        B.resize(s.B.size()), C = B;
        for (std::int64_t i = 0; i < s.N; ++i) {
            output.push_back(i % 2 ? -0.5 : 1);
            for (std::int64_t j = 0; j < s.N; ++j) {
                B[std::size_t(j)] += std::conj(V(i, j)) * s.B[std::size_t(i)];
                C[std::size_t(j)] += output[std::size_t(i)] * V(i, j);
            }
        }
        for (const Complex l : lambda) {
            a.push_back(std::exp(delta * l));
            b.push_back((a.back() - 1.0) / l * B[b.size()]);
        }
        for (std::int64_t k = 0; k < L; ++k) u.push_back(derivedSignal(double(k) * delta));
    }
    System s;
    Split parts;
    double delta;
    Discrete d;
    ComplexMatrix V;
    ComplexVector lambda, B, C, a, b; ///< in the eigenbasis; a, b: a step there
    Vector output, u;
};

constexpr const char* products = "Products of N terms, L times, as a share of the largest summand.";
double terms(const Bed& b) { return 8.0 * double(b.s.N) * double(L); }

Equality similar(const Bed& b) {
    const std::int64_t N = b.s.N;
    const System legt = hippo(Method::legt, N), lmu = hippo(Method::lmu, N);
    Matrix moved(N, N);
    Vector input;
    const auto scale = [](std::int64_t n) { return (n % 2 ? -1 : 1) * rootOf(n); };
    for (std::int64_t i = 0; i < N; ++i) {
        input.push_back(scale(i) * legt.B[std::size_t(i)]);
        for (std::int64_t j = 0; j < N; ++j) moved(i, j) = scale(i) * legt.A(i, j) / scale(j);
    }
    Sides s;
    s.add("B", lmu.B, input), s.add("A", lmu.A, moved);
    return s.equality(
        "Another basis", "A_LMU  =  D A_LegT D\xE2\x81\xBB\xC2\xB9,   B_LMU = D B_LegT,   D = diag((-1)^n s_n)",
        "The LMU and HiPPO's LegT are one system: polynomials with and without their roots, seen from the other end.",
        "LMU as published", "LegT as published, scaled", 16, "A few products of whole numbers and roots.");
}

Equality sameOutput(const Bed& b) {
    Sides s;
    const Vector left = kernelByPowers(b.d, b.output, L);
    double loud = 0;
    for (std::int64_t l = 0; l < L; ++l) {
        Complex sum = 0;
        for (std::size_t n = 0; n < b.a.size(); ++n) sum += b.C[n] * b.b[n] * std::pow(b.a[n], double(l));
        s.add("K_" + std::to_string(l), left[std::size_t(l)], sum);
    }
    for (std::size_t n = 0; n < b.a.size(); ++n) loud += std::abs(b.C[n] * b.b[n]);
    s.summand(loud);
    return s.equality("Powers of numbers", "C Ad^l Bd  =  \xCE\xA3_n C'_n b_n a_n^l,   a_n = e^(\xCE\x94\xCE\xBB_n)",
                      "In the eigenbasis of the normal part a matrix power is N powers of numbers: this is S4D.",
                      "dense matrices, ZOH", "N complex exponentials", 4 * terms(b), products);
}

Equality inputOfAStep(const Bed& b) {
    // V* Bd against expm1(Delta lambda) / lambda
    ComplexVector left(b.B.size());
    for (std::int64_t i = 0; i < b.s.N; ++i)
        for (std::int64_t j = 0; j < b.s.N; ++j) left[std::size_t(j)] += std::conj(b.V(i, j)) * b.d.B[std::size_t(i)];
    Sides s;
    for (std::size_t n = 0; n < left.size(); ++n) s.add("b_" + std::to_string(n), left[n], b.b[n]);
    s.summand(largestMagnitude(b.s.B) * b.delta);
    return s.equality(
        "A held sample", "V* Bd  =  (e^(\xCE\x94\xCE\xBB) - 1)/\xCE\xBB V* B,   Bd from exp(\xCE\x94 [A B; 0 0])",
        "While u is held the equation of one number is solved by hand; the block exponential does it for all of them.",
        "corner of a block exponential", "(e^(\xCE\x94\xCE\xBB) - 1) / \xCE\xBB", 4 * terms(b), products);
}

using Join = std::pair<Complex, Complex>;
Join join(const Join& first, const Join& then) { return {then.first * first.first, then.first * first.second + then.second}; }

Equality associative(const Bed& b) {
    Sides s;
    for (std::size_t n = 0; n < std::min<std::size_t>(3, b.a.size()); ++n) {
        const auto at = [&](int k) { return Join{b.a[n] * (1.0 - 0.01 * k), b.b[n] * b.u[std::size_t(k)]}; };
        const Join left = join(join(at(0), at(1)), at(2)), right = join(at(0), join(at(1), at(2)));
        s.add("a of n = " + std::to_string(n), left.first, right.first);
        s.add("b of n = " + std::to_string(n), left.second, right.second);
    }
    return s.equality("Any order of joining",
                      "((p \xE2\x88\x98 q) \xE2\x88\x98 r)  =  (p \xE2\x88\x98 (q \xE2\x88\x98 r)),   (a, b) \xE2\x88\x98 (a', "
                      "b') = (a'a, a'b + b')",
                      "Two steps are one step, with other numbers. So a tree can join them, and that is a parallel scan; factors "
                      "may differ from "
                      "step to step.",
                      "from the left", "from the right", 32, "A dozen products.");
}

Equality scansAgree(const Bed& b) {
    ComplexVector a(std::size_t(L), b.a[0]), in;
    for (const double u : b.u) in.push_back(b.b[0] * u);
    const ComplexVector tree = scanned(a, in, {.scan = Scan::blelloch});
    Complex h = 0;
    Sides s;
    for (std::int64_t k = 0; k < L; ++k) {
        h = b.a[0] * h + in[std::size_t(k)];
        s.add("h_" + std::to_string(k), h, tree[std::size_t(k)]);
    }
    double loud = 0;
    for (const Complex& v : in) loud += std::abs(v);
    s.summand(loud);
    return s.equality("A scan",
                      "h_k = a h_(k-1) + b u_k   =   (p_0 \xE2\x88\x98 p_1 \xE2\x88\x98 \xE2\x80\xA6 \xE2\x88\x98 p_k).b",
                      "Up and down a tree, 24 steps with a tail of neutral pairs: the same states as the loop.", "a loop",
                      "Blelloch's tree", terms(b), products);
}

Equality polynomials(const Bed& b) {
    const Rational r = rational(b.d, b.output);
    Vector impulse(std::size_t(L), 0.0);
    impulse[0] = 1;
    Sides s;
    s.add("y", outputs(b.d, b.output, impulse), outputs(r, impulse));
    double loud = 0;
    for (const double c : r.b) loud += std::abs(c);
    for (const double c : r.a) loud = std::max(loud, std::abs(c));
    s.summand(loud * loud);
    return s.equality(
        "No basis left", "K^(z)  =  b(z) / a(z),   a(z) = det(I - Ad z)",
        "The output knows only 2 N coefficients: the characteristic polynomial and one more. A shift register with feedback "
        "computes it.",
        "N states of the system", "2 N coefficients, a shift register", 4 * terms(b),
        "Polynomials of degree N: their coefficients grow, and rounding is a share of the square of the largest.");
}

} // namespace

std::vector<Equality> deriveDiagonal(const DerivationOptions& o) {
    const Bed b(o);
    return {similar(b), sameOutput(b), inputOfAStep(b), associative(b), scansAgree(b), polynomials(b)};
}

} // namespace orrery::statespace
