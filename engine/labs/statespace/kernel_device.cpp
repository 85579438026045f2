// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/kernel_device.h"

#include "engine/error.h"
#include "engine/tensor/ops/fft.h"

#include <numbers>

namespace orrery::statespace {

tensor::Tensor kernelByDplr(tensor::Context& context, const Dplr& d) {
    using gpu::Access, gpu::Element;
    const CauchyRows all = cauchyRows(d);
    if (all.quantities != 4 || all.stillPole || d.length < 1)
        throw Error(
            "the device's Cauchy sums take a low rank part of one vector, no pole at frequency 0 and at least one term; the "
            "host takes the others");
    const std::int64_t L = d.length, nodes = L / 2 + 1;
    std::vector<float> places, pairs;
    for (std::int64_t l = 0; l < nodes; ++l) {
        const Complex turn = std::polar(1.0, std::numbers::pi * double(l) / double(L));
        for (const double v : {4 / d.delta * turn.imag(), 2 * turn.real(), turn.real(), turn.imag()}) places.push_back(float(v));
    }
    for (std::int64_t k = 0; k < all.count; ++k) {
        const double* const row = all.rows.data() + k * 10;
        pairs.push_back(float(std::sqrt(row[0]))), pairs.push_back(float(row[1]));
        for (const int first : {2, 3}) // r1 of the four quantities, then r2
            for (int q = 0; q < 4; ++q) pairs.push_back(float(row[first + 2 * q]));
        pairs.push_back(0), pairs.push_back(0);
    }
    const tensor::Tensor spectrum = context.empty({nodes, 2});
    struct {
        std::uint32_t count, poles;
    } const push{std::uint32_t(nodes), std::uint32_t(all.count)};
    context.run({.kernel = "statespace/cauchy",
                 .tensors = {context.upload({nodes, 4}, std::span<const float>(places)),
                             context.upload({all.count, 12}, std::span<const float>(pairs)), spectrum},
                 .bindings = {{"nodes", Access::read, Element::vec4},
                              {"pairs", Access::read, Element::vec4},
                              {"spectrum", Access::write}},
                 .groups = tensor::grid(std::uint64_t(nodes), 64)},
                push);
    return tensor::irfft(context, spectrum, L);
}

} // namespace orrery::statespace
