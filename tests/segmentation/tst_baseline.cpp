// SPDX-License-Identifier: GPL-3.0-or-later
// Classical methods against brute force: Lab against published values, flood fill by repeated dilation, geodesic distance by
// Dijkstra.
#include "engine/labs/segmentation/baseline.h"

#include "engine/philox.h"

#include <QtTest>

#include <cmath>
#include <queue>

using namespace orrery;
using namespace orrery::segmentation;

namespace {

std::vector<std::uint8_t> noise(std::int64_t w, std::int64_t h, std::uint64_t seed) {
    std::vector<std::uint8_t> rgb(std::size_t(w * h * 3));
    for (std::int64_t y = 0; y < h; ++y)
        for (std::int64_t x = 0; x < w; ++x)
            for (std::int64_t c = 0; c < 3; ++c) {
                const double wave = 128 + 70 * std::sin(0.4 * double(x * (c + 1)) + 0.3 * double(y));
                rgb[std::size_t((y * w + x) * 3 + c)] =
                    std::uint8_t(wave + 40 * unitOpen(philox(seed, std::uint32_t(y * w + x), std::uint32_t(c), 0)[0]));
            }
    return rgb;
}

double apart(const std::array<float, 3>& a, const std::array<float, 3>& b) {
    return std::sqrt(std::pow(double(a[0] - b[0]), 2) + std::pow(double(a[1] - b[1]), 2) + std::pow(double(a[2] - b[2]), 2));
}

std::vector<double> dijkstra(const std::vector<std::array<float, 3>>& lab, std::int64_t w, std::int64_t h,
                             const std::vector<std::size_t>& seeds, double smallness) {
    std::vector<double> d(lab.size(), 1e20);
    using Entry = std::pair<double, std::size_t>;
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> open;
    for (std::size_t s : seeds) {
        d[s] = 0;
        open.push({0, s});
    }
    while (!open.empty()) {
        const auto [at, i] = open.top();
        open.pop();
        if (at > d[i]) continue;
        const std::int64_t x = std::int64_t(i) % w, y = std::int64_t(i) / w;
        for (std::int64_t v = std::max<std::int64_t>(0, y - 1); v <= std::min(h - 1, y + 1); ++v)
            for (std::int64_t u = std::max<std::int64_t>(0, x - 1); u <= std::min(w - 1, x + 1); ++u) {
                const auto j = std::size_t(v * w + u);
                if (i == j) continue;
                const double through = at + std::hypot(double(u - x), double(v - y)) * (smallness + apart(lab[i], lab[j]));
                if (through < d[j]) {
                    d[j] = through;
                    open.push({through, j});
                }
            }
    }
    return d;
}

} // namespace

class TestBaseline : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void labIsThePublishedOne() {
        // sRGB primaries and white, D65 (B. Lindbloom's calculator)
        const std::uint8_t rgb[] = {255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 119, 119, 119};
        const auto lab = labOf({6, 1, rgb});
        const double expected[6][3] = {{53.2408, 80.0925, 67.2032},
                                       {87.7347, -86.1827, 83.1793},
                                       {32.2970, 79.1875, -107.8602},
                                       {100, 0, 0},
                                       {0, 0, 0},
                                       {50.0344, 0, 0}};
        for (std::size_t i = 0; i < 6; ++i)
            for (std::size_t c = 0; c < 3; ++c)
                QVERIFY2(std::abs(lab[i][c] - expected[i][c]) < 0.02, qPrintable(QString::number(lab[i][c])));
    }

    void floodFillIsRepeatedDilation() {
        const std::int64_t w = 31, h = 22;
        for (std::uint64_t seed = 0; seed < 5; ++seed) {
            const auto rgb = noise(w, h, seed);
            const auto lab = labOf({w, h, rgb});
            const std::int64_t x = 7 + std::int64_t(seed) * 4, y = 9;
            const auto mask = floodFill(lab, w, h, x, y, 45);
            std::array<float, 3> mean{};
            for (std::int64_t v = y - 1; v <= y + 1; ++v)
                for (std::int64_t u = x - 1; u <= x + 1; ++u)
                    for (std::size_t c = 0; c < 3; ++c) mean[c] += lab[std::size_t(v * w + u)][c] / 9;
            std::vector<std::uint8_t> slow(mask.size());
            slow[std::size_t(y * w + x)] = 1;
            for (bool grew = true; grew;) {
                grew = false;
                for (std::size_t i = 0; i < slow.size(); ++i) {
                    if (slow[i] || apart(lab[i], mean) > 45) continue;
                    const std::int64_t u = std::int64_t(i) % w;
                    const bool touched = (u > 0 && slow[i - 1]) || (u < w - 1 && slow[i + 1]) ||
                                         (i >= std::size_t(w) && slow[i - std::size_t(w)]) ||
                                         (i + std::size_t(w) < slow.size() && slow[i + std::size_t(w)]);
                    if (touched) slow[i] = grew = true;
                }
            }
            QVERIFY(mask == slow);
            const auto size = std::count(mask.begin(), mask.end(), 1);
            QVERIFY(size > 1 && size < w * h); // neither nothing nor everything
        }
    }

    void geodesicIsDijkstras() {
        const std::int64_t w = 37, h = 29;
        for (std::uint64_t seed = 0; seed < 4; ++seed) {
            const auto rgb = noise(w, h, seed);
            const auto lab = labOf({w, h, rgb});
            const std::vector<std::size_t> seeds{std::size_t(3 * w + 5), std::size_t(20 * w + 30)};
            for (const double smallness : {0.0, 0.5, 10.0}) {
                const auto fast = geodesic(lab, w, h, seeds, smallness), slow = dijkstra(lab, w, h, seeds, smallness);
                for (std::size_t i = 0; i < fast.size(); ++i) QVERIFY(std::abs(fast[i] - slow[i]) <= 1e-9 * (1 + slow[i]));
            }
        }
        const auto lab = labOf({w, h, noise(w, h, 1)});
        QCOMPARE(geodesic(lab, w, h, {}, 1)[4], 1e20);
    }

    void contendersHeedBothKindsOfClicks() {
        // left half red, right half blue
        const std::int64_t w = 40, h = 20;
        std::vector<std::uint8_t> rgb(std::size_t(w * h * 3));
        std::vector<std::uint8_t> left(std::size_t(w * h));
        for (std::size_t i = 0; i < left.size(); ++i) {
            left[i] = std::int64_t(i) % w < 20;
            rgb[3 * i + (left[i] ? 0 : 2)] = 220;
        }
        const Case half{{w, h, rgb}, {w, h, left}};
        for (const Baseline kind : {Baseline::floodFill, Baseline::geodesic}) {
            const auto contender = makeBaseline(kind);
            const Trace t = follow(*contender, half);
            QCOMPARE(t.shown.back(), 1.0);
            QVERIFY(t.shown.size() <= 2);
        }
        const auto disk = makeBaseline(Baseline::disk);
        disk->open(half.picture);
        const Click clicks[] = {{10, 10, true}, {14, 10, false}};
        const auto pixels = disk->ask(clicks)[0].pixels;
        QVERIFY(pixels[10 * 40 + 7] && !pixels[10 * 40 + 13]); // radius 4.8
    }
};

QTEST_APPLESS_MAIN(TestBaseline)
#include "tst_baseline.moc"
