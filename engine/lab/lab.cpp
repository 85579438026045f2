// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/lab.h"

#include "engine/error.h"

namespace orrery::lab {

void Lab::save(const std::string& output, const std::string&) {
    throw Error("the lab '" + declaration().name + "' writes no '" + output + "'");
}

} // namespace orrery::lab
