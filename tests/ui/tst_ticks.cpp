// SPDX-License-Identifier: GPL-3.0-or-later
// Ticks of axes, and numbers as the panel shows, slides and reads them.
#include "engine/labs/diffusion/declaration.h"
#include "ui/panels/numbers.h"
#include "ui/panels/ticks.h"

#include <QtTest/QtTest>

#include <cmath>
#include <limits>
#include <set>

using namespace orrery;
using namespace orrery::ui;

namespace {

std::vector<std::string> texts(double low, double high, int most) {
    std::vector<std::string> all;
    for (const Tick& tick : niceTicks(low, high, most)) all.push_back(tick.text);
    return all;
}

using Texts = std::vector<std::string>;

} // namespace

class TestTicks : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void knownAxes() {
        QCOMPARE(texts(-2.6, 3.1, 7), (Texts{"-2", "-1", "0", "1", "2", "3"}));
        QCOMPARE(texts(0, 1, 6), (Texts{"0.0", "0.2", "0.4", "0.6", "0.8", "1.0"}));
        QCOMPARE(texts(0, 100, 5), (Texts{"0", "50", "100"}));
        QCOMPARE(texts(-0.011, 0.011, 6), (Texts{"-0.010", "-0.005", "0.000", "0.005", "0.010"}));
        QCOMPARE(texts(1e6, 3e6, 3), (Texts{"1e+06", "2e+06", "3e+06"}));
    }

    void stepsAreOneTwoOrFive() {
        for (int exponent = -12; exponent <= 12; ++exponent)
            for (double digit = 1; digit < 10; digit += 0.37)
                for (int most = 1; most < 12; ++most) {
                    const double span = digit * std::pow(10., exponent), step = niceStep(span, most);
                    const double mantissa = step / std::pow(10., std::floor(std::log10(step * 1.0000001)));
                    QVERIFY(std::abs(mantissa - 1) < 1e-6 || std::abs(mantissa - 2) < 1e-6 || std::abs(mantissa - 5) < 1e-6);
                    QVERIFY(step * most >= span * (1 - 1e-8));
                    QVERIFY2(step * most < span * 2.5 * (1 + 1e-8), "a smaller nice step would have fitted");
                }
    }

    void ticksLieInsideEvenlyWithOnePrecision() {
        for (int i = 0; i < 2000; ++i) {
            const double centre = std::sin(i * 1.7) * std::pow(10., i % 9 - 4), half = std::pow(10., (i % 23) / 4. - 3);
            const int most = 2 + i % 9;
            const auto ticks = niceTicks(centre - half, centre + half, most);
            QVERIFY(int(ticks.size()) <= most);
            QVERIFY(!ticks.empty());
            std::set<std::string> distinct;
            for (std::size_t k = 0; k < ticks.size(); ++k) {
                QVERIFY(ticks[k].value >= centre - half * (1 + 1e-6) && ticks[k].value <= centre + half * (1 + 1e-6));
                distinct.insert(ticks[k].text);
                // The text is the value, to the precision of the step.
                const double step = ticks.size() > 1 ? ticks[1].value - ticks[0].value : half;
                QVERIFY(std::abs(std::stod(ticks[k].text) - ticks[k].value) < 0.01 * step);
                if (k > 1)
                    QVERIFY(std::abs((ticks[k].value - ticks[k - 1].value) - (ticks[k - 1].value - ticks[k - 2].value)) <
                            1e-6 * step);
            }
            QCOMPARE(distinct.size(), ticks.size());
        }
    }

    void nothingForNoRange() {
        const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
        QVERIFY(niceTicks(1, 1, 5).empty());
        QVERIFY(niceTicks(2, 1, 5).empty());
        QVERIFY(niceTicks(nan, 1, 5).empty());
        QVERIFY(niceTicks(0, inf, 5).empty());
        QVERIFY(niceTicks(0, 1, 0).empty());
        QVERIFY2(niceTicks(1e16, 1e16 + 8, 5).empty(), "neighbouring ticks would be the same double");
    }

    void numbersKeepTheirWidth() {
        const lab::Declaration& declaration = diffusion::declaration();
        for (const lab::Parameter& p : declaration.parameters) {
            if (p.type != lab::Type::number && p.type != lab::Type::integer) continue;
            const std::size_t widest = widestValue(p).size();
            for (double share = 0; share <= 1; share += 0.01) QVERIFY(formatValue(p, valueAt(p, share)).size() <= widest);
        }
    }

    void sliderGoesThereAndBack() {
        for (const lab::Parameter& p : diffusion::declaration().parameters) {
            if (p.type != lab::Type::number && p.type != lab::Type::integer) continue;
            QCOMPARE(valueAt(p, 0), p.low);
            QCOMPARE(valueAt(p, 1), p.high);
            double before = p.low;
            for (double share = 0; share <= 1; share += 1 / 256.) {
                const double value = valueAt(p, share);
                QVERIFY(value >= before && value >= p.low && value <= p.high);
                before = value;
                // Rounded to two significant digits (up to 5 %), then to the step.
                const double tolerance =
                    p.scale == lab::Scale::logarithmic
                        ? -std::log(1 - std::min(0.9, 0.05 + 0.5 * p.step / value)) / std::log(p.high / p.low) + 1e-9
                        : 0.5 * std::max(p.step, p.type == lab::Type::integer ? 1. : 0.) / (p.high - p.low) + 1e-9;
                QVERIFY2(std::abs(sliderShare(p, value) - share) <= tolerance, p.key.c_str());
            }
        }
        lab::Parameter particles = *diffusion::declaration().find("particles");
        QCOMPARE(valueAt(particles, 0.5), 1000.); // the geometric middle of 1 … 1,000,000
    }

    void aNudgeMovesEveryValue() {
        for (const lab::Parameter& p : diffusion::declaration().parameters) {
            if (p.type != lab::Type::number && p.type != lab::Type::integer) continue;
            for (double share : {0.0, 0.3, 0.77}) {
                const double value = valueAt(p, share), up = nudged(p, value, 1);
                QVERIFY2(up > value, p.key.c_str());
                QVERIFY2(nudged(p, up, -1) < up, p.key.c_str());
            }
            QCOMPARE(nudged(p, p.high, 1), p.high);
            QCOMPARE(nudged(p, p.low, -1), p.low);
        }
    }

    void readsWhatPeopleType() {
        QCOMPARE(*parseNumber("20 000"), 20000.);
        QCOMPARE(*parseNumber("1e6"), 1e6);
        QCOMPARE(*parseNumber(" +0,5 "), 0.5);
        QCOMPARE(*parseNumber("-3.25"), -3.25);
        QCOMPARE(*parseNumber("20\xE2\x80\x89"
                              "000"),
                 20000.); // a thin space
        for (const char* wrong : {"", " ", "-", "1.2.3", "12px", "nan", "inf", "0x10", "1e999"})
            QVERIFY2(!parseNumber(wrong), wrong);
    }

    void shortNumbers() {
        QCOMPARE(formatFixed(-0.0004, 2), std::string("0.00"));
        QCOMPARE(formatShort(0.012345), std::string("0.0123"));
        QCOMPARE(formatShort(123456), std::string("123456"));
        QCOMPARE(formatShort(1.5e-7, 2), std::string("1.5e-07"));
        QCOMPARE(formatPrefixed(512e6), std::string("512 M"));
        QCOMPARE(formatPrefixed(5.12e9), std::string("5.12 G"));
        QCOMPARE(decimalsOf(0.001), 3);
        QCOMPARE(decimalsOf(0.25), 2);
        QCOMPARE(decimalsOf(1e-5), 5);
        QCOMPARE(decimalsOf(10), 0);
    }
};

QTEST_GUILESS_MAIN(TestTicks)
#include "tst_ticks.moc"
