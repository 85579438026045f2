// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/umap.h"

#include "engine/labs/embedding/lanes.h"
#include "engine/philox.h"
#include "engine/tensor/host_threads.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace orrery::embedding {

namespace {

constexpr std::int64_t blockRows = 128;
constexpr std::uint32_t pushStream = 0x50555348, noiseStream = 0x4E4F4953, pairStream = 0x50414952;

/// Splitmix64 from a key that Philox made of (seed, point, step): cheap, and its own for every point and step.
struct Draws {
    std::uint64_t state;
    std::uint64_t next() {
        std::uint64_t z = state += 0x9E3779B97F4A7C15ULL;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ z >> 27) * 0x94D049BB133111EBULL;
        return z ^ z >> 31;
    }
};

struct Coefficients {
    float a, b, pull, push; ///< pull: -2ab, push: 2 gamma b
};

constexpr int room = 64; ///< partners that are worked on together

/// Adds clipped pulls (or pushes) of `count` partners to `force`. What is beyond `count` lies where the point itself does, and
/// does nothing.
template <int dims, bool pulls>
ORRERY_INLINE void forcesBody(const float* own, const float (*partner)[room], int count, const Coefficients& c, float weight,
                              float* force) {
    F8 sum[dims];
    for (int d = 0; d < dims; ++d) sum[d] = all(0);
    for (int l = 0; l < count; l += 8) {
        F8 delta[dims], square = all(1e-30F);
        for (int d = 0; d < dims; ++d) {
            delta[d] = all(own[d]) - load8(partner[d] + l);
            square += delta[d] * delta[d];
        }
        const F8 power = exp2Of8(log2Of8(square) * c.b); // d^2b
        const F8 curve = power * c.a + 1.0F;
        const F8 factor = pulls ? power * c.pull / (square * curve) : all(c.push) / ((square + 0.001F) * curve);
        for (int d = 0; d < dims; ++d) sum[d] += most8(all(-4), least8(all(4), factor * delta[d]));
    }
    for (int d = 0; d < dims; ++d) force[d] += weight * sum8(sum[d]);
}
#define FORCE_PARAMETERS \
    (const float* own, const float(*partner)[room], int count, const Coefficients& c, float weight, float* force)
#define FORCE_ARGUMENTS (own, partner, count, c, weight, force)
ORRERY_INLINE void pull2Body FORCE_PARAMETERS { forcesBody<2, true> FORCE_ARGUMENTS; }
ORRERY_INLINE void push2Body FORCE_PARAMETERS { forcesBody<2, false> FORCE_ARGUMENTS; }
ORRERY_INLINE void pull3Body FORCE_PARAMETERS { forcesBody<3, true> FORCE_ARGUMENTS; }
ORRERY_INLINE void push3Body FORCE_PARAMETERS { forcesBody<3, false> FORCE_ARGUMENTS; }
ORRERY_VECTOR_LOOP(pull2, FORCE_PARAMETERS, FORCE_ARGUMENTS)
ORRERY_VECTOR_LOOP(push2, FORCE_PARAMETERS, FORCE_ARGUMENTS)
ORRERY_VECTOR_LOOP(pull3, FORCE_PARAMETERS, FORCE_ARGUMENTS)
ORRERY_VECTOR_LOOP(push3, FORCE_PARAMETERS, FORCE_ARGUMENTS)

template <int dims>
class Partners {
 public:
    Partners(const float* own, const Coefficients& c, bool pulls, float weight)
        : m_own(own), m_c(c), m_pulls(pulls), m_weight(weight) {}
    void put(const float* y) {
        for (int d = 0; d < dims; ++d) m_at[d][m_count] = y[d];
        if (++m_count == room) flush();
    }
    void flush() {
        if (m_count == 0) return;
        for (int l = m_count; l % 8 != 0; ++l)
            for (int d = 0; d < dims; ++d) m_at[d][l] = m_own[d];
        if constexpr (dims == 2)
            (m_pulls ? pull2 : push2)(m_own, m_at, m_count, m_c, m_weight, force);
        else
            (m_pulls ? pull3 : push3)(m_own, m_at, m_count, m_c, m_weight, force);
        m_count = 0;
    }
    float force[3] = {0, 0, 0};

 private:
    const float* m_own;
    const Coefficients& m_c;
    bool m_pulls;
    float m_weight;
    int m_count = 0;
    float m_at[dims][room];
};

struct Both {
    float pull[3], push[3];
};

