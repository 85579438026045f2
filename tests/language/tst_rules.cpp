// SPDX-License-Identifier: GPL-3.0-or-later
// The rules by which a candidate is kept: their laws by counting every case, golden values, mistakes that must be seen.
#include "engine/labs/language/law.h"
#include "tests/language/toys.h"

using namespace orrery;
using namespace orrery::language;
using namespace orrery::language::test;

namespace {

const Distribution goldenP = {.5, .2, .15, .1, .05}, goldenQ = {.3, .4, .1, .1, .1};

double farthest(const Distribution& a, const Distribution& b) {
    double most = 0;
    for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
    return most;
}

struct Pair {
    Distribution p, q;
};

/// Random pairs, and those that go wrong first: ties, zeros, equal, disjoint, one-hot, all but rounding.
std::vector<Pair> pairs() {
    std::vector<Pair> all = {
        {{.25, .25, .25, .25}, {.25, .25, .25, .25}},
        {{.4, .4, .1, .1}, {.1, .1, .4, .4}},
        {{.5, .5, 0, 0}, {0, 0, .5, .5}},
        {{1, 0, 0, 0}, {.1, .2, .3, .4}},
        {{.1, .2, .3, .4}, {0, 0, 1, 0}},
        {{0, .5, .5, 0}, {.5, .5, 0, 0}},
        {{1, 0}, {1, 0}},
        {{0.1 + 0.2, 0.7}, {0.3, 0.7}}, // equal but for rounding: the residual is empty
        {{1 - 1e-17, 1e-17, 0}, {1e-17, 1 - 1e-17, 0}},
        {goldenP, goldenQ},
    };
    for (int i = 0; i < 300; ++i) {
        const int size = 2 + i % 6;
        Pair pair{randomLaw(size, 100 + std::uint64_t(i), 2), randomLaw(size, 900 + std::uint64_t(i), 2)};
        if (i % 3 == 1) pair.p[std::size_t(i) % pair.p.size()] = 0, normalise(pair.p);
        if (i % 5 == 2) pair.q[std::size_t(i + 1) % pair.q.size()] = 0, normalise(pair.q);
        all.push_back(pair);
    }
    return all;
}

} // namespace

