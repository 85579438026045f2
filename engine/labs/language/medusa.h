// SPDX-License-Identifier: GPL-3.0-or-later
// Medusa heads (Cai et al., arXiv 2401.10774): head k guesses the token k + 2 places behind the one whose last hidden state it
// reads, by x + SiLU(W x + b), once or several times, and an output matrix of its own or the target's. On the host.
//
// Files: Hugging Face's names "{k}.{j}.linear.{weight,bias}" and "{k}.{n}.weight", with or without "medusa_head." before them; the
// old form without output matrices; vLLM's "blocks.{k}.layers.{j}.weight" and "lm_heads.{k}.weight". Heads and blocks are counted
// from the names, since published configurations give wrong numbers.
#pragma once

#include "engine/labs/language/crew.h"
#include "engine/labs/language/host_stack.h"
#include "engine/model/tensor_file.h"

namespace orrery::language {

class Medusa {
 public:
    /// Throws Error naming the file and the tensor that does not fit the target.
    Medusa(const model::TensorFile& file, std::shared_ptr<const ModelWeights> target);

    int heads() const { return int(m_heads.size()); }
    int vocabulary() const { return m_target->config.vocabulary; }
    bool sharesOutput() const { return m_shared; }
    /// Of hidden states [rows, width] the logits [rows, heads(), vocabulary()], valid until the next call; a row's bits do not
    /// depend on the other rows. Throws Error when the size is no multiple of the width.
    std::span<const float> logits(std::span<const float> hidden);

 private:
    struct Block {
        Matrix weight{};
        std::vector<float> bias{};
    };
    struct Head {
        std::vector<Block> blocks{};
        Matrix output{}; ///< empty where shared
    };

    std::shared_ptr<const ModelWeights> m_target;
    std::vector<Head> m_heads{};
    bool m_shared = false;
    double m_multiplications = 0;
    std::unique_ptr<Crew> m_crew{};
    Aligned m_states{}, m_made{};
    std::vector<float> m_logits{};
};

} // namespace orrery::language
