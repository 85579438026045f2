// SPDX-License-Identifier: GPL-3.0-or-later
// The same network from the same seed in several precisions, set up by the very scenarios that the lab opens with: f32 and mixed
// precision with loss scaling reach a stated loss, all in fp16 does not. Accept: mixed within 1 % of f32 (the convolutional net;
// the spirals, whose loss falls by a thousand, within 5 %).
#include "engine/lab/scenario.h"
#include "engine/labs/precision/request.h"
#include "tests/support/test_main.h"

#include <cmath>

using namespace orrery;
using namespace orrery::precision;
using tensor::Precision;

namespace {

TwinsRequest requestOf(const char* scenario) {
    const lab::Scenario loaded = lab::loadScenario(scenario, "precision");
    return request(loaded.settings, loaded.seed).twins;
}

Twin trained(const TwinsRequest& request, Precision precision) {
    Twin twin(orrery::test::device(), request.setups[std::size_t(precision)]);
    while (twin.computed() < request.steps) twin.forward();
    return twin;
}

double firstLoss(const Twin& twin) { return twin.step(1).loss; }
double lastLoss(const Twin& twin) { return twin.step(twin.computed()).loss; }
double accuracy(const Twin& twin) { return twin.accuracies().back().second; }

} // namespace

class TestTwins : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void spirals() {
        const TwinsRequest r = requestOf("three-curves");
        QCOMPARE(r.steps, 400);
        QVERIFY(r.runs[std::size_t(Precision::fp32)] && r.runs[std::size_t(Precision::mixed)] &&
                r.runs[std::size_t(Precision::fp16)]);
        const Twin f32 = trained(r, Precision::fp32), mixed = trained(r, Precision::mixed), bf = trained(r, Precision::bf16),
                   half = trained(r, Precision::fp16);
        qInfo("loss after %d steps: f32 %.3g, mixed %.3g, bf16 %.3g, fp16 %.3g; accuracy of fp16 %.3f", r.steps, lastLoss(f32),
              lastLoss(mixed), lastLoss(bf), lastLoss(half), accuracy(half));
        QVERIFY(firstLoss(f32) > 0.6 && firstLoss(f32) < 0.8); // ln 2, near enough
        for (const Twin* good : {&f32, &mixed, &bf}) {
            QVERIFY(lastLoss(*good) < 0.002);
            QCOMPARE(accuracy(*good), 1.0);
        }
        QVERIFY(std::abs(lastLoss(mixed) / lastLoss(f32) - 1) < mixedTolerance("spirals"));
        QVERIFY(mixed.step(r.steps).scale > 65536); // it grew: nothing overflowed for a hundred steps at a time
        QVERIFY(!(lastLoss(half) < 0.05));          // not there, or no number at all
        QVERIFY(accuracy(half) < 0.99);
    }

    void drawings() {
        const TwinsRequest r = requestOf("drawings");
        const Twin f32 = trained(r, Precision::fp32), mixed = trained(r, Precision::mixed), half = trained(r, Precision::fp16);
        qInfo("loss after %d steps: f32 %.4g, mixed %.4g, fp16 %.4g", r.steps, lastLoss(f32), lastLoss(mixed), lastLoss(half));
        QVERIFY(firstLoss(f32) > 1.2 && firstLoss(f32) < 1.6); // ln 4
        QVERIFY(lastLoss(f32) < 0.002 && lastLoss(mixed) < 0.002);
        QVERIFY(std::abs(lastLoss(mixed) / lastLoss(f32) - 1) < mixedTolerance("drawings"));
        QVERIFY(!(lastLoss(half) < 3 * lastLoss(f32)));
    }

    void theSameRunAgain() {
        TwinsRequest r = requestOf("three-curves");
        r.steps = 20;
        const Twin once = trained(r, Precision::mixed), again = trained(r, Precision::mixed);
        for (int n = 1; n <= r.steps; ++n) QCOMPARE(again.step(n).loss, once.step(n).loss); // bit for bit
    }
};

ORRERY_TEST_MAIN(TestTwins)
#include "tst_twins.moc"
