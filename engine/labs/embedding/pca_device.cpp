// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/pca_device.h"

#include "engine/tensor/host_threads.h"
#include "engine/tensor/ops/matmul.h"

#include <algorithm>

namespace orrery::embedding {

namespace {
constexpr std::int64_t tile = 4096;    ///< rows whose products are summed in float32; the sums of tiles in float64
constexpr std::int64_t most = 4 << 20; ///< numbers in a tile: what is sent in a turn
} // namespace

struct DeviceProducts::Held : DeviceWork {
    using DeviceWork::DeviceWork;
    std::vector<tensor::Tensor> tiles; ///< [rows, D] each
};

DeviceProducts::DeviceProducts(gpu::Device& device, Turns& turns, Progress& progress, tensor::Products products)
    : m_aboard(turns, progress, [&] { return std::make_unique<Held>(device, tensor::ContextOptions{.products = products}); }) {}

double DeviceProducts::begin(const Matrix& values, const std::vector<double>& mean) {
    m_columns = values.columns();
    const std::int64_t rows = std::clamp<std::int64_t>(most / m_columns, 1, tile);
    std::vector<float> block;
    double total = 0;
    for (std::int64_t first = 0; first < values.rows(); first += rows) {
        const std::int64_t count = std::min(rows, values.rows() - first);
        block.resize(std::size_t(count * m_columns));
        std::vector<double> squares(static_cast<std::size_t>(count));
        tensor::host::parallel((count + 63) / 64, [&](std::int64_t part, int) {
            for (std::int64_t i = part * 64; i < std::min(count, (part + 1) * 64); ++i) {
                double square = 0;
                for (std::int64_t d = 0; d < m_columns; ++d) {
                    const auto v = float(double(values.row(first + i)[std::size_t(d)]) - mean[std::size_t(d)]);
                    block[std::size_t(i * m_columns + d)] = v, square += double(v) * v;
                }
                squares[std::size_t(i)] = square;
            }
        });
        for (const double square : squares) total += square;
        m_aboard.slice([&](tensor::Context& context) {
            m_aboard.as<Held>().tiles.push_back(context.upload({count, m_columns}, block));
        });
    }
    return total;
}

void DeviceProducts::run(std::span<const float> q, std::int64_t wide, std::span<double> sum, std::span<double> inner,
                         Progress& progress, double from, double to) {
    Held& held = m_aboard.as<Held>();
    for (std::size_t first = 0; first < held.tiles.size();) {
        std::size_t last = first;
        double flops = 0;
        do flops += 4.0 * double(held.tiles[last].count()) * double(wide);
        while (++last < held.tiles.size() && flops < m_slice.work());
        std::vector<gpu::Download> sums, images;
        const double ms = m_aboard.slice([&](tensor::Context& context) {
            const tensor::Tensor directions = context.upload({m_columns, wide}, q);
            const auto fetch = [&](const tensor::Tensor& t) {
                return context.recorder().download({t.buffer(), 0, t.paddedBytes()});
            };
            for (std::size_t t = first; t < last; ++t) {
                const tensor::Tensor image = tensor::matmul(context, held.tiles[t], directions);
                sums.push_back(fetch(tensor::matmul(context, held.tiles[t], image, {.transposeA = true})));
                if (!inner.empty()) images.push_back(fetch(image));
            }
        });
        m_slice.took(flops, ms);
        m_deviceMs += ms, m_flops += flops;
        for (const gpu::Download& each : sums)
            for (std::size_t e = 0; e < sum.size(); ++e) sum[e] += double(each.as<float>()[e]);
        for (std::size_t t = 0; t < images.size(); ++t) { // in float64: the eigenvalues come from here
            const std::span<const float> y = images[t].as<float>();
            const std::int64_t rows = held.tiles[first + t].shape()[0];
            tensor::host::parallel(wide, [&](std::int64_t a, int) {
                for (const float* row = y.data(); row < y.data() + rows * wide; row += wide)
                    for (std::int64_t b = 0; b < wide; ++b) inner[std::size_t(a * wide + b)] += double(row[a]) * double(row[b]);
            });
        }
        m_aboard.turn([&](tensor::Context&) { sums.clear(), images.clear(); });
        first = last;
        progress.at(from + (to - from) * double(first) / double(held.tiles.size()));
    }
}

} // namespace orrery::embedding
