// SPDX-License-Identifier: GPL-3.0-or-later
// The tokens of a picture as rows for another lab: which place each of them stands at, the object there, the colour, and the patch
// of the picture under it.
#pragma once

#include "engine/lab/bundle.h"
#include "engine/labs/segmentation/inside_pca.h"
#include "engine/labs/segmentation/objects.h"
#include "engine/labs/segmentation/preprocess.h"

#include <memory>

namespace orrery::segmentation {

struct NamedMask {
    std::string name{};
    Rle mask{}; ///< of the picture's size
};

constexpr std::int64_t largestPatch = 32; ///< pixels of a patch's picture

/// A row for each token that the picture covers, row by row; those that fill the square up beyond it are left out. The object of a
/// token is the first of `masks` that covers half of its patch or more, else "background". Patches have as many pixels as the
/// picture has there, up to `largestPatch`; where that is the same the pixels are the picture's own.
lab::Bundle tokenBundle(const std::string& title, std::shared_ptr<const TokenGrid> tokens, const Picture& picture, const Fit& fit,
                        const std::vector<NamedMask>& masks);

} // namespace orrery::segmentation
