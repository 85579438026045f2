// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/derivation.h"

#include "engine/error.h"
#include "engine/labs/statespace/derivation_sides.h"

#include <algorithm>
#include <limits>

namespace orrery::statespace {

namespace {

constexpr std::size_t shownRows = 6;
constexpr double rounding = 0x1p-52;

template <class T>
ComplexMatrix widened(const Dense<T>& m) {
    ComplexMatrix w(m.rows, m.columns);
    std::copy(m.values.begin(), m.values.end(), w.values.begin());
    return w;
}

} // namespace

const char* toString(Derivation which) {
    static const char* const names[derivations] = {"hippo", "bilinear", "split", "kernel", "diagonal"};
    return names[int(which)];
}

std::vector<Equality> derive(Derivation which, const DerivationOptions& o) {
    if (o.N < 2 || o.N > mostDerived)
        throw Error("a derivation is walked with 2 to " + std::to_string(mostDerived) + " states, not " + std::to_string(o.N));
    static constexpr std::vector<Equality> (*makers[])(const DerivationOptions&) = {deriveHippo, deriveBilinear, deriveSplit,
                                                                                    deriveKernel, deriveDiagonal};
    static_assert(std::size(makers) == derivations);
    return makers[int(which)](o);
}

void Sides::add(std::string name, Complex left, Complex right) {
    m_scale = std::max({m_scale, std::abs(left), std::abs(right)});
    m_rows.push_back({std::move(name), left, right});
}

void Sides::add(const std::string& symbol, const Vector& left, const Vector& right) {
    for (std::size_t n = 0; n < left.size(); ++n) add(symbol + '_' + std::to_string(n), left[n], right[n]);
}

void Sides::add(const std::string& symbol, const ComplexMatrix& left, const ComplexMatrix& right) {
    for (std::int64_t i = 0; i < left.rows; ++i)
        for (std::int64_t j = 0; j < left.columns; ++j)
            add(symbol + '_' + std::to_string(i) + ',' + std::to_string(j), left(i, j), right(i, j));
}

void Sides::add(const std::string& symbol, const Matrix& left, const Matrix& right) {
    add(symbol, widened(left), widened(right));
}

Equality Sides::equality(const char* title, const char* formula, const char* why, const char* left, const char* right,
                         double roundings, const char* argument) const {
    Equality e{title, formula, why, left, right, argument, {}, m_rows.size(), m_scale > 0 ? m_scale : 1, 0, roundings * rounding};
    std::size_t worst = 0;
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const double off = std::abs(m_rows[i].left - m_rows[i].right) / e.scale;
        const double known = std::isfinite(off) ? off : std::numeric_limits<double>::infinity();
        if (known > e.residual) e.residual = known, worst = i;
    }
    e.rows.assign(m_rows.begin(), m_rows.begin() + std::ptrdiff_t(std::min(shownRows, m_rows.size())));
    if (worst >= e.rows.size()) e.rows.back() = m_rows[worst];
    return e;
}

Vector shiftedLegendre(double r, std::int64_t N) {
    const double x = 2 * r - 1;
    Vector p{1, x};
    for (std::int64_t n = 1; n + 1 < N; ++n)
        p.push_back((double(2 * n + 1) * x * p[std::size_t(n)] - double(n) * p[std::size_t(n - 1)]) / double(n + 1));
    p.resize(std::size_t(N));
    for (std::int64_t n = 0; n < N; ++n) p[std::size_t(n)] *= rootOf(n);
    return p;
}

Vector shiftedLegendreSlope(double r, std::int64_t N) {
    const double x = 2 * r - 1;
    Vector p{1, x}, d{0, 1};
    for (std::int64_t n = 1; n + 1 < N; ++n) {
        const std::size_t i = std::size_t(n);
        p.push_back((double(2 * n + 1) * x * p[i] - double(n) * p[i - 1]) / double(n + 1));
        d.push_back((double(2 * n + 1) * (p[i] + x * d[i]) - double(n) * d[i - 1]) / double(n + 1));
    }
    d.resize(std::size_t(N));
    for (std::int64_t n = 0; n < N; ++n) d[std::size_t(n)] *= 2 * rootOf(n); // dx / dr = 2
    return d;
}

System derivedLegs(const DerivationOptions& o) {
    System s = hippo(Method::legs, o.N);
    if (o.slip) s.A(1, 0) = -s.A(1, 0);
    return s;
}

} // namespace orrery::statespace
