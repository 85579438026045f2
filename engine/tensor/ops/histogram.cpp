// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/histogram.h"

#include "engine/error.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace orrery::tensor {

namespace {

constexpr std::uint32_t mostOwn = 256, mostShared = 1024; // counters: numbers of the shader

float widthOf(std::int64_t bins, float low, float high) { return (high - low) / float(bins); }

} // namespace

Tensor countClasses(Context& context, const Tensor& x, const Tensor& table, const Count& what, Counters counters) {
    if (x.count() > std::numeric_limits<std::int32_t>::max())
        throw Error("a histogram counts up to 2^31 - 1 values; the shape is " + x.shape().text());
    const bool cpu = context.device().isCpu();
    if (counters == Counters::automatic) counters = cpu ? Counters::invocation : Counters::workgroup;
    if (what.classes > (counters == Counters::invocation ? mostOwn : mostShared)) counters = Counters::global;
    const std::uint32_t way = counters == Counters::global ? 0 : counters == Counters::invocation ? 1 : 2;
    const Tensor counts = context.zeros({what.classes}, DType::i32);
    // Each invocation takes enough values to be worth its counters.
    const std::int64_t each = way == 0 ? 4 : way == 1 ? 16 * std::int64_t(what.classes) : 64;
    const std::uint32_t local = way == 2 ? 128 : 8;
    const std::uint64_t lanes = std::uint64_t((x.count() + each - 1) / each);
    const std::uint64_t most = cpu ? 1024 : 16384;
    struct {
        std::uint32_t count, bins;
        float low, high, width;
    } const push{std::uint32_t(x.count()), what.bins, what.low, what.high, what.width};
    using gpu::Access, gpu::Element;
    context.run(
        {.kernel = "tensor/histogram",
         .tensors = {x, table, counts},
         .bindings = {{"x", Access::read, Element::vec4}, {"table", Access::read, Element::u32}, {"counts", Access::readWrite}},
         .constants = {what.exponents, way},
         .local = {local, 1, 1},
         .groups = {std::min((lanes + local - 1) / local, most), 1, 1}},
        push);
    return counts;
}

Tensor histogram(Context& context, const Tensor& x, std::int64_t bins, float low, float high, Counters counters) {
    (void)widest(x.type(), x.type(), "histogram");
    const float width = widthOf(bins, low, high);
    if (bins < 1 || bins > (1 << 24) || !std::isfinite(width) || !(low < high) || !(width > 0))
        throw Error("histogram: " + std::to_string(bins) + " bins from " + std::to_string(low) + " to " + std::to_string(high));
    const Tensor none = context.empty({4}, DType::i32); // no table
    const Count what{false, std::uint32_t(bins), std::uint32_t(bins + 3), low, high, width};
    return countClasses(context, x, none, what, counters);
}

std::vector<float> histogramEdges(std::int64_t bins, float low, float high) {
    const float width = widthOf(bins, low, high);
    std::vector<float> edges;
    for (std::int64_t k = 0; k < bins; ++k) {
        // By way of double, where the compiler cannot join the two operations; each is still rounded once, to f32.
        const float along = float(double(k) * double(width));
        edges.push_back(float(double(low) + double(along)));
    }
    edges.push_back(high);
    return edges;
}

} // namespace orrery::tensor
