// SPDX-License-Identifier: GPL-3.0-or-later
// A node of a tree has the logits that plain decoding gives after the same tokens, and commit() leaves the cache that plain
// decoding leaves: bit for bit, on the host and on Vulkan.
#include "engine/labs/language/crew.h"
#include "tests/language/models.h"

#include <QRegularExpression>

using namespace orrery;
using namespace orrery::language;
using namespace orrery::language::test;

namespace {

using Random = std::mt19937;

std::vector<std::int32_t> someTokens(Random& random, int count, int vocabulary) {
    std::vector<std::int32_t> tokens;
    for (int i = 0; i < count; ++i) tokens.push_back(std::int32_t(random() % unsigned(vocabulary)));
    return tokens;
}

/// At most `count` nodes, none deeper than 8; parents before children, siblings in no order.
std::vector<TreeToken> someTree(Random& random, int count, int vocabulary) {
    std::vector<TreeToken> nodes;
    std::vector<int> depths;
    while (int(nodes.size()) < count) {
        const int parent = int(random() % (nodes.size() + 1)) - 1, depth = parent < 0 ? 0 : depths[std::size_t(parent)] + 1;
        if (depth >= 8) continue;
        nodes.push_back({std::int32_t(random() % unsigned(vocabulary)), parent});
        depths.push_back(depth);
    }
    return nodes;
}

std::vector<std::int32_t> pathTo(const std::vector<TreeToken>& nodes, int node) {
    std::vector<std::int32_t> path;
    for (; node >= 0; node = nodes[std::size_t(node)].parent) path.insert(path.begin(), node);
    return path;
}

std::vector<float> copied(std::span<const float> values) { return {values.begin(), values.end()}; }

/// Plain decoding: one token at a time.
std::vector<float> plainly(Predictor& model, std::span<const std::int32_t> tokens) {
    std::vector<float> last;
    for (const std::int32_t token : tokens) {
        last = copied(model.extend(std::vector<TreeToken>{{token, -1}}));
        model.commit(std::vector<std::int32_t>{0});
    }
    return last;
}

} // namespace

class Tree : public QObject {
    Q_OBJECT
 private slots:
    void treeIsPlainDecoding_data() { rows(); }
    void treeIsPlainDecoding() {
        const auto [weights, path] = fetched();
        Random random(7);
        Transformer tree(weights, &orrery::test::device(), {.path = path}),
            plain(weights, &orrery::test::device(), {.path = path});
        const int V = tree.vocabulary();
        const int trees = path == Path::host ? 6 : 2;
        for (int round = 0; round < trees; ++round) {
            const int size = round == 0 ? 64 : 1 + int(random() % 64);
            const auto prefix = someTokens(random, 1 + int(random() % unsigned(tree.context() - 10)), V);
            const auto nodes = someTree(random, size, V);
            tree.truncate(0);
            tree.prefill(prefix);
            std::vector<float> logits, hidden;
            for (int at = 0; at < size;) { // in parts of any size
                const int part = std::min(size - at, 1 + int(random() % 40));
                const auto rows = tree.extend(std::span(nodes).subspan(std::size_t(at), std::size_t(part)));
                logits.insert(logits.end(), rows.begin(), rows.end());
                hidden.insert(hidden.end(), tree.hidden().begin(), tree.hidden().end());
                at += part;
            }
            QCOMPARE(tree.pending(), size);
            plain.truncate(0);
            plainly(plain, prefix);
            const int tried = path == Path::host ? size : std::min(size, 12);
            for (int i = 0; i < tried; ++i) {
                const int node = path == Path::host ? i : int(random() % unsigned(size));
                std::vector<std::int32_t> tokens;
                for (const std::int32_t step : pathTo(nodes, node)) tokens.push_back(nodes[std::size_t(step)].token);
                plain.truncate(int(prefix.size()));
                const auto wanted = plainly(plain, tokens);
                QVERIFY(sameBits(wanted, std::span(logits).subspan(std::size_t(node * V), std::size_t(V))));
                const auto width = std::size_t(tree.width());
                QVERIFY(sameBits(plain.hidden(), std::span(hidden).subspan(std::size_t(node) * width, width)));
            }
        }
    }

