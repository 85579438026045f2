// SPDX-License-Identifier: GPL-3.0-or-later
// The loss that no network can beat: even who knows E[eps | x] cannot know the noise itself. From the exact posterior in
// float64, apart from any network or training batch: places are drawn at 128 times, each brings the trace of its posterior's
// variance (Tweedie of second order: Cov[eps | x] = I + sigma^2 Hessian of ln p), and the exact mean, by which a network's own
// excess over the floor is measured without the noise of a loss: E|F - y|^2 = floor + E|F - E[y | x]|^2.
#pragma once

#include "engine/labs/diffusion/mixture.h"
#include "engine/labs/diffusion/schedule.h"
#include "engine/labs/diffusion/targets.h"

#include <memory>
#include <span>

namespace orrery::diffusion {

/// Networks are trained for t in [trainedFrom, 1], evenly.
constexpr double trainedFrom = 1e-3;

class LossFloor {
 public:
    static constexpr int nodes = 128; ///< times

    LossFloor(std::shared_ptr<const Mixture> mixture, const Schedule& schedule);

    /// Goes on for about `budgetMs`; true when all is there.
    bool work(double budgetMs);
    bool complete() const { return m_done == nodes; }
    double fraction() const { return double(m_done) / nodes; }

    struct Value {
        double value = 0, deviation = 0; ///< per axis, and the standard error of its estimate
    };
    /// Of the loss of that target, weighted as headOf() says.
    Value floor(Target target, bool preconditioned) const;
    /// The same for one time: E|eps - E[eps | x]|^2 per axis.
    double ofNoise(int node) const { return m_nodes[std::size_t(node)].mean; }

    struct Node {
        double t = 0, alpha = 1, sigma = 1;
        double weight = 0;          ///< of this time in the mean over t; all together 1
        double mean = 0, error = 0; ///< of the noise's posterior variance per axis: estimate, its standard error
    };
    const std::vector<Node>& all() const { return m_nodes; }

    /// Places at which a network is compared with the exact mean: x, y of each, perNode() for each node in order.
    std::span<const float> places() const { return m_places; }
    int perNode() const { return m_compared; }
    /// How far outputs F (x, y of each place) are above the floor: the mean loss over it, per axis.
    double excess(Target target, bool preconditioned, std::span<const float> outputs) const;
    /// The same per node, as squared error of eps.
    std::vector<double> excessOfNoise(Target target, bool preconditioned, std::span<const float> outputs) const;

 private:
    void compute(int node);

    std::shared_ptr<const Mixture> m_mixture;
    AliasTable m_table;
    int m_draws = 0, m_compared = 0, m_done = 0; ///< places per node: for the floor, kept for comparing
    std::vector<Node> m_nodes;
    std::vector<float> m_places;
    std::vector<double> m_noise; ///< E[eps | x] at those places
};

} // namespace orrery::diffusion
