// SPDX-License-Identifier: GPL-3.0-or-later
// The true marginal over grids, made on the GPU and remembered until time or grid change.
#pragma once

#include "engine/labs/diffusion/kernels.h"
#include "engine/labs/diffusion/lab.h"

namespace orrery::diffusion {

class Fields {
 public:
    Fields(gpu::Device& device, std::shared_ptr<const Kernels> kernels);

    void reset(std::shared_ptr<DataBuffers> data); ///< null: no data, fields are left empty
    enum Which { heat, arrows, own };
    /// vec4(score_x, score_y, ln density, 0) per cell.
    gpu::Buffer field(gpu::Recorder& recorder, Which which, const FieldGrid& grid, double alpha, double variance);

 private:
    struct Made {
        gpu::Buffer buffer;
        FieldGrid grid;
        double alpha = -1, variance = -1;
    };
    gpu::Device& m_device;
    std::shared_ptr<const Kernels> m_kernels;
    std::shared_ptr<DataBuffers> m_data;
    std::unique_ptr<TableBuffer> m_table;
    Made m_made[3];
};

} // namespace orrery::diffusion
