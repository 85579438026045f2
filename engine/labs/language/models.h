// SPDX-License-Identifier: GPL-3.0-or-later
// All that is opened for a text: the target with its tokenizer, and what can draft for it.
#pragma once

#include "engine/labs/language/drafters.h"
#include "engine/labs/language/transformer.h"
#include "engine/model/tokenizer/tokenizer.h"

#include <map>
#include <memory>
#include <string>

namespace orrery::language {

struct ModelPaths {
    std::string target = "builtin:tiny"; ///< as ModelFiles takes it
    std::string draft = "builtin:draft"; ///< empty: none
    std::string heads{};                 ///< empty: those beside the target
    int order = 4;                       ///< of the n-gram draft
    bool operator==(const ModelPaths&) const = default;
};

/// What is read from files, on any thread; nothing of it touches a device.
struct ModelParts {
    std::string name; ///< of the target, for people
    std::shared_ptr<const ModelWeights> target, draft;
    std::shared_ptr<const model::Tokenizer> tokenizer;
    std::map<std::string, std::shared_ptr<model::TensorFile>> heads; ///< strategy -> file
    std::map<std::string, std::string> missing;                      ///< strategy -> why there is none
};
/// Throws Error: of the target and of what was named; what is only looked for beside it may be missing.
ModelParts readModels(const ModelPaths& paths, const LoadProgress& progress = {});

class Models {
 public:
    Models(ModelParts parts, const ModelPaths& paths, gpu::Device* device);

    const std::string& name() const { return m_parts.name; }
    const ModelPaths& paths() const { return m_paths; }
    Transformer& target() { return *m_target; }
    const Transformer& target() const { return *m_target; }
    Transformer& twin(); ///< another with the same weights: what plain decoding is checked with
    const model::Tokenizer& tokenizer() const { return *m_parts.tokenizer; }

    /// Null for "plain". Throws Error saying what is missing; "ngram" counts its text if setCounts() was not called before.
    Drafter* drafter(const std::string& strategy);
    bool counted() const { return m_counts != nullptr; }
    void setCounts(std::shared_ptr<const TokenLaw> counts) { m_counts = std::move(counts); }
    void setMissing(const std::string& strategy, const std::string& why) { m_parts.missing[strategy] = why; }
    std::shared_ptr<const model::Tokenizer> sharedTokenizer() const { return m_parts.tokenizer; }
    void setLookup(int longest); ///< of prompt lookup
    /// Empty, or why there is no such drafter.
    std::string why(const std::string& strategy) const;
    std::vector<std::string> strategies() const; ///< that can be had, "plain" first

    /// Tokens of a text with what the model was trained to see before it. Throws Error for an empty one.
    std::vector<std::int32_t> encode(const std::string& text) const;
    std::string decode(std::span<const std::int32_t> tokens) const; ///< control tokens left out
    bool ends(std::int32_t token) const;                            ///< a text

 private:
    std::unique_ptr<Drafter> make(const std::string& strategy);

    ModelParts m_parts;
    ModelPaths m_paths;
    gpu::Device* m_device;
    std::unique_ptr<Transformer> m_target, m_twin, m_draft;
    std::map<std::string, std::unique_ptr<Drafter>> m_drafters;
    std::shared_ptr<const TokenLaw> m_counts;
    int m_lookup = 3;
};

/// Stories of the world that the shipped models were trained on, from a seed of their own. N-grams are counted in the first nine
/// tenths; beginnings of texts come from the last, which nothing here has seen.
std::string_view countedText();
std::string_view unseenText();
/// Beginnings for races and proofs: about `tokens` tokens each, from places far apart.
std::vector<std::vector<std::int32_t>> shippedPrompts(const Models& models, int count, int tokens);
/// Modified Kneser-Ney over countedText() in that tokenizer's numbers.
std::shared_ptr<const TokenLaw> countShipped(const model::Tokenizer& tokenizer, int vocabulary, int order);

} // namespace orrery::language
