// SPDX-License-Identifier: GPL-3.0-or-later
// Inputs of an op's case: the values on the host, as the device will hold them, and the tensor; and the device of a read path.
#pragma once

#include "engine/philox.h"
#include "engine/tensor/formats.h"
#include "engine/tensor/ops/op.h"
#include "tests/support/test_main.h"

#include <cmath>
#include <numeric>

namespace orrery::tensor::test {

/// The test's own device, or a second one on the same driver that reads by storage buffers, as GPUs do.
inline gpu::Device& deviceOf(gpu::ReadPath path) {
    gpu::Device& own = orrery::test::device();
    if (path == own.readPath()) return own;
    static gpu::Device other(own.instance(), {.pipelineCacheFile = "-", .forceReadPath = path, .forceRead = true});
    return other;
}

inline Array filled(const Input& input, std::uint64_t seed, bool half) {
    Array array(input.shape);
    std::vector<std::size_t> order(array.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t i = 0; i < array.size(); ++i) {
        const Philox4 w = philox(seed, std::uint32_t(i), 0, 0);
        const double u = unitOpen(w[2]), normal = normalPair(w)[0];
        switch (input.fill) {
            case Fill::normal:
                array[i] = normal;
                break;
            case Fill::positive:
                array[i] = 0.5 + 1.5 * u;
                break;
            case Fill::unit:
                array[i] = 2 * u - 1;
                break;
            case Fill::spread:
                array[i] = w[3] % 8 == 0 ? 0 : normal * std::exp2(12 * u - 6);
                break;
            case Fill::distinct:
                std::swap(order[i], order[std::min(array.size() - 1, i + std::size_t(u * double(array.size() - i)))]);
                break;
            case Fill::index:
                array[i] = std::floor(u * double(input.below));
                break;
            case Fill::mask:
                array[i] = double(w[3] & 1u);
                break;
        }
    }
    if (input.fill == Fill::distinct)
        for (std::size_t i = 0; i < array.size(); ++i) array[i] = 0.125 * (double(order[i]) - double(array.size()) / 2);
    // What the device gets, and so what the reference must start from.
    for (double& value : array.values) value = half ? double(floatFromHalf(halfFromFloat(float(value)))) : double(float(value));
    return array;
}

inline Tensor uploaded(Context& context, const Array& array, const Input& input, bool half) {
    if (input.fill == Fill::index) {
        const std::vector<std::int32_t> whole(array.values.begin(), array.values.end());
        return context.upload(array.shape, std::span<const std::int32_t>(whole));
    }
    const std::vector<float> values(array.values.begin(), array.values.end());
    return context.upload(array.shape, std::span<const float>(values), half ? DType::f16 : DType::f32);
}

} // namespace orrery::tensor::test
