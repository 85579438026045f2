// SPDX-License-Identifier: GPL-3.0-or-later
// What the lab's parameters "show", "stage" and "head" ask for.
#pragma once

#include "engine/lab/settings.h"

namespace orrery::segmentation {

struct InsideRequest {
    enum class Show { photograph, embedding, affinity, attention, logits, kernels };
    Show show = Show::photograph;
    std::int64_t stage = 0, head = 0; ///< from 0; beyond the last: the last
    bool operator==(const InsideRequest&) const = default;
};

constexpr std::int64_t mostStages = 40;

std::vector<lab::Choice> insideChoices();
InsideRequest insideRequestOf(const lab::Settings& settings);

} // namespace orrery::segmentation
