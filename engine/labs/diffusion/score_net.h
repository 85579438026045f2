// SPDX-License-Identifier: GPL-3.0-or-later
// The network: hidden layers with SiLU over a place and the noise level it is seen at. It knows neither t nor the SDE: places
// come divided by the size that they have at that level, sqrt(alpha^2 + sigma^2), with sines and cosines of them beside them
// (in two dimensions a network is slow to learn fine shapes without; Tancik et al. 2020, arXiv 2006.10739); the level comes as
// sines and cosines of ln(sigma / alpha) / 4 (the logarithm of Karras et al. 2022). Parameters "net.0.weight", "net.0.bias",
// "net.2.weight", …
#pragma once

#include "engine/tensor/modules.h"

#include <array>

namespace orrery::diffusion {

struct NetShape {
    int width = 128, depth = 3; ///< numbers in a hidden layer, hidden layers
    bool operator==(const NetShape&) const = default;
};

class ScoreNet {
 public:
    static constexpr int waves = 3; ///< sines and cosines of each coordinate, 1, 2 and 4 times as fast
    static constexpr int placeFeatures = 2 + 4 * waves, levelFeatures = 10, features = placeFeatures + levelFeatures;
    static constexpr double farthest = 64; ///< scaled places beyond it have the waves of the last ones within

    ScoreNet(tensor::Context& context, const NetShape& shape, std::uint64_t seed);
    /// [n, features] to [n, 2].
    tensor::Tensor operator()(tensor::Context& context, const tensor::Tensor& rows) const { return m_mlp(context, rows); }

    tensor::Parameters& parameters() { return m_parameters; }
    const tensor::Parameters& parameters() const { return m_parameters; }
    const NetShape& shape() const { return m_shape; }
    double flopsPerPlace() const; ///< of an evaluation: 2 for each weight

    static double placeScale(double alpha, double sigma); ///< by which a place is multiplied
    static std::array<float, levelFeatures> level(double alpha, double sigma);
    /// Appends the row of a place; the device's twin is shaders/diffusion/features.comp.
    static void addRow(std::vector<float>& rows, double x, double y, double alpha, double sigma);

 private:
    NetShape m_shape;
    tensor::Parameters m_parameters;
    tensor::Mlp m_mlp;
};

/// The same network on the host in float64, with a bound for what float32 may make of it.
class ScoreNetReference {
 public:
    /// Weights and biases in the order of ScoreNet's parameters.
    ScoreNetReference(const NetShape& shape, const std::vector<std::vector<float>>& parameters);
    struct Output {
        double value[2] = {0, 0};
        double rounding[2] = {0, 0}; ///< |float32 - float64| stays below it
    };
    Output at(double x, double y, double alpha, double sigma) const;
    /// The last hidden layer there, `width` numbers.
    std::vector<double> features(double x, double y, double alpha, double sigma) const;

 private:
    struct Layer {
        std::size_t in, out;
        std::vector<float> weight, bias;
    };
    std::vector<Layer> m_layers;
};

} // namespace orrery::diffusion