    void cacheAfterCommit_data() { rows(); }
    void cacheAfterCommit() {
        const auto [weights, path] = fetched();
        Random random(11);
        Transformer tree(weights, &orrery::test::device(), {.path = path}),
            plain(weights, &orrery::test::device(), {.path = path});
        const int V = tree.vocabulary();
        const auto prefix = someTokens(random, 5, V);
        tree.prefill(prefix), plainly(plain, prefix);
        for (int round = 0; round < 3; ++round) {
            const auto nodes = someTree(random, 24, V);
            tree.extend(nodes);
            int deepest = 0; // of the nodes that are not their parent's first: rows must move
            for (int i = 0; i < 24; ++i)
                if (pathTo(nodes, i).size() >= pathTo(nodes, deepest).size()) deepest = i;
            const auto way = pathTo(nodes, deepest);
            if (round == 0) QVERIFY(way.back() + 1 > std::int32_t(way.size()));
            std::vector<std::int32_t> tokens;
            for (const std::int32_t step : way) tokens.push_back(nodes[std::size_t(step)].token);
            tree.commit(way), plainly(plain, tokens);
            QCOMPARE(tree.length(), plain.length());
            QVERIFY(std::ranges::equal(tree.committed(), plain.committed()));
            for (int layer = 0; layer < weights->config.layers; ++layer)
                for (int row = 0; row < tree.length(); ++row)
                    QVERIFY(sameBits(tree.cacheRow(layer, row), plain.cacheRow(layer, row)));
            const auto next = someTokens(random, 1, V);
            const std::vector<float> wanted = plainly(plain, next);
            QVERIFY(sameBits(plainly(tree, next), wanted));
        }
    }

    /// The order of a sum must not hang on how many columns, threads or nodes there are.
    void columnsDoNotMatter_data() { rows(); }
    void columnsDoNotMatter() {
        const auto [weights, path] = fetched();
        Random random(13);
        Transformer model(weights, &orrery::test::device(), {.path = path});
        const auto token = someTokens(random, 1, model.vocabulary())[0];
        model.prefill(someTokens(random, 6, model.vocabulary()));
        const std::vector<float> alone = copied(model.extend(std::vector<TreeToken>{{token, -1}}));
        std::vector<int> counts = {2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 31, 33, 64, 65, 70};
        if (path == Path::vulkan) counts = {2, 5, 8, 9, 16, 17, 65};
        for (const int count : counts) {
            model.truncate(model.length());
            std::vector<TreeToken> siblings(std::size_t(count), TreeToken{token, -1});
            const auto all = model.extend(siblings);
            for (int i = 0; i < count; ++i) QVERIFY(sameBits(alone, all.subspan(std::size_t(i) * alone.size(), alone.size())));
        }
    }

    void threadsDoNotMatter() {
        const auto weights = std::make_shared<const ModelWeights>(wider(WeightType::f16));
        Transformer model(weights, nullptr);
        Random random(17);
        const auto text = someTokens(random, 40, model.vocabulary());
        std::vector<float> first;
        for (const int cores : {1, 2, 3, 5}) {
            tensor::host::useCores(cores);
            for (int again = 0; again < 3; ++again) { // one thread is tried first, then all
                model.truncate(0);
                const auto got = copied(model.prefill(text));
                if (first.empty()) first = got;
                QVERIFY(sameBits(first, got));
            }
        }
        tensor::host::useCores(0);
    }

    void prefillIsPlainDecoding_data() { rows(); }
    void prefillIsPlainDecoding() {
        const auto [weights, path] = fetched();
        Random random(19);
        Transformer model(weights, &orrery::test::device(), {.path = path}),
            plain(weights, &orrery::test::device(), {.path = path});
        const auto text = someTokens(random, std::min(model.context(), 70), model.vocabulary());
        const auto wanted = plainly(plain, text);
        QVERIFY(sameBits(model.prefill(text), wanted));
        QCOMPARE(int(model.hidden().size()), int(text.size()) * model.width());
        const auto width = std::size_t(model.width());
        QVERIFY(sameBits(model.hidden().last(width), plain.hidden()));
        QCOMPARE(model.length(), int(text.size()));
    }

