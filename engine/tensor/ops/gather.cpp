// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/gather.h"

#include "engine/error.h"
#include "engine/tensor/ops/cast.h"
#include "engine/tensor/tape.h"

namespace orrery::tensor {

namespace {

using gpu::Access, gpu::Element;

struct Push {
    std::uint32_t rows, size, tableRows;
};

/// Chains of places with the same index, see shaders/tensor/gather_links.comp.
Tensor links(Context& context, const Tensor& indices, std::int64_t tableRows) {
    const Tensor link = context.empty({indices.count()}, DType::i32);
    context.run({.kernel = "tensor/gather_links",
                 .tensors = {indices, link},
                 .bindings = {{"index", Access::read, Element::u32}, {"links", Access::write}},
                 .local = {8, 1, 1}, // few places and long searches: spread over the cores
                 .groups = grid(std::uint64_t(indices.count()), 8)},
                std::array{std::uint32_t(indices.count()), std::uint32_t(tableRows)});
    return link;
}

Tensor tableGradient(Context& context, const Tensor& table, const Tensor& indices, const Tensor& dy) {
    const std::int64_t rows = indices.count(), size = table.shape()[1], columns = (size + 3) / 4;
    const bool fours = size % 4 == 0;
    const Tensor dtable = context.zeros(table.shape());
    if (rows == 0 || size == 0) return cast(context, dtable, table.type());
    const Tensor link = links(context, indices, table.shape()[0]);
    const std::uint32_t across = columns >= 64 ? 64 : columns >= 32 ? 32 : 8;
    context.run({.kernel = "tensor/gather_backward",
                 .tensors = {dy, indices, link, dtable},
                 .bindings = {rowInput("dy", fours),
                              {"index", Access::read, Element::u32},
                              {"link", Access::read, Element::u32},
                              {"dtable", Access::write}},
                 .constants = {fours, false},
                 .local = {across, 1, 1},
                 .groups = {std::uint64_t(columns + across - 1) / across, std::uint64_t(std::min<std::int64_t>(rows, 32768)),
                            std::uint64_t(rows + 32767) / 32768}},
                std::array{std::uint32_t(rows), std::uint32_t(size)});
    return cast(context, dtable, table.type());
}

} // namespace

Tensor embedding(Context& context, const Tensor& source, const Tensor& indices, RowMapping mapping) {
    const Tensor table = context.admit("embedding", source);
    const DType type = widest(table.type(), table.type(), "embedding");
    if (table.shape().rank() != 2 || indices.type() != DType::i32)
        throw Error("embedding: a table of shape " + table.shape().text() + " and indices of " + toString(indices.type()) +
                    " and shape " + indices.shape().text() + "; it takes [rows, size] and i32");
    const std::int64_t rows = indices.count(), size = table.shape()[1];
    const bool fours = size % 4 == 0;
    std::vector<std::int64_t> sizes = indices.shape().sizes();
    sizes.push_back(size);
    Tensor y = context.empty(Shape(sizes), fours ? type : DType::f32);
    Context::Launch launch = rowLaunch(context, "tensor/gather", mapping, rows, size, fours);
    launch.tensors = {table, indices, y};
    launch.bindings = {rowInput("table", fours), {"index", Access::read, Element::u32}, {"y", Access::write}};
    context.run(launch, Push{std::uint32_t(rows), std::uint32_t(size), std::uint32_t(table.shape()[0])});
    {
        const Unrecorded inside(context);
        y = cast(context, y, type);
    }
    if (tracked(context, {table}))
        context.tape->record("embedding", {table}, y, [&context, table, indices](const Tensor& dy) {
            return std::vector<Tensor>{tableGradient(context, table, indices, dy)};
        });
    return y;
}

Tensor uploadIndices(Context& context, const Shape& shape, std::span<const std::int32_t> values, std::int64_t below,
                     const char* what) {
    for (std::size_t i = 0; i < values.size(); ++i)
        if (values[i] < 0 || values[i] >= below)
            throw Error(std::string(what) + ": number " + std::to_string(i) + " is " + std::to_string(values[i]) +
                        ", not one of 0 to " + std::to_string(below - 1));
    return context.upload(shape, values);
}

} // namespace orrery::tensor
