// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/vit_encoder.h"

#include "engine/tensor/ops/attention.h"
#include "engine/tensor/ops/conv.h"
#include "engine/tensor/ops/gather.h"
#include "engine/tensor/ops/layout.h"
#include "engine/tensor/ops/matmul.h"
#include "engine/tensor/ops/norm.h"
#include "engine/tensor/ops/resize.h"

namespace orrery::segmentation {

using namespace tensor;

namespace {

constexpr double epsilon = 1e-6;

struct Block {
    Tensor norm1W, norm1B, qkvW, qkvB, projW, projB, norm2W, norm2B, lin1W, lin1B, lin2W, lin2B;
    Tensor tableH, tableW; ///< [side, side, size of a head]: row (i, j) for the distance i - j
};

/// What pieces of one encoding hand on.
struct State {
    Tensor x, y, qkv;
    RelativePositions positions;
    std::vector<Tensor> parts;
};

Tensor joined(Context& context, std::vector<Tensor>& parts, int axis) {
    const Tensor whole = parts.size() == 1 ? parts.front() : concat(context, parts, axis);
    parts.clear();
    return whole;
}
Tensor partOf(Context& context, const Tensor& x, int axis, const Part& part) {
    return part.count == x.shape().at(axis) ? x : slice(context, x, axis, part.from, part.count);
}

/// A table [2 K - 1, D] spread to [side, side, D]; interpolated to 2 side - 1 rows first where it has others.
Tensor spread(Context& context, Tensor table, std::int64_t side) {
    const std::int64_t size = table.shape()[1], rows = 2 * side - 1;
    if (table.shape()[0] != rows) {
        const Tensor image = reshape(context, transpose(context, table), {size, 1, table.shape()[0]});
        table = transpose(context, reshape(context, resize(context, image, 1, rows), {size, rows}));
    }
    std::vector<std::int32_t> which;
    for (std::int64_t i = 0; i < side; ++i)
        for (std::int64_t j = 0; j < side; ++j) which.push_back(std::int32_t(i - j + side - 1));
    return embedding(context, table, context.upload({side, side}, std::span<const std::int32_t>(which)));
}

class VitEncoder final : public Encoder {
 public:
    VitEncoder(Context& context, const VitShape& shape, const Weights& weights) : m_shape(shape), m_weights(weights) {
        for (std::size_t i = 0; i < shape.blocks.size(); ++i) {
            const std::string at = "image_encoder.blocks." + std::to_string(i) + '.';
            const auto w = [&](const char* name) { return weights[at + name]; };
            m_blocks.push_back({w("norm1.weight"), w("norm1.bias"), w("attn.qkv.weight"), w("attn.qkv.bias"),
                                w("attn.proj.weight"), w("attn.proj.bias"), w("norm2.weight"), w("norm2.bias"),
                                w("mlp.lin1.weight"), w("mlp.lin1.bias"), w("mlp.lin2.weight"), w("mlp.lin2.bias"),
                                spread(context, w("attn.rel_pos_h"), shape.side(i)),
                                spread(context, w("attn.rel_pos_w"), shape.side(i))});
        }
        context.finish();
    }

    Encoding begin(Context& context, const Tensor& image, const Watch& watch) const override {
        Encoding encoding;
        const auto state = std::make_shared<State>();
        const std::int64_t G = m_shape.grid, D = m_shape.width, P = m_shape.patch;
        encoding.beginStage("patch embedding");
        encoding.add(2.0 * double(G * G * D) * double(3 * P * P), [this, state, image, watch, G, D, P](Context& c) {
            const Tensor maps = conv2d(c, image, m_weights["image_encoder.patch_embed.proj.weight"],
                                       {.stride = {P, P}, .bias = m_weights["image_encoder.patch_embed.proj.bias"]});
            state->x = add(c, permute(c, maps, {0, 2, 3, 1}), m_weights["image_encoder.pos_embed"]);
            if (watch) watch("patch_embed", state->x);
        });
        for (std::size_t i = 0; i < m_blocks.size(); ++i) {
            encoding.beginStage(vitStageTitle(m_shape, i));
            m_shape.blocks[i].window > 0 ? attendInWindows(context, encoding, state, i)
                                         : attendToAll(context, encoding, state, i);
            mlp(context, encoding, state, i, watch);
        }
        encoding.beginStage("neck");
        const auto C = double(m_shape.channels);
        encoding.add(2.0 * double(G * G) * C * (double(D) + 9 * C),
                     [this, state, watch, features = encoding.features, G](Context& c) {
                         features->embedding = neck(c, m_weights, reshape(c, state->x, {1, G * G, m_shape.width}), G);
                         *state = {};
                         if (watch) {
                             const Tensor image = reshape(c, features->embedding, {1, G, G, m_shape.channels});
                             watch("neck", permute(c, image, {0, 3, 1, 2}));
                         }
                     });
        return encoding;
    }

