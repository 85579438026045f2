// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/random.h"

#include "engine/error.h"
#include "engine/philox.h"
#include "engine/tensor/tape.h"

namespace orrery::tensor {

namespace {

enum class Kind : std::uint32_t { uniform, normal, dropped }; // numbers of the shader

/// Words below are dropped: rate 2^32, rounded.
std::uint32_t threshold(double rate) { return std::uint32_t(rate * 0x1p32); }

void draw(Context& context, Kind kind, const Tensor& x, const Tensor& y, const RandomKey& key, double rate, double scale,
          double shift) {
    struct Push {
        std::uint32_t seed[2], step, stream, count, threshold;
        float scale, shift;
    };
    const std::uint64_t groups = std::uint64_t(y.count() + 3) / 4;
    context.run({.kernel = "tensor/random",
                 .tensors = {x, y},
                 .bindings = {{"x", gpu::Access::read, gpu::Element::vec4}, {"y", gpu::Access::write}},
                 .constants = {std::uint32_t(kind)},
                 .groups = stridedGrid(context, groups)},
                Push{{std::uint32_t(key.seed), std::uint32_t(key.seed >> 32)},
                     key.step,
                     key.stream,
                     std::uint32_t(groups),
                     threshold(rate),
                     float(scale),
                     float(shift)});
}

Philox4 wordsOf(const RandomKey& key, std::uint64_t i) { return philox(key.seed, std::uint32_t(i / 4), key.step, key.stream); }

} // namespace

Tensor randomUniform(Context& context, const Shape& shape, const RandomKey& key, double low, double high) {
    const Tensor y = context.empty(shape), none = context.empty({1}); // nothing is read
    draw(context, Kind::uniform, none, y, key, 0, high - low, low);
    return y;
}

Tensor randomNormal(Context& context, const Shape& shape, const RandomKey& key, double mean, double deviation) {
    const Tensor y = context.empty(shape), none = context.empty({1});
    draw(context, Kind::normal, none, y, key, 0, deviation, mean);
    return y;
}

Tensor dropout(Context& context, const Tensor& input, double rate, const RandomKey& key) {
    if (!(rate >= 0 && rate < 1)) throw Error("dropout: the rate is " + std::to_string(rate) + "; it can be 0 to below 1");
    const Tensor x = context.admit("dropout", input);
    const Tensor y = context.empty(x.shape(), widest(x.type(), x.type(), "dropout"));
    draw(context, Kind::dropped, x, y, key, rate, 1 / (1 - rate), 0);
    if (tracked(context, {x}))
        context.tape->record("dropout", {x}, y, [&context, rate, key](const Tensor& dy) {
            return std::vector<Tensor>{dropout(context, dy, rate, key)};
        });
    return y;
}

double uniformAt(const RandomKey& key, std::uint64_t i) { return unitOpen(wordsOf(key, i)[i % 4]); }

double normalAt(const RandomKey& key, std::uint64_t i) {
    const Philox4 words = wordsOf(key, i);
    const std::size_t pair = i % 4 / 2 * 2;
    return normalPair({words[pair], words[pair + 1], 0, 0})[i % 2];
}

bool droppedAt(const RandomKey& key, std::uint64_t i, double rate) { return wordsOf(key, i)[i % 4] < threshold(rate); }

} // namespace orrery::tensor
