// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/record.h"

#include <algorithm>
#include <numeric>

namespace orrery::language {

namespace {

std::vector<double> at(const std::vector<Bar>& bars, const Distribution& p) {
    std::vector<double> values;
    if (p.empty()) return values;
    for (const Bar& bar : bars) values.push_back(p[std::size_t(bar.token)]);
    return values;
}

} // namespace

Recorder::Recorder(const DraftTree& tree, Target& target, std::span<const float> logits, int vocabulary)
    : m_tree(&tree), m_target(&target), m_logits(logits), m_vocabulary(vocabulary) {}

int Recorder::visit(int node, int position) {
    for (std::size_t i = 0; i < m_visits.size(); ++i)
        if (m_visits[i].node == node) return int(i);
    Visit v;
    v.node = node;
    v.position = position;
    const auto row = m_logits.subspan(std::size_t(node + 1) * std::size_t(m_vocabulary), std::size_t(m_vocabulary));
    v.logits.assign(row.begin(), row.end());
    const Distribution& p = m_target->after(node);
    const Distribution& q = m_tree->after(node);
    v.q.assign(q.begin(), q.end());
    v.entropy = entropy(p);
    for (std::size_t i = 0; i < q.size(); ++i) v.overlap += std::min(p[i], q[i]);
    std::vector<int> tokens = likeliest(p, likeliestShown);
    for (const int token : likeliest(q, likeliestShown)) tokens.push_back(token);
    for (const int child : m_tree->candidates(node)) tokens.push_back(m_tree->nodes[std::size_t(child)].token);
    std::sort(tokens.begin(), tokens.end());
    tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
    v.restP = 1;
    v.restQ = q.empty() ? 0 : 1;
    for (const int token : tokens) {
        const std::size_t t = std::size_t(token);
        v.bars.push_back({token, row[t], p[t], q.empty() ? 0 : q[t]});
        v.restP -= v.bars.back().p;
        v.restQ -= v.bars.back().q;
    }
    v.restP = std::max(0.0, v.restP);
    v.restQ = std::max(0.0, v.restQ);
    std::stable_sort(v.bars.begin(), v.bars.end(),
                     [](const Bar& a, const Bar& b) { return std::max(a.p, a.q) > std::max(b.p, b.q); });
    m_visits.push_back(std::move(v));
    return int(m_visits.size()) - 1;
}

void Recorder::decided(const Decision& decision, const Trial& before, const Trial& after) {
    Step step;
    step.decision = decision;
    step.visit = visit(decision.parent, decision.position);
    const std::vector<Bar>& bars = m_visits[std::size_t(step.visit)].bars;
    step.before = at(bars, before.p), step.after = at(bars, after.p);
    step.qBefore = at(bars, before.q), step.qAfter = at(bars, after.q);
    m_steps.push_back(std::move(step));
}

void Recorder::finish(Round& round) {
    visit(round.lastParent, round.length + int(round.path.size()));
    for (std::size_t i = 0; i < m_tree->nodes.size(); ++i) {
        const DraftNode& node = m_tree->nodes[i];
        RoundNode shown{node.token, node.parent, node.depth, node.rank, 0, node.q, node.value, Fate::unseen};
        shown.p = m_target->after(node.parent)[std::size_t(node.token)];
        round.nodes.push_back(shown);
    }
    for (const Step& step : m_steps)
        if (!step.decision.accepted) round.nodes[std::size_t(step.decision.node)].fate = Fate::refused;
    for (const int node : round.path) round.nodes[std::size_t(node)].fate = Fate::accepted;
    round.draws = m_tree->draws;
    round.visits = std::move(m_visits);
    round.steps = std::move(m_steps);
}

Times& Times::operator+=(const Times& other) {
    draft += other.draft, verify += other.verify, decide += other.decide, commit += other.commit;
    return *this;
}

std::vector<std::int32_t> Round::written() const {
    std::vector<std::int32_t> tokens;
    for (const int node : path) tokens.push_back(nodes[std::size_t(node)].token);
    tokens.push_back(last);
    return tokens;
}

std::vector<std::vector<std::uint8_t>> Round::mask() const {
    const std::size_t n = nodes.size() + 1;
    std::vector<std::vector<std::uint8_t>> rows(n, std::vector<std::uint8_t>(n, 0));
    rows[0][0] = 1;
    for (std::size_t i = 1; i < n; ++i) {
        rows[i] = rows[std::size_t(nodes[i - 1].parent + 1)];
        rows[i][i] = 1;
    }
    return rows;
}

std::vector<Move> Round::moves() const {
    std::vector<Move> out;
    for (std::size_t i = 0; i < path.size(); ++i)
        if (const Move move{slot(path[i]), length + int(i)}; move.from != move.to) out.push_back(move);
    return out;
}

std::size_t Round::bytes() const {
    std::size_t sum = sizeof(Round) + nodes.size() * (sizeof(RoundNode) + 48);
    for (const Visit& v : visits)
        sum += sizeof(Visit) + v.bars.size() * sizeof(Bar) + (v.logits.size() + v.q.size()) * sizeof(float);
    for (const Step& s : steps) sum += sizeof(Step) + 4 * s.before.size() * sizeof(double);
    return sum;
}

void Round::forgetRows() {
    for (Visit& v : visits) {
        v.logits = {};
        v.q = {};
    }
}

} // namespace orrery::language
