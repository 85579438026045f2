// SPDX-License-Identifier: GPL-3.0-or-later
// Model files: what is read of them without a table of sizes, and what is refused, by name and at once.
#include "tests/segmentation/support.h"

#include <chrono>

using namespace orrery;
using namespace orrery::segmentation;
using namespace orrery::segmentation::test;
using namespace orrery::test;
using namespace orrery::test::pickle;

namespace {

std::string entry(const std::string& name, const std::string& shape, int from, int to) {
    return "\"" + name + "\":{\"dtype\":\"F32\",\"shape\":[" + shape + "],\"data_offsets\":[" + std::to_string(from) + "," +
           std::to_string(to) + "]}";
}

} // namespace

class TestFiles : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::string path(const char* name) const { return (m_folder.path() + '/' + name).toStdString(); }
    std::string written(const char* name, const std::string& bytes) const {
        return orrery::test::saveFile(m_folder, name, bytes);
    }
    std::string said(const std::string& file) const {
        const auto start = std::chrono::steady_clock::now();
        std::string message = errorOf([&] {
            ModelPlan plan(file);
            plan.wanted();
        });
        const bool quick = std::chrono::steady_clock::now() - start < std::chrono::seconds(1);
        return quick ? message : "it took more than a second";
    }
    /// What loading says, which looks at every shape.
    std::string loading(const Case& c) const {
        const std::string file = saved(c, path("changed.safetensors"), Form::metaSafetensors);
        return errorOf([&] {
            tensor::Context context(orrery::test::device());
            Model::load(context, ModelPlan(file));
        });
    }
    static Stored& find(Case& c, const std::string& name) {
        return *std::ranges::find_if(c.tensors, [&](const Stored& t) { return t.meta == name; });
    }

 private Q_SLOTS:
    void shapesTellTheNetwork() {
        const ModelPlan vit(saved(Case("vit"), path("a.safetensors"), Form::metaSafetensors));
        QCOMPARE(vit.encoder().side(), 160);
        QCOMPARE(vit.encoder().grid(), 10);
        QCOMPARE(vit.encoder().channels(), 32);
        QCOMPARE(vit.decoder().masks, 4);
        QCOMPARE(vit.decoder().inner, 16);
        std::uint64_t numbers = 0;
        for (const Stored& t : Case("vit").tensors) numbers += t.values.size();
        QCOMPARE(vit.parameters(), numbers);
        const ModelPlan tiny(saved(Case("tinyvit"), path("t.pth"), Form::pth));
        QCOMPARE(tiny.encoder().side(), 160);
        QCOMPARE(tiny.encoder().grid(), 10);
    }
    void namesOfHuggingFace() {
        for (const char* which : {"vit", "pruned"})
            for (const Stored& t : Case(which).tensors) QCOMPARE(metaName(t.huggingFace), t.meta);
        QCOMPARE(metaName("mask_decoder.upsacle_layer_norm.weight"), std::string("mask_decoder.output_upscaling.1.weight"));
        QCOMPARE(metaName("prompt_encoder.shared_embedding.positional_embedding"),
                 std::string("prompt_encoder.pe_layer.positional_encoding_gaussian_matrix"));
    }

    void theFirstThatDoesNotFitIsNamedWithBothShapes() {
        Case c("vit");
        Stored& wrong = find(c, "image_encoder.blocks.1.mlp.lin2.weight");
        wrong.shape = {wrong.shape[1], wrong.shape[0]};
        const std::string message = loading(c);
        for (const char* part : {"changed.safetensors", "image_encoder.blocks.1.mlp.lin2.weight", "[96, 48]", "[48, 96]"})
            QVERIFY2(message.find(part) != std::string::npos, message.c_str());
    }
    void whatIsMissingIsNamed() {
        for (const char* name : {"image_encoder.blocks.2.norm2.bias", "mask_decoder.iou_token.weight",
                                 "image_encoder.neck.2.weight", "prompt_encoder.pe_layer.positional_encoding_gaussian_matrix"}) {
            Case c("vit");
            std::erase_if(c.tensors, [&](const Stored& t) { return t.meta == name; });
            QVERIFY2(loading(c).find(name) != std::string::npos, name);
        }
        Case tiny("tinyvit");
        std::erase_if(tiny.tensors,
                      [&](const Stored& t) { return t.meta == "image_encoder.layers.1.blocks.0.local_conv.bn.running_var"; });
        QVERIFY(loading(tiny).find("running_var") != std::string::npos);
    }
    void whatIsNotFiniteIsNamed() {
        Case c("vit");
        find(c, "mask_decoder.transformer.layers.1.norm3.bias").values[5] = NAN;
        QVERIFY(loading(c).find("mask_decoder.transformer.layers.1.norm3.bias") != std::string::npos);
        Case tiny("tinyvit");
        find(tiny, "image_encoder.patch_embed.seq.0.bn.running_var").values[0] = -3;
        QVERIFY(loading(tiny).find("running_var") != std::string::npos);
    }
    void moreThanNeededIsLeftAlone() {
        Case c("vit");
        c.tensors.push_back({"image_encoder.head.weight", "x", {3, 2}, {1, 2, 3, 4, 5, 6}});
        QVERIFY(loading(c).empty());
    }
    void theHeadsMustFit() {
        Case c("vit");
        for (Stored& t : c.tensors)
            if (t.meta.ends_with("blocks.0.attn.qkv.weight")) t.shape[0] = 3 * 40, t.values.resize(t.shape[0] * t.shape[1]);
        QVERIFY(loading(c).find("attn.qkv.weight") != std::string::npos);
    }

    void otherModelsAreRefusedByName_data() {
        QTest::addColumn<QString>("tensor");
        QTest::addColumn<QString>("word");
        QTest::newRow("SAM 2") << "image_encoder.trunk.pos_embed"
                               << "SAM 2";
        QTest::newRow("SAM 2 decoder") << "sam_mask_decoder.iou_token.weight"
                                       << "SAM 2";
        QTest::newRow("HQ-SAM") << "mask_decoder.hf_token.weight"
                                << "HQ-SAM";
        QTest::newRow("EfficientSAM") << "prompt_encoder.bbox_embedding"
                                      << "negative";
        QTest::newRow("a language model") << "model.layers.0.mlp.weight"
                                          << "promptable";
        QTest::newRow("an encoder alone") << "image_encoder.pos_embed"
                                          << "mask_decoder";
    }
    void otherModelsAreRefusedByName() {
        QFETCH(QString, tensor);
        QFETCH(QString, word);
        const std::string header = "{" + entry(tensor.toStdString(), "1", 0, 4) + "}";
        const std::string message = said(written("other.safetensors", orrery::test::safetensors(header, std::string(4, '\0'))));
        QVERIFY2(message.find(word.toStdString()) != std::string::npos, message.c_str());
    }
    void vitsWithoutPositionsAreRefused() {
        Case c("vit");
        std::erase_if(c.tensors, [](const Stored& t) { return t.meta.find("rel_pos") != std::string::npos; });
        QVERIFY(loading(c).find("EfficientSAM") != std::string::npos);
    }

    void hostileFilesAreRefused_data() {
        QTest::addColumn<QByteArray>("bytes");
        const auto row = [](const char* name, const std::string& bytes) {
            QTest::newRow(name) << QByteArray(bytes.data(), qsizetype(bytes.size()));
        };
        const std::string weight = text("image_encoder.pos_embed");
        row("a call", checkpoint(whole(global("posix", "system") + "(" + text("echo") + "tR")));
        row("an unknown class", checkpoint(dict(weight + global("builtins", "eval"))));
        row("a stride beyond the storage", checkpoint(dict(weight + pickle::tensor(storage("0", 6), 0, {2, 3}, {1000000, 1}))));
        row("a storage that lies about its size", checkpoint(dict(weight + pickle::tensor(storage("0", 600), 0, {600}, {1}))));
        row("an offset beyond the storage", oneTensor(5, {2}, {1}));
        const std::string good = oneTensor(0, {6}, {1});
        row("a zip cut short", good.substr(0, good.size() / 2));
        row("a compressed storage",
            orrery::test::zipOf({{"a/data.pkl", dict(weight + pickle::tensor(storage("0", 6), 0, {6}, {1}))},
                                 {"a/data/0", orrery::test::raw<float>({0, 1, 2, 3, 4, 5}), true}}));
        row("a name twice", orrery::test::zipOf({{"a/data.pkl", dict("")}, {"a/data.pkl", dict("")}}));
        row("a header longer than the file", orrery::test::u64(1 << 20) + "{}");
        row("ranges that overlap",
            orrery::test::safetensors("{" + entry("image_encoder.a", "2", 0, 8) + "," + entry("mask_decoder.b", "2", 4, 12) + "}",
                                      std::string(12, '\0')));
        row("a range that is too short",
            orrery::test::safetensors("{" + entry("image_encoder.a", "20", 0, 8) + "}", std::string(8, '\0')));
        row("a shape beyond all bounds",
            orrery::test::safetensors("{" + entry("image_encoder.a", "4294967296,4294967296,4294967296", 0, 0) + "}", ""));
        row("nothing", "");
        row("text", "this is no model");
        std::string memo; // PUT at ever higher numbers
        for (int i = 0; i < 200000; ++i) memo += "r" + orrery::test::u32(std::uint32_t(i) * 21000U);
        row("a memo bomb", checkpoint(whole("}" + memo)));
    }
    void hostileFilesAreRefused() {
        QFETCH(QByteArray, bytes);
        const std::string message = said(written("hostile.bin", bytes.toStdString()));
        qInfo("%s", message.c_str());
        QVERIFY(message.find("hostile.bin") != std::string::npos && message.find('\n') == std::string::npos);
    }
    void shapesOfZeroAndOddRanksAreRefused() {
        for (const char* name :
             {"image_encoder.pos_embed", "image_encoder.patch_embed.proj.weight", "image_encoder.blocks.0.attn.rel_pos_h",
              "image_encoder.blocks.0.attn.qkv.weight", "mask_decoder.iou_token.weight", "mask_decoder.mask_tokens.weight",
              "mask_decoder.output_upscaling.0.weight", "image_encoder.neck.0.weight"})
            for (const bool empty : {false, true}) {
                Case c("vit");
                Stored& t = find(c, name);
                if (empty)
                    t.shape.assign(t.shape.size(), 0), t.values.clear();
                else
                    t.shape = {t.values.size()};
                QVERIFY2(loading(c).find(name) != std::string::npos, name);
            }
    }
};

ORRERY_TEST_MAIN(TestFiles)
#include "tst_files.moc"
