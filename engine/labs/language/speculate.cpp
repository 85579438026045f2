// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/speculate.h"

#include "engine/error.h"
#include "engine/labs/language/record.h"

#include <algorithm>
#include <chrono>
#include <numeric>

namespace orrery::language {

namespace {

constexpr int chunk = 128; ///< tokens of a prompt in one pass

/// Milliseconds since `from`, which moves on.
double lap(const Milliseconds& clock, double& from) {
    const double now = clock(), taken = now - from;
    from = now;
    return taken;
}

/// Distributions after the rows of one pass, made when they are asked for.
class Rows final : public Target {
 public:
    Rows(std::span<const float> logits, int vocabulary, const Sampling& sampling)
        : m_logits(logits), m_vocabulary(std::size_t(vocabulary)), m_sampling(sampling), m_made(logits.size() / m_vocabulary) {}
    const Distribution& after(int node) override {
        Distribution& made = m_made[std::size_t(node + 1)];
        if (made.empty()) made = distribution(m_logits.subspan(std::size_t(node + 1) * m_vocabulary, m_vocabulary), m_sampling);
        return made;
    }

 private:
    std::span<const float> m_logits;
    std::size_t m_vocabulary;
    Sampling m_sampling;
    std::vector<Distribution> m_made;
};

const char* named(Pick pick) {
    return pick == Pick::iid ? "drawn with replacement" : pick == Pick::distinct ? "drawn without replacement" : "the likeliest";
}

} // namespace

double wallMs() { return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

void checkPlan(const Drafter* drafter, const Plan& plan) {
    if (!drafter) return;
    const RuleText& rule = text(plan.rule);
    if (!rule.anyPick && plan.growth.pick != rule.pick)
        throw Error(std::string("the rule '") + rule.key + "' needs candidates that are " + named(rule.pick) + ", not " +
                    named(plan.growth.pick));
    checkGrowth(*drafter, plan.growth);
}

Speculator::Speculator(Predictor& target, Drafter* drafter, const Plan& plan)
    : m_target(&target), m_drafter(drafter), m_plan(plan) {
    checkPlan(drafter, plan);
}

void Speculator::setPlan(const Plan& plan) {
    checkPlan(m_drafter, plan);
    m_plan = plan;
}

void Speculator::setDrafter(Drafter* drafter, const Plan& plan) {
    checkPlan(drafter, plan);
    const bool hidden = drafter && drafter->readsHidden() && m_hidden.empty();
    m_drafter = drafter, m_plan = plan;
    if (!hidden || m_text.empty()) return;
    m_read.clear(); // the states that were passed over are needed now
    m_target->truncate(0);
}

void Speculator::start(std::vector<std::int32_t> text) {
    if (text.empty()) throw Error("there is no text to go on with: write at least one word");
    for (const std::int32_t token : text)
        if (token < 0 || token >= m_target->vocabulary())
            throw Error("token " + std::to_string(token) + " is not one of the model's " +
                        std::to_string(m_target->vocabulary()));
    if (text.size() > std::size_t(m_target->context()))
        throw Error("the text has " + std::to_string(text.size()) + " tokens, the model's context holds " +
                    std::to_string(m_target->context()));
    m_text = std::move(text);
    m_rounds = 0;
    m_briefed = false;
    rewind(m_text.size());
}

void Speculator::resume(std::vector<std::int32_t> text, std::vector<float> hidden) {
    m_target->truncate(int(text.size()) - 1);
    m_read.assign(text.begin(), text.end() - 1);
    m_text = std::move(text);
    m_hidden = std::move(hidden);
    m_rounds = 0;
}

void Speculator::forget() {
    m_read.clear(), m_hidden.clear();
    m_briefed = false;
    m_target->truncate(0);
}

void Speculator::rewind(std::size_t length) {
    m_text.resize(std::clamp<std::size_t>(length, 1, m_text.size()));
    std::size_t same = 0;
    while (same < m_read.size() && same + 1 < m_text.size() && m_read[same] == m_text[same]) ++same;
    if (std::size_t(m_target->length()) < same) same = std::size_t(m_target->length()); // somebody else has used it
    if (same < m_read.size() && !m_hidden.empty()) m_hidden.resize(m_hidden.size() / m_read.size() * same);
    m_read.resize(same);
    m_target->truncate(int(same));
}

double Speculator::prefilled() const { return m_text.size() < 2 ? 1 : double(m_read.size()) / double(m_text.size() - 1); }

bool Speculator::prefill(int tokens) {
    while (tokens > 0 && m_read.size() + 1 < m_text.size()) {
        const std::size_t from = m_read.size(),
                          count = std::min<std::size_t>({chunk, m_text.size() - 1 - from, std::size_t(tokens)});
        m_target->prefill(std::span(m_text).subspan(from, count));
        std::vector<std::int32_t> rows(count);
        std::iota(rows.begin(), rows.end(), 0);
        keepHidden(rows);
        m_read.insert(m_read.end(), m_text.begin() + std::ptrdiff_t(from), m_text.begin() + std::ptrdiff_t(from + count));
        tokens -= int(count);
    }
    if (m_read.size() + 1 < m_text.size()) return false;
    if (!m_briefed && m_drafter) m_drafter->begin({m_text, m_hidden, m_target->width(), m_plan.sampling});
    m_briefed = true;
    return true;
}

void Speculator::keepHidden(std::span<const std::int32_t> rows) {
    if (!m_drafter || !m_drafter->readsHidden()) return m_hidden.clear();
    const std::size_t width = std::size_t(m_target->width());
    const std::span<const float> hidden = m_target->hidden();
    for (const std::int32_t row : rows) {
        const auto from = hidden.subspan(std::size_t(row) * width, width);
        m_hidden.insert(m_hidden.end(), from.begin(), from.end());
    }
}

bool Speculator::full() const { return m_text.size() > std::size_t(m_target->context()); }

Round Speculator::step(int atMost, bool record) {
    if (m_text.empty()) throw std::logic_error("no text was started");
    if (full()) throw Error("the model's context of " + std::to_string(m_target->context()) + " tokens is full");
    prefill();
    if (m_target->pending() > 0) m_target->truncate(m_target->length()); // of a round that was broken off by an error
    Round round;
    round.index = m_rounds;
    round.length = int(m_text.size());
    round.root = m_text.back();
    round.rule = m_plan.rule;
    round.sampling = m_plan.sampling;
    const Coins coins{m_plan.seed};

    double clock = m_clock();
    DraftTree tree;
    tree.draws.resize(1);
    tree.q.resize(1);
    Growth growth = m_plan.growth;
    growth.deepest = std::min(m_target->context() - round.length, atMost - 1);
    if (m_drafter) {
        round.drafter = m_drafter->name();
        const Past past{m_text, m_hidden, m_target->width(), m_plan.sampling};
        if (growth.deepest > 0) tree = grow(*m_drafter, past, growth, coins);
    }
    round.asks = tree.asks;
    round.times.draft = lap(m_clock, clock);

    std::vector<TreeToken> nodes = {{round.root, -1}};
    for (const DraftNode& node : tree.nodes) nodes.push_back({node.token, node.parent + 1});
    const std::span<const float> logits = m_target->extend(nodes);
    round.times.verify = lap(m_clock, clock);

    Rows rows(logits, m_target->vocabulary(), m_plan.sampling);
    const Verdict verdict = verify(tree, rows, m_plan.rule, m_plan.typical, coins, round.length);
    round.times.decide = lap(m_clock, clock);
    round.path = verdict.path;
    round.last = verdict.last, round.lastParent = verdict.lastParent, round.lastCoin = verdict.lastCoin;
    round.bonus = verdict.bonus;
    round.divergence = verdict.divergence, round.variation = verdict.variation;
    if (record) { // once more with a witness: what it writes down is not decoding time
        Recorder recorder(tree, rows, logits, m_target->vocabulary());
        verify(tree, rows, m_plan.rule, m_plan.typical, coins, round.length, &recorder);
        recorder.finish(round);
    } else {
        for (const DraftNode& node : tree.nodes)
            round.nodes.push_back({node.token, node.parent, node.depth, node.rank, 0, node.q, node.value, Fate::unseen});
        for (const int node : round.path) round.nodes[std::size_t(node)].fate = Fate::accepted;
    }

    clock = m_clock();
    std::vector<std::int32_t> path = {0};
    for (const int node : verdict.path) path.push_back(node + 1);
    keepHidden(path);
    m_target->commit(path);
    m_read.push_back(round.root);
    for (const int node : verdict.path) m_read.push_back(tree.nodes[std::size_t(node)].token);
    m_text.insert(m_text.end(), m_read.begin() + round.length, m_read.end());
    m_text.push_back(verdict.last);
    round.times.commit = lap(m_clock, clock);
    ++m_rounds;
    return round;
}

} // namespace orrery::language
