// SPDX-License-Identifier: GPL-3.0-or-later
// The joint probabilities of t-SNE (van der Maaten & Hinton 2008, section 2 and 3.1).
#pragma once

#include "engine/labs/embedding/neighbours.h"

namespace orrery::embedding {

/// A symmetric sparse matrix, row after row; columns of a row rise.
struct Graph {
    std::int64_t n = 0;
    std::vector<std::int64_t> start; ///< [n + 1]
    std::vector<std::int32_t> index;
    std::vector<float> weight;
};

struct Calibrated {
    double beta = 0;       ///< precision: p ~ exp(-beta d^2)
    double perplexity = 0; ///< e^H of what came out
    bool clamped = false;  ///< there is no such precision: all distances equal, or no fewer neighbours than asked for
};

/// Bisects for H = ln(perplexity) and writes p_(j|i), which add up to 1. `squared`: distances, any order.
Calibrated calibrate(std::span<const double> squared, double perplexity, std::span<double> p);

struct Affinities {
    Graph joint; ///< (P + P') / 2n, adds up to 1
    std::vector<Calibrated> rows;
    std::int64_t clamped = 0;
    double entropy = 0; ///< sum P ln P
};

/// Throws Error when no row has a neighbour.
Affinities affinities(const Neighbours& neighbours, double perplexity);

/// (A + A') / 2 of rows that share their columns' set with `neighbours`; `scale` times that.
Graph symmetric(const Neighbours& neighbours, std::span<const float> values, float scale);

} // namespace orrery::embedding
