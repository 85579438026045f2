// SPDX-License-Identifier: GPL-3.0-or-later
// Check 2 in full: 200,000 samples, 20 seeds, trees of three shapes, each lossless rule; and the three mistakes.
#include "engine/labs/language/chi_square.h"
#include "tests/language/toys.h"

using namespace orrery;
using namespace orrery::language;
using namespace orrery::language::test;

class TestSlowLaw : public QObject {
    Q_OBJECT

    static double lowest(Rule rule, const Distribution& p, const Distribution& q, const Shape& shape, int seeds,
                         bool largest = false) {
        double extreme = largest ? 0 : 1;
        for (int seed = 1; seed <= seeds; ++seed) {
            ConstantDrafter drafter(q);
            ConstantTarget target(p);
            const std::vector<std::int32_t> root = {0};
            const Growth growth{.shape = shape, .pick = text(rule).pick};
            std::vector<std::int64_t> counts(p.size());
            for (int i = 0; i < 200000; ++i) {
                const Coins coins{(std::uint64_t(seed) << 32) + std::uint64_t(i)};
                const DraftTree tree = grow(drafter, {root}, growth, coins);
                const Verdict v = verify(tree, target, rule, {}, coins, 1);
                ++counts[std::size_t(v.path.empty() ? v.last : tree.nodes[std::size_t(v.path[0])].token)];
            }
            const double p1 = goodness(counts, p).p;
            extreme = largest ? std::max(extreme, p1) : std::min(extreme, p1);
        }
        return extreme;
    }

 private Q_SLOTS:
    void everyLosslessRule_data() {
        QTest::addColumn<int>("rule");
        QTest::addColumn<QString>("shape");
        for (const Rule rule : {Rule::iid, Rule::withoutReplacement, Rule::topK, Rule::coupled})
            for (const char* shape : {"chain3", "3x2", "eagle-1"})
                QTest::addRow("%s %s", text(rule).key, shape) << int(rule) << QString(shape);
    }
    void everyLosslessRule() {
        QFETCH(int, rule);
        QFETCH(QString, shape);
        const double p = lowest(Rule(rule), randomLaw(40, 1), randomLaw(40, 2), shapeOf(shape.toStdString()), 20);
        qInfo("lowest of 20: %.3g", p);
        QVERIFY(p > 1e-4 / (12 * 20)); // Bonferroni over all of them
    }

    void everyMistake() {
        const Distribution p = {.5, .2, .15, .1, .05}, q = {.3, .4, .1, .1, .1};
        QVERIFY(lowest(Rule::ratioOnTopK, p, q, Shape::chain(1), 3, true) < 1e-10);
        QVERIFY(lowest(Rule::alignedResidual, {.3, .7, 0}, {0, .4, .6}, Shape::chain(1), 3, true) < 1e-10);
        const double stale = lowest(Rule::iidResidual, p, q, shapeOf("2"), 20);
        qInfo("stale q: %.3g", stale);
        QVERIFY(stale < 1e-4 / 20);
    }
};

QTEST_GUILESS_MAIN(TestSlowLaw)
#include "tst_slow_law.moc"
