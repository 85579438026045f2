// SPDX-License-Identifier: GPL-3.0-or-later
// What a person waits for and what it takes: a picture encoded, a click on an encoded picture to its mask, memory; and what the
// search for everything finds with the model's own thresholds.
#pragma once

#include "engine/bench/bench.h"
#include "engine/labs/segmentation/scene_cases.h"

namespace orrery::segmentation {

/// TinyPrompt, and MobileSAM's and SAM ViT-B's shapes with random weights (stand_in.h), on a picture of 1024 x 683. Memory is
/// what the device holds for the model at most, beside the plan that was said before.
std::vector<bench::Figure> speedOfModels(gpu::Device& device);

/// With the built-in model: of how many pictures the known object is among the masks (IoU 0.5 or more), and how many there are.
std::vector<bench::Figure> foundEverything(gpu::Device& device, const std::vector<KnownPicture>& pictures);

} // namespace orrery::segmentation
