// SPDX-License-Identifier: GPL-3.0-or-later
// Cutting bytes into pieces by n-gram counts alone: the byte at position i as the (j+1)-th of its piece costs
// ln c(the last j + 1 bytes) - ln c(the last j), unsmoothed; states go on, j -> j + 1 (the last one stays), or begin a new
// piece; the best path by Viterbi. n-grams of two bytes and more that were seen fewer than `minimum` times do not count;
// every single byte does, with 1 if it was never seen.
#pragma once

#include "engine/labs/language/ngram_counts.h"

#include <string_view>
#include <vector>

namespace orrery::language {

class ByteSegmenter {
 public:
    /// `counts`: of single bytes, whose token is `firstByte` + byte. It must outlive this.
    ByteSegmenter(const NgramCounts& counts, Token firstByte, std::uint64_t minimum);

    struct Result {
        std::vector<std::string_view> pieces{}; ///< of the text, in order; together they are it
        double score = 0;                       ///< the sum along the best path
    };
    /// A "\n" is a piece by itself: no n-gram was counted across it.
    Result segment(std::string_view text) const;
    /// The score of cutting `line`, without "\n", before each byte whose flag is set: the sum of the costs; -infinity where an
    /// n-gram is missing.
    double scoreOf(std::string_view line, const std::vector<bool>& begins) const;

 private:
    using Costs = std::vector<double>; // by state, of one byte
    void costs(std::string_view line, std::size_t at, std::vector<Row>& rows, Costs& out) const;
    void segmentLine(std::string_view line, Result& result) const;

    const NgramCounts& m_counts;
    Token m_firstByte;
    std::uint64_t m_minimum;
    std::vector<double> m_single; // ln(c / total) by byte
};

} // namespace orrery::language
