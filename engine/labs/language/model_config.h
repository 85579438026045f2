// SPDX-License-Identifier: GPL-3.0-or-later
// The shape of a causal language model of the GPT-2, Llama or Qwen2 family, from a config.json (Hugging Face transformers,
// models/{gpt2,llama,qwen2}/configuration_*.py) or from the metadata of a GGUF file. What changes the result is honoured or
// refused by name; nothing is guessed from the size of a model.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace orrery::model {
class TensorFile;
}

namespace orrery::language {

enum class Family : std::uint8_t { gpt2, llama, qwen2 };
const char* toString(Family family);

enum class Activation : std::uint8_t { silu, geluTanh, gelu, relu };

/// How the rotary frequencies are changed for longer contexts: not at all, all divided by `factor`, or Llama 3's way, which
/// leaves short wavelengths alone (transformers, modeling_rope_utils.py).
struct RopeScaling {
    enum class Kind : std::uint8_t { none, linear, llama3 } kind = Kind::none;
    double factor = 1, lowFactor = 1, highFactor = 4, originalContext = 8192;
};

struct ModelConfig {
    std::string source{}; ///< path of the file it comes from, for errors
    Family family = Family::llama;
    int layers = 0, width = 0, heads = 0, keyHeads = 0, headSize = 0, inner = 0, vocabulary = 0, context = 0;
    double epsilon = 1e-5; ///< of the norms
    double ropeTheta = 10000;
    RopeScaling rope{};
    Activation activation = Activation::silu;
    bool tied = false; ///< the output matrix is the token table
    bool qkvBias = false, outputBias = false, mlpBias = false;
    bool scaled = true;         ///< scores by 1/sqrt(headSize) …
    bool scaledByLayer = false; ///< … and by 1/(layer + 1)
    int bos = -1;               ///< -1: none is named
    std::vector<int> eos{};
    int predictLayers = 0; ///< num_nextn_predict_layers: MTP modules behind the last layer

    bool gated() const { return family != Family::gpt2; }            ///< down(act(gate x) * up x)
    bool layerNorm() const { return family == Family::gpt2; }        ///< else RMSNorm
    bool learnedPositions() const { return family == Family::gpt2; } ///< else rotary
    int queryWidth() const { return heads * headSize; }
    int keyWidth() const { return keyHeads * headSize; }
    double scoreScale(int layer) const;
    std::uint64_t parameters() const; ///< numbers in the model's matrices and vectors
};

/// inv_freq [headSize / 2] in float32, as the families compute it, with the scaling applied.
std::vector<float> ropeFrequencies(const ModelConfig& config);

/// Throws Error: "<source>: ..." naming the field.
ModelConfig configOfJson(const std::string& source, std::string_view text);
/// Of a GGUF file of architecture llama, qwen2 or gpt2; the vocabulary is the row count of token_embd.weight.
ModelConfig configOfGguf(const model::TensorFile& file);

/// Refuses sizes that cannot be: zero, beyond what any such model has, heads that do not divide. Both readers call it.
void checkConfig(const ModelConfig& config);

} // namespace orrery::language