    HeadView head(Context& context, const std::string& stage, std::int64_t head, const Tensor& input) const override {
        const auto which = std::size_t(std::stoul(stage.substr(stage.find('.') + 1)));
        const Block& block = m_blocks.at(which);
        const std::int64_t G = m_shape.grid, D = m_shape.width, size = m_shape.headSize, inner = m_shape.blocks[which].inner;
        const Tensor x = reshape(context, normed(context, input, block.norm1W, block.norm1B), {G * G, D});
        const auto rows = [&](const Tensor& of, std::int64_t kind) {
            return slice(context, of, 0, kind * inner + head * size, size);
        };
        const auto made = [&](std::int64_t kind) {
            return context.read(matmul(context, x, rows(block.qkvW, kind), {.transposeB = true, .bias = rows(block.qkvB, kind)}));
        };
        // What fills up a window is zero behind the norm, so that its key is the bias alone.
        return {.grid = G,
                .window = m_shape.blocks[which].window,
                .size = size,
                .queries = made(0),
                .keys = made(1),
                .outside = context.read(rows(block.qkvB, 1)),
                .tableH = context.read(block.tableH),
                .tableW = context.read(block.tableW)};
    }

 private:
    using Shared = std::shared_ptr<State>;

    Tensor normed(Context& c, const Tensor& x, const Tensor& weight, const Tensor& bias) const {
        return layerNorm(c, x, weight, bias, {.epsilon = epsilon});
    }

    void attendInWindows(Context& context, Encoding& encoding, const Shared& state, std::size_t which) const {
        const Block& block = m_blocks[which];
        const VitBlockShape& shape = m_shape.blocks[which];
        const std::int64_t n = shape.window, G = m_shape.grid, across = (G + n - 1) / n, heads = m_shape.heads(which);
        const double tokens = double(n * n), inner = double(shape.inner),
                     each = tokens * (8 * double(m_shape.width) * inner + 4 * tokens * inner + 4 * double(n) * inner);
        encoding.add(0, [this, state, &block, n](Context& c) {
            state->y = intoWindows(c, normed(c, state->x, block.norm1W, block.norm1B), n);
        });
        for (const Part& part : partsOf(context, across * across, each))
            encoding.add(each * double(part.count), [this, state, &block, part, n, heads](Context& c) {
                const Tensor x = reshape(c, partOf(c, state->y, 0, part), {part.count, n * n, m_shape.width});
                const Tensor qkv = matmul(c, x, block.qkvW, {.transposeB = true, .bias = block.qkvB});
                const RelativePositions at = relativePositions(c, qkv, heads, heads, block.tableH, block.tableW);
                const Tensor y = attention(c, qkv, heads, heads, {.relH = at.relH, .relW = at.relW});
                const Tensor out = matmul(c, y, block.projW, {.transposeB = true, .bias = block.projB});
                state->parts.push_back(reshape(c, out, {part.count, n, n, m_shape.width}));
            });
        encoding.add(0, [state, G](Context& c) {
            state->y = {};
            state->x = add(c, state->x, fromWindows(c, joined(c, state->parts, 0), G, G));
        });
    }

    void attendToAll(Context& context, Encoding& encoding, const Shared& state, std::size_t which) const {
        const Block& block = m_blocks[which];
        const std::int64_t G = m_shape.grid, tokens = G * G, heads = m_shape.heads(which), size = m_shape.headSize;
        const double D = double(m_shape.width), inner = double(heads * size), T = double(tokens);
        encoding.add(0, [this, state, &block, tokens](Context& c) {
            state->y = reshape(c, normed(c, state->x, block.norm1W, block.norm1B), {1, tokens, m_shape.width});
        });
        for (const Part& part : partsOf(context, tokens, 6 * D * inner, 64))
            encoding.add(6 * D * inner * double(part.count), [state, &block, part](Context& c) {
                state->parts.push_back(
                    matmul(c, partOf(c, state->y, 1, part), block.qkvW, {.transposeB = true, .bias = block.qkvB}));
            });
        encoding.add(4 * T * double(G) * inner, [state, &block, heads](Context& c) {
            state->qkv = joined(c, state->parts, 1);
            state->positions = relativePositions(c, state->qkv, heads, heads, block.tableH, block.tableW);
        });
        const std::vector<Part> byHead = partsOf(context, heads, 4 * T * T * double(size));
        for (const Part& part : byHead)
            encoding.add(4 * T * T * double(size * part.count), [state, part, heads, size, tokens](Context& c) {
                if (part.count == heads) {
                    state->parts.push_back(
                        attention(c, state->qkv, heads, heads, {.relH = state->positions.relH, .relW = state->positions.relW}));
                    return;
                }
                const Tensor each = reshape(c, state->qkv, {1, tokens, 3 * heads, size});
                const auto of = [&](std::int64_t kind) { return slice(c, each, 2, kind * heads + part.from, part.count); };
                const Tensor y = attention(c, of(0), of(1), of(2),
                                           {.relH = partOf(c, state->positions.relH, 1, part),
                                            .relW = partOf(c, state->positions.relW, 1, part),
                                            .order = HeadOrder::tokensFirst});
                state->parts.push_back(y);
            });
        encoding.add(0, [state, tokens, heads, size](Context& c) {
            state->y = reshape(c, joined(c, state->parts, 2), {1, tokens, heads * size});
            state->qkv = {}, state->positions = {};
        });
        for (const Part& part : partsOf(context, tokens, 2 * D * inner, 64))
            encoding.add(2 * D * inner * double(part.count), [state, &block, part](Context& c) {
                state->parts.push_back(
                    matmul(c, partOf(c, state->y, 1, part), block.projW, {.transposeB = true, .bias = block.projB}));
            });
        encoding.add(0, [state](Context& c) {
            state->x = add(c, state->x, joined(c, state->parts, 1).reshaped(state->x.shape()));
            state->y = {};
        });
    }

