// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/contour.h"

#include <algorithm>
#include <cmath>

namespace orrery::segmentation {

namespace {

enum Side { right, down, left, up };
constexpr std::array<std::int64_t, 4> stepX{1, 0, -1, 0}, stepY{0, 1, 0, -1};

/// Walks along edges with the mask on the right hand. An edge is where it begins and its direction.
class Tracer {
 public:
    explicit Tracer(const Mask& mask) : m_mask(mask), m_seen(std::size_t((mask.width + 1) * (mask.height + 1)), 0) {}

    std::vector<Ring> rings() {
        std::vector<Ring> all;
        // Every ring has an edge that leads right along the top of a pixel, or left along the bottom of one (a hole).
        for (std::int64_t y = 0; y <= m_mask.height; ++y)
            for (std::int64_t x = 0; x <= m_mask.width; ++x)
                for (const Side side : {right, left})
                    if (edge(x, y, side) && !seen(x, y, side)) all.push_back(walk(x, y, side));
        return all;
    }

 private:
    bool set(std::int64_t x, std::int64_t y) const {
        return x >= 0 && y >= 0 && x < m_mask.width && y < m_mask.height && m_mask.pixels[std::size_t(y * m_mask.width + x)] != 0;
    }
    /// Whether an edge begins at (x, y) in that direction: the pixel to its right is set, the one to its left is not.
    bool edge(std::int64_t x, std::int64_t y, Side side) const {
        switch (side) {
            case right:
                return set(x, y) && !set(x, y - 1);
            case down:
                return set(x - 1, y) && !set(x, y);
            case left:
                return set(x - 1, y - 1) && !set(x - 1, y);
            default:
                return set(x, y - 1) && !set(x - 1, y - 1);
        }
    }
    std::uint8_t& marks(std::int64_t x, std::int64_t y) { return m_seen[std::size_t(y * (m_mask.width + 1) + x)]; }
    bool seen(std::int64_t x, std::int64_t y, Side side) { return (marks(x, y) >> side & 1) != 0; }

    Ring walk(std::int64_t x, std::int64_t y, Side side) {
        Ring ring;
        Side last = Side((side + 1) % 4); // any other
        while (!seen(x, y, side)) {
            if (side != last) ring.push_back({double(x), double(y)});
            marks(x, y) |= std::uint8_t(1 << side);
            x += stepX[side], y += stepY[side];
            last = side;
            // Turning right first keeps pixels apart that touch only at a corner.
            for (const int turn : {1, 0, 3})
                if (const auto next = Side((last + turn) % 4); edge(x, y, next)) {
                    side = next;
                    break;
                }
        }
        if (ring.size() > 1 && side == last) ring.erase(ring.begin()); // it began in the middle of a straight line
        return ring;
    }

