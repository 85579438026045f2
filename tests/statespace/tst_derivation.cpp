// SPDX-License-Identifier: GPL-3.0-or-later
// The derivations: each step holds for any size, moment, step and z; a wrong sign breaks the steps that need it, and no others;
// tolerances are so small that no error of a formula could hide in them.
#include "engine/labs/statespace/derivation.h"
#include "engine/labs/statespace/derivation_sides.h"
#include "tests/statespace/support.h"

using namespace orrery::statespace;
using namespace orrery::statespace::test;

class TestDerivation : public QObject {
    Q_OBJECT

    static const Equality& step(const std::vector<Equality>& all, const char* title) {
        for (const Equality& e : all)
            if (std::string(e.title) == title) return e;
        qFatal("no step %s", title);
    }

 private Q_SLOTS:
    void everyStepHolds_data() {
        QTest::addColumn<int>("which");
        QTest::addColumn<int>("N");
        for (int which = 0; which < derivations; ++which)
            for (const int N : {2, 3, 6, 16}) QTest::addRow("%s %d", toString(Derivation(which)), N) << which << N;
    }
    void everyStepHolds() {
        QFETCH(int, which);
        QFETCH(int, N);
        for (const double t : {0.1, 1.0, 3.0})
            for (const double delta : {0.001, 0.05, 2.0})
                for (const double turns : {0.0, 0.06, 0.25, 0.5, 0.9})
                    for (const Equality& e : derive(Derivation(which), {N, t, delta, turns, false})) {
                        QVERIFY2(e.holds(), qPrintable(QString("%1 at t %2, step %3, %4 turns: %5 > %6")
                                                           .arg(e.title)
                                                           .arg(t)
                                                           .arg(delta)
                                                           .arg(turns)
                                                           .arg(e.residual)
                                                           .arg(e.tolerance)));
                        QVERIFY2(e.tolerance < 1e-11 && !e.rows.empty() && e.compared >= e.rows.size(), e.title);
                        QVERIFY2(e.scale > 0 && std::isfinite(e.scale), e.title);
                        for (const char* text : {e.formula, e.why, e.left, e.right, e.argument}) QVERIFY(text[0] != 0);
                    }
    }

    void aWrongSignBreaksWhatNeedsIt_data() {
        QTest::addColumn<int>("which");
        QTest::addColumn<QStringList>("broken");
        QTest::newRow("hippo") << int(Derivation::hippo) << QStringList{"Collect", "The matrix"};
        QTest::newRow("bilinear") << int(Derivation::bilinear) << QStringList{"In order N", "What a step keeps"};
        QTest::newRow("split") << int(Derivation::split)
                               << QStringList{"Its own eigenvectors", "Add a rank", "Normal", "Eigenvalues", "Put together"};
        QTest::newRow("kernel") << int(Derivation::kernel) << QStringList{"Four sums", "Back by a transform"};
        QTest::newRow("diagonal") << int(Derivation::diagonal) << QStringList{"Powers of numbers", "A held sample"};
    }
    void aWrongSignBreaksWhatNeedsIt() {
        QFETCH(int, which);
        QFETCH(QStringList, broken);
        for (const Equality& e : derive(Derivation(which), {.slip = true})) {
            const bool needed = broken.contains(e.title);
            QVERIFY2(e.holds() != needed, qPrintable(QString("%1: %2").arg(e.title).arg(e.residual)));
            if (needed) QVERIFY2(e.residual > 1e6 * e.tolerance, "by far");
        }
    }

    /// Against what is published: LegS for three states.
    void theMatrixIsThePublishedOne() {
        const std::vector<Equality> all = derive(Derivation::hippo, {.N = 3});
        const Equality& e = step(all, "The matrix");
        QCOMPARE(e.compared, std::size_t(9));
        const double golden[] = {-1, 0, 0, -std::sqrt(3.0), -2, 0};
        for (std::size_t i = 0; i < 6; ++i) {
            WITHIN(std::abs(e.rows[i].left - golden[i]), 1e-13);
            WITHIN(std::abs(e.rows[i].right - golden[i]), 1e-13);
        }
    }

    /// The derivative by complex argument against a difference of the projection itself; 5 points, h = 1e-3.
    void slopesAreSlopes() {
        const std::vector<Equality> all = derive(Derivation::hippo, {.N = 6});
        const Equality& e = step(all, "Differentiate");
        const auto at = [](double t) { return derivedState({.N = 6, .t = t}); };
        const double h = 1e-3;
        const Vector a = at(1 - 2 * h), b = at(1 - h), c = at(1 + h), d = at(1 + 2 * h);
        for (std::size_t n = 0; n < 6; ++n)
            WITHIN(std::abs(e.rows[n].left - (a[n] - 8 * b[n] + 8 * c[n] - d[n]) / (12 * h)), 1e-8); // h^4 7^5 / 30 = 6e-10
    }

    void sizesOutOfRangeAreNamed() {
        QVERIFY(errorOf([] { derive(Derivation::hippo, {.N = 1}); }).find("not 1") != std::string::npos);
        QVERIFY(errorOf([] { derive(Derivation::kernel, {.N = 99}); }).find("not 99") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestDerivation)
#include "tst_derivation.moc"
