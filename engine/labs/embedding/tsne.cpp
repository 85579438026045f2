// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/tsne.h"

#include "engine/error.h"
#include "engine/labs/embedding/lanes.h"
#include "engine/tensor/host_threads.h"

#include <algorithm>
#include <cmath>

namespace orrery::embedding {

namespace {

constexpr std::int64_t blockRows = 256;
constexpr double longestStep = 5, minimumGain = 0.01;

/// Sum over a row's neighbours of p w (y_i - y_j).
template <int dims>
ORRERY_INLINE void pullBody(const float* yy, const std::int64_t* start, const std::int32_t* index, const float* p,
                            std::int64_t first, std::int64_t last, float* const* out) {
    for (std::int64_t i = first; i < last; ++i) {
        F8 own[dims], force[dims];
        float rest[3] = {0, 0, 0};
        for (int d = 0; d < dims; ++d) own[d] = all(yy[dims * i + d]), force[d] = all(0);
        std::int64_t e = start[i];
        for (; e + 8 <= start[i + 1]; e += 8) {
            float there[dims][8];
            for (int l = 0; l < 8; ++l)
                for (int d = 0; d < dims; ++d) there[d][l] = yy[dims * std::int64_t(index[e + l]) + d];
            F8 delta[dims], square = all(1);
            for (int d = 0; d < dims; ++d) {
                delta[d] = own[d] - load8(there[d]);
                square += delta[d] * delta[d];
            }
            const F8 c = load8(p + e) / square;
            for (int d = 0; d < dims; ++d) force[d] += c * delta[d];
        }
        for (; e < start[i + 1]; ++e) {
            float delta[3], square = 1;
            for (int d = 0; d < dims; ++d) {
                delta[d] = yy[dims * i + d] - yy[dims * std::int64_t(index[e]) + d];
                square += delta[d] * delta[d];
            }
            for (int d = 0; d < dims; ++d) rest[d] += p[e] / square * delta[d];
        }
        for (int d = 0; d < dims; ++d) out[d][i] = sum8(force[d]) + rest[d];
    }
}
#define PULL_PARAMETERS                                                                                         \
    (const float* yy, const std::int64_t* start, const std::int32_t* index, const float* p, std::int64_t first, \
     std::int64_t last, float* const* out)
#define PULL_ARGUMENTS (yy, start, index, p, first, last, out)
ORRERY_INLINE void pull2Body PULL_PARAMETERS { pullBody<2> PULL_ARGUMENTS; }
ORRERY_INLINE void pull3Body PULL_PARAMETERS { pullBody<3> PULL_ARGUMENTS; }
ORRERY_VECTOR_LOOP(pull2, PULL_PARAMETERS, PULL_ARGUMENTS)
ORRERY_VECTOR_LOOP(pull3, PULL_PARAMETERS, PULL_ARGUMENTS)

struct Rule {
    float rate, momentum, pull, push;
};

template <int dims>
ORRERY_INLINE void moveBody(float* const* y, float* const* speed, float* const* gains, const float* const* pull,
                            const float* const* push, const Rule& rule, std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; ++i) {
        float square = 0;
        for (int d = 0; d < dims; ++d) {
            const float g = 4 * (rule.pull * pull[d][i] - rule.push * push[d][i]);
            // What lies still has not turned: as in openTSNE, and the same to either side.
            const bool turned = (g > 0 && speed[d][i] > 0) || (g < 0 && speed[d][i] < 0);
            const float gain = turned ? 0.8F * gains[d][i] + float(minimumGain) : gains[d][i] + 0.2F;
            gains[d][i] = gain;
            speed[d][i] = rule.momentum * speed[d][i] - rule.rate * gain * g;
            square += speed[d][i] * speed[d][i];
        }
        const float scale = square > float(longestStep * longestStep) ? float(longestStep) / std::sqrt(square) : 1;
        for (int d = 0; d < dims; ++d) {
            speed[d][i] *= scale;
            y[d][i] += speed[d][i];
        }
    }
}

void centre(PicturePoints& y) {
    for (int d = 0; d < y.dims; ++d) {
        double sum = 0;
        for (std::int64_t i = 0; i < y.n; ++i) sum += y[d][i];
        const float mean = float(sum / double(y.n));
        for (std::int64_t i = 0; i < y.n; ++i) y[d][i] -= mean;
    }
}

} // namespace

