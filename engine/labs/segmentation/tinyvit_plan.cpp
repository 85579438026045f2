// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/tinyvit.h"

#include "engine/tensor/pool.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace orrery::segmentation {

namespace {

const std::string root = "image_encoder.";

std::string stageRoot(std::size_t stage) { return root + "layers." + std::to_string(stage) + '.'; }
std::string blockRoot(std::size_t stage, std::int64_t block) {
    return stageRoot(stage) + "blocks." + std::to_string(block) + '.';
}

TinyVitStage convolutional(const Checkpoint& file, std::size_t which) {
    TinyVitStage stage;
    stage.blocks = file.count(stageRoot(which) + "blocks.", ".conv1.c.weight");
    const std::string first = blockRoot(which, 0) + "conv1.c.weight";
    stage.expanded = file.size(first, 0, 4), stage.width = file.size(first, 1, 4);
    return stage;
}

TinyVitStage attending(const Checkpoint& file, std::size_t which) {
    TinyVitStage stage;
    const std::string at = blockRoot(which, 0);
    stage.blocks = file.count(stageRoot(which) + "blocks.", ".attn.qkv.weight");
    if (stage.blocks == 0) file.fail("the stage '" + stageRoot(which) + "' has neither convolutions nor attention");
    stage.heads = file.size(at + "attn.attention_biases", 0, 2);
    const std::int64_t places = file.size(at + "attn.attention_biases", 1, 2);
    stage.window = std::int64_t(std::lround(std::sqrt(double(places))));
    if (stage.window * stage.window != places)
        file.fail("'" + at + "attn.attention_biases' holds " + std::to_string(places) +
                  " distances, which make no square window");
    stage.width = file.size(at + "attn.qkv.weight", 1, 2);
    const std::int64_t rows = file.size(at + "attn.qkv.weight", 0, 2);
    stage.headSize = rows / (3 * stage.heads);
    if (rows % (3 * stage.heads) != 0)
        file.fail("'" + at + "attn.qkv.weight' has " + std::to_string(rows) + " rows, not three times " +
                  std::to_string(stage.heads) + " whole heads");
    stage.hidden = file.size(at + "mlp.fc1.weight", 0, 2);
    return stage;
}

class TinyVitPlan final : public EncoderPlan {
 public:
    explicit TinyVitPlan(const Checkpoint& file) : m_shape(tinyVitShape(file)) {}
    std::string name() const override {
        std::vector<std::int64_t> widths;
        for (const TinyVitStage& stage : m_shape.stages) widths.push_back(stage.width);
        return widths == std::vector<std::int64_t>{64, 128, 160, 320} ? "MobileSAM" : "SAM with a TinyViT";
    }
    std::int64_t side() const override { return m_shape.side; }
    std::int64_t grid() const override { return m_shape.grid(); }
    std::int64_t channels() const override { return m_shape.channels; }
    std::vector<Wanted> wanted() const override { return tinyVitWanted(m_shape); }
    /// Buffers of the pool by size, each as often as it is needed at once (see VitPlan).
    std::uint64_t workingBytes() const override {
        std::map<std::uint64_t, std::uint64_t> most; // number of buffers by their size
        const auto need = [&](std::int64_t count, std::uint64_t times) {
            std::uint64_t& known = most[tensor::pooledBytes(4 * std::uint64_t(count))];
            known = std::max(known, times);
        };
        const std::int64_t half = m_shape.side / 2;
        need(3 * m_shape.side * m_shape.side, 1);
        need(half * half * m_shape.stem, 3); // taken, made, and its GELU
        for (const TinyVitStage& s : m_shape.stages) {
            const std::int64_t pixels = s.grid * s.grid;
            need(pixels * s.width, 5);
            if (s.expanded > 0) need(pixels * s.expanded, 3);
            if (s.next > 0) need(pixels * s.next, 3), need(pixels / (s.stride * s.stride) * s.next, 4);
            if (s.heads == 0) continue;
            const std::int64_t n = s.window, side = (s.grid + n - 1) / n * n, inside = side * side;
            need(s.grid * side * s.width, 1), need(inside * s.width, 3), need(3 * inside * s.heads * s.headSize, 1);
            need(pixels * s.hidden, 1);
        }
        need(m_shape.grid() * m_shape.grid() * m_shape.channels, 4);
        std::uint64_t sum = 0;
        for (const auto& [bytes, times] : most) sum += bytes * times;
        return sum;
    }
    std::vector<std::string> facts() const override {
        std::string widths;
        for (const TinyVitStage& stage : m_shape.stages) widths += (widths.empty() ? "" : "-") + std::to_string(stage.width);
        return {"TinyViT, widths " + widths};
    }
    std::vector<StageShape> stages() const override {
        const TinyVitStage& first = m_shape.stages.front();
        std::vector<StageShape> all{
            {.watch = "patch_embed", .title = "stem", .grid = first.grid, .channels = first.width, .channelsFirst = true}};
        for (std::size_t i = 0; i < m_shape.stages.size(); ++i)
            for (std::int64_t j = 0; j < m_shape.stages[i].blocks; ++j) {
                const TinyVitStage& s = m_shape.stages[i];
                all.push_back({.watch = "block." + std::to_string(i) + '.' + std::to_string(j),
                               .title = "stage " + std::to_string(i + 1) + ", block " + std::to_string(j + 1),
                               .grid = s.grid,
                               .channels = s.width,
                               .channelsFirst = s.heads == 0,
                               .heads = s.heads,
                               .headSize = s.headSize,
                               .window = s.window,
                               .input = j > 0 ? all.back().watch : "merge." + std::to_string(std::int64_t(i) - 1)});
            }
        all.push_back({.watch = "neck", .title = "neck", .grid = grid(), .channels = channels(), .channelsFirst = true});
        return all;
    }
    std::unique_ptr<Encoder> make(tensor::Context& context, const Weights& weights) const override {
        return makeTinyVitEncoder(context, m_shape, weights);
    }

