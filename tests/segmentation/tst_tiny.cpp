// SPDX-License-Identifier: GPL-3.0-or-later
// TinyPrompt against its float64 twin (tests/reference/segmentation/tiny_reference.py), stage by stage; its dense map by
// hand; and planted faults that the same tolerances must tell.
#include "engine/labs/segmentation/embedding_cache.h"
#include "engine/labs/segmentation/tiny_clicked.h"
#include "engine/labs/segmentation/tiny_encoder.h"
#include "tests/segmentation/support.h"

#include <numbers>

using namespace orrery;
using namespace orrery::segmentation;
using namespace orrery::segmentation::test;

namespace {

constexpr std::int64_t side = 64;

Picture formulaPicture() {
    Picture p{64, 48, {}};
    for (std::int64_t y = 0; y < 48; ++y)
        for (std::int64_t x = 0; x < 64; ++x)
            for (const std::int64_t v : {(x * 7 + y * 3) % 256, (x * y) % 251, (x * x + 5 * y) % 241})
                p.rgb.push_back(std::uint8_t(v));
    return p;
}

std::vector<float> formerLogits(std::int64_t side) {
    std::vector<float> logits;
    for (std::int64_t y = 0; y < side / 2; ++y)
        for (std::int64_t x = 0; x < side / 2; ++x)
            logits.push_back(float(6 * std::sin(0.3 * double(x)) * std::cos(0.2 * double(y))));
    return logits;
}

std::vector<Prompt> promptsOf(std::int64_t width, std::int64_t height, std::int64_t side) {
    const auto w = double(width), h = double(height);
    const Click a{0.3 * w, 0.4 * h, true}, b{0.62 * w, 0.55 * h, false}, c{0.1 * w, 0.85 * h, true};
    return {
        {{a}, {}, {}}, {{a, b, c}, {}, formerLogits(side)}, {{b}, Box{0.2 * w, 0.1 * h, 0.9 * w, 0.8 * h}, formerLogits(side)}};
}

std::map<std::string, std::vector<double>> reference(const std::string& name) {
    std::map<std::string, std::vector<double>> all;
    const model::NumpyFile file(dataPath(name + ".npz"));
    for (const model::StoredTensor& tensor : file.tensors()) {
        const std::vector<float> values = file.readAll(tensor);
        all[tensor.name] = {values.begin(), values.end()};
    }
    return all;
}

Stages encoded(tensor::Context& context, const Encoder& encoder, Features& features) {
    Stages stages;
    const Watch watch = [&](const std::string& name, const tensor::Tensor& value) { stages[name] = context.read(value); };
    const Picture p = formulaPicture();
    const Fit fit = fitInto(p.width, p.height, side);
    const std::vector<float> pixels = normalised(p, fit);
    Encoding encoding = encoder.begin(context, context.upload({1, 3, side, side}, std::span<const float>(pixels)), watch);
    while (!encoding.step(context, 1e3)) continue;
    features = *encoding.features;
    return stages;
}

/// f32 rounds by 6e-8; some thirty layers one after another, errors adding up without order, come to less than 1e-6, and a
/// tenfold of that is allowed. Measured: 1e-7 to 5e-7.
constexpr double allowed = 1e-5;
bool agrees(const std::vector<float>& ours, const std::vector<double>& right, const std::string& stage) {
    const double difference = apart(sampled(ours), right);
    qInfo("%-12s %.2e of %.0e", stage.c_str(), difference, allowed);
    return difference <= allowed;
}

} // namespace

class TestTiny : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void everyStageAgreesWithTheReference() {
        tensor::Context context(orrery::test::device());
        const ModelPlan plan(dataPath("tiny.safetensors"));
        QCOMPARE(plan.name(), std::string("TinyPrompt"));
        const auto model = Model::load(context, plan);
        Stages stages;
        std::string before;
        const Watch watch = [&](const std::string& name, const tensor::Tensor& value) {
            stages[before + name] = context.read(value);
        };
        const Picture p = formulaPicture();
        Encoding encoding = model->encode(context, p, watch);
        while (!encoding.step(context, 1e3)) continue;
        const Embedded embedded = model->embedded(context, *encoding.features, fitInto(p.width, p.height, side));
        const std::vector<Prompt> prompts = promptsOf(64, 48, side);
        for (std::size_t i = 0; i < prompts.size(); ++i) {
            before = std::to_string(i) + '.';
            const Answer answer = model->ask(context, embedded, prompts[i], watch);
            stages[before + "logits"] = answer.logits;
            stages[before + "iou"] = answer.iou;
            QCOMPARE(answer.chosen > 0, i == 0); // one click may mean three things; more of them, or a click and a box, one
        }
        const auto right = reference("tiny");
        QVERIFY(right.size() == 16);
        for (const auto& [name, values] : right) QVERIFY2(agrees(stages.at(name), values, name), name.c_str());

