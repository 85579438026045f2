// SPDX-License-Identifier: GPL-3.0-or-later
// MobileSAM's image encoder: TinyViT (Wu et al. 2022; Zhang et al. 2023, "Faster Segment Anything"): a stem and a stage of
// convolutions, then stages of windowed attention with a depthwise convolution between attention and MLP. Every batch norm is
// folded into the convolution before it. Traps: the norm stands inside attention, so that what fills up a window is the norm's
// bias and not zero (the other way round than in SAM's ViT); queries, keys and values lie head by head; biases of the scores
// are kept by distance, |dy| window + |dx|.
#pragma once

#include "engine/labs/segmentation/encoder.h"

namespace orrery::segmentation {

struct TinyVitStage {
    std::int64_t blocks = 0, width = 0;
    std::int64_t expanded = 0;                                    ///< of MBConv blocks (the first stage); else 0
    std::int64_t heads = 0, headSize = 0, window = 0, hidden = 0; ///< of attention stages
    std::int64_t next = 0, stride = 1;                            ///< of the merge behind it: its width; 0: there is none
    std::int64_t grid = 0;                                        ///< tokens on a side
};

struct TinyVitShape {
    std::int64_t side = 1024, stem = 0, width = 0, channels = 0; ///< width: behind the stem
    std::vector<TinyVitStage> stages{};
    std::int64_t grid() const { return stages.back().grid; }
};

/// Throws Error naming the tensor whose shape makes no such network. Pictures have 1024 pixels on a side, unless the file says
/// "image_size": no tensor tells.
TinyVitShape tinyVitShape(const Checkpoint& file);
std::vector<Wanted> tinyVitWanted(const TinyVitShape& shape);
std::unique_ptr<Encoder> makeTinyVitEncoder(tensor::Context& context, const TinyVitShape& shape, const Weights& weights);

} // namespace orrery::segmentation
