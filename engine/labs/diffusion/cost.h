// SPDX-License-Identifier: GPL-3.0-or-later
// What a step costs on this device, so that a frame's work can be cut to a budget before it is submitted.
#pragma once

#include "engine/labs/diffusion/kernels.h"

namespace orrery::diffusion {

struct Cost { // milliseconds
    double perPair = 0, perParticle = 0, perDispatch = 0;
};

/// Measured once per device in a run of the program (a few milliseconds, and the kernels' compilation).
Cost costOn(gpu::Device& device, const Kernels& kernels);

} // namespace orrery::diffusion
