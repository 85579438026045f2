// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/model_config.h"

#include "engine/error.h"
#include "engine/model/strict_json.h"

#include <array>
#include <cmath>
#include <numbers>
#include <optional>

namespace orrery::language {

namespace {

using model::StrictJson;

/// Fields of other models whose code is near to these: each changes what comes out, and none is built here.
constexpr std::array changing = {
    "quantization_config", "embedding_multiplier",    "residual_multiplier",    "attention_multiplier",  "logits_scaling",
    "logit_scale",         "final_logit_softcapping", "attn_logit_softcapping", "query_pre_attn_scalar", "num_local_experts",
    "num_experts",         "n_routed_experts",        "qk_layernorm",           "use_qk_norm",           "q_lora_rank",
    "kv_lora_rank",        "no_rope_layers",          "mup_width_multiplier"};

class Fields {
 public:
    Fields(std::string source, const StrictJson& root) : m_source(std::move(source)), m_root(root) {}

    [[noreturn]] void fail(const std::string& what) const { throw Error(m_source + ": " + what); }

    /// Null where it is absent or null.
    const StrictJson* find(const std::string& name) const {
        const StrictJson* value = m_root.find(name);
        return value && !value->is(StrictJson::Kind::null) ? value : nullptr;
    }
    std::optional<double> number(const std::string& name) const {
        const StrictJson* value = find(name);
        if (!value) return {};
        if (value->is(StrictJson::Kind::whole)) return double(value->whole);
        if (!value->is(StrictJson::Kind::real)) fail("'" + name + "' must be a number");
        return value->real;
    }
    std::optional<int> whole(const std::string& name) const {
        const StrictJson* value = find(name);
        if (!value) return {};
        if (!value->is(StrictJson::Kind::whole) || value->whole > 0x7fffffff)
            fail("'" + name + "' must be a whole number from 0 to 2147483647");
        return int(value->whole);
    }
    int needed(const std::string& name) const {
        const auto value = whole(name);
        if (!value) fail("'" + name + "' is missing");
        return *value;
    }
    bool flag(const std::string& name, bool otherwise) const {
        const StrictJson* value = find(name);
        if (!value) return otherwise;
        if (!value->is(StrictJson::Kind::boolean)) fail("'" + name + "' must be true or false");
        return value->whole != 0;
    }
    std::string text(const std::string& name) const {
        const StrictJson* value = find(name);
        if (!value) return {};
        if (!value->is(StrictJson::Kind::text)) fail("'" + name + "' must be a text");
        return value->text;
    }

