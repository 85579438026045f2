// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/diffusion/fields.h"

namespace orrery::diffusion {

Fields::Fields(gpu::Device& device, std::shared_ptr<const Kernels> kernels) : m_device(device), m_kernels(std::move(kernels)) {}

void Fields::reset(std::shared_ptr<DataBuffers> data) {
    if (data == m_data) return;
    for (Made& made : m_made) made.alpha = -1;
    m_data = nullptr;
    if (!data || data->count() == 0) return;
    m_table = std::make_unique<TableBuffer>(m_device, *data, 1);
    m_data = std::move(data);
}

gpu::Buffer Fields::field(gpu::Recorder& recorder, Which which, const FieldGrid& grid, double alpha, double variance) {
    Made& made = m_made[which];
    if (made.buffer && made.grid == grid && made.alpha == alpha && made.variance == variance) return made.buffer;
    const gpu::Kernel& kernel = m_kernels->field;
    const std::uint32_t groups = kernel.groups((std::uint64_t(grid.width) * grid.height + 3) / 4);
    const std::uint64_t bytes = 16ull * groups * kernel.options().local[0] * 4;
    if (!made.buffer || made.buffer.size() != bytes) made.buffer = m_device.buffer({.name = "diffusion field", .size = bytes});
    made.grid = grid, made.alpha = alpha, made.variance = variance;
    if (!m_data) { // no density anywhere
        recorder.fill(made.buffer, 0xFF7FFFFF);
        return made.buffer;
    }
    struct Push {
        float low[2], cell[2];
        std::uint32_t width, first, count;
    };
    const double cellX = (grid.highX - grid.lowX) / grid.width, cellY = (grid.highY - grid.lowY) / grid.height;
    const Push push{{float(grid.lowX + 0.5 * cellX), float(grid.lowY + 0.5 * cellY)},
                    {float(cellX), float(cellY)},
                    grid.width,
                    0,
                    m_table->rows()};
    m_data->upload(recorder);
    m_table->prepare(recorder, *m_kernels, *m_data, 0, alpha, variance);
    recorder.dispatch(kernel, {m_table->buffer(), made.buffer}, push, {groups, 1, 1});
    return made.buffer;
}

} // namespace orrery::diffusion
