// SPDX-License-Identifier: GPL-3.0-or-later
// Errors that reach a person. Each says what was wrong, where (file, parameter, device) and what to do.
#pragma once

#include <stdexcept>
#include <string>

namespace orrery {

class Error : public std::runtime_error {
 public:
    using std::runtime_error::runtime_error;
};

} // namespace orrery
