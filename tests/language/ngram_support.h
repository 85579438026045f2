// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/labs/language/ngram_corpus.h"
#include "engine/labs/language/ngram_smoothing.h"

#include <string>

namespace orrery::test {

/// All of `text` counted, in slices of `slice` bytes.
inline language::NgramCorpus corpusOf(std::string_view text, language::Unit unit, int order, double heldOut = 0,
                                      std::uint64_t slice = 64) {
    language::CorpusReader reader("the text", text, unit, order, heldOut);
    while (!reader.done()) reader.read(slice);
    return reader.finish();
}

inline const std::string samText = "I am Sam\nSam I am\nI do not like green eggs and ham\n";

} // namespace orrery::test
