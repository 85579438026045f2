// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/embedding/pick.h"

#include "engine/tensor/host_threads.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui::emb {

namespace {

constexpr std::int64_t perTask = 16384;
constexpr double leastPx = -512, mostPx = 8192; // a lasso that leaves every screen is cut there

std::int64_t tasksOf(const PointCloud& cloud) { return (std::int64_t(cloud.count()) + perTask - 1) / perTask; }

template <class Visit> // of one task: row, pixel and W
void visit(const PointCloud& cloud, const ToPixels& toPixels, std::int64_t task, Visit&& take) {
    const float *x = cloud.axis(0).data(), *y = cloud.axis(1).data(), *z = cloud.axis(2).data();
    const std::int64_t end = std::min(std::int64_t(cloud.count()), (task + 1) * perTask);
    std::array<glm::vec3, 256> at;
    for (std::int64_t from = task * perTask; from < end; from += 256) {
        const std::int64_t to = std::min(end, from + 256);
        for (std::int64_t i = from; i < to; ++i) at[std::size_t(i - from)] = toPixels(x[i], y[i], z[i]);
        for (std::int64_t i = from; i < to; ++i)
            if (cloud.marks()[std::size_t(i)] >> 24 != 0 && at[std::size_t(i - from)].z > 0) take(i, at[std::size_t(i - from)]);
    }
}

} // namespace

std::optional<std::int64_t> nearestPoint(const PointCloud& cloud, const ToPixels& toPixels, glm::dvec2 px, double reach) {
    struct Best {
        float distance = 0, w = 0;
        std::int64_t row = -1;
        bool before(const Best& other) const {
            if (row < 0 || other.row < 0) return row >= 0;
            if (distance != other.distance) return distance < other.distance;
            return w != other.w ? w < other.w : row < other.row;
        }
    };
    const std::int64_t tasks = tasksOf(cloud);
    std::vector<Best> best(std::size_t(std::max<std::int64_t>(tasks, 1)));
    const glm::vec2 pointer(px);
    const auto most = float(reach * reach);
    tensor::host::parallel(tasks, [&](std::int64_t task, int) {
        Best& mine = best[std::size_t(task)];
        visit(cloud, toPixels, task, [&](std::int64_t row, const glm::vec3& at) {
            const glm::vec2 away = glm::vec2(at) - pointer;
            const Best here{glm::dot(away, away), at.z, row};
            if (here.distance <= most && here.before(mine)) mine = here;
        });
    });
    Best nearest;
    for (const Best& each : best)
        if (each.before(nearest)) nearest = each;
    return nearest.row < 0 ? std::nullopt : std::optional(nearest.row);
}

PixelMask::PixelMask(std::span<const glm::dvec2> polygon) {
    if (polygon.size() < 3) return;
    glm::dvec2 low(polygon[0]), high(polygon[0]);
    for (const glm::dvec2& corner : polygon) low = glm::min(low, corner), high = glm::max(high, corner);
    low = glm::clamp(glm::floor(low), glm::dvec2(leastPx), glm::dvec2(mostPx));
    high = glm::clamp(glm::ceil(high), low, glm::dvec2(mostPx));
    m_left = int(low.x), m_top = int(low.y), m_width = int(high.x - low.x), m_height = int(high.y - low.y);
    m_bits.resize(std::size_t(m_width) * std::size_t(m_height));
    std::vector<double> crossings;
    for (int row = 0; row < m_height; ++row) {
        const double y = low.y + row + 0.5;
        crossings.clear();
        for (std::size_t i = 0; i < polygon.size(); ++i) {
            const glm::dvec2 a = polygon[i], b = polygon[(i + 1) % polygon.size()];
            if ((a.y <= y) != (b.y <= y)) crossings.push_back(a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x));
        }
        std::sort(crossings.begin(), crossings.end());
        for (std::size_t i = 0; i + 1 < crossings.size(); i += 2) {
            const int from = std::clamp(int(std::ceil(crossings[i] - low.x - 0.5)), 0, m_width);
            const int to = std::clamp(int(std::ceil(crossings[i + 1] - low.x - 0.5)), from, m_width);
            std::fill_n(m_bits.begin() + std::ptrdiff_t(row) * m_width + from, to - from, std::uint8_t(1));
        }
    }
}

std::vector<std::int32_t> pointsWithin(const PointCloud& cloud, const ToPixels& toPixels, std::span<const glm::dvec2> polygon) {
    const PixelMask mask(polygon);
    const std::int64_t tasks = tasksOf(cloud);
    std::vector<std::vector<std::int32_t>> found(std::size_t(std::max<std::int64_t>(tasks, 1)));
    tensor::host::parallel(tasks, [&](std::int64_t task, int) {
        visit(cloud, toPixels, task, [&](std::int64_t row, const glm::vec3& at) {
            if (mask.holds(glm::vec2(at))) found[std::size_t(task)].push_back(std::int32_t(row));
        });
    });
    std::vector<std::int32_t> rows;
    for (const auto& part : found) rows.insert(rows.end(), part.begin(), part.end());
    return rows;
}

} // namespace orrery::ui::emb
