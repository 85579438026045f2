// SPDX-License-Identifier: GPL-3.0-or-later
// The cloud by the cores of the host: on a CPU device they are the same cores, and its atomics cost ten times these additions.
// Every thread has sums of its own, which are added up while they become colours.
#include "ui/render/cloud_painter.h"

#include "engine/tensor/host_threads.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui {
namespace {

/// 1 - exp(-x) as a byte, for x in steps of 1/512; from 8 on it is 255.
const std::array<std::uint8_t, 4097>& opacities() {
    static const auto table = [] {
        std::array<std::uint8_t, 4097> bytes{};
        for (std::size_t i = 0; i < bytes.size(); ++i)
            bytes[i] = std::uint8_t(std::lround(255 * (1 - std::exp(-(double(i) + 0.5) / 512))));
        bytes[0] = 0;
        return bytes;
    }();
    return table;
}

struct Grid {
    int width, height, across; ///< pixels; blocks in a row
    int tilesAcross;
};

} // namespace

struct CloudPainter::Splat {
    float x, y, radius, centre;
    std::uint32_t mark;
};

void CloudPainter::lay(PointCloud::Canvas& canvas, const CloudPush& push, const Splat& s) {
    const Grid grid{push.size.x, push.size.y, (push.size.x + 3) >> 2, (push.size.x + 63) >> 6};
    const int side = int(std::ceil(2 * s.radius));
    const int firstX = int(std::floor(s.x - s.radius + 0.5F)), firstY = int(std::floor(s.y - s.radius + 0.5F));
    const int lowX = std::max(firstX, 0), highX = std::min(firstX + side, grid.width);
    const int lowY = std::max(firstY, 0), highY = std::min(firstY + side, grid.height);
    if (lowX >= highX || lowY >= highY) return;
    for (int y = lowY >> 6; y <= (highY - 1) >> 6; ++y)
        for (int x = lowX >> 6; x <= (highX - 1) >> 6; ++x) canvas.touched[std::size_t(y * grid.tilesAcross + x)] = 1;
    const float inverse = 1 / s.radius;
    const std::uint32_t red = s.mark & 255, green = s.mark >> 8 & 255, blue = s.mark >> 16 & 255;
    for (int y = lowY; y < highY; ++y) {
        const float dy = (float(y) + 0.5F - s.y) * inverse, row = 1 - dy * dy;
        PointCloud::Block* blocks = canvas.blocks.data() + std::ptrdiff_t(y >> 2) * grid.across;
        for (int x = lowX; x < highX; ++x) {
            const float dx = (float(x) + 0.5F - s.x) * inverse, inside = row - dx * dx;
            if (inside <= 0) continue;
            const auto depth = std::uint32_t(s.centre * inside * inside + 0.5F);
            auto& sum = blocks[x >> 2].pixel[std::size_t((y & 3) * 4 + (x & 3))];
            sum[0] += (red * depth + 128) >> 8;
            sum[1] += (green * depth + 128) >> 8;
            sum[2] += (blue * depth + 128) >> 8;
            sum[3] += depth;
        }
    }
}

