// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/rule.h"

#include "engine/error.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace orrery::language {

namespace {

constexpr std::array<RuleText, rules> texts = {{
    {Rule::greedy, "greedy", "greedy", "kept when it is the target's likeliest token", true, Pick::top, true},
    {Rule::iid, "iid", "drawn, with replacement", "kept with min(1, p/q); then p becomes what exceeds q", true, Pick::iid, false},
    {Rule::withoutReplacement, "distinct", "drawn, without replacement",
     "kept with min(1, p/q); then p becomes what exceeds q, and the candidate leaves q", true, Pick::distinct, false},
    {Rule::topK, "topk", "likeliest candidates", "kept with p; then the candidate leaves p", true, Pick::top, true},
    {Rule::coupled, "coupled", "coupled", "the target's token is drawn as without a draft; kept when it is among the candidates",
     true, Pick::top, true},
    {Rule::typical, "typical", "typical acceptance", "Medusa's: kept when p is above a threshold; changes what is written", false,
     Pick::top, true},
    {Rule::ratioOnTopK, "broken-ratio", "broken: p/q on the likeliest",
     "min(1, p/q), although the candidates were not drawn from q", false, Pick::top, false},
    {Rule::iidResidual, "broken-residual", "broken: stale q", "drawn without replacement, but what was refused stays in q", false,
     Pick::distinct, false},
    {Rule::alignedResidual, "broken-order", "broken: lists by place",
     "subtracts the two sorted lists place by place, though they hold different tokens", false, Pick::iid, false},
}};

/// Below this a residual is rounding: each of its terms is a difference of probabilities, right to 2^-53.
double rounding(const Distribution& p) { return double(p.size()) * 0x1p-53; }

double exceed(Distribution& p, const Distribution& q) {
    Distribution rest(p.size());
    for (std::size_t i = 0; i < p.size(); ++i) rest[i] = std::max(0.0, p[i] - q[i]);
    const double mass = std::accumulate(rest.begin(), rest.end(), 0.0);
    if (normalise(rest, rounding(p))) p = std::move(rest);
    return mass;
}

double without(Distribution& p, int token) {
    Distribution rest = p;
    rest[std::size_t(token)] = 0;
    const double mass = std::accumulate(rest.begin(), rest.end(), 0.0);
    if (normalise(rest, rounding(p))) p = std::move(rest);
    return mass;
}

/// The mistake: the i-th token of p's list loses what the i-th token of q's list has.
double exceedByPlace(Distribution& p, const Distribution& q) {
    std::vector<double> listed;
    for (const double value : q)
        if (value > 0) listed.push_back(value);
    Distribution rest(p.size());
    std::size_t place = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
        if (p[i] <= 0) continue;
        rest[i] = std::max(0.0, p[i] - (place < listed.size() ? listed[place] : 0));
        ++place;
    }
    const double mass = std::accumulate(rest.begin(), rest.end(), 0.0);
    if (normalise(rest, rounding(p))) p = std::move(rest);
    return mass;
}

} // namespace

const RuleText& text(Rule rule) { return texts[std::size_t(rule)]; }

Rule ruleOf(const std::string& key) {
    std::string known;
    for (const RuleText& t : texts) {
        if (key == t.key) return t.rule;
        known += std::string(known.empty() ? "" : ", ") + t.key;
    }
    throw Error("there is no rule '" + key + "'; there are " + known);
}

double acceptance(Rule rule, const Trial& trial, int token) {
    const std::size_t at = std::size_t(token);
    switch (rule) {
        case Rule::greedy:
            return argmax(trial.p) == token ? 1 : 0;
        case Rule::topK:
            return trial.p[at];
        case Rule::iid:
        case Rule::withoutReplacement:
        case Rule::ratioOnTopK:
        case Rule::iidResidual:
        case Rule::alignedResidual:
            if (trial.p[at] <= 0) return 0;
            return trial.p[at] >= trial.q[at] ? 1 : trial.p[at] / trial.q[at];
        case Rule::coupled:
        case Rule::typical:
            break;
    }
    throw std::logic_error("this rule does not decide candidate by candidate");
}

double refuse(Rule rule, Trial& trial, int token) {
    switch (rule) {
        case Rule::greedy:
            return 1;
        case Rule::topK:
            return without(trial.p, token);
        case Rule::iid:
        case Rule::ratioOnTopK:
        case Rule::iidResidual:
            return exceed(trial.p, trial.q);
        case Rule::withoutReplacement: {
            const double mass = exceed(trial.p, trial.q);
            without(trial.q, token);
            return mass;
        }
        case Rule::alignedResidual:
            return exceedByPlace(trial.p, trial.q);
        case Rule::coupled:
        case Rule::typical:
            break;
    }
    throw std::logic_error("this rule does not decide candidate by candidate");
}

double Typical::threshold(std::span<const double> p) const { return std::min(epsilon, delta * std::exp(-entropy(p))); }

} // namespace orrery::language
