// SPDX-License-Identifier: GPL-3.0-or-later
// The three linear maps that conv2d, its transpose and their gradients are made of, on the device and on the host. Not for
// use outside engine/tensor/ops/conv*.cpp: shapes are taken as checked, nothing is recorded on a tape.
#pragma once

#include "engine/tensor/ops/conv.h"

namespace orrery::tensor::conv {

/// Of a convolution from images [N, C, H, W] to maps [N, O, OH, OW] by weights [O, C / G, KH, KW].
struct Geometry {
    std::int64_t N = 0, C = 0, H = 0, W = 0, O = 0, OH = 0, OW = 0, G = 1, KH = 0, KW = 0;
    Pair stride{1, 1}, padding{0, 0}, dilation{1, 1};
    ConvKernel kernel = ConvKernel::automatic;

    std::int64_t inputs() const { return C / G; }  ///< channels that one output sees
    std::int64_t outputs() const { return O / G; } ///< channels of a group
    Shape image() const { return {N, C, H, W}; }
    Shape map() const { return {N, O, OH, OW}; }
    Shape weights() const { return {O, inputs(), KH, KW}; }
    double multiplyAdds() const { return double(N * O * OH) * double(OW * inputs()) * double(KH * KW); }
    bool pointwise() const { return KH * KW == 1 && stride == Pair{1, 1} && padding == Pair{0, 0} && H == OH && W == OW; }
};

/// map = weights * image (+ bias [O], may be undefined).
Tensor forward(Context& context, const Tensor& image, const Tensor& weights, const Tensor& bias, const Geometry& g, DType type);
/// image = transposed weights * map (+ bias [C]).
Tensor transposed(Context& context, const Tensor& map, const Tensor& weights, const Tensor& bias, const Geometry& g, DType type);
/// d <map, weights * image> / d weights, in f32.
Tensor weightGradient(Context& context, const Tensor& image, const Tensor& map, const Geometry& g);

/// Whether the host's BLAS takes it.
bool forHost(const Context& context, const Geometry& g);
Tensor forwardOnHost(Context& context, const Tensor& image, const Tensor& weights, const Tensor& bias, const Geometry& g);
Tensor transposedOnHost(Context& context, const Tensor& map, const Tensor& weights, const Tensor& bias, const Geometry& g);
Tensor weightGradientOnHost(Context& context, const Tensor& image, const Tensor& map, const Geometry& g);

/// Convolves each channel by itself; needs strideX = dilationX = 1, or KW = 1 and strideY = 1 (see conv_depthwise.comp).
/// `flipped` turns the weights by half a turn.
bool depthwiseFits(const Geometry& g);
Tensor depthwise(Context& context, const Tensor& image, const Tensor& weights, const Tensor& bias, const Geometry& g, DType type,
                 bool flipped);

inline std::int64_t over(std::int64_t size, std::int64_t each) { return (size + each - 1) / each; }
inline std::uint32_t u(std::int64_t value) { return std::uint32_t(value); }
inline std::int32_t i(std::int64_t value) { return std::int32_t(value); }
/// Rows filled up with zeros to whole groups of four, in f32 then; itself where they are whole.
Tensor inGroups(Context& context, const Tensor& x);
/// Workgroups along z, one for each block of channels of each group; throws Error where a device has fewer.
std::uint64_t alongZ(const Geometry& g, std::int64_t channelBlocks);

/// Weights in another order, zeros in the gaps: out[a, b, c, r] = w[a A + b B + c C + (r - lead) R + base], 0 <= r - lead < size.
struct Arrange {
    std::int64_t a = 1, b = 1, c = 1, r = 4; ///< sizes of the result; r is a multiple of four
    std::int64_t strideA = 0, strideB = 0, strideC = 0, strideR = 0, base = 0, lead = 0, size = 0;
};
Tensor arrange(Context& context, const Tensor& w, const Arrange& how);

} // namespace orrery::tensor::conv
