// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/ngram_draft.h"

#include "engine/labs/language/ngram_counter.h"

namespace orrery::language {

std::shared_ptr<const CountedModel> countDocuments(int order, int vocabulary, std::span<const std::vector<Token>> documents,
                                                   SmoothingOptions options) {
    NgramCounter counter(order, symbolsOf(vocabulary));
    for (const std::vector<Token>& document : documents) {
        counter.begin();
        counter.add(document);
        counter.end();
    }
    return std::make_shared<const CountedModel>(counter.finish(), options);
}

} // namespace orrery::language
