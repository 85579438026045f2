// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/cases.h"
#include "engine/tensor/ops/layout.h"

namespace orrery::tensor {

namespace {

/// Layouts copy: exact.
Case row(std::string name, std::vector<Shape> shapes, std::function<Tensor(Context&, std::span<const Tensor>)> run,
         std::function<Array(std::span<const Array>)> reference) {
    Case c;
    c.name = std::move(name);
    for (Shape& shape : shapes) c.inputs.push_back({std::move(shape), Fill::spread});
    c.run = std::move(run);
    c.reference = [reference = std::move(reference)](std::span<const Array> in) { return Expected{reference(in), {}}; };
    c.tolerance = 0;
    return c;
}

/// Element by element: `from` gives the index in the input, or false for a zero.
Array map(const Array& x, const Shape& shape, const std::function<bool(std::vector<std::int64_t>&)>& from) {
    Array y(shape);
    for (std::size_t i = 0; i < y.size(); ++i) {
        std::vector<std::int64_t> index(shape.rank());
        std::size_t rest = i;
        for (std::size_t axis = shape.rank(); axis-- > 0; rest /= std::size_t(shape[axis]))
            index[axis] = std::int64_t(rest % std::size_t(shape[axis]));
        if (!from(index)) continue;
        std::size_t at = 0;
        for (std::size_t axis = 0; axis < x.shape.rank(); ++axis) at = at * std::size_t(x.shape[axis]) + std::size_t(index[axis]);
        y[i] = x[at];
    }
    return y;
}

Case permuteCase(const Shape& shape, const std::vector<int>& order) {
    std::string name = "permute " + shape.text() + " by";
    for (const int axis : order) name += " " + std::to_string(axis);
    return row(
        name, {shape}, [order](Context& c, std::span<const Tensor> in) { return permute(c, in[0], order); },
        [order](std::span<const Array> in) {
            std::vector<std::int64_t> sizes;
            for (const int axis : order) sizes.push_back(in[0].shape[std::size_t(axis)]);
            return map(in[0], Shape(sizes), [&](std::vector<std::int64_t>& index) {
                const auto to = index;
                for (std::size_t i = 0; i < order.size(); ++i) index[std::size_t(order[i])] = to[i];
                return true;
            });
        });
}

Case padCase(const Shape& shape, int axis, int before, int after) {
    return row(
        "pad " + shape.text() + " on " + std::to_string(axis) + " by " + std::to_string(before) + " and " + std::to_string(after),
        {shape}, [=](Context& c, std::span<const Tensor> in) { return pad(c, in[0], axis, before, after); },
        [=](std::span<const Array> in) {
            const std::size_t a = in[0].shape.axis(axis);
            return map(in[0], in[0].shape.with(axis, in[0].shape[a] + before + after), [&](std::vector<std::int64_t>& index) {
                index[a] -= before;
                return index[a] >= 0 && index[a] < in[0].shape[a];
            });
        });
}

Case concatCase(const std::vector<Shape>& shapes, int axis) {
    std::string name = "concat on " + std::to_string(axis) + " of";
    for (const Shape& shape : shapes) name += " " + shape.text();
    return row(
        name, shapes,
        [axis](Context& c, std::span<const Tensor> in) {
            return concat(c, {in.begin(), in.end()}, axis);
        },
        [axis](std::span<const Array> in) {
            std::int64_t size = 0;
            for (const Array& part : in) size += part.shape.at(axis);
            const Shape whole = in[0].shape.with(axis, size);
            Array y(whole);
            std::int64_t before = 0;
            for (const Array& part : in) {
                const Array placed = map(part, whole, [&](std::vector<std::int64_t>& index) {
                    std::int64_t& i = index[whole.axis(axis)];
                    i -= before;
                    return i >= 0 && i < part.shape.at(axis);
                });
                for (std::size_t i = 0; i < y.size(); ++i) y[i] += placed[i];
                before += part.shape.at(axis);
            }
            return y;
        });
}

Case broadcastCase(const Shape& from, const Shape& to) {
    return row(
        "broadcast " + from.text() + " to " + to.text(), {from},
        [to](Context& c, std::span<const Tensor> in) { return broadcastTo(c, in[0], to); },
        [to](std::span<const Array> in) {
            Array y(to);
            for (std::size_t i = 0; i < y.size(); ++i) y[i] = in[0][broadcastIndex(in[0].shape, to, i)];
            return y;
        });
}

} // namespace

std::vector<Case> layoutCases() {
    std::vector<Case> rows = {
        permuteCase({5, 7}, {1, 0}),
        permuteCase({2, 3, 4, 5}, {2, 0, 3, 1}),
        permuteCase({3, 1, 2}, {2, 1, 0}),
        permuteCase({2, 1, 3, 2, 1, 3}, {5, 4, 3, 2, 1, 0}),
        padCase({3, 5}, 0, 2, 1),
        padCase({3, 5}, 1, 0, 3),
        padCase({3, 5}, 1, -2, -1), // a slice
        padCase({4, 3, 2}, 1, 1, -2),
        padCase({7}, 0, -7, 0), // nothing left
        padCase({0, 4}, 0, 2, 0),
        concatCase({{3, 4}, {2, 4}}, 0),
        concatCase({{3, 4}, {3, 1}, {3, 6}}, -1),
        concatCase({{90, 2}, {90, 3}}, 1), // too many rows for copies of runs
        concatCase({{2, 0}, {2, 3}}, 1),
        broadcastCase({3, 1}, {3, 5}),
        broadcastCase({4}, {2, 3, 4}),
        broadcastCase({2, 1, 3}, {2, 4, 3}),
        broadcastCase({}, {3}),
    };
    rows.push_back(row(
        "reshape", {{4, 6}},
        [](Context& c, std::span<const Tensor> in) {
            return reshape(c, in[0], {3, -1});
        },
        [](std::span<const Array> in) {
            return Array({3, 8}, in[0].values);
        }));
    return rows;
}

} // namespace orrery::tensor
