// SPDX-License-Identifier: GPL-3.0-or-later
// GridRepulsion on the device, where the points are: spread in whole numbers, convolved by the tensor floor's transforms, read by
// each point. Against the host's it differs by rounding alone.
#pragma once

#include "engine/labs/embedding/grid_kernel.h"
#include "engine/labs/embedding/resident.h"

namespace orrery::embedding {

/// Where a picture ends, along each axis.
struct Extent {
    Four least{}, most{};
    double range(int dims) const;
};

class DeviceGrid {
 public:
    DeviceGrid(tensor::Context& context, const GridRepulsion::Options& options, const DeviceShape& shape)
        : m_context(context), m_options(options), m_shape(shape) {}
    /// Writes `pushes` [padded, 4]: sum of w^2 (y_i - y_j), then that of w without the point itself, all but for what is returned:
    /// added to the sum of the latter over all points it gives Z.
    double run(const Resident& points, const Extent& extent, const tensor::Tensor& pushes);
    int nodes() const { return m_fit.nodes(); } ///< of an axis, in the last run

    /// Parts into which the one of a point is cut: so many that n points cannot overflow 32 bits at a node.
    static double parts(std::int64_t n, int dims);

 private:
    void fit(const GridFit& wanted, int dims);
    tensor::Tensor spread(const Resident& points, const Extent& extent);
    tensor::Tensor convolve(const tensor::Tensor& rows);
    tensor::Tensor turned(const tensor::Tensor& x, std::int64_t planes, std::int64_t rows, std::int64_t columns,
                          std::int64_t wide, std::int64_t tall);

    tensor::Context& m_context;
    GridRepulsion::Options m_options;
    DeviceShape m_shape;
    GridFit m_fit;
    int m_dims = 0;
    tensor::Tensor m_spectrum; ///< in the order of the last transform: the first axis innermost
};

} // namespace orrery::embedding
