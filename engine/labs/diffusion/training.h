// SPDX-License-Identifier: GPL-3.0-or-later
// A network learns the score by denoising (Vincent 2011; Song et al. 2021): draw x0 from the data, t, and eps; show it
// x = alpha x0 + sigma eps and ask for the target. The answer with the least mean square is the posterior mean, that is the
// score of the noised data, though nobody ever computed it. Batches are counted draws (seed, number in the batch, step), made on
// the host in float64: two runs of the same seed see the same ones, also when one of them was saved and goes on elsewhere.
#pragma once

#include "engine/labs/diffusion/loss_floor.h"
#include "engine/labs/diffusion/score_net.h"
#include "engine/tensor/precision.h"

#include <memory>
#include <optional>
#include <string>

namespace orrery::model {
class TensorFile;
}

namespace orrery::diffusion {

struct LearnOptions {
    NetShape shape;
    Target target = Target::eps;
    bool preconditioned = false;
    tensor::Precision precision = tensor::Precision::fp32; ///< fp32, fp16 (all of it, nothing scaled) or mixed (scaled)
    std::uint64_t seed = 1;
    // These may change while it trains:
    int batch = 512;
    double rate = 5e-3;                                ///< of learning
    bool sameNetwork(const LearnOptions& other) const; ///< differs at most in what may change
};

const char* toString(Target target);

class ScoreTraining {
 public:
    /// The context and what it computes on must outlive it. The data are standardised.
    ScoreTraining(tensor::Context& context, std::shared_ptr<const Mixture> data, const Schedule& schedule,
                  const LearnOptions& options);

    /// One batch. Waits for the device.
    tensor::StepReport step();
    int steps() const { return m_steps; } ///< taken, also by the run that a file came from
    double scale() const { return m_training.scaler() ? m_training.scaler()->scale() : 1; }

    const ScoreNet& net() const { return m_net; }
    const LearnOptions& options() const { return m_options; }
    void change(int batch, double rate);

    /// The weights as they are, or their moving average (decay 0.998, and less at first: (1 + n) / (10 + n)), in the order of
    /// the network's parameters.
    std::vector<tensor::Tensor> weights(bool averaged) const;

    /// As safetensors: weights by their names, "ema.<name>", and "adam.first.<name>", "adam.second.<name>" to go on from, bit for
    /// bit. Throws Error.
    void save(const std::string& path) const;
    /// Takes a file's weights, and where it has them average, moments and step, too. Throws Error naming file and cause when
    /// they are not those of this network, and is then as before.
    void load(const std::string& path);

    static constexpr double averageDecay = 0.998;

    /// What a batch shows: for tests.
    struct Batch {
        std::vector<float> features, factor, wanted; ///< [n, features], [n] and [n, 2]: the loss is mean (factor F - wanted)^2
    };
    Batch batch(int step) const;

 private:
    void requireFits(const model::TensorFile& file) const;

    tensor::Context& m_context;
    std::shared_ptr<const Mixture> m_data;
    AliasTable m_table;
    Schedule m_schedule;
    LearnOptions m_options;
    ScoreNet m_net;
    tensor::Training m_training;
    tensor::MovingAverage m_average;
    int m_steps = 0;
};

} // namespace orrery::diffusion
