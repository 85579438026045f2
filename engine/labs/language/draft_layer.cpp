// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/draft_layer.h"

namespace orrery::language {

ModelConfig draftLayerConfig(const TensorReader& reader, const ModelWeights& target) {
    ModelConfig config = target.config;
    if (config.family == Family::gpt2)
        reader.fail("modules of decoder layers go with a Llama or Qwen2 target; this one is GPT-2's");
    config.layers = 1;
    return config;
}

DraftLayer::DraftLayer(const TensorReader& reader, const ModelConfig& config, const std::string& prefix,
                       std::span<const float> rotation)
    : weights{readLlamaBlock(reader, config, prefix)}, stack(config, weights, rotation) {}

} // namespace orrery::language
