// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/cases.h"
#include "engine/tensor/ops/histogram.h"

#include <algorithm>
#include <cmath>

namespace orrery::tensor {

namespace {

/// Exact: a search among the edges.
Case histogramCase(const Shape& shape, std::int64_t bins, float low, float high, Counters counters = Counters::automatic) {
    static constexpr const char* ways[] = {"", " globally", " by invocations", " by workgroups"};
    Case row;
    row.name = shape.text() + " in " + std::to_string(bins) + " bins" + ways[std::size_t(counters)];
    row.inputs = {{shape, Fill::normal}};
    row.run = [=](Context& c, std::span<const Tensor> in) { return histogram(c, in[0], bins, low, high, counters); };
    row.reference = [=](std::span<const Array> in) {
        const std::vector<float> edges = histogramEdges(bins, low, high);
        Expected e{Array({bins + 3}), {}};
        for (const double x : in[0].values) {
            const auto above = std::size_t(std::upper_bound(edges.begin(), edges.end(), float(x)) - edges.begin());
            const auto last = std::size_t(bins);
            e.value[std::isnan(x) ? last + 2 : above == 0 ? last : above > last ? last + 1 : above - 1] += 1;
        }
        return e;
    };
    row.tolerance = 0, row.gradient = 0;
    return row;
}

} // namespace

std::vector<Case> histogramCases() {
    std::vector<Case> rows = {
        histogramCase({5, 13}, 8, -2, 2),        histogramCase({1}, 1, -10, 10), histogramCase({0, 4}, 3, 0, 1),
        histogramCase({10007}, 37, -1.1f, 2.7f), histogramCase({}, 2, -1, 1),    histogramCase({3000}, 2000, -3, 3),
    };
    for (const Counters counters : {Counters::global, Counters::invocation, Counters::workgroup})
        rows.push_back(histogramCase({7, 3001}, 100, -0.3f, 1.7f, counters));
    return rows;
}

std::vector<Case> histogramBenches(std::int64_t scale) {
    const Shape shape{scale << 22};
    Case few = histogramCase(shape, 100, -3, 3), many = histogramCase(shape, 10000, -3, 3);
    few.name = "histogram of " + sizeText(shape.count()) + " in 100 bins";
    many.name = "histogram of " + sizeText(shape.count()) + " in 10000 bins";
    for (Case* c : {&few, &many}) c->bytes = 4.0 * double(shape.count());
    return {few, many};
}

} // namespace orrery::tensor
