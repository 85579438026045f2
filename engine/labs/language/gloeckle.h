// SPDX-License-Identifier: GPL-3.0-or-later
// Heads of multi-token prediction after Gloeckle et al. (arXiv 2404.19737): head i is one decoder layer over the target's last
// hidden states and guesses the token i + 2 places behind, through a norm and the target's output matrix. On the host.
//
// Names (there is no public form): "gloeckle.{i}." before a Llama layer's, and "gloeckle.{i}.norm.weight"; without it the target's
// last norm.
#pragma once

#include "engine/labs/language/draft_layer.h"

namespace orrery::language {

class Gloeckle {
 public:
    /// Throws Error naming the file and the tensor that does not fit the target.
    Gloeckle(const model::TensorFile& file, std::shared_ptr<const ModelWeights> target);

    int heads() const { return int(m_heads.size()); }
    int vocabulary() const { return m_target->config.vocabulary; }
    int length() const { return m_length; } ///< tokens whose hidden states it has
    void truncate(int length);

    /// The hidden states [rows, width] of the tokens that follow. Gives the logits behind the last of them, [heads(), vocabulary()], or
    /// with `all` behind each, [rows, heads(), vocabulary()]; valid until the next call. Throws Error beyond the context.
    std::span<const float> append(std::span<const float> hidden, bool all = false);

 private:
    struct Head {
        std::unique_ptr<DraftLayer> layer{};
        std::vector<float> norm{};
    };

    std::shared_ptr<const ModelWeights> m_target;
    ModelConfig m_config{};
    std::vector<Head> m_heads{};
    std::unique_ptr<Crew> m_crew{};
    int m_length = 0;
    std::vector<float> m_logits{};
};

} // namespace orrery::language
