// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/legs_device.h"

#include "engine/error.h"
#include "engine/tensor/host_threads.h"

#include <string>

namespace orrery::statespace {

tensor::Tensor legsStates(tensor::Context& context, const tensor::Tensor& u, std::int64_t N, LegsStep step, LegsKernel kernel) {
    using gpu::Access, gpu::Element;
    if (step != LegsStep::bilinear && step != LegsStep::midpoint)
        throw Error(std::string("LegS on the device steps as published or at the middle, not by ") + label(step));
    if (u.shape().rank() != 2 || u.type() != tensor::DType::f32 || N < 1 || N > mostStates || u.shape()[1] >= 1 << 23)
        throw Error("LegS of " + std::to_string(N) + " states for signals of shape " + u.shape().text() +
                    "; it takes [signals, samples] of float32, samples below 2^23, and up to " + std::to_string(mostStates) +
                    " states");
    const std::int64_t signals = u.shape()[0], L = u.shape()[1];
    const bool cpu = context.device().isCpu();
    if (kernel == LegsKernel::host && !cpu) throw Error("the host has no access to this device's memory");
    const tensor::Tensor states = context.empty({signals, N});
    if (states.count() == 0) return states;
    if (kernel == LegsKernel::host || (kernel == LegsKernel::automatic && cpu)) {
        context.onHost([&] {
            const auto* const from = static_cast<const float*>(context.hostData(u));
            auto* const to = static_cast<float*>(context.hostData(states));
            tensor::host::parallel(signals, [&](std::int64_t row, int) {
                const Vector samples(from + row * L, from + (row + 1) * L);
                Vector x(static_cast<std::size_t>(N));
                advance(step, x, samples, 0);
                for (std::int64_t n = 0; n < N; ++n) to[row * N + n] = float(x[std::size_t(n)]);
            });
        });
        return states;
    }
    const std::uint32_t lanes = cpu ? 8 : 32, each = std::uint32_t((N + lanes - 1) / lanes);
    struct {
        std::uint32_t signals, length, orders;
    } const push{std::uint32_t(signals), std::uint32_t(L), std::uint32_t(N)};
    context.run({.kernel = "statespace/legs",
                 .tensors = {u, states},
                 .bindings = {{"u", Access::read, Element::f32}, {"states", Access::write}},
                 .constants = {lanes, each, step == LegsStep::midpoint},
                 .local = {lanes, 1, 1},
                 .groups = tensor::grid(std::uint64_t(signals), 1)},
                push);
    return states;
}

} // namespace orrery::statespace