 private:
    std::string m_source;
    const StrictJson& m_root;
};

Family familyOf(const Fields& fields) {
    std::string named = fields.text("model_type");
    if (named.empty()) {
        const StrictJson* all = fields.find("architectures");
        if (all && all->is(StrictJson::Kind::array) && !all->items.empty()) named = all->items.front().text;
    }
    if (named == "gpt2" || named == "GPT2LMHeadModel" || named == "GPT2Model") return Family::gpt2;
    if (named == "llama" || named == "LlamaForCausalLM" || named == "LlamaModel") return Family::llama;
    if (named == "qwen2" || named == "Qwen2ForCausalLM" || named == "Qwen2Model") return Family::qwen2;
    if (named.empty()) fields.fail("neither 'model_type' nor 'architectures' says what model it is");
    fields.fail("a model of type '" + model::shown(named) + "'; gpt2, llama and qwen2 are read here");
}

Activation activationOf(const Fields& fields, const char* field, const char* otherwise) {
    std::string name = fields.text(field);
    if (name.empty()) name = otherwise;
    if (name == "silu" || name == "swish") return Activation::silu;
    if (name == "gelu_new" || name == "gelu_pytorch_tanh" || name == "gelu_fast") return Activation::geluTanh;
    if (name == "gelu") return Activation::gelu;
    if (name == "relu") return Activation::relu;
    fields.fail(std::string("'") + field + "' is '" + model::shown(name) +
                "'; silu, gelu_new, gelu_pytorch_tanh, gelu and relu are known here");
}

void readRope(const Fields& fields, const std::string& source, ModelConfig& config) {
    config.ropeTheta = fields.number("rope_theta").value_or(10000);
    for (const char* place : {"rope_scaling", "rope_parameters"}) {
        const StrictJson* scaling = fields.find(place);
        if (!scaling) continue;
        if (!scaling->is(StrictJson::Kind::object)) fields.fail(std::string("'") + place + "' must be an object");
        const Fields inside(source + ": '" + place + "'", *scaling);
        config.ropeTheta = inside.number("rope_theta").value_or(config.ropeTheta);
        std::string kind = inside.text("rope_type");
        if (kind.empty()) kind = inside.text("type");
        if (kind.empty() || kind == "default") continue;
        if (kind != "linear" && kind != "llama3")
            inside.fail("rotary scaling of type '" + model::shown(kind) + "' is not built here, only linear and llama3");
        const auto value = [&](const char* name) {
            const auto found = inside.number(name);
            if (!found || !(*found > 0)) inside.fail(std::string("'") + name + "' must be a number above 0");
            return *found;
        };
        config.rope.kind = kind == "linear" ? RopeScaling::Kind::linear : RopeScaling::Kind::llama3;
        config.rope.factor = value("factor");
        if (kind == "linear") continue;
        config.rope.lowFactor = value("low_freq_factor"), config.rope.highFactor = value("high_freq_factor");
        config.rope.originalContext = value("original_max_position_embeddings");
        if (!(config.rope.highFactor > config.rope.lowFactor)) inside.fail("'high_freq_factor' must exceed 'low_freq_factor'");
    }
    if (const auto part = fields.number("partial_rotary_factor"); part && *part != 1)
        fields.fail("'partial_rotary_factor' other than 1 is not built here");
}

void refuseWindows(const Fields& fields, const ModelConfig& config) {
    const auto window = fields.whole("sliding_window");
    const bool used = fields.flag("use_sliding_window", config.family != Family::qwen2);
    const bool layersLeft = fields.whole("max_window_layers").value_or(0) < config.layers;
    if (window && used && *window < config.context && (config.family != Family::qwen2 || layersLeft))
        fields.fail("'sliding_window' is in use (" + std::to_string(*window) + " of " + std::to_string(config.context) +
                    " positions); only attention over all positions is built here");
    if (const StrictJson* types = fields.find("layer_types"); types && types->is(StrictJson::Kind::array))
        for (const StrictJson& type : types->items)
            if (type.text != "full_attention")
                fields.fail("'layer_types' holds '" + model::shown(type.text) + "'; only full_attention is built here");
}

void readGpt2(const Fields& fields, ModelConfig& config) {
    config.layers = fields.needed("n_layer"), config.width = fields.needed("n_embd");
    config.heads = config.keyHeads = fields.needed("n_head");
    config.headSize = config.heads > 0 ? config.width / config.heads : 0;
    config.inner = fields.whole("n_inner").value_or(config.width <= 0x1fffffff ? 4 * config.width : 0);
    config.context = fields.find("n_positions") ? fields.needed("n_positions") : fields.needed("n_ctx");
    config.epsilon = fields.number("layer_norm_epsilon").value_or(1e-5);
    config.activation = activationOf(fields, "activation_function", "gelu_new");
    config.tied = fields.flag("tie_word_embeddings", true);
    config.qkvBias = config.outputBias = config.mlpBias = true;
    config.scaled = fields.flag("scale_attn_weights", true);
    config.scaledByLayer = fields.flag("scale_attn_by_inverse_layer_idx", false);
    if (fields.flag("add_cross_attention", false)) fields.fail("'add_cross_attention' is on; only decoders alone are built here");
}

void readLlama(const Fields& fields, const std::string& source, ModelConfig& config) {
    const bool qwen = config.family == Family::qwen2;
    config.layers = fields.needed("num_hidden_layers"), config.width = fields.needed("hidden_size");
    config.heads = fields.needed("num_attention_heads");
    config.keyHeads = fields.whole("num_key_value_heads").value_or(config.heads);
    config.headSize = fields.whole("head_dim").value_or(config.heads > 0 ? config.width / config.heads : 0);
    config.inner = fields.needed("intermediate_size");
    config.context = fields.whole("max_position_embeddings").value_or(qwen ? 32768 : 2048);
    config.epsilon = fields.number("rms_norm_eps").value_or(1e-6);
    config.activation = activationOf(fields, "hidden_act", "silu");
    config.tied = fields.flag("tie_word_embeddings", false);
    const bool bias = fields.flag("attention_bias", false);
    config.qkvBias = qwen || bias, config.outputBias = !qwen && bias;
    config.mlpBias = fields.flag("mlp_bias", false);
    config.predictLayers = fields.whole("num_nextn_predict_layers").value_or(0);
    readRope(fields, source, config);
    refuseWindows(fields, config);
}

} // namespace

const char* toString(Family family) { return family == Family::gpt2 ? "GPT-2" : family == Family::llama ? "Llama" : "Qwen2"; }

double ModelConfig::scoreScale(int layer) const {
    return (scaled ? 1 / std::sqrt(double(headSize)) : 1.0) / (scaledByLayer ? layer + 1 : 1);
}

std::uint64_t ModelConfig::parameters() const {
    const auto d = std::uint64_t(width), q = std::uint64_t(queryWidth()), k = std::uint64_t(keyWidth()), f = std::uint64_t(inner);
    const std::uint64_t norms = layerNorm() ? 2 : 1;
    std::uint64_t block = d * (q + 2 * k) + q * d + (gated() ? 3 : 2) * d * f + 2 * norms * d;
    block += (qkvBias ? q + 2 * k : 0) + (outputBias ? d : 0) + (mlpBias ? (gated() ? 2 * f : f) + d : 0);
    return std::uint64_t(layers) * block + std::uint64_t(vocabulary) * d * (tied ? 1 : 2) + norms * d +
           (learnedPositions() ? std::uint64_t(context) * d : 0);
}

std::vector<float> ropeFrequencies(const ModelConfig& config) {
    std::vector<float> frequencies(std::size_t(config.headSize / 2));
    for (std::size_t i = 0; i < frequencies.size(); ++i) {
        const float exponent = float(2 * i) / float(config.headSize);
        float f = 1.0F / std::pow(float(config.ropeTheta), exponent);
        const RopeScaling& rope = config.rope;
        if (rope.kind == RopeScaling::Kind::linear) f = float(double(f) / rope.factor);
        if (rope.kind == RopeScaling::Kind::llama3) {
            const double wave = 2 * std::numbers::pi / double(f), turns = rope.originalContext / wave;
            const double smooth = (turns - rope.lowFactor) / (rope.highFactor - rope.lowFactor);
            if (turns < rope.lowFactor) {
                f = float(double(f) / rope.factor);
            } else if (turns <= rope.highFactor) {
                f = float((1 - smooth) * double(f) / rope.factor + smooth * double(f));
            }
        }
        frequencies[i] = f;
    }
    return frequencies;
}

void checkConfig(const ModelConfig& c) {
    const auto fail = [&](const std::string& what) { throw Error(c.source + ": " + what); };
    const auto within = [&](const char* what, int value, int most) {
        if (value < 1 || value > most)
            fail(std::string(what) + " is " + std::to_string(value) + "; from 1 to " + std::to_string(most) + " can be");
    };
    within("the number of layers", c.layers, 1024);
    within("the width", c.width, 1 << 17);
    within("the number of heads", c.heads, 4096);
    within("the number of key-value heads", c.keyHeads, c.heads);
    within("the size of a head", c.headSize, 1024);
    within("the inner width of the feed-forward part", c.inner, 1 << 20);
    within("the vocabulary", c.vocabulary, 1 << 22);
    within("the context", c.context, 1 << 24);
    if (c.heads % c.keyHeads != 0)
        fail("the number of heads, " + std::to_string(c.heads) + ", is no multiple of that of the key-value heads, " +
             std::to_string(c.keyHeads));
    if (c.layerNorm() && c.heads * c.headSize != c.width)
        fail("the width, " + std::to_string(c.width) + ", is no multiple of the number of heads, " + std::to_string(c.heads));
    if (!c.learnedPositions() && c.headSize % 2 != 0)
        fail("a head of odd size " + std::to_string(c.headSize) + " cannot be rotated");
    if (!(c.epsilon > 0 && c.epsilon < 1)) fail("the epsilon of the norms must lie between 0 and 1");
    if (!(c.ropeTheta > 0) || !std::isfinite(c.ropeTheta)) fail("the rotary base must be a number above 0");
}

ModelConfig configOfJson(const std::string& source, std::string_view text) {
    const model::Source bytes{source, "config.json", "download it again"};
    const StrictJson root = model::parseStrictJson(bytes, text);
    if (!root.is(StrictJson::Kind::object)) throw Error(source + ": not a JSON object; download it again");
    const Fields fields(source, root);
    ModelConfig config;
    config.source = source, config.family = familyOf(fields);
    for (const char* name : changing)
        if (fields.find(name)) fields.fail(std::string("'") + name + "' changes what the model computes and is not built here");
    config.vocabulary = fields.needed("vocab_size");
    if (config.family == Family::gpt2) {
        readGpt2(fields, config);
    } else {
        readLlama(fields, source, config);
    }
    const StrictJson* bos = fields.find("bos_token_id");
    if (bos && bos->is(StrictJson::Kind::whole)) config.bos = fields.needed("bos_token_id");
    if (const StrictJson* eos = fields.find("eos_token_id")) {
        if (eos->is(StrictJson::Kind::whole)) config.eos.push_back(fields.needed("eos_token_id"));
        for (const StrictJson& one : eos->items)
            if (one.is(StrictJson::Kind::whole) && one.whole <= 0x7fffffff) config.eos.push_back(int(one.whole));
    }
    checkConfig(config);
    return config;
}

} // namespace orrery::language
