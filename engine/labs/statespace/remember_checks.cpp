// SPDX-License-Identifier: GPL-3.0-or-later
// What the memory page holds against theory: the exact projection of the samples so far, the optimum, the stretched signal.
#include "engine/labs/statespace/declared.h"
#include "engine/labs/statespace/remember.h"

#include <algorithm>

namespace orrery::statespace {

namespace {

using Verdict = lab::Check::Verdict;

constexpr double rounding = 1e-12; ///< of N-term sums over the whole signal, relative to the state

} // namespace

std::vector<lab::Check> Remember::checks() const {
    std::vector<lab::Check> all;
    if (!m_request.source->missing.empty()) return all;
    if (m_request.stretch > 1) {
        const std::optional<double> moved = stretchMoved();
        const bool exact = m_request.stepping.scaled == LegsStep::exact;
        lab::Check check{"stretch",
                         "LegS, stretched",
                         moved.value_or(0),
                         0,
                         rounding,
                         Verdict::pending,
                         "",
                         exact ? "its state depends on the shape of the signal alone, not on its speed: rounding remains"
                               : "a step that is not exact sees the samples that stretching has added"};
        if (moved) check.verdict = *moved <= rounding ? Verdict::matches : exact ? Verdict::disagrees : Verdict::explained;
        if (moved && !exact && *moved > 0.2) check.verdict = Verdict::disagrees;
        all.push_back(check);
    }
    for (const MethodStudy& study : m_study.results()) {
        if (study.history.empty()) continue;
        const ErrorPoint& last = study.history.back();
        if (!std::isfinite(last.error) || !std::isfinite(last.optimum)) continue; // told in words where it is drawn
        // No method can be better than the projection; what it is worse by is its own doing.
        // It is found on cells, by the midpoint rule: for polynomials that turn within a few of them that costs a thousandth.
        const double slack = 1e-9 + 1e-3 * last.optimum;
        lab::Check check{"optimum_" + std::string(toString(study.method)),
                         methodTexts()[std::size_t(study.method)].name,
                         100 * last.error,
                         100 * last.optimum,
                         100 * slack,
                         Verdict::explained,
                         "%",
                         "error and optimum at the end: steps and what a window guesses may add to it, nothing can lie below"};
        if (last.error < last.optimum - slack) check.verdict = Verdict::disagrees;
        if (std::abs(last.error - last.optimum) <= slack) check.verdict = Verdict::matches;
        all.push_back(check);
    }
    return all;
}

} // namespace orrery::statespace
