// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/declared_path.h"

#include "engine/lab/rows.h"

namespace orrery::embedding {

lab::Parameter pathParameter() {
    return lab::choice("path", "Steps taken by", "Look closer", "automatic",
                       {{"automatic", "automatic", "the device where it is a GPU, the host otherwise"},
                        {"host", "host", "all cores of the processor"},
                        {"vulkan", "device", "kernels of the Vulkan device; the points stay in its memory"}},
                       "Who moves the points; both take the same steps but for rounding",
                       {.applies = lab::Applies::live, .shownWhen = "method=tsne|umap"});
}

} // namespace orrery::embedding
