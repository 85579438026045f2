// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/drafters.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace orrery::language {

ModelDrafter::ModelDrafter(Predictor& model, int vocabulary, std::string name)
    : m_model(&model), m_vocabulary(vocabulary), m_name(std::move(name)) {}

Distribution ModelDrafter::after(std::span<const float> logits) const {
    if (int(logits.size()) == m_vocabulary) return distribution(logits, m_sampling);
    std::vector<float> common(std::size_t(m_vocabulary), -std::numeric_limits<float>::infinity());
    std::copy_n(logits.begin(), std::min(logits.size(), common.size()), common.begin());
    return distribution(common, m_sampling);
}

void ModelDrafter::begin(const Past& past) {
    m_sampling = past.sampling;
    m_pending.clear();
    m_full = past.text.size() >= std::size_t(m_model->context());
    if (m_full) return;
    std::size_t same = 0;
    while (same < m_read.size() && same + 1 < past.text.size() && m_read[same] == past.text[same]) ++same;
    m_model->truncate(int(same));
    m_read.assign(past.text.begin(), past.text.end());
    const std::span<const float> logits = m_model->prefill(past.text.subspan(same));
    m_root.assign(logits.begin(), logits.end());
}

void ModelDrafter::expand(const DraftTree& tree, std::span<const int> parents, std::vector<Distribution>& q) {
    if (m_full) return;
    if (parents.size() == 1 && parents[0] < 0) {
        q[0] = after(m_root);
        return;
    }
    if (m_model->length() + tree.nodes[std::size_t(parents[0])].depth > m_model->context()) return;
    std::vector<TreeToken> nodes;
    int place = m_model->pending();
    for (const int parent : parents) {
        const DraftNode& node = tree.nodes[std::size_t(parent)];
        nodes.push_back({node.token, node.parent < 0 ? -1 : m_pending.at(node.parent)});
        m_pending[parent] = place++;
    }
    const std::span<const float> logits = m_model->extend(nodes);
    const std::size_t width = std::size_t(m_model->vocabulary());
    for (std::size_t i = 0; i < parents.size(); ++i) q[i] = after(logits.subspan(i * width, width));
}

LookupDrafter::LookupDrafter(int vocabulary, int longest, int shortest)
    : m_vocabulary(vocabulary), m_longest(longest), m_shortest(shortest) {}

void LookupDrafter::begin(const Past& past) {
    constexpr std::size_t most = 64;
    m_text = past.text;
    m_sampling = past.sampling;
    m_places.clear();
    m_matched = 0;
    const int size = int(m_text.size());
    for (int n = std::min(m_longest, size - 1); n >= m_shortest && m_places.empty(); --n) {
        const auto tail = m_text.last(std::size_t(n));
        for (int at = size - n - 1; at >= 0 && m_places.size() < most; --at)
            if (std::equal(tail.begin(), tail.end(), m_text.begin() + at)) m_places.push_back(at + n);
        if (!m_places.empty()) m_matched = n;
    }
}

void LookupDrafter::expand(const DraftTree& tree, std::span<const int> parents, std::vector<Distribution>& q) {
    for (std::size_t i = 0; i < parents.size(); ++i) {
        const std::vector<std::int32_t> path = tree.path(parents[i]);
        Distribution p(std::size_t(m_vocabulary), 0);
        for (std::size_t rank = 0; rank < m_places.size(); ++rank) {
            const std::size_t from = std::size_t(m_places[rank]);
            if (from + path.size() >= m_text.size() ||
                !std::equal(path.begin(), path.end(), m_text.begin() + std::ptrdiff_t(from)))
                continue;
            p[std::size_t(m_text[from + path.size()])] += 1 / double(rank + 1);
        }
        if (!normalise(p)) continue;
        q[i] = m_sampling.temperature <= 0 ? reshape(std::move(p), {.temperature = 0}) : std::move(p);
    }
}

void CountDrafter::begin(const Past& past) {
    const std::size_t tail = std::min(past.text.size(), std::size_t(m_counts->reach()));
    m_tail.assign(past.text.end() - std::ptrdiff_t(tail), past.text.end());
    m_sampling = past.sampling;
}

void CountDrafter::expand(const DraftTree& tree, std::span<const int> parents, std::vector<Distribution>& q) {
    for (std::size_t i = 0; i < parents.size(); ++i) {
        std::vector<std::int32_t> context = m_tail;
        const std::vector<std::int32_t> path = tree.path(parents[i]);
        context.insert(context.end(), path.begin(), path.end());
        const std::size_t reach = std::min(context.size(), std::size_t(m_counts->reach()));
        Distribution p;
        m_counts->after(std::span<const std::int32_t>(context).last(reach), p);
        q[i] = reshape(std::move(p), m_sampling);
    }
}

} // namespace orrery::language
