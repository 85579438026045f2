// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/cases.h"
#include "engine/tensor/ops/sort.h"

#include <algorithm>
#include <numeric>

namespace orrery::tensor {

namespace {

/// The first `keep` of each row, values or indices; all by the C++ library's stable sort. Exact.
Case sortCase(const Shape& shape, std::int64_t keep, bool descending, bool indices, Fill fill,
              SortKernel kernel = SortKernel::automatic) {
    Case row;
    const bool whole = keep == shape.at(-1);
    row.name = std::string(indices ? "indices" : "values") + (whole ? "" : " of the first " + std::to_string(keep)) + " of " +
               shape.text() + (descending ? " descending" : "") + (fill == Fill::spread ? " with ties" : "") +
               (kernel == SortKernel::workgroup    ? " by workgroups"
                : kernel == SortKernel::invocation ? " by invocations"
                                                   : "");
    row.inputs = {{shape, fill}};
    row.run = [=](Context& c, std::span<const Tensor> in) {
        const Sorted s = whole ? sort(c, in[0], descending, kernel) : topK(c, in[0], keep, !descending, kernel);
        return indices ? s.indices : s.values;
    };
    row.reference = [=](std::span<const Array> in) {
        Expected e{Array(shape.with(-1, keep)), {}};
        const auto size = std::size_t(shape.at(-1)), kept = std::size_t(keep);
        for (std::size_t r = 0; r < std::size_t(shape.product(0, shape.rank() - 1)); ++r) {
            std::vector<std::size_t> order(size);
            std::iota(order.begin(), order.end(), std::size_t{0});
            std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
                const double p = in[0][r * size + a], q = in[0][r * size + b];
                return descending ? p > q : p < q;
            });
            for (std::size_t j = 0; j < kept; ++j)
                e.value[r * kept + j] = indices ? double(order[j]) : in[0][r * size + order[j]];
        }
        return e;
    };
    row.tolerance = 0;
    if (indices || fill == Fill::spread) row.gradient = 0; // where values tie, the slope has jumps
    return row;
}

} // namespace

std::vector<Case> sortCases() {
    std::vector<Case> rows;
    for (const bool descending : {false, true}) {
        for (const Shape& shape : {Shape{1}, Shape{7}, Shape{5, 13}, Shape{3, 128}, Shape{2, 2, 129}, Shape{2, 1900}})
            rows.push_back(sortCase(shape, shape.at(-1), descending, false, Fill::distinct));
        for (const Shape& shape : {Shape{9}, Shape{40, 17}, Shape{2, 0}, Shape{0, 3}, Shape{5, 300}, Shape{9001}})
            rows.push_back(sortCase(shape, shape.at(-1), descending, true, Fill::spread));
        for (const SortKernel kernel : {SortKernel::workgroup, SortKernel::invocation}) {
            rows.push_back(sortCase({3, 1300}, 1300, descending, false, Fill::distinct, kernel));
            rows.push_back(sortCase({3, 2500}, 2500, descending, true, Fill::spread, kernel));
        }
        rows.push_back(sortCase({6, 8}, 2, descending, false, Fill::distinct));
        rows.push_back(sortCase({6, 8}, 3, descending, true, Fill::spread));
        rows.push_back(sortCase({2, 1000}, 50, descending, false, Fill::distinct));
        rows.push_back(sortCase({2, 1000}, 999, descending, true, Fill::spread));
        rows.push_back(sortCase({4, 5}, 0, descending, false, Fill::distinct));
    }
    return rows;
}

std::vector<Case> sortBenches(std::int64_t scale) {
    Case all = sortCase({scale << 20}, scale << 20, false, false, Fill::normal),
         rows = sortCase({scale * 8192, 128}, 128, false, false, Fill::normal),
         top = sortCase({1, 50257}, 50, true, false, Fill::normal);
    all.name = "sort of " + sizeText(scale << 20), rows.name = "sort of rows " + std::to_string(scale * 8192) + "x128",
    top.name = "top 50 of 50257";
    // A key and an index are read and written by each of the four passes, the key once more for the counts.
    for (Case* c : {&all, &rows, &top}) c->bytes = 4 * 20.0 * double(c->inputs[0].shape.count());
    return {all, rows, top};
}

} // namespace orrery::tensor
