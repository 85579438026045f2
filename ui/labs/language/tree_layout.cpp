// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/language/tree_layout.h"

#include <algorithm>

namespace orrery::ui::lang {

namespace {

constexpr float tallest = 54, lowest = 12;         // of a row
constexpr float widest = 140, narrowest = 40;      // of a chip
constexpr float widestGap = 64, narrowestGap = 16; // between columns
constexpr float tallestChip = 41;
constexpr float padding = 30; // of a chip, both sides together

/// Of a subtree: the highest and lowest row at each depth below its own, relative to its own row.
struct Outline {
    std::vector<float> low, high;
};

class Packer {
 public:
    explicit Packer(const std::vector<int>& parents) : m_children(parents.size()), rows(parents.size(), 0.f) {
        for (std::size_t i = 1; i < parents.size(); ++i) m_children[std::size_t(parents[i])].push_back(i);
    }
    /// Rows relative to the parent's, children first.
    Outline pack(std::size_t node) {
        Outline all;
        std::vector<float> offsets;
        for (const std::size_t child : m_children[node]) {
            const Outline one = pack(child);
            float shift = 0;
            for (std::size_t d = 0; d < std::min(one.low.size(), all.low.size()); ++d)
                shift = std::max(shift, all.high[d] + 1 - one.low[d]);
            // Even where it has no neighbour at any depth, a later sibling stands below an earlier one.
            if (!offsets.empty()) shift = std::max(shift, offsets.back() + 1);
            offsets.push_back(shift);
            for (std::size_t d = 0; d < one.low.size(); ++d) {
                if (d == all.low.size()) all.low.push_back(one.low[d] + shift), all.high.push_back(one.high[d] + shift);
                all.low[d] = std::min(all.low[d], one.low[d] + shift);
                all.high[d] = std::max(all.high[d], one.high[d] + shift);
            }
        }
        const float middle = offsets.empty() ? 0 : (offsets.front() + offsets.back()) / 2;
        for (std::size_t i = 0; i < offsets.size(); ++i) rows[m_children[node][i]] = offsets[i] - middle;
        for (std::size_t d = 0; d < all.low.size(); ++d) all.low[d] -= middle, all.high[d] -= middle;
        all.low.insert(all.low.begin(), 0), all.high.insert(all.high.begin(), 0);
        return all;
    }

 private:
    std::vector<std::vector<std::size_t>> m_children;

 public:
    std::vector<float> rows;
};

} // namespace

int TreeLayout::at(glm::vec2 p) const {
    for (std::size_t i = chips.size(); i-- > 0;)
        if (p.x >= chips[i].low.x && p.x <= chips[i].high.x && p.y >= chips[i].low.y && p.y <= chips[i].high.y) return int(i);
    return -1;
}

TreeLayout layOut(const language::Round& round, const TreeRequest& request) {
    const std::size_t count = round.nodes.size() + 2;
    std::vector<int> parents(count, -1), depths(count, 0);
    std::vector<std::int32_t> tokens(count, round.root);
    for (std::size_t i = 0; i < round.nodes.size(); ++i)
        parents[i + 1] = round.nodes[i].parent + 1, depths[i + 1] = round.nodes[i].depth, tokens[i + 1] = round.nodes[i].token;
    parents.back() = round.lastParent + 1;
    depths.back() = depths[std::size_t(parents.back())] + 1;
    tokens.back() = round.last;

    Packer packer(parents);
    const Outline outline = packer.pack(0);
    const float top = *std::min_element(outline.low.begin(), outline.low.end());
    const float bottom = *std::max_element(outline.high.begin(), outline.high.end());
    std::vector<float> rows(count, -top);
    for (std::size_t i = 1; i < count; ++i) rows[i] = packer.rows[i]; // parents come first, but for the last
    for (std::size_t i = 1; i < count; ++i) rows[i] += rows[std::size_t(parents[i])];

    const float pitch = std::clamp(request.room.y / (bottom - top + 1), lowest, tallest);
    const float tall = std::min(pitch - std::clamp(pitch * 0.16f, 1.f, 7.f), tallestChip);

    const std::size_t columns = outline.low.size();
    std::vector<float> widths(columns, narrowest);
    for (std::size_t i = 0; i < count; ++i) {
        float& width = widths[std::size_t(depths[i])];
        width = std::clamp(request.width(tokens[i]) + padding, width, widest);
    }
    // Texts may be cut, gaps shrink first.
    float texts = 0;
    for (const float w : widths) texts += w;
    float gap = columns > 1 ? (request.room.x - texts) / float(columns - 1) : 0;
    gap = std::clamp(gap, narrowestGap, widestGap);
    const float left = request.room.x - gap * float(columns - 1);
    if (texts > left)
        for (float& w : widths) w = std::max(narrowest, w * std::max(0.f, left) / texts);

    TreeLayout layout;
    layout.chips.resize(count);
    float x = 0;
    for (const float w : widths) {
        layout.columns.emplace_back(x, x + w);
        x += w + gap;
    }
    layout.size = {x - gap, (bottom - top) * pitch + tall};
    for (std::size_t i = 0; i < count; ++i) {
        const glm::vec2 column = layout.columns[std::size_t(depths[i])];
        layout.chips[i] = {{column.x, rows[i] * pitch}, {column.y, rows[i] * pitch + tall}};
    }
    return layout;
}

} // namespace orrery::ui::lang
