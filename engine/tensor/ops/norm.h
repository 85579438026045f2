// SPDX-License-Identifier: GPL-3.0-or-later
// Normalisation. Everything is computed in f32; results have x's type. Variances are sums of squared differences to the mean
// (two passes), never E[x^2] - mean^2. Weight and bias may be undefined tensors: then they are 1 and 0. They may be f16.
// Gradients of weight and bias are sums over rows in chunks of 64, then over chunks: the same bits in every run.
#pragma once

#include "engine/tensor/ops/row_mapping.h"

namespace orrery::tensor {

struct NormOptions {
    double epsilon = 1e-5; ///< added to the variance
    RowMapping mapping = RowMapping::automatic;
};

/// (x - mean) / sqrt(variance + epsilon) * weight + bias over the last axis [D]; weight and bias [D] (Ba, Kiros & Hinton
/// 2016, arXiv 1607.06450). Policy "layer_norm". Throws Error naming both shapes when a weight does not fit.
Tensor layerNorm(Context& context, const Tensor& x, const Tensor& weight = {}, const Tensor& bias = {},
                 const NormOptions& options = {});

/// x / sqrt(mean of x^2 + epsilon) * weight over the last axis (Zhang & Sennrich 2019, arXiv 1910.07467). Policy "rms_norm".
Tensor rmsNorm(Context& context, const Tensor& x, const Tensor& weight = {}, const NormOptions& options = {});

/// x [N, C, ...]: C / groups channels at a time, with all that follows, have mean and variance in common; weight and bias [C]
/// (Wu & He 2018, arXiv 1803.08494). One group: all of an image; C groups: instance norm. Policy "group_norm". Throws Error
/// when the groups do not divide the channels or a weight does not fit.
Tensor groupNorm(Context& context, const Tensor& x, std::int64_t groups, const Tensor& weight = {}, const Tensor& bias = {},
                 const NormOptions& options = {});

} // namespace orrery::tensor
