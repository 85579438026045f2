// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/glyphs.h"

#include "engine/philox.h"
#include "engine/tensor/host_threads.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>

namespace orrery::embedding {

namespace {

struct Point {
    double x, y;
};
/// A curve through its corners, smooth (Catmull & Rom) or with straight sides; in a box of -1 to 1, y upwards.
struct Stroke {
    std::vector<Point> corners;
    bool smooth = true;
};
struct Sign {
    const char* name;
    std::vector<Stroke> strokes;
};

const std::vector<Sign>& signs() {
    static const std::vector<Sign> all = {
        {"0", {{{{0, 1}, {-0.65, 0.5}, {-0.65, -0.5}, {0, -1}, {0.65, -0.5}, {0.65, 0.5}, {0, 1}}}}},
        {"1", {{{{-0.35, 0.6}, {0.1, 1}, {0.1, -1}}, false}}},
        {"2", {{{{-0.6, 0.55}, {0, 1}, {0.6, 0.5}, {0.1, -0.3}, {-0.65, -1}}}, {{{-0.65, -1}, {0.7, -1}}, false}}},
        {"3", {{{{-0.6, 0.75}, {0.1, 1}, {0.55, 0.55}, {-0.05, 0.05}, {0.6, -0.5}, {0, -1}, {-0.65, -0.7}}}}},
        {"4", {{{{0.3, -1}, {0.3, 1}, {-0.7, -0.3}, {0.75, -0.3}}, false}}},
        {"5",
         {{{{0.6, 1}, {-0.5, 1}, {-0.55, 0.15}}, false}, {{{-0.55, 0.15}, {0.2, 0.3}, {0.65, -0.3}, {0.1, -1}, {-0.65, -0.75}}}}},
        {"6", {{{{0.5, 0.95}, {-0.35, 0.5}, {-0.6, -0.4}, {0, -1}, {0.6, -0.5}, {0.1, 0.05}, {-0.55, -0.35}}}}},
        {"7", {{{{-0.65, 1}, {0.65, 1}, {-0.1, -1}}, false}}},
        {"8", {{{{0, 0.05}, {-0.5, 0.5}, {0, 1}, {0.5, 0.5}, {0, 0.05}, {-0.6, -0.5}, {0, -1}, {0.6, -0.5}, {0, 0.05}}}}},
        {"9", {{{{0.55, 0.4}, {0, 0}, {-0.55, 0.5}, {0, 1}, {0.55, 0.5}, {0.45, -0.4}, {0.1, -1}}}}},
        {"A", {{{{-0.7, -1}, {0, 1}, {0.7, -1}}, false}, {{{-0.42, -0.25}, {0.42, -0.25}}, false}}},
        {"C", {{{{0.65, 0.65}, {0, 1}, {-0.65, 0.4}, {-0.65, -0.4}, {0, -1}, {0.65, -0.65}}}}},
        {"E", {{{{0.6, 1}, {-0.55, 1}, {-0.55, -1}, {0.6, -1}}, false}, {{{-0.55, 0.05}, {0.4, 0.05}}, false}}},
        {"H", {{{{-0.6, 1}, {-0.6, -1}}, false}, {{{0.6, 1}, {0.6, -1}}, false}, {{{-0.6, 0}, {0.6, 0}}, false}}},
        {"K", {{{{-0.55, 1}, {-0.55, -1}}, false}, {{{0.6, 1}, {-0.5, -0.05}, {0.65, -1}}, false}}},
        {"M", {{{{-0.75, -1}, {-0.6, 1}, {0, -0.3}, {0.6, 1}, {0.75, -1}}, false}}},
        {"S", {{{{0.55, 0.7}, {0, 1}, {-0.55, 0.55}, {0, 0.05}, {0.6, -0.45}, {0, -1}, {-0.65, -0.7}}}}},
        {"T", {{{{-0.75, 1}, {0.75, 1}}, false}, {{{0, 1}, {0, -1}}, false}}},
        {"X", {{{{-0.65, 1}, {0.65, -1}}, false}, {{{0.65, 1}, {-0.65, -1}}, false}}},
        {"Z", {{{{-0.65, 1}, {0.65, 1}, {-0.65, -1}, {0.7, -1}}, false}}},
    };
    return all;
}

/// Random numbers of one picture, in the order in which they are asked for.
class Draws {
 public:
    Draws(std::uint64_t seed, std::uint32_t item) : m_seed(seed), m_item(item) {}
    double normal() { return normalPair(philox(m_seed, m_item, m_step++, 0x474C5950))[0]; }
    double bounded(double deviation) { return deviation * std::clamp(normal(), -2.5, 2.5); }

