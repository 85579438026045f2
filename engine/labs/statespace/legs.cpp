// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/legs.h"

#include "engine/error.h"
#include "engine/labs/statespace/legendre.h"

#include <algorithm>
#include <array>
#include <optional>

namespace orrery::statespace {

namespace {

struct Name {
    const char *key, *label;
};
constexpr std::array<Name, legsSteps> names = {{{"exact", "exact (ZOH)"},
                                                {"forward-euler", "forward Euler"},
                                                {"backward-euler", "backward Euler"},
                                                {"bilinear", "bilinear, as published"},
                                                {"su-bilinear", "bilinear, Su's"},
                                                {"midpoint", "bilinear at the middle"},
                                                {"log-time", "bilinear in ln t"}}};

/// x + h (A x + B u) with the sum of A x taken along.
void explicitPart(std::span<double> x, double h, double input) {
    double sum = 0;
    for (std::size_t n = 0; n < x.size(); ++n) {
        const double s = rootOf(std::int64_t(n)), before = x[n];
        sum += s * before;
        x[n] = before + h * (double(n) * before - s * sum) + input * s;
    }
}

void firstState(std::span<double> x, double u) {
    std::fill(x.begin(), x.end(), 0.0);
    x[0] = u;
}

/// Nodes cost some milliseconds for hundreds of states, and one size is wanted again and again.
const Dilation& dilationOf(std::size_t N) {
    thread_local std::optional<std::pair<std::size_t, Dilation>> kept;
    if (!kept || kept->first != N) kept.emplace(N, Dilation(std::int64_t(N)));
    return kept->second;
}

/// x+ = E (x - u e_0) + u e_0, since A^-1 B = -e_0.
void exactStep(const Dilation& dilation, std::span<double> x, double u, std::int64_t k) {
    x[0] -= u;
    const Vector next = dilation.apply(x, double(k) / double(k + 1));
    std::copy(next.begin(), next.end(), x.begin());
    x[0] += u;
}

/// The state of k samples and the projection of m more make the state of k + m: both parts squeezed into their share of [0, 1].
void exactBlock(const Dilation& dilation, std::span<double> x, std::span<const double> samples, std::int64_t k) {
    const std::int64_t N = std::int64_t(x.size()), m = std::int64_t(samples.size());
    const double alpha = double(k) / double(k + m);
    const Vector before = dilation.apply(x, alpha);
    std::copy(before.begin(), before.end(), x.begin());
    Vector edges, rows(std::size_t(N + 1) * std::size_t(m + 1));
    for (std::int64_t j = 0; j <= m; ++j) edges.push_back(2 * double(k + j) / double(k + m) - 1);
    legendre(edges, N + 1, rows);
    const std::size_t w = edges.size();
    for (std::int64_t n = 0; n < N; ++n) {
        const double* const above = rows.data() + std::size_t(n + 1) * w;
        const double* const below = n > 0 ? above - 2 * w : nullptr;
        double sum = 0;
        for (std::size_t j = 0; j + 1 < w; ++j) {
            const double low = n > 0 ? above[j] - below[j] : edges[j], high = n > 0 ? above[j + 1] - below[j + 1] : edges[j + 1];
            sum += samples[j] * (high - low);
        }
        x[std::size_t(n)] += n > 0 ? sum / (2 * rootOf(n)) : sum / 2;
    }
}

} // namespace

const char* toString(LegsStep step) { return names.at(std::size_t(step)).key; }
const char* label(LegsStep step) { return names.at(std::size_t(step)).label; }

double stepSize(LegsStep step, std::int64_t k) {
    if (step == LegsStep::midpoint) return 1 / (double(k) + 0.5);
    if (step == LegsStep::logTime || step == LegsStep::exact) return std::log1p(1 / double(k));
    return 1 / double(k);
}

void timesLegs(std::span<const double> v, std::span<double> out) {
    double sum = 0;
    for (std::size_t n = 0; n < v.size(); ++n) {
        const double s = rootOf(std::int64_t(n));
        sum += s * v[n];
        out[n] = double(n) * v[n] - s * sum;
    }
}

void solveLegs(double lambda, std::span<const double> v, std::span<double> out) {
    double sum = 0; // S_n of the solution
    for (std::size_t n = 0; n < v.size(); ++n) {
        const double s = rootOf(std::int64_t(n)), order = double(n);
        const double next = ((1 - lambda * order) * sum + s * v[n]) / (1 + lambda * (order + 1));
        out[n] = (next - sum) / s;
        sum = next;
    }
}

void advance(LegsStep step, std::span<double> x, double u, std::int64_t k) {
    if (x.empty()) return;
    if (k == 0) return firstState(x, u);
    const double h = stepSize(step, k);
    switch (step) {
        case LegsStep::exact:
            exactStep(dilationOf(x.size()), x, u, k);
            break;
        case LegsStep::forwardEuler:
            explicitPart(x, h, h * u);
            break;
        case LegsStep::backwardEuler:
            for (std::size_t n = 0; n < x.size(); ++n) x[n] += h * u * rootOf(std::int64_t(n));
            solveLegs(h, x, x);
            break;
        default:
            explicitPart(x, h / 2, h * u);
            solveLegs(step == LegsStep::suBilinear ? 0.5 / double(k + 1) : h / 2, x, x);
    }
}

void advanceSkewed(LegsStep step, std::span<double> x, std::span<const double> samples, std::int64_t k); // legs_skewed.cpp

void advance(LegsStep step, std::span<double> x, std::span<const double> samples, std::int64_t k) {
    if (x.empty() || samples.empty()) return;
    if (k == 0) {
        firstState(x, samples[0]);
        samples = samples.subspan(1), k = 1;
    }
    if (step == LegsStep::bilinear || step == LegsStep::midpoint || step == LegsStep::logTime)
        return advanceSkewed(step, x, samples, k);
    if (step != LegsStep::exact) {
        for (const double u : samples) advance(step, x, u, k++);
        return;
    }
    const Dilation& dilation = dilationOf(x.size());
    while (!samples.empty()) {
        const std::size_t m = std::min(samples.size(), x.size()); // blocks as long as the state balance both parts
        if (m == 1)
            exactStep(dilation, x, samples[0], k);
        else
            exactBlock(dilation, x, samples.first(m), k);
        samples = samples.subspan(m), k += std::int64_t(m);
    }
}

void advancePublished(std::span<double> x, std::span<const double> samples, std::int64_t k) {
    Vector roots;
    for (std::size_t n = 0; n < x.size(); ++n) roots.push_back(rootOf(std::int64_t(n)));
    for (const double u : samples) {
        if (k == 0) {
            firstState(x, u);
            ++k;
            continue;
        }
        const double h = 1 / double(k++), input = h * u;
        double forth = 0, back = 0;
        for (std::size_t n = 0; n < x.size(); ++n) {
            const double before = x[n], s = roots[n];
            const double middle = before - h / 2 * (forth * s + before * double(n + 1)) + input * s;
            forth += before * s;
            const double after = (middle - h / 2 * back * s) / (1 + double(n + 1) * h / 2);
            x[n] = after;
            back += after * s;
        }
    }
}

Dilation::Dilation(std::int64_t N) : m_N(N), m_values(N, N) {
    const Quadrature q = gaussLegendre(N);
    m_nodes = q.nodes, m_weights = q.weights;
    Vector x;
    for (const double r : m_nodes) x.push_back(2 * r - 1);
    legendre(x, N, m_values.values);
    for (std::int64_t n = 0; n < N; ++n)
        for (std::int64_t i = 0; i < N; ++i) m_values(n, i) *= rootOf(n);
}

Matrix Dilation::matrix(double alpha) const {
    Vector x;
    for (const double r : m_nodes) x.push_back(2 * alpha * r - 1);
    Matrix squeezed(m_N, m_N);
    legendre(x, m_N, squeezed.values);
    for (std::int64_t n = 0; n < m_N; ++n)
        for (std::int64_t i = 0; i < m_N; ++i) squeezed(n, i) *= alpha * m_weights[std::size_t(i)] * rootOf(n);
    return product(squeezed, transposed(m_values));
}

Vector Dilation::apply(std::span<const double> v, double alpha) const {
    const std::size_t N = std::size_t(m_N);
    Vector values(N), x, rows(N * N), out(N);
    for (std::int64_t n = 0; n < m_N; ++n)
        for (std::size_t i = 0; i < N; ++i) values[i] += v[std::size_t(n)] * m_values(n, std::int64_t(i));
    for (std::size_t i = 0; i < N; ++i) values[i] *= alpha * m_weights[i];
    for (const double r : m_nodes) x.push_back(2 * alpha * r - 1);
    legendre(x, m_N, rows);
    for (std::size_t n = 0; n < N; ++n) {
        double sum = 0;
        for (std::size_t i = 0; i < N; ++i) sum += rows[n * N + i] * values[i];
        out[n] = rootOf(std::int64_t(n)) * sum;
    }
    return out;
}

Vector project(std::span<const double> samples, std::int64_t N) {
    Vector c(static_cast<std::size_t>(N));
    const std::size_t L = samples.size();
    if (L == 0 || N == 0) return c;
    for (const double u : samples) c[0] += u / double(L);
    // Summed by parts over the inner edges: (P_(n+1) - P_(n-1)) is zero at both ends, and nothing nearly equal is subtracted.
    constexpr std::size_t block = 64;
    Vector x, rows;
    for (std::size_t from = 1; from < L; from += block) {
        const std::size_t m = std::min(block, L - from);
        x.resize(m), rows.resize(std::size_t(N + 1) * m);
        for (std::size_t i = 0; i < m; ++i) x[i] = 2 * double(from + i) / double(L) - 1;
        legendre(x, N + 1, rows);
        for (std::int64_t n = 1; n < N; ++n) {
            const double* const above = rows.data() + std::size_t(n + 1) * m;
            const double* const below = above - 2 * m;
            double sum = 0;
            for (std::size_t i = 0; i < m; ++i) sum += (above[i] - below[i]) * (samples[from + i - 1] - samples[from + i]);
            c[std::size_t(n)] += sum / (2 * rootOf(n));
        }
    }
    return c;
}

Energy energy(std::span<const double> before, std::span<const double> after, double u, double h) {
    Energy e;
    double now = 0, middle = 0;
    for (std::size_t n = 0; n < before.size(); ++n) {
        const double m = (before[n] + after[n]) / 2;
        e.gain += (after[n] - before[n]) * (after[n] + before[n]);
        middle += m * m;
        now += rootOf(std::int64_t(n)) * m;
    }
    e.input = h * u * u, e.forgotten = h * middle, e.misfit = h * (now - u) * (now - u);
    return e;
}

} // namespace orrery::statespace
