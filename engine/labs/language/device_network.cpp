// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/error.h"
#include "engine/labs/language/network.h"
namespace orrery::language {
std::unique_ptr<Network> makeDeviceNetwork(std::shared_ptr<const ModelWeights>, gpu::Device&) { throw Error("not yet"); }
} // namespace orrery::language
