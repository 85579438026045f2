// SPDX-License-Identifier: GPL-3.0-or-later
// orrery bench embedding: neighbours, repulsion by pairs and by the grid, steps of t-SNE and UMAP, text of word vectors.
#pragma once

#include "engine/bench/bench.h"

namespace orrery::embedding {

std::vector<bench::Figure> benchEmbedding(gpu::Device& device);

} // namespace orrery::embedding
