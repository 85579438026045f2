// SPDX-License-Identifier: GPL-3.0-or-later
// Medusa heads, MTP modules and Gloeckle heads against PyTorch in float64, in every naming, and what does not fit is refused by
// name.
#include "engine/labs/language/gloeckle.h"
#include "engine/labs/language/medusa.h"
#include "engine/labs/language/mtp.h"
#include "tests/language/models.h"

#include <map>

using namespace orrery;
using namespace orrery::language;
using namespace orrery::language::test;

namespace {

constexpr double float32Bound = 2e-4; // sums of some hundred float32 products of size 1, as for the models

using Tensors = std::vector<model::TensorToWrite>;
using Rename = std::function<std::string(const std::string&)>;

/// A file of the reference under other names; an empty name leaves a tensor out.
class Renamed {
 public:
    Renamed(const std::string& file, const Rename& rename, const std::function<void(Tensors&)>& change = {})
        : m_from(dataPath(file)) {
        Tensors tensors;
        for (const model::StoredTensor& t : m_from.tensors())
            if (const std::string name = rename(t.name); !name.empty())
                tensors.push_back({name, t.dtype, t.shape, m_from.bytes(t)});
        if (change) change(tensors);
        const std::string path = m_folder.filePath("a.safetensors").toStdString();
        model::writeSafetensors(path, tensors);
        m_file = model::openTensorFile(path);
    }
    const model::TensorFile& file() const { return *m_file; }

 private:
    QTemporaryDir m_folder;
    model::SafetensorsFile m_from;
    std::unique_ptr<model::TensorFile> m_file;
};

std::string same(const std::string& name) { return name; }
std::string replaced(std::string name, const std::string& from, const std::string& to) {
    if (const auto at = name.find(from); at != std::string::npos) name.replace(at, from.size(), to);
    return name;
}
std::vector<float> copied(std::span<const float> values) { return {values.begin(), values.end()}; }

/// The number of the first tensor of that name.
model::TensorToWrite& named(Tensors& tensors, const std::string& name) {
    for (model::TensorToWrite& t : tensors)
        if (t.name == name) return t;
    throw Error("the test knows no tensor " + name);
}

} // namespace

class Heads : public QObject {
    Q_OBJECT
 private slots:
    void initTestCase() { m_target = std::make_shared<const ModelWeights>(ModelFiles(dataPath("llama")).load()); }

