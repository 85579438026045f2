// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/device_rows.h"

#include <algorithm>

namespace orrery::embedding {

Aboard::Aboard(Turns& turns, Progress& progress, const std::function<std::unique_ptr<DeviceWork>()>& make)
    : m_turns(turns), m_progress(progress) {
    turns.take(progress, [&] { m_work = make(); });
}

Aboard::~Aboard() {
    try {
        m_turns.take(m_progress, [this] { m_work.reset(); });
    } catch (...) { // stopped: the device's thread waits for this one to end
        m_work.reset();
    }
}

void Aboard::turn(const std::function<void(tensor::Context&)>& work) const {
    m_turns.take(m_progress, [&] { work(m_work->context); });
}

double Aboard::slice(const std::function<void(tensor::Context&)>& record) const {
    using Clock = std::chrono::steady_clock;
    double milliseconds = 0;
    turn([&](tensor::Context& context) {
        const auto begun = Clock::now();
        record(context);
        context.finish();
        milliseconds = std::chrono::duration<double, std::milli>(Clock::now() - begun).count();
    });
    return milliseconds;
}

std::int64_t rowsOfPart(const gpu::Device& device, std::int64_t columns) {
    const auto& limits = device.info().limits;
    std::uint64_t bytes = std::min<std::uint64_t>(limits.maxStorageBufferRange, 1u << 30);
    if (device.readPath() == gpu::ReadPath::texel)
        bytes = std::min<std::uint64_t>(bytes, std::uint64_t(limits.maxTexelBufferElements) * 16);
    return std::int64_t(bytes / (std::uint64_t(columns + 3) / 4 * 16)) / 64 * 64;
}

DeviceRows sendRows(const Aboard& aboard, const Matrix& values, std::int64_t partRows,
                    const std::function<double(std::int64_t)>& factor) {
    constexpr std::int64_t most = 2 << 20; // numbers in a turn
    DeviceRows out;
    out.rows = values.rows(), out.groups = (values.columns() + 3) / 4;
    out.partRows = partRows;
    const std::int64_t width = 4 * out.groups, atOnce = std::max<std::int64_t>(1, most / width);
    std::vector<float> block;
    for (std::int64_t first = 0; first < out.rows; first += out.partRows) {
        const std::int64_t rows = std::min(out.partRows, out.rows - first);
        aboard.turn([&](tensor::Context& context) { out.parts.push_back(context.empty({rows, width})); });
        for (std::int64_t r = 0; r < rows; r += atOnce) {
            const std::int64_t count = std::min(atOnce, rows - r);
            block.assign(std::size_t(count * width), 0);
            for (std::int64_t i = 0; i < count; ++i) {
                const double times = factor(first + r + i);
                const std::span<const float> row = values.row(first + r + i);
                for (std::size_t d = 0; d < row.size(); ++d) block[std::size_t(i * width) + d] = float(double(row[d]) * times);
            }
            aboard.slice([&](tensor::Context& context) { context.assignPart(out.parts.back(), r * width, block); });
        }
    }
    return out;
}

} // namespace orrery::embedding
