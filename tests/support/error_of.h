// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/error.h"

#include <string>

namespace orrery::test {

/// The text of the Error that `act` throws; empty when it throws none.
template <class Act>
std::string errorOf(Act act) {
    try {
        act();
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

} // namespace orrery::test
