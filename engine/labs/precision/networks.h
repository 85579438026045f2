// SPDX-License-Identifier: GPL-3.0-or-later
// The small networks that train while one looks: data made up from counted random numbers, a loss, an accuracy.
#pragma once

#include "engine/tensor/modules.h"

#include <memory>

namespace orrery::precision {

/// Points of two classes in the plane.
struct Points {
    std::vector<float> xy;     ///< x, y by turns
    std::vector<float> labels; ///< +1 or -1
    std::size_t count() const { return labels.size(); }
};

/// Two spirals of one and a half turns, one the other turned by half a turn; radius up to 1, with normal noise.
Points twoSpirals(std::size_t count, double noise, std::uint64_t seed);

class Network {
 public:
    virtual ~Network() = default;
    /// Mean over the training data, in f32.
    virtual tensor::Tensor loss(tensor::Context& context) = 0;
    virtual double accuracy(tensor::Context& context) = 0; ///< share of the data on the right side; waits for the device

    tensor::Parameters& parameters() { return m_parameters; }

 protected:
    Network(tensor::Context& context, std::uint64_t seed) : m_parameters(context, seed) {}
    tensor::Parameters m_parameters;
};

/// 2 - 64 - 64 - 1 with tanh, logistic loss over 512 points of two spirals.
class SpiralsNetwork : public Network {
 public:
    SpiralsNetwork(tensor::Context& context, std::uint64_t seed);
    tensor::Tensor loss(tensor::Context& context) override;
    double accuracy(tensor::Context& context) override;

    const Points& points() const { return m_points; }
    /// The logit at places [n, 2].
    tensor::Tensor logits(tensor::Context& context, const tensor::Tensor& places) const;

 private:
    Points m_points;
    tensor::Tensor m_places, m_labels;
    tensor::Mlp m_mlp;
};

} // namespace orrery::precision
