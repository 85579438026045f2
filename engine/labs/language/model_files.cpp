// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/model_files.h"

#include "engine/assets.h"
#include "engine/error.h"
#include "engine/lab/names.h"
#include "engine/model/gguf.h"
#include "engine/model/safetensors.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace orrery::language {

namespace {

namespace fs = std::filesystem;
using Parts = std::vector<std::pair<std::string, MatrixForm>>;
using Sizes = std::vector<std::pair<std::string, int>>;

constexpr const char* assetFolder = "language/models/";
constexpr std::uint64_t largestText = 256 << 20;

std::span<const std::byte> bytesOfAsset(const std::string& name, const std::string& shown) {
    const auto content = asset(name);
    if (!content) throw Error(shown + ": there is no built-in model of that name" + lab::suggestion(shown, builtinModels()));
    return std::as_bytes(std::span(content->data(), content->size()));
}

std::string readText(const std::string& path) {
    std::error_code error;
    const std::uint64_t size = fs::file_size(path, error);
    if (error) throw Error(path + ": cannot be read: " + error.message() + "; a model needs it beside its tensors");
    if (size > largestText) throw Error(path + ": larger than 256 MB, which no such file is; download it again");
    std::ifstream in(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (!in.good() && !in.eof()) throw Error(path + ": cannot be read");
    return text;
}

/// Which names a family has behind a layer's prefix, by role.
BlockWeights readGpt2Block(const TensorReader& r, const ModelConfig& c, const std::string& at, bool gguf) {
    const int d = c.width, f = c.inner;
    const auto linear = [&](const char* theirs, const char* ours, int rows, int columns) {
        return r.matrix(at + (gguf ? ours : theirs) + ".weight", {rows, columns, !gguf});
    };
    const auto vector = [&](const char* theirs, const char* ours, int size) {
        return r.vector(at + (gguf ? ours : theirs), size);
    };
    BlockWeights block;
    block.norm1 = vector("ln_1.weight", "attn_norm.weight", d), block.norm1Bias = vector("ln_1.bias", "attn_norm.bias", d);
    block.norm2 = vector("ln_2.weight", "ffn_norm.weight", d), block.norm2Bias = vector("ln_2.bias", "ffn_norm.bias", d);
    block.qkv = linear("attn.c_attn", "attn_qkv", 3 * d, d), block.out = linear("attn.c_proj", "attn_output", d, d);
    block.up = linear("mlp.c_fc", "ffn_up", f, d), block.down = linear("mlp.c_proj", "ffn_down", d, f);
    block.qkvBias = vector("attn.c_attn.bias", "attn_qkv.bias", 3 * d);
    block.outBias = vector("attn.c_proj.bias", "attn_output.bias", d);
    block.upBias = vector("mlp.c_fc.bias", "ffn_up.bias", f), block.downBias = vector("mlp.c_proj.bias", "ffn_down.bias", d);
    return block;
}

struct BlockNames {
    const char *norm1, *norm2, *q, *k, *v, *out, *gate, *up, *down;
};
constexpr BlockNames huggingFace = {"input_layernorm",  "post_attention_layernorm", "self_attn.q_proj", "self_attn.k_proj",
                                    "self_attn.v_proj", "self_attn.o_proj",         "mlp.gate_proj",    "mlp.up_proj",
                                    "mlp.down_proj"};
constexpr BlockNames ggml = {"attn_norm",   "ffn_norm", "attn_q", "attn_k",  "attn_v",
                             "attn_output", "ffn_gate", "ffn_up", "ffn_down"};

BlockWeights readGated(const TensorReader& r, const ModelConfig& c, const std::string& at, const BlockNames& n, bool permuted) {
    const int d = c.width, f = c.inner, q = c.queryWidth(), k = c.keyWidth();
    const auto weight = [&](const char* name) { return at + name + ".weight"; };
    const auto bias = [&](const char* name) { return at + name + ".bias"; };
    if (!c.qkvBias && r.has(bias(n.q)))
        r.fail("tensor '" + bias(n.q) + "' is there, but the configuration knows no attention bias");
    if (r.has(at + "self_attn.q_norm.weight") || r.has(at + "attn_q_norm.weight"))
        r.fail("tensor '" + at + "…q_norm.weight': norms of queries and keys (Qwen3) are not built here");
    BlockWeights block;
    block.norm1 = r.vector(weight(n.norm1), d), block.norm2 = r.vector(weight(n.norm2), d);
    block.qkv = r.stacked(Parts{{weight(n.q), {q, d, false, permuted ? c.heads : 0}},
                                {weight(n.k), {k, d, false, permuted ? c.keyHeads : 0}},
                                {weight(n.v), {k, d}}});
    block.out = r.matrix(weight(n.out), {d, q});
    block.up = r.stacked(Parts{{weight(n.gate), {f, d}}, {weight(n.up), {f, d}}});
    block.down = r.matrix(weight(n.down), {d, f});
    if (c.qkvBias && permuted) r.fail("tensor '" + bias(n.q) + "': biases of permuted heads are not built here");
    if (c.qkvBias) block.qkvBias = r.joined(Sizes{{bias(n.q), q}, {bias(n.k), k}, {bias(n.v), k}});
    if (c.outputBias) block.outBias = r.vector(bias(n.out), d);
    if (c.mlpBias) block.upBias = r.joined(Sizes{{bias(n.gate), f}, {bias(n.up), f}}), block.downBias = r.vector(bias(n.down), d);
    return block;
}

struct OuterNames {
    std::string embedding, positions, norm, normBias, output, layers;
};

OuterNames namesOf(const TensorReader& r, const ModelConfig& c, bool gguf) {
    if (gguf)
        return {"token_embd.weight", "position_embd.weight", "output_norm.weight", "output_norm.bias", "output.weight", "blk."};
    if (c.family == Family::gpt2) {
        const std::string at = r.has("transformer.wte.weight") ? "transformer." : "";
        return {at + "wte.weight", at + "wpe.weight", at + "ln_f.weight", at + "ln_f.bias", "lm_head.weight", at + "h."};
    }
    const std::string at = r.has("model.embed_tokens.weight") || !r.has("embed_tokens.weight") ? "model." : "";
    return {at + "embed_tokens.weight", {}, at + "norm.weight", {}, "lm_head.weight", at + "layers."};
}

} // namespace

BlockWeights readLlamaBlock(const TensorReader& reader, const ModelConfig& config, const std::string& prefix) {
    return readGated(reader, config, prefix, huggingFace, false);
}

std::vector<std::string> builtinModels() {
    const std::string ending = "/config.json", folder = assetFolder;
    std::vector<std::string> names;
    for (const std::string& name : assetNames(folder))
        if (name.ends_with(ending)) names.push_back(name.substr(folder.size(), name.size() - folder.size() - ending.size()));
    return names;
}

ModelFiles::ModelFiles(const std::string& path) : m_path(path) {
    if (path.starts_with(builtinPrefix)) {
        m_builtin = true;
        const std::string name = path.substr(std::string_view(builtinPrefix).size());
        m_folder = assetFolder + name;
        const auto config = bytesOfAsset(m_folder + "/config.json", name);
        m_config = configOfJson(path, {reinterpret_cast<const char*>(config.data()), config.size()});
        m_tensors = std::make_unique<model::SafetensorsFile>(path, bytesOfAsset(m_folder + "/model.safetensors", name));
        return;
    }
    std::error_code error;
    m_folder = fs::is_directory(path, error) ? path : fs::path(path).parent_path().string();
    if (m_folder.empty()) m_folder = ".";
    m_tensors = model::openTensorFile(path);
    if (gguf()) {
        m_config = configOfGguf(*m_tensors);
        return;
    }
    const std::string config = (fs::path(m_folder) / "config.json").string();
    if (!fs::exists(config, error))
        throw Error(path + ": there is no config.json beside the tensors, which says what model they are; put it there");
    m_config = configOfJson(config, readText(config));
}

std::optional<std::string> ModelFiles::besides(const std::string& name) const {
    if (m_builtin) {
        const auto content = asset(m_folder + '/' + name);
        return content ? std::optional<std::string>(*content) : std::nullopt;
    }
    const std::string path = (fs::path(m_folder) / name).string();
    std::error_code error;
    if (!fs::is_regular_file(path, error)) return {};
    return readText(path);
}

ModelWeights ModelFiles::load(const LoadProgress& progress) const {
    const TensorReader reader(*m_tensors);
    const ModelConfig& c = m_config;
    const bool packed = gguf();
    const OuterNames names = namesOf(reader, c, packed);
    ModelWeights weights;
    weights.config = c;
    const auto told = [&](double part) {
        if (progress && !progress(part)) throw Error(m_path + ": loading was cancelled");
    };
    const double outer = double(c.vocabulary) * c.width * (c.tied ? 1 : 2), all = std::max<double>(double(c.parameters()), 1);
    if (!c.tied && !reader.has(names.output))
        reader.fail("tensor '" + names.output + "' is missing, and config.json does not say tie_word_embeddings");
    weights.embedding = reader.matrix(names.embedding, {c.vocabulary, c.width});
    weights.output = c.tied ? weights.embedding : reader.matrix(names.output, {c.vocabulary, c.width});
    if (c.learnedPositions()) weights.positions = reader.matrix(names.positions, {c.context, c.width});
    told(outer / all);
    for (int i = 0; i < c.layers; ++i) {
        const std::string at = names.layers + std::to_string(i) + '.';
        weights.blocks.push_back(c.family == Family::gpt2 ? readGpt2Block(reader, c, at, packed)
                                 : packed                 ? readGated(reader, c, at, ggml, c.family == Family::llama)
                                                          : readLlamaBlock(reader, c, at));
        told((outer + (all - outer) * (i + 1) / c.layers) / all);
    }
    weights.norm = reader.vector(names.norm, c.width);
    if (c.layerNorm()) weights.normBias = reader.vector(names.normBias, c.width);
    if (c.learnedPositions()) return weights;
    weights.rotation = ropeFrequencies(c);
    if (packed && reader.has("rope_freqs.weight")) { // Llama 3's scaling, worked out by the converter
        const std::vector<float> factors = reader.vector("rope_freqs.weight", c.headSize / 2);
        for (std::size_t i = 0; i < weights.rotation.size(); ++i) {
            if (!(factors[i] > 0) || !std::isfinite(factors[i]))
                reader.fail("tensor 'rope_freqs.weight' must hold numbers above 0");
            weights.rotation[i] /= factors[i];
        }
    }
    return weights;
}

std::unique_ptr<model::TensorFile> openHeads(const std::string& path) {
    if (!path.starts_with(builtinPrefix)) return model::openTensorFile(path);
    const std::string name = path.substr(std::string_view(builtinPrefix).size());
    const auto content = asset(assetFolder + name);
    if (!content) throw Error(path + ": there is no such file among the built-in models");
    return std::make_unique<model::SafetensorsFile>(path, std::as_bytes(std::span(content->data(), content->size())));
}

} // namespace orrery::language