    const Mask& m_mask;
    std::vector<std::uint8_t> m_seen; ///< by place, a bit for each direction
};

bool inside(const Ring& ring, double x, double y) {
    bool odd = false;
    for (std::size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++)
        if ((ring[i].y > y) != (ring[j].y > y) &&
            x < (ring[j].x - ring[i].x) * (y - ring[i].y) / (ring[j].y - ring[i].y) + ring[i].x)
            odd = !odd;
    return odd;
}

double fromLine(const Vertex& p, const Vertex& a, const Vertex& b) {
    const double dx = b.x - a.x, dy = b.y - a.y, length = std::hypot(dx, dy);
    if (length == 0) return std::hypot(p.x - a.x, p.y - a.y);
    return std::abs(dx * (a.y - p.y) - dy * (a.x - p.x)) / length;
}

void keepFar(const Ring& ring, std::size_t from, std::size_t to, double tolerance, std::vector<bool>& keep) {
    std::vector<std::array<std::size_t, 2>> open{{from, to}};
    while (!open.empty()) {
        const auto [a, b] = open.back();
        open.pop_back();
        double most = tolerance;
        std::size_t farthest = 0;
        for (std::size_t i = a + 1; i < b; ++i)
            if (const double d = fromLine(ring[i], ring[a], ring[b % ring.size()]); d > most) most = d, farthest = i;
        if (farthest == 0) continue;
        keep[farthest] = true;
        open.push_back({a, farthest}), open.push_back({farthest, b});
    }
}

} // namespace

double areaOf(const Ring& ring) {
    double twice = 0;
    for (std::size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++) twice += ring[j].x * ring[i].y - ring[i].x * ring[j].y;
    return twice / 2;
}

std::vector<Polygon> polygonsOf(const Mask& mask) {
    std::vector<Polygon> all;
    std::vector<Ring> holes;
    for (Ring& ring : Tracer(mask).rings()) {
        if (areaOf(ring) > 0)
            all.push_back({std::move(ring), {}});
        else
            holes.push_back(std::move(ring));
    }
    for (Ring& hole : holes) { // of the smallest part around it
        // A place just outside the hole, within the mask: beside its first edge, which leads left or up around it.
        const Vertex &a = hole[0], &b = hole[1];
        const double dx = b.x > a.x ? 1 : b.x < a.x ? -1 : 0, dy = b.y > a.y ? 1 : b.y < a.y ? -1 : 0;
        const double x = a.x + 0.5 * dx - 0.5 * dy, y = a.y + 0.5 * dy + 0.5 * dx;
        Polygon* owner = nullptr;
        for (Polygon& polygon : all)
            if (inside(polygon.outer, x, y) && (!owner || areaOf(polygon.outer) < areaOf(owner->outer))) owner = &polygon;
        if (owner) owner->holes.push_back(std::move(hole));
    }
    return all;
}

Mask rasterised(const std::vector<Polygon>& polygons, std::int64_t width, std::int64_t height) {
    Mask mask{width, height, std::vector<std::uint8_t>(std::size_t(width * height))};
    std::vector<std::vector<double>> crossings(static_cast<std::size_t>(height));
    const auto add = [&](const Ring& ring) {
        for (std::size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++) {
            const Vertex &low = ring[i].y < ring[j].y ? ring[i] : ring[j], &high = ring[i].y < ring[j].y ? ring[j] : ring[i];
            const auto first = std::int64_t(std::ceil(std::max(low.y, 0.0) - 0.5)),
                       end = std::int64_t(std::ceil(std::min(high.y, double(height)) - 0.5));
            for (std::int64_t y = std::max<std::int64_t>(first, 0); y < end; ++y)
                crossings[std::size_t(y)].push_back(low.x + (high.x - low.x) * (double(y) + 0.5 - low.y) / (high.y - low.y));
        }
    };
    for (const Polygon& polygon : polygons) {
        add(polygon.outer);
        for (const Ring& hole : polygon.holes) add(hole);
    }
    for (std::int64_t y = 0; y < height; ++y) {
        std::vector<double>& row = crossings[std::size_t(y)];
        std::ranges::sort(row);
        for (std::size_t i = 0; i + 1 < row.size(); i += 2) {
            const auto from = std::max<std::int64_t>(0, std::int64_t(std::ceil(row[i] - 0.5)));
            const auto to = std::min(width, std::int64_t(std::ceil(row[i + 1] - 0.5)));
            for (std::int64_t x = from; x < to; ++x) mask.pixels[std::size_t(y * width + x)] = 1;
        }
    }
    return mask;
}

Ring simplified(const Ring& ring, double tolerance) {
    if (ring.size() <= 3 || tolerance <= 0) return ring;
    // From the first vertex to the one farthest from it, and back.
    std::size_t far = 1;
    for (std::size_t i = 1; i < ring.size(); ++i)
        if (std::hypot(ring[i].x - ring[0].x, ring[i].y - ring[0].y) >
            std::hypot(ring[far].x - ring[0].x, ring[far].y - ring[0].y))
            far = i;
    std::vector<bool> keep(ring.size(), false);
    keep[0] = keep[far] = true;
    keepFar(ring, 0, far, tolerance, keep);
    keepFar(ring, far, ring.size(), tolerance, keep);
    Ring kept;
    for (std::size_t i = 0; i < ring.size(); ++i)
        if (keep[i]) kept.push_back(ring[i]);
    return kept.size() >= 3 ? kept : ring;
}

Ring keyhole(const Polygon& polygon) {
    Ring ring = polygon.outer;
    for (const Ring& hole : polygon.holes) {
        std::size_t bestOuter = 0, bestHole = 0;
        double least = INFINITY;
        for (std::size_t i = 0; i < ring.size(); ++i)
            for (std::size_t j = 0; j < hole.size(); ++j)
                if (const double d = std::hypot(ring[i].x - hole[j].x, ring[i].y - hole[j].y); d < least)
                    least = d, bestOuter = i, bestHole = j;
        Ring around(hole.begin() + std::ptrdiff_t(bestHole), hole.end());
        around.insert(around.end(), hole.begin(), hole.begin() + std::ptrdiff_t(bestHole) + 1);
        around.push_back(ring[bestOuter]);
        ring.insert(ring.begin() + std::ptrdiff_t(bestOuter) + 1, around.begin(), around.end());
    }
    return ring;
}

} // namespace orrery::segmentation
