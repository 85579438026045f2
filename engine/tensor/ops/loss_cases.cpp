// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/cases.h"
#include "engine/tensor/ops/loss.h"

#include <algorithm>
#include <cmath>

namespace orrery::tensor {

namespace {

Expected entropy(const CrossEntropyOptions& o, std::span<const Array> in) {
    const Array &x = in[0], &targets = in[1];
    const std::size_t rows = targets.size(), size = std::size_t(x.shape.at(-1));
    Array loss(targets.shape), scale(targets.shape);
    double all = 0, size0 = 0, counted = 0;
    for (std::size_t r = 0; r < rows; ++r) {
        if (o.ignore && targets[r] == *o.ignore) continue;
        double most = x[r * size], sum = 0;
        for (std::size_t k = 1; k < size; ++k) most = std::max(most, x[r * size + k]);
        for (std::size_t k = 0; k < size; ++k) sum += std::exp(x[r * size + k] - most);
        const double below = most - x[r * size + std::size_t(targets[r])];
        loss[r] = std::log(sum) + below, scale[r] = 1 + std::log(sum) + below;
        all += loss[r], size0 += scale[r], counted += 1;
    }
    if (o.reduction == LossReduction::none) return {loss, scale};
    const double by = o.reduction == LossReduction::mean ? std::max(counted, 1.0) : 1;
    return {Array(Shape{}, all / by), Array(Shape{}, size0 / by + 1e-37)};
}

Case entropyCase(const Shape& shape, const CrossEntropyOptions& options) {
    static constexpr const char* names[] = {"mean", "sum", "rows"};
    Case row;
    row.name = std::string("cross entropy ") + names[std::size_t(options.reduction)] + " of " + shape.text() +
               (options.ignore ? " ignoring " + std::to_string(*options.ignore) : "") +
               (options.mapping == RowMapping::workgroup ? " by workgroups" : "");
    const std::vector<std::int64_t> leading(shape.sizes().begin(), shape.sizes().end() - 1);
    row.inputs = {{shape}, {Shape(leading), Fill::index, shape.at(-1), false, false}};
    row.run = [options](Context& c, std::span<const Tensor> in) { return crossEntropy(c, in[0], in[1], options); };
    row.reference = [options](std::span<const Array> in) { return entropy(options, in); };
    // As softmax's logarithm; then a sum of positive rows, chunk by chunk.
    row.tolerance =
        8 + std::sqrt(double(shape.at(-1)) / 4) + std::sqrt(double(shape.count() / std::max<std::int64_t>(shape.at(-1), 1)));
    return row;
}

Case squaredErrorCase(const Shape& shape) {
    Case row;
    row.name = "squared error of " + shape.text();
    row.inputs = {{shape}, {shape}};
    row.run = [](Context& c, std::span<const Tensor> in) { return meanSquaredError(c, in[0], in[1]); };
    row.reference = [](std::span<const Array> in) {
        double sum = 0;
        for (std::size_t i = 0; i < in[0].size(); ++i) sum += (in[0][i] - in[1][i]) * (in[0][i] - in[1][i]);
        const double mean = sum / std::max(1.0, double(in[0].size()));
        return Expected{Array(Shape{}, mean), Array(Shape{}, mean + 1e-37)};
    };
    row.tolerance = 8 + std::sqrt(double(shape.count())); // positive terms
    return row;
}

} // namespace

std::vector<Case> lossCases() {
    std::vector<Case> rows;
    for (const RowMapping mapping : {RowMapping::invocation, RowMapping::workgroup})
        for (const Shape& shape : std::vector<Shape>{{6, 8}, {5, 7}}) rows.push_back(entropyCase(shape, {.mapping = mapping}));
    for (const LossReduction reduction : {LossReduction::mean, LossReduction::sum, LossReduction::none})
        rows.push_back(entropyCase({2, 9, 4}, {.reduction = reduction, .ignore = 1}));
    rows.push_back(entropyCase({3, 5}, {.reduction = LossReduction::sum}));
    rows.push_back(entropyCase({3, 4}, {.reduction = LossReduction::none}));
    rows.push_back(entropyCase({5, 1}, {.ignore = 0})); // all of them
    rows.push_back(entropyCase({2, 1031}, {}));
    rows.push_back(entropyCase({300, 12}, {}));
    rows.push_back(entropyCase({0, 3}, {}));
    for (const Shape& shape : std::vector<Shape>{{7, 5}, {1}, {0}, {3, 400}}) rows.push_back(squaredErrorCase(shape));
    return rows;
}

std::vector<Case> lossBenches(std::int64_t scale) {
    Case row = entropyCase({scale * 1024, 8192}, {});
    row.name = "cross entropy " + std::to_string(scale * 1024) + "x8192";
    row.bytes = 4.0 * double(scale << 23), row.flops = 20.0 * double(scale << 23);
    return {row};
}

} // namespace orrery::tensor
