// SPDX-License-Identifier: GPL-3.0-or-later
// A node that is decided again by its own rule is decided as it was; by another rule with that rule's own arithmetic.
#include "engine/labs/language/replay.h"
#include "tests/language/toys.h"

using namespace orrery;
using namespace orrery::language;
using namespace orrery::language::test;

namespace {

std::vector<Round> decoded(Rule rule, const char* shape, int rounds, double temperature = 1) {
    MarkovToy target(24, 2, 5), draft(24, 2, 5, 2, 1.2, 9);
    ModelDrafter drafter(draft, 24);
    Plan plan;
    plan.rule = rule;
    plan.growth.shape = shapeOf(shape);
    plan.growth.pick = text(rule).pick;
    plan.sampling.temperature = temperature;
    plan.seed = 21;
    Speculator speculator(target, &drafter, plan);
    speculator.start({3, 1, 4});
    std::vector<Round> all;
    for (int i = 0; i < rounds; ++i) all.push_back(speculator.step());
    return all;
}

} // namespace

class TestReplay : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void itsOwnRuleDecidesAsItDid_data() {
        QTest::addColumn<int>("rule");
        for (const Rule rule : {Rule::iid, Rule::withoutReplacement, Rule::topK, Rule::coupled, Rule::greedy})
            QTest::addRow("%s", text(rule).key) << int(rule);
    }
    void itsOwnRuleDecidesAsItDid() {
        QFETCH(int, rule);
        int kept = 0, refused = 0;
        for (const Round& round : decoded(Rule(rule), "3x2x2", 40, Rule(rule) == Rule::greedy ? 0 : 1)) {
            for (std::size_t v = 0; v < round.visits.size(); ++v) {
                const Choice was = happened(round, int(v)), again = replay(round, int(v), Rule(rule), {}, {21});
                QVERIFY(!again.redrawn);
                QCOMPARE(again.candidates, was.candidates);
                QCOMPARE(again.kept, was.kept);
                QCOMPARE(again.steps.size(), was.steps.size());
                QCOMPARE(again.token, was.token);
                for (std::size_t i = 0; i < was.steps.size(); ++i) {
                    const Decision &a = again.steps[i].decision, &b = was.steps[i].decision;
                    QCOMPARE(a.accepted, b.accepted);
                    QCOMPARE(a.coin, b.coin);
                    // q was kept as float, p comes from the same floats.
                    WITHIN(a.p - b.p, 1e-6 * (1 + b.p / std::max(1e-9, b.mass > 0 ? b.mass : 1)));
                    WITHIN(a.acceptance - b.acceptance, 1e-5);
                    QCOMPARE(again.steps[i].before.size(), was.steps[i].before.size());
                }
                (was.kept >= 0 ? kept : refused) += was.steps.empty() ? 0 : 1;
            }
        }
        QVERIFY(kept > 5 && refused > 5);
    }

    /// Drawn candidates stay for rules that take any; other rules draw their own, as the drafter would have.
    void anotherRuleTakesWhatItNeeds() {
        const std::vector<Round> rounds = decoded(Rule::withoutReplacement, "0;1;2", 30);
        for (const Round& round : rounds) {
            const Choice was = happened(round, 0);
            const Choice top = replay(round, 0, Rule::topK, {}, {21});
            QVERIFY(!top.redrawn);
            QCOMPARE(top.candidates, was.candidates);
            double left = 1;
            for (const Step& step : top.steps) { // p(c), then the candidate leaves p
                const auto token = std::size_t(top.candidates[std::size_t(step.decision.node)]);
                const Distribution p = distribution(round.visits[0].logits, round.sampling);
                WITHIN(step.decision.acceptance - p[token] / left, 1e-9);
                left -= p[token];
            }
            // The candidates' share of p, in one draw or one after the other.
            double share = 0;
            for (const std::int32_t token : was.candidates)
                share += distribution(round.visits[0].logits, round.sampling)[std::size_t(token)];
            WITHIN(top.chance - share, 1e-9);
            WITHIN(replay(round, 0, Rule::coupled, {}, {21}).chance - share, 1e-9);
            const Choice coupled = replay(round, 0, Rule::coupled, {}, {21});
            const Distribution p = distribution(round.visits[0].logits, round.sampling);
            QCOMPARE(coupled.token, draw(p, Coins{21}(Stream::text, round.length)));
            const Choice iid = replay(round, 0, Rule::iid, {}, {21});
            QVERIFY(iid.redrawn);
            const Distribution q(round.visits[0].q.begin(), round.visits[0].q.end());
            const std::vector<int> drawn = candidates(q, Pick::iid, 3, Coins{21}, round.length, 0);
            QVERIFY(std::equal(drawn.begin(), drawn.end(), iid.candidates.begin(), iid.candidates.end()));
        }
    }

    void whatWasForgottenIsSaid() {
        std::vector<Round> rounds = decoded(Rule::iid, "0;1;2", 1);
        rounds[0].forgetRows();
        QVERIFY_THROWS_EXCEPTION(Error, replay(rounds[0], 0, Rule::topK, {}, {21}));
        QCOMPARE(happened(rounds[0], 0).candidates.size(), std::size_t(3));
    }
};

QTEST_GUILESS_MAIN(TestReplay)
#include "tst_replay.moc"
