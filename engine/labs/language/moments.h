// SPDX-License-Identifier: GPL-3.0-or-later
// A round told moment by moment, in the order in which the algorithm decides: a level of the draft after the other, the target's
// one pass, each coin, the token after them, the rows of the cache that move. What a clock steps through.
#pragma once

#include "engine/labs/language/round.h"

namespace orrery::language {

enum class Beat {
    start,  ///< nothing yet but the text
    draft,  ///< a level of the tree
    verify, ///< the target's pass: p of every node
    decide, ///< one candidate
    write,  ///< the token after the accepted ones
    keep,   ///< the cache holds the text again and nothing else
};

/// What is known after some moments of a round.
struct Reveal {
    Beat beat = Beat::start; ///< of the newest moment
    int levels = 0;          ///< of the tree
    int decided = 0;         ///< of Round::steps
    bool verified = false, written = false, kept = false;
};

int levels(const Round& round);  ///< of its tree
int moments(const Round& round); ///< of a round: its states are 0 … moments
Reveal reveal(const Round& round, int moment);
int momentOf(const Round& round, Beat beat, int index = 0); ///< after which that much is known: level index + 1, step index

/// A node after some moments.
enum class Seen {
    hidden,   ///< not drafted yet
    drafted,  ///< q is known
    verified, ///< p too
    accepted,
    refused,
    beyond, ///< nobody will come there: an ancestor was refused, or a sibling before it was accepted
};
Seen seen(const Round& round, const Reveal& reveal, int node);

} // namespace orrery::language
