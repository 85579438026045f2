// SPDX-License-Identifier: GPL-3.0-or-later
// Drafters that need no heads: a smaller model, the text itself, a table of counts.
#pragma once

#include "engine/labs/language/drafter.h"
#include "engine/labs/language/predictor.h"

#include <map>
#include <memory>

namespace orrery::language {

/// A smaller model of the same vocabulary. It keeps what it has read between rounds; a level of the tree is one call.
class ModelDrafter final : public Drafter {
 public:
    /// Of a vocabulary padded differently the common part counts.
    ModelDrafter(Predictor& model, int vocabulary, std::string name = "the draft model");
    std::string name() const override { return m_name; }
    void begin(const Past& past) override;
    void expand(const DraftTree& tree, std::span<const int> parents, std::vector<Distribution>& q) override;

 private:
    Distribution after(std::span<const float> logits) const;

    Predictor* m_model;
    int m_vocabulary;
    std::string m_name;
    std::vector<std::int32_t> m_read; ///< what the model holds
    std::vector<float> m_root;        ///< logits after the last token of the text
    std::map<int, int> m_pending;     ///< node of the tree -> pending node of the model
    Sampling m_sampling;
    bool m_full = false;
};

/// Prompt lookup (Saxena): where the last few tokens stood before, what followed then. q are shares of the places found, the
/// newest weighing 1, the one before it 1/2, then 1/3 …
class LookupDrafter final : public Drafter {
 public:
    explicit LookupDrafter(int vocabulary, int longest = 3, int shortest = 1);
    std::string name() const override { return "prompt lookup"; }
    void begin(const Past& past) override;
    void expand(const DraftTree& tree, std::span<const int> parents, std::vector<Distribution>& q) override;
    std::span<const int> places() const { return m_places; } ///< of the tokens that followed, newest first
    int matched() const { return m_matched; }                ///< tokens that were the same before each place; 0: none found

 private:
    int m_vocabulary, m_longest, m_shortest, m_matched = 0;
    std::span<const std::int32_t> m_text;
    std::vector<int> m_places;
    Sampling m_sampling;
};

/// A model that knows nothing but the last few tokens.
class TokenLaw {
 public:
    virtual ~TokenLaw() = default;
    virtual std::string name() const = 0;
    virtual int reach() const = 0; ///< tokens of context that count
    /// P(token | context), [vocabulary]; sums to 1.
    virtual void after(std::span<const std::int32_t> context, Distribution& p) const = 0;
};

class CountDrafter final : public Drafter {
 public:
    explicit CountDrafter(std::shared_ptr<const TokenLaw> counts) : m_counts(std::move(counts)) {}
    std::string name() const override { return m_counts->name(); }
    void begin(const Past& past) override;
    void expand(const DraftTree& tree, std::span<const int> parents, std::vector<Distribution>& q) override;

 private:
    std::shared_ptr<const TokenLaw> m_counts;
    std::vector<std::int32_t> m_tail; ///< of the text
    Sampling m_sampling;
};

} // namespace orrery::language