 private:
    std::uint64_t m_seed;
    std::uint32_t m_item, m_step = 0;
};

std::vector<Point> along(const Stroke& stroke) {
    std::vector<Point> points;
    const auto& c = stroke.corners;
    constexpr int pieces = 10;
    for (std::size_t i = 0; i + 1 < c.size(); ++i) {
        const Point a = c[i > 0 ? i - 1 : 0], b = c[i], d = c[i + 1], e = c[std::min(i + 2, c.size() - 1)];
        for (int s = 0; s <= pieces; ++s) {
            const double t = double(s) / pieces;
            if (!stroke.smooth) {
                points.push_back({b.x + t * (d.x - b.x), b.y + t * (d.y - b.y)});
                continue;
            }
            const auto curve = [t](double p, double q, double r, double u) {
                return 0.5 * (2 * q + t * ((r - p) + t * ((2 * p - 5 * q + 4 * r - u) + t * (3 * q - p - 3 * r + u))));
            };
            points.push_back({curve(a.x, b.x, d.x, e.x), curve(a.y, b.y, d.y, e.y)});
        }
    }
    return points;
}

/// Lowers `nearest` (squared, of each pixel) to the distance from a line, where that is within reach of the pen.
void draw(Point a, Point b, double reach, std::array<double, glyphSize * glyphSize>& nearest) {
    const auto first = [reach](double p, double q) { return std::max(0, int(std::floor(std::min(p, q) - reach))); };
    const auto last = [reach](double p, double q) { return std::min(glyphSize - 1, int(std::ceil(std::max(p, q) + reach))); };
    const double dx = b.x - a.x, dy = b.y - a.y, square = dx * dx + dy * dy;
    for (int y = first(a.y, b.y); y <= last(a.y, b.y); ++y)
        for (int x = first(a.x, b.x); x <= last(a.x, b.x); ++x) {
            const double t = square > 0 ? std::clamp(((x - a.x) * dx + (y - a.y) * dy) / square, 0.0, 1.0) : 0;
            const double offX = x - a.x - t * dx, offY = y - a.y - t * dy;
            double& best = nearest[std::size_t(y * glyphSize + x)];
            best = std::min(best, offX * offX + offY * offY);
        }
}

} // namespace

Table glyphs(std::int64_t count, std::uint64_t seed, Progress& progress) {
    constexpr int size = glyphSize;
    Table table;
    table.name = "glyphs";
    std::vector<float> values(std::size_t(count * size * size));
    Column sign{"sign", {}, std::vector<float>(std::size_t(count))},
        kind{"kind", {"digit", "letter"}, std::vector<float>(std::size_t(count))},
        slants{"slant", {}, std::vector<float>(std::size_t(count))}, pens{"pen", {}, std::vector<float>(std::size_t(count))};
    for (const Sign& each : signs()) sign.categories.emplace_back(each.name);
    table.thumbnails = {size, size, 1, std::vector<std::uint8_t>(std::size_t(count * size * size))};
    std::atomic<std::int64_t> done{0};
    tensor::host::parallel((count + 63) / 64, [&](std::int64_t block, int) {
        progress.at(double(done += 64) / double(count + 64));
        for (std::int64_t i = block * 64; i < std::min(count, (block + 1) * 64); ++i) {
            const std::size_t which = std::size_t(i) % signs().size();
            Draws draws(seed, std::uint32_t(i));
            const double slant = draws.bounded(0.22), turn = draws.bounded(0.10), wide = 1 + draws.bounded(0.12),
                         tall = 1 + draws.bounded(0.08);
            const double pen = std::max(0.45, 0.75 + draws.bounded(0.17)), dx = draws.bounded(0.45),
                         dy = draws.bounded(0.45); // pixels
            std::array<double, size * size> nearest;
            nearest.fill(1e9);
            for (Stroke stroke : signs()[which].strokes) {
                for (Point& corner : stroke.corners) {
                    const double x = wide * (corner.x + draws.bounded(0.075)) + slant * corner.y,
                                 y = tall * (corner.y + draws.bounded(0.075));
                    corner = {std::cos(turn) * x - std::sin(turn) * y, std::sin(turn) * x + std::cos(turn) * y};
                    corner = {0.5 * size - 0.5 + dx + 5.6 * corner.x, 0.5 * size - 0.5 + dy - 5.6 * corner.y};
                }
                const std::vector<Point> line = along(stroke);
                for (std::size_t p = 0; p + 1 < line.size(); ++p) draw(line[p], line[p + 1], pen + 0.5, nearest);
            }
            for (std::size_t p = 0; p < nearest.size(); ++p) {
                const auto level = std::uint8_t(std::lround(
                    255 * std::clamp(pen + 0.5 - std::sqrt(nearest[p]), 0.0, 1.0))); // what is shown is what is projected
                table.thumbnails.pixels[std::size_t(i) * nearest.size() + p] = level;
                values[std::size_t(i) * nearest.size() + p] = float(level) / 255;
            }
            sign.values[std::size_t(i)] = float(which), kind.values[std::size_t(i)] = which < 10 ? 0 : 1;
            slants.values[std::size_t(i)] = float(slant), pens.values[std::size_t(i)] = float(pen);
        }
    });
    table.values = Matrix(count, size * size, std::move(values));
    table.columns = {std::move(sign), std::move(kind), std::move(slants), std::move(pens)};
    return table;
}

} // namespace orrery::embedding
