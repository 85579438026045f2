// SPDX-License-Identifier: GPL-3.0-or-later
// Simulated clicks and measures against brute force, written here without their data structures.
#include "engine/labs/segmentation/baseline.h"
#include "engine/labs/segmentation/metrics_bench.h"
#include "engine/labs/segmentation/picture.h"

#include "engine/error.h"
#include "engine/philox.h"

#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <set>

using namespace orrery;
using namespace orrery::segmentation;

namespace {

using Pixels = std::vector<std::uint8_t>;

/// Blobs: a few random disks, some cut away.
Pixels blobs(std::int64_t w, std::int64_t h, std::uint32_t which) {
    Pixels m(std::size_t(w * h));
    for (std::uint32_t k = 0; k < 5; ++k) {
        const Philox4 r = philox(5, k, which, 0);
        const double x = unitOpen(r[0]) * double(w), y = unitOpen(r[1]) * double(h), radius = 1 + unitOpen(r[2]) * double(w) / 4;
        for (std::int64_t v = 0; v < h; ++v)
            for (std::int64_t u = 0; u < w; ++u)
                if (std::hypot(double(u) - x, double(v) - y) < radius) m[std::size_t(v * w + u)] = k != 3;
    }
    return m;
}

double slowDepth(const Pixels& m, std::int64_t w, std::int64_t h, std::int64_t x, std::int64_t y) {
    double least = std::numeric_limits<double>::infinity();
    for (std::int64_t v = -1; v <= h; ++v)
        for (std::int64_t u = -1; u <= w; ++u) {
            const bool in = u >= 0 && v >= 0 && u < w && v < h && m[std::size_t(v * w + u)];
            if (!in) least = std::min(least, double((u - x) * (u - x) + (v - y) * (v - y)));
        }
    return least;
}

struct Spot {
    std::int64_t x = -1, y = -1;
    double depth = 0;
};
Spot slowDeepest(const Pixels& m, std::int64_t w, std::int64_t h) {
    Spot best;
    for (std::int64_t y = 0; y < h; ++y)
        for (std::int64_t x = 0; x < w; ++x)
            if (m[std::size_t(y * w + x)])
                if (const double d = slowDepth(m, w, h, x, y); d > best.depth) best = {x, y, d};
    return best;
}

bool onEdge(const Pixels& m, std::int64_t w, std::int64_t h, std::int64_t x, std::int64_t y) {
    if (!m[std::size_t(y * w + x)]) return false;
    const std::pair<std::int64_t, std::int64_t> around[] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
    return std::any_of(std::begin(around), std::end(around), [&](const auto& d) {
        const std::int64_t u = x + d.first, v = y + d.second;
        return u < 0 || v < 0 || u >= w || v >= h || !m[std::size_t(v * w + u)];
    });
}

double slowShare(const Pixels& a, const Pixels& b, std::int64_t w, std::int64_t h, double tolerance) {
    double all = 0, close = 0;
    for (std::int64_t y = 0; y < h; ++y)
        for (std::int64_t x = 0; x < w; ++x) {
            if (!onEdge(a, w, h, x, y)) continue;
            ++all;
            bool found = false;
            for (std::int64_t v = 0; v < h; ++v)
                for (std::int64_t u = 0; u < w; ++u)
                    found = found || (onEdge(b, w, h, u, v) && std::hypot(double(u - x), double(v - y)) <= tolerance);
            close += found;
        }
    return close / all;
}

/// Answers with truth but for the first `wrong` clicks, which get `bad`.
class Scripted : public Contender {
 public:
    Scripted(Pixels truth, Pixels bad, std::size_t wrong) : m_truth(std::move(truth)), m_bad(std::move(bad)), m_wrong(wrong) {}
    std::string name() const override { return "scripted"; }
    void open(const PictureView&) override {}
    std::vector<Candidate> ask(std::span<const Click> clicks) override {
        return {{clicks.size() > m_wrong ? m_truth : m_bad, 0.75}, {m_truth, 0.5}};
    }

 private:
    Pixels m_truth, m_bad;
    std::size_t m_wrong;
};

} // namespace

