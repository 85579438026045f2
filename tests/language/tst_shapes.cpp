// SPDX-License-Identifier: GPL-3.0-or-later
// Trees: published ones with their counts, text form, Medusa's buffers, the dynamic tree against brute force.
#include "tests/language/toys.h"

#include <set>

using namespace orrery;
using namespace orrery::language;
using namespace orrery::language::test;

class TestShapes : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    /// Check 9: counts as computed from medusa_choices.py and choices.py.
    void publishedTrees_data() {
        QTest::addColumn<std::vector<int>>("perDepth");
        QTest::addColumn<int>("leaves");
        QTest::newRow("mc-sim-7b-63") << std::vector<int>{10, 28, 23, 2} << 42;
        QTest::newRow("vicuna-7b-stage2") << std::vector<int>{10, 23, 23, 7} << 42;
        QTest::newRow("vicuna-7b-stage1-ablation") << std::vector<int>{10, 21, 25, 7} << 42;
        QTest::newRow("vicuna-7b-stage1") << std::vector<int>{10, 32, 20, 1} << 44;
        QTest::newRow("vicuna-13b-stage2") << std::vector<int>{10, 19, 25, 9} << 42;
        QTest::newRow("vicuna-13b-stage1") << std::vector<int>{10, 29, 23, 1} << 44;
        QTest::newRow("vicuna-33b-stage2") << std::vector<int>{10, 24, 24, 5} << 43;
        QTest::newRow("vicuna-33b-stage1") << std::vector<int>{10, 34, 19} << 46;
        QTest::newRow("zephyr-stage2") << std::vector<int>{10, 27, 23, 3} << 44;
        QTest::newRow("eagle-1") << std::vector<int>{4, 8, 8, 3, 2} << 15;
    }
    void publishedTrees() {
        QFETCH(std::vector<int>, perDepth);
        QFETCH(int, leaves);
        const Shape shape = shapeOf(QTest::currentDataTag());
        QCOMPARE(shape.perDepth(), perDepth);
        QCOMPARE(shape.leaves(), leaves);
        QCOMPARE(Shape::parse(shape.text()), shape);
        const TreeBuffers b = buffers(shape, 5);
        QCOMPARE(b.retrieve.size(), std::size_t(leaves));
        for (std::size_t i = 0; i < b.mask.size(); ++i) {
            int sum = 0;
            for (std::size_t j = 0; j < b.mask.size(); ++j) {
                sum += b.mask[i][j];
                if (b.mask[i][j]) QVERIFY(j <= i); // a node sees only what came before it
            }
            QCOMPARE(sum, b.positions[i] + 1);
            QCOMPARE(b.mask[i][0], std::uint8_t(1));
            QCOMPARE(b.mask[i][i], std::uint8_t(1));
        }
        std::set<std::vector<int>> paths(b.retrieve.begin(), b.retrieve.end());
        QCOMPARE(paths.size(), b.retrieve.size());
        for (const auto& path : b.retrieve) {
            QCOMPARE(path.size(), std::size_t(shape.depth()) + 1);
            QCOMPARE(path[0], 0);
            for (std::size_t d = 1; d < path.size() && path[d] >= 0; ++d) {
                const auto& node = shape.nodes()[std::size_t(path[d]) - 1];
                QCOMPARE(node.size(), d);
                QCOMPARE(b.treeIndices[std::size_t(path[d])], 10 * int(d - 1) + node.back() + 1);
            }
        }
        if (shape.depth() > 1) QVERIFY_THROWS_EXCEPTION(Error, buffers(shape, shape.depth() - 1));
    }

    /// The first published tree as its authors wrote it, in their order.
    void aPublishedTreeIsTheirs() {
        const Shape theirs = Shape::parse(
            "0;1;2;3;0,0;0,1;0,2;1,0;1,1;2,0;2,1;3,0;0,0,0;0,0,1;0,0,2;0,1,0;0,1,1;0,2,0;0,2,1;1,0,0;"
            "0,0,0,0;0,0,0,1;0,0,0,2;0,0,0,0,0;0,0,0,0,1");
        QCOMPARE(shapeOf("eagle-1"), theirs);
        QCOMPARE(theirs.size(), std::size_t(25));
        const Shape medusa = shapeOf("mc-sim-7b-63");
        const auto has = [&](const Shape::Ranks& node) {
            return std::find(medusa.nodes().begin(), medusa.nodes().end(), node) != medusa.nodes().end();
        };
        QVERIFY(has({0, 0, 0, 1}) && has({0, 7, 0}) && has({1, 6}) && has({9, 0}) && has({8, 0}));
        QVERIFY(!has({0, 8, 0}) && !has({1, 7}) && !has({9, 1}) && !has({1, 0, 2}));
    }

    void textForm() {
        QCOMPARE(Shape::parse(" 0 ; 0,0;0 , 1;1").text(), std::string("0;1;0,0;0,1"));
        QCOMPARE(shapeOf("chain3").text(), std::string("0;0,0;0,0,0"));
        QCOMPARE(shapeOf("2x3").perDepth(), (std::vector<int>{2, 6}));
        QCOMPARE(shapeOf("2x2x2").size(), std::size_t(14));
        for (const char* bad : {"", "0;", "0,", "0;0", "0,0", "-1", "0;a", "0;1,0,0", "x", "chain0", "chain65", "2x0", "99x99",
                                "mc-sim", "99999999999", "0;;1", "0.5"})
            QVERIFY_THROWS_EXCEPTION(Error, shapeOf(bad));
        try {
            shapeOf("0;1,0");
        } catch (const Error& e) {
            QVERIFY2(QString(e.what()) == "" || QString(e.what()).contains("1,0"), e.what());
        }
    }

    /// E[tokens] = 1 + sum of path products; of a chain with one accuracy the closed form.
    void expectedTokensOfAChain() {
        const std::vector<std::vector<double>> alpha(8, {0.7});
        for (const auto& [length, golden] : {std::pair{2, 2.19}, {4, 2.77}, {8, 3.20}}) {
            WITHIN(expectedTokens(Shape::chain(length), alpha) - (1 - std::pow(.7, length + 1)) / .3, 1e-12);
            WITHIN(expectedTokens(Shape::chain(length), alpha) - golden, 5e-3);
        }
        WITHIN(expectedTokens(shapeOf("0;1;0,0"), std::vector<std::vector<double>>{{.5, .2}, {.4}}) - (1 + .5 + .2 + .2), 1e-12);
    }

    /// Check 10: of all that were seen, the m nodes that stay are the best connected ones there are.
    void theDynamicTreeIsTheBestConnectedOne() {
        for (std::uint64_t seed = 0; seed < 40; ++seed) {
            std::vector<DraftNode> nodes;
            for (int i = 0; i < 12; ++i) {
                DraftNode node;
                node.parent = int(philox(seed, std::uint32_t(i), 0, 1)[0] % std::uint32_t(i + 1)) - 1;
                node.depth = node.parent < 0 ? 1 : nodes[std::size_t(node.parent)].depth + 1;
                node.q = i % 4 == 3 ? 1 : unitOpen(philox(seed, std::uint32_t(i), 1, 1)[0]); // ties with the parent too
                node.value = node.q * (node.parent < 0 ? 1 : nodes[std::size_t(node.parent)].value);
                nodes.push_back(node);
            }
            for (const int m : {1, 3, 5, 8}) {
                double best = -1;
                for (unsigned set = 0; set < 1u << 12; ++set) {
                    double sum = 0;
                    bool connected = __builtin_popcount(set) == m;
                    for (int i = 0; i < 12 && connected; ++i) {
                        if (!(set >> i & 1)) continue;
                        const DraftNode& node = nodes[std::size_t(i)];
                        connected = node.parent < 0 || (set >> node.parent & 1);
                        sum += node.value;
                    }
                    if (connected) best = std::max(best, sum);
                }
                const std::vector<int> kept = bestConnected(nodes, m);
                QCOMPARE(kept.size(), std::size_t(m));
                double sum = 0;
                for (const int i : kept) {
                    const int parent = nodes[std::size_t(i)].parent;
                    QVERIFY(parent < 0 || std::find(kept.begin(), kept.end(), parent) != kept.end());
                    sum += nodes[std::size_t(i)].value;
                }
                WITHIN(sum - best, 1e-12);
            }
        }
    }

    void aDynamicTreeIsGrownFromItsBestNodes() {
        MarkovToy model(30, 2, 4);
        ModelDrafter drafter(model, 30);
        const std::vector<std::int32_t> text = randomText(5, 30, 1);
        Growth growth;
        growth.dynamic = Dynamic{.total = 11, .depth = 4, .width = 3};
        const DraftTree tree = grow(drafter, {text}, growth, {});
        QCOMPARE(tree.nodes.size(), std::size_t(11));
        QVERIFY(tree.depth() <= 4);
        for (std::size_t i = 0; i < tree.nodes.size(); ++i) {
            const DraftNode& node = tree.nodes[i];
            QVERIFY(node.parent < int(i));
            WITHIN(node.value - node.q * (node.parent < 0 ? 1 : tree.nodes[std::size_t(node.parent)].value), 1e-15);
            std::vector<std::int32_t> context = text, path = tree.path(node.parent); // q is the model's own
            context.insert(context.end(), path.begin(), path.end());
            std::vector<float> logits(30);
            model.after(context, logits);
            WITHIN(node.q - distribution(logits, {})[std::size_t(node.token)], 1e-15);
        }
        growth.pick = Pick::iid;
        QVERIFY_THROWS_EXCEPTION(Error, grow(drafter, {text}, growth, {}));
    }

    void ranksThatAreLeftOutAreNotDrafted() {
        ConstantDrafter drafter({.1, .2, .3, .4});
        const std::vector<std::int32_t> text = {0};
        Growth growth{.shape = Shape::parse("1;1,0;1,2")};
        const DraftTree tree = grow(drafter, {text}, growth, {});
        QCOMPARE(tree.nodes.size(), std::size_t(3));
        QCOMPARE(tree.nodes[0].token, 2); // second likeliest
        QCOMPARE(tree.path(1), (std::vector<std::int32_t>{2, 3}));
        QCOMPARE(tree.path(2), (std::vector<std::int32_t>{2, 1}));
    }

    void aTokenDrawnTwiceIsOneNode() {
        ConstantDrafter drafter({.9, .1});
        const std::vector<std::int32_t> text = {0};
        Growth growth{.shape = shapeOf("4x2"), .pick = Pick::iid};
        for (std::uint64_t seed = 0; seed < 50; ++seed) {
            const DraftTree tree = grow(drafter, {text}, growth, {seed});
            QCOMPARE(tree.candidates(-1).size(), std::size_t(4));
            std::set<int> nodes(tree.candidates(-1).begin(), tree.candidates(-1).end());
            std::set<std::pair<int, int>> places;
            for (const DraftNode& node : tree.nodes) QVERIFY(places.emplace(node.parent, node.token).second);
            QVERIFY(nodes.size() <= 2);
        }
    }
};

QTEST_GUILESS_MAIN(TestShapes)
#include "tst_shapes.moc"
