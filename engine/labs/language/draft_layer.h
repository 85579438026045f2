// SPDX-License-Identifier: GPL-3.0-or-later
// One decoder layer beside a target model, with a key-value cache of its own: what MTP modules and Gloeckle heads are made of.
#pragma once

#include "engine/labs/language/host_stack.h"
#include "engine/labs/language/model_files.h"

namespace orrery::language {

/// The target's shape with a single layer. Throws Error: GPT-2 has layers of another kind.
ModelConfig draftLayerConfig(const TensorReader& reader, const ModelWeights& target);

struct DraftLayer {
    DraftLayer(const TensorReader& reader, const ModelConfig& config, const std::string& prefix, std::span<const float> rotation);
    DraftLayer(const DraftLayer&) = delete; // the stack looks at the weights
    DraftLayer& operator=(const DraftLayer&) = delete;

    std::vector<BlockWeights> weights;
    HostStack stack;
};

} // namespace orrery::language
