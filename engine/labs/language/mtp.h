// SPDX-License-Identifier: GPL-3.0-or-later
// A multi-token-prediction module in DeepSeek-V3's layout (arXiv 2412.19437; released weights: README_WEIGHTS.md): slot j takes
// the embedding of token j + 1 and the hidden state of token j, h = M [RMSNorm(embedding); RMSNorm(hidden)] goes through one
// decoder layer, and a norm and the output matrix give the logits of token j + 2. The layer's output stands for the hidden state
// of token j + 1 where the module is applied again. The embedding of slot 0 is zero, as in the released code. On the host.
//
// Names: "model.layers.{L}." with L = layers of the target, "layers.{L}.", or nothing, before enorm, hnorm, eh_proj,
// shared_head.{norm,head}, embed_tokens and a Llama layer's; the target's table and output matrix where the file has none.
#pragma once

#include "engine/labs/language/draft_layer.h"
#include "engine/labs/language/predictor.h"

namespace orrery::language {

class Mtp {
 public:
    /// Throws Error naming the file and the tensor that does not fit the target.
    Mtp(const model::TensorFile& file, std::shared_ptr<const ModelWeights> target);

    int vocabulary() const { return m_target->config.vocabulary; }
    int width() const { return m_target->config.width; }
    int length() const { return m_tree.length(); } ///< committed slots
    int pending() const { return m_tree.pending(); }
    void truncate(int length); ///< forgets the pending slots and all from `length` on

    /// Grows the tree of pending slots. `nodes`: token j + 1 and the parent among the pending slots (-1: the last committed one);
    /// `hidden`: [nodes, width] of token j, the target's or hidden() of the parent. Gives [nodes, vocabulary], valid until the next
    /// call, with the same bits as one slot at a time would.
    std::span<const float> extend(std::span<const TreeToken> nodes, std::span<const float> hidden);
    std::span<const float> hidden() const { return m_hidden; } ///< [nodes of the last extend(), width]
    void commit(std::span<const std::int32_t> path);

 private:
    void run(int first, int count, const float* hidden, float* logits, float* next);

    std::shared_ptr<const ModelWeights> m_target;
    ModelConfig m_config{};
    Matrix m_table{}, m_project{}, m_output{};
    std::vector<float> m_embeddingNorm{}, m_hiddenNorm{}, m_norm{};
    std::unique_ptr<DraftLayer> m_layer{};
    TokenTree m_tree;
    PassStore m_store{};
    Crew m_crew;
    Aligned m_both{}, m_scratch{};
    std::vector<float> m_logits{}, m_hidden{};
};

} // namespace orrery::language
