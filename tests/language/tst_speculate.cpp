// SPDX-License-Identifier: GPL-3.0-or-later
// The loop: the text is the target's own whatever drafts, and a round holds what happened.
#include "tests/language/toys.h"

using namespace orrery;
using namespace orrery::language;
using namespace orrery::language::test;

namespace {

constexpr int V = 40;

struct Strategy {
    const char* name;
    std::function<std::unique_ptr<Drafter>()> make;
};

/// Counts of pairs in a text: a drafter that knows one token back.
class Pairs final : public TokenLaw {
 public:
    std::string name() const override { return "pairs"; }
    int reach() const override { return 1; }
    void after(std::span<const std::int32_t> context, Distribution& p) const override {
        p = randomLaw(V, context.empty() ? 0 : std::uint64_t(context.back()) + 50, 2);
    }
};

class TestSpeculate : public QObject {
    Q_OBJECT

    MarkovToy m_close{V, 3, 11, 2.5, 1, 5}, m_far{V, 1, 12};

    std::vector<Strategy> strategies() {
        return {{"close model", [this] { return std::make_unique<ModelDrafter>(m_close, V); }},
                {"far model", [this] { return std::make_unique<ModelDrafter>(m_far, V); }},
                {"lookup", [] { return std::make_unique<LookupDrafter>(V); }},
                {"pairs", [] { return std::make_unique<CountDrafter>(std::make_shared<Pairs>()); }}};
    }
    static std::vector<Growth> growths() {
        Growth dynamic;
        dynamic.dynamic = Dynamic{.total = 12, .depth = 4, .width = 3};
        return {{.shape = Shape::chain(4)}, {.shape = shapeOf("3x2x1")}, {.shape = shapeOf("eagle-1")}, dynamic};
    }

 private Q_SLOTS:
    /// Check 5: 200 prompts, every strategy, every kind of tree.
    void greedyIsPlainGreedy() {
        int rounds = 0, tokens = 0;
        for (int i = 0; i < 200; ++i) {
            MarkovToy target(V, 3, 11, 2.5);
            const auto prompt = randomText(2 + i % 7, V, std::uint64_t(i));
            const Plan plan{.rule = Rule::greedy, .sampling = {.temperature = 0}};
            const auto plain = decode(target, nullptr, plan, prompt, 64);
            for (const Strategy& s : strategies()) {
                const auto drafter = s.make();
                Plan with = plan;
                with.growth = growths()[std::size_t(i) % 4];
                const int before = target.calls;
                QCOMPARE(decode(target, drafter.get(), with, prompt, 64), plain);
                rounds += target.calls - before, tokens += 64 - int(prompt.size());
            }
        }
        qInfo("%.2f tokens a round", double(tokens) / rounds);
        QVERIFY(rounds < tokens);
    }

    /// At temperature 0 a tree still branches: what the draft holds second likeliest is tried as well, and often right.
    void treesBranchAtTemperatureZero() {
        MarkovToy target(V, 3, 11, 2.5);
        double perRound[2];
        for (const bool wide : {false, true}) {
            ModelDrafter drafter(m_close, V);
            const Plan plan{
                .rule = Rule::greedy, .growth = {.shape = shapeOf(wide ? "3x2x1" : "chain3")}, .sampling = {.temperature = 0}};
            Speculator speculator(target, &drafter, plan);
            speculator.start(randomText(5, V, 9));
            QCOMPARE(speculator.step().nodes.size(), std::size_t(wide ? 15 : 3));
            for (int i = 0; i < 79; ++i) speculator.step(1 << 30, false);
            perRound[wide] = double(speculator.text().size() - 5) / 80;
        }
        qInfo("a chain %.2f, a tree %.2f tokens a round", perRound[0], perRound[1]);
        QVERIFY(perRound[1] > perRound[0] * 1.1);
    }