class TestMetrics : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void distancesAreThoseOfBruteForce() {
        const std::int64_t w = 23, h = 17;
        for (std::uint32_t which = 0; which < 8; ++which) {
            const Pixels m = blobs(w, h, which);
            const std::vector<double> depth = squaredDepth({w, h, m}), to = squaredDistanceTo({w, h, m});
            for (std::int64_t y = 0; y < h; ++y)
                for (std::int64_t x = 0; x < w; ++x) {
                    const auto i = std::size_t(y * w + x);
                    QCOMPARE(depth[i], m[i] ? slowDepth(m, w, h, x, y) : 0.0); // integers: exact
                    double least = 1e20;
                    for (std::int64_t v = 0; v < h; ++v)
                        for (std::int64_t u = 0; u < w; ++u)
                            if (m[std::size_t(v * w + u)]) least = std::min(least, double((u - x) * (u - x) + (v - y) * (v - y)));
                    QCOMPARE(to[i], least);
                }
        }
        const Pixels none(std::size_t(w * h), 0), all(std::size_t(w * h), 1);
        QCOMPARE(squaredDistanceTo({w, h, none})[5], 1e20);
        QCOMPARE(squaredDepth({w, h, all})[std::size_t(8 * w + 11)], 81.0); // nine rows to what lies beyond the edge
    }

    void clicksAreTheDeepest() {
        const std::int64_t w = 26, h = 19;
        for (std::uint32_t which = 0; which < 12; ++which) {
            const Pixels truth = blobs(w, h, which), answer = blobs(w, h, which + 50);
            const Spot first = slowDeepest(truth, w, h);
            const auto click = firstClick({w, h, truth});
            QVERIFY(click && *click == (Click{double(first.x), double(first.y), true}));
            Pixels missing(truth.size()), extra(truth.size());
            for (std::size_t i = 0; i < truth.size(); ++i) {
                missing[i] = truth[i] && !answer[i];
                extra[i] = answer[i] && !truth[i];
            }
            const Spot less = slowDeepest(missing, w, h), more = slowDeepest(extra, w, h);
            const auto next = nextClick({w, h, truth}, {w, h, answer});
            QVERIFY(next.has_value());
            const bool positive = less.depth >= more.depth;
            const Spot& spot = positive ? less : more;
            QVERIFY(*next == (Click{double(spot.x), double(spot.y), positive}));
        }
        const Pixels m = blobs(w, h, 1), none(m.size(), 0);
        QVERIFY(!nextClick({w, h, m}, {w, h, m}));
        QVERIFY(!firstClick({w, h, none}));
        QVERIFY_EXCEPTION_THROWN(nextClick({w, h, m}, {h, w, m}), Error);
    }

    void jitterStaysWithinReachAndPicture() {
        double least = 9, most = -9;
        for (std::uint32_t k = 0; k < 400; ++k) {
            const Click c = jittered({10, 1, false}, 3, 40, 30, 7, k);
            QVERIFY(!c.positive && c.y >= 0 && c.y <= 4 && std::abs(c.x - 10) <= 3);
            least = std::min(least, c.x - 10);
            most = std::max(most, c.x - 10);
        }
        QVERIFY(least < -2.8 && most > 2.8); // of 400 uniform draws: missed once in 10^5
    }

    void overlapAndBoundaryAreThoseOfBruteForce() {
        const std::int64_t w = 24, h = 20;
        for (std::uint32_t which = 0; which < 6; ++which) {
            const Pixels a = blobs(w, h, which), b = blobs(w, h, which + 20);
            double both = 0, either = 0;
            for (std::size_t i = 0; i < a.size(); ++i) {
                both += a[i] & b[i];
                either += a[i] | b[i];
            }
            QCOMPARE(iouOf({w, h, a}, {w, h, b}), both / either);
            for (const double tolerance : {0.0, 1.0, 2.0, 3.5}) {
                const double p = slowShare(b, a, w, h, tolerance), r = slowShare(a, b, w, h, tolerance);
                const double f = p + r > 0 ? 2 * p * r / (p + r) : 0;
                QVERIFY(std::abs(boundaryF({w, h, a}, {w, h, b}, tolerance) - f) < 1e-12);
            }
        }
        const Pixels m = blobs(w, h, 0), none(m.size(), 0);
        QCOMPARE(boundaryF({w, h, m}, {w, h, m}, 0), 1.0);
        QCOMPARE(boundaryF({w, h, m}, {w, h, none}), 0.0);
        QCOMPARE(boundaryF({w, h, none}, {w, h, none}), 1.0);
        QCOMPARE(iouOf({w, h, none}, {w, h, none}), 1.0);
        QVERIFY_EXCEPTION_THROWN(iouOf({w, h, m}, {h, w, m}), Error);
    }

    void protocolCountsWhatHappened() {
        const std::int64_t w = 30, h = 20;
        Pixels truth(std::size_t(w * h)), bad(std::size_t(w * h));
        for (std::int64_t y = 5; y < 15; ++y)
            for (std::int64_t x = 5; x < 25; ++x) {
                truth[std::size_t(y * w + x)] = 1;
                bad[std::size_t(y * w + x)] = x < 15;
            }
        const std::vector<std::uint8_t> rgb(std::size_t(w * h * 3), 128);
        Scripted two(truth, bad, 2);
        const Trace t = follow(two, {{w, h, rgb}, {w, h, truth}});
        QCOMPARE(t.shown.size(), std::size_t(3)); // exact after the third: stops
        QCOMPARE(t.shown, (std::vector<double>{0.5, 0.5, 1}));
        QCOMPARE(t.oracle, (std::vector<double>{1, 1, 1}));
        QCOMPARE(t.lowered, 0);
        // the first click at (9, 9), deepest and first in reading order, is answered; the second, on the missing half, is
        // not; the third is
        QCOMPARE(t.respected, 2);
        QCOMPARE(t.boundary, 1.0);
        QCOMPARE(t.jitter, 0.0);
        Scripted never(truth, bad, 99);
        const Protocol protocol{.clicks = 4};
        const Trace f = follow(never, {{w, h, rgb}, {w, h, truth}}, protocol);
        QCOMPARE(f.shown.size(), std::size_t(4));
        const Trace both[] = {t, f};
        const Summary s = summarise(both, protocol);
        QCOMPARE(s.shown[0].value, 0.5);
        QCOMPARE(s.shown[1].value, 0.75);
        QCOMPARE(s.oracle[2].value, 1.0);
        QCOMPARE(s.clicks85.value, 3.5); // 3 and the cap of 4
        QCOMPARE(s.failed85, std::size_t(1));
        QCOMPARE(s.failed90, std::size_t(1));
        QCOMPARE(s.calibration.value, 0.25);
        QVERIFY(std::abs(s.respected - 3.0 / 7) < 1e-15); // 2 of 3 and 1 of 4
        QCOMPARE(clicksTo(t.shown, 0.85).value_or(0), 3);
        QVERIFY(!clicksTo(f.shown, 0.85));
        const Pixels none(truth.size(), 0);
        QVERIFY_EXCEPTION_THROWN(follow(never, {{w, h, rgb}, {w, h, none}}), Error);
    }

    void outlinesAreFilledByTheEvenOddRule() {
        const std::vector<std::vector<std::array<double, 2>>> outlines{
            {{2.1, 1.2}, {17.3, 3.27}, {12.2, 14.4}, {6.1, 6.3}, {1.2, 12.1}}, {{8.2, 4.1}, {12.3, 4.2}, {12.1, 8.4}}};
        const std::int64_t w = 19, h = 16;
        const Pixels mask = insideOf(outlines, w, h);
        int held = 0;
        for (std::int64_t y = 0; y < h; ++y)
            for (std::int64_t x = 0; x < w; ++x) { // winding by angles instead of crossings
                int turns = 0;
                for (const auto& o : outlines) {
                    double angle = 0;
                    for (std::size_t i = 0; i < o.size(); ++i) {
                        const auto &a = o[i], &b = o[(i + 1) % o.size()];
                        const double ax = a[0] - double(x) - 0.5, ay = a[1] - double(y) - 0.5, bx = b[0] - double(x) - 0.5,
                                     by = b[1] - double(y) - 0.5;
                        angle += std::atan2(ax * by - ay * bx, ax * bx + ay * by);
                    }
                    turns += int(std::lround(std::abs(angle) / (2 * 3.14159265358979)));
                }
                QCOMPARE(int(mask[std::size_t(y * w + x)]), turns % 2);
                held += turns % 2;
            }
        QVERIFY(held > 60);
    }

    void photographsAreReadWithTheirOutlines() {
        const std::vector<KnownPicture> all = picturesOf(std::string(ORRERY_TEST_DATA) + "/segmentation/photographs");
        QVERIFY(all.size() >= 40);
        std::set<std::string> names;
        for (const KnownPicture& p : all) {
            names.insert(p.name);
            QCOMPARE(std::int64_t(p.mask.size()), p.width * p.height);
            const double share = double(std::count(p.mask.begin(), p.mask.end(), 1)) / double(p.mask.size());
            QVERIFY2(share > 0.002 && share < 0.9, p.name.c_str());
            QVERIFY(std::max(p.width, p.height) <= 320);
        }
        QCOMPARE(names.size(), all.size());
    }

    void foldersThatDoNotFitAreNamed() {
        QTemporaryDir folder;
        const std::string path = folder.path().toStdString();
        const auto said = [&] {
            try {
                picturesOf(path);
            } catch (const Error& error) {
                return QString::fromStdString(error.what());
            }
            return QString();
        };
        QVERIFY(said().contains("NAME.mask.png"));
        QVERIFY_EXCEPTION_THROWN(picturesOf(path + "/nowhere"), Error);
        std::ofstream(path + "/photographs.json") << R"([{"name": "x"}])";
        QVERIFY(said().contains("x.jpg"));
        std::ofstream(path + "/photographs.json") << "[{";
        QVERIFY(said().contains("photographs.json"));
        std::ofstream(path + "/a.mask.png") << "nothing";
        QVERIFY(said().contains("a.mask.png"));
    }

    void generatedPicturesAreTheSameForTheSameSeed() {
        const KnownPicture a = generatedPicture(3, 5), b = generatedPicture(3, 5), c = generatedPicture(3, 6);
        QVERIFY(a.rgb == b.rgb && a.mask == b.mask && a.rgb != c.rgb);
        std::vector<KnownPicture> some;
        for (std::uint32_t i = 0; i < 6; ++i) some.push_back(generatedPicture(3, i));
        for (const KnownPicture& p : some) QVERIFY(std::count(p.mask.begin(), p.mask.end(), 1) > 100);
        // the bench counts what the summary says, and the better method is told from the worse
        const auto geodesic = makeBaseline(Baseline::geodesic), disk = makeBaseline(Baseline::disk);
        const Protocol protocol{.clicks = 5, .jitterDraws = 2};
        const Summary s = summarise(followAll(*geodesic, some, protocol), protocol),
                      t = summarise(followAll(*disk, some, protocol), protocol);
        QVERIFY(s.shown[2].value > t.shown[2].value);
        const std::vector<bench::Figure> figures = figuresOf("geodesic", s);
        QCOMPARE(figures[0].name, std::string("geodesic: IoU after 1 click"));
        QCOMPARE(figures[0].value, s.shown[0].value);
        QCOMPARE(figures[2].value, s.shown[0].high);
    }

    void intervalsHoldTheMeanAsOftenAsTheySay() {
        // 200 samples of 40 uniform numbers each: the 95 % interval holds 0.5 in 190 of them, five standard deviations (3.1
        // each) allowed, and a percentile bootstrap of 40 covers a little less
        int held = 0;
        for (std::uint32_t sample = 0; sample < 200; ++sample) {
            std::vector<double> v(40);
            for (std::size_t i = 0; i < v.size(); ++i) v[i] = unitOpen(philox(3, std::uint32_t(i), sample, 1)[0]);
            const Estimate e = bootstrap(v, sample, 400);
            QVERIFY(e.low <= e.value && e.value <= e.high);
            held += e.low <= 0.5 && 0.5 <= e.high;
        }
        QVERIFY2(held >= 172 && held <= 200, qPrintable(QString::number(held)));
        // its width is that of the normal approximation within the noise of 2000 draws
        std::vector<double> v(400);
        for (std::size_t i = 0; i < v.size(); ++i) v[i] = unitOpen(philox(9, std::uint32_t(i), 0, 1)[0]);
        const Estimate e = bootstrap(v);
        const double expected = 2 * 1.96 * std::sqrt(1.0 / 12 / 400);
        QVERIFY(std::abs((e.high - e.low) / expected - 1) < 0.12);
        QVERIFY_EXCEPTION_THROWN(bootstrap({}), Error);
    }
};

QTEST_APPLESS_MAIN(TestMetrics)
#include "tst_metrics.moc"
