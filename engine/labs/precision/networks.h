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

/// Rows of tensor::opTable() that one of the networks here uses: by network "spirals" or "drawings"; of any other name, of both.
std::vector<std::string> opsOf(const std::string& network = {});

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

/// Drawings of four kinds with noise: stripes across, stripes down, a cross, a ring; each somewhere else.
struct Drawings {
    static constexpr std::int64_t side = 12, kinds = 4;
    std::vector<float> pixels; ///< side x side each
    std::vector<std::int32_t> labels;
};
Drawings drawings(std::size_t count, double noise, std::uint64_t seed);

/// Two convolutions of 3 x 3 (1 - 8 - 16 channels, the second with stride 2), SiLU, and a linear layer; cross-entropy over 256
/// drawings.
class DrawingsNetwork : public Network {
 public:
    DrawingsNetwork(tensor::Context& context, std::uint64_t seed);
    tensor::Tensor loss(tensor::Context& context) override;
    double accuracy(tensor::Context& context) override;

    const Drawings& data() const { return m_data; }
    tensor::Tensor logits(tensor::Context& context, const tensor::Tensor& pictures) const; ///< [n, 1, side, side] to [n, kinds]

 private:
    Drawings m_data;
    tensor::Tensor m_pictures, m_labels;
    tensor::Conv2d m_first, m_second;
    tensor::Linear m_last;
};

} // namespace orrery::precision
