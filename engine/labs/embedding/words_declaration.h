// SPDX-License-Identifier: GPL-3.0-or-later
// What the embedding lab's declaration has for words: appended there.
#pragma once

#include "engine/lab/declaration.h"

namespace orrery::embedding {

std::vector<lab::Parameter> wordParameters();
std::vector<lab::Series> wordSeries();
std::vector<lab::Array> wordArrays();
std::vector<lab::Input> wordInputs();
std::vector<lab::Output> wordOutputs();

} // namespace orrery::embedding