void CloudPainter::splatOnHost(PointCloud& cloud, const CloudPush& push) {
    constexpr std::int64_t perTask = 4096;
    const auto count = std::int64_t(cloud.count());
    const std::int64_t tasks = (count + perTask - 1) / perTask;
    const int workers = std::max(1, tensor::host::workers(tasks));
    const std::size_t blocks = std::size_t((push.size.x + 3) >> 2) * std::size_t((push.size.y + 3) >> 2);
    const std::size_t tiles = std::size_t((push.size.x + 63) >> 6) * std::size_t((push.size.y + 63) >> 6);
    if (cloud.m_canvases.size() != std::size_t(workers) || cloud.m_canvases[0].blocks.size() != blocks ||
        cloud.m_canvases[0].touched.size() != tiles)
        cloud.m_canvases.assign(std::size_t(workers), {std::vector<PointCloud::Block>(blocks), std::vector<std::uint8_t>(tiles)});
    const float *x = cloud.m_axis[0].data(), *y = cloud.m_axis[1].data(), *z = cloud.m_axis[2].data();
    tensor::host::parallel(tasks, [&](std::int64_t task, int worker) {
        PointCloud::Canvas& canvas = cloud.m_canvases[std::size_t(worker)];
        std::array<glm::vec3, 256> at; // the map first, for many at once: that loop has no branches
        for (std::int64_t from = task * perTask, end = std::min(count, from + perTask); from < end; from += 256) {
            const std::int64_t to = std::min(end, from + 256);
            for (std::int64_t i = from; i < to; ++i) at[std::size_t(i - from)] = push.pixel(x[i], y[i], z[i]);
            for (std::int64_t i = from; i < to; ++i) {
                Splat splat{at[std::size_t(i - from)].x, at[std::size_t(i - from)].y, 0, 0, cloud.m_marks[std::size_t(i)]};
                if (push.shape(at[std::size_t(i - from)], splat.mark >> 24, splat.radius, splat.centre)) lay(canvas, push, splat);
            }
        }
    });
}

/// Sums to colours, tile by tile; sums become zero again.
void CloudPainter::packOnHost(PointCloud& cloud, const CloudPush& push) {
    const Grid grid{push.size.x, push.size.y, (push.size.x + 3) >> 2, (push.size.x + 63) >> 6};
    const int down = (push.size.y + 3) >> 2, tiles = grid.tilesAcross * ((push.size.y + 63) >> 6);
    const std::size_t pixels = std::size_t(grid.across) * std::size_t(down) * 16;
    cloud.m_packed.resize(pixels + std::size_t(tiles));
    const auto& opacity = opacities();
    const float perUnit = 512 * push.perUnit;
    tensor::host::parallel(tiles, [&](std::int64_t tile, int) {
        bool touched = false;
        for (PointCloud::Canvas& canvas : cloud.m_canvases) touched = touched || canvas.touched[std::size_t(tile)];
        cloud.m_packed[pixels + std::size_t(tile)] = touched ? 1 : 0;
        if (!touched) return;
        const int firstX = int(tile) % grid.tilesAcross * 16, firstY = int(tile) / grid.tilesAcross * 16;
        for (int by = firstY; by < std::min(firstY + 16, down); ++by)
            for (int bx = firstX; bx < std::min(firstX + 16, grid.across); ++bx) {
                const std::size_t block = std::size_t(by) * std::size_t(grid.across) + std::size_t(bx);
                PointCloud::Block sum = cloud.m_canvases[0].blocks[block];
                cloud.m_canvases[0].blocks[block] = {};
                for (std::size_t c = 1; c < cloud.m_canvases.size(); ++c) {
                    PointCloud::Block& more = cloud.m_canvases[c].blocks[block];
                    for (std::size_t p = 0; p < 16; ++p)
                        for (std::size_t channel = 0; channel < 4; ++channel) sum.pixel[p][channel] += more.pixel[p][channel];
                    more = {};
                }
                for (std::size_t p = 0; p < 16; ++p) {
                    const auto& [r, g, b, depth] = sum.pixel[p];
                    std::uint32_t word = 0;
                    if (depth > 0) {
                        const float share = 256.F / float(depth);
                        const auto byte = [share](std::uint32_t s) {
                            return std::uint32_t(std::min(255.F, float(s) * share + 0.5F));
                        };
                        const auto at = std::size_t(std::min(4096.F, float(depth) * perUnit));
                        word = byte(r) | byte(g) << 8 | byte(b) << 16 | std::uint32_t(opacity[at]) << 24;
                    }
                    cloud.m_packed[block * 16 + p] = word;
                }
            }
        for (PointCloud::Canvas& canvas : cloud.m_canvases) canvas.touched[std::size_t(tile)] = 0;
    });
}

} // namespace orrery::ui
