// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/law.h"

#include "engine/error.h"
#include "engine/lab/names.h"

#include <algorithm>
#include <cmath>

namespace orrery::language {

namespace {

struct Counting {
    const Rule rule;
    const Pick pick;
    const int k;
    Law law{};

    /// `left` candidates come from `from`; `weight`: probability of what happened before.
    void tryAll(double weight, const Trial& trial, const Distribution& from, int left) {
        const bool none = std::all_of(from.begin(), from.end(), [](double value) { return value <= 0; });
        if (left == 0 || none || weight == 0) {
            for (std::size_t i = 0; i < trial.p.size(); ++i) law.token[i] += weight * trial.p[i];
            return;
        }
        double refused = 0;
        int any = 0;
        for (std::size_t x = 0; x < from.size(); ++x) {
            if (from[x] <= 0) continue;
            const double kept = acceptance(rule, trial, int(x));
            law.token[x] += weight * from[x] * kept;
            law.kept += weight * from[x] * kept;
            const double rest = from[x] * (1 - kept);
            if (rest <= 0) continue;
            if (pick == Pick::iid && rule != Rule::topK) { // what is left is the same whichever was refused
                refused += rest, any = int(x);
                continue;
            }
            Trial next = trial;
            refuse(rule, next, int(x));
            tryAll(weight * rest, next, pick == Pick::distinct ? without(from, x) : from, left - 1);
        }
        if (refused <= 0) return;
        Trial next = trial;
        refuse(rule, next, any);
        tryAll(weight * refused, next, from, left - 1);
    }

    void tryLikeliest(const Distribution& p, const Distribution& q) {
        Trial trial{p, q};
        double weight = 1;
        for (const int token : likeliest(q, k)) {
            const double kept = acceptance(rule, trial, token);
            law.token[std::size_t(token)] += weight * kept;
            law.kept += weight * kept;
            weight *= 1 - kept;
            if (weight <= 0) return;
            refuse(rule, trial, token);
        }
        for (std::size_t i = 0; i < p.size(); ++i) law.token[i] += weight * trial.p[i];
    }

    /// The token is drawn before any candidate is looked at, so only `kept` has to be counted.
    void matchAll(double weight, const Distribution& p, const Distribution& from, std::vector<bool>& drawn, int left) {
        const bool none = std::all_of(from.begin(), from.end(), [](double value) { return value <= 0; });
        if (left == 0 || none) {
            for (std::size_t i = 0; i < p.size(); ++i)
                if (drawn[i]) law.kept += weight * p[i];
            return;
        }
        for (std::size_t x = 0; x < from.size(); ++x) {
            if (from[x] <= 0) continue;
            const bool before = drawn[x];
            drawn[x] = true;
            matchAll(weight * from[x], p, pick == Pick::distinct ? without(from, x) : from, drawn, left - 1);
            drawn[x] = before;
        }
    }

    static Distribution without(const Distribution& from, std::size_t token) {
        Distribution rest = from;
        rest[token] = 0;
        normalise(rest);
        return rest;
    }
};

} // namespace

Law lawOf(Rule rule, Pick pick, const Distribution& p, const Distribution& q, int k) {
    if (rule == Rule::typical) throw Error("typical acceptance looks at whole paths; its law at one node is not its own");
    const double support = double(std::count_if(q.begin(), q.end(), [](double value) { return value > 0; }));
    const bool grouped = pick == Pick::top || (pick == Pick::iid && rule != Rule::coupled && rule != Rule::topK);
    const double steps = grouped ? support * k : std::pow(support, k) * double(p.size());
    if (steps > mostSteps)
        throw Error("counting every case of " + std::to_string(k) + " candidates among " + std::to_string(int(support)) +
                    " tokens takes " + lab::rounded(steps) + " steps; use a smaller top-k or fewer candidates");
    Counting counting{rule, pick, k};
    counting.law.token.assign(p.size(), 0);
    if (rule == Rule::coupled) {
        counting.law.token = p;
        std::vector<bool> drawn(p.size(), false);
        if (pick == Pick::top)
            for (const int token : likeliest(q, k)) counting.law.kept += p[std::size_t(token)];
        else
            counting.matchAll(1, p, q, drawn, k);
    } else if (pick == Pick::top) {
        counting.tryLikeliest(p, q);
    } else {
        counting.tryAll(1, {p, q}, q, k);
    }
    return std::move(counting.law);
}

Supported supported(const Distribution& p, const Distribution& q) {
    Supported out;
    for (std::size_t i = 0; i < p.size(); ++i)
        if (p[i] > 0 || q[i] > 0) {
            out.tokens.push_back(int(i));
            out.p.push_back(p[i]);
            out.q.push_back(q[i]);
        }
    return out;
}

} // namespace orrery::language
