// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/tree.h"

#include "engine/error.h"

namespace orrery::language {

TokenTree::TokenTree(std::string who, int vocabulary, int context)
    : m_who(std::move(who)), m_vocabulary(vocabulary), m_context(context) {}

void TokenTree::truncate(int length) {
    if (length < 0 || length > this->length())
        throw Error(m_who + ": cannot go back to " + std::to_string(length) + " tokens, there are " +
                    std::to_string(this->length()));
    m_committed.resize(std::size_t(length));
    m_nodes.clear(), m_chains.clear();
}

int TokenTree::extend(std::span<const TreeToken> nodes) {
    const std::size_t before = m_nodes.size();
    try {
        for (const TreeToken& node : nodes) {
            const auto i = std::int32_t(m_nodes.size());
            if (node.token < 0 || node.token >= m_vocabulary)
                throw Error(m_who + ": token " + std::to_string(node.token) + " is not among its " +
                            std::to_string(m_vocabulary));
            if (node.parent < -1 || node.parent >= i)
                throw Error(m_who + ": node " + std::to_string(i) + " names the parent " + std::to_string(node.parent) +
                            ", which is not there");
            std::vector<std::int32_t> chain;
            if (node.parent >= 0) chain = m_chains[std::size_t(node.parent)];
            chain.push_back(i);
            if (length() + int(chain.size()) > m_context)
                throw Error(m_who + ": position " + std::to_string(length() + int(chain.size())) + " is beyond its context of " +
                            std::to_string(m_context) + " tokens; shorten the text");
            m_nodes.push_back(node);
            m_chains.push_back(std::move(chain));
        }
    } catch (...) {
        m_nodes.resize(before), m_chains.resize(before);
        throw;
    }
    return int(before);
}

TokenTree::Moves TokenTree::commit(std::span<const std::int32_t> path) {
    std::int32_t parent = -1;
    for (const std::int32_t node : path) {
        if (node < 0 || node >= pending() || m_nodes[std::size_t(node)].parent != parent)
            throw Error(m_who + ": node " + std::to_string(node) + " does not follow node " + std::to_string(parent) +
                        " of the tree and cannot be committed behind it");
        parent = node;
    }
    Moves moves;
    const int rows = length();
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (path[i] != std::int32_t(i)) moves.emplace_back(rows + path[i], rows + int(i));
        m_committed.push_back(m_nodes[std::size_t(path[i])].token);
    }
    m_nodes.clear(), m_chains.clear();
    return moves;
}

} // namespace orrery::language
