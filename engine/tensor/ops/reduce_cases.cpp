// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/cases.h"
#include "engine/tensor/ops/layout.h"
#include "engine/tensor/ops/reduce.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace orrery::tensor {

namespace {

Case reduceCase(Reduction what, const Shape& shape, const std::vector<int>& axes, bool keep = false,
                RowMapping mapping = RowMapping::automatic) {
    static constexpr const char* names[] = {"sum", "maximum", "minimum", "sum of squares"};
    Case row;
    row.name = std::string(names[std::size_t(what)]) + " of " + shape.text() +
               (mapping == RowMapping::workgroup ? " by workgroups over" : " over");
    for (const int axis : axes) row.name += " " + std::to_string(axis);
    const bool extreme = what == Reduction::maximum || what == Reduction::minimum;
    row.inputs = {{shape, extreme ? Fill::distinct : Fill::normal}};
    row.run = [=](Context& c, std::span<const Tensor> in) { return reduce(c, what, in[0], axes, keep, mapping); };
    row.reference = [=](std::span<const Array> in) {
        const Shape& from = in[0].shape;
        std::vector<std::int64_t> sizes = from.sizes();
        for (std::size_t axis = 0; axis < sizes.size(); ++axis)
            if (axes.empty()) sizes[axis] = 1;
        for (const int axis : axes) sizes[from.axis(axis)] = 1;
        const double none = std::numeric_limits<double>::infinity();
        const Shape kept(sizes);
        Expected e{Array(kept, what == Reduction::maximum ? -none : what == Reduction::minimum ? none : 0), Array(kept)};
        for (std::size_t i = 0; i < in[0].size(); ++i) {
            const std::size_t to = broadcastIndex(kept, from, i);
            const double x = in[0][i];
            double& y = e.value[to];
            y = what == Reduction::sum       ? y + x
                : what == Reduction::maximum ? std::max(y, x)
                : what == Reduction::minimum ? std::min(y, x)
                                             : y + x * x;
            e.scale[to] += what == Reduction::sum ? std::abs(x) : x * x;
        }
        std::vector<std::int64_t> left;
        for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
            const bool gone = axes.empty() || std::ranges::any_of(axes, [&](int a) { return from.axis(a) == axis; });
            if (!gone || keep) left.push_back(sizes[axis]);
        }
        e.value.shape = e.scale.shape = Shape(left);
        if (extreme) std::ranges::fill(e.scale.values, 0.0); // one of the values itself
        return e;
    };
    // A chunk in four sums of n/4 (n <= 4096, but rounding errors of mixed signs: their root), a pair of merges per level.
    row.tolerance = 40;
    return row;
}

} // namespace

std::vector<Case> reduceCases() {
    std::vector<Case> rows;
    for (const Reduction what : {Reduction::sum, Reduction::maximum, Reduction::minimum, Reduction::sumOfSquares}) {
        rows.push_back(reduceCase(what, {7, 12}, {1}));
        rows.push_back(reduceCase(what, {7, 13}, {0}, true));
    }
    for (const auto& [shape, axes] : std::vector<std::pair<Shape, std::vector<int>>>{{{5}, {}},
                                                                                     {{}, {}},
                                                                                     {{3, 4, 5}, {}},
                                                                                     {{3, 4, 5}, {0, 2}},
                                                                                     {{3, 4, 5}, {-2}},
                                                                                     {{2, 3, 4, 5}, {1, 2}},
                                                                                     {{1, 1}, {0}},
                                                                                     {{9, 0}, {1}},
                                                                                     {{3, 2000}, {1}},
                                                                                     {{2000, 3}, {0}},
                                                                                     {{10007}, {0}}})
        rows.push_back(reduceCase(Reduction::sum, shape, axes, shape.rank() == 4));
    for (const Reduction what : {Reduction::sum, Reduction::minimum, Reduction::sumOfSquares})
        for (const std::int64_t size : {8, 5000}) // fewer than the lanes of a workgroup, and over a chunk
            rows.push_back(reduceCase(what, {3, size}, {1}, false, RowMapping::workgroup));
    return rows;
}

std::vector<Case> reduceBenches(std::int64_t scale) {
    const std::int64_t lines = scale * 4096, count = lines * 1024;
    Case rows = reduceCase(Reduction::sum, {lines, 1024}, {1}), columns = reduceCase(Reduction::sum, {lines, 1024}, {0}),
         all = reduceCase(Reduction::sum, {count}, {});
    rows.name = "sum of rows " + std::to_string(lines) + "x1024",
    columns.name = "sum of columns " + std::to_string(lines) + "x1024";
    all.name = "sum of " + sizeText(count);
    for (Case* c : {&rows, &columns, &all}) c->bytes = 4.0 * double(count), c->flops = double(count);
    return {rows, columns, all};
}

} // namespace orrery::tensor
