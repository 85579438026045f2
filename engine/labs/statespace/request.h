// SPDX-License-Identifier: GPL-3.0-or-later
// The lab's settings in its own words.
#pragma once

#include "engine/lab/settings.h"
#include "engine/labs/statespace/anatomy.h"
#include "engine/labs/statespace/choosing.h"
#include "engine/labs/statespace/convolving.h"
#include "engine/labs/statespace/remember.h"
#include "engine/labs/statespace/scenes.h"

namespace orrery::statespace {

/// Throws Error in words for a person when no signal comes of the settings.
RememberRequest rememberRequest(const lab::Settings& settings, std::uint64_t seed, Sources& sources);
/// The signal that the settings ask for.
SignalRequest signalRequest(const lab::Settings& settings, std::uint64_t seed);

/// The signal brought to L samples a step apart, whatever its own time.
ConvolvingRequest convolvingRequest(const lab::Settings& settings, std::uint64_t seed, Sources& sources);
AnatomyRequest anatomyRequest(const lab::Settings& settings);
ChoosingRequest choosingRequest(const lab::Settings& settings, std::uint64_t seed);
BoardOptions boardRequest(const lab::Settings& settings, std::uint64_t seed);
TableOptions tableRequest(const lab::Settings& settings, std::uint64_t seed);

LegsStep legsStepOf(const std::string& key);
Scheme schemeOf(const std::string& key);
Method methodOf(const std::string& key);

} // namespace orrery::statespace
