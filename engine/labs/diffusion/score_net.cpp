// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/diffusion/score_net.h"

#include "engine/labs/diffusion/rounding.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace orrery::diffusion {

namespace {

std::vector<std::int64_t> sizesOf(const NetShape& shape) {
    std::vector<std::int64_t> sizes(std::size_t(shape.depth) + 2, shape.width);
    sizes.front() = ScoreNet::features, sizes.back() = 2;
    return sizes;
}

/// x sigmoid(x). Its slope is at most 1.1; an exponential good to 3 + 2|x| units changes it by less than 8 units of x.
double silu(double x) { return x / (1 + std::exp(-x)); }
/// Of a sine in float32, here and in shaders/diffusion/features.comp.
constexpr double waveRounding = 3.6e-7;
constexpr double siluSlope = 1.1, siluRounding = 8;

} // namespace

ScoreNet::ScoreNet(tensor::Context& context, const NetShape& shape, std::uint64_t seed)
    : m_shape(shape), m_parameters(context, seed), m_mlp(m_parameters, "net", sizesOf(shape), tensor::Unary::silu) {}

double ScoreNet::flopsPerPlace() const {
    const std::vector<std::int64_t> sizes = sizesOf(m_shape);
    double weights = 0;
    for (std::size_t i = 0; i + 1 < sizes.size(); ++i) weights += double(sizes[i] * sizes[i + 1]);
    return 2 * weights;
}

double ScoreNet::placeScale(double alpha, double sigma) { return 1 / std::hypot(alpha, sigma); }

std::array<float, ScoreNet::levelFeatures> ScoreNet::level(double alpha, double sigma) {
    std::array<float, levelFeatures> row;
    const double level = 0.25 * std::log(sigma / alpha);
    double frequency = 0.25 * std::numbers::pi; // the slowest goes once through its range over 16 in the logarithm
    for (std::size_t k = 0; k < row.size(); k += 2, frequency *= 2) {
        row[k] = float(std::sin(frequency * level));
        row[k + 1] = float(std::cos(frequency * level));
    }
    return row;
}

void ScoreNet::addRow(std::vector<float>& rows, double x, double y, double alpha, double sigma) {
    const double scale = placeScale(alpha, sigma), place[2] = {scale * x, scale * y};
    rows.insert(rows.end(), {float(place[0]), float(place[1])});
    for (int wave = 0; wave < waves; ++wave)
        for (const double p : place) {
            const double at = std::ldexp(std::clamp(p, -farthest, farthest), wave);
            rows.insert(rows.end(), {float(std::sin(at)), float(std::cos(at))});
        }
    const auto features = level(alpha, sigma);
    rows.insert(rows.end(), features.begin(), features.end());
}

ScoreNetReference::ScoreNetReference(const NetShape& shape, const std::vector<std::vector<float>>& parameters) {
    const std::vector<std::int64_t> sizes = sizesOf(shape);
    for (std::size_t i = 0; i + 1 < sizes.size(); ++i)
        m_layers.push_back({std::size_t(sizes[i]), std::size_t(sizes[i + 1]), parameters.at(2 * i), parameters.at(2 * i + 1)});
}

ScoreNetReference::Output ScoreNetReference::at(double x, double y, double alpha, double sigma) const {
    const double scale = ScoreNet::placeScale(alpha, sigma);
    std::vector<float> row;
    ScoreNet::addRow(row, x, y, alpha, sigma);
    std::vector<double> h(row.begin(), row.end()), strayed(h.size());
    for (std::size_t i = 0; i < std::size_t(ScoreNet::placeFeatures); ++i) {
        const std::size_t axis = i < 2 ? i : (i - 2) / 2 % 2, wave = i < 2 ? 0 : (i - 2) / 4;
        const double place = 3 * rounding::unit * std::abs(scale * (axis == 0 ? x : y)); // three roundings here and there
        strayed[i] = i < 2 ? place : std::ldexp(place, int(wave)) + waveRounding;
    }
    for (std::size_t l = 0; l < m_layers.size(); ++l) {
        const Layer& layer = m_layers[l];
        std::vector<double> next(layer.out), error(layer.out);
        for (std::size_t j = 0; j < layer.out; ++j) {
            double sum = layer.bias[j], size = std::abs(sum), carried = 0;
            for (std::size_t i = 0; i < layer.in; ++i) {
                const double w = layer.weight[j * layer.in + i];
                sum += w * h[i], size += std::abs(w * h[i]), carried += std::abs(w) * strayed[i];
            }
            // A sum of n terms strays by at most n + 1 units of what it adds up, in whatever order (Higham 2002, section 4.2).
            next[j] = sum, error[j] = carried + double(layer.in + 2) * rounding::unit * size;
            if (l + 1 == m_layers.size()) continue;
            error[j] = siluSlope * error[j] + siluRounding * rounding::unit * std::abs(sum);
            next[j] = silu(sum);
        }
        h = std::move(next), strayed = std::move(error);
    }
    return {{h[0], h[1]}, {strayed[0], strayed[1]}};
}

std::vector<double> ScoreNetReference::features(double x, double y, double alpha, double sigma) const {
    std::vector<float> row;
    ScoreNet::addRow(row, x, y, alpha, sigma);
    std::vector<double> h(row.begin(), row.end());
    for (std::size_t l = 0; l + 1 < m_layers.size(); ++l) {
        const Layer& layer = m_layers[l];
        std::vector<double> next(layer.bias.begin(), layer.bias.end());
        for (std::size_t j = 0; j < layer.out; ++j) {
            for (std::size_t i = 0; i < layer.in; ++i) next[j] += double(layer.weight[j * layer.in + i]) * h[i];
            next[j] = silu(next[j]);
        }
        h = std::move(next);
    }
    return h;
}

} // namespace orrery::diffusion
