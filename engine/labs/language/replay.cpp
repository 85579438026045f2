// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/replay.h"

#include "engine/error.h"

#include <algorithm>

namespace orrery::language {

namespace {

/// p wherever it is asked: what follows a kept candidate is not looked at.
class OneNode final : public Target {
 public:
    explicit OneNode(Distribution p) : m_p(std::move(p)) {}
    const Distribution& after(int) override { return m_p; }

 private:
    Distribution m_p;
};

class Noted final : public Witness {
 public:
    Noted(const std::vector<Bar>& bars, int visit, std::vector<Step>& steps) : m_bars(bars), m_visit(visit), m_steps(steps) {}
    void decided(const Decision& decision, const Trial& before, const Trial& after) override {
        m_steps.push_back({decision, m_visit, at(before.p), at(after.p), at(before.q), at(after.q)});
    }

 private:
    std::vector<double> at(const Distribution& p) const {
        std::vector<double> values;
        if (!p.empty())
            for (const Bar& bar : m_bars) values.push_back(p[std::size_t(bar.token)]);
        return values;
    }
    const std::vector<Bar>& m_bars;
    int m_visit;
    std::vector<Step>& m_steps;
};

/// Over all coins; what the later candidates meet is what refusing the earlier has left.
double chanceOf(Rule rule, const std::vector<std::int32_t>& tokens, const Distribution& p, const Distribution& q,
                const Typical& typical) {
    double refused = 1, sum = 0;
    Trial trial{p, q};
    std::vector<std::int32_t> seen;
    for (const std::int32_t token : tokens) {
        if (rule == Rule::coupled) {
            if (std::find(seen.begin(), seen.end(), token) == seen.end()) sum += p[std::size_t(token)];
            seen.push_back(token);
            continue;
        }
        const double kept =
            rule == Rule::typical ? double(p[std::size_t(token)] > typical.threshold(p)) : acceptance(rule, trial, token);
        refused *= 1 - kept;
        if (refused <= 0) break;
        if (rule != Rule::typical) refuse(rule, trial, token);
    }
    return rule == Rule::coupled ? sum : 1 - refused;
}

bool needsQ(Rule rule) { return !text(rule).anyPick; }

} // namespace

int visitOf(const Round& round, int node) {
    for (std::size_t i = 0; i < round.visits.size(); ++i)
        if (round.visits[i].node == node) return int(i);
    return -1;
}

Choice happened(const Round& round, int visit) {
    const Visit& at = round.visits[std::size_t(visit)];
    Choice choice{.rule = round.rule, .visit = visit};
    const std::vector<int>& draws = round.draws[std::size_t(at.node + 1)];
    for (const int node : draws) choice.candidates.push_back(round.nodes[std::size_t(node)].token);
    for (const Step& step : round.steps)
        if (step.visit == visit) choice.steps.push_back(step);
    for (std::size_t i = 0; i < draws.size(); ++i)
        if (choice.kept < 0 && round.nodes[std::size_t(draws[i])].fate == Fate::accepted) choice.kept = int(i);
    if (choice.kept >= 0) choice.token = choice.candidates[std::size_t(choice.kept)];
    if (round.lastParent == at.node) choice.token = round.last, choice.coin = round.lastCoin;
    return choice;
}

Choice replay(const Round& round, int visit, Rule rule, const Typical& typical, const Coins& coins) {
    const Visit& at = round.visits[std::size_t(visit)];
    if (at.logits.empty()) throw Error("the distributions of this round were let go: step there again to see another rule");
    Choice choice{.rule = rule, .visit = visit, .candidates = happened(round, visit).candidates};
    const bool asks = needsQ(rule) && !choice.candidates.empty();
    if (asks && at.q.empty()) throw Error("the draft gave no distribution here, and this rule asks for one");
    const Distribution q(at.q.begin(), at.q.end());
    if (asks && text(rule).pick != text(round.rule).pick) {
        choice.redrawn = true;
        const std::vector<int> drawn =
            candidates(q, text(rule).pick, int(choice.candidates.size()), coins, at.position, at.node + 1);
        choice.candidates.assign(drawn.begin(), drawn.end());
    }
    DraftTree tree;
    tree.draws.resize(1);
    tree.q.push_back(q);
    std::vector<int> firsts; // of each node its first draw
    for (std::size_t i = 0; i < choice.candidates.size(); ++i) {
        const auto known =
            std::find(choice.candidates.begin(), choice.candidates.begin() + std::ptrdiff_t(i), choice.candidates[i]);
        const auto earlier = std::size_t(known - choice.candidates.begin());
        if (earlier < i) {
            const auto node = std::find(firsts.begin(), firsts.end(), int(earlier)) - firsts.begin();
            tree.draws[0].push_back(int(node));
            continue;
        }
        DraftNode node;
        node.token = choice.candidates[i];
        node.rank = int(firsts.size());
        if (!q.empty()) node.q = node.value = q[std::size_t(node.token)];
        tree.draws[0].push_back(int(tree.nodes.size()));
        tree.nodes.push_back(node);
        firsts.push_back(int(i));
    }
    tree.draws.resize(tree.nodes.size() + 1);
    tree.q.resize(tree.nodes.size() + 1);
    OneNode target(distribution(at.logits, round.sampling));
    Noted noted(at.bars, visit, choice.steps);
    const Verdict verdict = verify(tree, target, rule, typical, coins, at.position, &noted);
    if (!verdict.path.empty()) {
        choice.kept = firsts[std::size_t(verdict.path.front())];
        choice.token = choice.candidates[std::size_t(choice.kept)];
    } else {
        choice.token = verdict.last, choice.coin = verdict.lastCoin;
    }
    choice.chance = chanceOf(rule, choice.candidates, target.after(-1), q, typical);
    return choice;
}

} // namespace orrery::language
