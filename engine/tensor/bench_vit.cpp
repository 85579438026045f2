// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/bench_vit.h"

#include "engine/tensor/host_math.h"
#include "engine/tensor/ops/attention.h"
#include "engine/tensor/ops/layout.h"
#include "engine/tensor/ops/matmul.h"
#include "engine/tensor/ops/norm.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace orrery::tensor {

namespace {

constexpr int runs = 5;

std::vector<float> numbers(std::int64_t count, std::uint32_t which, double amplitude, double shift = 0) {
    std::vector<float> values(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::uint32_t word = 2654435761U * std::uint32_t(i) + 40503U * which;
        values[i] = float(shift + amplitude * (2 * double(word) / 4294967296.0 - 1));
    }
    return values;
}

Tensor fixed(Context& context, const Shape& shape, std::uint32_t which, double amplitude, double shift = 0) {
    const std::vector<float> values = numbers(shape.count(), which, amplitude, shift);
    return context.upload(shape, std::span<const float>(values));
}

double best(Context& context, const VitBlock& block, const Tensor& x) {
    using Clock = std::chrono::steady_clock;
    double least = 1e30;
    for (int run = -1; run < runs; ++run) { // the first makes pipelines and buffers
        const Clock::time_point start = Clock::now();
        const Tensor y = block(context, x);
        context.finish();
        const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
        if (run >= 0) least = std::min(least, seconds);
    }
    return least;
}

/// The rate of one of the block's own products by BLAS alone, GFLOP/s.
double productRate() {
    using Clock = std::chrono::steady_clock;
    const std::int64_t M = 4096, N = 3072, K = 768;
    const std::vector<float> a(std::size_t(M * K), 0.5F), b(std::size_t(K * N), 0.5F);
    std::vector<float> c(std::size_t(M * N));
    double least = 1e30;
    for (int run = 0; run < runs; ++run) {
        const Clock::time_point start = Clock::now();
        host::multiply({.M = M, .N = N, .K = K, .a = a.data(), .b = b.data(), .c = c.data()});
        least = std::min(least, std::chrono::duration<double>(Clock::now() - start).count());
    }
    return 2e-9 * double(M * N * K) / least;
}

} // namespace

VitBlock::VitBlock(Context& context, const VitSizes& s) : m_sizes(s) {
    std::uint32_t which = 1; // 0 is the input
    const auto layer = [&](std::int64_t in, std::int64_t out) {
        const double amplitude = 1 / std::sqrt(double(in));
        const Tensor weight = fixed(context, {out, in}, which, amplitude), bias = fixed(context, {out}, which + 1, amplitude);
        which += 2;
        return Layer{weight, bias};
    };
    const auto norm = [&] {
        const Tensor weight = fixed(context, {s.width}, which, 0.1, 1), bias = fixed(context, {s.width}, which + 1, 0.1);
        which += 2;
        return Layer{weight, bias};
    };
    m_norm1 = norm(), m_qkv = layer(s.width, 3 * s.width), m_projection = layer(s.width, s.width);
    m_norm2 = norm(), m_mlp1 = layer(s.width, s.hidden), m_mlp2 = layer(s.hidden, s.width);
    // Row (i, j) of a table is number i - j + side - 1 of the 2 side - 1 relative positions.
    const std::int64_t size = s.width / s.heads, n = side();
    const auto table = [&] {
        const std::vector<float> rows = numbers((2 * n - 1) * size, which++, 0.1);
        std::vector<float> all;
        for (std::int64_t i = 0; i < n; ++i)
            for (std::int64_t j = 0; j < n; ++j)
                all.insert(all.end(), rows.begin() + (i - j + n - 1) * size, rows.begin() + (i - j + n) * size);
        return context.upload({n, n, size}, std::span<const float>(all));
    };
    m_tableH = table(), m_tableW = table();
    context.finish();
}

Tensor VitBlock::input(Context& context) const { return fixed(context, {1, m_sizes.grid, m_sizes.grid, m_sizes.width}, 0, 1); }

Tensor VitBlock::attend(Context& context, const Tensor& x) const {
    const std::int64_t batch = x.shape()[0], tokens = x.shape()[1] * x.shape()[2], heads = m_sizes.heads;
    const Tensor flat = reshape(context, x, {batch, tokens, m_sizes.width});
    const Tensor qkv = matmul(context, flat, m_qkv.weight, {.transposeB = true, .bias = m_qkv.bias});
    const RelativePositions positions = relativePositions(context, qkv, heads, heads, m_tableH, m_tableW);
    const Tensor y = attention(context, qkv, heads, heads, {.relH = positions.relH, .relW = positions.relW});
    const Tensor out = matmul(context, y, m_projection.weight, {.transposeB = true, .bias = m_projection.bias});
    return reshape(context, out, x.shape().sizes());
}

Tensor VitBlock::operator()(Context& context, const Tensor& x) const {
    const std::int64_t grid = m_sizes.grid, width = m_sizes.width, n = side(), all = padded(), across = all / n;
    Tensor y = layerNorm(context, x, m_norm1.weight, m_norm1.bias, {.epsilon = 1e-6});
    if (m_sizes.window > 0) {
        y = pad(context, pad(context, y, 2, 0, all - grid), 1, 0, all - grid);
        y = permute(context, reshape(context, y, {across, n, across, n, width}), {0, 2, 1, 3, 4});
        y = attend(context, reshape(context, y, {across * across, n, n, width}));
        y = permute(context, reshape(context, y, {across, across, n, n, width}), {0, 2, 1, 3, 4});
        y = reshape(context, y, {1, all, all, width});
        y = pad(context, pad(context, y, 1, 0, grid - all), 2, 0, grid - all);
    } else {
        y = attend(context, y);
    }
    const Tensor middle = add(context, x, y);
    y = layerNorm(context, middle, m_norm2.weight, m_norm2.bias, {.epsilon = 1e-6});
    y = matmul(context, reshape(context, y, {grid * grid, width}), m_mlp1.weight,
               {.transposeB = true, .bias = m_mlp1.bias, .activation = Unary::gelu});
    y = matmul(context, y, m_mlp2.weight, {.transposeB = true, .bias = m_mlp2.bias});
    return add(context, middle, reshape(context, y, {1, grid, grid, width}));
}

double VitBlock::flops() const {
    const double tokens = double(m_sizes.grid * m_sizes.grid), inside = double(padded() * padded()),
                 width = double(m_sizes.width);
    const double n = double(side());
    const double attention = inside * (4 * n * n * width + 4 * n * width); // two products, two tables of positions
    return inside * 8 * width * width + attention + 4 * tokens * width * double(m_sizes.hidden);
}

std::vector<bench::Figure> benchVit(gpu::Device& device) {
    std::vector<bench::Figure> figures;
    Context context(device);
    const double limit = context.hostProducts() ? productRate() : 0;
    for (const std::int64_t window : {0, 14}) {
        const VitBlock block(context, {.window = window});
        const double seconds = best(context, block, block.input(context)), rate = 1e-9 * block.flops() / seconds;
        const std::string name = window > 0 ? "SAM ViT-B block, windows of 14x14" : "SAM ViT-B block, all 64x64 tokens";
        figures.push_back({name, seconds, "s", {}, 0});
        char text[96];
        std::snprintf(text, sizeof text, "%.4g GFLOP/s: its first MLP product by OpenBLAS", limit);
        figures.push_back({name, rate, "GFLOP/s", limit > 0 ? text : "", limit > 0 ? rate / limit : 0});
    }
    return figures;
}

} // namespace orrery::tensor
