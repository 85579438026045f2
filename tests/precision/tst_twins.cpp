// SPDX-License-Identifier: GPL-3.0-or-later
// The same network from the same seed in several precisions: f32 and mixed precision with loss scaling reach a stated loss, all
// in fp16 does not. Accept: mixed within 1 % of f32 (the convolutional net; the spirals, whose loss falls by a thousand, within 5 %).
#include "engine/labs/precision/networks.h"
#include "engine/tensor/precision.h"
#include "tests/support/test_main.h"

#include <cmath>

using namespace orrery;
using namespace orrery::tensor;

namespace {

struct Outcome {
    std::vector<double> losses;
    double accuracy = 0;
    double scale = 1;
    std::size_t skipped = 0;
    double last() const { return losses.back(); }
};

template <class Net>
Outcome train(Precision precision, int steps, double rate) {
    Context context(orrery::test::device());
    Net net(context, 7);
    TrainingOptions options{.precision = precision};
    options.optimiser.learningRate = rate;
    if (precision == Precision::mixed) options.scaler = ScalerOptions{.interval = 100};
    Training training(context, net.parameters(), options);
    Outcome outcome;
    for (int i = 0; i < steps; ++i) {
        const StepReport report = training.step([&](Context& c) { return net.loss(c); });
        outcome.losses.push_back(report.loss);
        outcome.skipped += report.skipped;
        outcome.scale = report.scale;
    }
    const Unruled plain(context);
    context.policy = training.policy();
    outcome.accuracy = net.accuracy(context);
    return outcome;
}

} // namespace

class TestTwins : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void spirals() {
        constexpr int steps = 400;
        const Outcome f32 = train<precision::SpiralsNetwork>(Precision::fp32, steps, 0.01);
        const Outcome mixed = train<precision::SpiralsNetwork>(Precision::mixed, steps, 0.01);
        const Outcome bf = train<precision::SpiralsNetwork>(Precision::bf16, steps, 0.01);
        const Outcome half = train<precision::SpiralsNetwork>(Precision::fp16, steps, 0.01);
        qInfo("loss after %d steps: f32 %.3g, mixed %.3g, bf16 %.3g, fp16 %.3g; accuracy of fp16 %.3f", steps, f32.last(),
              mixed.last(), bf.last(), half.last(), half.accuracy);
        QVERIFY(f32.losses.front() > 0.6 && f32.losses.front() < 0.8); // ln 2, near enough
        for (const Outcome* good : {&f32, &mixed, &bf}) {
            QVERIFY(good->last() < 0.002);
            QCOMPARE(good->accuracy, 1.0);
        }
        QVERIFY(std::abs(mixed.last() / f32.last() - 1) < 0.05);
        QVERIFY(mixed.scale > 65536);   // it grew: nothing overflowed for a hundred steps at a time
        QVERIFY(!(half.last() < 0.05)); // not there, or no number at all
        QVERIFY(half.accuracy < 0.99);
    }

    void drawings() {
        constexpr int steps = 100;
        const Outcome f32 = train<precision::DrawingsNetwork>(Precision::fp32, steps, 0.003);
        const Outcome mixed = train<precision::DrawingsNetwork>(Precision::mixed, steps, 0.003);
        const Outcome half = train<precision::DrawingsNetwork>(Precision::fp16, steps, 0.003);
        qInfo("loss after %d steps: f32 %.4g, mixed %.4g, fp16 %.4g", steps, f32.last(), mixed.last(), half.last());
        QVERIFY(f32.losses.front() > 1.2 && f32.losses.front() < 1.6); // ln 4
        QVERIFY(f32.last() < 0.002 && mixed.last() < 0.002);
        QVERIFY(std::abs(mixed.last() / f32.last() - 1) < 0.01);
        QVERIFY(!(half.last() < 3 * f32.last()));
    }

    void theSameRunAgain() {
        QCOMPARE(train<precision::SpiralsNetwork>(Precision::mixed, 20, 0.01).losses,
                 train<precision::SpiralsNetwork>(Precision::mixed, 20, 0.01).losses); // bit for bit
    }
};

ORRERY_TEST_MAIN(TestTwins)
#include "tst_twins.moc"
