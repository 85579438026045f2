// SPDX-License-Identifier: GPL-3.0-or-later
// One step of negative sampling: a window's rows move down the gradient of what it loses.
#pragma once

#include "engine/labs/embedding/words_rounding.h"
#include "engine/labs/embedding/words_rows.h"
#include "engine/labs/embedding/words_sampling.h"

namespace orrery::embedding {

struct WindowStep {
    LaneRows& rows;
    const Rounder& rounder;
    std::int64_t stride = 8;
    float rate = 0;
    std::uint32_t place = 0; ///< of the centre in the text: for rounding by chance
    Floats& sums;            ///< 2 * stride numbers for the mean of the context and its gradient

    /// Each word of the company predicts the centre. The step is that of all its pairs together; `lost`, if given, is added to.
    void skipGram(const Window& window, WordLoss* lost) const;
    /// The mean of the company predicts the centre.
    void cbow(const Window& window, WordLoss* lost) const;
};

} // namespace orrery::embedding
