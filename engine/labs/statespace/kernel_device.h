// SPDX-License-Identifier: GPL-3.0-or-later
// S4's kernel on the device in float32: Cauchy sums and Woodbury by shaders/statespace/cauchy.comp, then tensor::irfft.
#pragma once

#include "engine/labs/statespace/kernel.h"
#include "engine/tensor/context.h"

namespace orrery::statespace {

/// [L], L the length of d's Ct. Rank 1 and no pole at frequency 0 (LegS; LagT of even N); throws Error otherwise.
/// Nodes and weights are rounded to float32 once; near a pole of frequency w that costs up to w 2^-24 / |Re lambda|.
tensor::Tensor kernelByDplr(tensor::Context& context, const Dplr& d);

/// What the Cauchy sums run over: a row for each conjugate pair (or single pole), |Lambda|^2, 2 Re Lambda, then for each
/// quantity (C B, C P_a, P_a* B, P_a* P_b) twice its real weight and twice Re(weight conj Lambda).
struct CauchyRows {
    std::int64_t quantities = 0, count = 0;
    Vector rows;
    bool stillPole = false; ///< one lies at frequency 0 without decay
};
CauchyRows cauchyRows(const Dplr& d);

} // namespace orrery::statespace
