// SPDX-License-Identifier: GPL-3.0-or-later
// What many rounds come to: counts, the arithmetic of the speed model, and a race whose outcome is known.
#include "engine/labs/language/race.h"
#include "tests/language/toys.h"

using namespace orrery;
using namespace orrery::language;
using namespace orrery::language::test;

namespace {

constexpr int V = 40;

double told = 0; ///< the clock of these tests, ms

/// A toy whose passes take a time that is known: some for each pass, some for each row.
class Slow final : public Predictor {
 public:
    Slow(Predictor& inner, double passMs, double rowMs) : m_inner(inner), m_pass(passMs), m_row(rowMs) {}
    int vocabulary() const override { return m_inner.vocabulary(); }
    int context() const override { return m_inner.context(); }
    int length() const override { return m_inner.length(); }
    int pending() const override { return m_inner.pending(); }
    void truncate(int length) override { m_inner.truncate(length); }
    void commit(std::span<const std::int32_t> path) override { m_inner.commit(path); }
    std::span<const float> extend(std::span<const TreeToken> nodes) override {
        told += m_pass + m_row * double(nodes.size());
        return m_inner.extend(nodes);
    }

 private:
    Predictor& m_inner;
    double m_pass, m_row;
};

} // namespace

class TestRace : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    /// Check 14's arithmetic: the table of specdec 3.1.
    void speedModel_data() {
        QTest::addColumn<double>("alpha");
        QTest::addColumn<double>("c");
        QTest::addColumn<QList<double>>("golden"); // g = 2, 4, 8
        QTest::newRow(".5 .05") << .5 << .05 << QList<double>{1.59, 1.61, 1.43};
        QTest::newRow(".5 .2") << .5 << .2 << QList<double>{1.25, 1.08, 0.77};
        QTest::newRow(".7 .05") << .7 << .05 << QList<double>{1.99, 2.31, 2.28};
        QTest::newRow(".7 .2") << .7 << .2 << QList<double>{1.56, 1.54, 1.23};
        QTest::newRow(".8 .05") << .8 << .05 << QList<double>{2.22, 2.80, 3.09};
        QTest::newRow(".8 .2") << .8 << .2 << QList<double>{1.74, 1.87, 1.66};
        QTest::newRow(".9 .05") << .9 << .05 << QList<double>{2.46, 3.41, 4.38};
        QTest::newRow(".9 .2") << .9 << .2 << QList<double>{1.94, 2.28, 2.36};
    }
    void speedModel() {
        QFETCH(double, alpha);
        QFETCH(double, c);
        QFETCH(QList<double>, golden);
        for (int i = 0; i < 3; ++i) {
            const int g = 2 << i;
            WITHIN(speedUp(chainTokens(alpha, g), {.draft = g * c}) - golden[i], .0051); // rounded to two places there
        }
        QVERIFY(speedUp(chainTokens(alpha, 1), {.draft = alpha - .01}) > 1); // a gain for some g if and only if alpha > c
        QVERIFY(speedUp(chainTokens(alpha, 1), {.draft = alpha + .01}) < 1);
        QCOMPARE(chainTokens(1, 4), 5.0);
    }

    void passTimesAreStraightBetween() {
        PassTimes t;
        QCOMPARE(t.ms(3), 0.0);
        t.set(8, 12), t.set(1, 2), t.set(4, 5);
        QCOMPARE(t.ms(1), 2.0);
        QCOMPARE(t.ms(2.5), 3.5);
        QCOMPARE(t.ratio(8), 6.0);
        QCOMPARE(t.ms(16), 24.0);
        t.set(4, 4);
        QCOMPARE(t.ms(4), 4.0);
    }

    void countsAreThoseOfTheRounds() {
        MarkovToy target(V, 3, 11, 2.5), draft(V, 3, 11, 2.5, 1, 5);
        ModelDrafter drafter(draft, V);
        Speculator speculator(target, &drafter, {.rule = Rule::coupled, .growth = {.shape = shapeOf("2x2x1")}});
        speculator.start({1, 2});
        Tally tally;
        std::int64_t rows = 0, kept = 0;
        for (int i = 0; i < 50; ++i) {
            const Round round = speculator.step();
            rows += std::int64_t(round.nodes.size()) + 1;
            kept += std::int64_t(round.path.size());
            tally.add(round);
        }
        QCOMPARE(tally.rounds, std::int64_t(50));
        QCOMPARE(tally.tokens, std::int64_t(speculator.text().size()) - 2);
        QCOMPARE(tally.rows, rows);
        QCOMPARE(tally.byDepth.size(), std::size_t(3));
        QCOMPARE(tally.byDepth[0].tried, std::int64_t(50));
        QCOMPARE(tally.byDepth[1].tried, tally.byDepth[0].kept);
        QCOMPARE(tally.byDepth[0].kept + tally.byDepth[1].kept + tally.byDepth[2].kept, kept);
        QCOMPARE(tally.byRank[0].kept + tally.byRank[1].kept, kept);
    }

    /// Passes and drafts of known duration: what was measured, what was modelled and what is known agree.
    void theClockAndTheModelAgree() {
        MarkovToy targetToy(V, 3, 11, 3), closeToy(V, 3, 11, 3, .7, 5), farToy(V, 1, 99);
        Slow target(targetToy, 2, .05), close(closeToy, .3, 0), far(farToy, 1.5, 0);
        ModelDrafter good(close, V), bad(far, V);
        const Plan plan{.rule = Rule::coupled, .growth = {.shape = Shape::chain(4)}, .seed = 3};
        RaceOptions options{
            .prompts = {randomText(6, V, 1), randomText(9, V, 2)}, .tokens = 60, .calibration = 8, .clock = [] { return told; }};
        Race race(target, {{"draft", "close", &good, plan}, {"far", "far", &bad, plan}}, options);
        double last = 0;
        while (!race.finished()) {
            QVERIFY(!race.label().empty());
            const double done = race.run(20);
            QVERIFY(done >= last);
            last = done;
        }
        QCOMPARE(race.lanes().size(), std::size_t(3));
        for (const LaneResult& lane : race.lanes()) {
            qInfo("%-6s %.2f tokens a round, %.2f times as fast, %.2f modelled (g c %.2f, v %.2f, s %.3f, c %.3f)",
                  lane.key.c_str(), lane.tally.perRound(), lane.measured, lane.modelled, lane.cost.draft, lane.cost.verify,
                  lane.cost.other, lane.step);
            QCOMPARE(lane.tally.tokens, std::int64_t(120)); // equal budgets
            QCOMPARE(lane.same, std::int64_t(2));           // and one text
            WITHIN(lane.modelled / lane.measured - 1, .15); // check 14
        }
        const LaneResult &plain = race.lanes()[0], &fast = race.lanes()[1], &slow = race.lanes()[2];
        QCOMPARE(plain.key, std::string("plain"));
        QCOMPARE(plain.tally.perRound(), 1.0);
        QCOMPARE(plain.measured, 1.0);
        QVERIFY(fast.wins());
        QVERIFY(!slow.wins()); // a lost race is shown as one
        // what the clock must have seen: 2.05 ms a pass, 2.25 with five rows, and a draft that costs .3 a level
        WITHIN(fast.cost.draft - 1.2 / 2.05, 1e-9); // the first level comes with reading what the last round wrote
        WITHIN(race.passes().ratio(5) - 2.25 / 2.05, 1e-9);
        WITHIN(fast.step - .3 / 2.05, 1e-9);
    }

    void aRaceOfOneIsARaceAgainstPlainDecoding() {
        MarkovToy target(V, 3, 11);
        Race race(target, {}, {.prompts = {{1, 2}}, .tokens = 5, .calibration = 1});
        while (!race.finished()) race.run(5);
        QCOMPARE(race.lanes().size(), std::size_t(1));
        QVERIFY_THROWS_EXCEPTION(Error, Race(target, {}, {}));
    }
};

QTEST_GUILESS_MAIN(TestRace)
#include "tst_race.moc"
