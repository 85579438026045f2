// SPDX-License-Identifier: GPL-3.0-or-later
// The language lab: its clock counts rounds of draft and verification. Rounds are kept, so that scrubbing shows what was decided.
#pragma once

#include "engine/lab/lab.h"
#include "engine/labs/language/decoding.h"
#include "engine/labs/language/ngram_explorer.h"
#include "engine/labs/language/proof.h"
#include "engine/labs/language/race.h"
#include "engine/labs/language/request.h"

namespace orrery::language {

/// What the view draws from.
class LanguageLab : public lab::Lab {
 public:
    virtual const Request& request() const = 0;
    /// Null until they are opened. The other questions about a text may be asked only when they are there.
    virtual const Models* models() const = 0;
    virtual const Decoding* decoding() const = 0;
    /// The round that is looked at: the last of those that are shown; null before the first and without models.
    virtual const Round* round() const = 0;
    /// What a token adds to the text, printable; never empty.
    virtual std::string word(std::int32_t token) const = 0;
    /// Null until they were begun; they hold what was found so far.
    virtual const Proof* proof() const = 0;
    virtual const Race* race() const = 0;
    /// Whether somebody watches the round after those that are shown: it is then computed, and a change is tried on it.
    virtual void watch(bool next) = 0;
    virtual const std::string& show() const = 0; ///< the choice of the parameter `show`
    virtual const NgramExplorer& ngrams() const = 0;
    virtual std::uint64_t revision() const = 0; ///< rises whenever something that is shown may have changed
};

std::unique_ptr<lab::Lab> make(gpu::Device& device);

} // namespace orrery::language
