// SPDX-License-Identifier: GPL-3.0-or-later
// Is it true? Sums beside their closed form, beside what rounding may add up to, and where theory says they stop.
#include "engine/labs/precision/number.h"
#include "engine/labs/precision/sums.h"

#include <cmath>

namespace orrery::precision {

namespace {

using lab::Check;
using Verdict = lab::Check::Verdict;
using tensor::Format;

constexpr std::size_t rowOfFp64 = 0;

} // namespace

double Sums::sticksAt(const Format& format, double start, double term) {
    const double size = std::abs(term);
    if (size == 0) return start;
    // The least power of two whose spacing is twice the term: from there on every sum lies half way at most, and ties go to the
    // even neighbour, which the power of two is.
    const int exponent =
        std::max(std::ilogb(size) + (std::exp2(std::ilogb(size)) < size) + 1 + format.mantissaBits, format.minExponent());
    const double wall = std::ldexp(1.0, exponent);
    if (wall > format.maxFinite) return HUGE_VAL;
    const double from = start * (term > 0 ? 1 : -1); // along the way of the sum
    return std::copysign(std::max(wall, from), term);
}

/// The sum in float64, term by term, beside n a: what is wrong in this program would show here.
Check Sums::checkClosedForm() const {
    Check check{.key = "closed_form", .label = "FP64 sum", .unit = "", .because = {}};
    const int n = m_position;
    const bool same = m_request.terms == Terms::same;
    check.measured = inFormat(rowOfFp64, n);
    check.expected = exact(n);
    check.tolerance = 0x1p-53 * (n + 2) * magnitude(n);
    check.verdict = std::abs(check.measured - check.expected) <= check.tolerance ? Verdict::matches : Verdict::disagrees;
    check.because = same ? "the first number and n times the term; each addition rounds by 2^-53 at most"
                         : "a compensated float64 sum; each addition rounds by 2^-53 at most";
    return check;
}

/// Higham, Accuracy and Stability of Numerical Algorithms, section 4.2: n additions are off by at most n 2^-24 of the sum of
/// magnitudes, and rounding the inputs by what that was.
Check Sums::checkMaster() const {
    const int n = m_position;
    const Row& row = m_rows[chosen()];
    Check check{.key = "master", .label = "sum in FP32", .unit = "", .because = {}};
    check.measured = row.masters[std::size_t(n)];
    check.expected = exact(n);
    check.tolerance = row.inputs[std::size_t(n)] + 0x1p-24 * 1.01 * (n + 1) * (magnitude(n) + row.inputs[std::size_t(n)]);
    check.verdict = std::abs(check.measured - check.expected) <= check.tolerance ? Verdict::matches : Verdict::disagrees;
    check.because = "what rounding the terms has cost, and 2^-24 of the sum of magnitudes for each addition";
    return check;
}

Check Sums::checkFormat() const {
    const int n = m_position;
    const Row& row = m_rows[chosen()];
    Check check{.key = "in_format", .label = std::string("sum in ") + labelOf(*m_request.format), .unit = "", .because = {}};
    check.measured = row.sums[std::size_t(n)];
    check.expected = exact(n);
    check.tolerance = tensor::spacing(*m_request.format, exact(n)) / 2; // as good as the format can hold it
    const double off = std::abs(check.measured - check.expected);
    if (off <= check.tolerance) {
        check.verdict = Verdict::matches;
        check.because = "as near as the format can hold the sum";
    } else if (off <= row.bound[std::size_t(n)] * (1 + 0x1p-40) || std::isinf(check.measured) || std::isnan(check.measured)) {
        check.verdict = Verdict::explained;
        check.because = std::isfinite(check.measured) ? std::to_string(swallowed(chosen(), n)) + " of " + std::to_string(n) +
                                                            " terms were swallowed; each addition may round by half a spacing"
                                                      : "the sum is beyond the greatest number of the format";
    } else {
        check.verdict = Verdict::disagrees;
        check.because = "farther off than half a spacing for each addition";
    }
    return check;
}

std::vector<Check> Sums::checkSticking() const {
    const int n = m_position;
    const double wall = sticksAt(*m_request.format, m_request.start, m_request.term);
    if (m_request.terms != Terms::same || m_request.term == 0 || !std::isfinite(wall) || n == 0) return {};
    const Row& row = m_rows[chosen()];
    const double held = row.sums[std::size_t(n)];
    if (row.sums[std::size_t(n - 1)] != held) return {}; // still on its way
    Check check{.key = "sticks", .label = "sticks at", .unit = "", .because = {}};
    check.measured = held, check.expected = wall;
    // A term that is no power of two may step over the wall, by itself at most.
    const bool power = std::exp2(std::ilogb(m_request.term)) == std::abs(m_request.term);
    check.tolerance = power ? 0 : std::abs(m_request.term) + tensor::spacing(*m_request.format, wall);
    check.verdict = std::abs(held - wall) <= check.tolerance ? Verdict::matches : Verdict::disagrees;
    check.because = "where the spacing is twice the term: half way, and ties go to the even number, which is the sum itself";
    return {check};
}

std::vector<Check> Sums::checks() const {
    std::vector<Check> all{checkClosedForm(), checkMaster(), checkFormat()};
    for (Check& check : checkSticking()) all.push_back(std::move(check));
    return all;
}

} // namespace orrery::precision
