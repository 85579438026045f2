// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/verify.h"

#include <algorithm>
#include <cmath>

namespace orrery::language {

namespace {

struct Walk {
    const DraftTree& tree;
    Target& target;
    const Rule rule;
    const Coins& coins;
    const int first; ///< position of the token after the root
    Witness* const witness;
    Verdict verdict{};

    int at() const { return verdict.path.empty() ? -1 : verdict.path.back(); }
    int position() const { return first + int(verdict.path.size()); }

    void finish(const Distribution& p, bool bonus) {
        verdict.lastParent = at();
        verdict.lastCoin = coins(Stream::text, position());
        verdict.last = rule == Rule::greedy ? argmax(p) : draw(p, verdict.lastCoin);
        verdict.bonus = bonus;
    }

    void tell(const Decision& decision, const Trial& before, const Trial& after) {
        verdict.decisions.push_back(decision);
        if (witness) witness->decided(decision, before, after);
    }

    /// One candidate after the other; true when one of them stays, else the trial holds what is left.
    bool tryCandidates(Trial& trial) {
        int index = 0;
        for (const int node : tree.candidates(at())) {
            const int token = tree.nodes[std::size_t(node)].token;
            Decision d{.parent = at(), .node = node, .position = position()};
            d.p = trial.p[std::size_t(token)];
            d.q = trial.q.empty() ? 0 : trial.q[std::size_t(token)];
            d.acceptance = acceptance(rule, trial, token);
            if (rule != Rule::greedy) d.coin = coins(Stream::accept, position(), index);
            ++index;
            d.accepted = d.coin < d.acceptance;
            if (d.accepted) {
                tell(d, trial, trial);
                verdict.path.push_back(node);
                return true;
            }
            if (witness) {
                const Trial before = trial;
                d.mass = refuse(rule, trial, token);
                tell(d, before, trial);
            } else {
                d.mass = refuse(rule, trial, token);
                tell(d, trial, trial);
            }
        }
        return false;
    }

    void oneByOne() {
        while (true) {
            const Distribution& p = target.after(at());
            if (tree.candidates(at()).empty()) return finish(p, true);
            Trial trial{p, tree.after(at())};
            if (!tryCandidates(trial)) return finish(trial.p, false);
        }
    }

    void coupled() {
        while (true) {
            const Distribution& p = target.after(at());
            const double coin = coins(Stream::text, position());
            const int token = draw(p, coin);
            const Trial trial{p, tree.after(at())};
            int kept = -1;
            for (const int node : tree.candidates(at())) {
                const int candidate = tree.nodes[std::size_t(node)].token;
                Decision d{.parent = at(), .node = node, .position = position(), .coin = coin};
                d.p = p[std::size_t(candidate)];
                d.q = trial.q.empty() ? 0 : trial.q[std::size_t(candidate)];
                d.acceptance = candidate == token ? 1 : 0;
                d.accepted = candidate == token;
                tell(d, trial, trial);
                if (d.accepted) {
                    kept = node;
                    break;
                }
            }
            if (kept < 0) {
                verdict.lastParent = at(), verdict.lastCoin = coin, verdict.last = token;
                verdict.bonus = tree.candidates(at()).empty();
                return;
            }
            verdict.path.push_back(kept);
        }
    }

    /// All paths at once: the longest of candidates above the threshold, of equally long ones the likelier.
    void typical(const Typical& limits) {
        struct Reach {
            int length = 0;
            double likelihood = 0;
        };
        std::vector<Reach> reach(tree.nodes.size());
        std::vector<double> p(tree.nodes.size());
        int best = -1;
        Reach most;
        for (std::size_t i = 0; i < tree.nodes.size(); ++i) { // parents come first
            const DraftNode& node = tree.nodes[i];
            if (node.parent >= 0 && reach[std::size_t(node.parent)].length == 0) continue;
            const Distribution& after = target.after(node.parent);
            p[i] = after[std::size_t(node.token)];
            Decision d{.parent = node.parent, .node = int(i), .position = first + node.depth - 1, .p = p[i]};
            const Trial trial{after, tree.after(node.parent)};
            d.q = trial.q.empty() ? 0 : trial.q[std::size_t(node.token)];
            d.acceptance = limits.threshold(after);
            d.accepted = p[i] > d.acceptance;
            tell(d, trial, trial);
            if (!d.accepted) continue;
            const Reach above = node.parent < 0 ? Reach{} : reach[std::size_t(node.parent)];
            reach[i] = {above.length + 1, above.likelihood + std::log(p[i])};
            if (reach[i].length > most.length || (reach[i].length == most.length && reach[i].likelihood > most.likelihood))
                best = int(i), most = reach[i];
        }
        for (int node = best; node >= 0; node = tree.nodes[std::size_t(node)].parent) {
            verdict.path.push_back(node);
            verdict.divergence -= std::log(p[std::size_t(node)]);
            verdict.variation += 1 - p[std::size_t(node)];
        }
        std::reverse(verdict.path.begin(), verdict.path.end());
        finish(target.after(at()), tree.candidates(at()).empty());
    }
};

} // namespace

Verdict verify(const DraftTree& tree, Target& target, Rule rule, const Typical& limits, const Coins& coins, int position,
               Witness* witness) {
    Walk walk{tree, target, rule, coins, position, witness};
    if (rule == Rule::coupled)
        walk.coupled();
    else if (rule == Rule::typical)
        walk.typical(limits);
    else
        walk.oneByOne();
    return std::move(walk.verdict);
}

} // namespace orrery::language
