// SPDX-License-Identifier: GPL-3.0-or-later
// Back-off models in ARPA's text format, in and out: \data\ with a count for each order, then for each order lines of
// "log10 p <tab> words <tab> log10 back-off". P(w | h) is that of the longest n-gram hw that is listed, times the
// back-offs of the contexts that were too long; a context that is not listed has back-off 1.
#pragma once

#include "engine/labs/language/ngram_smoothing.h"
#include "engine/labs/language/ngram_vocabulary.h"

#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>

namespace orrery::language {

class BackoffModel : public NgramModel {
 public:
    int order() const override { return m_order; }
    const Symbols& symbols() const override { return m_symbols; }
    std::uint64_t ngrams() const { return m_ngrams; }
    std::uint64_t bytes() const;

    NgramState start() const override;
    void advance(NgramState& state, Token token) const override;
    double step(NgramState& state, Token token, std::vector<Rung>* path = nullptr) const override;
    /// Sums to what the file's numbers sum to.
    void distribution(const NgramState& state, std::span<double> out) const override;
    using NgramModel::distribution;

 private:
    friend class ArpaReader;
    float number(int level, Row row, int column) const;
    Row child(int level, Row row, Token token) const;

    int m_order = 0;
    Symbols m_symbols;
    std::uint64_t m_ngrams = 0;
    std::vector<PackedTable> m_levels; // token, log10 p (NaN: a blank, only longer ones are listed), log10 back-off, first child
};

struct ArpaModel {
    Vocabulary vocabulary{};
    std::shared_ptr<const BackoffModel> model{};
};

/// Throws Error with the line. A file without <unk> has a closed vocabulary: other words are impossible.
ArpaModel readArpa(const std::string& name, std::string_view text);
/// Of Kneser-Ney, whose numbers are exactly a back-off model; throws Error for another smoothing. Words that have blanks in
/// them (bytes, characters) are written as "<0x20>".
void writeArpa(std::ostream& out, const CountedModel& model, const Vocabulary& vocabulary);
std::string arpaWord(std::string_view word);

} // namespace orrery::language
