// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/sweep.h"

#include "engine/labs/statespace/legendre.h"

#include <limits>

namespace orrery::statespace {

namespace {

double smooth(double r) { return std::sin(7 * r) + r * r; }

} // namespace

Vector smoothSamples(std::int64_t L, double place) {
    Vector u;
    for (std::int64_t j = 0; j < L; ++j) u.push_back(smooth((double(j) + place) / double(L)));
    return u;
}

Vector smoothCoefficients(std::int64_t N) {
    const Quadrature q = gaussLegendre(N + 40); // an entire function: exact to rounding well before
    Vector x, rows(std::size_t(N) * q.nodes.size()), c(static_cast<std::size_t>(N));
    for (const double r : q.nodes) x.push_back(2 * r - 1);
    legendre(x, N, rows);
    for (std::size_t n = 0; n < c.size(); ++n)
        for (std::size_t i = 0; i < x.size(); ++i)
            c[n] += q.weights[i] * smooth(q.nodes[i]) * rootOf(std::int64_t(n)) * rows[n * x.size() + i];
    return c;
}

double convergenceError(LegsStep step, std::int64_t L, std::int64_t N) {
    Vector x(static_cast<std::size_t>(N));
    advance(step, x, smoothSamples(L), 0);
    const Vector truth = smoothCoefficients(N);
    for (std::size_t n = 0; n < x.size(); ++n) x[n] -= truth[n];
    return norm(x);
}

SizeSweep::SizeSweep(Method method, const HippoOptions& options, const Stepping& stepping, Vector samples, double dt,
                     std::vector<std::int64_t> sizes)
    : m_method(method),
      m_options(options),
      m_stepping(stepping),
      m_samples(std::move(samples)),
      m_dt(dt),
      m_sizes(std::move(sizes)) {}

bool SizeSweep::advance(double budgetMs) {
    if (m_points.size() == m_sizes.size()) return false;
    const System system = hippo(m_method, m_sizes[m_points.size()], m_options);
    if (!m_line) {
        m_line = std::make_unique<Timeline>(system, m_stepping, m_dt);
        m_line->append(m_samples);
    }
    if (m_line->advance(budgetMs) < std::int64_t(m_samples.size())) return true;
    const Vector x = m_line->state(m_line->done());
    const bool lost = m_line->exploded();
    m_points.push_back({system.N, lost ? std::numeric_limits<double>::infinity() : errorOf(system, x, m_samples, m_dt),
                        project(system, m_samples, m_dt).error});
    m_line.reset();
    return m_points.size() < m_sizes.size();
}

} // namespace orrery::statespace
