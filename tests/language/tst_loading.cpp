// SPDX-License-Identifier: GPL-3.0-or-later
// What is read, what is refused and in which words; and that no damaged file does more than give one line.
#include "engine/labs/language/medusa.h"
#include "engine/labs/language/mtp.h"
#include "engine/model/sharded.h"
#include "tests/language/models.h"
#include "tests/support/fuzz.h"

using namespace orrery;
using namespace orrery::language;
using namespace orrery::language::test;

namespace {

std::string fileBytes(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// Opens, loads and takes a step: what a hostile file must survive without harm.
void useModel(const std::string& path) {
    Transformer model(std::make_shared<const ModelWeights>(ModelFiles(path).load()), nullptr);
    model.prefill(std::vector<std::int32_t>{0, 1});
    model.extend(std::vector<TreeToken>{{0, -1}, {0, 0}});
}

std::string oneLine(const std::string& error) { return error.find('\n') == std::string::npos ? error : "more than one line"; }

} // namespace

class Loading : public QObject {
    Q_OBJECT
 private slots:
    void fields() {
        const ModelConfig c = ModelFiles(dataPath("llama")).config();
        QCOMPARE(c.layers, 2);
        QCOMPARE(c.keyHeads, 2);
        QCOMPARE(c.bos, 1);
        QCOMPARE(c.eos, (std::vector<int>{2, 3}));
        QVERIFY(!c.tied && !c.qkvBias);
        const ModelConfig q = ModelFiles(dataPath("qwen2")).config();
        QCOMPARE(q.headSize, 16);
        QVERIFY(q.tied && q.qkvBias && !q.outputBias);
    }

    /// 12 d^2 + 13 d in each layer of GPT-2, and the published numbers of whole models.
    void parameters() {
        const auto count = [](const char* text) { return configOfJson("config.json", text).parameters(); };
        QCOMPARE(
            count(R"({"model_type": "gpt2", "n_layer": 12, "n_embd": 768, "n_head": 12, "n_ctx": 1024, "vocab_size": 50257})"),
            std::uint64_t(124'439'808));
        const std::uint64_t qwen = count(R"({"model_type": "qwen2", "num_hidden_layers": 24, "hidden_size": 896,
            "num_attention_heads": 14, "num_key_value_heads": 2, "intermediate_size": 4864, "vocab_size": 151936,
            "tie_word_embeddings": true})");
        QVERIFY(qwen > 493'900'000 && qwen < 494'100'000); // 0.49 B: 494.0 M
        QCOMPARE(count(R"({"architectures": ["LlamaForCausalLM"], "num_hidden_layers": 32, "hidden_size": 4096,
            "num_attention_heads": 32, "intermediate_size": 11008, "vocab_size": 32000})"),
                 std::uint64_t(6'738'415'616)); // Llama 2 7B
    }

