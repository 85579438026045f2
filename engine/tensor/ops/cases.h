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

/// What text calls a size: "4M", "1024".
std::string sizeText(std::int64_t size);

std::vector<Case> elementwiseBenches(std::int64_t scale);
std::vector<Case> reduceBenches(std::int64_t scale);
std::vector<Case> matmulBenches(std::int64_t scale);
std::vector<Case> normBenches(std::int64_t scale);
std::vector<Case> softmaxBenches(std::int64_t scale);
std::vector<Case> lossBenches(std::int64_t scale);
std::vector<Case> gatherBenches(std::int64_t scale);
std::vector<Case> rotaryBenches(std::int64_t scale);
std::vector<Case> randomBenches(std::int64_t scale);
std::vector<Case> scanBenches(std::int64_t scale);
std::vector<Case> sortBenches(std::int64_t scale);
std::vector<Case> histogramBenches(std::int64_t scale);
std::vector<Case> fftBenches(std::int64_t scale);
std::vector<Case> attentionBenches(std::int64_t scale);
std::vector<Case> conv2dBenches(std::int64_t scale);
std::vector<Case> resizeBenches(std::int64_t scale);

} // namespace orrery::tensor
