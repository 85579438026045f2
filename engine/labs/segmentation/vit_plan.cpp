// SPDX-License-Identifier: GPL-3.0-or-later
// The shape of a ViT from the shapes of its tensors: no table of model sizes.
#include "engine/labs/segmentation/vit.h"
#include "engine/labs/segmentation/vit_encoder.h"
#include "engine/tensor/pool.h"

#include <algorithm>

namespace orrery::segmentation {

namespace {

const std::string root = "image_encoder.", blockRoot = "image_encoder.blocks.";

VitBlockShape blockShape(const Checkpoint& file, const std::string& block, const VitShape& vit) {
    VitBlockShape shape;
    const std::int64_t rows = file.size(block + "attn.qkv.weight", 0, 2);
    shape.inner = rows / 3;
    if (rows % (3 * vit.headSize) != 0)
        file.fail("'" + block + "attn.qkv.weight' has " + std::to_string(rows) +
                  " rows, which are not three times whole heads of " + std::to_string(vit.headSize));
    shape.hidden = file.size(block + "mlp.lin1.weight", 0, 2);
    shape.tableRows = file.size(block + "attn.rel_pos_h", 0, 2);
    // A table of 2 K - 1 rows serves K tokens on a side; one that is longer than the grid's is interpolated.
    const std::int64_t side = (shape.tableRows + 1) / 2;
    shape.window = side < vit.grid ? side : 0;
    return shape;
}

class VitPlan final : public EncoderPlan {
 public:
    explicit VitPlan(const Checkpoint& file) : m_shape(vitShape(file)) {}

    std::string name() const override {
        const std::size_t depth = m_shape.blocks.size();
        const bool four = std::ranges::all_of(
            m_shape.blocks, [&](const VitBlockShape& b) { return b.inner == m_shape.width && b.hidden == 4 * m_shape.width; });
        const auto is = [&](std::int64_t width, std::size_t blocks) { return four && m_shape.width == width && depth == blocks; };
        if (is(768, 12)) return "SAM ViT-B";
        if (is(1024, 24)) return "SAM ViT-L";
        if (is(1280, 32)) return "SAM ViT-H";
        if (depth == 12 && m_shape.heads(0) == 12) return "SlimSAM, width " + std::to_string(m_shape.width);
        return "SAM with a ViT of width " + std::to_string(m_shape.width);
    }
    std::int64_t side() const override { return m_shape.patch * m_shape.grid; }
    std::int64_t grid() const override { return m_shape.grid; }
    std::int64_t channels() const override { return m_shape.channels; }

    std::vector<Wanted> wanted() const override { return vitWanted(m_shape); }

    /// Buffers of the pool by size, each as often as it is needed at once; one that is free still counts, since only its own
    /// size may take it.
    std::uint64_t workingBytes() const override {
        const std::int64_t D = m_shape.width, G = m_shape.grid, tokens = G * G;
        const auto floats = [](std::int64_t count) { return tensor::pooledBytes(4 * std::uint64_t(count)); };
        std::uint64_t windows = 0, global = 0;
        for (std::size_t i = 0; i < m_shape.blocks.size(); ++i) {
            const VitBlockShape& b = m_shape.blocks[i];
            const std::int64_t n = m_shape.side(i), side = (G + n - 1) / n * n;
            if (b.window > 0) // filled up along one axis, along both and in order; the parts that are joined again
                windows = std::max(windows, floats(G * side * D) + 2 * floats(side * side * D) + floats(side * side * D));
            else // queries, keys and values in parts and joined; two tables of positions; attention in parts
                global = std::max(global, 2 * floats(3 * tokens * b.inner) + 2 * floats(tokens * G * m_shape.heads(i)) +
                                              3 * floats(tokens * b.inner));
        }
        // x, its norm, a sum and what is added, projection and MLP in parts; the picture; the neck
        return windows + global + 6 * floats(tokens * D) + floats(3 * side() * side()) + 4 * floats(tokens * m_shape.channels);
    }
    std::vector<std::string> facts() const override {
        std::int64_t global = 0;
        for (const VitBlockShape& b : m_shape.blocks) global += b.window == 0;
        return {std::to_string(m_shape.blocks.size()) + " blocks of " + std::to_string(m_shape.width) + ", " +
                    std::to_string(m_shape.heads(0)) + " heads of " + std::to_string(m_shape.headSize),
                std::to_string(global) + " over all " + std::to_string(m_shape.grid * m_shape.grid) + " tokens"};
    }
    std::vector<StageShape> stages() const override {
        const std::int64_t G = m_shape.grid, D = m_shape.width;
        std::vector<StageShape> all{{.watch = "patch_embed", .title = "patch embedding", .grid = G, .channels = D}};
        for (std::size_t i = 0; i < m_shape.blocks.size(); ++i)
            all.push_back({.watch = "block." + std::to_string(i),
                           .title = vitStageTitle(m_shape, i),
                           .grid = G,
                           .channels = D,
                           .heads = m_shape.heads(i),
                           .headSize = m_shape.headSize,
                           .window = m_shape.blocks[i].window,
                           .input = all.back().watch});
        all.push_back({.watch = "neck", .title = "neck", .grid = G, .channels = m_shape.channels, .channelsFirst = true});
        return all;
    }
    std::unique_ptr<Encoder> make(tensor::Context& context, const Weights& weights) const override {
        return makeVitEncoder(context, m_shape, weights);
    }

