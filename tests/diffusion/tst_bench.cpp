// SPDX-License-Identifier: GPL-3.0-or-later
// The bench's figures are what they say: positive, named limits, ratios of value to limit.
#include "engine/bench/ceilings.h"
#include "engine/labs/diffusion/bench.h"
#include "tests/support/test_main.h"

#include <cmath>

using namespace orrery;

class TestBench : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void figuresAreSharesOfTheirLimits() {
        gpu::Device& device = orrery::test::device();
        const std::vector<bench::Figure> figures = diffusion::benchDiffusion(device);
        QCOMPARE(figures.size(), std::size_t(4));
        const double pairs = 1e3 * std::min(bench::fmaGflops(device) / 13, bench::exp2Rate(device));
        const double places = 1e3 * bench::copyBandwidth(device) / 16;
        for (const bench::Figure& figure : figures) {
            QVERIFY2(std::isfinite(figure.value) && figure.value > 0, figure.name.c_str());
            QVERIFY2(!figure.limit.empty(), figure.name.c_str());
            const double limit = figure.unit == "M pairs/s" ? pairs : places;
            QVERIFY2(std::abs(figure.value / limit / figure.ratio - 1) < 1e-9, figure.name.c_str());
            QVERIFY2(figure.unit != "M pairs/s" || figure.ratio < 1.2, figure.name.c_str()); // no faster than its arithmetic
        }
    }
};

ORRERY_TEST_MAIN(TestBench)
#include "tst_bench.moc"