Tsne::Tsne(std::shared_ptr<const Affinities> affinities, Repulsion repulsion, const GridRepulsion::Options& grid)
    : m_affinities(std::move(affinities)), m_repulsion(repulsion), m_options(grid), m_grid(grid) {}

bool Tsne::exact(const PicturePoints& y) const {
    if (m_repulsion != Repulsion::automatic) return m_repulsion == Repulsion::exact;
    double range = 0;
    for (int d = 0; d < y.dims; ++d) {
        const auto [least, most] = std::minmax_element(y[d], y[d] + y.n);
        range = std::max(range, double(*most) - double(*least));
    }
    return allPairs(m_repulsion, m_options, costOnHost, y.n, range, y.dims);
}

double Tsne::repulse(const PicturePoints& y, PicturePoints& push) {
    m_usedGrid = !exact(y);
    return m_usedGrid ? m_grid.run(y, push) : exactRepulsion(y, push);
}

std::string Tsne::how() const {
    if (!m_usedGrid) return "all pairs";
    const std::string nodes = std::to_string(m_grid.nodes());
    return "grid of " + nodes + " x " + nodes + (m_push.dims == 3 ? " x " + nodes : "");
}

void Tsne::attract(const PicturePoints& y, PicturePoints& pull) const {
    const Graph& graph = m_affinities->joint;
    const std::vector<float> yy = y.interleaved();
    float* const out[3] = {pull[0], pull[1], y.dims > 2 ? pull[2] : nullptr};
    tensor::host::parallel((y.n + blockRows - 1) / blockRows, [&](std::int64_t block, int) {
        (y.dims > 2 ? pull3 : pull2)(yy.data(), graph.start.data(), graph.index.data(), graph.weight.data(), block * blockRows,
                                     std::min(y.n, (block + 1) * blockRows), out);
    });
}

void Tsne::step(State& state, const Tuning& tuning, int number) {
    PicturePoints& y = state.y;
    if (number > 0 &&
        number == tuning.exaggerated) // as openTSNE begins its second phase: what exaggeration set in motion ends with it
        for (int d = 0; d < y.dims; ++d)
            std::fill(state.speed.axis[std::size_t(d)].begin(), state.speed.axis[std::size_t(d)].begin() + y.n, 0.0F);
    if (m_pull.n != y.n || m_pull.dims != y.dims) m_pull = PicturePoints(y.n, y.dims), m_push = m_pull;
    attract(y, m_pull);
    const double z = std::max(1e-30, repulse(y, m_push));
    const double exaggeration = number < tuning.exaggerated ? tuning.exaggeration : tuning.laterExaggeration;
    const double rate = tuning.rate > 0 ? tuning.rate : double(y.n) / (4 * std::max(1.0, exaggeration));
    const Rule rule{float(rate), float(tuning.momentum), float(exaggeration), float(1 / z)};
    float* const to[3] = {y[0], y[1], y.dims > 2 ? y[2] : nullptr};
    float* const speed[3] = {state.speed[0], state.speed[1], y.dims > 2 ? state.speed[2] : nullptr};
    float* const gains[3] = {state.scale[0], state.scale[1], y.dims > 2 ? state.scale[2] : nullptr};
    const float* const pull[3] = {m_pull[0], m_pull[1], y.dims > 2 ? m_pull[2] : nullptr};
    const float* const push[3] = {m_push[0], m_push[1], y.dims > 2 ? m_push[2] : nullptr};
    const auto move = [&](std::int64_t first, std::int64_t last) {
        if (y.dims > 2)
            moveBody<3>(to, speed, gains, pull, push, rule, first, last);
        else
            moveBody<2>(to, speed, gains, pull, push, rule, first, last);
    };
    constexpr std::int64_t atOnce = 8192;
    if (y.n <= 2 * atOnce)
        move(0, y.n);
    else
        tensor::host::parallel((y.n + atOnce - 1) / atOnce,
                               [&](std::int64_t b, int) { move(b * atOnce, std::min(y.n, (b + 1) * atOnce)); });
    centre(y);
}

