// SPDX-License-Identifier: GPL-3.0-or-later
// Models of this lab under the simulated annotator.
#pragma once

#include "engine/labs/segmentation/metrics.h"
#include "engine/labs/segmentation/model.h"

namespace orrery::segmentation {

/// A loaded model. The shown mask is the one that it chooses; the logits of the shown mask go with the next click, as in
/// training (`feedBack`). `context` and `model` must outlive it.
std::unique_ptr<Contender> makeContender(tensor::Context& context, const Model& model, const std::string& name,
                                         bool feedBack = true);

} // namespace orrery::segmentation
