// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/cases.h"

namespace orrery::tensor {

const std::vector<Op>& ops() {
    static const std::vector<Op> all = {
        {"conv2d", conv2dCases, conv2dBenches},
        {"conv_transpose2d", convTranspose2dCases},
        {"elementwise", elementwiseCases, elementwiseBenches},
        {"layout", layoutCases},
        {"matmul", matmulCases, matmulBenches},
        {"reduce", reduceCases, reduceBenches},
        {"resize", resizeCases, resizeBenches},
    };
    return all;
}

} // namespace orrery::tensor
