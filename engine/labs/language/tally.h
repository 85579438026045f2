// SPDX-License-Identifier: GPL-3.0-or-later
// What many rounds come to, and what they should take: S = E / (g c + v(n) + s), with everything on the right measured.
#pragma once

#include "engine/labs/language/round.h"

namespace orrery::language {

struct Share {
    std::int64_t kept = 0, tried = 0;
    double of() const { return tried > 0 ? double(kept) / double(tried) : 0; }
};

/// Counts tokens with the target's own: a round that accepts nothing writes one.
struct Tally {
    std::int64_t rounds = 0, tokens = 0, rows = 0, asks = 0; ///< rows: of the target's passes, roots among them
    std::vector<Share> byDepth; ///< [depth - 1]: a round comes there when the depth before was accepted and candidates were there
    std::vector<Share> byRank;  ///< [rank]: candidates that were decided on; only of rounds that were recorded
    Times times;
    double divergence = 0, variation = 0; ///< sums, see Round

    void add(const Round& round);
    double perRound() const { return rounds > 0 ? double(tokens) / double(rounds) : 0; } ///< E
    double perSecond() const { return times.total() > 0 ? 1000 * double(tokens) / times.total() : 0; }
    double msPerToken() const { return tokens > 0 ? times.total() / double(tokens) : 0; }
};

/// E of a chain of g with one acceptance alpha for every token: (1 - alpha^(g+1)) / (1 - alpha).
double chainTokens(double alpha, int length);

/// Parts of a round's time in units of one plain pass of the target.
struct Cost {
    double draft = 0;  ///< g c
    double verify = 1; ///< v(n)
    double other = 0;  ///< s: decisions, copies, reading back
};

/// E / (g c + v + s).
double speedUp(double tokensPerRound, const Cost& cost);

/// T(n) of one pass of n rows, measured at some n, straight between them.
class PassTimes {
 public:
    void set(int rows, double ms);
    double ms(double rows) const;                                                ///< 0 while nothing is known
    double ratio(double rows) const { return ms(1) > 0 ? ms(rows) / ms(1) : 0; } ///< v(n)
    const std::vector<std::pair<int, double>>& points() const { return m_points; }

 private:
    std::vector<std::pair<int, double>> m_points; ///< rising
};

double median(std::vector<double> values); ///< 0 of none

} // namespace orrery::language
