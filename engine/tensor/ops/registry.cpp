// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/cases.h"

namespace orrery::tensor {

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
