// SPDX-License-Identifier: GPL-3.0-or-later
// Philox 4x32-10 against the known answers of Random123 (kat_vectors), and the normals made of it against their law.
#include "engine/philox.h"

#include <QtTest/QtTest>

#include <cmath>

using namespace orrery;

class PhiloxTest : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void knownAnswers() {
        QCOMPARE(philox({0, 0, 0, 0}, {0, 0}), (Philox4{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
        const std::uint32_t ones = 0xffffffff;
        QCOMPARE(philox({ones, ones, ones, ones}, {ones, ones}), (Philox4{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
        QCOMPARE(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
                 (Philox4{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
    }

    void seedItemStepStream() {
        const std::uint64_t seed = 0x299f31d0a4093822ull;
        QCOMPARE(philox(seed, 5, 6, 7), philox({5, 6, 7, 0}, {0xa4093822, 0x299f31d0}));
        QVERIFY(philox(seed, 5, 6, 7) != philox(seed, 6, 5, 7));
    }

    void unitIsOpen() {
        QVERIFY(unitOpen(0) > 0);
        QVERIFY(unitOpen(0xffffffff) < 1);
        QVERIFY(std::isfinite(normalPair({0, 0, 0, 0})[0]));
        QVERIFY(std::abs(normalPair({0, 0, 0, 0})[0] - std::sqrt(66 * std::log(2.0))) < 1e-12); // -2 ln 2^-33
    }

    /// Mean, variance, covariance and the share beyond 2 against N(0, 1), within 5 standard errors.
    void normals() {
        const int count = 200000;
        double sum[2] = {}, squares[2] = {}, product = 0;
        int beyond = 0;
        for (std::uint32_t i = 0; i < count; ++i) {
            const auto z = normalPair(philox(11, i, 0, 0));
            for (int k = 0; k < 2; ++k) sum[k] += z[k], squares[k] += z[k] * z[k], beyond += std::abs(z[k]) > 2;
            product += z[0] * z[1];
        }
        const double error = 1 / std::sqrt(count);
        for (int k = 0; k < 2; ++k) {
            QVERIFY(std::abs(sum[k] / count) < 5 * error);
            QVERIFY(std::abs(squares[k] / count - 1) < 5 * std::sqrt(2.0) * error);
        }
        QVERIFY(std::abs(product / count) < 5 * error);
        const double share = std::erfc(std::sqrt(2.0)), band = 5 * std::sqrt(share * (1 - share) / (2 * count));
        QVERIFY(std::abs(beyond / (2.0 * count) - share) < band);
    }
};

QTEST_APPLESS_MAIN(PhiloxTest)
#include "tst_philox.moc"
