// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/attention.h"
#include "engine/tensor/ops/cases.h"
#include "engine/tensor/ops/layout.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace orrery::tensor {

namespace {

enum class Masked { none, bytes, words, bits };

struct Form {
    std::int64_t B = 1, heads = 1, keyHeads = 1, queries = 1, keys = 1, size = 4;
    Shape bias{};
    std::int64_t relH = 0, relW = 0;
    std::optional<std::int64_t> causal{};
    Masked mask = Masked::none;
    std::int64_t maskKeys = 0;
    std::int64_t capacity = 0; ///< > 0: of a cache whose rows are mapped
    std::int64_t spare = 0;    ///< tokens of k and v beyond `length`
    bool packed = false, tokensFirst = false;
    AttentionKernel kernel = AttentionKernel::automatic;
};

/// Whether a tree's node j is an ancestor of node i, or a node itself: any fixed pattern with the diagonal in it. Row 1 sees
/// nothing.
bool inTree(std::int64_t i, std::int64_t j) { return i != 1 && (i == j || (i * 7 + j * 13 + i * j) % 5 < 2); }
std::int64_t rowOf(const Form& f, std::int64_t key) { return (key * 7 + 3) % f.capacity; } // capacity: no multiple of 7

Tensor maskOf(Context& c, const Form& f) {
    const std::int64_t words = (f.maskKeys + 31) / 32;
    std::vector<std::uint8_t> bytes;
    std::vector<std::int32_t> whole;
    std::vector<std::uint32_t> bits(std::size_t(f.queries * words), 0);
    for (std::int64_t i = 0; i < f.queries; ++i)
        for (std::int64_t j = 0; j < f.maskKeys; ++j) {
            const bool on = inTree(i, j);
            bytes.push_back(on ? 255 : 0), whole.push_back(on ? -3 : 0);
            bits[std::size_t(i * words + j / 32)] |= on ? 1U << j % 32 : 0;
        }
    if (f.mask == Masked::bytes) return c.upload({f.queries, f.maskKeys}, std::span<const std::uint8_t>(bytes));
    if (f.mask == Masked::words) return c.upload({f.queries, f.maskKeys}, std::span<const std::int32_t>(whole));
    const std::vector<std::int32_t> same(bits.begin(), bits.end());
    return c.upload({f.queries, words}, std::span<const std::int32_t>(same));
}

Tensor run(Context& c, const Form& f, std::span<const Tensor> in) {
    AttentionOptions o{.causal = f.causal, .kernel = f.kernel};
    std::size_t next = f.packed ? 1 : 3;
    if (f.bias.rank() > 0) o.bias = in[next++];
    if (f.relH > 0) o.relH = in[next], o.relW = in[next + 1];
    if (f.mask != Masked::none) o.mask = maskOf(c, f), o.maskBits = f.mask == Masked::bits ? f.maskKeys : 0;
    if (f.spare > 0) o.length = f.keys;
    if (f.capacity > 0) {
        std::vector<std::int32_t> rows;
        for (std::int64_t j = 0; j < f.keys + 5; ++j) rows.push_back(std::int32_t(rowOf(f, j)));
        o.rows = c.upload({f.keys + 5}, std::span<const std::int32_t>(rows)), o.length = f.keys;
    }
    if (f.tokensFirst) o.order = HeadOrder::tokensFirst;
    return f.packed ? attention(c, in[0], f.heads, f.keyHeads, o) : attention(c, in[0], in[1], in[2], o);
}

/// Where number d of a token of a head lies: which = 0, 1, 2 for q, k, v.
std::size_t place(const Form& f, int which, std::int64_t b, std::int64_t head, std::int64_t token, std::int64_t d) {
    const std::int64_t D = f.size, heads = which == 0 ? f.heads : f.keyHeads;
    if (f.packed) {
        const std::int64_t slots = f.heads + 2 * f.keyHeads,
                           slot = head + (which > 0 ? f.heads : 0) + (which > 1 ? f.keyHeads : 0);
        return std::size_t(((b * f.queries + token) * slots + slot) * D + d);
    }
    const std::int64_t tokens = which == 0 ? f.queries : f.capacity > 0 ? f.capacity : f.keys + f.spare;
    return std::size_t((f.tokensFirst ? (b * tokens + token) * heads + head : (b * heads + head) * tokens + token) * D + d);
}

/// Scores of one query, minus infinity where it does not see; returns the largest sum of magnitudes in one of them.
double scores(const Form& f, std::span<const Array> in, std::int64_t b, std::int64_t h, std::int64_t i, std::vector<double>& s) {
    const Array &q = in[0], &k = in[f.packed ? 0 : 1];
    std::size_t next = f.packed ? 1 : 3;
    const Array* bias = f.bias.rank() > 0 ? &in[next++] : nullptr;
    const Shape all{f.B, f.heads, f.queries, f.keys};
    double most = 0;
    for (std::int64_t j = 0; j < f.keys; ++j) {
        double sum = 0, size = 0;
        for (std::int64_t d = 0; d < f.size; ++d) {
            const double x =
                q[place(f, 0, b, h, i, d)] * k[place(f, 1, b, h / (f.heads / f.keyHeads), f.capacity > 0 ? rowOf(f, j) : j, d)];
            sum += x, size += std::abs(x);
        }
        sum /= std::sqrt(double(f.size)), size /= std::sqrt(double(f.size));
        const std::int64_t row = (b * f.heads + h) * f.queries + i;
        const auto plus = [&](double x) { sum += x, size += std::abs(x); };
        if (bias) plus((*bias)[broadcastIndex(bias->shape, all, std::size_t(row * f.keys + j))]);
        if (f.relH > 0) {
            plus(in[next][std::size_t(row * f.relH + j / f.relW)]);
            plus(in[next + 1][std::size_t(row * f.relW + j % f.relW)]);
        }
        const bool hidden = (f.causal && j > i + *f.causal) ||
                            (f.mask != Masked::none && j >= f.keys - f.maskKeys && !inTree(i, j - (f.keys - f.maskKeys)));
        s[std::size_t(j)] = hidden ? -std::numeric_limits<double>::infinity() : sum;
        if (!hidden) most = std::max(most, size);
    }
    return most;
}

Expected reference(const Form& f, std::span<const Array> in) {
    const Shape shape = f.packed ? Shape{f.B, f.queries, f.heads * f.size} : in[0].shape;
    Expected e{Array(shape), Array(shape)};
    const Array& v = in[f.packed ? 0 : 2];
    std::vector<double> s(std::size_t(f.keys));
    for (std::int64_t b = 0; b < f.B; ++b)
        for (std::int64_t h = 0; h < f.heads; ++h)
            for (std::int64_t i = 0; i < f.queries; ++i) {
                const double most = scores(f, in, b, h, i, s);
                const double top = f.keys > 0 ? *std::ranges::max_element(s) : 0;
                double weight = 0;
                for (double& x : s) weight += x = std::isinf(x) ? 0 : std::exp(x - top);
                for (std::int64_t d = 0; d < f.size; ++d) {
                    double sum = 0, size = 0;
                    for (std::int64_t j = 0; j < f.keys; ++j) {
                        const std::int64_t token = f.capacity > 0 ? rowOf(f, j) : j;
                        const double x = v[place(f, 2, b, h / (f.heads / f.keyHeads), token, d)];
                        const double p = weight > 0 ? s[std::size_t(j)] / weight : 0;
                        sum += p * x, size += p * std::abs(x);
                    }
                    const std::size_t at =
                        f.packed ? std::size_t(((b * f.queries + i) * f.heads + h) * f.size + d) : place(f, 0, b, h, i, d);
                    e.value[at] = sum, e.scale[at] = size * (1 + most);
                }
            }
    return e;
}

std::string nameOf(const Form& f) {
    std::string name = Shape{f.B, f.heads, f.queries, f.size}.text() + " x " + std::to_string(f.keys);
    if (f.keyHeads != f.heads) name += ", key heads " + std::to_string(f.keyHeads);
    if (f.bias.rank() > 0) name += ", bias " + f.bias.text();
    if (f.relH > 0) name += ", positions " + std::to_string(f.relH) + "x" + std::to_string(f.relW);
    if (f.causal) name += ", causal " + std::to_string(*f.causal);
    constexpr const char* masks[] = {"", ", mask of bytes", ", mask of words", ", mask of bits"};
    name += masks[std::size_t(f.mask)];
    if (f.capacity > 0) name += ", mapped";
    if (f.spare > 0) name += ", part of a cache";
    if (f.packed) name += ", packed";
    if (f.tokensFirst) name += ", tokens first";
    if (f.kernel == AttentionKernel::shared) name += ", shared";
    if (f.kernel == AttentionKernel::direct) name += ", direct";
    return name;
}

Case attentionCase(const Form& f) {
    Case row;
    row.name = nameOf(f);
    const std::int64_t tokens = f.capacity > 0 ? f.capacity : f.keys + f.spare;
    const auto lying = [&](std::int64_t heads, std::int64_t count) {
        return f.tokensFirst ? Shape{f.B, count, heads, f.size} : Shape{f.B, heads, count, f.size};
    };
    if (f.packed)
        row.inputs = {{Shape{f.B, f.queries, (f.heads + 2 * f.keyHeads) * f.size}}};
    else
        row.inputs = {{lying(f.heads, f.queries)}, {lying(f.keyHeads, tokens)}, {lying(f.keyHeads, tokens)}};
    if (f.bias.rank() > 0) row.inputs.push_back({f.bias});
    if (f.relH > 0)
        row.inputs.insert(row.inputs.end(), {{Shape{f.B, f.heads, f.queries, f.relH}}, {Shape{f.B, f.heads, f.queries, f.relW}}});
    row.run = [f](Context& c, std::span<const Tensor> in) { return run(c, f, in); };
    row.reference = [f](std::span<const Array> in) { return reference(f, in); };
    // A score is off by the root of D units of its sum of magnitudes (D at most; Higham 2002, 3.5) and each term that is added
    // by one; a weight is off by as much, by e^x (3) and by the sums over keys, whose errors have mixed signs: their root.
    row.tolerance = 6 + std::sqrt(double(f.size)) + std::sqrt(double(std::max<std::int64_t>(1, f.keys)));
    row.halved = 1; // the weights, each rounded once: relative to the sum of weight times magnitude
    // The backward is the same whichever kernel went forward, and its compilation for large heads takes a CPU device seconds.
    if (f.capacity > 0 || f.kernel != AttentionKernel::automatic) row.gradient = 0;
    // A single key: the slope of its score is exactly 0, and what cancels leaves a rounding of numbers about 1.
    else if (f.keys == 1)
        row.gradient = 2e-4;
    return row;
}

Case positionsCase(std::int64_t B, std::int64_t heads, std::int64_t Qh, std::int64_t Qw, std::int64_t Kh, std::int64_t Kw,
                   std::int64_t size, bool vertical) {
    Case row;
    row.name =
        std::string("relative positions, ") + (vertical ? "rows" : "columns") + ", " + Shape{B, heads, Qh, Qw, size}.text();
    row.inputs = {{Shape{B, Qh * Qw, 3 * heads * size}}, {Shape{Qh, Kh, size}}, {Shape{Qw, Kw, size}}};
    row.inputs[vertical ? 2 : 1].differentiable = false;
    row.run = [=](Context& c, std::span<const Tensor> in) {
        const RelativePositions both = relativePositions(c, in[0], heads, heads, in[1], in[2]);
        return vertical ? both.relH : both.relW;
    };
    row.reference = [=](std::span<const Array> in) {
        const Array &q = in[0], &table = in[vertical ? 1 : 2];
        const std::int64_t wide = vertical ? Kh : Kw, T = Qh * Qw;
        Expected e{Array(Shape{B, heads, T, wide}), Array(Shape{B, heads, T, wide})};
        for (std::size_t at = 0; at < e.value.size(); ++at) {
            const auto n = std::int64_t(at), key = n % wide, i = n / wide % T, h = n / wide / T % heads, b = n / wide / T / heads;
            const std::int64_t line = (vertical ? i / Qw : i % Qw) * wide + key;
            for (std::int64_t d = 0; d < size; ++d) {
                const double x = q[std::size_t(((b * T + i) * 3 * heads + h) * size + d)] * table[std::size_t(line * size + d)];
                e.value[at] += x, e.scale[at] += std::abs(x);
            }
        }
        return e;
    };
    row.tolerance = 2 + 3 * std::sqrt(double(size)); // as a matrix product
    return row;
}

} // namespace

