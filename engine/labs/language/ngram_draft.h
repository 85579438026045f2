// SPDX-License-Identifier: GPL-3.0-or-later
// The n-gram model as a draft for speculation: over the numbers of a language model's own vocabulary, with the true
// distribution q that it draws from.
#pragma once

#include "engine/labs/language/ngram_smoothing.h"

namespace orrery::language {

/// Counts `documents` (tokens 0 to vocabulary - 1 each). distribution(after(context)) has vocabulary + 1 numbers, of which the
/// last, the mark of the beginning, is 0 and the others sum to 1.
std::shared_ptr<const CountedModel> countDocuments(int order, int vocabulary, std::span<const std::vector<Token>> documents,
                                                   SmoothingOptions options = {});

} // namespace orrery::language
