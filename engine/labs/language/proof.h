// SPDX-License-Identifier: GPL-3.0-or-later
// "Is it lossless?", asked of the model that is loaded: laws by counting every case, counts of single tokens and of three in a row
// against the target's own law, and texts that must be the same token for token. In slices, since it takes long.
#pragma once

#include "engine/labs/language/speculate.h"

#include <functional>
#include <memory>

namespace orrery::language {

enum class Proved {
    law,     ///< every case at one node, exactly
    token,   ///< the first token of many rounds, chi-square
    joint,   ///< three tokens of many texts, chi-square on the joint law
    coupled, ///< sampled text with a draft against text without
    greedy,  ///< greedy text with a draft against text without
};

struct ProofRow {
    Proved kind = Proved::law;
    Rule rule = Rule::iid;
    bool broken = false;  ///< a rule that must be found out
    double measured = 0;  ///< law: largest error; token, joint: p-value; coupled, greedy: texts that differ
    double bound = 0;     ///< law: at most; token, joint: at least; coupled, greedy: 0
    double statistic = 0; ///< chi-square, of `freedom` degrees
    int freedom = 0;
    std::int64_t done = 0, wanted = 0; ///< nodes, samples, texts
    std::int64_t silent = 0;           ///< of law: nodes at which the draft proposed nothing
    bool finished = false;
    bool holds() const; ///< what was measured so far is what a lossless rule gives
};

struct ProofOptions {
    Growth growth{};                                ///< of joint, coupled and greedy; `pick` is the rules' own
    Sampling sampling{};                            ///< of the person; narrowed where every case is counted
    std::vector<std::vector<std::int32_t>> prompts; ///< at least one
    std::vector<Rule> rules = {Rule::iid, Rule::withoutReplacement, Rule::topK, Rule::coupled};
    std::uint64_t seed = 1;
    int candidates = 3;            ///< at a node, where laws are counted and sampled
    int narrow = 16;               ///< top-k there
    std::int64_t samples = 100000; ///< of a token
    std::int64_t texts = 4000;     ///< of three tokens
    int narrowJoint = 3;           ///< top-k there: three tokens then have at most 27 outcomes
    int tokens = 48;               ///< of each text that must be the same
};

class Proof {
 public:
    /// Uses target and drafter until it is finished or gone; both then hold other texts than before. Throws Error when a rule
    /// cannot be had with this drafter or tree.
    Proof(Predictor& target, Drafter& drafter, ProofOptions options);
    ~Proof();

    /// Works for about `budgetMs`; the share that is done, 1 when finished.
    double run(double budgetMs);
    bool finished() const { return m_next == m_tasks.size(); }
    const std::vector<ProofRow>& rows() const { return m_rows; }

    static constexpr double doubt = 1e-4; ///< all chi-square tests together fail a lossless rule less often than this

    enum class Verdict { pending, lossless, lossy };
    /// Of one rule: lossy as soon as one row fails.
    Verdict verdict(Rule rule) const;

 private:
    struct Task {
        std::size_t row;
        double share;                  ///< of the whole
        std::function<double()> piece; ///< a millisecond or so; the part of the task that is done
        double done = 0;
    };
    struct Node {
        Distribution p, q;
    };
    void addLaw(Rule rule);
    void addToken(Rule rule);
    void addJoint(Rule rule);
    void addSame(Proved kind);
    Node node(std::size_t prompt, int narrow);
    std::size_t liveliest();
    ProofRow& row(Task& task) { return m_rows[task.row]; }
    Growth grown(Pick pick) const;

    Predictor* m_target;
    Drafter* m_drafter;
    ProofOptions m_options;
    std::vector<ProofRow> m_rows;
    std::vector<Task> m_tasks;
    std::size_t m_next = 0;
    std::vector<std::optional<Node>> m_nodes; ///< of each prompt
};

} // namespace orrery::language
