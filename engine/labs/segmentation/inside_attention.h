// SPDX-License-Identifier: GPL-3.0-or-later
// What one token looks at: its row of a head's attention, and how like it the others are.
#pragma once

#include "engine/labs/segmentation/encoder.h"
#include "engine/labs/segmentation/inside_pca.h"

namespace orrery::segmentation {

struct AttentionRow {
    std::vector<float> weights{};                          ///< [grid, grid]: with `outside` they sum to 1
    double outside = 0;                                    ///< weight on what fills up the window beyond the grid
    std::int64_t left = 0, top = 0, right = 0, bottom = 0; ///< tokens that it can see at all
};

/// softmax over the window's places j of q.k(j) / sqrt(size) + q.tableH + q.tableW + bias, as in the encoder; in float64. Places
/// beyond the grid take part, with the key `outside`.
AttentionRow attentionRow(const HeadView& head, std::int64_t y, std::int64_t x);

/// Cosine of the features of token (y, x) with those of every token, [grid, grid]; a token of zeros is like nothing.
std::vector<float> affinityRow(const TokenGrid& tokens, std::int64_t y, std::int64_t x);

} // namespace orrery::segmentation
