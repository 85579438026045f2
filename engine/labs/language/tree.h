// SPDX-License-Identifier: GPL-3.0-or-later
// The committed text and the tree of pending tokens that hangs off it: who is whose ancestor, at which position, in which row of
// the key-value cache. Committed token j has row j; pending node i has row length + i until it is committed.
#pragma once

#include "engine/labs/language/predictor.h"

#include <string>
#include <utility>
#include <vector>

namespace orrery::language {

class TokenTree {
 public:
    /// Errors begin with `who`.
    TokenTree(std::string who, int vocabulary, int context);

    int length() const { return int(m_committed.size()); }
    int pending() const { return int(m_nodes.size()); }
    std::span<const std::int32_t> committed() const { return m_committed; }
    const TreeToken& node(int i) const { return m_nodes[std::size_t(i)]; }
    int position(int i) const { return length() + int(chain(i).size()) - 1; }
    /// Nodes from the root down to node i itself.
    std::span<const std::int32_t> chain(int i) const { return m_chains[std::size_t(i)]; }

    void truncate(int length);                        ///< throws Error beyond length()
    int extend(std::span<const TreeToken>);           ///< the number of the first new node; throws Error and then changes nothing
    using Moves = std::vector<std::pair<int, int>>;   ///< rows (from, to), from >= to, both rising
    Moves commit(std::span<const std::int32_t> path); ///< throws Error for what is no path from the root

 private:
    std::string m_who;
    int m_vocabulary, m_context;
    std::vector<std::int32_t> m_committed;
    std::vector<TreeToken> m_nodes;
    std::vector<std::vector<std::int32_t>> m_chains;
};

} // namespace orrery::language
