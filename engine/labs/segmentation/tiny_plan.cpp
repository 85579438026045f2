// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/tiny_encoder.h"
#include "engine/tensor/pool.h"

#include <algorithm>
#include <map>

namespace orrery::segmentation {

namespace {

const std::string root = "image_encoder.";

std::string block(std::size_t stage, std::int64_t number) {
    return root + "stages." + std::to_string(stage) + '.' + std::to_string(number) + '.';
}
std::string stageName(std::size_t stage) { return root + "stages." + std::to_string(stage) + '.'; }

class TinyPlan final : public EncoderPlan {
 public:
    explicit TinyPlan(const Checkpoint& file) : m_shape(tinyShape(file)) {}
    std::string name() const override { return "TinyPrompt"; }
    std::int64_t side() const override { return m_shape.side; }
    std::int64_t grid() const override { return m_shape.grid(); }
    std::int64_t channels() const override { return m_shape.width; }
    std::int64_t decoderHeads() const override { return 4; } // every preset that is not for tests has four
    std::vector<Wanted> wanted() const override { return tinyWanted(m_shape); }
    /// Buffers of the pool by size, each as often as it is needed at once (see VitPlan).
    std::uint64_t workingBytes() const override {
        std::map<std::uint64_t, std::uint64_t> most;
        const auto need = [&](std::int64_t count, std::uint64_t times) {
            std::uint64_t& known = most[tensor::pooledBytes(4 * std::uint64_t(count))];
            known = std::max(known, times);
        };
        const TinyShape& s = m_shape;
        std::int64_t pixels = s.side * s.side / 4;
        need(3 * s.side * s.side, 1), need(3 * pixels, 1), need(pixels * s.skip2, 1);
        need(pixels * s.stem, 4); // convolved, turned, normed, GELU
        for (const std::int64_t width : s.widths) {
            pixels /= 4;
            need(pixels * width, 6); // kept for the pyramid, taken, turned, convolved, turned back, normed
            need(4 * pixels * width, 1);
        }
        const std::int64_t cells = s.grid() * s.grid();
        need(4 * cells * s.skip4, 1), need(cells * s.width, 5), need(cells / 4 * s.inner, 4);
        std::uint64_t sum = 0;
        for (const auto& [bytes, times] : most) sum += bytes * times;
        return sum;
    }
    std::vector<std::string> facts() const override {
        std::string widths;
        for (const std::int64_t width : m_shape.widths) widths += (widths.empty() ? "" : "-") + std::to_string(width);
        return {"ConvNet, widths " + widths, "GCN block, k = " + std::to_string(m_shape.kernel)};
    }
    std::vector<StageShape> stages() const override {
        std::int64_t side = m_shape.side / 4;
        std::vector<StageShape> all{{.watch = "stem", .title = "stem", .grid = side, .channels = m_shape.widths[0]}};
        for (std::size_t i = 0; i < m_shape.widths.size(); ++i, side /= 2) {
            for (std::int64_t j = 0; j < m_shape.depths[i]; ++j)
                all.push_back({.watch = "block." + std::to_string(i) + '.' + std::to_string(j),
                               .title = "stage " + std::to_string(i + 1) + ", block " + std::to_string(j + 1),
                               .grid = side,
                               .channels = m_shape.widths[i]});
            if (i == 2)
                all.push_back({.watch = "gcn", .title = "global convolution", .grid = side, .channels = m_shape.widths[i]});
        }
        all.push_back({.watch = "neck", .title = "pyramid", .grid = grid(), .channels = channels(), .channelsFirst = true});
        return all;
    }
    std::unique_ptr<Encoder> make(tensor::Context& context, const Weights& weights) const override {
        return makeTinyEncoder(context, m_shape, weights);
    }

 private:
    TinyShape m_shape;
};

} // namespace

TinyShape tinyShape(const Checkpoint& file) {
    TinyShape s;
    s.side = file.number("image_size").value_or(256);
    if (s.side < 32 || s.side > 2048 || s.side % 32 != 0)
        file.fail("pictures of " + std::to_string(s.side) +
                  " pixels on a side ('image_size'); 32 to 2048 in thirty-twos are taken");
    s.stem = file.size(root + "stem.0.weight", 0, 4);
    for (std::size_t i = 0; file.has(block(i, 0) + "dwconv.weight"); ++i) {
        s.widths.push_back(file.size(block(i, 0) + "dwconv.weight", 0, 4));
        s.depths.push_back(file.count(stageName(i), ".dwconv.weight"));
    }
    if (s.widths.size() != 4)
        file.fail("its encoder has " + std::to_string(s.widths.size()) + " stages, not four ('" + block(0, 0) +
                  "dwconv.weight')");
    s.kernel = file.size(root + "gcn.a1.weight", 2, 4);
    s.inner = file.size(root + "gcn.a1.weight", 0, 4);
    if (s.kernel % 2 == 0) file.fail("'" + root + "gcn.a1.weight' is a kernel of even length");
    s.width = file.size(root + "neck.0.weight", 0, 4);
    s.skip4 = file.size(root + "skip4.weight", 0, 4);
    s.skip2 = file.size(root + "skip2.weight", 0, 4);
    return s;
}

std::vector<Wanted> tinyWanted(const TinyShape& s) {
    std::vector<Wanted> all;
    const auto both = [&](const std::string& name, const tensor::Shape& shape) {
        all.push_back({root + name + ".weight", shape});
        all.push_back({root + name + ".bias", {shape[0]}});
    };
    both("stem.0", {s.stem, 3, 3, 3}), both("stem.1", {s.stem});
    both("stem.2", {s.widths[0], s.stem, 3, 3}), both("stem.3", {s.widths[0]});
    for (std::size_t i = 0; i < s.widths.size(); ++i) {
        const std::int64_t C = s.widths[i];
        if (i > 0) {
            const std::string down = "downsample." + std::to_string(i - 1);
            both(down + ".0", {s.widths[i - 1]});
            both(down + ".1", {C, s.widths[i - 1], 2, 2});
            both("lateral." + std::to_string(i - 1), {s.width, C, 1, 1});
        }
        for (std::int64_t j = 0; j < s.depths[i]; ++j) {
            const std::string at = block(i, j).substr(root.size());
            both(at + "dwconv", {C, 1, 7, 7}), both(at + "norm", {C});
            both(at + "lin1", {4 * C, C}), both(at + "lin2", {C, 4 * C});
        }
    }
    const std::int64_t k = s.kernel, C = s.widths[2];
    both("gcn.a1", {s.inner, C, k, 1}), both("gcn.a2", {s.inner, s.inner, 1, k});
    both("gcn.b1", {s.inner, C, 1, k}), both("gcn.b2", {s.inner, s.inner, k, 1});
    both("gcn.out", {C, s.inner, 1, 1});
    all.push_back({root + "neck.0.weight", {s.width, s.width, 3, 3}});
    both("neck.1", {s.width});
    both("skip4", {s.skip4, s.widths[0], 1, 1}), both("skip2", {s.skip2, s.stem, 1, 1});
    return all;
}

std::unique_ptr<EncoderPlan> planTiny(const Checkpoint& file) {
    if (!file.has(root + "stem.0.weight") || !file.has(root + "gcn.a1.weight")) return nullptr;
    return std::make_unique<TinyPlan>(file);
}

} // namespace orrery::segmentation
