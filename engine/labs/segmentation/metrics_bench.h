// SPDX-License-Identifier: GPL-3.0-or-later
// orrery bench segmentation: how fast the models that are part of the program encode and answer, and how good they and the
// classical methods are under simulated clicks.
#pragma once

#include "engine/bench/bench.h"
#include "engine/labs/segmentation/metrics.h"
#include "engine/labs/segmentation/scene_cases.h"

namespace orrery::segmentation {

/// Quality on the pictures of the folder that ORRERY_PICTURES names (scene_cases.h says what it holds); a file that it names
/// after "@" is measured too ("DIR@weights.safetensors"). Without it, on pictures generated here, and then the speed and memory
/// of metrics_speed.h.
std::vector<bench::Figure> benchSegmentation(gpu::Device& device);

/// All measures of one contender, each with the ends of its 95 % interval where it has one.
std::vector<bench::Figure> figuresOf(const std::string& name, const Summary& summary);

std::vector<Trace> followAll(Contender& contender, const std::vector<KnownPicture>& pictures, const Protocol& protocol = {});

} // namespace orrery::segmentation
