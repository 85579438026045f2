// SPDX-License-Identifier: GPL-3.0-or-later
// The grid of t-SNE's repulsion, for host and device: how fine it is for a picture, and the spectrum that it is convolved with.
#pragma once

#include "engine/labs/embedding/repulsion.h"

#include <vector>

namespace orrery::embedding {

constexpr int splineOrder = 8; ///< of degree 7: a point reaches 8 nodes of an axis

/// Depends on the range alone, so that a run taken up anywhere gives the same bits; in steps, so that a spectrum serves many
/// iterations.
struct GridFit {
    int length = 0; ///< of a transform: twice the nodes, so that nothing wraps around
    double spacing = 0;
    double offset = 0; ///< what is taken from the kernel: a picture much smaller than it is told apart by w - 1 alone
    int nodes() const { return length / 2; }
    bool operator==(const GridFit&) const = default;
};
GridFit gridFit(const GridRepulsion::Options& options, double range, int dims);

/// What divides out the blur of both splines, of the wave that fits so often into the length.
double sharpening(int wave, int length);

/// [length^(dims - 1), length / 2 + 1]: the spectrum, which is real, of w - offset at the nodes, with the blur of both splines
/// divided out. Transforms there and back without a factor make it length^dims times too large.
std::vector<double> gridSpectrum(const GridFit& fit, int dims);

} // namespace orrery::embedding