    /// Check 4: the coins of a position are its own, so that the text is the same, token for token.
    void coupledSamplingIsPlainSampling() {
        for (int i = 0; i < 60; ++i) {
            MarkovToy target(V, 3, 11, 2.5);
            const auto prompt = randomText(3, V, std::uint64_t(i));
            Plan plan{.rule = Rule::coupled,
                      .sampling = {.temperature = .9, .topK = i % 2 ? 20 : 0, .topP = i % 3 ? 1 : .9},
                      .seed = std::uint64_t(i)};
            const auto plain = decode(target, nullptr, plan, prompt, 80);
            for (const Strategy& s : strategies())
                for (const Pick pick : {Pick::top, Pick::distinct, Pick::iid}) {
                    plan.growth = growths()[std::size_t(i) % 4];
                    if (plan.growth.dynamic && pick != Pick::top) continue;
                    plan.growth.pick = pick;
                    const auto drafter = s.make();
                    QCOMPARE(decode(target, drafter.get(), plan, prompt, 80), plain);
                }
            plan.seed += 1000;
            QVERIFY(decode(target, nullptr, plan, prompt, 80) != plain);
        }
    }

    /// Check 8: constant laws, where the number of tokens has a closed form.
    void tokensPerRoundAreTheClosedForm_data() {
        QTest::addColumn<int>("sharpness");
        QTest::addColumn<int>("length");
        QTest::newRow("g=1") << 1 << 1;
        QTest::newRow("g=2") << 1 << 2;
        QTest::newRow("g=4") << 2 << 4;
        QTest::newRow("g=8") << 1 << 8;
        QTest::newRow("g=4, far") << 4 << 4;
    }
    void tokensPerRoundAreTheClosedForm() {
        QFETCH(int, sharpness);
        QFETCH(int, length);
        const Distribution p = randomLaw(12, 1, sharpness), q = randomLaw(12, 2, sharpness);
        const double alpha = 1 - totalVariation(p, q);
        ConstantToy target(p);
        ConstantDrafter drafter(q);
        Plan plan{.rule = Rule::iid, .growth = {.shape = Shape::chain(length), .pick = Pick::iid}};
        Speculator speculator(target, &drafter, plan);
        double sum = 0, square = 0, accepted = 0, tried = 0;
        constexpr int N = 4000;
        for (int i = 0; i < N; ++i) {
            if (i % 100 == 0) { // toys read their text again for every token
                plan.seed = std::uint64_t(i) + 1;
                speculator.setPlan(plan);
                speculator.start({0});
            }
            const Round round = speculator.step(1 << 30, false);
            sum += round.tokens(), square += round.tokens() * round.tokens();
            accepted += double(round.path.size());
            tried += double(round.path.size()) + (round.bonus ? 0 : 1);
        }
        const double mean = sum / N, error = std::sqrt((square / N - mean * mean) / N);
        const double expected = (1 - std::pow(alpha, length + 1)) / (1 - alpha);
        qInfo("alpha %.3f: %.3f tokens a round, %.3f expected", alpha, mean, expected);
        WITHIN(mean - expected, 4 * error);
        WITHIN(accepted / tried - alpha, 4 * std::sqrt(alpha * (1 - alpha) / tried));
        QVERIFY(std::abs(mean - expected - 1) > 4 * error); // the target's own token is counted
    }

