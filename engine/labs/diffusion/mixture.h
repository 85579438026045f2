// SPDX-License-Identifier: GPL-3.0-or-later
// Mixtures of isotropic Gaussians in the plane, and what they become under a linear SDE: everything in closed form, float64.
// A finite data set is the mixture of its points with deviation 0. The marginal at time t has components
// N(alpha mu_m, c_m I), c_m = alpha^2 s_m^2 + sigma^2.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace orrery::diffusion {

struct Component {
    double x = 0, y = 0;
    double s = 0; ///< standard deviation along each axis
    double weight = 1;
};

/// Standardised coordinates to data units: data = centre + scale * x.
struct Frame2 {
    double centreX = 0, centreY = 0, scale = 1;
};

/// Per axis: mean, variance and fourth central moment.
struct Moments {
    double mean[2] = {0, 0}, variance[2] = {0, 0}, fourth[2] = {0, 0};
};

struct Mixture {
    std::vector<Component> components; ///< weights positive, their sum 1

    bool empty() const { return components.empty(); }
    double narrowest() const; ///< smallest s
    Moments moments() const;
    /// Moves the mean to 0 and divides both axes by the root of the mean of their variances (by 1 where that is 0: a single
    /// point, or all points the same). Returns the way back.
    Frame2 standardise();
};

/// Drops components of weight 0 and makes the weights sum to 1. Throws Error naming the first row with a negative
/// deviation or weight, and when no weight is left.
Mixture mixture(std::vector<Component> components);
/// Equal weights, deviation 0; x, y pairs. Empty stays empty.
Mixture pointCloud(const std::vector<double>& xy);

/// The alias method (Vose 1991) with 32-bit integers, the same on host and GPU: from words (a, b) the slot is
/// j = floor(a M / 2^32), and the answer is j where b < threshold[j], else alias[j].
struct AliasTable {
    std::vector<std::uint32_t> threshold, alias;
    std::uint32_t pick(std::uint32_t a, std::uint32_t b) const;
};
AliasTable aliasTable(const Mixture& mixture);

/// The mixture at one time, ready to be evaluated at many places.
class Marginal {
 public:
    Marginal(const Mixture& mixture, double alpha, double variance);

    struct Value {
        double logDensity = 0;
        double score[2] = {0, 0};
        double hessian[3] = {0, 0, 0}; ///< of log density: xx, xy, yy
        std::size_t top = 0;           ///< the component with the largest posterior weight
        double share = 0;              ///< that weight
        double rounding = 0;           ///< bound for what float32 may change in the score (see rounding.h)
    };
    Value at(double x, double y, bool withRounding = true) const;
    double axisDensity(int axis, double place) const;
    /// The same at low, low + step, ... (count of them), at a hundredth of the cost.
    std::vector<double> axisDensities(int axis, double low, double step, int count) const;
    double density(double x, double y) const;
    double width(std::size_t component) const { return m_rows[component].c; } ///< variance c_m

 private:
    struct Row {
        double x, y, c, logWeight; ///< alpha mu, c, ln(weight) - ln(2 pi c)
    };
    double logTerm(const Row& row, double x, double y) const;
    std::vector<Row> m_rows;
    struct Axis {
        double factor, slope; ///< weight / sqrt(2 pi c), 1 / (2 c)
    };
    std::vector<Axis> m_axes; ///< of each row, for axisDensity
};

} // namespace orrery::diffusion
