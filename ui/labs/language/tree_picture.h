// SPDX-License-Identifier: GPL-3.0-or-later
// A round's tree in chips and branches, as far as the moment knows it. A chip's bar is as long as p, its tick stands at q; a
// branch is as thick as the path is probable.
#pragma once

#include "ui/labs/language/page.h"
#include "ui/labs/language/tree_layout.h"

namespace orrery::ui::lang {

/// Where the layout lies on the screen.
struct TreeSight {
    glm::vec2 origin{0, 0}; ///< framebuffer pixels of the layout's upper left corner
    float zoom = 1;         ///< framebuffer pixels per unit of the layout
    glm::vec2 px(glm::vec2 at) const { return origin + at * zoom; }
};

class TreePicture {
 public:
    /// Lays the scene's round out for so many framebuffer pixels, where it is another than the last.
    void prepare(const Look& look, const Scene& scene, glm::vec2 room);
    const TreeLayout& layout() const { return m_layout; }

    /// Clipped to `box`.
    void draw(ImDrawList* list, const Look& look, const Scene& scene, const Focus& focus, const Box& box,
              const TreeSight& sight) const;
    /// Node under a place: -1 the root, nodes.size() the last token; Focus::none.
    int at(const Scene& scene, glm::dvec2 px, const TreeSight& sight) const;
    Box chipBox(int node, const TreeSight& sight) const;

 private:
    struct Stroke {
        const Look& look;
        const Scene& scene;
        const Focus& focus;
        const Round& round;
        Reveal known;
        TreeSight sight;
        int trying;                 ///< node of the newest decision; none
        std::vector<double> shares; ///< of each node's path
    };
    void drawBranch(ImDrawList* list, const Stroke& s, int node) const;
    void drawChip(ImDrawList* list, const Stroke& s, int node) const;
    void drawCoin(ImDrawList* list, const Stroke& s, const Box& box) const; ///< within the box
    bool shown(const Stroke& s, int node) const;
    bool above(const Stroke& s, int node) const;
    float opacity(const Stroke& s, int node) const;

    TreeLayout m_layout;
    glm::vec2 m_room{0, 0};
    float m_scale = 0;
    std::uint64_t m_hash = 0;
};

/// Probability of each node's path: of p where `verified`, else of q.
std::vector<double> pathShares(const Round& round, bool verified);

} // namespace orrery::ui::lang