    void medusa_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("naming");
        for (const char* file : {"medusa", "medusa_shared"})
            for (const char* naming : {"plain", "prefixed", "vLLM"})
                QTest::addRow("%s %s", file, naming) << QString(file) << QString(naming);
    }
    void medusa() {
        QFETCH(QString, file);
        QFETCH(QString, naming);
        const Expected known("llama");
        const Renamed renamed("llama/" + file.toStdString() + ".safetensors", [&](const std::string& name) {
            const std::string bare = replaced(name, "medusa_head.", "");
            if (naming == "plain") return bare;
            if (naming == "prefixed") return "medusa_head." + bare;
            const std::string head = bare.substr(0, 1);
            if (bare.ends_with("1.weight")) return "lm_heads." + head + ".weight";
            return "blocks." + head + ".layers.0." + bare.substr(bare.rfind('.') + 1);
        });
        Medusa heads(renamed.file(), m_target);
        QCOMPARE(heads.heads(), 3);
        QCOMPARE(heads.sharesOutput(), file == "medusa_shared");
        const auto hidden = known.values("hidden");
        const auto all = copied(heads.logits(hidden));
        QVERIFY(farthest(all, known.values(file.toStdString())) <= float32Bound);
        const auto width = std::size_t(m_target->config.width), row = std::size_t(3 * heads.vocabulary());
        for (std::size_t r = 0; r < hidden.size() / width; ++r)
            QVERIFY(sameBits(heads.logits(std::span(hidden).subspan(r * width, width)), std::span(all).subspan(r * row, row)));
    }

    void mtp_data() {
        QTest::addColumn<QString>("naming");
        for (const char* naming : {"released", "short", "bare", "target's table"}) QTest::newRow(naming) << QString(naming);
    }
    void mtp() {
        QFETCH(QString, naming);
        const Expected known("llama");
        const Renamed renamed("llama/mtp.safetensors", [&](const std::string& name) {
            if (naming == "short") return replaced(name, "model.layers.2.", "layers.2.");
            if (naming == "bare") return replaced(name, "model.layers.2.", "");
            if (naming == "target's table" && name.find("embed_tokens") != std::string::npos) return std::string();
            return name;
        });
        Mtp module(renamed.file(), m_target);
        const auto width = std::size_t(module.width());
        const auto hidden = known.values("hidden");
        const std::vector<std::int32_t> followers(known.tokens().begin() + 1, known.tokens().end());
        const auto states = std::span(hidden).first(followers.size() * width);
        std::vector<TreeToken> chain;
        std::vector<std::int32_t> path;
        for (const std::int32_t token : followers) {
            path.push_back(std::int32_t(chain.size()));
            chain.push_back({token, std::int32_t(chain.size()) - 1});
        }
        const auto all = copied(module.extend(chain, states)), next = copied(module.hidden());
        QVERIFY(farthest(all, known.values("mtp")) <= float32Bound);
        QVERIFY(farthest(next, known.values("mtp_hidden")) <= float32Bound);
        module.commit(path);
        QCOMPARE(module.length(), int(followers.size()));
        // Applied again: its own hidden state takes the place of the target's.
        const auto again = module.extend(std::vector<TreeToken>{{7, -1}}, std::span(next).last(width));
        QVERIFY(farthest(again, known.values("mtp_again")) <= float32Bound);
        QVERIFY(farthest(module.hidden(), known.values("mtp_hidden_again")) <= float32Bound);
        // One slot at a time gives the same bits.
        module.truncate(0);
        const auto wide = std::size_t(module.vocabulary());
        for (std::size_t i = 0; i < chain.size(); ++i) {
            const auto row = module.extend(std::vector<TreeToken>{{chain[i].token, -1}}, states.subspan(i * width, width));
            QVERIFY(sameBits(row, std::span(all).subspan(i * wide, wide)));
            module.commit(std::vector<std::int32_t>{0});
        }
    }

    void mtpTree() { // two branches of depth 2 from one slot, against each alone
        const model::SafetensorsFile file(dataPath("llama/mtp.safetensors"));
        const Expected known("llama");
        const auto hidden = known.values("hidden");
        const auto width = std::size_t(m_target->config.width), wide = std::size_t(m_target->config.vocabulary);
        Mtp module(file, m_target), alone(file, m_target);
        for (Mtp* one : {&module, &alone}) {
            one->extend(std::vector<TreeToken>{{5, -1}, {6, 0}}, std::span(hidden).first(2 * width));
            one->commit(std::vector<std::int32_t>{0, 1});
        }
        const auto state = std::span(hidden).subspan(2 * width, width);
        std::vector<float> both(state.begin(), state.end());
        both.insert(both.end(), state.begin(), state.end());
        module.extend(std::vector<TreeToken>{{10, -1}, {11, -1}}, both);
        const auto deeper = copied(module.extend(std::vector<TreeToken>{{12, 0}, {13, 1}}, module.hidden()));
        for (int branch = 0; branch < 2; ++branch) {
            alone.truncate(2);
            alone.extend(std::vector<TreeToken>{{10 + branch, -1}}, state);
            const auto wanted = alone.extend(std::vector<TreeToken>{{12 + branch, 0}}, alone.hidden());
            QVERIFY(sameBits(wanted, std::span(deeper).subspan(std::size_t(branch) * wide, wide)));
        }
        module.commit(std::vector<std::int32_t>{1, 3}); // rows move
        alone.commit(std::vector<std::int32_t>{0, 1});
        const auto a = copied(module.extend(std::vector<TreeToken>{{3, -1}}, state));
        QVERIFY(sameBits(a, alone.extend(std::vector<TreeToken>{{3, -1}}, state)));
    }

    void gloeckle() {
        const model::SafetensorsFile file(dataPath("llama/gloeckle.safetensors"));
        const Expected known("llama");
        const auto hidden = known.values("hidden"), wanted = known.values("gloeckle");
        Gloeckle heads(file, m_target);
        QCOMPARE(heads.heads(), 2);
        const auto all = copied(heads.append(hidden, true));
        QVERIFY(farthest(all, wanted) <= float32Bound);
        const auto width = std::size_t(m_target->config.width), row = std::size_t(2 * heads.vocabulary());
        heads.truncate(5);
        for (std::size_t r = 5; r < hidden.size() / width; ++r)
            QVERIFY(sameBits(heads.append(std::span(hidden).subspan(r * width, width)), std::span(all).subspan(r * row, row)));
        heads.truncate(0);
        QVERIFY(sameBits(heads.append(hidden), std::span(all).last(row)));
        QVERIFY(!errorOf([&] { heads.truncate(99); }).empty());
        QVERIFY(!errorOf([&] { heads.append(std::vector<float>(width * 200)); }).empty());
        QVERIFY(!errorOf([&] { heads.append(std::vector<float>(width + 1)); }).empty());
    }

    /// h = M [embedding ; hidden]: the other order, and an embedding of slot 0 that is not zero, are seen.
    void wrongOrder() {
        std::vector<float> turned;
        const Renamed renamed("llama/mtp.safetensors", same, [&](Tensors& tensors) {
            model::TensorToWrite& m = named(tensors, "model.layers.2.eh_proj.weight");
            const auto d = std::size_t(m.shape[0]);
            const auto* from = reinterpret_cast<const float*>(m.bytes.data());
            for (std::size_t r = 0; r < d; ++r)
                for (std::size_t c = 0; c < 2 * d; ++c) turned.push_back(from[r * 2 * d + (c + d) % (2 * d)]);
            m.bytes = std::as_bytes(std::span(turned));
        });
        const Expected known("llama");
        Mtp module(renamed.file(), m_target);
        const auto width = std::size_t(module.width());
        const auto hidden = known.values("hidden"), wanted = known.values("mtp");
        const auto first = module.extend(std::vector<TreeToken>{{known.tokens()[1], -1}}, std::span(hidden).first(width));
        QVERIFY(farthest(first, std::span(wanted).first(std::size_t(module.vocabulary()))) > 0.2);
    }
    void slotZero() {
        const model::SafetensorsFile file(dataPath("llama/mtp.safetensors"));
        const Expected known("llama");
        Mtp module(file, m_target);
        const auto hidden = known.values("hidden");
        const auto state = std::span(hidden).first(std::size_t(module.width()));
        std::vector<float> both(state.begin(), state.end());
        both.insert(both.end(), state.begin(), state.end());
        const auto one = copied(module.extend(std::vector<TreeToken>{{3, -1}, {4, -1}}, both));
        const auto wide = std::size_t(module.vocabulary());
        QVERIFY(sameBits(std::span(one).first(wide), std::span(one).last(wide))); // whatever the token is
    }

    void refused_data() {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("says");
        QTest::newRow("width") << "width"
                               << "tensor '0.0.linear.weight' has shape [16, 16]; the configuration asks for [32, 32]";
        QTest::newRow("vocabulary") << "vocabulary"
                                    << "tensor '0.1.weight' has shape [32, 32]; the configuration asks for [64, 32]";
        QTest::newRow("mixed") << "mixed"
                               << "tensor '1.1.weight': some heads have an output matrix of their own";
        QTest::newRow("gap") << "gap"
                             << "tensor '2.0.linear.weight' belongs to a head behind the 1";
        QTest::newRow("token map") << "token map"
                                   << "tensor 'token_map': heads over a part of the vocabulary";
        QTest::newRow("a model") << "a model"
                                 << "no Medusa heads";
        QTest::newRow("depth") << "depth"
                               << "no MTP module for a model of 2 layers: the tensor 'model.layers.2.eh_proj.weight'";
        QTest::newRow("eh_proj") << "eh_proj"
                                 << "'model.layers.2.eh_proj.weight' has shape [32, 32]; the configuration asks for [32, 64]";
        QTest::newRow("missing") << "missing"
                                 << "no tensor 'model.layers.2.shared_head.norm.weight'";
        QTest::newRow("no gloeckle") << "no gloeckle"
                                     << "no Gloeckle heads: the tensor 'gloeckle.0.input_layernorm.weight'";
        QTest::newRow("gpt2") << "gpt2"
                              << "modules of decoder layers go with a Llama or Qwen2 target";
    }
    void refused() {
        QFETCH(QString, what);
        QFETCH(QString, says);
        const auto cut = [](const char* name, std::uint64_t rows, std::uint64_t columns) {
            return [=](Tensors& tensors) {
                model::TensorToWrite& t = named(tensors, name);
                t.shape = {rows, columns}, t.bytes = t.bytes.first(rows * columns * 4);
            };
        };
        const auto medusa = [&](const Rename& rename, const std::function<void(Tensors&)>& change = {}) {
            const Renamed file("llama/medusa.safetensors", rename, change);
            return errorOf([&] { const Medusa heads(file.file(), m_target); });
        };
        const auto mtp = [&](const Rename& rename, const std::function<void(Tensors&)>& change = {}) {
            const Renamed file("llama/mtp.safetensors", rename, change);
            return errorOf([&] { const Mtp module(file.file(), m_target); });
        };
        std::string error;
        if (what == "width") error = medusa(same, cut("0.0.linear.weight", 16, 16));
        if (what == "vocabulary") error = medusa(same, cut("0.1.weight", 32, 32));
        if (what == "mixed") error = medusa([](const std::string& n) { return n == "1.1.weight" ? std::string() : n; });
        if (what == "gap") error = medusa([](const std::string& n) { return n.starts_with("1.") ? std::string() : n; });
        if (what == "token map")
            error = medusa([](const std::string& n) { return n == "2.0.linear.bias" ? std::string("token_map") : n; });
        if (what == "depth") error = mtp([](const std::string& n) { return replaced(n, "layers.2.", "layers.61."); });
        if (what == "eh_proj") error = mtp(same, cut("model.layers.2.eh_proj.weight", 32, 32));
        if (what == "missing")
            error = mtp([](const std::string& n) { return n.find("shared_head.norm") == std::string::npos ? n : std::string(); });
        const model::SafetensorsFile model(dataPath("llama/model.safetensors"));
        if (what == "a model") error = errorOf([&] { const Medusa heads(model, m_target); });
        if (what == "no gloeckle") error = errorOf([&] { const Gloeckle heads(model, m_target); });
        if (what == "gpt2") {
            const auto other = std::make_shared<const ModelWeights>(ModelFiles(dataPath("gpt2")).load());
            error = errorOf([&] { const Gloeckle heads(model, other); });
        }
        QVERIFY2(error.find(says.toStdString()) != std::string::npos, error.c_str());
        QVERIFY(error.find('\n') == std::string::npos);
        QVERIFY(error.find(".safetensors: ") != std::string::npos); // which file
    }

 private:
    std::shared_ptr<const ModelWeights> m_target;
};

QTEST_GUILESS_MAIN(Heads)
#include "tst_heads.moc"
