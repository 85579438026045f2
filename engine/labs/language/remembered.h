// SPDX-License-Identifier: GPL-3.0-or-later
// A model and a drafter that are asked each question once: the law of a text is tested on thousands of texts from one prompt, most of
// whose beginnings are the same.
#pragma once

#include "engine/labs/language/drafter.h"
#include "engine/labs/language/predictor.h"

#include <map>

namespace orrery::language {

/// Behaves as `model`, which must hold a prompt (its committed tokens) and is not to be used by others meanwhile.
class Remembered final : public Predictor {
 public:
    explicit Remembered(Predictor& model);
    int vocabulary() const override { return m_model->vocabulary(); }
    int context() const override { return m_model->context(); }
    int length() const override { return m_prompt + int(m_committed.size()); }
    int pending() const override { return int(m_pending.size()); }
    void truncate(int length) override; ///< not into the prompt
    std::span<const float> extend(std::span<const TreeToken> nodes) override;
    void commit(std::span<const std::int32_t> path) override;
    int width() const override { return m_model->width(); }
    std::span<const float> hidden() const override { return m_hidden; }
    std::size_t asked() const { return m_known.size(); }

 private:
    using Tokens = std::vector<std::int32_t>; ///< after the prompt
    struct Row {
        std::vector<float> logits, hidden;
    };
    const Row& row(const Tokens& tokens);
    Tokens path(int pending) const;

    Predictor* m_model;
    int m_prompt;
    Tokens m_committed;
    std::vector<TreeToken> m_pending;
    std::map<Tokens, Row> m_known;
    std::vector<float> m_logits, m_hidden;
};

class RememberedDrafter final : public Drafter {
 public:
    RememberedDrafter(Drafter& drafter, std::size_t prompt) : m_drafter(&drafter), m_prompt(prompt) {}
    std::string name() const override { return m_drafter->name(); }
    int deepest() const override { return m_drafter->deepest(); }
    bool readsHidden() const override { return m_drafter->readsHidden(); }
    void begin(const Past& past) override;
    void expand(const DraftTree& tree, std::span<const int> parents, std::vector<Distribution>& q) override;

 private:
    Drafter* m_drafter;
    std::size_t m_prompt; ///< tokens of it
    Past m_past;
    std::vector<std::int32_t> m_after; ///< the text behind the prompt
    std::map<std::vector<std::int32_t>, std::map<std::vector<std::int32_t>, Distribution>> m_known; ///< text -> path -> q
};

} // namespace orrery::language