double Tsne::gradient(const State& state, double exaggeration, PicturePoints& out) {
    out = PicturePoints(state.y.n, state.y.dims);
    PicturePoints push = out;
    attract(state.y, out);
    const double z = repulse(state.y, push);
    for (int d = 0; d < state.y.dims; ++d)
        for (std::int64_t i = 0; i < state.y.n; ++i) out[d][i] = float(4 * (exaggeration * out[d][i] - push[d][i] / z));
    return z;
}

PicturePoints Tsne::pushes(const State& state) {
    PicturePoints slope;
    gradient(state, 0, slope);
    return slope;
}

Loss Tsne::loss(const State& state, const Tuning&) {
    const PicturePoints& y = state.y;
    const Graph& graph = m_affinities->joint;
    const std::int64_t blocks = (y.n + blockRows - 1) / blockRows;
    std::vector<double> sums(static_cast<std::size_t>(blocks));
    tensor::host::parallel(blocks, [&](std::int64_t block, int) {
        double sum = 0;
        for (std::int64_t i = block * blockRows; i < std::min(y.n, (block + 1) * blockRows); ++i)
            for (std::int64_t e = graph.start[std::size_t(i)]; e < graph.start[std::size_t(i) + 1]; ++e) {
                if (graph.index[std::size_t(e)] < i) continue; // the same from both sides
                double square = 0;
                for (int d = 0; d < y.dims; ++d) {
                    const double delta = double(y[d][i]) - double(y[d][graph.index[std::size_t(e)]]);
                    square += delta * delta;
                }
                sum += 2 * double(graph.weight[std::size_t(e)]) * std::log1p(square);
            }
        sums[std::size_t(block)] = sum;
    });
    Loss loss;
    for (const double sum : sums) loss.attraction += sum;
    PicturePoints push(y.n, y.dims);
    loss.repulsion = std::log(std::max(1e-300, repulse(y, push)));
    loss.total = m_affinities->entropy + loss.attraction + loss.repulsion;
    return loss;
}

Forces Tsne::forces(const State& state, const Tuning& tuning, int number, std::int64_t point) {
    const PicturePoints& y = state.y;
    PicturePoints pull(y.n, y.dims), push = pull;
    attract(y, pull);
    const double z = repulse(y, push);
    const double exaggeration = number < tuning.exaggerated ? tuning.exaggeration : tuning.laterExaggeration;
    Forces found;
    for (int d = 0; d < y.dims; ++d) {
        found.attraction[std::size_t(d)] = -4 * exaggeration * pull[d][point];
        found.repulsion[std::size_t(d)] = 4 * push[d][point] / z;
    }
    return found;
}

State tsneStart(const Matrix& first) {
    const std::int64_t n = first.rows();
    const int dims = int(first.columns());
    State state{PicturePoints(n, dims), PicturePoints(n, dims), PicturePoints(n, dims, 1)};
    double sum = 0, squares = 0;
    for (std::int64_t i = 0; i < n; ++i) sum += first.row(i)[0];
    for (std::int64_t i = 0; i < n; ++i) squares += (first.row(i)[0] - sum / double(n)) * (first.row(i)[0] - sum / double(n));
    const double deviation = std::sqrt(squares / double(n));
    const double scale = deviation > 0 ? 1e-4 / deviation : 1;
    for (int d = 0; d < dims; ++d)
        for (std::int64_t i = 0; i < n; ++i) state.y[d][i] = float(scale * first.row(i)[std::size_t(d)]);
    centre(state.y);
    return state;
}

} // namespace orrery::embedding
