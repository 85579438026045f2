// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/diffusion/loss_floor.h"

#include "engine/labs/diffusion/journey.h"
#include "engine/philox.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace orrery::diffusion {

namespace {

constexpr double pairs = 4e7;           ///< (place, component) in all: some half a second
constexpr int fewest = 16, most = 2048; ///< places per node
constexpr int mostCompared = 64;
constexpr std::uint64_t seed = 0x666c6f6f72ull; // "floor": its draws are nobody else's

} // namespace

LossFloor::LossFloor(std::shared_ptr<const Mixture> mixture, const Schedule& schedule)
    : m_mixture(std::move(mixture)), m_table(aliasTable(*m_mixture)) {
    const double each = pairs / (double(std::max<std::size_t>(m_mixture->components.size(), 1)) * nodes);
    m_draws = int(std::clamp(each, double(fewest), double(most)));
    m_compared = std::min(m_draws, mostCompared);
    // Much happens at small t: nodes lie evenly in the square root of t.
    for (int j = 0; j < nodes; ++j) {
        const double u = (j + 0.5) / nodes, t = trainedFrom + (1 - trainedFrom) * u * u;
        m_nodes.push_back({t, schedule.alpha(t), schedule.sigma(t), 2 * u / nodes, 0, 0});
    }
    const std::size_t compared = std::size_t(nodes) * std::size_t(m_compared);
    m_places.resize(2 * compared);
    m_noise.resize(2 * compared);
}

bool LossFloor::work(double budgetMs) {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point start = Clock::now();
    while (!complete()) {
        compute(m_done++);
        if (std::chrono::duration<double, std::milli>(Clock::now() - start).count() > budgetMs) break;
    }
    return complete();
}

void LossFloor::compute(int j) {
    Node& node = m_nodes[std::size_t(j)];
    const Marginal marginal(*m_mixture, node.alpha, node.sigma * node.sigma);
    double sum = 0, squares = 0;
    for (int i = 0; i < m_draws; ++i) {
        const Philox4 words = philox(seed, std::uint32_t(i), std::uint32_t(j), std::uint32_t(Stream::exactData));
        const auto [zx, zy] = normalPair(words);
        const Component& c = m_mixture->components[m_table.pick(words[2], words[3])];
        // The marginal's component has this deviation; x is a draw from it.
        const double deviation = std::sqrt(node.alpha * node.alpha * c.s * c.s + node.sigma * node.sigma);
        const auto x = float(node.alpha * c.x + deviation * zx), y = float(node.alpha * c.y + deviation * zy);
        const Marginal::Value v = marginal.at(x, y, false);
        const double spread = 1 + 0.5 * node.sigma * node.sigma * (v.hessian[0] + v.hessian[2]);
        sum += spread, squares += spread * spread;
        if (i >= m_compared) continue;
        const std::size_t at = 2 * (std::size_t(j) * std::size_t(m_compared) + std::size_t(i));
        m_places[at] = x, m_places[at + 1] = y;
        m_noise[at] = -node.sigma * v.score[0], m_noise[at + 1] = -node.sigma * v.score[1];
    }
    const double n = m_draws;
    node.mean = sum / n;
    node.error = std::sqrt(std::max(0.0, squares / n - node.mean * node.mean) / (n - 1));
}

LossFloor::Value LossFloor::floor(Target target, bool preconditioned) const {
    Value all;
    for (const Node& node : m_nodes) {
        const double factor = node.weight * headOf(target, preconditioned, node.alpha, node.sigma).lossOfNoise;
        all.value += factor * node.mean;
        all.deviation += factor * factor * node.error * node.error;
    }
    all.deviation = std::sqrt(all.deviation);
    return all;
}

std::vector<double> LossFloor::excessOfNoise(Target target, bool preconditioned, std::span<const float> outputs) const {
    std::vector<double> all;
    for (std::size_t j = 0; j < m_nodes.size(); ++j) {
        const Node& node = m_nodes[j];
        const Head head = headOf(target, preconditioned, node.alpha, node.sigma);
        double sum = 0;
        const std::size_t first = 2 * j * std::size_t(m_compared), last = first + 2 * std::size_t(m_compared);
        for (std::size_t i = first; i < last; ++i) {
            const double noise = -node.sigma * (head.scoreOfPlace * m_places[i] + head.scoreOfOutput * outputs[i]);
            sum += (noise - m_noise[i]) * (noise - m_noise[i]);
        }
        all.push_back(sum / (2 * m_compared));
    }
    return all;
}

double LossFloor::excess(Target target, bool preconditioned, std::span<const float> outputs) const {
    const std::vector<double> each = excessOfNoise(target, preconditioned, outputs);
    double sum = 0;
    for (std::size_t j = 0; j < m_nodes.size(); ++j) {
        const Node& node = m_nodes[j];
        sum += node.weight * headOf(target, preconditioned, node.alpha, node.sigma).lossOfNoise * each[j];
    }
    return sum;
}

} // namespace orrery::diffusion
