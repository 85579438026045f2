// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/diffusion/reference.h"

#include "engine/labs/diffusion/rounding.h"
#include "engine/philox.h"

#include <algorithm>
#include <cmath>

namespace orrery::diffusion {

namespace {

/// Rows (a b; c d).
struct Matrix {
    double a = 1, b = 0, c = 0, d = 1;
};

/// keep I + pull H.
Matrix jacobian(double keep, double pull, const double (&h)[3]) {
    return {keep + pull * h[0], pull * h[1], pull * h[1], keep + pull * h[2]};
}

Matrix product(const Matrix& m, const Matrix& n) {
    return {m.a * n.a + m.b * n.c, m.a * n.b + m.b * n.d, m.c * n.a + m.d * n.c, m.c * n.b + m.d * n.d};
}

/// Largest singular value.
double norm(const Matrix& m) {
    const double sum = 0.5 * (m.a * m.a + m.b * m.b + m.c * m.c + m.d * m.d), det = m.a * m.d - m.b * m.c;
    return std::sqrt(sum + std::sqrt(std::max(0.0, sum * sum - det * det)));
}

} // namespace

Reference::Reference(const Mixture& mixture, const Journey& journey, std::uint64_t seed)
    : m_mixture(mixture), m_journey(journey), m_seed(seed), m_table(aliasTable(mixture)) {}

Reference::Particle Reference::start(std::uint32_t i) const {
    const double more = m_journey.startDeviation;
    const Philox4 words = philox(m_seed, i, 0, std::uint32_t(m_journey.fromPrior ? Stream::prior : Stream::data));
    const auto [zx, zy] = normalPair(words);
    Component from{0, 0, 0, 1};
    if (!m_journey.fromPrior) from = m_mixture.components[m_table.pick(words[2], words[3])];
    const double deviation = std::sqrt(from.s * from.s + more * more);
    const double bound = rounding::unit * (rounding::normal * deviation * std::hypot(zx, zy) + 2 * std::hypot(from.x, from.y));
    return {from.x + deviation * zx, from.y + deviation * zy, rounding::safety * bound, false};
}

Reference::Scores Reference::scores(std::size_t k) const {
    const Step& step = m_journey.steps[k];
    Scores scores;
    if (step.pull == 0) return scores;
    scores.at.emplace_back(m_mixture, step.alpha, step.variance);
    if (step.heun) scores.at.emplace_back(m_mixture, step.alpha2, step.variance2);
    return scores;
}

Reference::Particle Reference::next(const Particle& p, std::uint32_t i, std::size_t k, const Scores& scores) const {
    const Step& step = m_journey.steps[k];
    double zx = 0, zy = 0;
    if (step.noise != 0) {
        const auto [a, b] = normalPair(philox(m_seed, i, step.counter, std::uint32_t(step.stream)));
        zx = a, zy = b;
    }
    Marginal::Value first, second;
    if (!scores.at.empty()) first = scores.at[0].at(p.x, p.y);
    Particle q = p;
    q.x = step.keep * p.x + step.pull * first.score[0] + step.noise * zx;
    q.y = step.keep * p.y + step.pull * first.score[1] + step.noise * zy;
    Matrix grows = jacobian(step.keep, step.pull, first.hessian);
    const auto size = [](double x, double y) { return std::hypot(x, y); };
    double error = rounding::unit * (rounding::step * (std::abs(step.keep) * size(p.x, p.y) + size(q.x, q.y) +
                                                       std::abs(step.pull) * size(first.score[0], first.score[1])) +
                                     rounding::normal * std::abs(step.noise) * size(zx, zy)) +
                   std::abs(step.pull) * first.rounding;
    if (step.heun) {
        second = scores.at[1].at(q.x, q.y);
        const Matrix slope = jacobian(step.keep2, step.pull2, second.hessian), both = product(slope, grows);
        error = 0.5 * (norm(slope) * error + std::abs(step.pull2) * second.rounding +
                       rounding::unit * rounding::step *
                           (size(p.x, p.y) + (1 + std::abs(step.keep2)) * size(q.x, q.y) +
                            std::abs(step.pull2) * size(second.score[0], second.score[1])));
        q.x = 0.5 * (p.x + step.keep2 * q.x + step.pull2 * second.score[0]);
        q.y = 0.5 * (p.y + step.keep2 * q.y + step.pull2 * second.score[1]);
        grows = {0.5 * (1 + both.a), 0.5 * both.b, 0.5 * both.c, 0.5 * (1 + both.d)};
    }
    q.x = std::clamp(q.x, -wall, wall);
    q.y = std::clamp(q.y, -wall, wall);
    q.bound = norm(grows) * p.bound + rounding::safety * error;
    q.lost = p.lost || !(q.bound < rounding::lost * (1 + size(q.x, q.y)));
    return q;
}

std::vector<Reference::Particle> Reference::path(std::uint32_t i) const {
    std::vector<Particle> way{start(i)};
    for (std::size_t k = 0; k < m_journey.steps.size(); ++k) way.push_back(next(way.back(), i, k, scores(k)));
    return way;
}

} // namespace orrery::diffusion
