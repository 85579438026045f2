// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/graph_device.h"

#include <algorithm>

namespace orrery::embedding {

namespace {

std::int64_t mostEdges(const gpu::Device& device, int words, std::uint64_t mostBytes) {
    const auto& limits = device.info().limits;
    if (mostBytes == 0 && device.readPath() == gpu::ReadPath::texel)
        return limits.maxTexelBufferElements / 4 * 3; // a buffer may be somewhat longer
    return std::int64_t((mostBytes ? mostBytes : limits.maxStorageBufferRange) / (4 * std::uint64_t(words)));
}

} // namespace

DeviceGraph::DeviceGraph(tensor::Context& context, const Graph& graph, int words,
                         const std::function<void(std::size_t e, std::int32_t* to)>& write, std::uint64_t mostBytes)
    : m_edges(std::int64_t(graph.index.size())) {
    const std::int64_t most = std::min<std::int64_t>(mostEdges(context.device(), words, mostBytes), 1 << 30);
    for (std::int64_t first = 0; first < graph.n;) {
        const std::int64_t from = graph.start[std::size_t(first)];
        // a row has fewer edges than there are points, whose state is larger
        std::int64_t last =
            std::upper_bound(graph.start.begin() + first + 1, graph.start.end(), from + most) - graph.start.begin() - 1;
        last = std::max(last, first + 1);
        const std::int64_t edges = graph.start[std::size_t(last)] - from;
        std::vector<std::int32_t> start, values(std::size_t(edges * words));
        for (std::int64_t i = first; i <= last; ++i) start.push_back(std::int32_t(graph.start[std::size_t(i)] - from));
        for (std::int64_t e = 0; e < edges; ++e) write(std::size_t(from + e), values.data() + e * words);
        m_parts.push_back({std::uint32_t(first), std::uint32_t(last - first),
                           context.upload({last - first + 1}, std::span<const std::int32_t>(start)),
                           context.upload({edges, words}, std::span<const std::int32_t>(values))});
        context.submit(); // the copy in host memory can go
        first = last;
    }
}

} // namespace orrery::embedding
