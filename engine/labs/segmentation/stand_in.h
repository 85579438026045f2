// SPDX-License-Identifier: GPL-3.0-or-later
// Files of the published models' full shapes with random weights: as slow and as large as those, and free of any licence. What
// they answer means nothing.
#pragma once

#include <cstdint>
#include <string>

namespace orrery::segmentation {

enum class StandIn { vitB, mobileSam }; ///< SAM ViT-B (Kirillov et al. 2023), MobileSAM (Zhang et al. 2023)

/// A safetensors file under Meta's names, in 16 bits: matrices and kernels uniform of variance 1 / inputs, norms and statistics
/// of batch norms those of the identity, biases 0. Throws Error naming the file when it cannot be written.
void writeStandIn(StandIn kind, const std::string& path, std::uint64_t seed = 1);

} // namespace orrery::segmentation
