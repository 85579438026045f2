// SPDX-License-Identifier: GPL-3.0-or-later
// The state-space lab: HiPPO memory, and the sequence models that came of it, as scenes with a clock each.
#pragma once

#include "engine/labs/statespace/anatomy.h"
#include "engine/labs/statespace/choosing.h"
#include "engine/labs/statespace/convolving.h"
#include "engine/labs/statespace/deriving.h"
#include "engine/labs/statespace/orders.h"
#include "engine/labs/statespace/remember.h"
#include "engine/labs/statespace/scenes.h"

namespace orrery::statespace {

/// What the view draws from.
class StatespaceLab : public lab::Lab {
 public:
    virtual const std::string& show() const = 0; ///< the choice of the parameter `show`
    virtual const Remember& memory() const = 0;
    virtual const Anatomy& anatomy() const = 0;
    virtual const Convolving& convolving() const = 0;
    virtual const Orders& orders() const = 0;
    virtual const Deriving& deriving() const = 0;
    virtual const Choosing& choosing() const = 0;
    virtual const BoardScene& board() const = 0;
    virtual const TrapScene& traps() const = 0;
    virtual const TableScene& table() const = 0;
};

std::unique_ptr<lab::Lab> make(gpu::Device& device);

} // namespace orrery::statespace
