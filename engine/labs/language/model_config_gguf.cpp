// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/error.h"
#include "engine/labs/language/model_config.h"
#include "engine/model/bytes.h"
#include "engine/model/tensor_file.h"

#include <charconv>
#include <cmath>
#include <optional>

namespace orrery::language {

namespace {

class Keys {
 public:
    explicit Keys(const model::TensorFile& file) : m_file(file) {}

    [[noreturn]] void fail(const std::string& what) const { throw Error(m_file.path() + ": " + what); }

    std::string text(const std::string& key) const {
        const auto found = m_file.metadata().find(key);
        return found == m_file.metadata().end() ? std::string() : found->second;
    }
    std::optional<double> number(const std::string& key) const {
        const std::string value = text(key);
        if (value.empty()) return {};
        double parsed = 0;
        const auto end = std::from_chars(value.data(), value.data() + value.size(), parsed);
        if (end.ec != std::errc() || end.ptr != value.data() + value.size())
            fail("'" + key + "' is " + model::shown(value) + ", not one number; models whose layers differ are not built here");
        return parsed;
    }
    std::optional<int> whole(const std::string& key) const {
        const auto value = number(key);
        if (!value) return {};
        if (!(*value >= 0) || *value > 2147483647.0 || *value != std::floor(*value))
            fail("'" + key + "' must be a whole number from 0 to 2147483647");
        return int(*value);
    }
    int needed(const std::string& key) const {
        const auto value = whole(key);
        if (!value) fail("'" + key + "' is missing");
        return *value;
    }

 private:
    const model::TensorFile& m_file;
};

void refuseUnbuilt(const Keys& keys, const std::string& at, const ModelConfig& config) {
    if (keys.whole(at + "expert_count").value_or(0) > 0) keys.fail("a mixture of experts, which is not built here");
    const auto window = keys.whole(at + "attention.sliding_window");
    if (window && *window > 0 && *window < config.context)
        keys.fail("'" + at + "attention.sliding_window' is in use; only attention over all positions is built here");
    const auto rotated = keys.whole(at + "rope.dimension_count");
    if (!config.learnedPositions() && rotated && *rotated != config.headSize)
        keys.fail("'" + at + "rope.dimension_count' is not the size of a head; partial rotation is not built here");
    const auto values = keys.whole(at + "attention.value_length");
    if (values && *values != config.headSize) keys.fail("keys and values of different size are not built here");
    const auto logits = keys.number(at + "logit_scale");
    if (logits && *logits != 1 && *logits != 0) keys.fail("'" + at + "logit_scale' is not built here");
}

} // namespace

ModelConfig configOfGguf(const model::TensorFile& file) {
    const Keys keys(file);
    ModelConfig config;
    config.source = file.path();
    const std::string architecture = keys.text("general.architecture");
    if (architecture == "gpt2") {
        config.family = Family::gpt2;
    } else if (architecture == "llama") {
        config.family = Family::llama;
    } else if (architecture == "qwen2") {
        config.family = Family::qwen2;
    } else {
        keys.fail(architecture.empty()
                      ? "'general.architecture' is missing; is it a language model?"
                      : "a model of architecture '" + model::shown(architecture) + "'; gpt2, llama and qwen2 are read here");
    }
    const std::string at = architecture + '.';
    config.layers = keys.needed(at + "block_count"), config.width = keys.needed(at + "embedding_length");
    config.heads = keys.needed(at + "attention.head_count");
    config.keyHeads = keys.whole(at + "attention.head_count_kv").value_or(config.heads);
    config.headSize = keys.whole(at + "attention.key_length").value_or(config.heads > 0 ? config.width / config.heads : 0);
    config.inner = keys.needed(at + "feed_forward_length"), config.context = keys.needed(at + "context_length");
    const bool gpt2 = config.family == Family::gpt2;
    config.epsilon =
        keys.number(at + (gpt2 ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon")).value_or(1e-5);
    config.ropeTheta = keys.number(at + "rope.freq_base").value_or(10000);
    config.activation = gpt2 ? Activation::geluTanh : Activation::silu;
    config.qkvBias = file.has(gpt2 ? "blk.0.attn_qkv.bias" : "blk.0.attn_q.bias") != nullptr;
    config.outputBias = file.has("blk.0.attn_output.bias") != nullptr;
    config.mlpBias = file.has("blk.0.ffn_down.bias") != nullptr;
    config.tied = file.has("output.weight") == nullptr;
    const std::string scaling = keys.text(at + "rope.scaling.type");
    if (scaling == "linear") {
        config.rope = {.kind = RopeScaling::Kind::linear, .factor = keys.number(at + "rope.scaling.factor").value_or(1)};
        if (!(config.rope.factor > 0)) keys.fail("'" + at + "rope.scaling.factor' must be above 0");
    } else if (!scaling.empty() && scaling != "none") {
        keys.fail("rotary scaling of type '" + model::shown(scaling) + "' is not built here, only linear");
    }
    const model::StoredTensor& table = file.find("token_embd.weight");
    if (table.shape.size() != 2 || table.shape[0] > 0x7fffffff)
        keys.fail("'token_embd.weight' has shape " + table.shapeText() + "; a matrix is expected");
    config.vocabulary = int(table.shape[0]);
    config.bos = keys.whole("tokenizer.ggml.bos_token_id").value_or(-1);
    if (const auto eos = keys.whole("tokenizer.ggml.eos_token_id")) config.eos.push_back(*eos);
    checkConfig(config);
    refuseUnbuilt(keys, at, config);
    return config;
}

} // namespace orrery::language
