// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/cases.h"
#include "engine/tensor/ops/elementwise.h"
#include "engine/tensor/ops/scan.h"

#include <cmath>
#include <complex>

namespace orrery::tensor {

namespace {

Case cumsumCase(const Shape& shape, int axis, const SumOptions& options = {}) {
    Case row;
    row.name = "cumsum of " + shape.text() + " along " + std::to_string(axis) + (options.exclusive ? " exclusive" : "") +
               (options.reverse ? " reverse" : "") + (options.kernel == ScanKernel::workgroup ? " by workgroups" : "");
    row.inputs = {{shape, Fill::normal}};
    row.run = [=](Context& c, std::span<const Tensor> in) { return cumsum(c, in[0], axis, options); };
    row.reference = [=](std::span<const Array> in) {
        const std::size_t a = shape.axis(axis);
        const std::int64_t outer = shape.product(0, a), size = shape[a], inner = shape.product(a + 1, shape.rank());
        Expected e{Array(shape), Array(shape)};
        for (std::int64_t line = 0; line < outer * inner; ++line) {
            double sum = 0, magnitude = 0;
            for (std::int64_t k = 0; k < size; ++k) {
                const std::int64_t t = options.reverse ? size - 1 - k : k;
                const auto i = std::size_t((line / inner * size + t) * inner + line % inner);
                if (options.exclusive) e.value[i] = sum;
                sum += in[0][i], magnitude += std::abs(in[0][i]);
                if (!options.exclusive) e.value[i] = sum;
                e.scale[i] = magnitude;
            }
        }
        return e;
    };
    // At most one unit of the sum of magnitudes for each addition; of mixed signs, their root.
    row.tolerance = 4 + std::sqrt(double(shape.at(axis)));
    return row;
}

/// h and a bound of its error: each step rounds a h and the sum, and passes on |a| of what came before. The magnitude of a
/// complex number is taken as |re| + |im|.
Expected recurrence(std::span<const Array> in, const ScanOptions& o) {
    const Shape& shape = in[0].shape;
    const std::size_t a = shape.axis(o.axis), width = o.complexPairs ? 2 : 1;
    const auto outer = std::size_t(shape.product(0, a)), size = std::size_t(shape[a]),
               inner = std::size_t(shape.product(a + 1, shape.rank())) / width;
    using Number = std::complex<double>;
    const auto at = [&](const Array& x, std::size_t i) { return width == 2 ? Number(x[2 * i], x[2 * i + 1]) : Number(x[i]); };
    const auto magnitude = [](Number z) { return std::abs(z.real()) + std::abs(z.imag()); };
    Expected e{Array(shape), Array(shape)};
    for (std::size_t line = 0; line < outer * inner; ++line) {
        Number h = in.size() > 2 ? at(in[2], line) : 0;
        double size1 = magnitude(h), bound = 0;
        for (std::size_t k = 0; k < size; ++k) {
            const std::size_t i = (line / inner * size + (o.reverse ? size - 1 - k : k)) * inner + line % inner;
            const Number step = at(in[0], i), push = at(in[1], i);
            h = step * h + push;
            size1 = magnitude(step) * size1 + magnitude(push);
            bound = magnitude(step) * bound + size1;
            for (std::size_t part = 0; part < width; ++part) {
                e.value[i * width + part] = part == 0 ? h.real() : h.imag();
                e.scale[i * width + part] = bound;
            }
        }
    }
    return e;
}

/// `slow`: a is brought close to modulus 1, so that what a chunk starts with is still felt at its end.
Case scanCase(const Shape& shape, ScanOptions o, bool initial = false, bool slow = false) {
    const double scale = 0.01, shift = o.complexPairs ? 0.7 : 0.99;
    Case row;
    row.name = std::string(o.complexPairs ? "complex" : "real") + " recurrence of " + shape.text() + " along " +
               std::to_string(o.axis) + (o.reverse ? " reverse" : "") + (initial ? " from a state" : "") +
               (slow ? " with long memory" : "") + (o.kernel == ScanKernel::workgroup ? " by workgroups" : "");
    row.inputs = {{shape, Fill::unit}, {shape, Fill::normal}};
    if (initial) {
        std::vector<std::int64_t> sizes = shape.sizes();
        sizes.erase(sizes.begin() + std::ptrdiff_t(shape.axis(o.axis)));
        row.inputs.push_back({Shape(sizes), Fill::normal});
    }
    row.run = [=](Context& c, std::span<const Tensor> in) {
        ScanOptions with = o;
        if (in.size() > 2) with.initial = in[2];
        return linearScan(c, slow ? affine(c, in[0], scale, shift) : in[0], in[1], with);
    };
    row.reference = [=](std::span<const Array> in) {
        std::vector<Array> moved(in.begin(), in.end());
        if (slow)
            for (double& a : moved[0].values) a = scale * a + shift;
        return recurrence(moved, o);
    };
    row.half = !slow; // a would be rounded once more
    // Two roundings for each step, four of a complex one; pairs of chunks round the products of a once more.
    row.tolerance = o.complexPairs ? 8 : 4;
    return row;
}

} // namespace

std::vector<Case> scanCases() {
    std::vector<Case> rows;
    const SumOptions exclusive{.exclusive = true}, reverse{.reverse = true}, both{true, true};
    for (const auto& [shape, axis] : std::vector<std::pair<Shape, int>>{
             {{7}, 0}, {{1}, 0}, {{8}, 0}, {{5, 13}, 0}, {{5, 13}, 1}, {{3, 5, 8}, 1}, {{3, 1, 2}, 1}, {{4, 0}, 1}, {{0, 4}, 0}})
        rows.push_back(cumsumCase(shape, axis));
    for (const SumOptions& o : {exclusive, reverse, both})
        for (const auto& [shape, axis] :
             std::vector<std::pair<Shape, int>>{{{12}, 0}, {{5, 13}, 0}, {{3, 300}, 1}, {{301, 2}, 0}})
            rows.push_back(cumsumCase(shape, axis, o));
    rows.push_back(cumsumCase({10007}, 0));
    rows.push_back(cumsumCase({2, 20000}, 1));
    rows.push_back(cumsumCase({700, 4}, 0));
    for (SumOptions o : {SumOptions{}, both}) {
        o.kernel = ScanKernel::workgroup;
        rows.push_back(cumsumCase({2, 5000}, 1, o));
    }
    for (const bool reversed : {false, true})
        for (const bool initial : {false, true}) {
            const ScanOptions o{.reverse = reversed};
            for (const Shape& shape : {Shape{9, 3}, Shape{9, 2, 4}, Shape{12}, Shape{70, 68}})
                rows.push_back(scanCase(shape, o, initial));
            rows.push_back(scanCase({3, 7, 5}, {.axis = 1, .reverse = reversed}, initial));
            const ScanOptions c{.reverse = reversed, .complexPairs = true};
            for (const Shape& shape : {Shape{9, 3, 2}, Shape{9, 4, 2}, Shape{12, 2}}) rows.push_back(scanCase(shape, c, initial));
        }
    rows.push_back(scanCase({2, 600}, {.axis = 1, .kernel = ScanKernel::workgroup}, true));
    rows.push_back(scanCase({2, 300, 2}, {.axis = 1, .complexPairs = true, .kernel = ScanKernel::workgroup}, true));
    for (const bool reversed : {false, true}) {
        const auto with = [&](int axis, bool pairs, ScanKernel kernel) { return ScanOptions{axis, reversed, pairs, {}, kernel}; };
        const ScanKernel invocation = ScanKernel::invocation, workgroup = ScanKernel::workgroup;
        rows.push_back(scanCase({331, 2}, with(0, false, invocation), true, true));
        rows.push_back(scanCase({200, 4}, with(0, false, invocation), true, true));
        rows.push_back(scanCase({1000}, with(0, false, invocation), true, true));
        rows.push_back(scanCase({2, 4400}, with(1, false, workgroup), true, true));
        rows.push_back(scanCase({331, 1, 2}, with(0, true, invocation), true, true));
        rows.push_back(scanCase({402, 2}, with(0, true, invocation), true, true));
        rows.push_back(scanCase({2, 2500, 2}, with(1, true, workgroup), true, true));
    }
    rows.push_back(scanCase({0, 3}, {}));
    rows.push_back(scanCase({1, 1, 1}, {.axis = 2}, true));
    return rows;
}

std::vector<Case> scanBenches(std::int64_t scale) {
    const std::int64_t count = scale << 22, wideness = scale * 1024;
    Case sum = cumsumCase({count}, 0), wide = cumsumCase({4096, wideness}, 0), real = scanCase({count}, {}),
         states = scanCase({4096, wideness}, {}), complexes = scanCase({4096, wideness / 2, 2}, {.complexPairs = true});
    sum.name = "cumsum of " + sizeText(count), real.name = "recurrence of " + sizeText(count);
    wide.name = "cumsum of columns 4096x" + std::to_string(wideness);
    states.name = "recurrence of 4096 steps x " + std::to_string(wideness);
    complexes.name = "complex recurrence of 4096 steps x " + std::to_string(wideness / 2);
    for (Case* c : {&sum, &wide}) c->bytes = 8.0 * double(count), c->flops = double(count);
    for (Case* c : {&real, &states, &complexes}) c->bytes = 12.0 * double(count), c->flops = 2 * double(count);
    complexes.flops = 4 * double(count);
    return {sum, wide, real, states, complexes};
}

} // namespace orrery::tensor
