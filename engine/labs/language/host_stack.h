// SPDX-License-Identifier: GPL-3.0-or-later
// Decoder layers on the host with their key-value cache: what a whole model, an MTP module and a Gloeckle head have in common.
// Everything of a pass runs as stages of one crew of threads; no stage's result depends on how many there are.
#pragma once

#include "engine/labs/language/crew.h"
#include "engine/labs/language/host_kernels.h"
#include "engine/labs/language/network.h"

namespace orrery::language {

/// Floats from a multiple of 64 bytes on.
class Aligned {
 public:
    void grow(std::size_t floats); ///< at least; keeps what is there; new ones are 0
    float* data() const { return m_data.get(); }
    std::size_t size() const { return m_size; }

 private:
    struct Free {
        void operator()(float* p) const;
    };
    std::unique_ptr<float[], Free> m_data{};
    std::size_t m_size = 0;
};

class HostStack {
 public:
    HostStack(const ModelConfig& config, std::span<const BlockWeights> blocks, std::span<const float> rotation);

    /// Before a pass, outside the crew: room for its rows and nodes.
    void prepare(const Pass& pass);
    /// In the crew: x becomes the output of the last layer. Fill x() in a stage before.
    void run(Crew::Member& member, const Pass& pass, StepTimes& times);
    static std::size_t stages(std::size_t layers) { return 8 * layers; }
    double multiplications() const { return m_multiplications; } ///< of one node, in the products

    float* x(int node) const { return m_x.data() + std::int64_t(node) * m_width; }
    float* normed(int node) const { return m_normed.data() + std::int64_t(node) * m_width; }
    std::int64_t stride() const { return m_width; } ///< of x and normed
    void move(const TokenTree::Moves& moves);
    std::vector<float> cacheRow(int layer, int row) const;

    /// One stage: y[c][r] = weights[r] x[c] for all columns.
    static void product(Crew::Member& member, const Matrix& weights, const Columns& x, float* y, std::int64_t yStride);
    void norm(Crew::Member& member, int nodes, const float* weight, const float* bias) const; ///< x to normed, one stage

 private:
    void queriesAndKeys(Crew::Member& member, const Pass& pass, std::size_t layer);
    void attention(Crew::Member& member, const Pass& pass, std::size_t layer);
    void feedForward(Crew::Member& member, int nodes, const BlockWeights& block);
    void addTo(Crew::Member& member, int nodes, const Matrix& weights, const Aligned& from, std::int64_t stride,
               const std::vector<float>& bias); ///< x += weights from + bias
    void place(const Pass& pass, std::size_t layer, int head) const;

    ModelConfig m_config;
    std::span<const BlockWeights> m_blocks;
    std::span<const float> m_rotation;
    std::int64_t m_width, m_head, m_qkv, m_mixedWidth, m_inner, m_row; ///< padded sizes; m_row: a row of a cache
    Aligned m_x{}, m_normed{}, m_made{}, m_queries{}, m_mixed{}, m_up{}, m_hidden{}, m_delta{};
    std::vector<Aligned> m_keys, m_values; ///< by layer, [rows, keyHeads, padded headSize]
    std::vector<float> m_cos, m_sin;       ///< [positions so far, headSize / 2]
    std::int64_t m_rows = 0;
    double m_multiplications = 0;
};

} // namespace orrery::language
