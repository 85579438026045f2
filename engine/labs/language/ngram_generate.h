// SPDX-License-Identifier: GPL-3.0-or-later
// Text drawn from an n-gram model, and the likeliest tokens after a context.
#pragma once

#include "engine/labs/language/ngram_model.h"
#include "engine/labs/language/ngram_text.h"
#include "engine/labs/language/ngram_vocabulary.h"

#include <string>
#include <vector>

namespace orrery::language {

struct DrawOptions {
    std::uint64_t seed = 1;
    double temperature = 1; ///< p^(1/T), 0: the likeliest (of equals the lower token)
    int most = 40;          ///< tokens
};

/// Until the end mark or `most`. Draw i depends only on (seed, i), so a longer text begins as the shorter one does. The
/// unknown word is drawn as any other.
std::vector<Token> drawText(const NgramModel& model, NgramState state, const DrawOptions& options);

struct Candidate {
    Token token = 0;
    double p = 0;
    bool operator==(const Candidate&) const = default;
};
/// The `most` likeliest, of equals the lower token first.
std::vector<Candidate> likeliest(std::span<const double> distribution, std::size_t most);

/// Words with blanks between them, bytes and characters as they are; the marks are left out.
std::string joined(const Vocabulary& vocabulary, Unit unit, std::span<const Token> tokens);

} // namespace orrery::language
