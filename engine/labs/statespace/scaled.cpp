// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/scaled.h"

#include "engine/error.h"

namespace orrery::statespace {

namespace {

constexpr double mostCondition = 1e9; ///< leaves seven digits

ComplexVector times(const ComplexMatrix& m, auto value) {
    ComplexVector y(std::size_t(m.rows));
    for (std::int64_t i = 0; i < m.rows; ++i)
        for (std::int64_t j = 0; j < m.columns; ++j) y[std::size_t(i)] += m(i, j) * value(j);
    return y;
}

} // namespace

ScaledModes::ScaledModes(const System& s) {
    if (!s.scaled) throw Error(std::string(label(s.method)) + " is time-invariant: its steps have one Delta");
    EigenPairs pairs = eigenvectors(s.A);
    m_condition = s.N > 1 ? statespace::condition(pairs.vectors) : 1;
    if (m_condition > mostCondition)
        throw Error("the eigenvectors of " + std::string(label(s.method)) + " with " + std::to_string(s.N) +
                    " states are too ill-conditioned to step by");
    m_lambda = std::move(pairs.values), m_vectors = std::move(pairs.vectors);
    m_inverse = inverse(m_vectors);
    m_input = times(m_inverse, [&](std::int64_t j) { return s.B[std::size_t(j)]; });
    m_first = times(m_inverse, [](std::int64_t j) { return j == 0 ? 1.0 : 0.0; });
}

void ScaledModes::advance(LegsStep step, std::span<double> x, std::span<const double> samples, std::int64_t k) const {
    if (samples.empty() || x.empty()) return;
    if (k == 0) {
        std::fill(x.begin(), x.end(), 0.0);
        x[0] = samples[0];
        samples = samples.subspan(1), k = 1;
    }
    ComplexVector z = times(m_inverse, [&](std::int64_t j) { return x[std::size_t(j)]; });
    for (const double u : samples) {
        const double h = stepSize(step, k), ahead = step == LegsStep::suBilinear ? 1 / double(k + 1) : h;
        for (std::size_t n = 0; n < z.size(); ++n) {
            const Complex lambda = m_lambda[n];
            switch (step) {
                case LegsStep::exact:
                    z[n] = std::exp(h * lambda) * (z[n] - u * m_first[n]) + u * m_first[n];
                    break;
                case LegsStep::forwardEuler:
                    z[n] += h * (lambda * z[n] + m_input[n] * u);
                    break;
                case LegsStep::backwardEuler:
                    z[n] = (z[n] + h * m_input[n] * u) / (1.0 - h * lambda);
                    break;
                default:
                    z[n] = ((1.0 + h / 2 * lambda) * z[n] + h * m_input[n] * u) / (1.0 - ahead / 2 * lambda);
            }
        }
        ++k;
    }
    const ComplexVector y = times(m_vectors, [&](std::int64_t j) { return z[std::size_t(j)]; });
    for (std::size_t n = 0; n < y.size(); ++n) x[n] = y[n].real();
}

} // namespace orrery::statespace
