// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/stand_in.h"

#include "engine/labs/segmentation/mask_decoder.h"
#include "engine/labs/segmentation/prompt_encoder.h"
#include "engine/labs/segmentation/tinyvit.h"
#include "engine/labs/segmentation/vit.h"
#include "engine/model/safetensors.h"
#include "engine/philox.h"
#include "engine/tensor/formats.h"

#include <algorithm>
#include <cmath>

namespace orrery::segmentation {

namespace {

constexpr PromptShape promptOfSam{.width = 256, .mask1 = 4, .mask2 = 16};
constexpr DecoderShape decoderOfSam{.width = 256,
                                    .heads = 8,
                                    .inner = 128,
                                    .hidden = 2048,
                                    .layers = 2,
                                    .masks = 4,
                                    .up1 = 64,
                                    .up2 = 32,
                                    .maskDepth = 3,
                                    .iouDepth = 3,
                                    .maskHidden = 256,
                                    .iouHidden = 256};

VitShape vitB() {
    VitShape shape{.width = 768, .patch = 16, .grid = 64, .headSize = 64, .channels = 256};
    for (int i = 0; i < 12; ++i) {
        const bool all = i % 3 == 2; // blocks 2, 5, 8 and 11 see all tokens
        shape.blocks.push_back({.inner = 768, .hidden = 3072, .window = all ? 0 : 14, .tableRows = all ? 127 : 27});
    }
    return shape;
}

TinyVitShape mobileSam() {
    const auto stage = [](std::int64_t blocks, std::int64_t width, std::int64_t heads, std::int64_t window) {
        return TinyVitStage{
            .blocks = blocks, .width = width, .heads = heads, .headSize = 32, .window = window, .hidden = 4 * width};
    };
    TinyVitShape shape{.side = 1024, .stem = 32, .width = 64, .channels = 256};
    shape.stages = {{.blocks = 2, .width = 64, .expanded = 256}, stage(2, 128, 4, 7), stage(6, 160, 5, 14), stage(2, 320, 10, 7)};
    for (std::size_t i = 0; i + 1 < shape.stages.size(); ++i) shape.stages[i].next = shape.stages[i + 1].width;
    return shape;
}

struct Made {
    std::string name{};
    std::vector<std::uint64_t> shape{};
    std::vector<std::uint16_t> values{};
};

class Maker {
 public:
    explicit Maker(std::uint64_t seed) : m_seed(seed) {}

    void add(const Wanted& wanted) {
        const auto& sizes = wanted.shape.sizes();
        const std::vector<std::uint64_t> shape{sizes.begin(), sizes.end()};
        if (!wanted.folded) return add(wanted.name, shape);
        const std::vector<std::uint64_t> channels{shape[0]};
        add(wanted.name + ".c.weight", shape);
        for (const char* part : {".bn.weight", ".bn.bias", ".bn.running_mean", ".bn.running_var"})
            add(wanted.name + part, channels);
    }
    std::vector<Made> take() { return std::move(m_all); }

 private:
    void add(const std::string& name, const std::vector<std::uint64_t>& shape) {
        std::uint64_t count = 1;
        for (const std::uint64_t size : shape) count *= size;
        const bool vector = shape.size() == 1, one = vector && (name.ends_with(".weight") || name.ends_with("running_var"));
        std::vector<float> values(count, one ? 1.0F : 0.0F);
        if (!vector) {
            const auto reach =
                float(std::sqrt(3 * double(shape[0]) / double(count))); // a uniform number's variance is reach^2 / 3
            const auto tensor = std::uint32_t(m_all.size());
            for (std::uint64_t i = 0; i < count; i += 4) {
                const auto words = philox(m_seed, std::uint32_t(i / 4), tensor, 0x7374616eU);
                for (std::uint64_t k = i; k < std::min(i + 4, count); ++k)
                    values[k] = reach * (float(words[k - i] >> 8) * 0x1p-23F - 1);
            }
        }
        Made made{name, shape, std::vector<std::uint16_t>(count)};
        tensor::halfFromFloat(values, made.values);
        m_all.push_back(std::move(made));
    }

    std::uint64_t m_seed;
    std::vector<Made> m_all;
};

} // namespace

void writeStandIn(StandIn kind, const std::string& path, std::uint64_t seed) {
    Maker maker(seed);
    const auto encoder = kind == StandIn::vitB ? vitWanted(vitB()) : tinyVitWanted(mobileSam());
    for (const auto& part : {encoder, promptWanted(promptOfSam), decoderWanted(decoderOfSam)})
        for (const Wanted& wanted : part) maker.add(wanted);
    const std::vector<Made> all = maker.take();
    std::vector<model::TensorToWrite> rows;
    for (const Made& made : all)
        rows.push_back({made.name, model::Stored::f16, made.shape, std::as_bytes(std::span(made.values))});
    model::writeSafetensors(path, rows, {{"note", "random weights"}});
}

} // namespace orrery::segmentation
