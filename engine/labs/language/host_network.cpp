// SPDX-License-Identifier: GPL-3.0-or-later
// A whole model on the host: table, layers, last norm and output matrix as one program of a crew.
#include "engine/labs/language/host_stack.h"
#include "engine/labs/language/laps.h"

#include <algorithm>
#include <cstring>

namespace orrery::language {

namespace {

class HostNetwork final : public Network {
 public:
    explicit HostNetwork(std::shared_ptr<const ModelWeights> weights)
        : m_weights(std::move(weights)),
          m_stack(m_weights->config, m_weights->blocks, m_weights->rotation),
          m_crew(HostStack::stages(m_weights->blocks.size()) + 4),
          m_where(std::string("host, ") + hostKernels().name) {}

    void run(const Pass& pass, float* logits, bool lastOnly, float* hidden) override {
        m_stack.prepare(pass);
        m_times = {};
        Laps whole(&m_times);
        const ModelConfig& c = m_weights->config;
        const int first = lastOnly ? pass.count - 1 : 0;
        const double work =
            pass.count * m_stack.multiplications() + (logits ? double(pass.count - first) : 0.0) * c.vocabulary * c.width;
        m_crew.run(work, [&](Crew::Member& member) {
            Laps laps(member.first() ? &m_times : nullptr);
            member.stage(pass.count, [&](std::int64_t i) { embed(pass, int(i)); });
            laps(&StepTimes::other);
            m_stack.run(member, pass, m_times);
            laps.skip();
            m_stack.norm(member, pass.count, m_weights->norm.data(), m_weights->normBias.data());
            laps(&StepTimes::other);
            if (logits)
                HostStack::product(member, m_weights->output, {m_stack.normed(first), m_stack.stride(), pass.count - first},
                                   logits, c.vocabulary);
            laps(&StepTimes::logits);
        });
        for (int i = 0; hidden && i < pass.count; ++i)
            std::memcpy(hidden + std::int64_t(i) * c.width, m_stack.normed(i), std::size_t(c.width) * sizeof(float));
        whole(&StepTimes::total);
    }

    void move(const TokenTree::Moves& moves) override { m_stack.move(moves); }
    std::vector<float> cacheRow(int layer, int row) override { return m_stack.cacheRow(layer, row); }
    const StepTimes& times() const override { return m_times; }
    const char* where() const override { return m_where.c_str(); }

 private:
    void embed(const Pass& pass, int i) {
        const auto width = std::size_t(m_weights->config.width);
        const std::span<float> x(m_stack.x(i), width);
        m_weights->embedding.rowFloats(pass.tokens[i], x);
        if (!m_weights->positions) return;
        m_weights->positions.rowFloats(pass.positions[i], {m_stack.normed(i), width});
        for (std::size_t k = 0; k < width; ++k) x[k] += m_stack.normed(i)[k];
    }

    std::shared_ptr<const ModelWeights> m_weights;
    HostStack m_stack;
    Crew m_crew;
    std::string m_where;
    StepTimes m_times{};
};

} // namespace

StepTimes& StepTimes::operator+=(const StepTimes& more) {
    products += more.products, attention += more.attention, logits += more.logits;
    other += more.other, readBack += more.readBack, total += more.total;
    return *this;
}

Pass PassStore::fill(const TokenTree& tree, int first, int count) {
    tokens.clear(), positions.clear(), rows.clear(), chains.clear(), chainEnds.clear();
    for (int i = first; i < first + count; ++i) {
        tokens.push_back(tree.node(i).token);
        positions.push_back(tree.position(i));
        rows.push_back(tree.length() + i);
        for (const std::int32_t ancestor : tree.chain(i)) chains.push_back(tree.length() + ancestor);
        chainEnds.push_back(std::int32_t(chains.size()));
    }
    return {count, tokens.data(), positions.data(), rows.data(), tree.length(), chains, chainEnds};
}

std::unique_ptr<Network> makeHostNetwork(std::shared_ptr<const ModelWeights> weights) {
    return std::make_unique<HostNetwork>(std::move(weights));
}

} // namespace orrery::language