/// What acts on point i in the step of that number.
template <int dims>
Both acting(const Graph& graph, const std::uint32_t* rate, const std::uint32_t* phase, const float* yy, const Coefficients& c,
            int negatives, std::uint64_t seed, int number, std::int64_t i) {
    const float* const own = yy + dims * i;
    // An edge stands in both its rows, and in each it moves both ends: two pulls when it is due.
    Partners<dims> pulls(own, c, true, 2), pushes(own, c, false, 1);
    std::uint64_t due = 0;
    for (std::int64_t e = graph.start[std::size_t(i)]; e < graph.start[std::size_t(i) + 1]; ++e) {
        const std::uint32_t at = phase[e] + std::uint32_t(number) * rate[e];
        if (at >= rate[e]) continue;
        ++due;
        pulls.put(yy + dims * std::int64_t(graph.index[std::size_t(e)]));
    }
    const Philox4 words = philox(seed, std::uint32_t(i), std::uint32_t(number), pushStream);
    Draws draws{std::uint64_t(words[0]) << 32 | words[1]};
    std::uint64_t word = 0;
    const auto n = std::uint64_t(graph.n);
    for (std::uint64_t p = 0; p < due * std::uint64_t(negatives); ++p) {
        word = p % 2 == 0 ? draws.next() : word >> 32;
        pushes.put(yy + dims * std::int64_t((word & 0xFFFFFFFF) * n >> 32));
    }
    pulls.flush(), pushes.flush();
    Both both{};
    for (int d = 0; d < dims; ++d) both.pull[d] = pulls.force[d], both.push[d] = pushes.force[d];
    return both;
}

Coefficients coefficientsOf(const Tuning& t) {
    return {float(t.a), float(t.b), float(-2 * t.a * t.b), float(2 * t.repulsion * t.b)};
}

} // namespace

Schedule scheduleOf(const Graph& g, std::uint64_t seed) {
    Schedule s{std::vector<std::uint32_t>(g.weight.size()), std::vector<std::uint32_t>(g.weight.size())};
    if (!g.weight.empty()) s.most = *std::max_element(g.weight.begin(), g.weight.end());
    tensor::host::parallel((g.n + 2047) / 2048, [&](std::int64_t block, int) {
        for (std::int64_t i = block * 2048; i < std::min(g.n, (block + 1) * 2048); ++i)
            for (std::int64_t e = g.start[std::size_t(i)]; e < g.start[std::size_t(i) + 1]; ++e) {
                const std::int64_t j = g.index[std::size_t(e)];
                s.rate[std::size_t(e)] =
                    std::uint32_t(std::min(double(g.weight[std::size_t(e)]) / s.most * 0x1p32, double(UINT32_MAX)));
                Draws phase{seed ^ std::uint64_t(std::min(i, j)) << 32 ^ std::uint64_t(std::max(i, j))};
                s.phase[std::size_t(e)] = std::uint32_t(phase.next() >> 32);
            }
    });
    return s;
}

Umap::Umap(std::shared_ptr<const FuzzyGraph> graph, std::uint64_t seed)
    : m_graph(std::move(graph)), m_seed(seed), m_schedule(scheduleOf(m_graph->graph, seed)) {}

template <int dims>
void Umap::move(State& state, const Tuning& tuning, int number) const {
    const std::vector<float> yy = state.y.interleaved();
    const Coefficients c = coefficientsOf(tuning);
    const float first = 0.5F, second = 0.9F, tiny = 1e-7F;
    const float rate = float(std::max(0.0, 1 - double(number) / std::max(1, tuning.epochs)));
    const float fullFirst = 1 / (1 - std::pow(first, float(number + 1))),
                fullSecond = 1 / (1 - std::pow(second, float(number + 1)));
    const std::int64_t n = state.y.n;
    tensor::host::parallel((n + blockRows - 1) / blockRows, [&](std::int64_t block, int) {
        for (std::int64_t i = block * blockRows; i < std::min(n, (block + 1) * blockRows); ++i) {
            const Both both = acting<dims>(m_graph->graph, m_schedule.rate.data(), m_schedule.phase.data(), yy.data(), c,
                                           tuning.negatives, m_seed, number, i);
            for (int d = 0; d < dims; ++d) {
                const float g = both.pull[d] + both.push[d];
                float& mean = state.speed[d][i];
                float& squares = state.scale[d][i];
                mean = first * mean + (1 - first) * g;
                squares = second * squares + (1 - second) * g * g;
                state.y[d][i] += rate * mean * fullFirst / (std::sqrt(squares * fullSecond) + tiny);
            }
        }
    });
}