std::vector<Case> attentionCases() {
    using enum Masked;
    std::vector<Form> forms = {
        {.B = 2, .heads = 3, .keyHeads = 3, .queries = 5, .keys = 7, .size = 8},
        {},
        {.queries = 3, .keys = 1, .size = 1},
        {.heads = 2, .keyHeads = 2, .queries = 17, .keys = 19, .size = 13}, // padded heads
        {.heads = 6, .keyHeads = 2, .queries = 7, .keys = 11, .size = 12},
        {.heads = 4, .keyHeads = 1, .queries = 1, .keys = 300, .size = 16}, // parts of the keys
        {.B = 2, .heads = 2, .keyHeads = 1, .queries = 37, .keys = 70, .size = 32, .causal = 33},
        {.B = 2, .queries = 9, .keys = 9, .causal = 0},
        {.queries = 9, .keys = 5, .causal = -3}, // the first three see nothing
        {.heads = 2, .keyHeads = 2, .queries = 6, .keys = 12, .bias = {6, 12}},
        {.B = 2, .heads = 2, .keyHeads = 2, .queries = 6, .keys = 10, .bias = {2, 1, 1, 10}},
        {.B = 2, .heads = 4, .keyHeads = 2, .queries = 5, .keys = 9, .size = 8, .bias = {4, 5, 9}, .causal = 4},
        {.B = 2, .heads = 2, .keyHeads = 2, .queries = 15, .keys = 15, .size = 8, .relH = 3, .relW = 5},
        {.heads = 2, .keyHeads = 1, .queries = 140, .keys = 6, .size = 8, .relH = 2, .relW = 3},
        {.heads = 2, .keyHeads = 2, .queries = 12, .keys = 12, .mask = bytes, .maskKeys = 12},
        {.heads = 2, .keyHeads = 1, .queries = 9, .keys = 29, .size = 8, .mask = words, .maskKeys = 9},
        {.queries = 40, .keys = 47, .size = 8, .mask = bits, .maskKeys = 40},
        {.heads = 4, .keyHeads = 2, .queries = 5, .keys = 23, .size = 8, .mask = bytes, .maskKeys = 5, .capacity = 41},
        {.B = 2,
         .heads = 2,
         .keyHeads = 2,
         .queries = 3,
         .keys = 200,
         .size = 8,
         .causal = 197,
         .capacity = 251,
         .tokensFirst = true},
        {.B = 2, .heads = 2, .keyHeads = 2, .queries = 4, .keys = 6, .causal = 2, .spare = 5},
        {.B = 2, .heads = 4, .keyHeads = 2, .queries = 10, .keys = 13, .size = 8, .tokensFirst = true},
        {.B = 2, .heads = 4, .keyHeads = 2, .queries = 11, .keys = 11, .size = 8, .causal = 0, .packed = true},
        {.B = 2, .heads = 2, .keyHeads = 2, .queries = 6, .keys = 6, .size = 5, .packed = true},
        {.B = 2, .heads = 2, .keyHeads = 2, .queries = 12, .keys = 12, .size = 8, .relH = 3, .relW = 4, .packed = true},
        {.heads = 2, .keyHeads = 2, .queries = 150, .keys = 530, .size = 4, .causal = 380}, // over the host's tiles
        {.queries = 2, .keys = 5, .size = 160, .kernel = AttentionKernel::direct},
        {.heads = 0, .queries = 3, .keys = 2},
        {.queries = 0, .keys = 2},
        {.queries = 3, .keys = 0},
    };
    for (const std::int64_t size : {8, 64, 80, 128}) { // over a tile's edge in each direction
        forms.push_back({.heads = 4,
                         .keyHeads = 2,
                         .queries = 19,
                         .keys = 67,
                         .size = size,
                         .bias = {19, 67},
                         .causal = 48,
                         .kernel = AttentionKernel::shared});
        forms.push_back({.heads = 2,
                         .keyHeads = 2,
                         .queries = 18,
                         .keys = 33,
                         .size = size,
                         .mask = bytes,
                         .maskKeys = 18,
                         .kernel = AttentionKernel::shared});
    }
    forms.push_back(
        {.heads = 4, .keyHeads = 1, .queries = 1, .keys = 900, .size = 64, .capacity = 1000, .kernel = AttentionKernel::shared});
    std::vector<Case> rows;
    for (const Form& form : forms) rows.push_back(attentionCase(form));
    for (const std::int64_t size : {16, 112}) { // enough for matrix units, where there are some
        rows.push_back(attentionCase(
            {.heads = 4, .keyHeads = 2, .queries = 35, .keys = 133, .size = size, .bias = {35, 133}, .causal = 98}));
        rows.back().gradient = 0; // as above
    }
    for (const bool vertical : {true, false}) {
        rows.push_back(positionsCase(2, 2, 3, 4, 3, 4, 8, vertical));
        rows.push_back(positionsCase(1, 3, 4, 3, 5, 2, 5, vertical));
    }
    return rows;
}

