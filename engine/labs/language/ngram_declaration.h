// SPDX-License-Identifier: GPL-3.0-or-later
// The n-gram explorer's rows of the language lab's declaration, shown where show=ngram.
#pragma once

#include "engine/lab/declaration.h"

namespace orrery::language {

std::vector<lab::Parameter> ngramParameters();
std::vector<lab::Series> ngramSeries();
std::vector<lab::Array> ngramArrays();
std::vector<lab::Input> ngramInputs();
std::vector<lab::Output> ngramOutputs();

} // namespace orrery::language