class TestRules : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    /// Check 1: the token that leaves a node has the target's law, whatever was drafted.
    void losslessRulesKeepTheLaw() {
        double worst = 0;
        for (const Pair& pair : pairs())
            for (int k = 1; k <= 3; ++k) {
                const auto off = [&](Rule rule, Pick pick) {
                    return farthest(lawOf(rule, pick, pair.p, pair.q, k).token, pair.p);
                };
                worst = std::max(worst, off(Rule::iid, Pick::iid));
                worst = std::max(worst, off(Rule::withoutReplacement, Pick::distinct));
                for (const Pick pick : {Pick::top, Pick::distinct, Pick::iid}) worst = std::max(worst, off(Rule::topK, pick));
            }
        qInfo("largest error %.2g", worst);
        QVERIFY(worst <= 1e-12);
    }

    void acceptanceIsGolden() {
        const double iid[] = {.75, .85, .91, .946}, distinct[] = {.75, .9056, .9719, .9932}, top[] = {.2, .7, .85, .95},
                     match[] = {.26, .44, .5666, .6572};
        for (int k = 1; k <= 4; ++k) {
            WITHIN(lawOf(Rule::iid, Pick::iid, goldenP, goldenQ, k).kept - iid[k - 1], 5e-5);
            WITHIN(lawOf(Rule::withoutReplacement, Pick::distinct, goldenP, goldenQ, k).kept - distinct[k - 1], 5e-5);
            WITHIN(lawOf(Rule::topK, Pick::top, goldenP, goldenQ, k).kept - top[k - 1], 5e-5);
            WITHIN(lawOf(Rule::coupled, Pick::top, goldenP, goldenQ, k).kept - top[k - 1], 5e-5);
            WITHIN(lawOf(Rule::coupled, Pick::iid, goldenP, goldenQ, k).kept - match[k - 1], 5e-5);
        }
        // one candidate: 1 - TV(p, q)
        WITHIN(lawOf(Rule::iid, Pick::iid, goldenP, goldenQ, 1).kept - (1 - totalVariation(goldenP, goldenQ)), 1e-15);
    }

    /// The mistakes of published code are seen, with the distance that they are known to have.
    void brokenRulesAreFound() {
        WITHIN(totalVariation(lawOf(Rule::ratioOnTopK, Pick::top, goldenP, goldenQ, 1).token, goldenP) - .3, 1e-12);
        const double stale = totalVariation(lawOf(Rule::iidResidual, Pick::distinct, goldenP, goldenQ, 2).token, goldenP);
        WITHIN(stale - .0046, 5e-5); // the smallest of them: who sees this one has a sharp eye
        // p and q of the same tokens in one order: then places are tokens, and nothing is wrong yet
        WITHIN(totalVariation(lawOf(Rule::alignedResidual, Pick::iid, goldenP, goldenQ, 1).token, goldenP), 1e-15);
        const Distribution p = {.3, .7, 0}, q = {0, .4, .6};
        QVERIFY(totalVariation(lawOf(Rule::alignedResidual, Pick::iid, p, q, 1).token, p) > .1);
        for (const Pair& pair : pairs()) { // and where p = q nothing can be seen
            if (pair.p != pair.q) continue;
            WITHIN(farthest(lawOf(Rule::iidResidual, Pick::distinct, pair.p, pair.q, 2).token, pair.p), 1e-12);
        }
    }

    /// A draw that came twice changes what is left: dropping it without a word would bias.
    void aRepeatedDrawIsRefusedAgain() {
        Trial trial{goldenP, goldenQ};
        refuse(Rule::iid, trial, 1);
        QCOMPARE(acceptance(Rule::iid, trial, 1), 0.0);
        const Distribution once = trial.p;
        refuse(Rule::iid, trial, 1);
        QVERIFY(farthest(once, trial.p) > 1e-3);
    }

    void anEmptyResidualLeavesTheLaw() {
        Trial same{goldenP, goldenP};
        QCOMPARE(acceptance(Rule::iid, same, 0), 1.0);
        QVERIFY(refuse(Rule::iid, same, 0) == 0);
        QCOMPARE(same.p, goldenP);
        Trial all{{1, 0}, {1, 0}};
        refuse(Rule::topK, all, 0);
        QCOMPARE(all.p, (Distribution{1, 0}));
    }

    void candidatesAreTakenAsTheRuleNeeds() {
        const Coins coins{3};
        std::array<int, 5> seen{};
        for (int i = 0; i < 20000; ++i) ++seen[std::size_t(candidates(goldenQ, Pick::iid, 1, coins, i, 0)[0])];
        for (std::size_t v = 0; v < 5; ++v) // five standard deviations
            WITHIN(seen[v] / 20000.0 - goldenQ[v], 5 * std::sqrt(goldenQ[v] * (1 - goldenQ[v]) / 20000));
        for (int i = 0; i < 200; ++i) {
            std::vector<int> distinct = candidates(goldenQ, Pick::distinct, 9, coins, i, 0);
            std::sort(distinct.begin(), distinct.end());
            QCOMPARE(distinct, (std::vector<int>{0, 1, 2, 3, 4}));
        }
        QCOMPARE(candidates({.2, .3, .3, .2}, Pick::top, 3, coins, 0, 0), (std::vector<int>{1, 2, 0}));
        QCOMPARE(candidates({0, 1, 0}, Pick::top, 3, coins, 0, 0), (std::vector<int>{1}));
    }

    void typicalAcceptanceHasItsThreshold() {
        const Typical typical{};
        // a sure distribution: epsilon decides; a flat one: delta e^-H = delta / 20
        WITHIN(typical.threshold(Distribution{1, 0}) - 0.09, 1e-15);
        WITHIN(typical.threshold(Distribution(20, 0.05)) - 0.3 / 20, 1e-15);
        QVERIFY(!text(Rule::typical).lossless);
        QVERIFY_THROWS_EXCEPTION(Error, lawOf(Rule::typical, Pick::top, goldenP, goldenQ, 1));
    }

    void everyRuleHasItsText() {
        for (int i = 0; i < rules; ++i) {
            QCOMPARE(int(text(Rule(i)).rule), i);
            QCOMPARE(int(ruleOf(text(Rule(i)).key)), i);
        }
        QVERIFY_THROWS_EXCEPTION(Error, ruleOf("magic"));
    }
};

QTEST_GUILESS_MAIN(TestRules)
#include "tst_rules.moc"
