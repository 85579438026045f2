// SPDX-License-Identifier: GPL-3.0-or-later
// A graph in the device's memory, in parts that a binding can hold: 128 MiB are what every device offers, and 100,000 rows of 90
// neighbours take more.
#pragma once

#include "engine/labs/embedding/affinity.h"
#include "engine/tensor/context.h"

#include <functional>

namespace orrery::embedding {

class DeviceGraph {
 public:
    struct Part {
        std::uint32_t first = 0, rows = 0;
        tensor::Tensor start; ///< [rows + 1], from 0
        tensor::Tensor edges; ///< [edges, words]
    };
    /// `write`: the words of edge e, the first of which is its partner. `mostBytes` of a part; 0: what the device can bind.
    DeviceGraph(tensor::Context& context, const Graph& graph, int words,
                const std::function<void(std::size_t e, std::int32_t* to)>& write, std::uint64_t mostBytes = 0);
    const std::vector<Part>& parts() const { return m_parts; }
    std::int64_t edges() const { return m_edges; }

 private:
    std::vector<Part> m_parts;
    std::int64_t m_edges;
};

} // namespace orrery::embedding