        // two clicks at once are the second after the answer to the first
        Prompt both{{{20, 20, true}, {40, 30, false}}, {}, {}}, first{{{20, 20, true}}, {}, {}};
        const Answer former = model->ask(context, embedded, first), atOnce = model->ask(context, embedded, both);
        both.mask.assign(former.of(former.chosen).begin(), former.of(former.chosen).end());
        QVERIFY(model->ask(context, embedded, both).logits == atOnce.logits);

        // asked together is asked one by one, whatever was asked before
        Prompt plain = prompts[0];
        plain.clicks.push_back({40, 20, false});
        const std::vector<Prompt> two{plain, plain};
        const std::vector<Answer> together = model->askAll(context, embedded, two);
        QVERIFY(together[0].logits == model->ask(context, embedded, plain).logits && together[1].logits == together[0].logits);

        // what the disk keeps answers with the same bits
        QTemporaryDir folder;
        const EmbeddingKey key{1, 2};
        EmbeddingCache(folder.path().toStdString()).keep(context, key, embedded.features);
        const auto kept = EmbeddingCache(folder.path().toStdString()).find(context, key);
        QVERIFY(kept.has_value());
        QVERIFY(model->ask(context, model->embedded(context, *kept, embedded.fit), plain).logits == together[0].logits);

