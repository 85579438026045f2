// SPDX-License-Identifier: GPL-3.0-or-later
// The rules by which a drafted candidate is kept or refused at one node. p is what the target says, q what the draft said,
// both after temperature, top-k and top-p. A rule is lossless when the token that leaves the node has the law p whatever q is
// (Leviathan 2211.17192, Chen 2302.01318; several candidates: SpecInfer 2305.09781, Sequoia 2402.12374).
#pragma once

#include "engine/labs/language/distribution.h"

#include <string>

namespace orrery::language {

/// How candidates are taken from q.
enum class Pick {
    iid,      ///< drawn, each on its own: the same token may come twice
    distinct, ///< drawn without replacement
    top,      ///< the likeliest, without a coin
};

enum class Rule {
    greedy,             ///< kept when it is the target's likeliest token
    iid,                ///< min(1, p/q); then p <- (p - q)+
    withoutReplacement, ///< min(1, p/q); then p <- (p - q)+, and the candidate leaves q
    topK,               ///< p; then the candidate leaves p
    coupled,            ///< the target's token is drawn first, as without a draft; kept when it was among the candidates
    typical,            ///< Medusa: kept when p > min(epsilon, delta e^-H(p)); changes the law
    // Broken on purpose: mistakes that published code holds.
    ratioOnTopK,     ///< min(1, p/q) although the candidates were not drawn from q
    iidResidual,     ///< drawn without replacement, but what was refused stays in q
    alignedResidual, ///< (p - q)+ by place in two sorted lists of different tokens
};
constexpr int rules = 9;

struct RuleText {
    Rule rule;
    const char *key, *name, *meaning;
    bool lossless; ///< the law of the text stays the target's
    Pick pick;     ///< how its candidates must be taken
    bool anyPick;  ///< any other way will do as well
};
const RuleText& text(Rule rule);
Rule ruleOf(const std::string& key); ///< throws Error
inline bool isBroken(Rule rule) { return rule >= Rule::ratioOnTopK; }

/// What is left at a node while its candidates are tried one after the other.
struct Trial {
    Distribution p; ///< of the target: the law of the token if all that follow are refused
    Distribution q; ///< of the draft; empty where it gave none (allowed only for rules that do not ask)
};

/// Probability with which `token` is kept now. For greedy 0 or 1. Not for coupled and typical, which do not decide that way.
double acceptance(Rule rule, const Trial& trial, int token);
/// `token` was refused. A residual that is empty but for rounding (p = q) leaves p as it was.
/// Returns the mass of (p - q)+ before it was normalised; of greedy and topK, what p had left.
double refuse(Rule rule, Trial& trial, int token);

/// Medusa's typical acceptance (2401.10774): the least probability that is kept.
struct Typical {
    double epsilon = 0.09, delta = 0.3;
    double threshold(std::span<const double> p) const;
};

} // namespace orrery::language
