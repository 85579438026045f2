// SPDX-License-Identifier: GPL-3.0-or-later
// SAM's image encoder: a plain ViT with attention in windows, some blocks over all tokens, decomposed relative positions and a
// neck of two convolutions (Li et al. 2022, "Exploring Plain Vision Transformer Backbones for Object Detection"; Kirillov et
// al. 2023, appendix A). Traps: windows are filled up with zeros *after* the norm, and these tokens take part in the softmax;
// relative positions meet the unscaled query; GELU is that of the error function.
#pragma once

#include "engine/labs/segmentation/encoder.h"

namespace orrery::segmentation {

struct VitBlockShape {
    std::int64_t inner = 0;     ///< heads times size of a head; less than the width in pruned models
    std::int64_t hidden = 0;    ///< of the MLP
    std::int64_t window = 0;    ///< tokens on a side; 0: attention over all tokens
    std::int64_t tableRows = 0; ///< stored relative positions
};

struct VitShape {
    std::int64_t width = 0, patch = 0, grid = 0, headSize = 0, channels = 0; ///< channels: of the embedding
    std::vector<VitBlockShape> blocks{};

    std::int64_t heads(std::size_t block) const { return blocks[block].inner / headSize; }
    std::int64_t side(std::size_t block) const { return blocks[block].window > 0 ? blocks[block].window : grid; }
};

std::string vitStageTitle(const VitShape& shape, std::size_t block); ///< of the encoding

/// Throws Error naming the tensor whose shape makes no such network.
VitShape vitShape(const Checkpoint& file);
std::vector<Wanted> vitWanted(const VitShape& shape);

} // namespace orrery::segmentation
