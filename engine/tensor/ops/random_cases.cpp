// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/cases.h"
#include "engine/tensor/ops/random.h"

#include <cmath>

namespace orrery::tensor {

namespace {

constexpr RandomKey key{.seed = 0x0123456789ABCDEFull, .step = 5, .stream = 3};

Case drawCase(bool normal, const Shape& shape, double shift, double scale) {
    Case row;
    row.name = (normal ? "normal " : "uniform ") + shape.text();
    row.run = [=](Context& c, std::span<const Tensor>) {
        return normal ? randomNormal(c, shape, key, shift, scale) : randomUniform(c, shape, key, shift, shift + scale);
    };
    row.reference = [=](std::span<const Array>) {
        Expected e{Array(shape), Array(shape)};
        for (std::size_t i = 0; i < e.value.size(); ++i) {
            const double z = normal ? normalAt(key, i) : uniformAt(key, i);
            e.value[i] = shift + scale * z;
            // A normal's error is relative to the radius of its pair, 6.77 at most.
            e.scale[i] = std::abs(shift) + std::abs(scale) * (normal ? 6.77 : z);
        }
        return e;
    };
    row.tolerance = normal ? 12 : 3; // 6e-7 of the radius (common/math.glsl); two roundings of a word, one of the sum
    row.gradient = 0, row.half = false;
    return row;
}

Case dropoutCase(const Shape& shape, double rate) {
    Case row;
    row.name = "dropout " + std::to_string(rate) + " of " + shape.text();
    row.inputs = {{shape}};
    row.run = [=](Context& c, std::span<const Tensor> in) { return dropout(c, in[0], rate, key); };
    row.reference = [=](std::span<const Array> in) {
        Expected e{Array(in[0].shape), Array(in[0].shape)};
        for (std::size_t i = 0; i < e.value.size(); ++i) {
            e.value[i] = droppedAt(key, i, rate) ? 0 : in[0][i] / (1 - rate);
            e.scale[i] = std::abs(e.value[i]);
        }
        return e;
    };
    row.tolerance = 2; // the factor is rounded, then the product
    return row;
}

} // namespace

std::vector<Case> randomCases() {
    return {drawCase(false, {4, 5}, 0, 1), drawCase(false, {33333}, -2, 5), drawCase(false, {1}, 0, 1),
            drawCase(true, {4, 5}, 0, 1),  drawCase(true, {33333}, 3, 0.5), drawCase(true, {0}, 0, 1),
            dropoutCase({3, 40}, 0.5),     dropoutCase({7, 11}, 0.1),       dropoutCase({5}, 0),
            dropoutCase({0, 3}, 0.5)};
}

std::vector<Case> randomBenches(std::int64_t scale) {
    const Shape shape{scale << 22};
    Case uniform = drawCase(false, shape, 0, 1), normal = drawCase(true, shape, 0, 1);
    uniform.name = "uniform " + sizeText(shape.count()), normal.name = "normal " + sizeText(shape.count());
    for (Case* c : {&uniform, &normal}) c->bytes = 4.0 * double(shape.count());
    return {uniform, normal};
}

} // namespace orrery::tensor
