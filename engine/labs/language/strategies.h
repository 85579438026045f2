// SPDX-License-Identifier: GPL-3.0-or-later
// How each strategy drafts when nobody says otherwise, and who takes part in a race.
#pragma once

#include "engine/labs/language/models.h"
#include "engine/labs/language/race.h"

namespace orrery::language {

/// A tree that suits the strategy: long and thin where a draft costs nothing and follows the text, wide where its guesses scatter.
/// No deeper than the drafter looks; null: plain.
Growth usualGrowth(const std::string& strategy, const Drafter* drafter);

/// Plain decoding, and each strategy that can be had with a chain and with a tree, all under one rule: coupled, or greedy at
/// temperature 0. So all write one text, and what differs is how fast. Counts n-grams if that was not done yet.
std::vector<Runner> racers(Models& models, const Plan& plan);

} // namespace orrery::language
