// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/discretise.h"

#include "engine/error.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <limits>

namespace orrery::statespace {

namespace {

struct Name {
    const char *key, *label;
};
constexpr std::array<Name, schemes> names = {{{"forward-euler", "forward Euler"},
                                              {"backward-euler", "backward Euler"},
                                              {"bilinear", "bilinear"},
                                              {"gbt", "GBT"},
                                              {"zoh", "ZOH"}}};

} // namespace

const char* toString(Scheme scheme) { return names.at(std::size_t(scheme)).key; }
const char* label(Scheme scheme) { return names.at(std::size_t(scheme)).label; }

double alphaOf(Scheme scheme, double alpha) {
    switch (scheme) {
        case Scheme::forwardEuler:
            return 0;
        case Scheme::backwardEuler:
            return 1;
        case Scheme::bilinear:
            return 0.5;
        case Scheme::gbt:
            return alpha;
        case Scheme::zoh:
            break;
    }
    throw Error("ZOH is not of the GBT family and has no alpha");
}

Discrete discretise(const Matrix& A, std::span<const double> B, Scheme scheme, double delta, double alpha) {
    if (!(delta > 0) || !std::isfinite(delta)) throw Error("a step takes a positive Delta, not " + std::to_string(delta));
    const std::int64_t N = A.rows;
    Discrete d{{}, {}, delta, scheme};
    if (scheme == Scheme::zoh) {
        Matrix block(N + 1, N + 1);
        for (std::int64_t i = 0; i < N; ++i) {
            for (std::int64_t j = 0; j < N; ++j) block(i, j) = delta * A(i, j);
            block(i, N) = delta * B[std::size_t(i)];
        }
        const Matrix e = exponential(block);
        d.A = Matrix(N, N);
        for (std::int64_t i = 0; i < N; ++i) {
            for (std::int64_t j = 0; j < N; ++j) d.A(i, j) = e(i, j);
            d.B.push_back(e(i, N));
        }
        return d;
    }
    const double a = alphaOf(scheme, alpha);
    const Matrix one = identity(N), ahead = combined(1, one, -a * delta, A);
    Matrix right(N, N + 1); // both solutions at once
    const Matrix behind = combined(1, one, (1 - a) * delta, A);
    for (std::int64_t i = 0; i < N; ++i) {
        for (std::int64_t j = 0; j < N; ++j) right(i, j) = behind(i, j);
        right(i, N) = delta * B[std::size_t(i)];
    }
    if (a != 0) right = solved(ahead, right);
    d.A = Matrix(N, N);
    for (std::int64_t i = 0; i < N; ++i) {
        for (std::int64_t j = 0; j < N; ++j) d.A(i, j) = right(i, j);
        d.B.push_back(right(i, N));
    }
    return d;
}

Discrete discretise(const System& s, Scheme scheme, double delta, double alpha) {
    if (s.scaled) throw Error(std::string(label(s.method)) + " changes with time: its steps follow k, not a fixed Delta");
    return discretise(s.A, s.B, scheme, delta, alpha);
}

Complex warped(Complex lambda, Scheme scheme, double delta, double alpha) {
    if (scheme == Scheme::zoh) return std::exp(delta * lambda);
    const double a = alphaOf(scheme, alpha);
    return (1.0 + (1 - a) * delta * lambda) / (1.0 - a * delta * lambda);
}

Stability stability(std::span<const Complex> eigenvalues, Scheme scheme, double delta, double alpha) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    Stability s;
    s.limit = infinity;
    for (const Complex lambda : eigenvalues) {
        s.radius = std::max(s.radius, std::abs(warped(lambda, scheme, delta, alpha)));
        if (scheme == Scheme::zoh) continue;
        // |1 + (1 - a) z|^2 - |1 - a z|^2 = 2 Re z + (1 - 2a) |z|^2
        const double a = alphaOf(scheme, alpha);
        if (a < 0.5 && std::norm(lambda) > 0) s.limit = std::min(s.limit, -2 * lambda.real() / ((1 - 2 * a) * std::norm(lambda)));
    }
    s.limit = std::max(s.limit, 0.0);
    s.stable = s.radius <= 1 + 1e-12;
    char text[240];
    if (s.stable && s.limit == infinity)
        std::snprintf(text, sizeof text, "%s is stable with every step.", label(scheme));
    else if (s.stable)
        std::snprintf(text, sizeof text, "%s is stable up to a step of %.4g; this one is %.4g.", label(scheme), s.limit, delta);
    else
        std::snprintf(
            text, sizeof text,
            "%s with a step of %.4g multiplies a part of the state by %.4g in every step: it explodes. A step below %.4g "
            "is stable; so are bilinear, backward Euler and ZOH with any step.",
            label(scheme), delta, s.radius, s.limit);
    s.sentence = text;
    s.sentence[0] = char(std::toupper(static_cast<unsigned char>(s.sentence[0])));
    return s;
}

Vector run(const Discrete& d, std::span<const double> samples, Vector state, Matrix* states) {
    state.resize(std::size_t(d.A.rows));
    if (states) *states = Matrix(std::int64_t(samples.size()), d.A.rows);
    for (std::size_t k = 0; k < samples.size(); ++k) {
        state = product(d.A, state);
        for (std::size_t n = 0; n < state.size(); ++n) state[n] += d.B[n] * samples[k];
        if (states) std::copy(state.begin(), state.end(), states->values.begin() + std::ptrdiff_t(k * state.size()));
    }
    return state;
}

Vector outputs(const Discrete& d, std::span<const double> C, std::span<const double> samples, Vector state) {
    state.resize(std::size_t(d.A.rows));
    Vector y;
    y.reserve(samples.size());
    for (const double u : samples) {
        state = run(d, {&u, 1}, std::move(state));
        double sum = 0;
        for (std::size_t n = 0; n < state.size(); ++n) sum += C[n] * state[n];
        y.push_back(sum);
    }
    return y;
}

BlockStepper::BlockStepper(Discrete d, std::int64_t block)
    : m_discrete(std::move(d)), m_block(block > 0 ? block : std::max<std::int64_t>(64, m_discrete.A.rows)) {
    const std::int64_t N = m_discrete.A.rows;
    m_inputs = Matrix(N, m_block);
    Vector x = m_discrete.B;
    for (std::int64_t j = m_block - 1; j >= 0; --j) {
        for (std::int64_t n = 0; n < N; ++n) m_inputs(n, j) = x[std::size_t(n)];
        x = product(m_discrete.A, x);
    }
    m_power = power(m_discrete.A, m_block);
}

void BlockStepper::step(Vector& state, std::span<const double> samples) const {
    state.resize(std::size_t(m_discrete.A.rows));
    const std::size_t m = std::size_t(m_block);
    while (samples.size() >= m) {
        const Vector from = product(m_power, state), in = product(m_inputs, samples.first(m));
        for (std::size_t n = 0; n < state.size(); ++n) state[n] = from[n] + in[n];
        samples = samples.subspan(m);
    }
    state = run(m_discrete, samples, std::move(state));
}

} // namespace orrery::statespace