 private:
    TinyVitShape m_shape;
};

} // namespace

TinyVitShape tinyVitShape(const Checkpoint& file) {
    TinyVitShape shape;
    shape.side = file.number("image_size").value_or(1024);
    if (shape.side < 32 || shape.side > 4096 || shape.side % 16 != 0)
        file.fail("pictures of " + std::to_string(shape.side) +
                  " pixels on a side ('image_size'); 32 to 4096 in sixteens are taken");
    shape.stem = file.size(root + "patch_embed.seq.0.c.weight", 0, 4);
    shape.width = file.size(root + "patch_embed.seq.2.c.weight", 0, 4);
    shape.channels = file.size(root + "neck.0.weight", 0, 4);
    const auto exists = [&](std::size_t stage) {
        return file.has(blockRoot(stage, 0) + "conv1.c.weight") || file.has(blockRoot(stage, 0) + "attn.qkv.weight");
    };
    std::int64_t grid = shape.side / 4;
    for (std::size_t i = 0; exists(i); ++i) {
        TinyVitStage stage = i == 0 ? convolutional(file, i) : attending(file, i);
        stage.grid = grid;
        if (file.has(stageRoot(i) + "downsample.conv1.c.weight")) {
            stage.next = file.size(stageRoot(i) + "downsample.conv1.c.weight", 0, 4);
            // MobileSAM's last merge leaves the grid as it is (in its source: where it gives 320 channels).
            stage.stride = exists(i + 2) || !exists(i + 1) ? 2 : 1;
            grid = (grid + stage.stride - 1) / stage.stride;
        }
        shape.stages.push_back(stage);
    }
    if (shape.stages.size() < 2) file.fail("its TinyViT has fewer than two stages ('" + blockRoot(1, 0) + "attn.qkv.weight')");
    return shape;
}

std::vector<Wanted> tinyVitWanted(const TinyVitShape& shape) {
    std::vector<Wanted> all;
    const auto folded = [&](const std::string& name, const tensor::Shape& s) { all.push_back({name, s, true}); };
    const auto both = [&](const std::string& name, const tensor::Shape& s) {
        all.push_back({name + ".weight", s});
        all.push_back({name + ".bias", {s[0]}});
    };
    folded(root + "patch_embed.seq.0", {shape.stem, 3, 3, 3});
    folded(root + "patch_embed.seq.2", {shape.width, shape.stem, 3, 3});
    for (std::size_t i = 0; i < shape.stages.size(); ++i) {
        const TinyVitStage& s = shape.stages[i];
        for (std::int64_t j = 0; j < s.blocks; ++j) {
            const std::string at = blockRoot(i, j);
            if (s.expanded > 0) {
                folded(at + "conv1", {s.expanded, s.width, 1, 1});
                folded(at + "conv2", {s.expanded, 1, 3, 3});
                folded(at + "conv3", {s.width, s.expanded, 1, 1});
                continue;
            }
            const std::int64_t inner = s.heads * s.headSize;
            both(at + "attn.norm", {s.width});
            both(at + "attn.qkv", {3 * inner, s.width});
            both(at + "attn.proj", {s.width, inner});
            all.push_back({at + "attn.attention_biases", {s.heads, s.window * s.window}});
            folded(at + "local_conv", {s.width, 1, 3, 3});
            both(at + "mlp.norm", {s.width});
            both(at + "mlp.fc1", {s.hidden, s.width});
            both(at + "mlp.fc2", {s.width, s.hidden});
        }
        if (s.next == 0) continue;
        const std::string merge = stageRoot(i) + "downsample.conv";
        folded(merge + "1", {s.next, s.width, 1, 1});
        folded(merge + "2", {s.next, 1, 3, 3});
        folded(merge + "3", {s.next, s.next, 1, 1});
    }
    const std::int64_t C = shape.channels, last = shape.stages.back().width;
    all.push_back({root + "neck.0.weight", {C, last, 1, 1}});
    both(root + "neck.1", {C});
    all.push_back({root + "neck.2.weight", {C, C, 3, 3}});
    both(root + "neck.3", {C});
    return all;
}

std::unique_ptr<EncoderPlan> planTinyVit(const Checkpoint& file) {
    if (!file.has(root + "patch_embed.seq.0.c.weight")) return nullptr;
    return std::make_unique<TinyVitPlan>(file);
}

} // namespace orrery::segmentation
