// SPDX-License-Identifier: GPL-3.0-or-later
// Where the chips of a tree stand: columns by depth from left to right, subtrees packed as close as their outlines allow, parents in
// the middle of their children (Reingold and Tilford 1981, for trees of any degree).
#pragma once

#include "engine/labs/language/round.h"

#include <functional>
#include <glm/glm.hpp>
#include <vector>

namespace orrery::ui::lang {

struct TreeRequest {
    glm::vec2 room{600, 400};                 ///< logical pixels that should do
    std::function<float(std::int32_t)> width; ///< of a token's text, logical pixels
};

/// Chips: the root, the nodes, the token after the accepted path. Logical pixels, y downwards from 0.
struct TreeLayout {
    struct Chip {
        glm::vec2 low{0, 0}, high{0, 0};
        glm::vec2 left() const { return {low.x, (low.y + high.y) / 2}; }
        glm::vec2 right() const { return {high.x, (low.y + high.y) / 2}; }
    };
    std::vector<Chip> chips; ///< [nodes + 2]: root, nodes, last
    glm::vec2 size{1, 1};
    std::vector<glm::vec2> columns; ///< left and right end of each depth
    const Chip& root() const { return chips.front(); }
    const Chip& node(int index) const { return chips[std::size_t(index + 1)]; } ///< -1: the root
    const Chip& last() const { return chips.back(); }
    int at(glm::vec2 point) const; ///< index into chips; -1: none
};

TreeLayout layOut(const language::Round& round, const TreeRequest& request);

} // namespace orrery::ui::lang