    void aRoundHoldsWhatHappened() {
        for (int r = 0; r < rules; ++r) {
            MarkovToy target(V, 3, 11, 2.5);
            ModelDrafter drafter(m_close, V);
            Plan plan{
                .rule = Rule(r), .growth = {.shape = shapeOf("3x2x2x1"), .pick = text(Rule(r)).pick}, .sampling = {.topK = 12}};
            Speculator speculator(target, &drafter, plan);
            speculator.start(randomText(6, V, 3));
            int refusals = 0;
            for (int i = 0; i < 12; ++i) {
                const std::vector<std::int32_t> before = speculator.text();
                const Round round = speculator.step();
                QCOMPARE(round.index, i);
                QCOMPARE(round.length, int(before.size()));
                QCOMPARE(round.root, before.back());
                std::vector<std::int32_t> after = before;
                for (const std::int32_t token : round.written()) after.push_back(token);
                QCOMPARE(speculator.text(), after);
                QCOMPARE(target.length(), int(after.size()) - 1); // the last token waits for the next pass
                QCOMPARE(round.draws.size(), round.nodes.size() + 1);
                for (std::size_t n = 0; n < round.nodes.size(); ++n) {
                    const RoundNode& node = round.nodes[n];
                    std::vector<std::int32_t> context = before, path;
                    for (int at = node.parent; at >= 0; at = round.nodes[std::size_t(at)].parent)
                        path.insert(path.begin(), round.nodes[std::size_t(at)].token);
                    context.insert(context.end(), path.begin(), path.end());
                    std::vector<float> logits(V);
                    target.after(context, logits);
                    WITHIN(node.p - distribution(logits, plan.sampling)[std::size_t(node.token)], 1e-15);
                }
                int parent = -1;
                for (const int node : round.path) {
                    QCOMPARE(round.nodes[std::size_t(node)].parent, parent);
                    QCOMPARE(round.nodes[std::size_t(node)].fate, Fate::accepted);
                    parent = node;
                }
                QCOMPARE(round.lastParent, parent);
                for (const Step& step : round.steps) {
                    const Visit& visit = round.visits[std::size_t(step.visit)];
                    QCOMPARE(visit.node, step.decision.parent);
                    QCOMPARE(step.before.size(), visit.bars.size());
                    QCOMPARE(step.after.size(), visit.bars.size());
                    if (plan.rule != Rule::typical)
                        QCOMPARE(step.decision.accepted, step.decision.coin < step.decision.acceptance ||
                                                             (plan.rule == Rule::coupled && step.decision.acceptance == 1));
                    refusals += !step.decision.accepted;
                    double shown = visit.restP;
                    for (const Bar& bar : visit.bars) shown += bar.p;
                    WITHIN(shown - 1, 1e-12);
                }
                const auto mask = round.mask();
                for (std::size_t n = 1; n < mask.size(); ++n)
                    QCOMPARE(std::accumulate(mask[n].begin(), mask[n].end(), 0), round.nodes[n - 1].depth + 1);
                for (const Move& move : round.moves()) QVERIFY(move.from > move.to);
            }
            QVERIFY(refusals > 0);
        }
    }

    void typicalAcceptanceTakesTheLongestAndCounts() {
        MarkovToy target(V, 3, 11, 2.5);
        ModelDrafter drafter(m_close, V);
        Plan plan{.rule = Rule::typical, .growth = {.shape = shapeOf("3x2x1")}, .typical = {.epsilon = .2, .delta = .6}};
        Speculator speculator(target, &drafter, plan);
        speculator.start(randomText(6, V, 3));
        for (int i = 0; i < 40; ++i) {
            const Round round = speculator.step();
            std::size_t longest = 0;
            std::vector<int> passed(round.nodes.size(), 0);
            double cost = 0;
            for (const Step& step : round.steps) {
                const RoundNode& node = round.nodes[std::size_t(step.decision.node)];
                QCOMPARE(step.decision.accepted, node.p > step.decision.acceptance);
                if (!step.decision.accepted) continue;
                passed[std::size_t(step.decision.node)] = node.parent < 0 ? 1 : passed[std::size_t(node.parent)] + 1;
                longest = std::max(longest, std::size_t(passed[std::size_t(step.decision.node)]));
            }
            QCOMPARE(round.path.size(), longest);
            for (const int node : round.path) cost -= std::log(round.nodes[std::size_t(node)].p);
            WITHIN(round.divergence - cost, 1e-12);
        }
    }

    void rewindingAndGoingOnRepeatsTheText() {
        MarkovToy target(V, 3, 11, 2.5);
        ModelDrafter drafter(m_close, V);
        const Plan plan{.rule = Rule::withoutReplacement, .growth = {.shape = shapeOf("2x2x2"), .pick = Pick::distinct}};
        Speculator speculator(target, &drafter, plan);
        speculator.start(randomText(5, V, 2));
        std::vector<Round> rounds;
        for (int i = 0; i < 20; ++i) rounds.push_back(speculator.step());
        const auto text = speculator.text();
        for (const int back : {13, 2, 0}) {
            speculator.rewind(std::size_t(rounds[std::size_t(back)].length));
            speculator.setRounds(back);
            for (int i = back; i < 20; ++i) {
                const Round again = speculator.step();
                QCOMPARE(again.index, i);
                QCOMPARE(again.written(), rounds[std::size_t(i)].written());
                QCOMPARE(again.path, rounds[std::size_t(i)].path);
            }
            QCOMPARE(speculator.text(), text);
        }
    }

