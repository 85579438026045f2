// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace orrery::app {

struct Colours;
QString styleSheet(const Colours& colours);

} // namespace orrery::app
