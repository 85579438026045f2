// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/cases.h"
#include "engine/tensor/ops/elementwise.h"
#include "engine/tensor/ops/norm.h"

#include <cmath>

namespace orrery::tensor {

namespace {

struct Form {
    Shape shape{};
    std::int64_t groups = 0; ///< 0: over the last axis
    bool centred = true, weight = true, bias = true;
    RowMapping mapping = RowMapping::automatic;
    double epsilon = 1e-5;
};

Expected normalised(const Form& f, std::span<const Array> in) {
    const Array& x = in[0];
    const bool grouped = f.groups > 0;
    const auto inner = std::size_t(grouped ? x.shape.product(2, x.shape.rank()) : 1);
    const auto channels = std::size_t(grouped ? x.shape[1] : x.shape.at(-1));
    const std::size_t size = grouped ? channels / std::size_t(f.groups) * inner : channels;
    Expected e{Array(x.shape), Array(x.shape)};
    for (std::size_t from = 0; from < x.size(); from += size) {
        double mean = 0, magnitude = 0, variance = 0;
        for (std::size_t k = 0; k < size; ++k)
            mean += x[from + k] / double(size), magnitude += std::abs(x[from + k]) / double(size);
        if (!f.centred) mean = 0;
        for (std::size_t k = 0; k < size; ++k) variance += (x[from + k] - mean) * (x[from + k] - mean) / double(size);
        const double scale = 1 / std::sqrt(variance + f.epsilon);
        for (std::size_t k = 0; k < size; ++k) {
            const std::size_t channel = (from + k) / inner % channels;
            const double w = f.weight ? in[1][channel] : 1, b = f.bias ? in[f.weight ? 2 : 1][channel] : 0;
            e.value[from + k] = (x[from + k] - mean) * scale * w + b;
            e.scale[from + k] = (std::abs(x[from + k]) + magnitude) * scale * std::abs(w) + std::abs(b) + 1e-37;
        }
    }
    return e;
}

Case normCase(const Form& f) {
    Case row;
    row.name = (f.groups > 0 ? std::to_string(f.groups) + " groups"
                : f.centred  ? "layer"
                             : "rms") +
               std::string(" of ") + f.shape.text() + (f.weight ? " weight" : "") + (f.bias ? " bias" : "") +
               (f.mapping == RowMapping::workgroup ? " by workgroups" : "");
    row.inputs = {{f.shape}};
    const Shape weights{f.groups > 0 ? f.shape[1] : f.shape.at(-1)};
    if (f.weight) row.inputs.push_back({weights});
    if (f.bias) row.inputs.push_back({weights});
    row.run = [f](Context& c, std::span<const Tensor> in) {
        const Tensor weight = f.weight ? in[1] : Tensor{}, bias = f.bias ? in[f.weight ? 2 : 1] : Tensor{};
        const NormOptions options{.epsilon = f.epsilon, .mapping = f.mapping};
        return f.groups > 0 ? groupNorm(c, in[0], f.groups, weight, bias, options)
               : f.centred  ? layerNorm(c, in[0], weight, bias, options)
                            : rmsNorm(c, in[0], weight, options);
    };
    row.reference = [f](std::span<const Array> in) { return normalised(f, in); };
    // Relative to the magnitudes that go into mean and difference: four sums of a quarter of the row, roundings of mixed
    // sign, so the root of their number; then a handful for scale, weight and bias.
    const double size = double(f.groups > 0 ? f.shape.product(1, f.shape.rank()) / f.groups : f.shape.at(-1));
    row.tolerance = 6 + std::sqrt(size / 4);
    return row;
}

/// Mean 1000, deviation 1: as E[x^2] - mean^2 the variance would be off by a twentieth and more.
Case farCase(RowMapping mapping) {
    Case row = normCase({{3, 64}, 0, true, false, false, mapping});
    row.name += " far from zero";
    row.run = [run = row.run](Context& c, std::span<const Tensor> in) {
        const Tensor moved = affine(c, in[0], 1, 1000);
        return run(c, std::span(&moved, 1));
    };
    row.reference = [reference = row.reference](std::span<const Array> in) {
        Array moved = in[0];
        for (double& x : moved.values) x = double(float(float(x) + 1000.0f)); // what the device normalises
        return reference(std::span(&moved, 1));
    };
    row.gradient = 0; // the reference has steps
    row.half = false; // f16 has eighths there
    return row;
}

Case benchCase(std::string name, const Form& f) {
    Case row = normCase(f);
    row.name = std::move(name);
    row.bytes = 8.0 * double(f.shape.count()); // read once, written once
    row.flops = 8.0 * double(f.shape.count());
    return row;
}

} // namespace

std::vector<Case> normCases() {
    std::vector<Case> rows;
    const auto put = [&](Form form) { rows.push_back(normCase(form)); };
    for (const RowMapping mapping : {RowMapping::invocation, RowMapping::workgroup}) {
        for (const Shape& shape : std::vector<Shape>{{5, 8}, {3, 7}, {70, 36}, {2, 1031}})
            put({shape, 0, true, true, true, mapping});
        put({{2, 3, 12}, 0, false, true, false, mapping});
        put({{3, 13}, 0, false, true, false, mapping});
        put({{2, 6, 4, 4}, 2, true, true, true, mapping});
        put({{2, 6, 3, 5}, 3, true, true, true, mapping});
        rows.push_back(farCase(mapping));
    }
    put({{1, 1}});
    put({{2, 1}, 0, false, true, false});
    put({{66, 4}, 0, true, false, true});
    put({{67, 64}, 0, true, true, false});
    put({{7}, 0, true, false, false});
    put({{0, 4}});
    put({{4, 0}});
    put({{2, 6}, 2}); // no axes behind the channels; of two elements alone the gradient would all but cancel
    put({{1, 4, 2, 2}, 1, true, false, false});
    put({{3, 64, 7, 7}, 32});
    put({{2, 4, 0}, 2});
    put({{0, 4, 2}, 2});
    return rows;
}

std::vector<Case> normBenches(std::int64_t scale) {
    const std::int64_t rows = scale * 4096;
    std::vector<Case> all;
    for (const std::int64_t width : {768, 1024}) {
        const std::string size = std::to_string(rows) + "x" + std::to_string(width);
        all.push_back(benchCase("layer norm " + size, {{rows, width}}));
        all.push_back(benchCase("rms norm " + size, {{rows, width}, 0, false, true, false}));
    }
    all.push_back(benchCase("group norm " + std::to_string(scale * 8) + "x128x64x64", {{scale * 8, 128, 64, 64}, 32}));
    return all;
}

} // namespace orrery::tensor
