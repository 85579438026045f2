// SPDX-License-Identifier: GPL-3.0-or-later
// UMAP's graph (McInnes, Healy & Melville 2018, sections 3.1 and 4.1).
#pragma once

#include "engine/labs/embedding/affinity.h"

namespace orrery::embedding {

struct Membership {
    double rho = 0;       ///< distance of the nearest neighbour that is not at distance 0
    double sigma = 0;     ///< sum_j exp(-max(0, d_j - rho) / sigma) = log2 k
    bool floored = false; ///< sigma was raised to a thousandth of the mean distance: the sum is another
};

struct FuzzyGraph {
    Graph graph; ///< W = A + A' - A o A', symmetric, in [0, 1]
    std::vector<Membership> rows;
    std::vector<float> memberships;      ///< A: [n, k], beside the neighbours
    int components = 1;                  ///< parts without an edge between them
    std::vector<std::int32_t> component; ///< of each row, by size
};

/// `neighbours` without the row itself; umap-learn counts the row too, so its n_neighbors is k + 1, and the sum is log2 of that.
FuzzyGraph fuzzyGraph(const Neighbours& neighbours);

/// Coordinates [n, dims] from the eigenvectors 1 ... dims of I - D^(-1/2) W D^(-1/2) by Lanczos steps with full
/// orthogonalisation. Empty when the graph is in several parts or the steps do not converge: then take principal components.
Matrix spectralLayout(const FuzzyGraph& graph, int dims, std::uint64_t seed, Progress& progress);

} // namespace orrery::embedding
