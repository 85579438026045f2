// SPDX-License-Identifier: GPL-3.0-or-later
// Convolutions by the host's BLAS over the device's memory (CPU devices only): patches of a few rows are laid out as the
// columns of a matrix that stays in the caches, one product for each ("im2col"; Chellapilla et al. 2006). Tasks share no
// result and each sums in one order, so that it does not matter which thread takes which.
#include "engine/tensor/host_math.h"
#include "engine/tensor/host_threads.h"
#include "engine/tensor/ops/cast.h"
#include "engine/tensor/ops/conv_geometry.h"

#include <algorithm>

namespace orrery::tensor::conv {

namespace {

/// Multiply-adds from which BLAS wins even when the device has to be waited for first, as for matmul.
constexpr double largeForHost = 4e6;
constexpr std::int64_t tileFloats = 1 << 16; ///< of the patches: 256 KiB

/// BLAS on one thread in each task; a single task leaves it all cores.
void inParallel(std::int64_t tasks, const std::function<void(std::int64_t)>& task) {
    if (tasks == 1) return task(0);
    const host::OneThread each;
    host::parallel(tasks, [&](std::int64_t i, int) { task(i); });
}

/// A run of rows of the map, and of channels of the image (of one image and group).
struct Tile {
    std::int64_t row = 0, rows = 0, channel = 0, channels = 0;
};

std::int64_t rowsOf(const Geometry& g, std::int64_t channels) {
    const std::int64_t perRow = channels * g.KH * g.KW * g.OW;
    // At least some hundred columns: narrower products leave BLAS idle.
    const std::int64_t rows = std::max(tileFloats / perRow, (256 + g.OW - 1) / g.OW);
    return std::clamp<std::int64_t>(rows, 1, g.OH);
}

/// The places of the map, [first, last), whose tap lies inside the image.
std::pair<std::int64_t, std::int64_t> inside(std::int64_t offset, std::int64_t stride, std::int64_t size, std::int64_t places) {
    const std::int64_t first = offset >= 0 ? 0 : (-offset + stride - 1) / stride;
    const std::int64_t last = offset >= size ? 0 : (size - 1 - offset) / stride + 1;
    return {std::min(first, places), std::clamp(last, std::min(first, places), places)};
}

/// For each row of the patch matrix and each row of the map: work(place in the patches, place in the image or -1 outside,
/// first, last, offset), where map places [first, last) read the image at place times stride plus offset.
template <class Work>
void eachRun(const Geometry& g, const Tile& t, Work work) {
    std::int64_t patch = 0;
    for (std::int64_t c = t.channel; c < t.channel + t.channels; ++c)
        for (std::int64_t ky = 0; ky < g.KH; ++ky)
            for (std::int64_t kx = 0; kx < g.KW; ++kx) {
                const std::int64_t offset = kx * g.dilation[1] - g.padding[1];
                const auto [first, last] = inside(offset, g.stride[1], g.W, g.OW);
                for (std::int64_t r = t.row; r < t.row + t.rows; ++r, patch += g.OW) {
                    const std::int64_t iy = r * g.stride[0] - g.padding[0] + ky * g.dilation[0];
                    work(patch, iy >= 0 && iy < g.H ? (c * g.H + iy) * g.W : -1, first, last, offset);
                }
            }
}

void gather(const Geometry& g, const Tile& t, const float* image, float* patches) {
    eachRun(g, t, [&, stride = g.stride[1]](auto patch, auto row, auto first, auto last, auto offset) {
        float* to = patches + patch;
        if (row < 0 || first == last) {
            std::fill_n(to, g.OW, 0.0f);
            return;
        }
        std::fill_n(to, first, 0.0f);
        if (stride == 1)
            std::copy_n(image + row + first + offset, last - first, to + first);
        else
            for (std::int64_t x = first; x < last; ++x) to[x] = image[row + x * stride + offset];
        std::fill(to + last, to + g.OW, 0.0f);
    });
}

void scatter(const Geometry& g, const Tile& t, const float* patches, float* image) {
    eachRun(g, t, [&, stride = g.stride[1]](auto patch, auto row, auto first, auto last, auto offset) {
        if (row < 0) return;
        for (std::int64_t x = first; x < last; ++x) image[row + x * stride + offset] += patches[patch + x];
    });
}

/// Channels of the image in runs, so that some eight tasks come of `alike` that are independent anyway. By shape, not by the
/// number of cores: BLAS may sum in another order in a matrix of another size.
std::int64_t channelsEach(const Geometry& g, std::int64_t alike) {
    return over(g.inputs(), std::clamp<std::int64_t>(over(8, alike), 1, g.inputs()));
}

const float* data(Context& context, const Tensor& x) { return static_cast<const float*>(context.hostData(x)); }

} // namespace

bool forHost(const Context& context, const Geometry& g) {
    if (!context.hostProducts() || g.kernel != ConvKernel::automatic || g.inputs() * g.outputs() == 1) return false;
    const bool matrix = g.outputs() >= 4 && g.inputs() * g.KH * g.KW >= 16; // else reading the patches is all the work
    return context.products() == Products::host || (matrix && g.multiplyAdds() >= largeForHost);
}

Tensor forwardOnHost(Context& context, const Tensor& image, const Tensor& weights, const Tensor& bias, const Geometry& g) {
    const Tensor x = cast(context, image, DType::f32), w = cast(context, weights, DType::f32),
                 b = cast(context, bias, DType::f32);
    const Tensor y = context.empty(g.map());
    context.onHost(
        [&] {
            const float *px = data(context, x), *pw = data(context, w), *pb = b ? data(context, b) : nullptr;
            auto* py = static_cast<float*>(context.hostData(y));
            const std::int64_t K = g.inputs() * g.KH * g.KW, plane = g.OH * g.OW, rows = rowsOf(g, g.inputs());
            const std::int64_t tiles = (g.OH + rows - 1) / rows;
            inParallel(g.N * g.G * tiles, [&](std::int64_t task) {
                const std::int64_t tile = task % tiles, group = task / tiles % g.G, part = task / tiles;
                const Tile t{tile * rows, std::min(rows, g.OH - tile * rows), 0, g.inputs()};
                const std::int64_t columns = t.rows * g.OW;
                const float* from = px + part * g.inputs() * g.H * g.W;
                float* to = py + part * g.outputs() * plane + t.row * g.OW;
                const float* filters = pw + group * g.outputs() * K;
                if (g.pointwise()) {
                    host::multiply({g.outputs(), columns, K, false, false, filters, from + t.row * g.OW, to, K, plane, plane});
                } else {
                    std::vector<float> patches(std::size_t(K * columns));
                    gather(g, t, from, patches.data());
                    host::multiply({g.outputs(), columns, K, false, false, filters, patches.data(), to, K, columns, plane});
                }
                for (std::int64_t o = 0; pb && o < g.outputs(); ++o)
                    for (std::int64_t i = 0; i < columns; ++i) to[o * plane + i] += pb[group * g.outputs() + o];
            });
        },
        "host conv2d", 2 * g.multiplyAdds());
    return y;
}

Tensor transposedOnHost(Context& context, const Tensor& map, const Tensor& weights, const Tensor& bias, const Geometry& g) {
    const Tensor x = cast(context, map, DType::f32), w = cast(context, weights, DType::f32), b = cast(context, bias, DType::f32);
    const Tensor y = context.empty(g.image());
    context.onHost(
        [&] {
            const float *px = data(context, x), *pw = data(context, w), *pb = b ? data(context, b) : nullptr;
            auto* py = static_cast<float*>(context.hostData(y));
            const std::int64_t T = g.KH * g.KW, K = g.inputs() * T, plane = g.OH * g.OW;
            const std::int64_t each = channelsEach(g, g.N * g.G), runs = (g.inputs() + each - 1) / each, rows = rowsOf(g, each);
            inParallel(g.N * g.G * runs, [&](std::int64_t task) {
                const std::int64_t part = task / runs, group = part % g.G;
                const std::int64_t channel = task % runs * each, channels = std::min(each, g.inputs() - channel);
                float* image = py + part * g.inputs() * g.H * g.W;
                for (std::int64_t c = channel; c < channel + channels; ++c)
                    std::fill_n(image + c * g.H * g.W, g.H * g.W, pb ? pb[group * g.inputs() + c] : 0.0f);
                std::vector<float> patches(std::size_t(channels * T * rows * g.OW));
                for (std::int64_t row = 0; row < g.OH; row += rows) {
                    const Tile t{row, std::min(rows, g.OH - row), channel, channels};
                    host::multiply({channels * T, t.rows * g.OW, g.outputs(), true, false,
                                    pw + group * g.outputs() * K + channel * T, px + part * g.outputs() * plane + row * g.OW,
                                    patches.data(), K, plane, t.rows * g.OW});
                    scatter(g, t, patches.data(), image);
                }
            });
        },
        "host conv2d transposed", 2 * g.multiplyAdds());
    return y;
}

Tensor weightGradientOnHost(Context& context, const Tensor& image, const Tensor& map, const Geometry& g) {
    const Tensor x = cast(context, image, DType::f32), d = cast(context, map, DType::f32);
    const Tensor y = context.empty(g.weights());
    context.onHost(
        [&] {
            const float *px = data(context, x), *pd = data(context, d);
            auto* py = static_cast<float*>(context.hostData(y));
            const std::int64_t T = g.KH * g.KW, K = g.inputs() * T, plane = g.OH * g.OW;
            const std::int64_t each = channelsEach(g, g.G), runs = (g.inputs() + each - 1) / each, rows = rowsOf(g, each);
            inParallel(g.G * runs, [&](std::int64_t task) {
                const std::int64_t group = task / runs, channel = task % runs * each;
                const std::int64_t channels = std::min(each, g.inputs() - channel), across = channels * T;
                std::vector<float> patches(std::size_t(across * rows * g.OW)), part(std::size_t(g.outputs() * across)),
                    sum(part.size(), 0.0f);
                for (std::int64_t n = 0; n < g.N; ++n)
                    for (std::int64_t row = 0; row < g.OH; row += rows) {
                        const Tile t{row, std::min(rows, g.OH - row), channel, channels};
                        gather(g, t, px + (n * g.G + group) * g.inputs() * g.H * g.W, patches.data());
                        host::multiply({g.outputs(), across, t.rows * g.OW, false, true,
                                        pd + (n * g.G + group) * g.outputs() * plane + row * g.OW, patches.data(), part.data(),
                                        plane, t.rows * g.OW, across});
                        std::transform(sum.begin(), sum.end(), part.begin(), sum.begin(), std::plus<>());
                    }
                for (std::int64_t o = 0; o < g.outputs(); ++o)
                    std::copy_n(sum.data() + o * across, across, py + (group * g.outputs() + o) * K + channel * T);
            });
        },
        "host conv2d weight gradient", 2 * g.multiplyAdds());
    return y;
}

} // namespace orrery::tensor::conv
