// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/mtp.h"

#include "engine/error.h"

#include <algorithm>
#include <cstring>

namespace orrery::language {

namespace {

std::string prefixIn(const TensorReader& reader, int layers) {
    const std::string number = std::to_string(layers) + '.';
    for (const std::string& prefix : {"model.layers." + number, "layers." + number, std::string()})
        if (reader.has(prefix + "eh_proj.weight")) return prefix;
    reader.fail("no MTP module for a model of " + std::to_string(layers) + " layers: the tensor 'model.layers." + number +
                "eh_proj.weight' is missing");
}

} // namespace

Mtp::Mtp(const model::TensorFile& file, std::shared_ptr<const ModelWeights> target)
    : m_target(std::move(target)),
      m_tree(file.path(), m_target->config.vocabulary, m_target->config.context),
      m_crew(HostStack::stages(1) + 4) {
    const TensorReader reader(file);
    m_config = draftLayerConfig(reader, *m_target);
    const int d = m_config.width, V = m_config.vocabulary;
    const std::string at = prefixIn(reader, m_target->config.layers);
    m_embeddingNorm = reader.vector(at + "enorm.weight", d), m_hiddenNorm = reader.vector(at + "hnorm.weight", d);
    m_project = reader.matrix(at + "eh_proj.weight", {d, 2 * d});
    m_norm = reader.vector(at + "shared_head.norm.weight", d);
    const std::string table = at + "embed_tokens.weight", output = at + "shared_head.head.weight";
    m_table = reader.has(table) ? reader.matrix(table, {V, d}) : m_target->embedding;
    m_output = reader.has(output) ? reader.matrix(output, {V, d}) : m_target->output;
    m_layer = std::make_unique<DraftLayer>(reader, m_config, at, m_target->rotation);
}

void Mtp::truncate(int length) { m_tree.truncate(length); }

void Mtp::commit(std::span<const std::int32_t> path) { m_layer->stack.move(m_tree.commit(path)); }

std::span<const float> Mtp::extend(std::span<const TreeToken> nodes, std::span<const float> hidden) {
    const auto wide = std::size_t(vocabulary()), d = std::size_t(width());
    if (hidden.size() != nodes.size() * d)
        throw Error("an MTP module reads one hidden state of " + std::to_string(d) + " numbers for each of " +
                    std::to_string(nodes.size()) + " slots, not " + std::to_string(hidden.size()) + " numbers");
    const std::vector<float> given(hidden.begin(), hidden.end()); // they may be our own, which are about to be overwritten
    const int first = m_tree.extend(nodes), count = int(nodes.size());
    m_logits.resize(nodes.size() * wide), m_hidden.resize(nodes.size() * d);
    for (int i = 0; i < count; i += Network::mostNodes) {
        const auto from = std::size_t(i);
        run(first + i, std::min(Network::mostNodes, count - i), given.data() + from * d, m_logits.data() + from * wide,
            m_hidden.data() + from * d);
    }
    return m_logits;
}

void Mtp::run(int first, int count, const float* hidden, float* logits, float* next) {
    const auto d = std::size_t(width()), pad = std::size_t(padded(width())), both = std::size_t(padded(2 * width()));
    const Pass pass = m_store.fill(m_tree, first, count);
    HostStack& stack = m_layer->stack;
    stack.prepare(pass);
    m_both.grow(std::size_t(count) * both), m_scratch.grow(2 * pad);
    const HostKernels& kernels = hostKernels();
    const auto epsilon = float(m_config.epsilon);
    float *in = m_scratch.data(), *out = in + pad;
    for (std::size_t i = 0; i < std::size_t(count); ++i) {
        float* row = m_both.data() + i * both;
        std::fill_n(in, pad, 0.0F);
        if (pass.positions[i] > 0) m_table.rowFloats(pass.tokens[i], {in, d});
        kernels.rmsNorm(in, m_embeddingNorm.data(), int(d), epsilon, out);
        std::memcpy(row, out, d * sizeof(float));
        std::memcpy(in, hidden + i * d, d * sizeof(float));
        kernels.rmsNorm(in, m_hiddenNorm.data(), int(d), epsilon, out);
        std::memcpy(row + d, out, d * sizeof(float));
    }
    StepTimes times;
    const double work =
        stack.multiplications() + double(m_project.rows()) * m_project.columns() + double(m_output.rows()) * double(d);
    m_crew.run(count * work, [&](Crew::Member& member) {
        HostStack::product(member, m_project, {m_both.data(), std::int64_t(both), count}, stack.x(0), stack.stride());
        stack.run(member, pass, times);
        stack.norm(member, count, m_norm.data(), nullptr);
        HostStack::product(member, m_output, {stack.normed(0), stack.stride(), count}, logits, vocabulary());
    });
    for (int i = 0; i < count; ++i) std::memcpy(next + std::size_t(i) * d, stack.x(i), d * sizeof(float));
}

} // namespace orrery::language