void Umap::step(State& state, const Tuning& tuning, int number) {
    if (state.y.dims == 2)
        move<2>(state, tuning, number);
    else
        move<3>(state, tuning, number);
}

Forces Umap::forces(const State& state, const Tuning& tuning, int number, std::int64_t point) {
    const std::vector<float> yy = state.y.interleaved();
    const Coefficients c = coefficientsOf(tuning);
    const Both both = state.y.dims == 2 ? acting<2>(m_graph->graph, m_schedule.rate.data(), m_schedule.phase.data(), yy.data(), c,
                                                    tuning.negatives, m_seed, number, point)
                                        : acting<3>(m_graph->graph, m_schedule.rate.data(), m_schedule.phase.data(), yy.data(), c,
                                                    tuning.negatives, m_seed, number, point);
    Forces found;
    for (int d = 0; d < state.y.dims; ++d)
        found.attraction[std::size_t(d)] = both.pull[d], found.repulsion[std::size_t(d)] = both.push[d];
    return found;
}

Loss Umap::loss(const State& state, const Tuning& tuning) {
    const PicturePoints& y = state.y;
    const Graph& g = m_graph->graph;
    const auto memberships = [&](std::int64_t i, std::int64_t j) {
        double square = 0;
        for (int d = 0; d < y.dims; ++d) square += (double(y[d][i]) - y[d][j]) * (double(y[d][i]) - y[d][j]);
        return tuning.a * std::pow(square, tuning.b); // 1/q - 1
    };
    const std::int64_t blocks = (g.n + 511) / 512;
    struct Sums {
        double pull = 0, weight = 0, push = 0, degree = 0;
    };
    std::vector<Sums> sums(static_cast<std::size_t>(blocks));
    tensor::host::parallel(blocks, [&](std::int64_t block, int) {
        Sums s;
        for (std::int64_t i = block * 512; i < std::min(g.n, (block + 1) * 512); ++i) {
            double degree = 0;
            for (std::int64_t e = g.start[std::size_t(i)]; e < g.start[std::size_t(i) + 1]; ++e) {
                s.pull += g.weight[std::size_t(e)] * std::log1p(memberships(i, g.index[std::size_t(e)]));
                degree += g.weight[std::size_t(e)];
            }
            Draws draws{std::uint64_t(pairStream) << 32 ^
                        std::uint64_t(i)}; // always the same pairs, so that the figure does not flicker
            constexpr int pairs = 8;
            for (int p = 0; p < pairs; ++p) {
                const auto j = std::int64_t((draws.next() >> 32) * std::uint64_t(g.n) >> 32);
                if (j == i) continue;
                const double odds = memberships(i, j);
                s.push += degree / pairs * std::log1p(1 / std::max(odds, 1e-3));
            }
            s.weight += degree, s.degree += degree;
        }
        sums[std::size_t(block)] = s;
    });
    Sums total;
    for (const Sums& s : sums) total.pull += s.pull, total.weight += s.weight, total.push += s.push, total.degree += s.degree;
    Loss loss;
    loss.attraction = total.pull / std::max(1e-30, total.weight);
    loss.repulsion = tuning.negatives * tuning.repulsion * total.push / std::max(1e-30, total.degree);
    loss.total = loss.attraction + loss.repulsion;
    return loss;
}

State umapStart(const Matrix& first, std::uint64_t seed) {
    const std::int64_t n = first.rows();
    const int dims = int(first.columns());
    State state{PicturePoints(n, dims), PicturePoints(n, dims), PicturePoints(n, dims)};
    for (int d = 0; d < dims; ++d) {
        double low = HUGE_VAL, high = -HUGE_VAL;
        for (std::int64_t i = 0; i < n; ++i) {
            const double x = first.row(i)[std::size_t(d)];
            low = std::min(low, x), high = std::max(high, x);
        }
        const double scale = high > low ? 10 / (high - low) : 0;
        for (std::int64_t i = 0; i < n; ++i)
            state.y[d][i] = float(scale * (first.row(i)[std::size_t(d)] - low) +
                                  1e-3 * normalPair(philox(seed, std::uint32_t(i), std::uint32_t(d), noiseStream))[0]);
    }
    return state;
}

} // namespace orrery::embedding
