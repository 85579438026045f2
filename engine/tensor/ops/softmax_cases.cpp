// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/cases.h"
#include "engine/tensor/ops/softmax.h"

#include <algorithm>
#include <cmath>

namespace orrery::tensor {

namespace {

Expected probabilities(bool logarithm, std::span<const Array> in) {
    const Array& x = in[0];
    const auto size = std::size_t(x.shape.at(-1));
    Expected e{Array(x.shape), Array(x.shape)};
    for (std::size_t from = 0; from < x.size(); from += size) {
        double most = x[from], sum = 0;
        for (std::size_t k = 1; k < size; ++k) most = std::max(most, x[from + k]);
        for (std::size_t k = 0; k < size; ++k) sum += std::exp(x[from + k] - most);
        for (std::size_t k = 0; k < size; ++k) {
            const double below = most - x[from + k], y = logarithm ? -below - std::log(sum) : std::exp(-below) / sum;
            e.value[from + k] = y;
            // The difference to the greatest is rounded once, an error of the exponent. What is subnormal becomes 0.
            e.scale[from + k] = logarithm ? 1 + below + std::log(sum) : y * (1 + below) + 1e-30;
        }
    }
    return e;
}

Case softmaxCase(bool logarithm, const Shape& shape, Fill fill = Fill::normal, RowMapping mapping = RowMapping::automatic) {
    Case row;
    row.name = std::string(logarithm ? "log of " : "") + shape.text() + (fill == Fill::spread ? " spread" : "") +
               (mapping == RowMapping::workgroup ? " by workgroups" : "");
    row.inputs = {{shape, fill}};
    row.run = [=](Context& c, std::span<const Tensor> in) {
        return logarithm ? logSoftmax(c, in[0], {.mapping = mapping}) : softmax(c, in[0], {.mapping = mapping});
    };
    row.reference = [=](std::span<const Array> in) { return probabilities(logarithm, in); };
    // Exponential and quotient some units each. The terms of the sum are positive: at worst a quarter of their number, in
    // practice its root.
    row.tolerance = 8 + std::sqrt(double(shape.at(-1)) / 4);
    return row;
}

Case benchCase(std::string name, bool logarithm, const Shape& shape) {
    Case row = softmaxCase(logarithm, shape);
    row.name = std::move(name);
    row.bytes = 8.0 * double(shape.count()); // read once, written once
    row.flops = 40.0 * double(shape.count());
    return row;
}

} // namespace

std::vector<Case> softmaxCases() {
    std::vector<Case> rows;
    for (const bool logarithm : {false, true}) {
        for (const RowMapping mapping : {RowMapping::invocation, RowMapping::workgroup})
            for (const Shape& shape : std::vector<Shape>{{5, 8}, {3, 7}, {2, 1031}, {9, 520}})
                rows.push_back(softmaxCase(logarithm, shape, Fill::normal, mapping));
        rows.push_back(softmaxCase(logarithm, {6, 12}, Fill::spread)); // exponents beyond what f32 holds
        rows.push_back(softmaxCase(logarithm, {4, 1}));
        rows.push_back(softmaxCase(logarithm, {4, 0}));
        rows.push_back(softmaxCase(logarithm, {0, 5}));
    }
    rows.push_back(softmaxCase(false, {13}));
    rows.push_back(softmaxCase(false, {2, 3, 2, 5}));
    rows.push_back(softmaxCase(true, {67, 4}));
    rows.push_back(softmaxCase(true, {1, 30011})); // a vocabulary
    return rows;
}

std::vector<Case> softmaxBenches(std::int64_t scale) {
    const std::int64_t rows = scale * 4096;
    const std::string text = std::to_string(rows);
    return {benchCase("softmax " + text + "x768", false, {rows, 768}),
            benchCase("softmax " + text + "x1024", false, {rows, 1024}),
            benchCase("log softmax " + text + "x1024", true, {rows, 1024})};
}

} // namespace orrery::tensor
