// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/repulsion_device.h"

#include <algorithm>

namespace orrery::embedding {

DeviceRepulsion::DeviceRepulsion(gpu::Device& device, std::uint32_t group) : m_context(device), m_group(group) {}

double DeviceRepulsion::run(const PicturePoints& y, PicturePoints& push) {
    using gpu::Access, gpu::Element;
    const std::int64_t padded = (y.n + 3) / 4 * 4;
    m_values.assign(std::size_t(4 * padded), 0);
    for (std::int64_t i = 0; i < padded; ++i)
        for (int d = 0; d < y.dims; ++d) m_values[std::size_t(4 * i + d)] = i < y.n ? y[d][i] : PicturePoints::farAway;
    if (!m_points || m_points.shape()[0] != padded) {
        m_points = m_context.upload({padded, 4}, m_values);
        m_pushes = m_context.empty({padded, 4});
    } else {
        m_context.assign(m_points, m_values);
    }
    const struct { std::uint32_t count, padded; } constants{std::uint32_t(y.n), std::uint32_t(padded)};
    m_context.run({.kernel = "embedding/repulsion",
                   .tensors = {m_points, m_pushes},
                   .bindings = {{"points", Access::read, Element::vec4}, {"pushes", Access::write, Element::vec4}},
                   .local = {m_group, 1, 1},
                   .groups = tensor::grid(std::uint64_t(padded / 4), m_group),
                   .flops = 14.0 * double(y.n) * double(y.n)},
                  constants);
    const std::vector<float> found = m_context.read(m_pushes);
    double z = 0;
    for (std::int64_t i = 0; i < y.n; ++i) {
        for (int d = 0; d < y.dims; ++d) push[d][i] = found[std::size_t(4 * i + d)];
        z += double(found[std::size_t(4 * i + 3)]);
    }
    return z;
}

} // namespace orrery::embedding
