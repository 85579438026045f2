// SPDX-License-Identifier: GPL-3.0-or-later
// The lab's settings in its own words.
#pragma once

#include "engine/lab/settings.h"
#include "engine/labs/statespace/anatomy.h"
#include "engine/labs/statespace/choosing.h"
#include "engine/labs/statespace/convolving.h"
#include "engine/labs/statespace/deriving.h"
#include "engine/labs/statespace/orders.h"
#include "engine/labs/statespace/remember.h"
#include "engine/labs/statespace/scenes.h"

namespace orrery::statespace {

RememberRequest rememberRequest(const lab::Settings& settings, std::shared_ptr<const Source> source);
/// The signal that the settings ask for.
SignalRequest signalRequest(const lab::Settings& settings, std::uint64_t seed);

/// The same brought to L samples a step apart, whatever its own time; `source` is of that request.
SignalRequest convolvedSignalRequest(const lab::Settings& settings, std::uint64_t seed);
ConvolvingRequest convolvingRequest(const lab::Settings& settings, std::uint64_t seed, std::shared_ptr<const Source> source);
AnatomyRequest anatomyRequest(const lab::Settings& settings);
OrdersRequest ordersRequest(const lab::Settings& settings);
DerivingRequest derivingRequest(const lab::Settings& settings);
ChoosingRequest choosingRequest(const lab::Settings& settings, std::uint64_t seed);
BoardOptions boardRequest(const lab::Settings& settings, std::uint64_t seed);
TableOptions tableRequest(const lab::Settings& settings, std::uint64_t seed);

LegsStep legsStepOf(const std::string& key);
Scheme schemeOf(const std::string& key);
Method methodOf(const std::string& key);
Derivation derivationOf(const std::string& key);

} // namespace orrery::statespace
