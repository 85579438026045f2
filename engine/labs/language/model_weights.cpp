// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/model_weights.h"

#include "engine/philox.h"
#include "engine/tensor/formats.h"
#include "engine/tensor/host_threads.h"

#include <bit>
#include <cmath>
#include <cstring>

namespace orrery::language {

namespace {

class Maker {
 public:
    Maker(std::uint64_t seed, WeightType type) : m_seed(seed), m_type(type) {}

    Matrix matrix(int rows, int columns) {
        Matrix made(rows, columns, m_type);
        const float size = std::sqrt(3.0F / float(columns)); // variance 1 / columns
        const std::uint32_t stream = m_stream++;
        tensor::host::parallel(rows, [&](std::int64_t row, int) {
            std::byte* to = made.row(int(row));
            for (int c = 0; c < columns; c += 4) {
                const auto words = philox(m_seed, std::uint32_t(row), std::uint32_t(c), stream);
                for (int i = 0; i < 4 && c + i < columns; ++i)
                    put(to, c + i, size * (float(words[std::size_t(i)]) * 0x1p-31F - 1));
            }
        });
        return made;
    }
    static std::vector<float> ones(int count) { return paddedVector(std::vector<float>(std::size_t(count), 1.0F)); }
    static std::vector<float> none(bool wanted, int count) {
        return wanted ? paddedVector(std::vector<float>(std::size_t(count), 0.0F)) : std::vector<float>();
    }

 private:
    void put(std::byte* row, int at, float value) const {
        if (m_type == WeightType::f32) {
            std::memcpy(row + 4 * std::size_t(at), &value, 4);
            return;
        }
        const std::uint16_t bits =
            m_type == WeightType::f16 ? tensor::halfFromFloat(value) : std::uint16_t(std::bit_cast<std::uint32_t>(value) >> 16);
        std::memcpy(row + 2 * std::size_t(at), &bits, 2);
    }

    std::uint64_t m_seed;
    WeightType m_type;
    std::uint32_t m_stream = 0;
};

std::uint64_t blockBytes(const ModelWeights& weights) {
    std::uint64_t sum = 0;
    for (const BlockWeights& block : weights.blocks)
        sum += block.qkv.bytes() + block.out.bytes() + block.up.bytes() + block.down.bytes();
    return sum;
}

} // namespace

std::uint64_t ModelWeights::bytes() const {
    return blockBytes(*this) + embedding.bytes() + positions.bytes() + (config.tied ? 0 : output.bytes());
}

std::uint64_t ModelWeights::bytesPerStep() const { return blockBytes(*this) + output.bytes(); }

ModelWeights randomWeights(const ModelConfig& config, std::uint64_t seed, WeightType type) {
    checkConfig(config);
    Maker maker(seed, type);
    ModelWeights weights;
    weights.config = config;
    const int d = config.width, f = config.inner, qkv = config.queryWidth() + 2 * config.keyWidth();
    const bool shifted = config.layerNorm();
    weights.embedding = maker.matrix(config.vocabulary, d);
    weights.output = config.tied ? weights.embedding : maker.matrix(config.vocabulary, d);
    if (config.learnedPositions()) weights.positions = maker.matrix(config.context, d);
    for (int i = 0; i < config.layers; ++i)
        weights.blocks.push_back({Maker::ones(d), Maker::none(shifted, d), Maker::ones(d), Maker::none(shifted, d),
                                  maker.matrix(qkv, d), Maker::none(config.qkvBias, qkv), maker.matrix(d, config.queryWidth()),
                                  Maker::none(config.outputBias, d), maker.matrix(config.gated() ? 2 * f : f, d),
                                  Maker::none(config.mlpBias, config.gated() ? 2 * f : f), maker.matrix(d, f),
                                  Maker::none(config.mlpBias, d)});
    weights.norm = Maker::ones(d), weights.normBias = Maker::none(shifted, d);
    if (!config.learnedPositions()) weights.rotation = ropeFrequencies(config);
    return weights;
}

} // namespace orrery::language
