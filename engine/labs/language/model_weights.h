// SPDX-License-Identifier: GPL-3.0-or-later
// The weights of a language model on the host, under one layout for all families: what a file calls them, Conv1D's transposed
// matrices and GGUF's permuted heads end in model_files.cpp.
#pragma once

#include "engine/labs/language/matrix.h"
#include "engine/labs/language/model_config.h"

#include <functional>

namespace orrery::language {

/// One decoder layer. Empty vectors: there is none. Vectors are padded with zeros as the matrices' rows are.
struct BlockWeights {
    std::vector<float> norm1{}, norm1Bias{}, norm2{}, norm2Bias{};
    Matrix qkv{}; ///< [queryWidth + 2 keyWidth, width]: all query heads, key heads, value heads
    std::vector<float> qkvBias{};
    Matrix out{}; ///< [width, queryWidth]
    std::vector<float> outBias{};
    Matrix up{}; ///< [inner, width]; gated: [2 inner, width], the gate first
    std::vector<float> upBias{};
    Matrix down{}; ///< [width, inner]
    std::vector<float> downBias{};
};

struct ModelWeights {
    ModelConfig config{};
    Matrix embedding{}; ///< [vocabulary, width]
    Matrix positions{}; ///< [context, width], learned; else empty
    std::vector<BlockWeights> blocks{};
    std::vector<float> norm{}, normBias{};
    Matrix output{};               ///< [vocabulary, width]; the same as `embedding` where tied
    std::vector<float> rotation{}; ///< frequencies [headSize / 2]; empty with learned positions

    std::uint64_t bytes() const; ///< of the matrices, a shared one once
    /// Bytes that one decoding step must read: all matrices but the tables, of which it takes one row.
    std::uint64_t bytesPerStep() const;
};

/// Told the part that is done; false stops the loading with an Error "cancelled".
using LoadProgress = std::function<bool(double part)>;

/// Random weights of that shape, the same for the same seed, uniform and so scaled that activations stay near 1. For
/// measurements of speed.
ModelWeights randomWeights(const ModelConfig& config, std::uint64_t seed, WeightType type);

} // namespace orrery::language