 private:
    VitShape m_shape;
};

} // namespace

std::vector<Wanted> vitWanted(const VitShape& shape) {
    const std::int64_t D = shape.width, C = shape.channels, P = shape.patch, G = shape.grid;
    std::vector<Wanted> all = {{root + "patch_embed.proj.weight", {D, 3, P, P}},
                               {root + "patch_embed.proj.bias", {D}},
                               {root + "pos_embed", {1, G, G, D}}};
    const auto both = [&](const std::string& name, const tensor::Shape& shape) {
        all.push_back({name + ".weight", shape});
        all.push_back({name + ".bias", {shape[0]}});
    };
    for (std::size_t i = 0; i < shape.blocks.size(); ++i) {
        const VitBlockShape& b = shape.blocks[i];
        const std::string at = blockRoot + std::to_string(i) + '.';
        both(at + "norm1", {D});
        both(at + "attn.qkv", {3 * b.inner, D});
        both(at + "attn.proj", {D, b.inner});
        all.push_back({at + "attn.rel_pos_h", {b.tableRows, shape.headSize}});
        all.push_back({at + "attn.rel_pos_w", {b.tableRows, shape.headSize}});
        both(at + "norm2", {D});
        both(at + "mlp.lin1", {b.hidden, D});
        both(at + "mlp.lin2", {D, b.hidden});
    }
    all.push_back({root + "neck.0.weight", {C, D, 1, 1}});
    both(root + "neck.1", {C});
    all.push_back({root + "neck.2.weight", {C, C, 3, 3}});
    both(root + "neck.3", {C});
    return all;
}

std::string vitStageTitle(const VitShape& shape, std::size_t block) {
    return (shape.blocks[block].window > 0 ? "windows, block " : "all tokens, block ") + std::to_string(block + 1);
}

VitShape vitShape(const Checkpoint& file) {
    VitShape vit;
    vit.width = file.size(root + "patch_embed.proj.weight", 0, 4);
    vit.patch = file.size(root + "patch_embed.proj.weight", 2, 4);
    vit.grid = file.size(root + "pos_embed", 1, 4);
    vit.channels = file.size(root + "neck.0.weight", 0, 4);
    const std::int64_t depth = file.count(blockRoot, ".norm1.weight");
    if (depth == 0) file.fail("its image encoder has no blocks ('" + blockRoot + "0.norm1.weight')");
    if (vit.grid * vit.patch > 4096)
        file.fail("'" + root + "pos_embed' and the patches make pictures of " + std::to_string(vit.grid * vit.patch) +
                  " pixels on a side; at most 4096 are taken");
    vit.headSize = file.size(blockRoot + "0.attn.rel_pos_h", 1, 2);
    for (std::int64_t i = 0; i < depth; ++i) vit.blocks.push_back(blockShape(file, blockRoot + std::to_string(i) + '.', vit));
    return vit;
}

std::unique_ptr<EncoderPlan> planVit(const Checkpoint& file) {
    if (!file.has(root + "pos_embed") || !file.has(blockRoot + "0.norm1.weight")) return nullptr;
    if (!file.has(blockRoot + "0.attn.rel_pos_h"))
        file.fail("its ViT has no relative positions ('" + blockRoot +
                  "0.attn.rel_pos_h'), so it is none of SAM's (EfficientSAM has none); SAM, MobileSAM and SlimSAM are read here");
    return std::make_unique<VitPlan>(file);
}

} // namespace orrery::segmentation
