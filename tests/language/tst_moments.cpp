// SPDX-License-Identifier: GPL-3.0-or-later
// A round is told in the order in which it was decided, and ends with the fates that it has.
#include "engine/labs/language/moments.h"
#include "tests/language/toys.h"

using namespace orrery::language;
using namespace orrery::language::test;

class TestMoments : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void aRoundIsToldInOrder_data() {
        QTest::addColumn<int>("rule");
        QTest::addColumn<QString>("shape");
        for (const Rule rule : {Rule::iid, Rule::withoutReplacement, Rule::topK, Rule::coupled, Rule::typical, Rule::greedy})
            for (const char* shape : {"chain4", "3x2x2", "mc-sim-7b-63"})
                QTest::addRow("%s %s", text(rule).key, shape) << int(rule) << QString(shape);
    }
    void aRoundIsToldInOrder() {
        QFETCH(int, rule);
        QFETCH(QString, shape);
        MarkovToy target(24, 2, 5), draft(24, 2, 5, 2, 1.2, 9);
        ModelDrafter drafter(draft, 24);
        Plan plan;
        plan.rule = Rule(rule);
        plan.growth.shape = shapeOf(shape.toStdString());
        plan.growth.pick = text(plan.rule).pick;
        if (plan.rule == Rule::greedy) plan.sampling.temperature = 0;
        Speculator speculator(target, &drafter, plan);
        speculator.start({3, 1, 4});
        for (int i = 0; i < 12; ++i) {
            const Round round = speculator.step();
            const int last = moments(round);
            QCOMPARE(last, levels(round) + int(round.steps.size()) + 3);
            Reveal before = reveal(round, 0);
            QCOMPARE(before.beat, Beat::start);
            for (int m = 1; m <= last; ++m) {
                const Reveal now = reveal(round, m);
                // One thing is new.
                const int news = now.levels - before.levels + now.decided - before.decided + (now.verified - before.verified) +
                                 (now.written - before.written) + (now.kept - before.kept);
                QCOMPARE(news, 1);
                const int index = now.beat == Beat::draft ? now.levels - 1 : now.decided - 1;
                QCOMPARE(momentOf(round, now.beat, index), m);
                if (now.beat == Beat::decide && plan.rule != Rule::typical) {
                    // Whoever is decided on was open until then.
                    const Decision& d = round.steps[std::size_t(now.decided - 1)].decision;
                    const bool twice = std::any_of(round.steps.begin(), round.steps.begin() + now.decided - 1,
                                                   [&](const Step& s) { return s.decision.node == d.node; });
                    if (!twice) QCOMPARE(seen(round, before, d.node), Seen::verified);
                    QCOMPARE(seen(round, now, d.node), d.accepted ? Seen::accepted : Seen::refused);
                }
                before = now;
            }
            QVERIFY(before.kept);
            for (std::size_t n = 0; n < round.nodes.size(); ++n) {
                const Seen end = seen(round, before, int(n));
                QCOMPARE(end == Seen::accepted, round.nodes[n].fate == Fate::accepted);
                QCOMPARE(end == Seen::refused, round.nodes[n].fate == Fate::refused);
                // Just before the last token nothing is left open but what typical acceptance judged and did not take.
                const Seen open = seen(round, reveal(round, last - 2), int(n));
                if (plan.rule != Rule::typical && round.nodes[n].fate == Fate::unseen)
                    QVERIFY(open == Seen::beyond || (open == Seen::verified && round.lastParent == round.nodes[n].parent));
            }
        }
    }

    void plainDecodingIsToldToo() {
        MarkovToy target(24, 2, 5);
        Speculator speculator(target, nullptr, {});
        speculator.start({1});
        const Round round = speculator.step();
        QCOMPARE(moments(round), 3);
        QCOMPARE(reveal(round, 1).beat, Beat::verify);
        QCOMPARE(reveal(round, 2).beat, Beat::write);
        QCOMPARE(reveal(round, 3).beat, Beat::keep);
    }
};

QTEST_GUILESS_MAIN(TestMoments)
#include "tst_moments.moc"
