// SPDX-License-Identifier: GPL-3.0-or-later
// The precision lab: what a number can hold. IEEE 754-2019, bfloat16, FP8 of the OCP specification, all by the integer bit code
// of engine/tensor/formats.h and never by what the device happens to do.
#pragma once

#include "engine/labs/precision/bits.h"
#include "engine/labs/precision/gradients.h"
#include "engine/labs/precision/sums.h"
#include "engine/labs/precision/twins.h"

namespace orrery::precision {

/// What the view draws from.
class PrecisionLab : public lab::Lab {
 public:
    virtual const std::string& show() const = 0; ///< the choice of the parameter `show`
    virtual const Bits& bits() const = 0;
    virtual const Sums& sums() const = 0;
    virtual const Gradients& gradients() const = 0;
    virtual const Twins& twins() const = 0;
};

std::unique_ptr<lab::Lab> make(gpu::Device& device);

} // namespace orrery::precision
