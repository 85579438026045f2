// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/scan.h"

#include "engine/error.h"
#include "engine/tensor/ops/cast.h"
#include "engine/tensor/tape.h"

#include <algorithm>

namespace orrery::tensor {

namespace {

enum class Kind : std::uint32_t { sum, real, complexPairs }; // numbers of the shader
enum class Mode : std::uint32_t { elements, columns, rows }; // likewise

/// [outer, size, inner] elements of `width` floats.
struct Form {
    std::int64_t outer = 1, size = 0, inner = 1, width = 1;

    Mode mode() const {
        if (inner == 1 && size * width % 4 == 0) return Mode::rows;
        return inner * width % 4 == 0 ? Mode::columns : Mode::elements;
    }
    /// What the kernel counts across: elements, or groups of four floats.
    std::int64_t across() const { return mode() == Mode::columns ? inner * width / 4 : inner; }
    std::int64_t lanes() const { return outer * across(); }
};

struct Way {
    Kind kind = Kind::sum;
    bool reverse = false, adjoint = false, exclusive = false;
    ScanKernel kernel = ScanKernel::automatic;
};

struct Chunks {
    std::int64_t count = 1, length = 0;
    bool shared = false; ///< a workgroup for each
};

/// One sequence per invocation while there are enough of them to fill the device; else pieces of them.
Chunks chunked(const Context& context, const Form& form, ScanKernel kernel) {
    const bool cpu = context.device().isCpu();
    const std::int64_t enough = cpu ? 64 : 65536, wanted = cpu ? 256 : 262144, lanes = std::max<std::int64_t>(form.lanes(), 1);
    Chunks chunks{1, form.size, false};
    chunks.shared = form.mode() == Mode::rows && (kernel == ScanKernel::workgroup || (kernel == ScanKernel::automatic && !cpu));
    if (chunks.shared) {
        const std::int64_t round = 2048 / form.width; // steps that a workgroup takes at a time
        const std::int64_t pieces = std::max<std::int64_t>(1, 4096 / lanes);
        chunks.length = (form.size + pieces - 1) / pieces;
        chunks.length = (chunks.length + round - 1) / round * round;
    } else if (lanes < enough) {
        chunks.length = std::max<std::int64_t>(64, (form.size * lanes + wanted - 1) / wanted);
        chunks.length = (chunks.length + 3) / 4 * 4;
    }
    chunks.count = (form.size + chunks.length - 1) / chunks.length;
    return chunks;
}

struct Push {
    std::uint32_t outer, size, inner, chunks, length;
};

void launch(Context& context, const Way& way, const Form& form, const Chunks& chunks, const std::array<Tensor, 5>& tensors,
            bool carried, bool summary) {
    using gpu::Access, gpu::Element;
    Context::Launch launch{.kernel = chunks.shared ? "tensor/scan_shared" : "tensor/scan",
                           .tensors = {tensors.begin(), tensors.end()},
                           .bindings = {{"a", Access::read, Element::vec4},
                                        {"b", Access::read, Element::vec4},
                                        {"carry", Access::read, Element::vec4},
                                        {"h", Access::write},
                                        {"product", Access::write}},
                           .constants = {std::uint32_t(way.kind), std::uint32_t(form.mode()), way.reverse, way.adjoint,
                                         way.exclusive, carried, summary}};
    const std::int64_t tasks = form.lanes() * chunks.count;
    // Eight lanes to a workgroup where there are few, so that every core of a CPU device gets some.
    launch.local = {chunks.shared ? 128u : context.device().isCpu() && tasks < 1024 ? 8u : 64u, 1, 1};
    launch.groups = chunks.shared ? grid(std::uint64_t(tasks), 1) : grid(std::uint64_t(tasks), launch.local[0]);
    context.run(launch, Push{std::uint32_t(form.outer), std::uint32_t(form.size), std::uint32_t(form.across()),
                             std::uint32_t(chunks.count), std::uint32_t(chunks.length)});
}

/// `carry`, of [outer, inner], may be undefined.
Tensor scanMiddle(Context& context, const Way& way, const Tensor& a, const Tensor& b, const Tensor& carry, const Form& form) {
    const Shape flat{form.outer, form.size, form.inner, form.width};
    const Tensor h = context.empty(flat);
    if (h.count() == 0) return h;
    const Chunks chunks = chunked(context, form, way.kernel);
    if (chunks.count == 1) {
        launch(context, way, form, chunks, {a, b, carry ? carry : b, h, h}, bool(carry), false);
        return h;
    }
    Form outline = form;
    outline.size = chunks.count;
    const Shape parts{form.outer, chunks.count, form.inner, form.width};
    const Tensor last = context.empty(parts), product = way.kind == Kind::sum ? last : context.empty(parts);
    launch(context, way, form, chunks, {a, b, b, last, product}, false, true);
    const Way between{way.kind, way.reverse, false, true, way.kernel};
    const Tensor start = scanMiddle(context, between, product, last, carry, outline);
    launch(context, way, form, chunks, {a, b, start, h, h}, true, false);
    return h;
}

Form formOf(const Shape& shape, std::size_t axis, bool complexPairs) {
    const std::int64_t width = complexPairs ? 2 : 1;
    return {shape.product(0, axis), shape[axis], shape.product(axis + 1, shape.rank()) / width, width};
}

/// Gradient of a, or of the initial state where `ofInitial`; see scan_slope.comp.
Tensor slope(Context& context, const Way& way, const Form& form, const Tensor& g, const Tensor& x, const Tensor& carry,
             bool ofInitial) {
    using gpu::Access, gpu::Element;
    Form result = form;
    if (ofInitial) result.size = 1;
    const Tensor y = context.empty({result.outer, result.size, result.inner, result.width});
    // Rows are read element by element here; columns abreast, as in the scan.
    const bool columns = form.inner * form.width % 4 == 0;
    const std::int64_t across = columns ? form.inner * form.width / 4 : form.inner;
    struct {
        std::uint32_t outer, size, inner;
    } const push{std::uint32_t(form.outer), std::uint32_t(form.size), std::uint32_t(across)};
    context.run({.kernel = "tensor/scan_slope",
                 .tensors = {g, x, carry ? carry : x, y},
                 .bindings = {{"g", Access::read, Element::vec4},
                              {"x", Access::read, Element::vec4},
                              {"carry", Access::read, Element::vec4},
                              {"y", Access::write}},
                 .constants = {std::uint32_t(way.kind), std::uint32_t(columns ? Mode::columns : Mode::elements), way.reverse,
                               ofInitial, bool(carry)},
                 .groups = grid(std::uint64_t(result.outer * result.size * across), 64)},
                push);
    return y;
}

void check(const Tensor& a, const Tensor& b, const ScanOptions& o) {
    const Shape& shape = a.shape();
    if (shape != b.shape())
        throw Error("linear scan: the shapes " + shape.text() + " and " + b.shape().text() + " are not the same");
    if (o.complexPairs && (shape.rank() < 2 || shape.at(-1) != 2 || shape.axis(o.axis) == shape.rank() - 1))
        throw Error("linear scan: complex pairs take a last axis of size 2, apart from the axis of the scan; the shape is " +
                    shape.text() + " and the axis " + std::to_string(o.axis));
    if (!o.initial) return;
    std::vector<std::int64_t> sizes = shape.sizes();
    sizes.erase(sizes.begin() + std::ptrdiff_t(shape.axis(o.axis)));
    if (o.initial.shape() != Shape(sizes))
        throw Error("linear scan: an initial state of shape " + o.initial.shape().text() + " for a scan of " + shape.text() +
                    " along axis " + std::to_string(o.axis) + "; " + Shape(sizes).text() + " would fit");
}

} // namespace

Tensor cumsum(Context& context, const Tensor& input, int axis, const SumOptions& options) {
    const Tensor x = context.admit("cumsum", input);
    (void)widest(x.type(), x.type(), "cumsum");
    const Form form = formOf(x.shape(), x.shape().axis(axis), false);
    const Way way{Kind::sum, options.reverse, false, options.exclusive, options.kernel};
    const Tensor y = scanMiddle(context, way, x, x, {}, form).reshaped(x.shape());
    if (tracked(context, {x}))
        context.tape->record("cumsum", {x}, y, [&context, way, form, x](const Tensor& dy) {
            Way back = way;
            back.reverse = !way.reverse;
            const Tensor dx = scanMiddle(context, back, dy, dy, {}, form).reshaped(x.shape());
            return std::vector<Tensor>{cast(context, dx, x.type())};
        });
    return y;
}

Tensor linearScan(Context& context, const Tensor& first, const Tensor& second, const ScanOptions& options) {
    const Tensor a = context.admit("linear scan", first), b = context.admit("linear scan", second);
    const Tensor initial = context.admit("linear scan", options.initial);
    (void)widest(a.type(), b.type(), "linear scan");
    check(a, b, options);
    const Form form = formOf(a.shape(), a.shape().axis(options.axis), options.complexPairs);
    const Kind kind = options.complexPairs ? Kind::complexPairs : Kind::real;
    const Way way{kind, options.reverse, false, false, options.kernel};
    const Tensor h = scanMiddle(context, way, a, b, initial, form).reshaped(a.shape());
    if (!tracked(context, {a, b, initial})) return h;
    context.tape->record(
        "linear scan", {a, b, initial}, h, [&context, way, form, a, b, initial, h, tape = context.tape](const Tensor& dh) {
            if (h.count() == 0) {
                const Tensor none = initial ? context.zeros(initial.shape(), initial.type()) : Tensor{};
                return std::vector<Tensor>{context.zeros(a.shape(), a.type()), context.zeros(b.shape(), b.type()), none};
            }
            Way back = way; // what reaches h_t comes through h_(t+1) = a_(t+1) h_t + …
            back.reverse = !way.reverse, back.adjoint = true;
            const Tensor g = scanMiddle(context, back, a, dh, {}, form);
            const auto as = [&](const Tensor& gradient, const Tensor& x) {
                return cast(context, gradient.reshaped(x.shape()), x.type());
            };
            Tensor da, dInitial;
            if (tape->tracks(a)) da = as(slope(context, way, form, g, h, initial, false), a);
            if (initial && tape->tracks(initial)) dInitial = as(slope(context, way, form, g, a, {}, true), initial);
            return std::vector<Tensor>{da, as(g, b), dInitial};
        });
    return h;
}

} // namespace orrery::tensor
