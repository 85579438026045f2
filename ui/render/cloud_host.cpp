// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/cloud_painter.h"

#include "engine/tensor/host_threads.h"
#include "engine/tensor/host_vector.h"
#include "ui/render/cloud_lanes.h"

#include <numeric>

namespace orrery::ui {
namespace {

constexpr int tilePx = CloudPainter::tilePx, pitch = CloudPainter::Sums::pitch;
constexpr int lanesWide = 4; ///< pixels of a row at a time

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

int tilesAcross(const CloudPush& push) { return (push.size.x + tilePx - 1) / tilePx; }
int tilesDown(const CloudPush& push) { return (push.size.y + tilePx - 1) / tilePx; }

/// As std::floor, which is a call into the library where the build does not take SSE4.1 for granted.
ORRERY_INLINE int floorOf(float x) {
    const int cut = int(x);
    return cut - (float(cut) > x ? 1 : 0);
}

/// The pixels [first, end) along one axis whose middles may lie within `radius` of `at`.
struct Reach {
    int first, end;
    ORRERY_INLINE Reach(float at, float radius, int length) {
        const int low = floorOf(at - radius + 0.5F), side = -floorOf(-2 * radius);
        first = low > 0 ? low : 0, end = low + side < length ? low + side : length;
    }
};

constexpr int batch = 256;
struct Places {
    std::array<float, batch> x, y, w;
};

ORRERY_INLINE void projectBody(const CloudPush& push, const float* x, const float* y, const float* z, int count, Places& out) {
    const glm::vec4 a = push.rows[0], b = push.rows[1], c = push.rows[2];
    for (int i = 0; i < count; ++i) {
        const auto at = std::size_t(i);
        const float w = c.x * x[i] + c.y * y[i] + c.z * z[i] + c.w;
        out.x[at] = (a.x * x[i] + a.y * y[i] + a.z * z[i] + a.w) / w;
        out.y[at] = (b.x * x[i] + b.y * y[i] + b.z * z[i] + b.w) / w;
        out.w[at] = w;
    }
}
ORRERY_VECTOR_LOOP(project, (const CloudPush& push, const float* x, const float* y, const float* z, int count, Places& out),
                   (push, x, y, z, count, out))

/// Adds discs to a tile whose upper left pixel is (`left`, `top`). Pixels beyond a disc get nothing added, those beyond the tile's
/// right edge are nobody's.
ORRERY_INLINE void gatherBody(const CloudPush& push, int left, int top, const CloudPainter::Splat* splats, std::size_t count,
                              CloudPainter::Sums& sums) {
    constexpr std::ptrdiff_t channelStep = std::ptrdiff_t(pitch) * tilePx;
    for (std::size_t s = 0; s < count; ++s) {
        const CloudPainter::Splat splat = splats[s];
        float radius = 0, centre = 0;
        if (!push.shape(splat.x, splat.y, splat.w, splat.mark >> 24, radius, centre)) continue;
        const float x = splat.x - float(left), y = splat.y - float(top), inverse = 1 / radius;
        const Reach across(x, radius, tilePx), down(y, radius, tilePx);
        const auto red = std::int32_t(splat.mark & 255), green = std::int32_t(splat.mark >> 8 & 255),
                   blue = std::int32_t(splat.mark >> 16 & 255);
        for (int from = across.first; from < across.end; from += lanesWide) {
            const F4 dx = (F4{0.5F, 1.5F, 2.5F, 3.5F} + (float(from) - x)) * inverse, away = dx * dx;
            std::uint32_t* at = sums.channel[0].data() + std::ptrdiff_t(down.first) * pitch + from;
            for (int row = down.first; row < down.end; ++row, at += pitch) {
                const float dy = (float(row) + 0.5F - y) * inverse;
                const F4 inside = lanes::positive(lanes::broadcast(1 - dy * dy) - away);
                const I4 depth = lanes::whole(inside * inside * centre + 0.5F);
                lanes::addTo(at, (depth * red + 128) >> 8);
                lanes::addTo(at + channelStep, (depth * green + 128) >> 8);
                lanes::addTo(at + 2 * channelStep, (depth * blue + 128) >> 8);
                lanes::addTo(at + 3 * channelStep, depth);
            }
        }
    }
}
ORRERY_VECTOR_LOOP(gather,
                   (const CloudPush& push, int left, int top, const CloudPainter::Splat* splats, std::size_t count,
                    CloudPainter::Sums& sums),
                   (push, left, top, splats, count, sums))

/// Four pixels: sums to colours and opacities.
ORRERY_INLINE void packBody(const CloudPainter::Sums& sums, std::ptrdiff_t at, float depthToTable, std::uint32_t* words) {
    const std::array<std::uint8_t, 4097>& opacity = opacities();
    const std::uint32_t *r = sums.channel[0].data() + at, *g = sums.channel[1].data() + at, *b = sums.channel[2].data() + at,
                        *d = sums.channel[3].data() + at;
    std::uint32_t colours[4], place[4];
    for (int i = 0; i < 4; ++i) {
        const auto depth = float(d[i]), share = 256.F / (depth > 1 ? depth : 1.F);
        const auto byte = [share](std::uint32_t sum) {
            const float value = float(sum) * share + 0.5F;
            return std::uint32_t(std::int32_t(value < 255.F ? value : 255.F));
        };
        colours[i] = byte(r[i]) | byte(g[i]) << 8 | byte(b[i]) << 16;
        const float step = depth * depthToTable;
        place[i] = std::uint32_t(std::int32_t(step < 4096.F ? step : 4096.F));
    }
    for (int i = 0; i < 4; ++i) words[i] = d[i] == 0 ? 0 : colours[i] | std::uint32_t(opacity[place[i]]) << 24;
}

/// A tile's sums become colours in blocks of 4 x 4 pixels, and zero again.
void pack(CloudPainter::Sums& sums, int tileX, int tileY, const CloudPush& push, std::span<std::uint32_t> picture) {
    const int across = (push.size.x + 3) / 4, down = (push.size.y + 3) / 4;
    const int lastX = std::min(across - tileX * tilePx / 4, tilePx / 4), lastY = std::min(down - tileY * tilePx / 4, tilePx / 4);
    for (int by = 0; by < lastY; ++by)
        for (int bx = 0; bx < lastX; ++bx) {
            const int block = (tileY * tilePx / 4 + by) * across + tileX * tilePx / 4 + bx;
            std::uint32_t* words = picture.data() + std::ptrdiff_t(block) * 16;
            for (int row = 0; row < 4; ++row, words += 4) {
                const std::ptrdiff_t at = std::ptrdiff_t(by * 4 + row) * pitch + bx * 4;
                const std::uint32_t* depth = sums.channel[3].data() + at;
                if ((depth[0] | depth[1] | depth[2] | depth[3]) == 0) {
                    std::fill_n(words, 4, 0U);
                    continue;
                }
                packBody(sums, at, 512 * push.perUnit, words);
                for (auto& channel : sums.channel) std::fill_n(channel.data() + at, 4, 0U);
            }
        }
    if (lastX < tilePx / 4 || lastY < tilePx / 4) sums = {}; // what lay outside the picture
}

} // namespace

void CloudPainter::Bins::clear(std::size_t tiles) {
    m_bins.assign(tiles, {});
    m_before.clear();
}

void CloudPainter::Bins::open(Bin& bin) {
    const auto chunk = std::uint32_t(m_before.size());
    if (chunk / chunksPerSlab == m_slabs.size())
        m_slabs.push_back(std::make_unique_for_overwrite<Splat[]>(std::size_t(chunksPerSlab) * perChunk));
    m_before.push_back(bin.chunk);
    bin.chunk = chunk, ++bin.chunks;
    bin.next = at(chunk), bin.end = bin.next + perChunk;
}

std::size_t CloudPainter::Bins::count(std::size_t tile) const {
    const Bin& bin = m_bins[tile];
    return std::size_t(bin.chunks) * perChunk - std::size_t(bin.end - bin.next);
}

template <class Take>
void CloudPainter::Bins::each(std::size_t tile, Take&& take) const {
    const Bin& bin = m_bins[tile];
    for (std::uint32_t chunk = bin.chunk; chunk != none; chunk = m_before[chunk]) {
        const Splat* first = at(chunk);
        take(first, chunk == bin.chunk ? std::size_t(bin.next - first) : std::size_t(perChunk));
    }
}

std::size_t CloudPainter::words(std::uint32_t width, std::uint32_t height) {
    const std::size_t tiles = std::size_t((width + tilePx - 1) / tilePx) * ((height + tilePx - 1) / tilePx);
    return std::size_t((width + 3) / 4) * ((height + 3) / 4) * 16 + tiles;
}

/// Each point to the tiles that its disc touches.
void CloudPainter::sort(const Points& points, const CloudPush& push) {
    constexpr std::int64_t perTask = 4096;
    const auto count = std::int64_t(points.x.size());
    const int across = tilesAcross(push);
    tensor::host::parallel((count + perTask - 1) / perTask, [&](std::int64_t task, int worker) {
        Bins& bins = m_workers[std::size_t(worker)]->bins;
        Places at;
        for (std::int64_t from = task * perTask, end = std::min(count, from + perTask); from < end; from += batch) {
            const int n = int(std::min<std::int64_t>(batch, end - from));
            project(push, points.x.data() + from, points.y.data() + from, points.z.data() + from, n, at);
            for (int i = 0; i < n; ++i) {
                const auto k = std::size_t(i);
                const Splat splat{at.x[k], at.y[k], at.w[k], points.marks[std::size_t(from) + k]};
                float radius = 0, centre = 0;
                if (!push.shape(splat.x, splat.y, splat.w, splat.mark >> 24, radius, centre)) continue;
                const Reach x(splat.x, radius, push.size.x), y(splat.y, radius, push.size.y);
                if (x.first >= x.end || y.first >= y.end) continue;
                const int left = x.first / tilePx, right = (x.end - 1) / tilePx;
                for (int row = y.first / tilePx, last = (y.end - 1) / tilePx; row <= last; ++row)
                    for (int column = left; column <= right; ++column) bins.put(std::size_t(row * across + column), splat);
            }
        }
    });
}

void CloudPainter::paint(const Points& points, const CloudPush& push, std::span<std::uint32_t> picture) {
    const int across = tilesAcross(push);
    const auto tiles = std::size_t(across * tilesDown(push));
    const int workers = std::max(1, tensor::host::workers(1 << 30)); // as many as there are cores
    while (int(m_workers.size()) < workers) m_workers.push_back(std::make_unique<Worker>());
    for (const auto& worker : m_workers) worker->bins.clear(tiles);
    sort(points, push);

    std::vector<std::pair<std::size_t, std::size_t>> order; // the fullest first, so that no core waits for it at the end
    std::uint32_t* flags = picture.data() + (picture.size() - tiles);
    for (std::size_t tile = 0; tile < tiles; ++tile) {
        std::size_t count = 0;
        for (const auto& worker : m_workers) count += worker->bins.count(tile);
        flags[tile] = count > 0 ? 1 : 0;
        if (count > 0) order.emplace_back(count, tile);
    }
    std::sort(order.begin(), order.end(), std::greater<>());
    tensor::host::parallel(std::int64_t(order.size()), [&](std::int64_t task, int worker) {
        const auto tile = int(order[std::size_t(task)].second), x = tile % across, y = tile / across;
        Sums& sums = m_workers[std::size_t(worker)]->sums;
        for (const auto& each : m_workers)
            each->bins.each(std::size_t(tile), [&](const Splat* splats, std::size_t count) {
                gather(push, x * tilePx, y * tilePx, splats, count, sums);
            });
        pack(sums, x, y, push, picture);
    });
}

} // namespace orrery::ui