    void mlp(Context& context, Encoding& encoding, const Shared& state, std::size_t which, const Watch& watch) const {
        const Block& block = m_blocks[which];
        const std::int64_t tokens = m_shape.grid * m_shape.grid;
        const double each = 4 * double(m_shape.width) * double(m_shape.blocks[which].hidden);
        encoding.add(0, [this, state, &block, tokens](Context& c) {
            state->y = reshape(c, normed(c, state->x, block.norm2W, block.norm2B), {tokens, m_shape.width});
        });
        for (const Part& part : partsOf(context, tokens, each, 64))
            encoding.add(each * double(part.count), [state, &block, part](Context& c) {
                const Tensor hidden = matmul(c, partOf(c, state->y, 0, part), block.lin1W,
                                             {.transposeB = true, .bias = block.lin1B, .activation = Unary::gelu});
                state->parts.push_back(matmul(c, hidden, block.lin2W, {.transposeB = true, .bias = block.lin2B}));
            });
        encoding.add(0, [state, which, watch](Context& c) {
            state->x = add(c, state->x, joined(c, state->parts, 0).reshaped(state->x.shape()));
            state->y = {};
            if (watch) watch("block." + std::to_string(which), state->x);
        });
    }

    VitShape m_shape;
    Weights m_weights;
    std::vector<Block> m_blocks;
};

} // namespace

Tensor intoWindows(Context& context, const Tensor& x, std::int64_t n) {
    const std::int64_t H = x.shape()[1], W = x.shape()[2], C = x.shape()[3], down = (H + n - 1) / n, across = (W + n - 1) / n;
    Tensor y = x;
    if (across * n > W) y = pad(context, y, 2, 0, across * n - W);
    if (down * n > H) y = pad(context, y, 1, 0, down * n - H);
    y = permute(context, reshape(context, y, {down, n, across, n, C}), {0, 2, 1, 3, 4});
    return reshape(context, y, {down * across, n, n, C});
}

Tensor fromWindows(Context& context, const Tensor& windows, std::int64_t H, std::int64_t W) {
    const std::int64_t n = windows.shape()[1], C = windows.shape()[3], down = (H + n - 1) / n, across = (W + n - 1) / n;
    Tensor y = permute(context, reshape(context, windows, {down, across, n, n, C}), {0, 2, 1, 3, 4});
    y = reshape(context, y, {1, down * n, across * n, C});
    if (down * n > H) y = pad(context, y, 1, 0, H - down * n);
    return across * n > W ? pad(context, y, 2, 0, W - across * n) : y;
}

Tensor neck(Context& context, const Weights& weights, const Tensor& tokens, std::int64_t G) {
    const auto w = [&](const char* name) { return weights[std::string("image_encoder.neck.") + name]; };
    const Tensor flat = w("0.weight");
    const std::int64_t C = flat.shape()[0];
    Tensor y = matmul(context, tokens, reshape(context, flat, {C, flat.shape()[1]}), {.transposeB = true});
    y = layerNorm(context, y, w("1.weight"), w("1.bias"), {.epsilon = epsilon});
    y = permute(context, reshape(context, y, {1, G, G, C}), {0, 3, 1, 2});
    y = conv2d(context, y, w("2.weight"), {.padding = {1, 1}});
    y = reshape(context, permute(context, y, {0, 2, 3, 1}), {1, G * G, C});
    return layerNorm(context, y, w("3.weight"), w("3.bias"), {.epsilon = epsilon});
}

std::unique_ptr<Encoder> makeVitEncoder(Context& context, const VitShape& shape, const Weights& weights) {
    return std::make_unique<VitEncoder>(context, shape, weights);
}

} // namespace orrery::segmentation
