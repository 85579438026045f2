// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of each op, defined in <op>_cases.cpp beside its float64 reference.
#pragma once

#include "engine/tensor/ops/op.h"

namespace orrery::tensor {

std::vector<Case> elementwiseCases();
std::vector<Case> layoutCases();
std::vector<Case> quantiseCases();
std::vector<Case> reduceCases();
std::vector<Case> matmulCases();
std::vector<Case> normCases();
std::vector<Case> softmaxCases();
std::vector<Case> lossCases();
std::vector<Case> gatherCases();
std::vector<Case> rotaryCases();
std::vector<Case> randomCases();
std::vector<Case> scanCases();
std::vector<Case> sortCases();
std::vector<Case> histogramCases();
std::vector<Case> fftCases();
std::vector<Case> attentionCases();
std::vector<Case> conv2dCases();
std::vector<Case> convTranspose2dCases();
std::vector<Case> resizeCases();

std::vector<Case> elementwiseBenches();
std::vector<Case> reduceBenches();
std::vector<Case> matmulBenches();
std::vector<Case> normBenches();
std::vector<Case> softmaxBenches();
std::vector<Case> lossBenches();
std::vector<Case> gatherBenches();
std::vector<Case> rotaryBenches();
std::vector<Case> randomBenches();
std::vector<Case> scanBenches();
std::vector<Case> sortBenches();
std::vector<Case> histogramBenches();
std::vector<Case> fftBenches();
std::vector<Case> attentionBenches();
std::vector<Case> conv2dBenches();
std::vector<Case> resizeBenches();

} // namespace orrery::tensor
