// SPDX-License-Identifier: GPL-3.0-or-later
// The lab's settings in the engine's own words.
#pragma once

#include "engine/lab/settings.h"
#include "engine/labs/diffusion/journey.h"
#include "engine/labs/diffusion/mixture.h"

namespace orrery::diffusion {

/// The score of data points reads all of them for every particle in every step.
constexpr std::uint64_t mostDataPoints = 1'000'000;

struct DataRequest {
    std::string shape;
    lab::Points components, drawn; ///< only those of the chosen shape, else empty
    std::string file;
    std::int64_t points = 0; ///< of a shape made here, or drawn from the Gaussians for the empirical score
    bool empirical = false;
    bool operator==(const DataRequest&) const = default;
};

struct Request {
    DataRequest data;
    Schedule schedule;
    JourneyOptions journey;
    std::uint32_t particles = 0;
};
Request request(const lab::Settings& settings);

/// The data in data units; `filePoints` are those of data.file. Throws Error in words for a person.
Mixture mixtureOf(const DataRequest& data, const std::vector<double>& filePoints);

} // namespace orrery::diffusion
