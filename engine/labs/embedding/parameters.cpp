// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/parameters.h"

#include "engine/labs/embedding/controlled.h"
#include "engine/labs/embedding/declared.h"
#include "engine/labs/embedding/words_declaration.h"

namespace orrery::embedding {

std::vector<lab::Parameter> parameters() {
    std::vector<lab::Parameter> all;
    for (auto part : {tableParameters, controlledParameters, wordParameters, projectionParameters, tsneParameters, umapParameters,
                      judgingParameters, viewParameters, selectionParameters})
        for (lab::Parameter& parameter : part()) all.push_back(std::move(parameter));
    return all;
}

} // namespace orrery::embedding
