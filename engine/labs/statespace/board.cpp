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

void Plan::makeHost(const std::function<bool()>& stop) {
    for (auto& [path, make] : m_host) {
        if (stop()) return;
        path.y = make();
        group.paths.push_back(path);
    }
}

bool Plan::makeDevice(tensor::Context& context) {
    if (m_made == m_device.size()) return false;
    auto& [path, pieces] = m_device[m_made];
    const Vector part = pieces[m_piece](context);
    path.y.resize(part.size());
    for (std::size_t i = 0; i < part.size(); ++i) path.y[i] += part[i];
    if (++m_piece < pieces.size()) return true;
    group.paths.push_back(path);
    ++m_made, m_piece = 0;
    return true;
}

Group Plan::compared() const {
    Group result = group;
    for (std::size_t i = 0; i < result.paths.size(); ++i)
        for (std::size_t j = i + 1; j < result.paths.size(); ++j) {
            const Path &a = result.paths[i], &b = result.paths[j];
            const double own = std::max(a.allowance, b.allowance), rule = a.narrow || b.narrow ? narrow : wide;
            result.pairs.push_back({i, j, relative(a.y, b.y), std::max(own, rule)});
        }
    return result;
}

Plan boardPlan(int group, const BoardOptions& options) {
    static constexpr Plan (*makers[])(const BoardOptions&) = {legsPlan, diagonalPlan, selectivePlan, retentionPlan};
    static_assert(std::size(makers) == boardGroups);
    return makers[group](options);
}

Board equalityBoard(const BoardOptions& options, tensor::Context* context) {
    if (options.length < 1 || options.length > 65536)
        throw Error("equality board: " + std::to_string(options.length) + " samples; it takes 1 to 65536");
    Board board;
    for (int g = 0; g < boardGroups; ++g) {
        Plan plan = boardPlan(g, options);
        plan.makeHost();
        while (context && plan.makeDevice(*context)) {
        }
        board.groups.push_back(plan.compared());
    }
    return board;
}

} // namespace orrery::statespace
