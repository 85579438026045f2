// SPDX-License-Identifier: GPL-3.0-or-later
// The bilinear LegS step for one signal with full vectors. With X_n = s_n x_n, Q_n = X_0 + … + X_n - 2u and h = 2 / T:
//   S_n = ((T - n) S_(n-1) + (T + n) X_n - (2n + 1) Q_n) / (T + n + 1),   X+_n = S_n - S_(n-1).
// A step is a chain along n, but step k + 1 may begin as soon as step k has its first orders. So lane j of a vector works on
// step k + j at order n - 2j: what it reads is what lane j - 1 wrote two rounds ago. Several vectors follow each other to
// hide latencies. For T = 2k or 2k + 1 the lanes' denominators T + n + 1 are all equal, since T grows by 2 from lane to lane
// while n falls by 2: one reciprocal from a table serves a vector, and only two new ones are needed for a step.
#include "engine/labs/statespace/legs.h"
#include "engine/tensor/host_vector.h"

#include <algorithm>

namespace orrery::statespace {

void advanceSkewed(LegsStep step, std::span<double> x, std::span<const double> samples, std::int64_t k);

namespace {

constexpr int lanes = 4, vectors = 3, together = lanes * vectors, skew = 2;

#if defined(__GNUC__)
typedef double Four __attribute__((vector_size(lanes * sizeof(double))));

/// `together` steps. X of N numbers; T and u of the steps; inverse[n] = 1 / (T_0 + n + 1), where `shared`.
template <bool shared>
ORRERY_INLINE void sweep(double* X, std::int64_t N, const double* T, const double* u, const double* inverse) {
    Four S[vectors], Q[vectors], above[vectors], below[vectors], old[vectors], older[vectors]; // T + n, T - n
    for (int v = 0; v < vectors; ++v)
        for (int j = 0; j < lanes; ++j) {
            const int lane = v * lanes + j;
            above[v][j] = T[lane] - skew * lane, below[v][j] = T[lane] + skew * lane;
            S[v][j] = 0, Q[v][j] = -2 * u[lane], old[v][j] = older[v][j] = 0;
        }
    const auto round = [&](std::int64_t i, double fresh, bool starting) __attribute__((always_inline)) {
        Four next[vectors];
        for (int v = vectors - 1; v >= 0; --v) {
            const Four before = v > 0 ? older[v > 0 ? v - 1 : 0] : Four{fresh, fresh, fresh, fresh};
            const Four in = __builtin_shufflevector(older[v], before, 7, 0, 1, 2); // each from the lane before it
            const Four q = Q[v] + in;
            const Four w = above[v] * in - (above[v] - below[v] + 1.0) * q;
            Four r;
            if (shared) { // lane j: T_0 + 2 lane + (i - 2 lane) + 1
                const double one = inverse[i];
                r = Four{one, one, one, one};
            } else {
                r = 1.0 / (above[v] + 1.0);
            }
            const Four s = (below[v] * r) * S[v] + w * r;
            next[v] = s - S[v];
            S[v] = s, Q[v] = q;
            if (starting) { // lanes that have not come to order 0 yet keep their start
                for (int j = 0; j < lanes; ++j)
                    if (i < skew * (v * lanes + j)) S[v][j] = 0, Q[v][j] = -2 * u[v * lanes + j], next[v][j] = 0;
            }
            above[v] += 1.0, below[v] -= 1.0;
        }
        for (int v = 0; v < vectors; ++v) older[v] = old[v], old[v] = next[v];
    };
    constexpr std::int64_t lag = skew * (together - 1); // rounds until the last lane has come to order 0
    std::int64_t i = 0;
    for (; i < lag; ++i) round(i, i < N ? X[i] : 0, true);
    for (; i < N; ++i) round(i, X[i], false), X[i - lag] = old[vectors - 1][lanes - 1];
    for (; i < N + lag; ++i) round(i, 0, false), X[i - lag] = old[vectors - 1][lanes - 1];
}

ORRERY_INLINE void sweepSharedBody(double* X, std::int64_t N, const double* T, const double* u, const double* inverse) {
    sweep<true>(X, N, T, u, inverse);
}
ORRERY_INLINE void sweepApartBody(double* X, std::int64_t N, const double* T, const double* u) {
    sweep<false>(X, N, T, u, nullptr);
}
ORRERY_VECTOR_LOOP(sweepShared, (double* X, std::int64_t N, const double* T, const double* u, const double* inverse),
                   (X, N, T, u, inverse))
ORRERY_VECTOR_LOOP(sweepApart, (double* X, std::int64_t N, const double* T, const double* u), (X, N, T, u))
constexpr bool canSweep = true;
#else
void sweepShared(double*, std::int64_t, const double*, const double*, const double*) {}
void sweepApart(double*, std::int64_t, const double*, const double*) {}
constexpr bool canSweep = false;
#endif

/// One step, the same formulas.
void plain(double* X, std::int64_t N, double T, double u) {
    double S = 0, Q = -2 * u;
    for (std::int64_t n = 0; n < N; ++n) {
        const double order = double(n);
        Q += X[n];
        const double next = ((T - order) * S + (T + order) * X[n] - (2 * order + 1) * Q) / (T + order + 1);
        X[n] = next - S;
        S = next;
    }
}

/// `steps(i)`: T of sample i.
template <class Steps>
void through(std::span<double> x, std::span<const double> samples, const Steps& steps, bool whole) {
    const std::int64_t N = std::int64_t(x.size());
    Vector X(x.begin(), x.end());
    for (std::int64_t n = 0; n < N; ++n) X[std::size_t(n)] *= rootOf(n);
    std::size_t i = 0;
    if (canSweep && samples.size() >= std::size_t(together)) {
        // Reciprocals of T + 1 … T + N + skew · together, moved along by 2 for each step.
        const std::size_t need = std::size_t(N) + 2 * skew * together, room = need + 4096;
        Vector inverses(whole ? room : 0);
        std::size_t at = room;
        for (; i + together <= samples.size(); i += together) {
            double T[together];
            for (int j = 0; j < together; ++j) T[j] = steps(i + std::size_t(j));
            if (!whole) {
                sweepApart(X.data(), N, T, samples.data() + i);
                continue;
            }
            if (at + need > room) {
                for (std::size_t n = 0; n < room; ++n) inverses[n] = 1 / (T[0] + double(n) + 1);
                at = 0;
            }
            sweepShared(X.data(), N, T, samples.data() + i, inverses.data() + at);
            at += 2 * together;
        }
    }
    for (; i < samples.size(); ++i) plain(X.data(), N, steps(i), samples[i]);
    for (std::int64_t n = 0; n < N; ++n) x[std::size_t(n)] = X[std::size_t(n)] / rootOf(n);
}

} // namespace

void advanceSkewed(LegsStep step, std::span<double> x, std::span<const double> samples, std::int64_t k) {
    const auto T = [&](std::size_t i) {
        const std::int64_t now = k + std::int64_t(i);
        if (step == LegsStep::bilinear) return 2 * double(now);
        return step == LegsStep::midpoint ? 2 * double(now) + 1 : 2 / stepSize(step, now);
    };
    through(x, samples, T, step != LegsStep::logTime);
}

void advanceInvariant(std::span<double> x, std::span<const double> samples, double h) {
    if (!x.empty())
        through(
            x, samples, [h](std::size_t) { return 2 / h; }, false);
}

} // namespace orrery::statespace