    void pathsAgree_data() {
        QTest::addColumn<QString>("model");
        for (const char* model : {"gpt2", "llama", "qwen2", "wide f32", "wide f16", "wide bf16"})
            QTest::newRow(model) << QString(model);
    }
    void pathsAgree() {
        QFETCH(QString, model);
        const auto weights = weightsOf(model);
        Transformer host(weights, nullptr), device(weights, &orrery::test::device(), {.path = Path::vulkan});
        Random random(23);
        const auto text = someTokens(random, 20, host.vocabulary());
        const auto a = logitsOf(host, text), b = logitsOf(device, text);
        double size = 0;
        for (const float v : a) size = std::max(size, std::abs(double(v)));
        // Two float32 orders of sums of up to 200 terms through two layers: some 1e-6 of the size; 1e-4 leaves room for a
        // device's exp and sqrt of a few units in the last place.
        QVERIFY2(farthest(a, b) <= 1e-4 * size, qPrintable(QString("off by %1 of %2").arg(farthest(a, b)).arg(size)));
    }

    /// What a GPU gets: storage reads, two pairs of rows and every number of columns; here on the CPU device.
    void asOnAGpu_data() {
        QTest::addColumn<QString>("model");
        for (const char* model : {"gpt2", "wide f16"}) QTest::newRow(model) << QString(model);
    }
    void asOnAGpu() {
        QFETCH(QString, model);
        gpu::Device storage(orrery::test::device().instance(),
                            {.pipelineCacheFile = "-", .forceReadPath = gpu::ReadPath::storage, .forceRead = true});
        shapeAsForGpu(true);
        const auto weights = weightsOf(model);
        Transformer device(weights, &storage, {.path = Path::vulkan}), host(weights, nullptr);
        shapeAsForGpu(false);
        Random random(29);
        const auto token = someTokens(random, 1, device.vocabulary())[0];
        const auto text = someTokens(random, 11, device.vocabulary());
        device.prefill(text), host.prefill(text);
        const std::vector<float> alone = copied(device.extend(std::vector<TreeToken>{{token, -1}}));
        const auto wanted = host.extend(std::vector<TreeToken>{{token, -1}});
        double size = 0;
        for (const float v : wanted) size = std::max(size, std::abs(double(v)));
        QVERIFY2(farthest(alone, wanted) <= 1e-4 * size, qPrintable(QString("off by %1").arg(farthest(alone, wanted))));
        for (const int count : {6, 9, 16}) {
            device.truncate(device.length());
            const auto all = device.extend(std::vector<TreeToken>(std::size_t(count), TreeToken{token, -1}));
            for (int i = 0; i < count; ++i) QVERIFY(sameBits(alone, all.subspan(std::size_t(i) * alone.size(), alone.size())));
        }
    }

    /// An output matrix beyond what the device addresses at once lies there in parts.
    void outputInParts() {
        gpu::Device storage(orrery::test::device().instance(),
                            {.pipelineCacheFile = "-", .forceReadPath = gpu::ReadPath::storage, .forceRead = true});
        const std::uint64_t most = storage.info().limits.maxStorageBufferRange;
        if (most > 200'000'000) QSKIP("this device addresses more than the matrix would have");
        ModelConfig c;
        c.layers = 1, c.width = 768, c.heads = c.keyHeads = 2, c.headSize = 16, c.inner = 32, c.context = 16, c.tied = true;
        c.vocabulary = int(most / (768 * 4)) + 1001;
        const auto weights = std::make_shared<const ModelWeights>(randomWeights(c, 3, WeightType::f32));
        Transformer device(weights, &storage, {.path = Path::vulkan}), host(weights, nullptr);
        const std::vector<TreeToken> node{{c.vocabulary - 1, -1}};
        const auto wanted = host.extend(node);
        QVERIFY(farthest(device.extend(node), wanted) <= 1e-4 * 4); // sums of 768 products, of size 1
    }

