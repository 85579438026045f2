// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/cases.h"

namespace orrery::tensor {

std::string sizeText(std::int64_t size) {
    for (const auto& [unit, letter] : {std::pair{1 << 30, "G"}, {1 << 20, "M"}})
        if (size >= unit && size % unit == 0) return std::to_string(size / unit) + letter;
    return std::to_string(size);
}

const std::vector<Op>& ops() {
    static const std::vector<Op> all = {
        {"attention", attentionCases, attentionBenches},
        {"conv2d", conv2dCases, conv2dBenches},
        {"conv_transpose2d", convTranspose2dCases},
        {"elementwise", elementwiseCases, elementwiseBenches},
        {"layout", layoutCases},
        {"matmul", matmulCases, matmulBenches},
        {"quantise", quantiseCases},
        {"reduce", reduceCases, reduceBenches},
        {"norm", normCases, normBenches},
        {"softmax", softmaxCases, softmaxBenches},
        {"loss", lossCases, lossBenches},
        {"gather", gatherCases, gatherBenches},
        {"rotary", rotaryCases, rotaryBenches},
        {"random", randomCases, randomBenches},
        {"scan", scanCases, scanBenches},
        {"sort", sortCases, sortBenches},
        {"histogram", histogramCases, histogramBenches},
        {"fft", fftCases, fftBenches},
        {"resize", resizeCases, resizeBenches},
    };
    return all;
}

} // namespace orrery::tensor
