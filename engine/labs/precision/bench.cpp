// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/precision/bench.h"

#include "engine/gpu/device.h"
#include "engine/tensor/modules.h"
#include "engine/tensor/ops/reduce.h"
#include "engine/tensor/precision.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace orrery::precision {

namespace {

using namespace orrery::tensor;

/// Rows of random numbers through layers of that width to the mean square of what comes out.
class Steps {
 public:
    Steps(gpu::Device& device, std::int64_t width, std::int64_t batch, Precision precision)
        : m_context(device),
          m_parameters(m_context, 1),
          m_net(m_parameters, "net", {width, width, width, width}, Unary::relu),
          m_input(m_context.upload({batch, width}, std::span<const float>(numbers(batch * width)))),
          m_training(
              m_context, m_parameters,
              {.precision = precision, .scaler = precision == Precision::mixed ? std::optional(ScalerOptions{}) : std::nullopt}) {
    }

    double seconds() {
        using Clock = std::chrono::steady_clock;
        const auto start = Clock::now();
        m_training.step([&](Context& c) {
            const Tensor y = m_net(c, m_input);
            return mean(c, multiply(c, y, y));
        });
        m_context.finish();
        return std::chrono::duration<double>(Clock::now() - start).count();
    }

 private:
    static std::vector<float> numbers(std::int64_t count) {
        std::vector<float> all(std::size_t(count), 0.F);
        for (std::size_t i = 0; i < all.size(); ++i) all[i] = float(std::uint32_t(i) * 2654435761u) * 0x1p-31F - 1;
        return all;
    }

    Context m_context;
    Parameters m_parameters;
    Mlp m_net;
    Tensor m_input;
    Training m_training;
};

} // namespace

std::vector<bench::Figure> benchPrecision(gpu::Device& device) {
    const bool cpu = device.isCpu();
    std::vector<bench::Figure> figures;
    for (const std::int64_t width : cpu ? std::vector<std::int64_t>{128, 512} : std::vector<std::int64_t>{256, 1024, 4096}) {
        const std::int64_t batch = cpu ? 256 : 4096;
        Steps single(device, width, batch, Precision::fp32), mixed(device, width, batch, Precision::mixed);
        std::vector<double> slow, fast;
        for (int run = -2; run < 9; ++run) { // by turns; two that are not counted
            const double a = single.seconds(), b = mixed.seconds();
            if (run >= 0) slow.push_back(a), fast.push_back(b);
        }
        const auto median = [](std::vector<double>& all) {
            std::ranges::sort(all);
            return all[all.size() / 2] * 1e3;
        };
        const double f32 = median(slow), f16 = median(fast);
        char limit[96];
        std::snprintf(limit, sizeof limit, "%.4g ms: the same step in f32%s", f32,
                      device.info().float16 ? "" : " (f16 is emulated here)");
        figures.push_back({"mixed step, 3 layers of " + std::to_string(width) + ", batch " + std::to_string(batch), f16, "ms",
                           limit, f32 / f16});
    }
    return figures;
}

} // namespace orrery::precision