        // planted faults: each must leave the tolerance
        const auto faulty = [&](const Prompt& prompt, const char* stage) {
            return apart(sampled(model->ask(context, embedded, prompt).logits), right.at(stage)) > 1000 * allowed;
        };
        Prompt swapped = prompts[1], forgotten = prompts[1], positive = prompts[1];
        std::swap(swapped.clicks[1].x, swapped.clicks[1].y);
        QVERIFY(faulty(swapped, "1.logits"));
        forgotten.mask.clear();
        QVERIFY(faulty(forgotten, "1.logits"));
        positive.clicks[1].positive = true;
        QVERIFY(faulty(positive, "1.logits"));
    }

    void shippedWeightsAgreeOnAPhotograph() {
        tensor::Context context(orrery::test::device());
        const ModelPlan plan("builtin:tinyprompt");
        const auto model = Model::load(context, plan);
        const Picture p = loadPicture(dataPath("tinyprompt.png"));
        QCOMPARE(std::max(p.width, p.height), model->side()); // resized already
        Stages stages;
        const Watch watch = [&](const std::string& name, const tensor::Tensor& value) { stages[name] = context.read(value); };
        Encoding encoding = model->encode(context, p, watch);
        while (!encoding.step(context, 1e3)) continue;
        const Embedded embedded = model->embedded(context, *encoding.features, fitInto(p.width, p.height, model->side()));
        const std::vector<Prompt> prompts = promptsOf(p.width, p.height, model->side());
        for (std::size_t i = 0; i < prompts.size(); ++i) {
            const Answer answer = model->ask(context, embedded, prompts[i]);
            stages[std::to_string(i) + ".logits"] = answer.logits;
            stages[std::to_string(i) + ".iou"] = answer.iou;
        }
        for (const auto& [name, values] : reference("tinyprompt"))
            if (!name.ends_with(".dense")) QVERIFY2(agrees(stages.at(name), values, name), name.c_str());
    }

    void theGlobalBlockCanBeSwitchedOff() {
        tensor::Context context(orrery::test::device());
        const Checkpoint file(dataPath("tiny.safetensors"));
        const TinyShape shape = tinyShape(file);
        WeightLoader loader(context, file, tinyWanted(shape));
        while (!loader.finished()) loader.step();
        const Weights weights = loader.take();
        Features with, without;
        const auto on = makeTinyEncoder(context, shape, weights), off = makeTinyEncoder(context, shape, weights);
        QVERIFY(off->useGlobal(false));
        const Stages a = encoded(context, *on, with), b = encoded(context, *off, without);
        QVERIFY(b.at("block.2.0") == a.at("block.2.0") && !b.contains("gcn"));
        const std::vector<double> right = reference("tiny").at("neck");
        QVERIFY(apart(sampled(a.at("neck")), right) <= allowed);
        QVERIFY(apart(sampled(b.at("neck")), right) > 1000 * allowed);
    }

    void theDenseMapIsThatOfItsDefinition() {
        const std::int64_t n = side / 2, g = side / 8, C = 6;
        std::vector<float> colours(std::size_t(3 * n * n)), embedding(std::size_t(g * g * C));
        for (std::size_t i = 0; i < colours.size(); ++i) colours[i] = float(std::sin(0.01 * double(i)));
        for (std::size_t i = 0; i < embedding.size(); ++i) embedding[i] = float(std::cos(0.37 * double(i)));
        using Kind = PromptPoint::Kind;
        // on the centre of a cell of both grids no value is interpolated: pixel 8 j + 3.5 is none of stride 2's, so two kinds
        // of places
        const PromptPoint fineCentre{2 * 10 + 0.5, 2 * 12 + 0.5, Kind::positive},
            coarseCentre{8 * 3 + 3.5, 8 * 5 + 3.5, Kind::negative};
        const std::vector<PromptPoint> points{fineCentre, coarseCentre, {1, 1, Kind::topLeft}, {}};
        const ClickedView view{side, colours, embedding, C};
        const std::vector<float> former = formerLogits(side), map = clickedMap(view, points, former);
        const auto at = [&](std::size_t c, std::int64_t x, std::int64_t y) {
            return map[(c * std::size_t(n) + std::size_t(y)) * std::size_t(n) + std::size_t(x)];
        };
        QCOMPARE(at(0, 5, 7), float(std::tanh(former[7 * 32 + 5] / 8)));
        QCOMPARE(at(1, 10, 12), 1.0F);
        QCOMPARE(at(1, 12, 12), 1.0F); // 4 px away
        QCOMPARE(at(1, 13, 12), 0.0F); // 6 px away: one cell beyond 5 px it is gone
        QVERIFY(std::abs(at(1, 12, 14) - (6 - std::sqrt(32.0)) / 2) < 1e-6);
        QCOMPARE(at(2, 10, 12), 0.0F);
        const auto colour = [&](int c, std::int64_t x, std::int64_t y) {
            return double(colours[std::size_t((c * n + y) * n + x)]);
        };
        double apart = 0;
        for (int c = 0; c < 3; ++c) {
            double mean = 0;
            for (std::int64_t v = 11; v <= 13; ++v)
                for (std::int64_t u = 9; u <= 11; ++u) mean += colour(c, u, v) / 9;
            apart += std::pow(colour(c, 20, 3) - mean, 2);
        }
        QVERIFY(std::abs(at(3, 20, 3) - 1 / (1 + apart / 0.16)) < 1e-6);

        const std::vector<float> cosines = clickedAffinity(view, points);
        const auto cell = [&](std::int64_t x, std::int64_t y) {
            return std::span(embedding).subspan(std::size_t((y * g + x) * C), std::size_t(C));
        };
        const auto cosine = [](std::span<const float> a, std::span<const float> b) {
            double ab = 0, aa = 0, bb = 0;
            for (std::size_t i = 0; i < a.size(); ++i)
                ab += double(a[i]) * b[i], aa += double(a[i]) * a[i], bb += double(b[i]) * b[i];
            return ab / std::sqrt(aa * bb);
        };
        for (std::int64_t y = 0; y < g; ++y)
            for (std::int64_t x = 0; x < g; ++x)
                QVERIFY(std::abs(cosines[std::size_t(2 * (y * g + x) + 1)] - cosine(cell(x, y), cell(3, 5))) < 1e-6);
        QVERIFY(clickedAffinity(view, {})[0] == 0 && clickedMap(view, {}, {})[0] == 0);
    }

    void filesThatDoNotFitAreNamed() {
        const Checkpoint file(dataPath("tiny.safetensors"));
        QCOMPARE(tinyShape(file).widths, (std::vector<std::int64_t>{8, 8, 12, 16}));
        QCOMPARE(tinyShape(file).side, side);
        QVERIFY(!planTinyVit(file) && !planVit(file));
        const Case vit("vit");
        QTemporaryDir folder;
        const std::string other = saved(vit, (folder.path() + "/vit.safetensors").toStdString(), Form::metaSafetensors);
        QVERIFY(!planTiny(Checkpoint(other)));
        const std::string said = errorOf([&] { tinyShape(Checkpoint(other)); });
        QVERIFY2(said.find("image_encoder.stem.0.weight") != std::string::npos, said.c_str());
    }
};

ORRERY_TEST_MAIN(TestTiny)
#include "tst_tiny.moc"
