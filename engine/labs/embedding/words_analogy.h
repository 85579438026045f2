// SPDX-License-Identifier: GPL-3.0-or-later
// Arithmetic with words and its answers, ranked; analogies and how many of a list come true.
#pragma once

#include "engine/labs/embedding/table.h"
#include "engine/labs/embedding/words_expression.h"
#include "engine/labs/embedding/words_grammar.h"

#include <optional>

namespace orrery::embedding {

enum class AnalogyRule {
    add,      ///< 3CosAdd: cosine with the sum of unit vectors (Mikolov, Yih & Zweig 2013)
    multiply, ///< 3CosMul: product of cosines, those of subtracted words below (Levy & Goldberg 2014, section 6)
};

struct Candidate {
    std::int64_t row = 0;
    double score = 0;
    std::int64_t rank = 0;    ///< among all words, from 1
    std::int64_t without = 0; ///< its rank when the words of the question are left out; 0 of those themselves
    bool asked = false;       ///< a word of the question
};

/// The best `count` words, words of the question included and marked: king - man + woman is mostly king again, which is why
/// everybody leaves them out. Scores: add: sum of factor cos(word, term) over the length of the summed vector, -1 … 1 (0 where that
/// length is 0); multiply: product over terms of ((1 + cos) / 2 + 0.001)^factor. Equal scores in order of rows. A row of zeros has
/// cosine 0 with everything. float64.
std::vector<Candidate> rankWords(const Matrix& vectors, std::span<const Term> terms, AnalogyRule rule, std::int64_t count);

struct AnalogyScore {
    std::int64_t asked = 0, unknown = 0; ///< unknown: a word of it is not there; they are not asked
    std::int64_t right = 0;              ///< best of all but the words of the question
    std::int64_t rightOfAll = 0;         ///< best of all words
    double share() const { return asked > 0 ? double(right) / double(asked) : 0; }
    double shareOfAll() const { return asked > 0 ? double(rightOfAll) / double(asked) : 0; }
};

/// Rows of each question, with those left out that hold a word which is not there.
struct AnalogyRows {
    std::vector<std::array<std::int32_t, 4>> rows;
    std::int64_t unknown = 0;
    AnalogyRows() = default;
    AnalogyRows(std::span<const Analogy> questions, const WordIndex& words);
};

/// d must be the best of b - a + c; on all cores, float32 products.
AnalogyScore scoreAnalogies(const Matrix& vectors, const AnalogyRows& questions, AnalogyRule rule);

} // namespace orrery::embedding
