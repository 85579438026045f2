// SPDX-License-Identifier: GPL-3.0-or-later
// A step of x' = A x + B u from the trapezoid, what it does to eigenvalues, why it costs O(N) for LegS, and what it keeps.
#include "engine/labs/statespace/derivation_sides.h"
#include "engine/labs/statespace/discretise.h"
#include "engine/labs/statespace/legendre.h"
#include "engine/labs/statespace/legs.h"

namespace orrery::statespace {

namespace {

struct Bed {
    explicit Bed(const DerivationOptions& o)
        : s(derivedLegs(o)), x(derivedState(o)), u(derivedSignal(o.t)), h(o.delta), d(discretise(s, Scheme::bilinear, h)) {
        next = stepped(d);
    }
    Vector stepped(const Discrete& by) const {
        Vector y = product(by.A, x);
        for (std::size_t n = 0; n < y.size(); ++n) y[n] += by.B[n] * u;
        return y;
    }
    Vector slope(const Vector& at) const { // A x + B u
        Vector y = product(s.A, at);
        for (std::size_t n = 0; n < y.size(); ++n) y[n] += s.B[n] * u;
        return y;
    }
    System s;
    Vector x;
    double u, h;
    Discrete d;
    Vector next; ///< by the trapezoid
};

Vector difference(const Vector& a, const Vector& b) {
    Vector d(a);
    for (std::size_t n = 0; n < d.size(); ++n) d[n] -= b[n];
    return d;
}

constexpr const char* solve = "A solve of N equations: N^2 roundings, as a share of the largest summand.";
double solving(const Bed& b) { return 40 + 8.0 * double(b.s.N * b.s.N); }

Equality integrate(const Bed& b) {
    static const Quadrature q = gaussLegendre(24);
    Vector right(b.x.size());
    for (std::size_t i = 0; i < q.nodes.size(); ++i) {
        const Vector slope = b.slope(b.stepped(discretise(b.s, Scheme::zoh, b.h * q.nodes[i])));
        for (std::size_t n = 0; n < right.size(); ++n) right[n] += b.h * q.weights[i] * slope[n];
    }
    Sides s;
    s.add("n", difference(b.stepped(discretise(b.s, Scheme::zoh, b.h)), b.x), right);
    s.summand(largestMagnitude(b.x)), s.summand(b.h * largestMagnitude(b.slope(b.x)));
    return s.equality("Integrate", "x(t+\xCE\x94) - x(t)  =  \xE2\x88\xAB (A x + B u) d\xCF\x84 over [t, t+\xCE\x94]",
                      "Exact, but the integral needs x between the ends. While u is held, x there is a matrix exponential.",
                      "matrix exponential over the whole step", "24 nodes within the step", solving(b), solve);
}

Equality trapezoid(const Bed& b) {
    const Vector before = b.slope(b.x), after = b.slope(b.next);
    Vector right(before.size());
    for (std::size_t n = 0; n < right.size(); ++n) right[n] = b.h / 2 * (before[n] + after[n]);
    Sides s;
    s.add("n", difference(b.next, b.x), right);
    s.summand(largestMagnitude(b.x)), s.summand(b.h * largestMagnitude(before)), s.summand(b.h * largestMagnitude(after));
    return s.equality("Trapezoid", "x\xE2\x81\xBA - x  =  \xCE\x94/2 (A x + B u + A x\xE2\x81\xBA + B u)",
                      "Take the mean of both ends for the integral. The new state stands on both sides: an implicit equation.",
                      "the lab's bilinear step", "that step put into the trapezoid", solving(b), solve);
}

Equality solveForNext(const Bed& b) {
    const Matrix one = identity(b.s.N);
    const Matrix inverse = solved(combined(1, one, -b.h / 2, b.s.A), one);
    Sides s;
    s.add("A", b.d.A, combined(2, inverse, -1, one));
    s.summand(2 * largestMagnitude(inverse.values));
    Vector input = product(inverse, b.s.B);
    for (double& v : input) v *= b.h;
    s.add("B", b.d.B, input);
    return s.equality("Solve for x\xE2\x81\xBA",
                      "(I - \xCE\x94"
                      "A/2)\xE2\x81\xBB\xC2\xB9 (I + \xCE\x94"
                      "A/2)  =  2 (I - \xCE\x94"
                      "A/2)\xE2\x81\xBB\xC2\xB9 - I",
                      "Gather x\xE2\x81\xBA on one side. Numerator and denominator share their matrix, so one inverse is enough.",
                      "the lab's discrete A and B", "one inverse, doubled, less one", solving(b), solve);
}

Equality eigenvaluesMove(const Bed& b) {
    Sides s;
    Vector left, right;
    for (std::int64_t n = 0; n < b.s.N; ++n) {
        left.push_back(b.d.A(n, n));
        right.push_back((1 - b.h * double(n + 1) / 2) / (1 + b.h * double(n + 1) / 2));
    }
    s.add("z", left, right);
    return s.equality(
        "Eigenvalues", "z  =  (1 + \xCE\x94\xCE\xBB/2) / (1 - \xCE\x94\xCE\xBB/2),   \xCE\xBB = -(n + 1)",
        "The same quotient acts on each eigenvalue. It takes the left half plane into the unit circle: no step explodes.",
        "diagonal of the discrete A, which is triangular", "the quotient at -(n + 1)", solving(b), solve);
}

Equality inOrderN(const Bed& b) {
    const Vector v = b.slope(b.x);
    Vector quick(v.size());
    solveLegs(b.h / 2, v, quick);
    const Vector dense = solved(combined(1, identity(b.s.N), -b.h / 2, b.s.A), v);
    Sides s;
    s.add("n", quick, dense);
    s.summand(largestMagnitude(v));
    return s.equality(
        "In order N", "S_n = ((1 - \xCE\xBBn) S_(n-1) + s_n v_n) / (1 + \xCE\xBB(n+1)),  z_n = (S_n - S_(n-1)) / s_n",
        "Below the diagonal LegS is an outer product, so partial sums solve it: N multiplications in place of N\xC2\xB2.",
        "partial sums, O(N)", "dense LU", solving(b), solve);
}

Equality ledger(const Bed& b) {
    double before = 0, after = 0, middle = 0, now = 0;
    for (std::size_t n = 0; n < b.x.size(); ++n) {
        const double m = (b.x[n] + b.next[n]) / 2;
        before += b.x[n] * b.x[n], after += b.next[n] * b.next[n], middle += m * m, now += b.s.B[n] * m;
    }
    Sides s;
    s.add("energy", after - before, b.h * (b.u * b.u - middle - (now - b.u) * (now - b.u)));
    for (const double part : {before, after, b.h * now * now}) s.summand(part);
    return s.equality("What a step keeps",
                      "|x\xE2\x81\xBA|\xC2\xB2 - |x|\xC2\xB2  =  \xCE\x94 (u\xC2\xB2 - |xm|\xC2\xB2 - (B\xE1\xB5\x80xm - "
                      "u)\xC2\xB2),   xm = (x + x\xE2\x81\xBA)/2",
                      "Multiply the trapezoid by x + x\xE2\x81\xBA: gain is input less forgetting less misfit at the newest "
                      "sample. It holds for any "
                      "N, step and signal.",
                      "squares of both states", "input, forgetting and misfit", solving(b), solve);
}

} // namespace

std::vector<Equality> deriveBilinear(const DerivationOptions& o) {
    const Bed b(o);
    return {integrate(b), trapezoid(b), solveForNext(b), eigenvaluesMove(b), inOrderN(b), ledger(b)};
}

} // namespace orrery::statespace
