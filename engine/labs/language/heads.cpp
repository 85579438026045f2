// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/heads.h"

#include <algorithm>

namespace orrery::language {

namespace {

/// How many tokens at the start are the same, at most `most`.
std::size_t common(std::span<const std::int32_t> a, std::span<const std::int32_t> b, std::size_t most) {
    most = std::min({most, a.size(), b.size()});
    return std::size_t(std::mismatch(a.begin(), a.begin() + std::ptrdiff_t(most), b.begin()).first - a.begin());
}

/// One distribution for each depth, from logits [heads, vocabulary].
std::vector<Distribution> perDepth(std::span<const float> logits, int heads, const Sampling& sampling) {
    std::vector<Distribution> q;
    const std::size_t width = logits.size() / std::size_t(heads);
    for (int i = 0; i < heads; ++i) q.push_back(distribution(logits.subspan(std::size_t(i) * width, width), sampling));
    return q;
}

void giveDepth(const DraftTree& tree, std::span<const int> parents, const std::vector<Distribution>& of,
               std::vector<Distribution>& q) {
    for (std::size_t i = 0; i < parents.size(); ++i) {
        const std::size_t depth = parents[i] < 0 ? 0 : std::size_t(tree.nodes[std::size_t(parents[i])].depth);
        if (depth < of.size()) q[i] = of[depth];
    }
}

} // namespace

void MedusaDrafter::begin(const Past& past) {
    m_q.clear();
    if (past.text.size() < 2) return; // nothing was read yet
    m_q = perDepth(m_heads->logits(past.hidden.last(std::size_t(past.width))), m_heads->heads(), past.sampling);
}

void MedusaDrafter::expand(const DraftTree& tree, std::span<const int> parents, std::vector<Distribution>& q) {
    giveDepth(tree, parents, m_q, q);
}

void GloeckleDrafter::begin(const Past& past) {
    m_q.clear();
    if (past.text.size() < 2) return;
    const auto read = past.text.first(past.text.size() - 1);
    // of a text that was read to its end before, the last state is read again for its logits
    const std::size_t same = common(m_read, read, read.size() - 1);
    m_heads->truncate(int(same));
    const auto logits = m_heads->append(past.hidden.subspan(same * std::size_t(past.width)));
    m_read.assign(read.begin(), read.end());
    m_q = perDepth(logits, m_heads->heads(), past.sampling);
}

void GloeckleDrafter::expand(const DraftTree& tree, std::span<const int> parents, std::vector<Distribution>& q) {
    giveDepth(tree, parents, m_q, q);
}

void MtpDrafter::begin(const Past& past) {
    m_sampling = past.sampling;
    m_slot.clear(), m_hidden.clear(), m_root.clear();
    if (past.text.size() < 2) return;
    // slot j reads token j + 1 and the hidden state of token j
    const auto read = past.text.subspan(1);
    const std::size_t same = common(m_read, read, read.size() - 1), w = std::size_t(past.width);
    m_module->truncate(int(same));
    std::vector<TreeToken> chain;
    std::vector<std::int32_t> path;
    for (std::size_t j = same; j < read.size(); ++j) {
        path.push_back(std::int32_t(chain.size()));
        chain.push_back({read[j], std::int32_t(chain.size()) - 1});
    }
    const auto logits = m_module->extend(chain, past.hidden.subspan(same * w));
    const auto last = logits.last(std::size_t(m_module->vocabulary())), state = m_module->hidden().last(w);
    m_root.assign(last.begin(), last.end());
    m_rootHidden.assign(state.begin(), state.end());
    m_module->commit(path);
    m_read.assign(read.begin(), read.end());
}

void MtpDrafter::expand(const DraftTree& tree, std::span<const int> parents, std::vector<Distribution>& q) {
    if (m_root.empty()) return;
    if (parents.size() == 1 && parents[0] < 0) {
        q[0] = distribution(m_root, m_sampling);
        return;
    }
    const std::size_t w = m_rootHidden.size();
    m_slot.resize(tree.nodes.size(), -1);
    std::vector<TreeToken> slots;
    std::vector<float> states;
    int next = m_module->pending();
    for (const int parent : parents) {
        const DraftNode& node = tree.nodes[std::size_t(parent)];
        const int above = node.parent < 0 ? -1 : m_slot[std::size_t(node.parent)];
        const float* state = above < 0 ? m_rootHidden.data() : m_hidden.data() + std::size_t(above) * w;
        slots.push_back({node.token, above});
        states.insert(states.end(), state, state + w);
        m_slot[std::size_t(parent)] = next++;
    }
    const auto logits = m_module->extend(slots, states);
    m_hidden.insert(m_hidden.end(), m_module->hidden().begin(), m_module->hidden().end());
    const std::size_t v = std::size_t(m_module->vocabulary());
    for (std::size_t i = 0; i < parents.size(); ++i) q[i] = distribution(logits.subspan(i * v, v), m_sampling);
}

} // namespace orrery::language
