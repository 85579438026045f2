// SPDX-License-Identifier: GPL-3.0-or-later
// UMAP's batches on the Vulkan device: the law of Umap, its schedule of edges and its draws to the bit; only sums and powers are
// rounded otherwise. The points stay in the device's memory from step to step.
#pragma once

#include "engine/labs/embedding/graph_device.h"
#include "engine/labs/embedding/resident.h"
#include "engine/labs/embedding/umap.h"

#include <optional>

namespace orrery::embedding {

class DeviceUmap final : public Optimiser {
 public:
    /// Throws Error when there are more points than the device can address. From the thread that owns the device, as all else.
    /// `mostBytes`: see DeviceGraph.
    DeviceUmap(gpu::Device& device, const FuzzyGraph& graph, std::uint64_t seed, const std::optional<DeviceShape>& shape = {},
               std::uint64_t mostBytes = 0);

    void step(State& state, const Tuning& tuning, int number) override { run(state, tuning, number, 1); }
    void run(State& state, const Tuning& tuning, int number, int steps) override;
    Loss loss(const State& state, const Tuning& tuning) override;
    Forces forces(const State& state, const Tuning& tuning, int number, std::int64_t point) override;
    bool ofTheCaller() const override { return true; }
    std::string how() const override { return "batches"; }

    /// Pulls and pushes on all points.
    std::array<PicturePoints, 2> acting(const State& state, const Tuning& tuning, int number);

 private:
    DeviceUmap(gpu::Device& device, const Graph& graph, const Schedule& schedule, std::uint64_t seed,
               const std::optional<DeviceShape>& shape, std::uint64_t mostBytes);
    void act(const Tuning& tuning, int number);
    void hold(const State& state);

    tensor::Context m_context;
    DeviceShape m_shape;
    std::uint64_t m_seed;
    float m_most = 1; ///< the largest weight of an edge
    DeviceGraph m_graph;
    Resident m_points;
    tensor::Tensor m_forces; ///< [2, padded, 4]: pulls, pushes
};

} // namespace orrery::embedding
