// SPDX-License-Identifier: GPL-3.0-or-later
// The Khronos validation layer, when it is asked for: its messages are collected, and tests fail on any.
#pragma once

#include "engine/gpu/vulkan.h"

#include <vector>

namespace orrery::gpu {

/// Whether `option` or ORRERY_VALIDATION (1, or "sync" for synchronisation validation too) asks for the layer and it is
/// installed; names it and its extension. Says on stderr when it is asked for and missing.
bool requestValidation(bool option, std::vector<const char*>& layers, std::vector<const char*>& extensions);
bool wantsSyncValidation();
VkDebugUtilsMessengerEXT listenToValidation(VkInstance instance);

} // namespace orrery::gpu
