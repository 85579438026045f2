// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/embedding/density.h"

#include "engine/tensor/host_threads.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui::emb {

namespace {

/// Along rows or columns; what would leave the grid is reflected, so that no point is lost at the edge.
void blur(std::vector<float>& cells, int width, int height, bool alongRows, const std::vector<float>& kernel) {
    const int reach = int(kernel.size()) - 1, length = alongRows ? width : height, lines = alongRows ? height : width;
    const int step = alongRows ? 1 : width;
    tensor::host::parallel(lines, [&](std::int64_t line, int) {
        float* first = cells.data() + (alongRows ? line * width : line);
        std::vector<float> old(std::size_t(length + 2 * reach));
        for (int i = -reach; i < length + reach; ++i) {
            const int mirrored = std::clamp(i < 0 ? -1 - i : i >= length ? 2 * length - 1 - i : i, 0, length - 1);
            old[std::size_t(i + reach)] = first[std::ptrdiff_t(mirrored) * step];
        }
        for (int i = 0; i < length; ++i) {
            float sum = kernel[0] * old[std::size_t(i + reach)];
            for (int r = 1; r <= reach; ++r)
                sum += kernel[std::size_t(r)] * (old[std::size_t(i + reach - r)] + old[std::size_t(i + reach + r)]);
            first[std::ptrdiff_t(i) * step] = sum;
        }
    });
}

} // namespace

Density densityOf(const PointCloud& cloud, const ToPixels& toPixels, glm::uvec2 size, double cellPx, double blurPx) {
    Density density;
    density.width = std::max(1u, std::uint32_t(std::ceil(size.x / cellPx)));
    density.height = std::max(1u, std::uint32_t(std::ceil(size.y / cellPx)));
    const int width = int(density.width), height = int(density.height);
    // In whole numbers of 1/4096, so that the sum does not depend on the threads.
    constexpr float unit = 4096;
    constexpr std::int64_t perTask = 16384;
    const std::int64_t tasks = (std::int64_t(cloud.count()) + perTask - 1) / perTask;
    std::vector<std::vector<std::uint64_t>> sums(std::size_t(std::max(1, tensor::host::workers(tasks))));
    const auto perCell = float(1 / cellPx);
    tensor::host::parallel(tasks, [&](std::int64_t task, int worker) {
        std::vector<std::uint64_t>& mine = sums[std::size_t(worker)];
        mine.resize(std::size_t(width) * std::size_t(height));
        const std::int64_t end = std::min(std::int64_t(cloud.count()), (task + 1) * perTask);
        for (std::int64_t i = task * perTask; i < end; ++i) {
            const auto at = std::size_t(i);
            const glm::vec3 px = toPixels(cloud.axis(0)[at], cloud.axis(1)[at], cloud.axis(2)[at]);
            const glm::vec2 cell(px.x * perCell - 0.5F, (float(size.y) - px.y) * perCell - 0.5F);
            if (cloud.marks()[at] >> 24 == 0 || !(px.z > 0) || !(cell.x >= 0 && cell.y >= 0)) continue;
            if (!(cell.x < float(width - 1) && cell.y < float(height - 1))) continue;
            const glm::ivec2 low(cell);
            const glm::vec2 part = cell - glm::vec2(low);
            const auto add = [&](int x, int y, float share) {
                mine[std::size_t(y * width + x)] += std::uint64_t(share * unit + 0.5F);
            };
            add(low.x, low.y, (1 - part.x) * (1 - part.y)), add(low.x + 1, low.y, part.x * (1 - part.y));
            add(low.x, low.y + 1, (1 - part.x) * part.y), add(low.x + 1, low.y + 1, part.x * part.y);
        }
    });
    density.perPx2.assign(std::size_t(width) * std::size_t(height), 0);
    const auto scale = float(1 / (double(unit) * cellPx * cellPx));
    for (std::size_t cell = 0; cell < density.perPx2.size(); ++cell) {
        std::uint64_t sum = 0;
        for (const auto& mine : sums) sum += mine.empty() ? 0 : mine[cell];
        density.perPx2[cell] = float(sum) * scale;
    }
    const double deviation = std::max(0.3, blurPx / cellPx);
    std::vector<float> kernel(std::size_t(std::ceil(3 * deviation)) + 1);
    double sum = 0;
    for (std::size_t r = 0; r < kernel.size(); ++r) {
        kernel[r] = float(std::exp(-0.5 * double(r * r) / (deviation * deviation)));
        sum += (r == 0 ? 1 : 2) * double(kernel[r]);
    }
    for (float& weight : kernel) weight = float(double(weight) / sum);
    blur(density.perPx2, width, height, true, kernel);
    blur(density.perPx2, width, height, false, kernel);
    for (const float value : density.perPx2) density.top = std::max(density.top, value);
    return density;
}

std::vector<glm::vec4> contourCells(const Density& density) {
    std::vector<glm::vec4> cells(density.perPx2.size());
    const float least = 1e-12F * std::max(density.top, 1e-20F);
    for (std::size_t i = 0; i < cells.size(); ++i)
        cells[i] = {0, 0, std::log(std::max(density.perPx2[i], least) / std::max(density.top, 1e-20F)), 0};
    return cells;
}

} // namespace orrery::ui::emb
