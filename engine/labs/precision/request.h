// SPDX-License-Identifier: GPL-3.0-or-later
// The lab's settings in its own words.
#pragma once

#include "engine/lab/settings.h"
#include "engine/labs/precision/lab.h"

namespace orrery::precision {

struct Request {
    std::string show;
    BitsRequest bits;
    SumsRequest sums;
    GradientsRequest gradients;
    TwinsRequest twins;
};

/// Throws Error in words for a person, naming the parameter whose text is no number.
Request request(const lab::Settings& settings, std::uint64_t seed);

} // namespace orrery::precision
