// SPDX-License-Identifier: GPL-3.0-or-later
// What must hold of any weights, with no reference to compare with; and pictures and clicks of every size and place.
#include "engine/labs/segmentation/embedding_cache.h"
#include "engine/labs/segmentation/everything.h"
#include "tests/segmentation/support.h"

using namespace orrery;
using namespace orrery::segmentation;
using namespace orrery::segmentation::test;

namespace {

double farthest(std::span<const float> a, std::span<const float> b) {
    double most = a.size() == b.size() ? 0 : INFINITY;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) most = std::max(most, std::abs(double(a[i]) - double(b[i])));
    return most;
}

} // namespace

class TestLaws : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    Case m_case{"vit"};
    std::unique_ptr<tensor::Context> m_context;
    std::unique_ptr<Model> m_model;
    Picture m_picture;
    Fit m_fit;
    Features m_features;
    Embedded m_embedded;

    std::string path(const char* name) const { return (m_folder.path() + '/' + name).toStdString(); }
    std::unique_ptr<Model> model(const Case& c, const char* file) {
        return Model::load(*m_context, ModelPlan(saved(c, path(file), Form::metaSafetensors)));
    }
    Features encoded(const Model& m, const Picture& p, const Watch& watch = {}) {
        Encoding encoding = m.encode(*m_context, p, watch);
        while (!encoding.step(*m_context, 1e3)) continue;
        return *encoding.features;
    }
    Answer ask(const Prompt& prompt) { return m_model->ask(*m_context, m_embedded, prompt); }

 private Q_SLOTS:
    void initTestCase() {
        m_context = std::make_unique<tensor::Context>(orrery::test::device());
        m_model = model(m_case, "vit.safetensors");
        m_picture = picture(211, 300);
        m_fit = fitInto(211, 300, m_model->side());
        m_features = encoded(*m_model, m_picture);
        m_embedded = m_model->embedded(*m_context, m_features, m_fit);
    }
    void cleanupTestCase() {
        m_embedded = {}, m_features = {};
        m_model.reset(), m_context.reset();
    }

    void theOrderOfClicksDoesNotMatter() {
        const Prompt one{{{50, 60, true}, {150, 220, false}, {90, 100, true}}, {}, {}};
        const Prompt other{{one.clicks[2], one.clicks[0], one.clicks[1]}, {}, {}};
        const Answer a = ask(one), b = ask(other);
        QVERIFY(farthest(a.logits, b.logits) <= 1e-5);
        QVERIFY(farthest(a.iou, b.iou) <= 1e-5);
        const Prompt flipped{{{50, 60, false}, {150, 220, false}, {90, 100, true}}, {}, {}};
        QVERIFY(farthest(ask(flipped).logits, a.logits) > 1e-3); // the law is not true of everything
    }
    void manyPromptsAtOnceAreOneByOne() {
        std::vector<Prompt> prompts;
        for (int i = 0; i < 5; ++i) prompts.push_back({{{20.0 + 30 * i, 40.0 + 50 * i, true}}, {}, {}});
        const std::vector<Answer> all = m_model->askAll(*m_context, m_embedded, prompts);
        for (std::size_t i = 0; i < prompts.size(); ++i) {
            const Answer alone = ask(prompts[i]);
            QVERIFY(farthest(all[i].logits, alone.logits) <= 1e-5);
            QVERIFY(farthest(all[i].iou, alone.iou) <= 1e-5);
            QCOMPARE(all[i].chosen, alone.chosen);
        }
        QVERIFY(farthest(all[0].logits, all[1].logits) > 1e-3);
        QVERIFY(!errorOf([&] {
                     m_model->askAll(*m_context, m_embedded, std::array{prompts[0], Prompt{{{1, 1}, {2, 2}}, {}, {}}});
                 }).empty());
    }
    void theSameQuestionHasTheSameBits() {
        const Prompt one{{{50, 60, true}}, {}, {}}, other{{{100, 60, true}}, {}, {}};
        const Answer first = ask(one);
        ask(other);
        QVERIFY(ask(one).logits == first.logits); // as after undo
        const Embedded again = m_model->embedded(*m_context, m_features, m_fit);
        QVERIFY(m_model->ask(*m_context, again, one).logits == first.logits); // what is kept per picture, made anew
        QVERIFY(m_context->read(encoded(*m_model, m_picture).embedding) == m_context->read(m_features.embedding));
    }
    void keptEmbeddingsHaveTheSameBits() {
        const std::string folder = path("cache");
        const EmbeddingKey key{hashOf(m_picture), 77};
        const std::vector<float> right = m_context->read(m_features.embedding);
        EmbeddingCache(folder).keep(*m_context, key, m_features);
        EmbeddingCache fresh(folder);
        const auto found = fresh.find(*m_context, key);
        QVERIFY(found && m_context->read(found->embedding) == right);
        QVERIFY(!fresh.find(*m_context, {key.picture, 78}) && !fresh.find(*m_context, {key.picture + 1, 77}));
        const std::string file = folder + '/' + key.text() + ".safetensors";
        std::string bytes = orrery::test::loadFile(file);
        std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes.substr(0, bytes.size() / 2);
        QVERIFY(!EmbeddingCache(folder).find(*m_context, key)); // a damaged one counts as none …
        QVERIFY(!QFile::exists(QString::fromStdString(file)));  // … and goes
        EmbeddingCache two({}, 2);
        for (std::uint64_t i = 0; i < 3; ++i) two.keep(*m_context, {i, 0}, m_features);
        QVERIFY(!two.find(*m_context, {0, 0}) && two.find(*m_context, {1, 0}) && two.find(*m_context, {2, 0}));
    }

    void aPixelStaysWithinItsWindowUntilAllTokensMeet() {
        const std::int64_t side = m_model->side(), G = side / 16, window = 4, D = 48; // blocks 0 and 2 have windows, 1 and 3 not
        Picture p = picture(side, side), changed = p;
        changed.rgb[std::size_t(3 * (70 * side + 100))] ^= 0xFF; // token (6, 4): window (1, 1)
        std::map<std::string, std::vector<float>> before, after;
        encoded(*m_model, p, [&](const std::string& name, const tensor::Tensor& t) { before[name] = m_context->read(t); });
        encoded(*m_model, changed, [&](const std::string& name, const tensor::Tensor& t) { after[name] = m_context->read(t); });
        const auto differs = [&](const std::string& name, std::int64_t y, std::int64_t x) {
            const auto at = std::ptrdiff_t((y * G + x) * D);
            return !std::equal(before[name].begin() + at, before[name].begin() + at + D, after[name].begin() + at);
        };
        bool elsewhere = false;
        for (std::int64_t y = 0; y < G; ++y)
            for (std::int64_t x = 0; x < G; ++x) {
                QCOMPARE(differs("patch_embed", y, x), y == 4 && x == 6);
                QCOMPARE(differs("block.0", y, x), y / window == 1 && x / window == 1);
                elsewhere = elsewhere || (differs("block.1", y, x) && y / window != 1);
            }
        QVERIFY(elsewhere);
    }
    void aTokensPlaceIsThatOfItsMiddle() {
        const std::vector<float> grid = m_context->read(m_model->prompts().grid());
        const std::int64_t G = m_model->side() / 16;
        for (std::int64_t y = 0; y < G; ++y)
            for (std::int64_t x = 0; x < G; ++x) {
                const std::vector<double> place = m_model->prompts().place(16.0 * double(x) + 7.5, 16.0 * double(y) + 7.5);
                for (std::size_t i = 0; i < place.size(); ++i)
                    QVERIFY(std::abs(double(grid[std::size_t(y * G + x) * place.size() + i]) - place[i]) < 1e-6);
            }
    }
    void positionsThatAreAllAlikeAreNone() {
        // A table of equal rows adds the same number to all scores of a query, which the softmax does not see.
        Case zero = m_case, constant = m_case;
        for (std::size_t i = 0; i < zero.tensors.size(); ++i) {
            Stored &z = zero.tensors[i], &c = constant.tensors[i];
            if (z.meta.find("rel_pos") == std::string::npos) continue;
            std::ranges::fill(z.values, 0.0F);
            for (std::size_t k = 0; k < c.values.size(); ++k) c.values[k] = c.values[k % std::size_t(c.shape[1])];
        }
        const std::vector<float> a = m_context->read(encoded(*model(zero, "zero.safetensors"), m_picture).embedding);
        const std::vector<float> b = m_context->read(encoded(*model(constant, "constant.safetensors"), m_picture).embedding);
        QVERIFY(apart(sampled(b), sampled(a)) < 1e-5);
        QVERIFY(apart(sampled(m_context->read(m_features.embedding)), sampled(a)) > 1e-2); // others do matter
    }
    void stabilityFallsWithItsOffset() {
        const Answer answer = ask({{{50, 60, true}}, {}, {}});
        for (std::size_t m = 0; m < std::size_t(answer.masks); ++m) {
            double last = 1;
            for (const double offset : {0.0, 0.01, 0.1, 0.5, 1.0, 2.0, 10.0}) {
                const double now = stability(answer.of(m), offset);
                QVERIFY(now <= last && now >= 0);
                last = now;
            }
        }
    }
    void theChoiceIsThatOfTheOnnxExport() {
        const std::array iou{9.0F, 0.1F, 0.7F, 0.3F};
        QCOMPARE(chosenMask(2, iou), std::size_t(2)); // a click and what stands for nothing, or a box
        QCOMPARE(chosenMask(3, iou), std::size_t(0));
        QCOMPARE(pointsOf({{{1, 2}}, {}, {}}, m_fit).size(), std::size_t(2));
        QCOMPARE(pointsOf({{}, Box{5, 6, 1, 2}, {}}, m_fit).size(), std::size_t(2));
        QCOMPARE(pointsOf({{{1, 2}}, Box{1, 2, 5, 6}, {}}, m_fit).size(), std::size_t(3));
        QVERIFY(ask({{}, Box{50, 60, 10, 20}, {}}).logits == ask({{}, Box{10, 20, 50, 60}, {}}).logits); // drawn from any corner
    }

    void picturesOfEverySize_data() {
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("height");
        for (const auto& [w, h] : {std::pair{1, 1}, {1, 300}, {300, 1}, {37, 500}, {1000, 40}, {160, 160}})
            QTest::addRow("%dx%d", w, h) << w << h;
        QTest::addRow("4000x3000") << 4000 << 3000;
    }
    void picturesOfEverySize() {
        QFETCH(int, width);
        QFETCH(int, height);
        const Picture p = picture(width, height);
        const Fit fit = fitInto(width, height, m_model->side());
        const Embedded embedded = m_model->embedded(*m_context, encoded(*m_model, p), fit);
        // On corners, in the middle, outside, and far away.
        for (const auto& [x, y] : {std::pair{0.0, 0.0},
                                   {width - 1.0, height - 1.0},
                                   {width / 2.0, height / 2.0},
                                   {-20.0, height + 50.0},
                                   {1e6, -1e6}}) {
            const Answer answer = m_model->ask(*m_context, embedded, {{{x, y, true}}, {}, {}});
            for (const float logit : answer.logits) QVERIFY(std::isfinite(logit));
            if (width == 4000 && x != 0) continue;
            const Mask mask = maskOf(answer.of(answer.chosen), answer.side, fit);
            QCOMPARE(mask.width, width);
            QCOMPARE(mask.height, height);
            QCOMPARE(mask.pixels.size(), std::size_t(width) * std::size_t(height));
        }
    }

    void everythingFindsWhatClicksFind() {
        EverythingOptions options{.pointsPerSide = 4, .batch = 3, .iouThreshold = -1e9, .stabilityThreshold = 0, .boxOverlap = 2};
        Everything all(*m_context, *m_model, m_picture, options, &m_embedded);
        std::size_t told = 0;
        double last = 0;
        while (!all.done()) {
            const double now = all.step(1, [&](const Found&) { ++told; });
            QVERIFY(now >= last);
            last = now;
        }
        QCOMPARE(all.asked(), 16);
        QVERIFY(told > 0 && told == all.masks().size() && told <= 48); // empty masks are not told
        for (const Found& found : all.masks()) {
            const Answer answer = ask({{{found.point[0], found.point[1], true}}, {}, {}});
            bool same = false;
            for (std::size_t m = 1; m < 4; ++m) {
                const Mask mask = maskOf(answer.of(m), answer.side, m_fit);
                same = same || iouOf(mask, decoded(found.mask)) > 0.999;
            }
            QVERIFY(same);
        }
        options.boxOverlap = 0.7, options.cropLayers = 1;
        Everything crops(*m_context, *m_model, m_picture, options);
        while (!crops.done()) crops.step(1e3);
        QCOMPARE(crops.asked(), 16 * 5);
        QVERIFY(crops.masks().size() < 48 * 5);
    }
};

ORRERY_TEST_MAIN(TestLaws)
#include "tst_laws.moc"