std::vector<Case> attentionBenches(std::int64_t scale) {
    std::vector<Case> rows;
    const auto add = [&](const std::string& name, const Form& f, bool halves = false) {
        Case row = attentionCase(f);
        row.benchHalves = halves;
        row.name = name;
        const double pairs = double(f.B * f.heads) * double(f.queries) * double(f.keys) * (f.causal ? 0.5 : 1);
        row.flops = 4 * pairs * double(f.size);
        row.bytes = 4.0 * double(f.size) * double(f.B) * (2.0 * double(f.heads * f.queries) + 2.0 * double(f.keyHeads * f.keys));
        rows.push_back(row);
    };
    add("attention SAM, 12 heads, 4096 tokens",
        {.heads = 12, .keyHeads = 12, .queries = 4096, .keys = 4096, .size = 64, .relH = 64, .relW = 64, .packed = true});
    add("attention GPT-2, 12 heads, 1024 tokens, causal",
        {.heads = 12, .keyHeads = 12, .queries = 1024, .keys = 1024, .size = 64, .causal = 0, .packed = true});
    add("attention of one token, 12 heads, 1024 keys", {.heads = 12, .keyHeads = 12, .queries = 1, .keys = 1024, .size = 64});
    for (const AttentionKernel kernel : {AttentionKernel::direct, AttentionKernel::shared})
        add(kernel == AttentionKernel::direct ? "attention by registers, 12 heads, 512 tokens"
                                              : "attention by shared tiles, 12 heads, 512 tokens",
            {.heads = 12, .keyHeads = 12, .queries = 512, .keys = 512, .size = 64, .kernel = kernel});
    if (scale > 1) { // plain and long, as other libraries are measured
        const Form plain{.B = 4, .heads = 16, .keyHeads = 16, .queries = 4096, .keys = 4096, .size = 64};
        add("attention f32, 4 x 16 heads of 64, 4096 tokens", plain);
        add("attention f16, 4 x 16 heads of 64, 4096 tokens", plain, true);
    }
    return rows;
}

} // namespace orrery::tensor
