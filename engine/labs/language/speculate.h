// SPDX-License-Identifier: GPL-3.0-or-later
// The loop: draft, one pass of the target over the tree, decide, keep what was accepted, one token more.
#pragma once

#include "engine/labs/language/predictor.h"
#include "engine/labs/language/round.h"

#include <functional>

namespace orrery::language {

using Milliseconds = std::function<double()>; ///< a clock
double wallMs();

struct Plan {
    Rule rule = Rule::coupled;
    Growth growth{};
    Sampling sampling{};
    Typical typical{};
    std::uint64_t seed = 1;
};

class Speculator {
 public:
    /// Without a drafter it decodes plainly. Throws Error when the plan cannot be met (a rule whose candidates are taken
    /// otherwise, a tree deeper than the drafter looks). Both must outlive it.
    Speculator(Predictor& target, Drafter* drafter, const Plan& plan);

    /// The text to go on with, at least one token. What the target holds of it already is kept.
    void start(std::vector<std::int32_t> text);
    /// The same where the target holds all of it but the last token already, with these hidden states.
    void resume(std::vector<std::int32_t> text, std::vector<float> hidden);
    /// Somebody else has used the target: nothing that it holds counts any more.
    void forget();
    /// Reads up to `tokens` of the text, at last by the drafter too; true when all but its last token are read. Throws Error when it is longer than the context.
    bool prefill(int tokens = 1 << 30);
    double prefilled() const; ///< share of the text that is read

    /// One round, at most `atMost` tokens longer. `record`: also bars, residuals and the p of every node.
    Round step(int atMost = 1 << 30, bool record = true);
    bool full() const; ///< the context holds no further token
    /// Back to the first `length` tokens of the text, at least one.
    void rewind(std::size_t length);
    /// From now on. Throws as the constructor does and then changes nothing.
    void setPlan(const Plan& plan);
    void setDrafter(Drafter* drafter, const Plan& plan);
    void setClock(Milliseconds clock) { m_clock = std::move(clock); } ///< of the rounds' times

    const std::vector<std::int32_t>& text() const { return m_text; }
    const Plan& plan() const { return m_plan; }
    const std::vector<float>& hidden() const { return m_hidden; } ///< of all tokens read, where the drafter reads them
    int rounds() const { return m_rounds; }
    void setRounds(int rounds) { m_rounds = rounds; } ///< after rewinding

 private:
    void keepHidden(std::span<const std::int32_t> rows);

    Predictor* m_target;
    Drafter* m_drafter;
    Plan m_plan;
    std::vector<std::int32_t> m_text;
    std::vector<std::int32_t> m_read; ///< what the target holds
    std::vector<float> m_hidden;      ///< [m_read.size(), width], where the drafter reads it
    int m_rounds = 0;
    bool m_briefed = false; ///< the drafter has read the text that was started with
    Milliseconds m_clock = wallMs;
};

/// Throws Error when candidates are not taken as the rule needs them.
void checkPlan(const Drafter* drafter, const Plan& plan);

} // namespace orrery::language
