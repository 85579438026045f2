// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/cases.h"
#include "engine/tensor/ops/gather.h"

namespace orrery::tensor {

namespace {

Case embeddingCase(const Shape& table, const Shape& indices, RowMapping mapping = RowMapping::automatic) {
    Case row;
    row.name = "table " + table.text() + " at " + indices.text() + (mapping == RowMapping::workgroup ? " by workgroups" : "");
    row.inputs = {{table, Fill::spread}, {indices, Fill::index, table[0], false, false}};
    row.run = [mapping](Context& c, std::span<const Tensor> in) { return embedding(c, in[0], in[1], mapping); };
    row.reference = [](std::span<const Array> in) {
        std::vector<std::int64_t> sizes = in[1].shape.sizes();
        sizes.push_back(in[0].shape[1]);
        Array y{Shape(sizes)};
        const auto size = std::size_t(in[0].shape[1]);
        for (std::size_t i = 0; i < y.size(); ++i) y[i] = in[0][std::size_t(in[1][i / size]) * size + i % size];
        return Expected{y, {}};
    };
    row.tolerance = 0; // copies
    return row;
}

} // namespace

std::vector<Case> gatherCases() {
    return {embeddingCase({5, 8}, {7}),
            embeddingCase({5, 7}, {2, 9}),
            embeddingCase({3, 4}, {150}), // long chains
            embeddingCase({40, 12}, {3, 2, 2}),
            embeddingCase({2, 1}, {5}),
            embeddingCase({1, 140}, {3}),
            embeddingCase({4, 4}, {}), // one index without an axis
            embeddingCase({4, 4}, {0}),
            embeddingCase({4, 0}, {3}),
            embeddingCase({6, 1032}, {5}, RowMapping::workgroup),
            embeddingCase({6, 13}, {5}, RowMapping::workgroup)};
}

std::vector<Case> gatherBenches(std::int64_t scale) {
    Case row = embeddingCase({8192, 768}, {scale * 4096});
    row.name = "embedding " + std::to_string(scale * 4096) + "x768";
    row.bytes = 8.0 * double(scale) * 4096 * 768;
    return {row};
}

} // namespace orrery::tensor
