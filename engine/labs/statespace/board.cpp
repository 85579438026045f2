// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/board.h"

#include "engine/error.h"
#include "engine/labs/statespace/board_paths.h"

#include <algorithm>
#include <array>

namespace orrery::statespace {

namespace {

constexpr std::array<const char*, plantedFaults> names = {"nothing", "a flipped sign of A", "half of Delta",
                                                          "a convolution without padding", "an exclusive scan"};

} // namespace

const char* label(Planted fault) { return names.at(std::size_t(fault)); }

bool Group::agree() const {
    return std::all_of(pairs.begin(), pairs.end(), [](const Pair& pair) { return pair.agree(); });
}

double Group::worst(bool narrow) const {
    double most = 0;
    for (const Pair& pair : pairs)
        if ((paths[pair.first].narrow || paths[pair.second].narrow) == narrow) most = std::max(most, pair.residual);
    return most;
}

bool Board::agree() const {
    return std::all_of(groups.begin(), groups.end(), [](const Group& group) { return group.agree(); });
}

void compare(Group& group, double wide, double narrow) {
    for (std::size_t i = 0; i < group.paths.size(); ++i)
        for (std::size_t j = i + 1; j < group.paths.size(); ++j) {
            const Path &a = group.paths[i], &b = group.paths[j];
            const double own = std::max(a.allowance, b.allowance), rule = a.narrow || b.narrow ? narrow : wide;
            group.pairs.push_back({i, j, relative(a.y, b.y), std::max(own, rule)});
        }
}

Board equalityBoard(const BoardOptions& options, tensor::Context* context) {
    if (options.length < 1 || options.length > 65536)
        throw Error("equality board: " + std::to_string(options.length) + " samples; it takes 1 to 65536");
    return {{legsGroup(options, context), diagonalGroup(options, context), selectiveGroup(options, context),
             retentionGroup(options, context)}};
}

} // namespace orrery::statespace
