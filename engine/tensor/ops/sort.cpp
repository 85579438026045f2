// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/sort.h"

#include "engine/error.h"
#include "engine/tensor/ops/cast.h"
#include "engine/tensor/ops/layout.h"
#include "engine/tensor/tape.h"

#include <algorithm>

namespace orrery::tensor {

namespace {

using gpu::Access, gpu::Element;

constexpr std::int64_t shortRow = 128;

struct Rows {
    std::int64_t outer = 1, size = 0;
};

/// Rows of `wide` keys, the row's size or more and then a multiple of four.
Tensor keysOf(Context& context, const Tensor& x, const Rows& rows, std::int64_t wide, bool descending) {
    const Tensor keys = context.empty({rows.outer, wide}, DType::i32);
    struct {
        std::uint32_t count, size, wide;
    } const push{std::uint32_t((keys.count() + 3) / 4), std::uint32_t(rows.size), std::uint32_t(wide)};
    context.run({.kernel = "tensor/sort_keys",
                 .tensors = {x, keys},
                 .bindings = {{"x", Access::read, Element::vec4}, {"keys", Access::write}},
                 .constants = {descending},
                 .groups = grid(push.count, 64)},
                push);
    return keys;
}

/// [outer, keep] indices of short rows.
Tensor byRanks(Context& context, const Tensor& keys, const Rows& rows, std::int64_t keep) {
    const Tensor indices = context.empty({rows.outer, keep}, DType::i32);
    struct {
        std::uint32_t outer, size, wide4, keep;
    } const push{std::uint32_t(rows.outer), std::uint32_t(rows.size), std::uint32_t(keys.shape()[1] / 4), std::uint32_t(keep)};
    context.run({.kernel = "tensor/sort_ranks",
                 .tensors = {keys, indices},
                 .bindings = {{"keys", Access::read, Element::uvec4}, {"indices", Access::write}},
                 .groups = grid(std::uint64_t(rows.outer * rows.size), 64)},
                push);
    return indices;
}

/// [outer, size] indices, by one pass for each digit from `digit` on.
Tensor byRadix(Context& context, Tensor keys, const Rows& rows, int digit, SortKernel kernel) {
    const bool shared = kernel == SortKernel::workgroup || (kernel == SortKernel::automatic && !context.device().isCpu());
    const std::int64_t length = 2048, blocks = (rows.size + length - 1) / length;
    const Shape flat{rows.outer, rows.size}, table{rows.outer, blocks, 256};
    const Tensor counts = context.empty(table, DType::i32), before = context.empty(table, DType::i32),
                 totals = context.empty({rows.outer, 256}, DType::i32);
    Tensor indices = keys, spareKeys = context.empty(flat, DType::i32), spare = context.empty(flat, DType::i32);
    struct {
        std::uint32_t outer, size, blocks, length, shift;
    } push{std::uint32_t(rows.outer), std::uint32_t(rows.size), std::uint32_t(blocks), std::uint32_t(length), 0};
    struct {
        std::uint32_t outer, blocks;
    } const scan{push.outer, push.blocks};
    const std::uint32_t local = shared ? 128 : 8;
    const auto groups = grid(std::uint64_t(rows.outer * blocks), shared ? 1 : local);
    for (const int first = digit; digit < 4; ++digit) {
        push.shift = std::uint32_t(8 * digit);
        context.run({.kernel = "tensor/radix_count",
                     .tensors = {keys, counts},
                     .bindings = {{"keys", Access::read, Element::u32}, {"counts", Access::write}},
                     .constants = {shared},
                     .local = {local, 1, 1},
                     .groups = groups},
                    push);
        context.run({.kernel = "tensor/radix_scan",
                     .tensors = {counts, before, totals},
                     .bindings = {{"counts", Access::read, Element::u32}, {"before", Access::write}, {"totals", Access::write}},
                     .groups = grid(std::uint64_t(rows.outer * 256), 64)},
                    scan);
        context.run({.kernel = "tensor/radix_move",
                     .tensors = {keys, indices, before, totals, spareKeys, spare},
                     .bindings = {{"keys", Access::read, Element::u32},
                                  {"indices", Access::read, Element::u32},
                                  {"before", Access::read, Element::u32},
                                  {"totals", Access::read, Element::u32},
                                  {"keys out", Access::write},
                                  {"indices out", Access::write}},
                     .constants = {shared, digit == first, digit == 3},
                     .local = {local, 1, 1},
                     .groups = groups},
                    push);
        std::swap(keys, spareKeys);
        if (digit == first) indices = context.empty(flat, DType::i32); // was a stand-in
        std::swap(indices, spare);
    }
    return indices;
}

/// y[row, j] = x[row, indices[row, j]] for indices [outer, keep]; back: the gradient, [outer, size], of y's.
Tensor pick(Context& context, const Tensor& x, const Tensor& indices, const Rows& rows, bool back) {
    const std::int64_t keep = indices.shape()[1];
    const Tensor y = back ? context.zeros({rows.outer, rows.size}) : context.empty({rows.outer, keep}, x.type());
    struct {
        std::uint32_t outer, size, keep;
    } const push{std::uint32_t(rows.outer), std::uint32_t(rows.size), std::uint32_t(keep)};
    const auto items = std::uint64_t(indices.count());
    context.run({.kernel = "tensor/sort_values",
                 .tensors = {x, indices, y},
                 .bindings = {{"x", Access::read, Element::f32}, {"indices", Access::read, Element::u32}, {"y", Access::write}},
                 .constants = {back},
                 .groups = grid(back ? items : (items + 3) / 4, 64)},
                push);
    return y;
}

Sorted sorted(Context& context, const char* name, const Tensor& input, std::int64_t keep, bool descending, SortKernel kernel) {
    const Tensor x = context.admit(name, input);
    (void)widest(x.type(), x.type(), name);
    const Rows rows{x.shape().product(0, x.shape().rank() - 1), x.shape().at(-1)};
    const Shape shape = x.shape().with(-1, keep);
    Tensor indices = context.empty({rows.outer, keep}, DType::i32);
    if (indices.count() > 0) {
        const Unrecorded inside(context);
        const bool few = rows.size <= shortRow;
        const Tensor keys = keysOf(context, x, rows, few ? (rows.size + 3) / 4 * 4 : rows.size, descending);
        if (few) {
            indices = byRanks(context, keys, rows, keep);
        } else { // the lowest digit of a widened f16 says no more than its sign
            indices = byRadix(context, keys, rows, x.type() == DType::f16 ? 1 : 0, kernel);
            if (keep < rows.size) indices = slice(context, indices, 1, 0, keep);
        }
    }
    const Tensor values = pick(context, x, indices, rows, false).reshaped(shape);
    if (tracked(context, {x}))
        context.tape->record(name, {x}, values, [&context, x, indices, rows](const Tensor& dy) {
            return std::vector<Tensor>{cast(context, pick(context, dy, indices, rows, true).reshaped(x.shape()), x.type())};
        });
    return {values, indices.reshaped(shape)};
}

} // namespace

Sorted sort(Context& context, const Tensor& x, bool descending, SortKernel kernel) {
    if (x.shape().rank() == 0) throw Error("sort: a scalar has no axis to sort along");
    return sorted(context, "sort", x, x.shape().at(-1), descending, kernel);
}

Sorted topK(Context& context, const Tensor& x, std::int64_t k, bool least, SortKernel kernel) {
    if (x.shape().rank() == 0 || k < 0 || k > x.shape().at(-1))
        throw Error("top-k: " + std::to_string(k) + " asked of the shape " + x.shape().text());
    return sorted(context, "top-k", x, k, !least, kernel);
}

} // namespace orrery::tensor
