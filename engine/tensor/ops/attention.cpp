// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/attention.h"

#include "engine/error.h"
#include "engine/tensor/ops/attention_plan.h"
#include "engine/tensor/ops/cast.h"
#include "engine/tensor/ops/elementwise.h"
#include "engine/tensor/ops/layout.h"
#include "engine/tensor/ops/reduce.h"
#include "engine/tensor/tape.h"

#include <algorithm>

namespace orrery::tensor {

namespace {

/// Multiply-adds from which the host is faster even when the device has to be waited for first, as for matmul.
constexpr double largeForHost = 4e6;

using gpu::Access, gpu::Element;

struct Push {
    std::uint32_t groupHeads, keyHeads, queries, keys, capacity;
    std::uint32_t queryAt, queryBatch, queryHead, queryToken, keyAt, valueAt, keyBatch, keyHead, keyToken;
    std::uint32_t outBatch, outHead, outToken;
    float scale;
    std::uint32_t biasBatch, biasHead, biasQuery, relHeight, relWidth;
    std::int32_t offset;
    std::uint32_t maskFrom, maskRow, chunk, groups;
};
static_assert(sizeof(Push) <= 128);

std::uint64_t groupsOf(std::int64_t size, std::int64_t each) { return std::uint64_t((size + each - 1) / each); }
std::int64_t linesOf(const AttentionPlan& p) { return p.heads / p.keyHeads * p.queries; }

Push pushOf(const AttentionPlan& p, std::int64_t chunk = 0) {
    const auto word = [](std::int64_t n) { return std::uint32_t(n); };
    const auto four = [](std::int64_t n) { return std::uint32_t(n / 4); };
    // Beyond the longest sequence an offset makes no difference, and so it fits.
    const std::int64_t offset = std::clamp(p.options.causal.value_or(0), -p.queries - 1, p.keys);
    return {word(p.heads / p.keyHeads),
            word(p.keyHeads),
            word(p.queries),
            word(p.keys),
            word(p.capacity),
            four(p.q.at),
            four(p.q.batch),
            four(p.q.head),
            four(p.q.token),
            four(p.k.at),
            four(p.v.at),
            four(p.k.batch),
            four(p.k.head),
            four(p.k.token),
            four(p.y.batch),
            four(p.y.head),
            four(p.y.token),
            float(p.scale),
            word(p.biasBatch),
            word(p.biasHead),
            word(p.biasQuery),
            word(p.relHeight),
            word(p.relWidth),
            std::int32_t(offset),
            word(p.maskFrom),
            word(p.maskRow),
            word(chunk),
            word(p.batch * p.keyHeads)};
}

/// The first eight bindings and the first six constants, common to all kernels of attention.
Context::Launch launchOf(Context& context, const AttentionPlan& p, const char* kernel) {
    const Tensor spare = context.empty({4}, DType::i32); // something to bind that is valid for each kind of view
    const auto or_ = [&](const Tensor& t) { return t ? t : spare; };
    const AttentionOptions& o = p.options;
    return {.kernel = kernel,
            .tensors = {p.q.tensor, p.k.tensor, p.v.tensor, or_(o.bias), or_(o.relH), or_(o.relW), or_(o.mask), or_(o.rows)},
            .bindings = {{"q", Access::read, Element::vec4},
                         {"k", Access::read, Element::vec4},
                         {"v", Access::read, Element::vec4},
                         {"bias", Access::read, Element::f32},
                         {"relH", Access::read, Element::f32},
                         {"relW", Access::read, Element::f32},
                         {"mask", Access::read, Element::u32},
                         {"rows", Access::read, Element::u32}},
            .constants = {std::uint32_t(p.size / 4), bool(o.bias), bool(o.relH), p.causal(), std::uint32_t(p.maskKind),
                          bool(o.rows)}};
}

void bind(Context::Launch& launch, const Tensor& tensor, gpu::Binding binding) {
    launch.tensors.push_back(tensor);
    launch.bindings.push_back(std::move(binding));
}

struct Result {
    Tensor y, lse;
};

/// Which kernel, and how it divides the work: rows of a tile, keys whose values are shared at a time (`shared` only),
/// invocations of a workgroup.
struct Tiles {
    AttentionKernel kernel = AttentionKernel::direct;
    std::uint32_t rows = 1, keys = 4, local = 32;
};

bool forMatrixUnits(const Context& context, const AttentionPlan& p) {
    const auto half = [](const Heads& h) { return h.tensor.type() == DType::f16; };
    return context.device().info().cooperativeMatrix && half(p.q) && half(p.k) && half(p.v) && p.size % 16 == 0 && p.size <= 128;
}

Tiles tilesOf(const Context& context, const AttentionPlan& p) {
    using enum AttentionKernel;
    const AttentionKernel wanted = p.options.kernel;
    const bool choose = wanted == automatic && !context.device().isCpu(), can = forMatrixUnits(context, p);
    if (wanted == cooperative && !can)
        throw Error(
            "attention: no kernel for matrix units: they take f16 heads of whole sixteens to 128, on a device that has them");
    if (wanted == cooperative || (choose && can && linesOf(p) > 16)) return {cooperative, 64, 64, 128};
    if (p.size <= 128 && (wanted == shared || choose)) {
        const bool roomy = context.device().info().limits.maxComputeSharedMemorySize >= 32u << 10;
        const std::uint32_t rows = roomy && linesOf(p) > 32 ? 64 : 32;
        const std::uint32_t slice = 16 * (rows / 4 + 17); // groups of four that fit: attention_shared.comp
        return {shared, rows, std::uint32_t(p.size) / 4 * 16 <= slice ? 16U : 8U, 128};
    }
    // Two queries in an invocation read each key once; with larger heads that is slower, for want of registers (lavapipe: 7.3
    // GFLOP/s by one and 5.8 by two queries with heads of 64, 7.3 and 11.3 with 32), and is compiled for seconds.
    const std::int64_t all = linesOf(p) * p.batch * p.keyHeads;
    Tiles tiles{.rows = p.size <= 32 && all >= 64 ? 2U : 1U};
    if (all <= 512) tiles.local = 8; // so that all cores get some
    return tiles;
}

/// Few queries and many keys: parts of the keys side by side. The rule knows shapes only, so results do not depend on load.
std::int64_t chunkOf(const Context& context, const AttentionPlan& p, const Tiles& tiles) {
    const std::int64_t busy = (context.device().isCpu() ? 128 : 16384) / (tiles.kernel == AttentionKernel::direct ? 1 : 16);
    const std::int64_t items = std::int64_t(groupsOf(linesOf(p), tiles.rows)) * p.batch * p.keyHeads;
    const std::int64_t parts = std::clamp<std::int64_t>(busy / std::max<std::int64_t>(1, items), 1, 32);
    const std::int64_t chunk = std::max<std::int64_t>(64, (p.keys + parts - 1) / parts);
    return (chunk + 63) / 64 * 64; // whole tiles
}

Result onDevice(Context& context, const AttentionPlan& p, DType type) {
    const Tiles tiles = tilesOf(context, p);
    const std::int64_t chunk = chunkOf(context, p, tiles), parts = (p.keys + chunk - 1) / chunk;
    const Result result{context.empty(p.shape, type), context.empty({p.batch, p.heads, p.queries})};
    const Result target =
        parts == 1 ? result : Result{context.empty({parts, p.rowCount() * p.size}), context.empty({parts, p.rowCount()})};
    const std::uint64_t blocks = groupsOf(linesOf(p), tiles.rows), heads = std::uint64_t(p.batch * p.keyHeads);
    const bool direct = tiles.kernel == AttentionKernel::direct, shared = tiles.kernel == AttentionKernel::shared;
    Context::Launch launch = launchOf(context, p,
                                      direct   ? "tensor/attention"
                                      : shared ? "tensor/attention_shared"
                                               : "tensor/attention_cooperative");
    bind(launch, target.y, {"y", Access::write});
    bind(launch, target.lse, {"lse", Access::write});
    if (direct || shared) launch.constants.push_back(tiles.rows);
    if (shared) launch.constants.push_back(tiles.keys);
    if (direct)
        launch.local = {tiles.local, 1, 1}, launch.groups = grid(blocks * heads * std::uint64_t(parts), tiles.local);
    else
        launch.local = shared ? std::array<std::uint32_t, 3>{16, 8, 1} : std::array<std::uint32_t, 3>{128, 1, 1},
        launch.groups = {blocks, heads, std::uint64_t(parts)};
    launch.flops = 4 * double(p.rowCount()) * double(p.keys) * double(p.size);
    context.run(launch, pushOf(p, chunk));
    if (parts == 1) return result;
    struct Merge {
        std::uint32_t rows, parts, D4, queries, heads, outBatch, outHead, outToken;
    };
    const Push push = pushOf(p);
    const auto size4 = std::uint32_t(p.size / 4);
    context.run({.kernel = "tensor/attention_merge",
                 .tensors = {target.y, target.lse, result.y, result.lse},
                 .bindings = {{"partial", Access::read, Element::vec4},
                              {"partialLse", Access::read, Element::f32},
                              {"y", Access::write},
                              {"lse", Access::write}},
                 .groups = grid(std::uint64_t(p.rowCount()) * size4, 64)},
                Merge{std::uint32_t(p.rowCount()), std::uint32_t(parts), size4, std::uint32_t(p.queries), std::uint32_t(p.heads),
                      push.outBatch, push.outHead, push.outToken});
    return result;
}

Result onHost(Context& context, AttentionPlan p, DType type) {
    for (Tensor* t : {&p.q.tensor, &p.k.tensor, &p.v.tensor, &p.options.bias, &p.options.relH, &p.options.relW})
        *t = cast(context, *t, DType::f32);
    const Result result{context.empty(p.shape), context.empty({p.batch, p.heads, p.queries})};
    attentionOnHost(context, p, result.y, result.lse);
    return {cast(context, result.y, type), result.lse};
}

bool forHost(const Context& context, const AttentionPlan& p) {
    if (!context.hostProducts() || p.options.kernel != AttentionKernel::automatic) return false;
    return context.products() == Products::host || double(p.rowCount()) * double(p.keys) * double(p.size) * 2 >= largeForHost;
}

Result forward(Context& context, const AttentionPlan& p) {
    const Unrecorded inside(context);
    const DType type = widest(widest(p.q.tensor.type(), p.k.tensor.type(), "attention"), p.v.tensor.type(), "attention");
    if (p.keys == 0 || p.shape.count() == 0) return {context.zeros(p.shape, type), {}};
    return forHost(context, p) ? onHost(context, p, type) : onDevice(context, p, type);
}

struct Slopes {
    Tensor q, k, v; ///< one and the same where the inputs are
    Tensor bias{}, relH{}, relW{};
};

/// The gradients by two passes, one over queries and one over keys, into tensors that lie like the inputs.
void backward(Context& context, const AttentionPlan& p, const Result& result, const Tensor& dy, const Slopes& to) {
    const Tensor product = multiply(context, cast(context, dy, DType::f32), cast(context, result.y, DType::f32));
    const Tensor delta = sum(context, product.reshaped({p.rowCount(), p.size}), {1});
    const auto launch = [&](const char* kernel) {
        Context::Launch l = launchOf(context, p, kernel);
        bind(l, dy, {"dy", Access::read, Element::vec4});
        bind(l, result.lse, {"lse", Access::read, Element::f32});
        bind(l, delta, {"delta", Access::read, Element::f32});
        l.local = {32, 1, 1};
        return l;
    };
    const auto groups = std::uint64_t(p.batch * p.keyHeads);
    Context::Launch queries = launch("tensor/attention_queries");
    const Tensor spare = to.bias && to.relH ? Tensor{} : context.empty({4});
    const auto or_ = [&](const Tensor& t) { return t ? t : spare; };
    bind(queries, to.q, {"dq", Access::write});
    bind(queries, or_(to.bias), {"dbias", Access::write});
    bind(queries, or_(to.relH), {"drelH", Access::readWrite});
    bind(queries, or_(to.relW), {"drelW", Access::readWrite});
    queries.constants.insert(queries.constants.end(), {bool(to.bias), bool(to.relH)});
    queries.groups = {groupsOf(linesOf(p), 32), groups, 1};
    context.run(queries, pushOf(p));
    Context::Launch keys = launch("tensor/attention_keys");
    bind(keys, to.k, {"dk", Access::write});
    bind(keys, to.v, {"dv", Access::write});
    keys.groups = {groupsOf(p.keys, 32), groups, 1};
    context.run(keys, pushOf(p));
}

/// Records what both forms of the op share; `inputs` are the tensors of q, k and v, one where they are one.
Tensor noted(Context& context, const AttentionPlan& p, const std::vector<Tensor>& sources) {
    const AttentionOptions& o = p.options;
    const bool listens = context.tape && (tracked(context, {o.bias, o.relH, o.relW}) ||
                                          std::ranges::any_of(sources, [&](const Tensor& t) { return context.tape->tracks(t); }));
    if (listens && o.rows) throw Error("attention: there are no gradients through a map of rows");
    const Result result = forward(context, p);
    if (!listens) return result.y;
    std::vector<Tensor> inputs = sources;
    inputs.insert(inputs.end(), {o.bias, o.relH, o.relW});
    context.tape->record("attention", inputs, result.y, [&context, p, result, sources, tape = context.tape](const Tensor& dy) {
        const AttentionOptions& o = p.options;
        std::vector<Tensor> back; // zeros: a cache may be longer than what was read of it, and a kernel adds
        for (const Tensor& source : sources) back.push_back(context.zeros(source.shape(), source.type()));
        Slopes to{.q = back.front(), .k = back[sources.size() == 3 ? 1 : 0], .v = back[sources.size() == 3 ? 2 : 0]};
        if (o.bias && tape->tracks(o.bias)) to.bias = context.zeros({p.batch, p.heads, p.queries, p.keys});
        if (o.relH && (tape->tracks(o.relH) || tape->tracks(o.relW)))
            to.relH = context.zeros(o.relH.shape()), to.relW = context.zeros(o.relW.shape());
        if (result.lse) backward(context, p, result, dy, to);
        if (to.bias) to.bias = cast(context, sumTo(context, to.bias, o.bias.shape()), o.bias.type());
        if (to.relH) to.relH = cast(context, to.relH, o.relH.type()), to.relW = cast(context, to.relW, o.relW.type());
        back.insert(back.end(), {to.bias, to.relH, to.relW});
        return back;
    });
    return result.y;
}

std::int64_t missing(std::int64_t size) { return (4 - size % 4) % 4; }

} // namespace

Tensor attention(Context& context, const Tensor& first, const Tensor& second, const Tensor& third,
                 const AttentionOptions& options) {
    const Tensor q = context.admit("attention", first), k = context.admit("attention", second),
                 v = context.admit("attention", third);
    AttentionPlan p = planAttention(q, k, v, options);
    const std::int64_t more = missing(p.size);
    if (more == 0) return noted(context, p, {q, k, v});
    // The kernels read whole groups of four: zeros fill up a head and change no product.
    AttentionOptions same = options;
    same.scale = p.scale;
    const auto padded = [&](const Tensor& x) { return pad(context, x, -1, 0, more); };
    return pad(context, attention(context, padded(q), padded(k), padded(v), same), -1, 0, -more);
}

Tensor attention(Context& context, const Tensor& input, std::int64_t heads, std::int64_t keyHeads,
                 const AttentionOptions& options) {
    const Tensor qkv = context.admit("attention", input);
    AttentionPlan p = planAttention(qkv, heads, keyHeads, options);
    const std::int64_t more = missing(p.size), slots = heads + 2 * keyHeads, size = p.size + more;
    if (more == 0) return noted(context, p, {qkv});
    AttentionOptions same = options;
    same.scale = p.scale;
    const Tensor whole = pad(context, reshape(context, qkv, {p.batch, p.queries, slots, p.size}), -1, 0, more);
    const Tensor y = attention(context, reshape(context, whole, {p.batch, p.queries, slots * size}), heads, keyHeads, same);
    const Tensor cut = pad(context, reshape(context, y, {p.batch, p.queries, heads, size}), -1, 0, -more);
    return reshape(context, cut, {p.batch, p.queries, heads * p.size});
}

} // namespace orrery::tensor