    void refusedFields_data() {
        QTest::addColumn<QString>("model");
        QTest::addColumn<QString>("field");
        QTest::addColumn<QJsonValue>("value");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* model, const char* field, const QJsonValue& value, const char* says) {
            QTest::addRow("%s %s", model, field) << QString(model) << QString(field) << value << QString(says);
        };
        row("llama", "model_type", "mistral", "type 'mistral'; gpt2, llama and qwen2 are read here");
        row("llama", "hidden_act", "xielu", "'hidden_act' is 'xielu'");
        row("llama", "rope_scaling", QJsonObject{{"rope_type", "yarn"}, {"factor", 4.0}}, "rotary scaling of type 'yarn'");
        row("llama", "rope_scaling", QJsonObject{{"rope_type", "llama3"}, {"factor", 4.0}}, "'low_freq_factor'");
        row("llama", "rope_scaling", 3, "'rope_scaling' must be an object");
        row("llama", "partial_rotary_factor", 0.5, "'partial_rotary_factor'");
        row("llama", "sliding_window", 64, "'sliding_window' is in use");
        row("qwen2", "use_sliding_window", true, "'sliding_window' is in use");
        row("llama", "layer_types", QJsonArray{"full_attention", "sliding_attention"}, "'sliding_attention'");
        row("llama", "quantization_config", QJsonObject{{"bits", 4}}, "'quantization_config'");
        row("llama", "final_logit_softcapping", 30, "'final_logit_softcapping'");
        row("llama", "attention_bias", true, "no tensor 'model.layers.0.self_attn.q_proj.bias'");
        row("llama", "mlp_bias", true, "no tensor 'model.layers.0.mlp.gate_proj.bias'");
        row("llama", "num_attention_heads", 3, "no multiple");
        row("llama", "num_attention_heads", 8,
            "'model.layers.0.self_attn.k_proj.weight' has shape [16, 32]; the configuration asks for [8, 32]");
        row("llama", "num_key_value_heads", 8, "key-value heads is 8; from 1 to 4");
        row("llama", "head_dim", 7, "odd size 7");
        row("llama", "head_dim", 6,
            "'model.layers.0.self_attn.q_proj.weight' has shape [32, 32]; the configuration asks for [24, 32]");
        row("llama", "vocab_size", 65, "'model.embed_tokens.weight' has shape [64, 32]; the configuration asks for [65, 32]");
        row("llama", "hidden_size", QJsonValue::Undefined, "'hidden_size' is missing");
        row("llama", "hidden_size", -4, "'hidden_size' must be a whole number");
        row("llama", "hidden_size", 2000000000, "the width is 2000000000");
        row("llama", "num_hidden_layers", 3, "no tensor 'model.layers.2.");
        row("llama", "num_hidden_layers", 0, "the number of layers is 0");
        row("llama", "rms_norm_eps", 0, "epsilon");
        row("llama", "rope_theta", -1, "rotary base");
        row("llama", "tie_word_embeddings", "yes", "'tie_word_embeddings' must be true or false");
        row("gpt2", "activation_function", "tanh", "'activation_function' is 'tanh'");
        row("gpt2", "add_cross_attention", true, "'add_cross_attention'");
        row("gpt2", "n_head", 5, "no multiple");
        row("gpt2", "n_positions", 31, "'transformer.wpe.weight' has shape [32, 32]; the configuration asks for [31, 32]");
        row("gpt2", "n_inner", 100,
            "'transformer.h.0.mlp.c_fc.weight' has shape [32, 128]; the configuration asks for [32, 100]");
    }
    void refusedFields() {
        QFETCH(QString, model);
        QFETCH(QString, field);
        QFETCH(QJsonValue, value);
        QFETCH(QString, says);
        const QTemporaryDir folder;
        const std::string path = editedModel(folder, model.toStdString(), [&](QJsonObject& config) { config[field] = value; });
        const std::string error = oneLine(errorOf([&] { ModelFiles(path).load(); }));
        QVERIFY2(error.find(says.toStdString()) != std::string::npos, error.c_str());
        QVERIFY(error.starts_with(path));
    }

    void files() {
        const QTemporaryDir folder;
        const std::string alone = folder.filePath("a.safetensors").toStdString();
        std::filesystem::copy(dataPath("llama/model.safetensors"), alone);
        QVERIFY(errorOf([&] { const ModelFiles files(alone); }).find("no config.json beside") != std::string::npos);
        QVERIFY(!errorOf([&] { const ModelFiles files(folder.path().toStdString()); }).empty());
        QVERIFY(!errorOf([&] { const ModelFiles files(folder.filePath("none.gguf").toStdString()); }).empty());
        QVERIFY(errorOf([&] { const ModelFiles files("builtin:nothing"); }).find("no built-in model") != std::string::npos);
        QVERIFY(!errorOf([&] { openHeads("builtin:nothing/medusa.safetensors"); }).empty());
        QCOMPARE(ModelFiles(dataPath("llama")).besides("config.json")->front(), '{');
        QVERIFY(!ModelFiles(dataPath("llama")).besides("vocab.json"));
    }

    void builtin() {
        for (const std::string& name : builtinModels()) {
            const ModelFiles files(std::string(builtinPrefix) + name);
            useModel(files.path());
            QVERIFY(files.besides("config.json"));
        }
    }

    void cancelled() {
        int told = 0;
        const auto stop = [&](double part) { return ++told < 2 && part <= 1; };
        QVERIFY(errorOf([&] { ModelFiles(dataPath("llama")).load(stop); }).find("cancelled") != std::string::npos);
        double last = 0;
        ModelFiles(dataPath("llama")).load([&](double part) {
            if (part < last) last = 2;
            last = std::max(last, part);
            return true;
        });
        QVERIFY(last > 0.99 && last <= 1);
    }

