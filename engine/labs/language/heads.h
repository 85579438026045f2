// SPDX-License-Identifier: GPL-3.0-or-later
// Drafters that read the target's hidden states: Medusa's heads, DeepSeek's MTP module, Gloeckle's parallel heads. All that they
// know of a branch is in the last hidden state of the text, but for MTP, which reads each token on the way.
#pragma once

#include "engine/labs/language/drafter.h"
#include "engine/labs/language/gloeckle.h"
#include "engine/labs/language/medusa.h"
#include "engine/labs/language/mtp.h"

#include <memory>

namespace orrery::language {

/// Head k says what follows at depth k + 1, the same below every node: q of a branch does not depend on the branch.
class MedusaDrafter final : public Drafter {
 public:
    explicit MedusaDrafter(std::shared_ptr<Medusa> heads) : m_heads(std::move(heads)) {}
    std::string name() const override { return "a set of " + std::to_string(m_heads->heads()) + " Medusa heads"; }
    int deepest() const override { return m_heads->heads(); }
    bool readsHidden() const override { return true; }
    void begin(const Past& past) override;
    void expand(const DraftTree& tree, std::span<const int> parents, std::vector<Distribution>& q) override;

 private:
    std::shared_ptr<Medusa> m_heads;
    std::vector<Distribution> m_q; ///< of each depth; made once a round
};

class GloeckleDrafter final : public Drafter {
 public:
    explicit GloeckleDrafter(std::shared_ptr<Gloeckle> heads) : m_heads(std::move(heads)) {}
    std::string name() const override { return "a set of " + std::to_string(m_heads->heads()) + " parallel heads"; }
    int deepest() const override { return m_heads->heads(); }
    bool readsHidden() const override { return true; }
    void begin(const Past& past) override;
    void expand(const DraftTree& tree, std::span<const int> parents, std::vector<Distribution>& q) override;

 private:
    std::shared_ptr<Gloeckle> m_heads;
    std::vector<std::int32_t> m_read; ///< tokens whose states the heads' own layers hold
    std::vector<float> m_logits;      ///< [heads, vocabulary] after the last of them
    std::vector<Distribution> m_q;
};

/// One module applied again and again: its output stands for the hidden state of the token that it reads next.
class MtpDrafter final : public Drafter {
 public:
    explicit MtpDrafter(std::shared_ptr<Mtp> module) : m_module(std::move(module)) {}
    std::string name() const override { return "the MTP module"; }
    int deepest() const override { return 32; }
    bool readsHidden() const override { return true; }
    void begin(const Past& past) override;
    void expand(const DraftTree& tree, std::span<const int> parents, std::vector<Distribution>& q) override;

 private:
    std::shared_ptr<Mtp> m_module;
    std::vector<std::int32_t> m_read;        ///< tokens that stand in its slots, the first of the text left out
    std::vector<float> m_root, m_rootHidden; ///< logits and output of the last slot
    std::vector<float> m_hidden;             ///< outputs of the pending slots, [pending, width]
    std::vector<int> m_slot;                 ///< pending slot of a node of the tree; -1: none
    Sampling m_sampling;
};

} // namespace orrery::language
