// SPDX-License-Identifier: GPL-3.0-or-later
// A language model that predicts: GPT-2, Llama or Qwen2 with its key-value cache, on the host or on a Vulkan device. The logits
// of a tree's node are bit-equal to those of plain decoding on the same path, and the cache after commit() to the one that
// plain decoding leaves, since keys go by logical position and every sum has an order of its own (see host_kernels.h and
// shaders/language).
#pragma once

#include "engine/labs/language/network.h"
#include "engine/labs/language/predictor.h"

#include <string>

namespace orrery::language {

enum class Path : std::uint8_t { automatic, host, vulkan }; ///< automatic: the host where the device is a CPU, or none is given

struct TransformerOptions {
    Path path = Path::automatic;
    int context = 0; ///< at most so many positions; 0: what the model was made for
};

class Transformer final : public Predictor {
 public:
    Transformer(std::shared_ptr<const ModelWeights> weights, gpu::Device* device, const TransformerOptions& options = {});
    /// Opens what `path` names (model_files.h) and loads it. Throws Error.
    static std::unique_ptr<Transformer> open(const std::string& path, gpu::Device* device, const TransformerOptions& options = {},
                                             const LoadProgress& progress = {});

    const ModelConfig& config() const { return m_weights->config; }
    const std::shared_ptr<const ModelWeights>& weights() const { return m_weights; }
    int vocabulary() const override { return config().vocabulary; }
    int context() const override { return m_context; }
    int width() const override { return config().width; }

    int length() const override { return m_tree.length(); }
    int pending() const override { return m_tree.pending(); }
    std::span<const std::int32_t> committed() const { return m_tree.committed(); }
    void truncate(int length) override;
    std::span<const float> extend(std::span<const TreeToken> nodes) override;
    void commit(std::span<const std::int32_t> path) override;
    std::span<const float> prefill(std::span<const std::int32_t> tokens) override;
    std::span<const float> hidden() const override { return m_hidden; }

    const TokenTree& tree() const { return m_tree; }
    StepTimes times() const { return m_times; } ///< of the last extend() or prefill()
    const char* where() const { return m_network->where(); }
    /// Keys and values of one layer and row as they are held, [2, keyWidth]; rows: committed tokens, then pending nodes.
    std::vector<float> cacheRow(int layer, int row) { return m_network->cacheRow(layer, row); }

 private:
    std::shared_ptr<const ModelWeights> m_weights;
    int m_context;
    TokenTree m_tree;
    std::unique_ptr<Network> m_network;
    PassStore m_store{};
    std::vector<float> m_logits{}, m_hidden{};
    StepTimes m_times{};
};

} // namespace orrery::language
