// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/optimum.h"

#include "engine/tensor/host_threads.h"
#include "engine/tensor/host_vector.h"

#include <algorithm>

namespace orrery::statespace {

namespace {

constexpr std::size_t block = 64; ///< ages whose basis stays in cache
constexpr int mostRounds = 12;

/// Ages of the cells, youngest first, with their weights and values; ages before the signal began hold zeros, as far as the
/// weight or the basis reaches.
struct Cells {
    Vector ages, weights, values;
};

bool windowed(Method m) { return m == Method::legt || m == Method::lmu || m == Method::fout || m == Method::fourierWindow; }

double reach(const System& s, double history) {
    const double theta = s.options.theta, N = double(s.N);
    switch (s.method) {
        case Method::legsScaled:
        case Method::fourierHistory:
            return history;
        case Method::legs:
            return theta * 39; // e^-39 is a rounding error's square
        case Method::lagt:
            return theta * (4 * N + 12 * std::cbrt(4 * N) + 20); // beyond the turning point, Airy's tail
        case Method::glagt:
            return theta * std::max(4 * N + 12 * std::cbrt(4 * N) + 20, 39 / s.options.beta);
        default:
            return theta;
    }
}

Cells cellsOf(const System& s, std::span<const double> samples, double dt) {
    constexpr double mostCells = 4e6;
    const double history = dt * double(samples.size());
    const std::size_t count = std::size_t(std::clamp(std::ceil(reach(s, history) / dt - 1e-9), 1.0, mostCells));
    Cells cells;
    for (std::size_t i = 0; i < count; ++i) {
        const double from = double(i) * dt;
        cells.ages.push_back(from + dt / 2);
        cells.weights.push_back(weightBetween(s, from, from + dt, history));
        cells.values.push_back(i < samples.size() ? samples[samples.size() - 1 - i] : 0);
        if (windowed(s.method) && from + dt > s.options.theta && from < s.options.theta && i > 0) { // the window ends within
            const double part = (s.options.theta - from) / 2; // the middle of what lies within it, between two samples
            cells.ages.back() = from + part;
            cells.values.back() += (0.5 - part / dt) * (cells.values[i - 1] - cells.values.back());
        }
    }
    return cells;
}

ORRERY_INLINE void addRowsBody(const double* rows, std::size_t N, std::size_t m, const double* state, double* sum) {
    for (std::size_t n = 0; n < N; ++n) {
        const double c = state[n];
        for (std::size_t i = 0; i < m; ++i) sum[i] += c * rows[n * m + i];
    }
}
ORRERY_INLINE void innerRowsBody(const double* rows, std::size_t N, std::size_t m, const double* weighted, double* out) {
    for (std::size_t n = 0; n < N; ++n) {
        double part[4] = {};
        for (std::size_t i = 0; i + 4 <= m; i += 4)
            for (std::size_t j = 0; j < 4; ++j) part[j] += rows[n * m + i + j] * weighted[i + j];
        for (std::size_t i = m / 4 * 4; i < m; ++i) part[0] += rows[n * m + i] * weighted[i];
        out[n] += (part[0] + part[1]) + (part[2] + part[3]);
    }
}
ORRERY_VECTOR_LOOP(addRows, (const double* rows, std::size_t N, std::size_t m, const double* state, double* sum),
                   (rows, N, m, state, sum))
ORRERY_VECTOR_LOOP(innerRows, (const double* rows, std::size_t N, std::size_t m, const double* weighted, double* out),
                   (rows, N, m, weighted, out))

struct Residual {
    Vector inner; ///< <psi_n, u - sum>
    double error = 0;
};

/// Blocks in a fixed number of parts, so that sums do not depend on how many cores there are.
Residual residualOf(const System& s, const Cells& cells, std::span<const double> state, double history, bool wantInner) {
    constexpr std::size_t parts = 16;
    const std::size_t N = std::size_t(s.N), count = cells.ages.size();
    std::vector<Residual> all(parts, Residual{Vector(N), 0});
    tensor::host::parallel(parts, [&](std::int64_t part, int) {
        Vector rows, sum(block), weighted(block);
        Residual& mine = all[std::size_t(part)];
        const std::size_t begin = count * std::size_t(part) / parts, end = count * std::size_t(part + 1) / parts;
        for (std::size_t from = begin; from < end; from += block) {
            const std::size_t m = std::min(block, end - from);
            rows.resize(N * m);
            basis(s, std::span(cells.ages).subspan(from, m), history, rows);
            std::fill(sum.begin(), sum.end(), 0.0);
            addRows(rows.data(), N, m, state.data(), sum.data());
            for (std::size_t i = 0; i < m; ++i) {
                const double r = cells.values[from + i] - sum[i];
                weighted[i] = cells.weights[from + i] * r;
                mine.error += weighted[i] * r;
            }
            if (wantInner) innerRows(rows.data(), N, m, weighted.data(), mine.inner.data());
        }
    });
    Residual total{Vector(N), 0};
    for (const Residual& part : all) {
        total.error += part.error;
        for (std::size_t n = 0; n < N; ++n) total.inner[n] += part.inner[n];
    }
    return total;
}

} // namespace

Projection project(const System& s, std::span<const double> samples, double dt) {
    const double history = dt * double(samples.size());
    const Cells cells = cellsOf(s, samples, dt);
    Projection result;
    result.coefficients.resize(std::size_t(s.N));
    for (std::size_t i = 0; i < cells.ages.size(); ++i) result.power += cells.weights[i] * cells.values[i] * cells.values[i];
    result.error = result.power;
    Vector next(std::size_t(s.N));
    for (int round = 0; round < mostRounds; ++round) {
        const Residual r = residualOf(s, cells, next, history, true);
        if (round > 0 && !(r.error < result.error)) {
            result.resolved = r.error <= 1.5 * result.error + 1e-28 * result.power;
            break;
        }
        const bool settled = round > 0 && r.error > 0.999999 * result.error;
        result.coefficients = next, result.error = r.error;
        if (settled) break;
        for (std::int64_t n = 0; n < s.N; ++n) {
            const double norm = basisNorm(s, n);
            if (norm > 0) next[std::size_t(n)] += r.inner[std::size_t(n)] / norm;
        }
    }
    return result;
}

double errorOf(const System& s, std::span<const double> state, std::span<const double> samples, double dt) {
    return residualOf(s, cellsOf(s, samples, dt), state, dt * double(samples.size()), false).error;
}

Vector optimumLine(const System& s, const Projection& p) {
    Vector line(std::size_t(s.N));
    double error = p.error;
    for (std::int64_t n = s.N - 1; n >= 0; --n) {
        line[std::size_t(n)] = error;
        error += p.coefficients[std::size_t(n)] * p.coefficients[std::size_t(n)] * basisNorm(s, n);
    }
    return line;
}

} // namespace orrery::statespace
