// SPDX-License-Identifier: GPL-3.0-or-later
// A small random Llama with the shipped tokenizer, written to a folder as models are published: what the lab is tested with where
// a trained one is not needed. It has a draft model that is near it, and Medusa heads.
#pragma once

#include "engine/assets.h"
#include "engine/lab/session.h"
#include "engine/labs/language/lab.h"
#include "engine/model/safetensors.h"
#include "tests/support/error_of.h"
#include "tests/support/test_main.h"

#include <QTemporaryDir>

#include <deque>
#include <fstream>

namespace orrery::language::test {

class Storyteller {
 public:
    static constexpr int vocabulary = 2048, width = 16, layers = 1, heads = 2;

    explicit Storyteller(const std::string& folder, int context = 256) : m_folder(folder) {
        model(folder, 0, context);
        QDir().mkpath(QString::fromStdString(folder + "/draft"));
        model(folder + "/draft", 0.25, context);
        medusa();
    }
    std::string config() const { return m_folder + "/config.json"; }
    std::string draft() const { return m_folder + "/draft/config.json"; }
    const std::string& folder() const { return m_folder; }

 private:
    struct File {
        std::vector<model::TensorToWrite> tensors;
        std::deque<std::vector<float>> values;
        void add(const std::string& name, std::vector<std::uint64_t> shape, std::uint64_t stream, double scale, double noise,
                 bool ones) {
            std::size_t size = 1;
            for (const std::uint64_t n : shape) size *= std::size_t(n);
            std::vector<float>& v = values.emplace_back(size);
            for (std::size_t i = 0; i < size; ++i) {
                const double own = normalPair(philox(41, std::uint32_t(i), 0, std::uint32_t(stream)))[0];
                const double off = normalPair(philox(42, std::uint32_t(i), 1, std::uint32_t(stream)))[0];
                v[i] = ones ? 1 : float(scale * (own + noise * off));
            }
            tensors.push_back({name, model::Stored::f32, std::move(shape), std::as_bytes(std::span(v))});
        }
    };

    static void text(const std::string& path, std::string_view content) { std::ofstream(path, std::ios::binary) << content; }

    static void model(const std::string& folder, double noise, int context) {
        constexpr std::uint64_t d = width, inner = 32;
        text(folder + "/config.json",
             R"({"model_type": "llama", "architectures": ["LlamaForCausalLM"], "num_hidden_layers": 1, "hidden_size": 16,
                 "num_attention_heads": 2, "num_key_value_heads": 2, "intermediate_size": 32, "rope_theta": 10000.0,
                 "rms_norm_eps": 1e-05, "vocab_size": 2048, "max_position_embeddings": )" +
                 std::to_string(context) + R"(, "tie_word_embeddings": true, "hidden_act": "silu"})");
        text(folder + "/tokenizer.json", *asset("language/models/tiny/tokenizer.json"));
        File file;
        file.add("model.embed_tokens.weight", {vocabulary, d}, 1, 0.9, noise, false);
        const std::string l = "model.layers.0.";
        file.add(l + "input_layernorm.weight", {d}, 2, 1, 0, true);
        for (const char* name : {"q_proj", "k_proj", "v_proj", "o_proj"})
            file.add(l + "self_attn." + name + ".weight", {d, d}, 3 + std::uint64_t(name[0]), 0.5, noise, false);
        file.add(l + "post_attention_layernorm.weight", {d}, 2, 1, 0, true);
        file.add(l + "mlp.gate_proj.weight", {inner, d}, 5, 0.5, noise, false);
        file.add(l + "mlp.up_proj.weight", {inner, d}, 6, 0.5, noise, false);
        file.add(l + "mlp.down_proj.weight", {d, inner}, 7, 0.5, noise, false);
        file.add("model.norm.weight", {d}, 2, 1, 0, true);
        model::writeSafetensors(folder + "/model.safetensors", file.tensors);
    }

    void medusa() const {
        File file;
        for (int i = 0; i < heads; ++i) {
            const std::string head = std::to_string(i);
            file.add(head + ".0.linear.weight", {width, width}, 20 + std::uint64_t(i), 0.3, 0, false);
            file.add(head + ".0.linear.bias", {width}, 30 + std::uint64_t(i), 0.1, 0, false);
        }
        model::writeSafetensors(m_folder + "/medusa.safetensors", file.tensors);
    }

    std::string m_folder;
};

/// A session of the lab, driven as the window and the command line drive it.
struct Run {
    explicit Run(const std::vector<std::pair<std::string, lab::Value>>& settings) : session(orrery::test::device(), "language") {
        set(settings);
        to(0);
    }
    void set(const std::vector<std::pair<std::string, lab::Value>>& values) { session.set(values); }
    void to(int step) { session.runTo(step); }
    LanguageLab& lab() { return dynamic_cast<LanguageLab&>(session.lab()); }
    void act(const char* action) { // and all that follows
        session.lab().act(action);
        session.runTo(session.lab().position());
    }
    std::vector<std::int32_t> text() {
        const auto text = lab().decoding()->text();
        return {text.begin(), text.end()};
    }
    lab::Check check(const std::string& key) {
        for (const lab::Check& check : session.lab().checks())
            if (check.key == key) return check;
        return {};
    }
    lab::HostArray array(const std::string& key) { return session.lab().array(orrery::test::device(), key); }
    lab::Session session;
};

} // namespace orrery::language::test
