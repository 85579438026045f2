// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/labs/segmentation/vit.h"

namespace orrery::segmentation {

std::unique_ptr<Encoder> makeVitEncoder(tensor::Context& context, const VitShape& shape, const Weights& weights);

/// 1x1 convolution, norm over channels, 3x3 convolution, norm: tokens [1, G G, D] to [1, G G, C]. "image_encoder.neck.*".
tensor::Tensor neck(tensor::Context& context, const Weights& weights, const tensor::Tensor& tokens, std::int64_t grid);

/// [1, H, W, C] in windows: [N, n, n, C], row by row, with zeros filling up the last ones; and back.
tensor::Tensor intoWindows(tensor::Context& context, const tensor::Tensor& x, std::int64_t n);
tensor::Tensor fromWindows(tensor::Context& context, const tensor::Tensor& windows, std::int64_t height, std::int64_t width);

} // namespace orrery::segmentation
