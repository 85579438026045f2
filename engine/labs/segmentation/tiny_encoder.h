// SPDX-License-Identifier: GPL-3.0-or-later
// TinyPrompt's image encoder: stem, four stages of depthwise 7 x 7 and 1 x 1 convolutions with layer norm (no batch norm: its
// frozen statistics would be those of generated scenes), one Global Convolutional Network block at stride 16 (Peng et al.
// 2017) and a feature pyramid down to stride 8. Trained by assets/segmentation/training; the model in PyTorch there is its
// twin.
#pragma once

#include "engine/labs/segmentation/encoder.h"

namespace orrery::segmentation {

struct TinyShape {
    std::int64_t side = 0, stem = 0, width = 0;   ///< pixels; channels at stride 2; of embedding and tokens
    std::vector<std::int64_t> widths{}, depths{}; ///< of the stages at stride 4, 8, 16, 32
    std::int64_t kernel = 0, inner = 0;           ///< of the GCN block
    std::int64_t skip4 = 0, skip2 = 0;            ///< channels handed to the upscaler
    std::int64_t grid() const { return side / 8; }
};

/// Throws Error naming the tensor whose shape makes no such network. The side is "image_size" beside the tensors, 256 without.
TinyShape tinyShape(const Checkpoint& file);
std::vector<Wanted> tinyWanted(const TinyShape& shape);
/// With its GCN block switched on. Off, the network sees less far, and was not trained for that.
std::unique_ptr<Encoder> makeTinyEncoder(tensor::Context& context, const TinyShape& shape, const Weights& weights);

} // namespace orrery::segmentation
