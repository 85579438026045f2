// SPDX-License-Identifier: GPL-3.0-or-later
// The histogram of exponents and its counters: every value once, the edges where they belong, and the published gradients.
#include "engine/philox.h"
#include "engine/tensor/gradient_sample.h"
#include "engine/tensor/precision_stats.h"

#include <QtTest/QtTest>

#include <array>
#include <bit>
#include <cmath>
#include <limits>

using namespace orrery;
using namespace orrery::tensor;

namespace {

PrecisionStats of(float value, double scale = 1) { return precisionStats(std::array{value}, scale); }

/// Five deviations of a share of n draws.
double band(double share, double n) { return 5 * std::sqrt(share * (1 - share) / n); }

double shareBetween(int from, int to) {
    double sum = 0;
    for (const GradientBand& b : ssdLikeBands())
        if (b.from >= from && b.to <= to) sum += b.share;
    return sum;
}

constexpr std::uint32_t count = 1000000;

} // namespace

class TestPrecisionStats : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    /// 'z' zero, 'u' under, 'o' over, 'n' not finite, else the bin; fate 'l' lost, 's' subnormal, 'N' normal, 'O' overflow.
    void edges_data() {
        QTest::addColumn<float>("value");
        QTest::addColumn<int>("bin");
        QTest::addColumn<char>("fate");
        const int none = 99;
        QTest::newRow("0") << 0.f << none << 'z';
        QTest::newRow("-0") << -0.f << none << 'z';
        QTest::newRow("inf") << -std::numeric_limits<float>::infinity() << none << 'n';
        QTest::newRow("nan") << std::nanf("") << none << 'n';
        QTest::newRow("least float") << std::numeric_limits<float>::denorm_min() << -1 << 'l';
        QTest::newRow("under 2^-40") << std::nextafter(0x1p-40f, 0.f) << -1 << 'l';
        QTest::newRow("2^-40") << 0x1p-40f << 0 << 'l';
        QTest::newRow("under 2^-38") << -std::nextafter(0x1p-38f, 0.f) << 0 << 'l';
        QTest::newRow("2^-38") << 0x1p-38f << 1 << 'l';
        QTest::newRow("2^-25") << 0x1p-25f << 7 << 'l'; // the tie goes to 0
        QTest::newRow("over 2^-25") << -std::nextafter(0x1p-25f, 1.f) << 7 << 's';
        QTest::newRow("2^-24") << 0x1p-24f << 8 << 's';
        QTest::newRow("greatest subnormal") << 0x1.ff8p-15f << 12 << 's';
        QTest::newRow("rounds to 2^-14") << std::nextafter(0x1p-14f, 0.f) << 12 << 'N';
        QTest::newRow("2^-14") << 0x1p-14f << 13 << 'N';
        QTest::newRow("1") << -1.f << 20 << 'N';
        QTest::newRow("under 65520") << std::nextafter(65520.f, 0.f) << 27 << 'N';
        QTest::newRow("65520") << 65520.f << 27 << 'O';
        QTest::newRow("under 2^16") << std::nextafter(65536.f, 0.f) << 27 << 'O';
        QTest::newRow("2^16") << -65536.f << 28 << 'O';
        QTest::newRow("greatest float") << std::numeric_limits<float>::max() << 28 << 'O';
    }
    void edges() {
        QFETCH(float, value);
        QFETCH(int, bin);
        QFETCH(char, fate);
        const PrecisionStats s = of(value);
        QCOMPARE(s.count(), std::uint64_t(1));
        QCOMPARE(s.byFate(), std::uint64_t(1));
        QCOMPARE(s.zero, std::uint64_t(fate == 'z'));
        QCOMPARE(s.nonFinite, std::uint64_t(fate == 'n'));
        QCOMPARE(s.lost, std::uint64_t(fate == 'l'));
        QCOMPARE(s.subnormal, std::uint64_t(fate == 's'));
        QCOMPARE(s.normal, std::uint64_t(fate == 'N'));
        QCOMPARE(s.overflow, std::uint64_t(fate == 'O'));
        QCOMPARE(s.under, std::uint64_t(bin == -1));
        QCOMPARE(s.over, std::uint64_t(bin == 28));
        for (int k = 0; k < PrecisionStats::bins; ++k) QCOMPARE(s.histogram[std::size_t(k)], std::uint64_t(k == bin));
    }

    /// (2): every float there is may come; parts add up to the whole; a scale of 2^2 moves the bars by one bin.
    void binsSumToTheCount() {
        std::vector<float> values;
        for (std::uint32_t i = 0; i < 100000; ++i) {
            const Philox4 w = philox(1, i, 0, 0);
            values.push_back(std::bit_cast<float>(w[0]));                              // all exponents, infinities and NaN
            values.push_back(std::ldexp(float(w[1]) * 0x1p-32f, int(w[2] % 80) - 50)); // where the bins are
        }
        const std::span<const float> all(values);
        const PrecisionStats whole = precisionStats(all), moved = precisionStats(all, 4);
        for (const PrecisionStats& s : {whole, moved, precisionStats(all, 0x1p15), precisionStats(all, 1, e4m3)}) {
            QCOMPARE(s.count(), std::uint64_t(values.size()));
            QCOMPARE(s.byFate(), std::uint64_t(values.size()));
        }
        QVERIFY(whole.under > 0 && whole.over > 0 && whole.nonFinite > 0 && whole.lost > 0 && whole.subnormal > 0);
        for (std::size_t k = 1; k < whole.histogram.size(); ++k) QCOMPARE(moved.histogram[k], whole.histogram[k - 1]);
        PrecisionStats sum = precisionStats(all.first(12345));
        sum += precisionStats(all.subspan(12345));
        QVERIFY(sum == whole);
        QCOMPARE(PrecisionStats{}.count(), std::uint64_t(0));
        QCOMPARE(PrecisionStats{}.share(0), 0.0);
        QCOMPARE(of(1).share(1), 1.0);
    }

    /// The counters are what the conversion does, and flushing or truncating devices would count otherwise.
    void countersMatchTheConversion() {
        const std::vector<float> values = ssdLikeGradients(count / 4, 2);
        for (const double scale : {1.0, 8.0, 32768.0}) {
            std::uint64_t lost = 0, subnormal = 0, overflow = 0, truncated = 0;
            for (const float g : values) {
                const float h = floatFromHalf(halfFromFloat(float(g * scale)));
                lost += g != 0 && h == 0;
                subnormal += h != 0 && std::abs(h) < 0x1p-14f;
                overflow += std::isinf(h);
                truncated += g != 0 && encode(fp16, g * scale, Rounding::towardZero()) << 1 == (g < 0 ? 0x10000u : 0u);
            }
            const PrecisionStats s = precisionStats(values, scale);
            QCOMPARE(s.lost, lost);
            QCOMPARE(s.subnormal, subnormal);
            QCOMPARE(s.overflow, overflow);
            QVERIFY(truncated > lost);
        }
    }

    /// (7): 67 % zeros, 31 % lost at S = 1, at most 0.1 % at 2^15 and no overflow; 4 % in (2^-32, 2^-30).
    void publishedGradients() {
        const std::vector<float> values = ssdLikeGradients(count, 1);
        const PrecisionStats s = precisionStats(values), scaled = precisionStats(values, 32768);
        const double n = count;
        qInfo("zero %.3f %%, lost %.3f %% at S = 1 and %.4f %% at 2^15, left %.3f %%", 100 * s.share(s.zero),
              100 * s.share(s.lost), 100 * scaled.share(scaled.lost), 100 * s.share(s.subnormal + s.normal));
        QVERIFY(std::abs(s.share(s.zero) - 0.668) < band(0.668, n));
        QVERIFY(std::abs(s.share(s.lost) - 0.31) < band(0.31, n));
        QVERIFY(std::abs(s.share(s.histogram[4]) - 0.04) < band(0.04, n)); // [2^-32, 2^-30)
        QVERIFY(scaled.share(scaled.lost) <= 0.001 && scaled.lost > 0);
        QCOMPARE(scaled.overflow, std::uint64_t(0));
        QCOMPARE(s.overflow + s.nonFinite, std::uint64_t(0));
        QCOMPARE(scaled.zero, s.zero);
        // What the header states of the shape, by its own table.
        QVERIFY(std::abs(shareBetween(-100, -25) - 0.31) < 1e-12 && std::abs(shareBetween(-100, 0) - 0.332) < 1e-12);
        // Both signs alike, and the same values for a shorter call.
        double positive = 0, nonZero = 0;
        for (const float g : values) positive += g > 0, nonZero += g != 0;
        QVERIFY(std::abs(positive / nonZero - 0.5) < band(0.5, nonZero));
        const std::vector<float> few = ssdLikeGradients(1000, 1);
        QVERIFY(std::equal(few.begin(), few.end(), values.begin()));
        QVERIFY(ssdLikeGradients(1000, 2) != few);
    }

    /// The way out of the loss: multiply by S in float32, store in fp16, divide. Published: 8 is enough, 32 K saves nearly all.
    void scalingSavesThem() {
        const std::vector<float> values = ssdLikeGradients(count / 4, 3);
        double kept[3] = {};
        int at = 0;
        for (const float scale : {1.f, 8.f, 32768.f}) {
            std::uint64_t nonZero = 0;
            for (const float g : values) {
                if (g == 0) continue;
                const float back = floatFromHalf(halfFromFloat(g * scale)) / scale;
                ++nonZero, kept[at] += back != 0;
                const float bound = std::max(std::abs(g) * 0x1p-11f, 0x1p-25f / scale); // half a spacing
                QVERIFY(std::abs(back - g) <= bound);
            }
            kept[at++] /= double(nonZero);
        }
        QVERIFY(kept[0] < 0.08 && kept[1] > 2 * kept[0] && kept[2] > 0.99);
    }
};

QTEST_GUILESS_MAIN(TestPrecisionStats)
#include "tst_precision_stats.moc"
