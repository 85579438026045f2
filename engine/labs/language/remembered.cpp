// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/remembered.h"

#include "engine/error.h"

#include <algorithm>

namespace orrery::language {

Remembered::Remembered(Predictor& model) : m_model(&model), m_prompt(model.length()) {}

void Remembered::truncate(int length) {
    if (length < m_prompt) throw std::logic_error("the prompt stays");
    m_pending.clear();
    m_committed.resize(std::min(m_committed.size(), std::size_t(length - m_prompt)));
}

Remembered::Tokens Remembered::path(int pending) const {
    Tokens tokens;
    for (; pending >= 0; pending = m_pending[std::size_t(pending)].parent)
        tokens.push_back(m_pending[std::size_t(pending)].token);
    std::reverse(tokens.begin(), tokens.end());
    tokens.insert(tokens.begin(), m_committed.begin(), m_committed.end());
    return tokens;
}

const Remembered::Row& Remembered::row(const Tokens& tokens) {
    const auto known = m_known.find(tokens);
    if (known != m_known.end()) return known->second;
    m_model->truncate(m_prompt);
    std::vector<TreeToken> chain;
    for (std::size_t i = 0; i < tokens.size(); ++i) chain.push_back({tokens[i], std::int32_t(i) - 1});
    const std::span<const float> logits = m_model->extend(chain), hidden = m_model->hidden();
    const std::size_t v = std::size_t(vocabulary()), w = hidden.size() / tokens.size();
    Row row{{logits.end() - std::ptrdiff_t(v), logits.end()}, {hidden.end() - std::ptrdiff_t(w), hidden.end()}};
    m_model->truncate(m_prompt);
    return m_known.emplace(tokens, std::move(row)).first->second;
}

std::span<const float> Remembered::extend(std::span<const TreeToken> nodes) {
    m_logits.clear(), m_hidden.clear();
    for (const TreeToken& node : nodes) {
        if (node.parent >= pending()) throw Error("a token of the tree hangs on one that is not there");
        m_pending.push_back(node);
        const Row& known = row(path(pending() - 1));
        m_logits.insert(m_logits.end(), known.logits.begin(), known.logits.end());
        m_hidden.insert(m_hidden.end(), known.hidden.begin(), known.hidden.end());
    }
    return m_logits;
}

void Remembered::commit(std::span<const std::int32_t> path) {
    for (const std::int32_t node : path) m_committed.push_back(m_pending[std::size_t(node)].token);
    m_pending.clear();
}

void RememberedDrafter::begin(const Past& past) {
    m_past = past;
    m_after.assign(past.text.begin() + std::ptrdiff_t(m_prompt), past.text.end());
}

void RememberedDrafter::expand(const DraftTree& tree, std::span<const int> parents, std::vector<Distribution>& q) {
    auto& known = m_known[m_after];
    for (std::size_t i = 0; i < parents.size(); ++i) {
        const std::vector<std::int32_t> path = tree.path(parents[i]);
        auto found = known.find(path);
        if (found == known.end()) {
            m_drafter->begin(m_past);
            std::vector<int> line; // every level above has to be asked first
            for (int node = parents[i]; node >= 0; node = tree.nodes[std::size_t(node)].parent) line.insert(line.begin(), node);
            line.insert(line.begin(), -1);
            std::vector<Distribution> one(1);
            for (const int node : line) one[0].clear(), m_drafter->expand(tree, std::span(&node, 1), one);
            found = known.emplace(path, std::move(one[0])).first;
        }
        q[i] = found->second;
    }
}

} // namespace orrery::language
