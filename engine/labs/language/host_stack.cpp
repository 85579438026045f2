// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/host_stack.h"

#include "engine/labs/language/activation.h"
#include "engine/labs/language/laps.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <new>

namespace orrery::language {

namespace {

/// Rows of a task: enough to be worth claiming, few enough that the last task does not keep the others waiting.
int blockOf(int rows) { return std::clamp((rows / 16 + 3) / 4 * 4, 8, 128); }

/// Scratch of the thread, at least that long.
float* scratch(std::size_t floats) {
    thread_local Aligned kept;
    kept.grow(floats);
    return kept.data();
}

/// task(first row, rows) over blocks of all rows.
template <class Task>
void byBlocks(Crew::Member& member, int rows, int block, const Task& task) {
    member.stage((rows + block - 1) / block, [&](std::int64_t i) {
        const int first = int(i) * block;
        task(first, std::min(block, rows - first));
    });
}

} // namespace

void Aligned::Free::operator()(float* p) const { ::operator delete(p, std::align_val_t(64)); }

void Aligned::grow(std::size_t floats) {
    if (floats <= m_size) return;
    std::unique_ptr<float[], Free> larger(static_cast<float*>(::operator new(floats * sizeof(float), std::align_val_t(64))));
    if (m_size) std::memcpy(larger.get(), m_data.get(), m_size * sizeof(float));
    std::memset(larger.get() + m_size, 0, (floats - m_size) * sizeof(float));
    m_data = std::move(larger), m_size = floats;
}

HostStack::HostStack(const ModelConfig& config, std::span<const BlockWeights> blocks, std::span<const float> rotation)
    : m_config(config),
      m_blocks(blocks),
      m_rotation(rotation),
      m_width(padded(config.width)),
      m_head(padded(config.headSize)),
      m_qkv(padded(config.queryWidth() + 2 * config.keyWidth())),
      m_mixedWidth(padded(config.queryWidth())),
      m_inner(padded(config.inner)),
      m_row(std::int64_t(config.keyHeads) * m_head),
      m_keys(blocks.size()),
      m_values(blocks.size()) {
    for (const BlockWeights& block : blocks)
        for (const Matrix* m : {&block.qkv, &block.out, &block.up, &block.down})
            m_multiplications += double(m->rows()) * m->stride();
}

void HostStack::prepare(const Pass& pass) {
    const auto nodes = std::size_t(pass.count);
    m_x.grow(nodes * std::size_t(m_width)), m_normed.grow(nodes * std::size_t(m_width)),
        m_delta.grow(nodes * std::size_t(m_width));
    m_made.grow(nodes * std::size_t(m_qkv)), m_mixed.grow(nodes * std::size_t(m_mixedWidth));
    m_queries.grow(nodes * std::size_t(m_config.heads) * std::size_t(m_head));
    m_hidden.grow(nodes * std::size_t(m_inner));
    m_up.grow(nodes * std::size_t(m_inner) * (m_config.gated() ? 2 : 1));
    std::int64_t rows = 0, positions = 0;
    for (int i = 0; i < pass.count; ++i) {
        rows = std::max<std::int64_t>(rows, pass.rows[i] + 1);
        positions = std::max<std::int64_t>(positions, pass.positions[i] + 1);
    }
    if (rows > m_rows) {
        m_rows = std::max(rows,
                          std::min<std::int64_t>(std::max<std::int64_t>(2 * m_rows, 128), m_config.context + Network::mostNodes));
        for (std::size_t l = 0; l < m_blocks.size(); ++l)
            m_keys[l].grow(std::size_t(m_rows * m_row)), m_values[l].grow(std::size_t(m_rows * m_row));
    }
    const auto half = std::int64_t(m_rotation.size());
    for (auto p = half ? std::int64_t(m_cos.size()) / half : positions; p < positions; ++p)
        for (const float f : m_rotation) { // the angle is rounded to float32, as where the families were trained
            const double angle = double(float(p) * f);
            m_cos.push_back(float(std::cos(angle))), m_sin.push_back(float(std::sin(angle)));
        }
}

void HostStack::product(Crew::Member& member, const Matrix& weights, const Columns& x, float* y, std::int64_t yStride) {
    byBlocks(member, weights.rows(), blockOf(weights.rows()),
             [&](int first, int count) { hostKernels().product(weights, first, count, x, y, yStride); });
}

void HostStack::norm(Crew::Member& member, int nodes, const float* weight, const float* bias) const {
    const auto epsilon = float(m_config.epsilon);
    member.stage(nodes, [&](std::int64_t i) {
        if (m_config.layerNorm()) {
            hostKernels().layerNorm(x(int(i)), weight, bias, m_config.width, epsilon, normed(int(i)));
        } else {
            hostKernels().rmsNorm(x(int(i)), weight, m_config.width, epsilon, normed(int(i)));
        }
    });
}

/// Of what the product has made of one head: queries turn to where attention reads them, keys and values into the cache.
void HostStack::place(const Pass& pass, std::size_t layer, int head) const {
    const int size = m_config.headSize, half = size / 2,
              kind = head < m_config.heads                       ? 0
                     : head < m_config.heads + m_config.keyHeads ? 1
                                                                 : 2;
    const std::vector<float>& bias = m_blocks[layer].qkvBias;
    for (int i = 0; i < pass.count; ++i) {
        float* from = m_made.data() + i * m_qkv + std::int64_t(head) * size;
        if (!bias.empty())
            for (int k = 0; k < size; ++k) from[k] += bias[std::size_t(head * size + k)];
        const std::int64_t row = pass.rows[i] * m_row;
        float* to = kind == 0   ? m_queries.data() + (std::int64_t(i) * m_config.heads + head) * m_head
                    : kind == 1 ? m_keys[layer].data() + row + (head - m_config.heads) * m_head
                                : m_values[layer].data() + row + (head - m_config.heads - m_config.keyHeads) * m_head;
        if (kind == 2 || m_rotation.empty()) {
            std::memcpy(to, from, std::size_t(size) * sizeof(float));
            continue;
        }
        const float* c = m_cos.data() + std::int64_t(pass.positions[i]) * half;
        const float* s = m_sin.data() + std::int64_t(pass.positions[i]) * half;
        for (int k = 0; k < half; ++k) {
            to[k] = from[k] * c[k] - from[k + half] * s[k];
            to[k + half] = from[k + half] * c[k] + from[k] * s[k];
        }
    }
}

void HostStack::queriesAndKeys(Crew::Member& member, const Pass& pass, std::size_t layer) {
    const Columns columns{m_normed.data(), m_width, pass.count};
    const Matrix& weights = m_blocks[layer].qkv;
    const int size = m_config.headSize;
    member.stage(weights.rows() / size, [&](std::int64_t head) {
        hostKernels().product(weights, int(head) * size, size, columns, m_made.data(), m_qkv);
        place(pass, layer, int(head));
    });
}

void HostStack::attention(Crew::Member& member, const Pass& pass, std::size_t layer) {
    const int heads = m_config.heads, group = heads / m_config.keyHeads, size = m_config.headSize;
    member.stage(std::int64_t(pass.count) * heads, [&](std::int64_t task) {
        const int i = int(task) / heads, head = int(task) % heads;
        const auto chain = pass.chain(i);
        const int length = padded(pass.committed + int(chain.size()));
        float* scores = scratch(std::size_t(length + m_head));
        float* out = scores + length;
        const std::int64_t key = std::int64_t(head / group) * m_head;
        hostKernels().attend(
            {m_queries.data() + task * m_head, m_keys[layer].data() + key, m_values[layer].data() + key, m_row, pass.committed,
             chain.data(), int(chain.size()), int(m_head), float(m_config.scoreScale(int(layer)))},
            scores, out);
        std::memcpy(m_mixed.data() + i * m_mixedWidth + std::int64_t(head) * size, out, std::size_t(size) * sizeof(float));
    });
}

void HostStack::addTo(Crew::Member& member, int nodes, const Matrix& weights, const Aligned& from, std::int64_t stride,
                      const std::vector<float>& bias) {
    const Columns columns{from.data(), stride, nodes};
    byBlocks(member, weights.rows(), blockOf(weights.rows()), [&](int first, int count) {
        hostKernels().product(weights, first, count, columns, m_delta.data(), m_width);
        for (int i = 0; i < nodes; ++i) {
            float* sum = x(i) + first;
            const float* more = m_delta.data() + i * m_width + first;
            const float* constant = bias.empty() ? nullptr : bias.data() + first;
            for (int r = 0; r < count; ++r) sum[r] += constant ? more[r] + constant[r] : more[r];
        }
    });
}

void HostStack::feedForward(Crew::Member& member, int nodes, const BlockWeights& block) {
    const Columns columns{m_normed.data(), m_width, nodes};
    const bool gated = m_config.gated();
    const std::int64_t stride = m_inner * (gated ? 2 : 1);
    const float* bias = block.upBias.empty() ? nullptr : block.upBias.data();
    const int inner = m_config.inner;
    byBlocks(member, inner, blockOf(inner), [&](int first, int count) {
        hostKernels().product(block.up, first, count, columns, m_up.data(), stride);
        if (gated) hostKernels().product(block.up, inner + first, count, columns, m_up.data(), stride);
        for (int i = 0; i < nodes; ++i) {
            float* made = m_up.data() + i * stride;
            for (int r = first; bias && r < first + count; ++r) made[r] += bias[r];
            for (int r = first; bias && gated && r < first + count; ++r) made[inner + r] += bias[inner + r];
            activate(m_config.activation, made + first, count, m_hidden.data() + i * m_inner + first);
            if (gated) multiplyInto(made + inner + first, count, m_hidden.data() + i * m_inner + first);
        }
    });
}

void HostStack::run(Crew::Member& member, const Pass& pass, StepTimes& times) {
    Laps laps(member.first() ? &times : nullptr);
    for (std::size_t l = 0; l < m_blocks.size(); ++l) {
        const BlockWeights& block = m_blocks[l];
        norm(member, pass.count, block.norm1.data(), block.norm1Bias.data());
        laps(&StepTimes::other);
        queriesAndKeys(member, pass, l);
        laps(&StepTimes::products);
        attention(member, pass, l);
        laps(&StepTimes::attention);
        addTo(member, pass.count, block.out, m_mixed, m_mixedWidth, block.outBias);
        laps(&StepTimes::products);
        norm(member, pass.count, block.norm2.data(), block.norm2Bias.data());
        laps(&StepTimes::other);
        feedForward(member, pass.count, block);
        addTo(member, pass.count, block.down, m_hidden, m_inner, block.downBias);
        laps(&StepTimes::products);
    }
}

void HostStack::move(const TokenTree::Moves& moves) {
    for (const auto& [from, to] : moves)
        for (std::size_t l = 0; l < m_blocks.size(); ++l) {
            std::memcpy(m_keys[l].data() + to * m_row, m_keys[l].data() + from * m_row, std::size_t(m_row) * sizeof(float));
            std::memcpy(m_values[l].data() + to * m_row, m_values[l].data() + from * m_row, std::size_t(m_row) * sizeof(float));
        }
}

std::vector<float> HostStack::cacheRow(int layer, int row) const {
    std::vector<float> both;
    for (const std::vector<Aligned>* cache : {&m_keys, &m_values})
        for (int head = 0; head < m_config.keyHeads; ++head) {
            const float* from = (*cache)[std::size_t(layer)].data() + row * m_row + head * m_head;
            both.insert(both.end(), from, from + m_config.headSize);
        }
    return both;
}

} // namespace orrery::language
