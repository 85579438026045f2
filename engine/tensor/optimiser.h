// SPDX-License-Identifier: GPL-3.0-or-later
// Steps of gradient descent, in place, one kernel per parameter. Moments have the parameter's own type.
//   SGD with momentum   u <- mu u + g;  w <- w - lr u
//   Adam                m <- b1 m + (1 - b1) g;  v <- b2 v + (1 - b2) g^2;  w <- w - lr m' / (sqrt(v') + eps), where m' and v'
//                       are divided by 1 - b^t (Kingma & Ba 2015, arXiv 1412.6980, algorithm 1)
//   AdamW               the same after w <- (1 - lr decay) w (Loshchilov & Hutter 2019, arXiv 1711.05101, algorithm 2)
// For SGD and Adam decay is added to the gradient: g + decay w.
#pragma once

#include "engine/tensor/ops/quantise.h"
#include "engine/tensor/parameters.h"
#include "engine/tensor/tape.h"

namespace orrery::tensor {

struct OptimiserOptions {
    enum class Kind { sgd, adam, adamw };
    Kind kind = Kind::adam;
    double learningRate = 1e-3;
    double momentum = 0.9; ///< SGD
    double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
    double decay = 0;
    /// The new weight is rounded to this format before it is stored; null: only to the tensor's own type.
    const Format* weights = nullptr;
    bool stochastic = false; ///< how it is rounded; draws are Philox of (seed, element, step, number of the parameter)
    std::uint64_t seed = 0;
};

class Optimiser {
 public:
    Optimiser(Context& context, Parameters& parameters, const OptimiserOptions& options);

    OptimiserOptions options; ///< may change between steps, the kind too: moments stay
    /// One step with the gradients times `factor` (1 / loss scale, times what clipping leaves). Parameters without a gradient
    /// stay as they are.
    void step(const Gradients& gradients, double factor = 1);
    std::int64_t steps() const { return m_steps; } ///< taken

    const Tensor& firstMoment(std::size_t parameter) const { return m_first[parameter]; }
    const Tensor& secondMoment(std::size_t parameter) const { return m_second[parameter]; }
    /// Steps and moments, of a run that goes on.
    void restore(std::int64_t steps, const std::vector<std::vector<float>>& first, const std::vector<std::vector<float>>& second);

 private:
    Context& m_context;
    Parameters& m_parameters;
    std::vector<Tensor> m_first, m_second;
    std::int64_t m_steps = 0;
};

/// The length of all gradients together, in f32 (fixed trees), and whether all of them are finite. Waits for the device.
struct GradientNorm {
    double norm = 0;
    bool finite = true;
    double loss = 0; ///< of `loss`, read on the same way
};
GradientNorm gradientNorm(Context& context, const Gradients& gradients, const Parameters& parameters, const Tensor& loss = {});

/// The factor that clips a length to `most`: 1 below it. As torch.nn.utils.clip_grad_norm_.
inline double clipFactor(double norm, double most) { return most > 0 && norm > most ? most / (norm + 1e-6) : 1; }

/// An exponential moving average of the parameters: a <- decay a + (1 - decay) w.
class MovingAverage {
 public:
    MovingAverage(Context& context, const Parameters& parameters, double decay);
    void update(const Parameters& parameters);
    const std::vector<Tensor>& values() const { return m_values; }
    double decay;

 private:
    Context& m_context;
    std::vector<Tensor> m_values; ///< f32
};

} // namespace orrery::tensor
