// SPDX-License-Identifier: GPL-3.0-or-later
// Probabilities from counts, worked out in float64 when they are asked for, so that every smoothing reads the same counts.
//   MLE           c(hw)/c(h·) after the longest suffix of the context that was ever followed by something
//   add-k         (c(hw) + k) / (c(h·) + kV), Lidstone; V with the end mark, without the begin mark
//   Kneser-Ney    modified and interpolated (Chen and Goodman 1998, as in KenLM: Heafield et al. 2013)
// c(h·) is the sum over what followed, which is c(h) wherever texts end with a mark.
#pragma once

#include "engine/labs/language/ngram_model.h"

#include <memory>
#include <string>

namespace orrery::language {

enum class Smoothing { mle, addK, kneserNey };

struct SmoothingOptions {
    Smoothing method = Smoothing::kneserNey;
    double k = 1;        ///< of add-k, above 0
    bool closed = false; ///< add-k leaves the unknown word out of V and gives it nothing
};

/// Of one order: what is taken off a count of 1, 2, 3 or more. Y = n1/(n1 + 2 n2), D_j = j - (j + 1) Y n_{j+1}/n_j.
struct Discounts {
    std::array<double, 3> d{};
    bool fallback = false; ///< n1, n2 or n3 is 0, or a D is not in [0, j]: 0.5, 1, 1.5 instead
};

class CountedModel : public NgramModel {
 public:
    /// Throws Error for a k that is not above 0.
    CountedModel(std::shared_ptr<const NgramCounts> counts, SmoothingOptions options);

    int order() const override { return m_counts->order(); }
    const Symbols& symbols() const override { return m_counts->symbols(); }
    const NgramCounts& counts() const { return *m_counts; }
    const SmoothingOptions& options() const { return m_options; }
    const Discounts& discounts(int level) const { return m_discounts[std::size_t(level)]; }
    /// Kneser-Ney's weight of the shorter context, γ(h); 1 where nothing ever followed.
    double gamma(int level, Row row) const;
    double gamma() const; ///< of the empty context: the share of the uniform distribution

    NgramState start() const override;
    void advance(NgramState& state, Token token) const override;
    double step(NgramState& state, Token token, std::vector<Rung>* path = nullptr) const override;
    void distribution(const NgramState& state, std::span<double> out) const override;
    using NgramModel::distribution;

 private:
    double kneserNey(const NgramState& state, Token token, const NgramState& next, std::vector<Rung>* path) const;
    double counted(const NgramState& state, Token token, const NgramState& next, std::vector<Rung>* path) const;
    double afterDiscount(int level, std::uint64_t count) const;
    double weight(int level, const Continuation& continuation) const;
    std::uint64_t followers(const NgramState& state, int length) const;
    int vocabulary() const;
    bool excluded(Token token) const;

    std::shared_ptr<const NgramCounts> m_counts;
    SmoothingOptions m_options;
    std::vector<Discounts> m_discounts; // by level
};

} // namespace orrery::language
