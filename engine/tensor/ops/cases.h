// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of each op, defined in <op>_cases.cpp beside its float64 reference.
#pragma once

#include "engine/tensor/ops/op.h"

namespace orrery::tensor {

std::vector<Case> elementwiseCases();
std::vector<Case> layoutCases();
std::vector<Case> reduceCases();
std::vector<Case> matmulCases();
std::vector<Case> conv2dCases();
std::vector<Case> convTranspose2dCases();
std::vector<Case> resizeCases();

std::vector<Case> elementwiseBenches();
std::vector<Case> reduceBenches();
std::vector<Case> matmulBenches();
std::vector<Case> conv2dBenches();
std::vector<Case> resizeBenches();

} // namespace orrery::tensor
