// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/medusa.h"

#include "engine/error.h"
#include "engine/labs/language/activation.h"
#include "engine/labs/language/model_files.h"
#include "engine/model/bytes.h"

#include <algorithm>
#include <cstring>

namespace orrery::language {

namespace {

constexpr int mostHeads = 64, mostBlocks = 16;

/// Where the tensors of one head are, in either naming.
struct Names {
    std::string prefix{};
    bool vllm = false;

    std::string block(int head, int j) const {
        return vllm ? prefix + "blocks." + std::to_string(head) + ".layers." + std::to_string(j)
                    : prefix + std::to_string(head) + '.' + std::to_string(j) + ".linear";
    }
    std::string output(int head, int blocks) const {
        return vllm ? prefix + "lm_heads." + std::to_string(head) + ".weight"
                    : prefix + std::to_string(head) + '.' + std::to_string(blocks) + ".weight";
    }
    int blocks(const TensorReader& reader, int head) const {
        int n = 0;
        while (n < mostBlocks && reader.has(block(head, n) + ".weight")) ++n;
        return n;
    }
};

Names namesIn(const TensorReader& reader) {
    for (const char* prefix : {"", "medusa_head.", "medusa_heads."})
        for (const bool vllm : {false, true})
            if (const Names names{prefix, vllm}; names.blocks(reader, 0) > 0 || reader.has(names.output(0, 0))) return names;
    const std::string first =
        reader.file().tensors().empty() ? "none" : "'" + model::shown(reader.file().tensors().front().name) + "'";
    reader.fail("no Medusa heads: there is neither a tensor '0.0.linear.weight' nor 'blocks.0.layers.0.weight'; its first is " +
                first);
}

} // namespace

Medusa::Medusa(const model::TensorFile& file, std::shared_ptr<const ModelWeights> target) : m_target(std::move(target)) {
    const TensorReader reader(file);
    const ModelConfig& c = m_target->config;
    const Names names = namesIn(reader);
    if (reader.has(names.prefix + "token_map"))
        reader.fail("tensor '" + names.prefix + "token_map': heads over a part of the vocabulary are not built here");
    std::size_t stages = 0, outputs = 0;
    for (int h = 0; h < mostHeads; ++h) {
        const int blocks = names.blocks(reader, h);
        const std::string output = names.output(h, blocks);
        const bool own = reader.has(output);
        if (blocks == 0 && !own) break;
        Head head;
        for (int j = 0; j < blocks; ++j) {
            const std::string at = names.block(h, j);
            Block block{reader.matrix(at + ".weight", {c.width, c.width}), {}};
            if (reader.has(at + ".bias")) block.bias = reader.vector(at + ".bias", c.width);
            m_multiplications += double(c.width) * c.width;
            head.blocks.push_back(std::move(block));
        }
        if (own) head.output = reader.matrix(output, {c.vocabulary, c.width});
        if (own ? outputs != std::size_t(h) : outputs > 0)
            reader.fail("tensor '" + output + "': some heads have an output matrix of their own and some have none");
        outputs += own ? 1 : 0, stages += 2 * std::size_t(blocks) + 1;
        m_multiplications += double(c.vocabulary) * c.width;
        m_heads.push_back(std::move(head));
    }
    for (const model::StoredTensor& tensor : file.tensors()) { // what is behind a gap would be lost without a word
        const std::string& name = tensor.name;
        const std::string at = names.prefix + (names.vllm ? "blocks." : "");
        if (!name.starts_with(at)) continue;
        const std::string digits = name.substr(at.size(), name.find('.', at.size()) - at.size());
        const bool number = !digits.empty() && digits.size() < 9 && digits.find_first_not_of("0123456789") == std::string::npos;
        if (number && std::stoi(digits) >= heads())
            reader.fail("tensor '" + model::shown(name) + "' belongs to a head behind the " + std::to_string(heads()) +
                        " that are numbered without a gap from 0 (at most " + std::to_string(mostHeads) + ")");
    }
    m_shared = outputs == 0;
    m_crew = std::make_unique<Crew>(stages + 1);
}

std::span<const float> Medusa::logits(std::span<const float> hidden) {
    const ModelConfig& c = m_target->config;
    const auto width = std::size_t(c.width), wide = std::size_t(c.vocabulary), many = m_heads.size();
    if (hidden.size() % width != 0)
        throw Error("Medusa heads read hidden states of " + std::to_string(width) + " numbers, not " +
                    std::to_string(hidden.size()));
    const std::size_t rows = hidden.size() / width;
    const std::int64_t pad = padded(c.width), between = std::int64_t(many) * pad;
    m_states.grow(rows * many * std::size_t(pad)), m_made.grow(rows * std::size_t(pad));
    m_logits.resize(rows * many * wide);
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t h = 0; h < many; ++h)
            std::memcpy(m_states.data() + (r * many + h) * std::size_t(pad), hidden.data() + r * width, width * sizeof(float));
    if (rows == 0) return m_logits;
    m_crew->run(double(rows) * m_multiplications, [&](Crew::Member& member) {
        for (std::size_t h = 0; h < many; ++h) {
            const Columns states{m_states.data() + std::int64_t(h) * pad, between, int(rows)};
            for (const Block& block : m_heads[h].blocks) {
                HostStack::product(member, block.weight, states, m_made.data(), pad);
                member.stage(std::int64_t(rows), [&](std::int64_t r) {
                    float* made = m_made.data() + r * pad;
                    float* state = m_states.data() + r * between + std::int64_t(h) * pad;
                    for (std::size_t k = 0; k < block.bias.size() && k < width; ++k) made[k] += block.bias[k];
                    activate(Activation::silu, made, c.width, made);
                    for (std::size_t k = 0; k < width; ++k) state[k] += made[k];
                });
            }
            if (!m_shared)
                HostStack::product(member, m_heads[h].output, states, m_logits.data() + h * wide, std::int64_t(many * wide));
        }
        if (m_shared)
            HostStack::product(member, m_target->output, {m_states.data(), pad, int(rows * many)}, m_logits.data(),
                               std::int64_t(wide));
    });
    return m_logits;
}

} // namespace orrery::language
