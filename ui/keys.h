// SPDX-License-Identifier: GPL-3.0-or-later
// A view with keys and gestures of its own, for the list of shortcuts. A view that has some is of this class too.
#pragma once

#include "engine/lab/lab.h"

namespace orrery::ui {

class Keys {
 public:
    virtual ~Keys() = default;
    virtual std::vector<lab::Fact> keys() const = 0; ///< "I", "Invert the selection"
};

} // namespace orrery::ui
