// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/resident.h"

#include <algorithm>
#include <cstring>

namespace orrery::embedding {

namespace {

using gpu::Access, gpu::Element, tensor::Tensor;

constexpr std::uint32_t folded = 64; ///< that one invocation of a level adds up

bool same(const PicturePoints& a, const PicturePoints& b) {
    if (a.n != b.n || a.dims != b.dims) return false;
    for (int d = 0; d < a.dims; ++d)
        if (std::memcmp(a[d], b[d], sizeof(float) * std::size_t(a.n)) != 0) return false;
    return true;
}

Tensor level(tensor::Context& context, const Tensor& x, bool bounds, std::uint32_t width, std::uint32_t count,
             std::uint32_t group, std::uint32_t shares, std::uint32_t stride) {
    const std::uint32_t each = std::max(4U, folded / shares);
    const struct { std::uint32_t count, outputs, shares, stride; } push{count, (count + each - 1) / each, shares, stride};
    const Tensor y = context.empty({std::int64_t(push.outputs) * (bounds ? 2 : 1), 4});
    context.run({.kernel = "embedding/fold",
                 .tensors = {x, y},
                 .bindings = {{"x", Access::read, Element::vec4}, {"y", Access::write, Element::vec4}},
                 .constants = {bounds, width},
                 .local = {group, 1, 1},
                 .groups = tensor::grid(push.outputs, group)},
                push);
    return y;
}

} // namespace

std::string deviceRefusal(const gpu::Device& device, std::int64_t points) {
    const std::uint64_t most = device.info().limits.maxStorageBufferRange, bytes = 48 * std::uint64_t(points + 8);
    if (bytes <= most) return {};
    return std::to_string(points) + " points take " + std::to_string(bytes >> 20) + " MiB, more than this device can address (" +
           std::to_string(most >> 20) + " MiB)";
}

bool Resident::hold(const State& state) {
    if (m_tensor && same(state.y, m_last.y) && same(state.speed, m_last.speed) && same(state.scale, m_last.scale)) return false;
    const std::int64_t padded = state.y.padded();
    std::vector<float> values(std::size_t(12 * padded));
    float* to = values.data();
    for (const PicturePoints* from : {&state.y, &state.speed, &state.scale}) {
        for (int d = 0; d < from->dims; ++d)
            for (std::int64_t i = 0; i < from->padded(); ++i) to[4 * i + d] = (*from)[d][i];
        to += 4 * padded;
    }
    if (!m_tensor || m_tensor.shape()[1] != padded) m_tensor = m_context.empty({3, padded, 4});
    m_context.assign(m_tensor, values);
    m_last = state;
    return true;
}

void Resident::take(State& state) {
    const std::vector<float> values = m_context.read(m_tensor);
    const float* from = values.data();
    for (PicturePoints* to : {&state.y, &state.speed, &state.scale}) {
        for (int d = 0; d < to->dims; ++d)
            for (std::int64_t i = 0; i < to->n; ++i) (*to)[d][i] = from[4 * i + d];
        from += 4 * state.y.padded();
    }
    m_last = state;
}

Tensor sumOf(tensor::Context& context, const Tensor& x, std::uint32_t count, std::uint32_t group, std::uint32_t shares,
             std::uint32_t stride) {
    Tensor y = level(context, x, false, 1, count, group, shares, stride);
    while (y.shape()[0] > 1) y = level(context, y, false, 1, std::uint32_t(y.shape()[0]), group, 1, 0);
    return y;
}

Tensor boundsOf(tensor::Context& context, const Tensor& x, std::uint32_t count, std::uint32_t group) {
    Tensor y = level(context, x, true, 1, count, group, 1, 0);
    while (y.shape()[0] > 2) y = level(context, y, true, 2, std::uint32_t(y.shape()[0] / 2), group, 1, 0);
    return y;
}

std::vector<Four> readFours(tensor::Context& context, const std::vector<PlaceOf>& places) {
    std::vector<gpu::Download> downloads;
    for (const PlaceOf& place : places) downloads.push_back(context.recorder().download({place.x.buffer(), 16 * place.at, 16}));
    context.finish();
    std::vector<Four> fours(places.size());
    for (std::size_t i = 0; i < places.size(); ++i) std::copy_n(downloads[i].as<float>().begin(), 4, fours[i].begin());
    return fours;
}

} // namespace orrery::embedding
