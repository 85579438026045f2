// SPDX-License-Identifier: GPL-3.0-or-later
// The trees that were published, and names for them and for trees by rule. In all of them a node's children are its first n
// candidates, so that a tree is told by how many children each node has, breadth first from the root on, zeros at the end left out.
#include "engine/error.h"
#include "engine/lab/names.h"
#include "engine/labs/language/shape.h"

#include <charconv>

namespace orrery::language {

namespace {

struct Published {
    const char *key, *name, *from;
    std::vector<int> children;
};

constexpr const char* medusa = "FasterDecoding/Medusa, medusa_choices.py";

const std::vector<Published>& table() {
    static const std::vector<Published> all = {
        {"mc-sim-7b-63", "Medusa, first", medusa, {10, 10, 7, 3, 2, 1, 1, 1, 1, 1, 1, 10, 3, 2, 1, 1, 1, 1, 1, 0,
                                                   0,  2,  0, 0, 0, 0, 0, 0, 1, 0, 0, 0,  0, 0, 0, 0, 0, 0, 0, 2}},
        {"vicuna-7b-stage2", "Vicuna 7B, Medusa-2", medusa, {10, 10, 5, 2, 2, 1, 1, 1, 1, 0, 0, 9, 4, 2, 1, 1, 1, 0, 0, 0, 0, 3,
                                                             1,  0,  0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 4, 1, 1, 0, 0, 0, 0, 0, 0, 1}},
        {"vicuna-7b-stage1-ablation", "Vicuna 7B, ablation", medusa, {10, 10, 4, 2, 2, 1, 1, 1, 0, 0, 0, 10, 4, 2, 1,
                                                                      1,  1,  0, 0, 0, 0, 3, 1, 0, 0, 1, 0,  1, 0, 0,
                                                                      0,  0,  4, 1, 1, 0, 0, 0, 0, 0, 0, 0,  1}},
        {"vicuna-7b-stage1", "Vicuna 7B, Medusa-1", medusa, {10, 10, 7, 4, 3, 2, 2, 1, 1, 1, 1, 9, 3, 2, 1, 1, 1, 0, 0, 0, 0, 2,
                                                             0,  0,  0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}},
        {"vicuna-13b-stage2", "Vicuna 13B, Medusa-2", medusa, {10, 10, 4, 2, 1, 1, 1, 0, 0, 0, 0, 10, 4, 2, 1, 1, 1,
                                                               0,  0,  0, 0, 3, 1, 0, 0, 1, 0, 1, 0,  0, 4, 2, 1, 0,
                                                               0,  0,  0, 0, 0, 0, 1, 0, 0, 0, 0, 0,  0, 0, 0, 1}},
        {"vicuna-13b-stage1", "Vicuna 13B, Medusa-1", medusa, {10, 10, 7, 4, 2, 2, 1, 1, 1, 1, 0, 10, 4, 2, 1, 1, 1, 0, 0, 0, 0,
                                                               2,  1,  0, 0, 0, 0, 0, 1, 0, 0, 0, 0,  0, 0, 0, 0, 0, 0, 0, 1}},
        {"vicuna-33b-stage2", "Vicuna 33B, Medusa-2", medusa, {10, 10, 5, 3, 2, 1, 1, 1, 1, 0, 0, 10, 4, 2, 1, 1,
                                                               1,  0,  0, 0, 0, 3, 1, 0, 0, 0, 1, 0,  0, 0, 0, 0,
                                                               0,  0,  0, 3, 1, 0, 0, 0, 0, 0, 0, 0,  0, 1}},
        {"vicuna-33b-stage1", "Vicuna 33B, Medusa-1", medusa, {10, 10, 8, 5, 3, 2, 2, 1, 1, 1, 1, 9, 3, 2, 1,
                                                               1,  0,  0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1}},
        {"zephyr-stage2", "Zephyr 7B, Medusa-2", medusa, {10, 10, 6, 4, 2, 2, 1, 1, 1, 0, 0, 10, 4, 2, 1, 1, 1, 0, 0, 0,
                                                          0,  2,  1, 0, 0, 0, 0, 1, 0, 0, 0, 0,  0, 0, 0, 0, 0, 0, 2, 1}},
        {"eagle-1", "EAGLE-1's default", "SafeAILab/EAGLE, choices.py", {4, 3, 2, 2, 1, 3, 2, 2, 1, 0, 0,
                                                                         0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 2}},
    };
    return all;
}

Shape byChildren(const std::vector<int>& children) {
    std::vector<Shape::Ranks> all = {{}};
    for (std::size_t i = 0; i < children.size(); ++i)
        for (int rank = 0; rank < children[i]; ++rank) {
            Shape::Ranks node = all[i];
            node.push_back(rank);
            all.push_back(std::move(node));
        }
    all.erase(all.begin());
    return Shape(std::move(all));
}

/// "2x2x2" or "4"; nothing when it is not of that form.
std::vector<int> widths(const std::string& text) {
    std::vector<int> found;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (true) {
        int width = 0;
        const auto [next, failure] = std::from_chars(at, end, width);
        if (failure != std::errc() || width < 1) return {};
        found.push_back(width);
        if (next == end) return found;
        if (*next != 'x') return {};
        at = next + 1;
    }
}

} // namespace

const std::vector<NamedShape>& publishedShapes() {
    static const std::vector<NamedShape> all = [] {
        std::vector<NamedShape> made;
        for (const Published& p : table()) made.push_back({p.key, p.name, p.from, byChildren(p.children)});
        return made;
    }();
    return all;
}

Shape shapeOf(const std::string& text) {
    std::vector<std::string> names;
    for (const NamedShape& named : publishedShapes()) {
        if (named.key == text) return named.shape;
        names.push_back(named.key);
    }
    if (text.rfind("chain", 0) == 0) {
        const std::vector<int> length = widths(text.substr(5));
        if (length.size() == 1 && length[0] <= 64) return Shape::chain(length[0]);
        throw Error("'" + text + "': a chain is written chain1 to chain64");
    }
    if (text.find('x') != std::string::npos)
        if (const std::vector<int> w = widths(text); !w.empty()) return Shape::cartesian(w);
    if (!text.empty() && text.find_first_not_of("0123456789,; \t") == std::string::npos) return Shape::parse(text);
    throw Error("there is no tree '" + text + "'" + lab::suggestion(text, names) +
                "; write chain4, 2x2x2, or the ranks of its nodes: 0;0,0;1");
}

} // namespace orrery::language
