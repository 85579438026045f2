// SPDX-License-Identifier: GPL-3.0-or-later
// The lab's settings in the engine's own words.
#pragma once

#include "engine/lab/settings.h"
#include "engine/labs/diffusion/journey.h"
#include "engine/labs/diffusion/mixture.h"
#include "engine/labs/diffusion/training.h"

namespace orrery::diffusion {

/// The score of data points reads all of them for every particle in every step.
constexpr std::uint64_t mostDataPoints = 1'000'000;

struct DataRequest {
    std::string shape;
    lab::Points components, drawn; ///< only those of the chosen shape, else empty
    std::string file;
    std::int64_t points = 0; ///< of a shape that has no other law, or drawn from the Gaussians to be the data set
    bool sampled = false;    ///< such draws are the data, not the Gaussians themselves
    bool operator==(const DataRequest&) const = default;
};

/// Of a network that learns the score.
struct LearnRequest {
    LearnOptions options;
    std::string file; ///< to begin with
    bool averaged = true;
    int steps = 0; ///< after which it stops by itself
};

struct Request {
    DataRequest data;
    Schedule schedule;
    JourneyOptions journey;
    std::uint32_t particles = 0;
    std::optional<LearnRequest> learn; ///< the score is a learned one
};
Request request(const lab::Settings& settings);

/// The data in data units; `filePoints` are those of data.file. Throws Error in words for a person.
Mixture mixtureOf(const DataRequest& data, const std::vector<double>& filePoints);

} // namespace orrery::diffusion