    void theContextEndsInGoodOrder() {
        MarkovToy target(V, 3, 11, 2.5, 0, 0, 24), draft(V, 3, 11, 2.5, 1, 5, 15); // the draft's context ends first
        ModelDrafter drafter(draft, V);
        const Plan plan{.rule = Rule::greedy, .growth = {.shape = Shape::chain(5)}, .sampling = {.temperature = 0}};
        Speculator speculator(target, &drafter, plan);
        speculator.start(randomText(4, V, 1));
        while (!speculator.full()) speculator.step();
        QCOMPARE(speculator.text().size(), std::size_t(25)); // one more than is read
        QVERIFY_THROWS_EXCEPTION(Error, speculator.step());
        MarkovToy plain(V, 3, 11, 2.5, 0, 0, 24);
        QCOMPARE(speculator.text(), decode(plain, nullptr, plan, randomText(4, V, 1), 25));
        QVERIFY_THROWS_EXCEPTION(Error, speculator.start(randomText(25, V, 1)));
        QVERIFY_THROWS_EXCEPTION(Error, speculator.start({}));
        QVERIFY_THROWS_EXCEPTION(Error, speculator.start({V}));
    }

    void whatDoesNotFitIsRefused() {
        MarkovToy target(V, 3, 11);
        ModelDrafter drafter(m_close, V);
        Plan plan{.rule = Rule::iid};
        QVERIFY_THROWS_EXCEPTION(Error, Speculator(target, &drafter, plan));
        plan.growth.pick = Pick::iid;
        Speculator fine(target, &drafter, plan);
        plan.growth.dynamic = Dynamic{};
        QVERIFY_THROWS_EXCEPTION(Error, fine.setPlan(plan));
        QVERIFY(!fine.plan().growth.dynamic);
    }

    /// What a drafter that reads hidden states is shown: one row for each token but the last.
    void hiddenStatesAreThoseOfTheText() {
        class Reader final : public Drafter {
         public:
            std::string name() const override { return "reader"; }
            bool readsHidden() const override { return true; }
            void begin(const Past& past) override {
                ++begun;
                QCOMPARE(past.hidden.size(), (past.text.size() - 1) * 2);
                for (std::size_t i = 0; i + 1 < past.text.size(); ++i) {
                    QCOMPARE(past.hidden[2 * i], float(past.text[i]));
                    QCOMPARE(past.hidden[2 * i + 1], float(i + 1));
                }
            }
            void expand(const DraftTree&, std::span<const int> parents, std::vector<Distribution>& q) override {
                for (std::size_t i = 0; i < parents.size(); ++i) q[i] = randomLaw(V, 77, 3);
            }
            int begun = 0;
        } reader;
        MarkovToy target(V, 3, 11, 2.5);
        const Plan plan{.rule = Rule::coupled, .growth = {.shape = shapeOf("8x4")}};
        Speculator speculator(target, nullptr, plan);
        speculator.start(randomText(70, V, 1));
        speculator.step();
        speculator.setDrafter(&reader, plan); // it comes later, and is shown what was before it
        for (int i = 0; i < 30; ++i) speculator.step();
        speculator.rewind(72);
        for (int i = 0; i < 5; ++i) speculator.step();
        QCOMPARE(reader.begun, 35);
    }

    void lookupFindsWhatStoodBefore() {
        LookupDrafter lookup(10);
        const std::vector<std::int32_t> text = {1, 2, 3, 4, 5, 1, 2, 3, 6, 7, 1, 2, 3};
        Growth growth{.shape = shapeOf("2x1x1")};
        const DraftTree tree = grow(lookup, {text}, growth, {});
        QCOMPARE(lookup.matched(), 3);
        QCOMPARE(tree.nodes.size(), std::size_t(6));
        WITHIN(tree.nodes[0].q - 2. / 3, 1e-15); // the newer place weighs twice as much
        QCOMPARE(tree.path(tree.candidates(tree.candidates(0)[0])[0]), (std::vector<std::int32_t>{6, 7, 1}));
        QCOMPARE(tree.nodes[1].token, 4);
        const std::vector<std::int32_t> fresh = {1, 2, 3};
        QVERIFY(grow(lookup, {fresh}, growth, {}).nodes.empty());
    }
};

} // namespace

QTEST_GUILESS_MAIN(TestSpeculate)
#include "tst_speculate.moc"