    void refuses() {
        Transformer model(std::make_shared<const ModelWeights>(ModelFiles(dataPath("gpt2")).load()), nullptr);
        const auto one = [](std::int32_t token, std::int32_t parent) { return std::vector<TreeToken>{{token, parent}}; };
        model.prefill(std::vector<std::int32_t>{1, 2, 3});
        QVERIFY(errorOf([&] { model.extend(one(64, -1)); }).find("token 64 is not among its 64") != std::string::npos);
        QVERIFY(errorOf([&] { model.extend(one(-1, -1)); }).find("token -1") != std::string::npos);
        QVERIFY(errorOf([&] { model.extend(one(1, 0)); }).find("parent 0") != std::string::npos);
        QVERIFY(errorOf([&] { model.truncate(4); }).find("cannot go back to 4") != std::string::npos);
        QCOMPARE(model.pending(), 0);
        model.extend(std::vector<TreeToken>{{1, -1}, {2, 0}, {3, -1}});
        QVERIFY(!errorOf([&] { model.commit(std::vector<std::int32_t>{1}); }).empty());
        QVERIFY(!errorOf([&] { model.commit(std::vector<std::int32_t>{0, 2}); }).empty());
        QVERIFY(!errorOf([&] { model.commit(std::vector<std::int32_t>{7}); }).empty());
        QCOMPARE(model.pending(), 3);
        model.commit(std::vector<std::int32_t>{0, 1});
        QCOMPARE(model.length(), 5);
        const std::vector<std::int32_t> rest(27, 5), more(28, 5);
        QVERIFY(errorOf([&] { model.prefill(more); }).find("beyond its context of 32") != std::string::npos);
        QCOMPARE(model.length(), 5);
        model.prefill(rest);
        QVERIFY(!errorOf([&] { model.extend(one(1, -1)); }).empty());
    }

    /// A task that fails ends the program of all members; nobody waits for it for ever.
    void crewFails() {
        Crew crew(4);
        tensor::host::useCores(3);
        for (int run = 0; run < 4; ++run) {
            const std::string error = errorOf([&] {
                crew.run(1e9, [](Crew::Member& member) {
                    member.stage(20, [](std::int64_t) {});
                    member.stage(20, [](std::int64_t i) {
                        if (i == 7) throw Error("the seventh");
                    });
                    member.stage(20, [](std::int64_t) {});
                });
            });
            QCOMPARE(error, "the seventh");
        }
        std::atomic<int> done{0};
        crew.run(1e9, [&](Crew::Member& member) {
            member.stage(20, [&](std::int64_t) { ++done; });
            member.stage(1, [&](std::int64_t) { done = done == 20 ? 100 : 0; });
        });
        QCOMPARE(done.load(), 100);
        tensor::host::useCores(0);
    }

    void timesAddUp() {
        Transformer model(std::make_shared<const ModelWeights>(wider(WeightType::f32)), nullptr);
        model.extend(std::vector<TreeToken>{{1, -1}});
        const StepTimes t = model.times();
        QVERIFY(t.products > 0 && t.attention > 0 && t.logits > 0);
        QVERIFY(t.products + t.attention + t.logits + t.other <= t.total + 1e-6);
    }

 private:
    /// Of sizes that are no multiples of 16, with 3 query heads for each key head.
    static ModelWeights wider(WeightType type) {
        ModelConfig c;
        c.layers = 2, c.width = 200, c.heads = 6, c.keyHeads = 2, c.headSize = 36, c.inner = 300, c.vocabulary = 333,
        c.context = 160;
        return randomWeights(c, 5, type);
    }
    static std::shared_ptr<const ModelWeights> weightsOf(const QString& model) {
        if (model.startsWith("wide"))
            return std::make_shared<const ModelWeights>(wider(model.endsWith("bf16")  ? WeightType::bf16
                                                              : model.endsWith("f16") ? WeightType::f16
                                                                                      : WeightType::f32));
        return std::make_shared<const ModelWeights>(ModelFiles(dataPath(model.toStdString())).load());
    }
    static void rows() {
        QTest::addColumn<QString>("model");
        QTest::addColumn<int>("path");
        for (const Path path : {Path::host, Path::vulkan})
            for (const char* model : {"gpt2", "llama", "qwen2", "wide f32", "wide f16", "wide bf16"})
                if (path == Path::host ||
                    QString(model).contains(QRegularExpression("gpt2|llama| f16"))) // pipelines take their time
                    QTest::addRow("%s %s", model, nameOf(path)) << QString(model) << int(path);
    }
    static std::pair<std::shared_ptr<const ModelWeights>, Path> fetched() {
        const QString model = *static_cast<QString*>(QTest::qData("model", qMetaTypeId<QString>()));
        return {weightsOf(model), Path(*static_cast<int*>(QTest::qData("path", qMetaTypeId<int>())))};
    }
};

ORRERY_TEST_MAIN(Tree)
#include "tst_tree.moc"
