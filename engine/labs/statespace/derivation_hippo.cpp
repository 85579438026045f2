// SPDX-License-Identifier: GPL-3.0-or-later
// HiPPO-LegS from its definition: differentiate a projection onto Legendre polynomials that stretch with the time that passes.
#include "engine/labs/statespace/derivation_sides.h"
#include "engine/labs/statespace/legendre.h"
#include "engine/labs/statespace/legs.h"

#include <functional>

namespace orrery::statespace {

namespace {

/// Integral over [0, 1] of a vector of functions: one rule whose nodes are enough for entire functions of 21 radians.
Vector integral(std::int64_t N, const std::function<Vector(double)>& f) {
    static const Quadrature q = gaussLegendre(80);
    Vector sum(static_cast<std::size_t>(N));
    for (std::size_t i = 0; i < q.nodes.size(); ++i) {
        const Vector values = f(q.nodes[i]);
        for (std::size_t n = 0; n < sum.size(); ++n) sum[n] += q.weights[i] * values[n];
    }
    return sum;
}

/// The same over [0, t] in 24 panels of 12 nodes each: other places, other weights.
Vector panels(std::int64_t N, double t, const std::function<Vector(double)>& f) {
    static const Quadrature q = gaussLegendre(12);
    constexpr int parts = 24;
    Vector sum(static_cast<std::size_t>(N));
    for (int part = 0; part < parts; ++part)
        for (std::size_t i = 0; i < q.nodes.size(); ++i) {
            const Vector values = f(t * (part + q.nodes[i]) / parts);
            for (std::size_t n = 0; n < sum.size(); ++n) sum[n] += t / parts * q.weights[i] * values[n];
        }
    return sum;
}

Vector times(double factor, Vector v) {
    for (double& x : v) x *= factor;
    return v;
}

/// dc_n / dt at t by a complex step: Im c_n(t + i h) / h, with nothing subtracted.
Vector slopes(std::int64_t N, double t) {
    constexpr double h = 1e-30;
    return times(
        1 / h, integral(N, [&](double r) { return times(derivedSignal(Complex(t * r, h * r)).imag(), shiftedLegendre(r, N)); }));
}

constexpr const char* sums = "Sums of 80 nodes: a hundred roundings, as a share of the largest summand.";
constexpr double nodes = 100;

Equality project(const DerivationOptions& o, const Vector& c) {
    Sides s;
    s.add("c",
          times(1 / o.t, panels(o.N, o.t, [&](double at) { return times(derivedSignal(at), shiftedLegendre(at / o.t, o.N)); })),
          c);
    for (std::int64_t n = 0; n < o.N; ++n) s.summand(rootOf(n));
    return s.equality("Project", "1/t \xE2\x88\xAB u(s) \xCF\x86_n(s/t) ds  =  \xE2\x88\xAB u(r t) \xCF\x86_n(r) dr",
                      "The numbers to keep are coefficients: what u has of each polynomial. With s = r t the polynomials stand "
                      "still and the signal is stretched.",
                      "over [0, t], in 24 panels of 12 nodes", "over [0, 1], one rule of 80 nodes", 4 * nodes, sums);
}

Equality orthonormal(const DerivationOptions& o) {
    Sides s;
    for (std::int64_t n = 0; n < o.N; ++n) {
        const Vector row = integral(o.N, [&](double r) {
            const Vector phi = shiftedLegendre(r, o.N);
            return times(phi[std::size_t(n)], phi);
        });
        for (std::int64_t k = 0; k <= n; ++k)
            s.add("(" + std::to_string(n) + "," + std::to_string(k) + ")", row[std::size_t(k)], n == k);
    }
    s.summand(double(2 * o.N - 1));
    return s.equality(
        "Orthonormal", "\xE2\x88\xAB \xCF\x86_n \xCF\x86_k dr  =  1 if n = k, else 0",
        "Then the coefficients of the projection are the best there are, and no system of equations is to be solved.",
        "by quadrature", "by definition", nodes, sums);
}

Equality differentiate(const DerivationOptions& o) {
    Sides s;
    s.add("c'", slopes(o.N, o.t),
          integral(o.N, [&](double r) { return times(r * derivedSlope(r * o.t), shiftedLegendre(r, o.N)); }));
    s.summand(derivedSlope(0) * rootOf(o.N - 1));
    return s.equality("Differentiate", "dc_n/dt  =  \xE2\x88\xAB r u'(r t) \xCF\x86_n(r) dr",
                      "Only the signal depends on t now, so the derivative moves under the integral.",
                      "c_n at t + i h, imaginary part over h", "quadrature with u'", nodes, sums);
}

Equality byParts(const DerivationOptions& o) {
    const Vector left = integral(o.N, [&](double r) { return times(r * derivedSlope(r * o.t), shiftedLegendre(r, o.N)); });
    Vector right = integral(o.N, [&](double r) {
        const Vector phi = shiftedLegendre(r, o.N), slope = shiftedLegendreSlope(r, o.N);
        Vector v(phi.size());
        for (std::size_t n = 0; n < v.size(); ++n) v[n] = derivedSignal(r * o.t) * (phi[n] + r * slope[n]);
        return v;
    });
    const Vector edge = shiftedLegendre(1, o.N);
    Sides s;
    for (std::size_t n = 0; n < right.size(); ++n) {
        s.summand(std::max(std::abs(edge[n] * derivedSignal(o.t)), std::abs(right[n])) / o.t);
        s.summand(edge[n] * double(n * n + n) / o.t); // the slope at the edge
        right[n] = (derivedSignal(o.t) * edge[n] - right[n]) / o.t;
    }
    s.add("c'", left, right);
    return s.equality(
        "By parts",
        "\xE2\x88\xAB r u'(r t) \xCF\x86_n dr  =  (u(t) \xCF\x86_n(1) - \xE2\x88\xAB u(r t) (\xCF\x86_n + r \xCF\x86_n') dr) / t",
        "The derivative leaves the signal, which nobody knows to differentiate, and goes to the polynomials; what stays at "
        "the edge is the newest sample.",
        "quadrature with u'", "edge and quadrature without u'", nodes, sums);
}

Equality legendreSlopes(const DerivationOptions& o) {
    Sides s;
    for (const double r : {0.3, 0.02, 0.71, 0.999}) {
        const Vector phi = shiftedLegendre(r, o.N), slope = shiftedLegendreSlope(r, o.N);
        double below = 0;
        for (std::int64_t n = 0; n < o.N; ++n) {
            const std::size_t i = std::size_t(n);
            s.add("n = " + std::to_string(n), r * slope[i], double(n) * phi[i] + rootOf(n) * below);
            below += rootOf(n) * phi[i];
        }
    }
    return s.equality(
        "Within the family", "r \xCF\x86_n'  =  n \xCF\x86_n + s_n \xCE\xA3_(k<n) s_k \xCF\x86_k,   s_n = \xE2\x88\x9A(2n+1)",
        "The derivative of a Legendre polynomial is a sum of those below it: the equations close, and N numbers are enough.",
        "three-term recurrence, differentiated (r = 0.3)", "sum of the polynomials below", 16.0 * double(o.N),
        "Recurrences of N terms, some roundings each.");
}

Equality collect(const DerivationOptions& o, const Vector& c) {
    const System legs = derivedLegs(o);
    const Vector left = times(o.t, slopes(o.N, o.t));
    Vector right = product(legs.A, c);
    Sides s;
    for (std::size_t n = 0; n < right.size(); ++n) {
        s.summand(right[n]), s.summand(legs.B[n] * derivedSignal(o.t));
        right[n] += legs.B[n] * derivedSignal(o.t);
    }
    s.summand(derivedSlope(0) * rootOf(o.N - 1) * o.t);
    s.add("n", left, right);
    return s.equality("Collect", "t dc/dt  =  A c + B u(t)",
                      "Put both together: the integrals that are left are the coefficients themselves. This is HiPPO-LegS.",
                      "c_n at t + i h, imaginary part over h", "the lab's A and B times what is kept", nodes, sums);
}

Equality entries(const DerivationOptions& o) {
    const System legs = derivedLegs(o);
    Matrix left(o.N, o.N);
    for (std::int64_t n = 0; n < o.N; ++n) {
        const Vector row = integral(o.N, [&](double r) {
            const Vector phi = shiftedLegendre(r, o.N), slope = shiftedLegendreSlope(r, o.N);
            return times(-(phi[std::size_t(n)] + r * slope[std::size_t(n)]), phi);
        });
        for (std::int64_t k = 0; k < o.N; ++k) left(n, k) = row[std::size_t(k)];
    }
    Sides s;
    s.add("A", left, legs.A);
    s.summand(double(o.N * o.N) * double(2 * o.N)); // slope times polynomial at the edge
    return s.equality("The matrix", "-\xE2\x88\xAB (\xCF\x86_n + r \xCF\x86_n') \xCF\x86_k dr  =  A_n,k",
                      "Entry by entry: -s_n s_k below the diagonal, -(n + 1) on it, and nothing above, since a derivative has no "
                      "higher degree.",
                      "by quadrature", "the lab's matrix", nodes, sums);
}

Equality onSamples(const DerivationOptions& o) {
    constexpr std::int64_t L = 200;
    Vector u, x(static_cast<std::size_t>(o.N));
    for (std::int64_t j = 0; j < L; ++j) u.push_back(derivedSignal(o.t * (double(j) + 0.5) / double(L)));
    advance(LegsStep::exact, x, u, 0);
    Sides s;
    s.add("c", x, statespace::project(u, o.N));
    s.summand(1 + o.t * o.t);
    return s.equality(
        "On samples", "x after 200 exact steps  =  \xE2\x88\xAB of the held samples \xCF\x86_n dr",
        "Held samples, the equation solved exactly from one to the next: the state is the projection, whatever the signal.",
        "recurrence of this lab, 200 steps", "closed form of the projection, no recurrence", 200.0 * double(o.N),
        "200 steps with sums of N terms.");
}

} // namespace

Vector derivedState(const DerivationOptions& o) {
    return integral(o.N, [&](double r) { return times(derivedSignal(r * o.t), shiftedLegendre(r, o.N)); });
}

std::vector<Equality> deriveHippo(const DerivationOptions& o) {
    const Vector c = derivedState(o);
    return {project(o, c),     orthonormal(o), differentiate(o), byParts(o),
            legendreSlopes(o), collect(o, c),  entries(o),       onSamples(o)};
}

} // namespace orrery::statespace
