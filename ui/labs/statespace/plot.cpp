// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/statespace/plot.h"

#include "engine/labs/statespace/declared.h"

namespace orrery::ui::ssm {

glm::vec4 methodColour(const Look& look, statespace::Method method) {
    return categoryColour(look, statespace::methodTexts()[std::size_t(method)].colour);
}

} // namespace orrery::ui::ssm
