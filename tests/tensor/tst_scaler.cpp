// SPDX-License-Identifier: GPL-3.0-or-later
// Loss scaling as PyTorch's GradScaler does it (torch.amp documentation), and what it is for: a step with an infinity changes
// nothing but the scale.
#include "engine/error.h"
#include "engine/tensor/formats.h"
#include "engine/tensor/scaler.h"

#include <QtTest/QtTest>

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

using namespace orrery;
using namespace orrery::tensor;

class TestScaler : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void defaultsArePyTorchs() {
        LossScaler scaler;
        QCOMPARE(scaler.scale(), 65536.0);
        for (int i = 0; i < 1999; ++i) QVERIFY(scaler.update(false));
        QCOMPARE(scaler.scale(), 65536.0); // not one step too early
        QCOMPARE(scaler.goodInARow(), 1999);
        QVERIFY(scaler.update(false));
        QCOMPARE(scaler.scale(), 131072.0);
        QCOMPARE(scaler.goodInARow(), 0);
        QVERIFY(!scaler.update(true));
        QCOMPARE(scaler.scale(), 65536.0);
        QCOMPARE(scaler.steps(), std::uint64_t(2001));
        QCOMPARE(scaler.taken(), std::uint64_t(2000));
        QCOMPARE(scaler.skipped(), std::uint64_t(1));
    }

    /// g good, x not: the scale after each, worked out by hand for interval 3. A skip starts the count anew.
    void sequence() {
        ScalerOptions options;
        options.initial = 8, options.interval = 3;
        LossScaler scaler(options);
        const std::string steps = "ggxggggggxxggg";
        const std::vector<double> after{8, 8, 4, 4, 4, 8, 8, 8, 16, 8, 4, 4, 4, 8};
        const std::vector<double> during{8, 8, 8, 4, 4, 4, 8, 8, 8, 16, 8, 4, 4, 4};
        for (std::size_t i = 0; i < steps.size(); ++i) {
            QCOMPARE(scaler.scale(), during[i]);
            QCOMPARE(scaler.update(steps[i] == 'x'), steps[i] == 'g');
            QCOMPARE(scaler.scale(), after[i]);
            QCOMPARE(scaler.scale() * scaler.inverse(), 1.0);
        }
        for (std::size_t i = 0; i < steps.size(); ++i) QCOMPARE(scaler.scaleAt(i), during[i]);
        QCOMPARE(scaler.scaleAt(100), 8.0);
        QCOMPARE(scaler.history().size(), std::size_t(6));
        std::vector<std::uint64_t> skips;
        for (const LossScaler::Event& e : scaler.history())
            if (e.skipped) skips.push_back(e.step);
        QCOMPARE(skips, (std::vector<std::uint64_t>{2, 9, 10}));
        QCOMPARE(scaler.skipped(), std::uint64_t(3));
    }

    void otherFactors() {
        ScalerOptions options;
        options.initial = 1, options.growth = 8, options.backoff = 0.25, options.interval = 1;
        LossScaler scaler(options);
        scaler.update(false);
        QCOMPARE(scaler.scale(), 8.0);
        scaler.update(true);
        QCOMPARE(scaler.scale(), 2.0);
    }

    void fixedStays() {
        LossScaler scaler = LossScaler::fixed(1024);
        for (int i = 0; i < 5000; ++i) QCOMPARE(scaler.update(i % 100 == 7), i % 100 != 7);
        QCOMPARE(scaler.scale(), 1024.0);
        QCOMPARE(scaler.skipped(), std::uint64_t(50));
        QCOMPARE(scaler.history().size(), std::size_t(50));
    }

    void endsHold() {
        ScalerOptions options;
        options.interval = 1, options.history = 10;
        LossScaler up(options), down(options);
        for (int i = 0; i < 1000; ++i) up.update(false), down.update(true);
        QCOMPARE(up.scale(), 0x1p126);
        QCOMPARE(down.scale(), 0x1p-126);
        QVERIFY(std::isnormal(float(up.inverse())) && std::isnormal(float(down.inverse())));
        QCOMPARE(down.history().size(), std::size_t(10));
        QCOMPARE(down.history().back().step, std::uint64_t(999));
        QCOMPARE(down.skipped(), std::uint64_t(1000));
        QCOMPARE(up.history().back().step, std::uint64_t(109)); // 2^16 to 2^126, then nothing changes any more
    }

    void refusals_data() {
        QTest::addColumn<int>("which");
        QTest::addColumn<double>("value");
        QTest::addColumn<QString>("named");
        QTest::newRow("1000 rounds") << 0 << 1000.0 << "initial";
        QTest::newRow("zero") << 0 << 0.0 << "initial";
        QTest::newRow("infinite") << 0 << std::numeric_limits<double>::infinity() << "initial";
        QTest::newRow("NaN") << 0 << std::nan("") << "initial";
        QTest::newRow("over the maximum") << 0 << 0x1p127 << "initial";
        QTest::newRow("growth 1") << 1 << 1.0 << "growth";
        QTest::newRow("growth 1.5") << 1 << 1.5 << "growth";
        QTest::newRow("backoff 1") << 2 << 1.0 << "backoff";
        QTest::newRow("backoff -0.5") << 2 << -0.5 << "backoff";
        QTest::newRow("interval 0") << 3 << 0.0 << "interval";
        QTest::newRow("minimum 2^-130") << 4 << 0x1p-130 << "minimum";
    }
    void refusals() {
        QFETCH(int, which);
        QFETCH(double, value);
        QFETCH(QString, named);
        ScalerOptions options;
        if (which == 3)
            options.interval = int(value);
        else
            *std::array{&options.initial, &options.growth, &options.backoff, &options.minimum,
                        &options.minimum}[std::size_t(which)] = value;
        try {
            LossScaler scaler(options);
            QFAIL("not refused");
        } catch (const Error& e) {
            QVERIFY2(QString(e.what()).contains(named), e.what());
        }
    }

    /// (4) of engine.md on Adam in plain C++ with gradients in fp16: an infinity injected at step 7 leaves weight and moments
    /// as they are to the bit, halves the scale, which doubles after `interval` clean steps. Without the skip they are lost.
    void injectedInfinity() {
        for (const bool obey : {true, false}) {
            ScalerOptions options;
            options.interval = 10;
            LossScaler scaler(options);
            float weight = 1, mean = 0, square = 0;
            for (int step = 0, count = 0; step < 18; ++step) {
                const double gradient = 1e-6 * (1 + step);
                const float stored =
                    roundTo(fp16, step == 7 ? std::numeric_limits<float>::infinity() : float(gradient * scaler.scale()));
                const float g = stored * float(scaler.inverse()), old[] = {weight, mean, square};
                const double scale = scaler.scale();
                const bool take = scaler.update(!std::isfinite(g));
                if (take || !obey) {
                    ++count;
                    mean = 0.9f * mean + 0.1f * g;
                    square = 0.999f * square + 0.001f * g * g;
                    weight -= 1e-2f * (mean / float(1 - std::pow(0.9, count))) /
                              (std::sqrt(square / float(1 - std::pow(0.999, count))) + 1e-8f);
                }
                QCOMPARE(take, step != 7);
                if (step == 7) {
                    const float now[] = {weight, mean, square};
                    for (int i = 0; i < 3; ++i)
                        QCOMPARE(std::bit_cast<std::uint32_t>(now[i]) == std::bit_cast<std::uint32_t>(old[i]), obey);
                    QCOMPARE(scaler.scale(), scale / 2);
                } else if (obey) {
                    QVERIFY(std::abs(g - gradient) <= gradient * 0x1p-10);
                    QVERIFY(weight != old[0]);
                }
                QCOMPARE(scaler.scale(), step < 7 ? 65536.0 : step < 17 ? 32768.0 : 65536.0);
            }
            QCOMPARE(std::isfinite(weight), obey);
        }
    }
};

QTEST_GUILESS_MAIN(TestScaler)
#include "tst_scaler.moc"