    void shards() {
        const QTemporaryDir folder;
        const std::string to = folder.path().toStdString();
        const model::SafetensorsFile whole(dataPath("llama/model.safetensors"));
        std::vector<model::TensorToWrite> tensors;
        for (const model::StoredTensor& t : whole.tensors()) tensors.push_back({t.name, t.dtype, t.shape, whole.bytes(t)});
        model::writeSharded(to, tensors, 30'000);
        QVERIFY(std::filesystem::exists(to + "/model-00001-of-00004.safetensors"));
        std::filesystem::copy(dataPath("llama/config.json"), to + "/config.json");
        const Expected known("llama");
        const std::vector<float> a = logitsOf(ModelFiles(to).load(), known.tokens());
        QVERIFY(sameBits(a, logitsOf(ModelFiles(dataPath("llama")).load(), known.tokens())));
    }

    void gpt2WithoutPrefix() {
        const QTemporaryDir folder;
        const std::string to = folder.path().toStdString();
        const model::SafetensorsFile whole(dataPath("gpt2/model.safetensors"));
        std::vector<model::TensorToWrite> tensors;
        for (const model::StoredTensor& t : whole.tensors())
            tensors.push_back({t.name.substr(std::string("transformer.").size()), t.dtype, t.shape, whole.bytes(t)});
        model::writeSafetensors(to + "/model.safetensors", tensors);
        std::filesystem::copy(dataPath("gpt2/config.json"), to + "/config.json");
        const Expected known("gpt2");
        QVERIFY(farthest(logitsOf(ModelFiles(to).load(), known.tokens()), known.values("logits")) <= 2e-4);
    }

    void ggufOfAnotherKind() {
        const QTemporaryDir folder;
        std::string bytes = fileBytes(dataPath("llama-q8_0.gguf"));
        const auto at = bytes.find("llama");
        bytes.replace(at, 5, "gemma");
        const std::string path = folder.filePath("a.gguf").toStdString();
        std::ofstream(path, std::ios::binary) << bytes;
        QVERIFY(errorOf([&] { const ModelFiles files(path); }).find("architecture 'gemma'; gpt2, llama and qwen2") !=
                std::string::npos);
    }

    void truncated_data() {
        QTest::addColumn<QString>("file");
        for (const char* file : {"llama/model.safetensors", "gpt2-f32.gguf", "llama-q8_0.gguf", "qwen2-f16.gguf"})
            QTest::newRow(file) << QString(file);
    }
    void truncated() {
        QFETCH(QString, file);
        const QTemporaryDir folder;
        const std::string bytes = fileBytes(dataPath(file.toStdString())),
                          path = folder.filePath("model.safetensors").toStdString();
        std::filesystem::copy(dataPath("llama/config.json"), folder.filePath("config.json").toStdString());
        for (std::size_t size = 0; size < bytes.size(); size += size < 64 ? 1 : bytes.size() / 97) {
            std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes.substr(0, size);
            const std::string error = oneLine(errorOf([&] { useModel(path); }));
            QVERIFY2(error.starts_with(path), error.c_str());
        }
    }

    void damaged_data() {
        QTest::addColumn<QString>("file");
        for (const char* file : {"llama/config.json", "gpt2/config.json", "llama/model.safetensors", "llama-q8_0.gguf",
                                 "llama/mtp.safetensors", "llama/medusa.safetensors"})
            QTest::newRow(file) << QString(file);
    }
    void damaged() {
        QFETCH(QString, file);
        const std::string name = file.toStdString(), folder = name.substr(0, name.find('/'));
        const std::string bytes = fileBytes(dataPath(name));
        const bool config = name.ends_with("config.json"),
                   heads = name.ends_with("mtp.safetensors") || name.ends_with("medusa.safetensors");
        const auto target = std::make_shared<const ModelWeights>(ModelFiles(dataPath("llama")).load());
        const std::string others = fileBytes(dataPath("llama/config.json")),
                          tensors = fileBytes(dataPath(config ? folder + "/model.safetensors" : name));
        const std::vector<std::string> words = {"null",
                                                "true",
                                                "1e999",
                                                "-1",
                                                "{}",
                                                "[]",
                                                "\"rope_scaling\":",
                                                "\"shape\":[",
                                                "F16",
                                                "llama",
                                                "\"num_hidden_layers\":",
                                                "\"head_dim\":",
                                                "18446744073709551615"};
        orrery::test::Fuzz fuzz({{bytes, {}, config ? "config.json" : "model.safetensors"}}, words, [&](const std::string& path) {
            const std::string at = path.substr(0, path.rfind('/'));
            if (heads) {
                const auto tensorFile = openHeads(path);
                const std::vector<float> state(std::size_t(target->config.width), 0.5F);
                if (name.ends_with("medusa.safetensors")) Medusa(*tensorFile, target).logits(state);
                if (name.ends_with("mtp.safetensors")) Mtp(*tensorFile, target).extend(std::vector<TreeToken>{{1, -1}}, state);
                return;
            }
            if (config) std::ofstream(at + "/model.safetensors", std::ios::binary | std::ios::trunc) << tensors;
            if (!config) std::ofstream(at + "/config.json", std::ios::trunc) << others;
            useModel(path.ends_with("config.json") ? at : path);
        });
        const std::string trouble = fuzz.run(2);
        QVERIFY2(trouble.empty(), trouble.c_str());
    }
};

QTEST_GUILESS_MAIN(Loading)
#include "tst_loading.moc"
