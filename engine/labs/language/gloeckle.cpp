// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/gloeckle.h"

#include "engine/error.h"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace orrery::language {

namespace {
constexpr int mostHeads = 64;
}

Gloeckle::Gloeckle(const model::TensorFile& file, std::shared_ptr<const ModelWeights> target) : m_target(std::move(target)) {
    const TensorReader reader(file);
    m_config = draftLayerConfig(reader, *m_target);
    for (int i = 0; i < mostHeads && reader.has("gloeckle." + std::to_string(i) + ".input_layernorm.weight"); ++i) {
        const std::string at = "gloeckle." + std::to_string(i) + '.', norm = at + "norm.weight";
        Head head;
        head.layer = std::make_unique<DraftLayer>(reader, m_config, at, m_target->rotation);
        head.norm = reader.has(norm) ? reader.vector(norm, m_config.width) : m_target->norm;
        m_heads.push_back(std::move(head));
    }
    if (m_heads.empty()) reader.fail("no Gloeckle heads: the tensor 'gloeckle.0.input_layernorm.weight' is missing");
    m_crew = std::make_unique<Crew>(m_heads.size() * (HostStack::stages(1) + 3));
}

void Gloeckle::truncate(int length) {
    if (length < 0 || length > m_length)
        throw Error("the heads cannot go back to " + std::to_string(length) + " tokens, they have " + std::to_string(m_length));
    m_length = length;
}

std::span<const float> Gloeckle::append(std::span<const float> hidden, bool all) {
    const auto d = std::size_t(m_config.width), wide = std::size_t(vocabulary()), many = m_heads.size();
    if (hidden.size() % d != 0)
        throw Error("Gloeckle heads read hidden states of " + std::to_string(d) + " numbers, not " +
                    std::to_string(hidden.size()));
    const std::size_t rows = hidden.size() / d;
    if (std::size_t(m_length) + rows > std::size_t(m_config.context))
        throw Error("position " + std::to_string(std::size_t(m_length) + rows) + " is beyond the heads' context of " +
                    std::to_string(m_config.context) + " tokens; shorten the text");
    m_logits.resize(rows == 0 ? 0 : (all ? rows : 1) * many * wide);
    for (std::size_t at = 0; at < rows; at += std::size_t(Network::mostNodes)) {
        const auto count = int(std::min(rows - at, std::size_t(Network::mostNodes)));
        std::vector<std::int32_t> places(static_cast<std::size_t>(count)), chains, ends;
        std::iota(places.begin(), places.end(), m_length);
        for (int i = 0; i < count; ++i) {
            chains.insert(chains.end(), places.begin(), places.begin() + i + 1);
            ends.push_back(std::int32_t(chains.size()));
        }
        const Pass pass{count, nullptr, places.data(), places.data(), m_length, chains, ends};
        const bool last = at + std::size_t(count) == rows;
        const int from = all ? 0 : count - 1;
        StepTimes times;
        double work = 0;
        for (const Head& head : m_heads) {
            head.layer->stack.prepare(pass);
            work += head.layer->stack.multiplications() + double(wide * d);
        }
        m_crew->run(count * work, [&](Crew::Member& member) {
            for (std::size_t h = 0; h < many; ++h) {
                HostStack& stack = m_heads[h].layer->stack;
                member.stage(count, [&](std::int64_t i) {
                    std::memcpy(stack.x(int(i)), hidden.data() + (at + std::size_t(i)) * d, d * sizeof(float));
                });
                stack.run(member, pass, times);
                if (!all && !last) continue;
                stack.norm(member, count, m_heads[h].norm.data(), nullptr);
                HostStack::product(member, m_target->output, {stack.normed(from), stack.stride(), count - from},
                                   m_logits.data() + ((all ? at : 0) * many + h) * wide, std::int64_t(many * wide));
            }
        });
        m_length += count;
    }
    return m_logits;
}

} // namespace orrery::language
