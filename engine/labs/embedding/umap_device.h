// SPDX-License-Identifier: GPL-3.0-or-later
// UMAP's batches on the Vulkan device: the law of Umap, its schedule of edges and its draws to the bit; only sums and powers are
// rounded otherwise. The points stay in the device's memory from step to step.
#pragma once

#include "engine/labs/embedding/resident.h"
#include "engine/labs/embedding/umap.h"

#include <optional>

namespace orrery::embedding {

class DeviceUmap final : public Optimiser {
 public:
    static constexpr int bytesOfEdge = 16;

    /// Throws Error when the graph is larger than the device can address. From the thread that owns the device, as all else.
    DeviceUmap(gpu::Device& device, const FuzzyGraph& graph, std::uint64_t seed, const std::optional<DeviceShape>& shape = {});

    void step(State& state, const Tuning& tuning, int number) override { run(state, tuning, number, 1); }
    void run(State& state, const Tuning& tuning, int number, int steps) override;
    Loss loss(const State& state, const Tuning& tuning) override;
    Forces forces(const State& state, const Tuning& tuning, int number, std::int64_t point) override;
    bool ofTheCaller() const override { return true; }
    std::string how() const override { return "batches"; }

    /// Pulls and pushes on all points.
    std::array<PicturePoints, 2> acting(const State& state, const Tuning& tuning, int number);

 private:
    void act(const Tuning& tuning, int number);
    void hold(const State& state);

    tensor::Context m_context;
    DeviceShape m_shape;
    std::uint64_t m_seed;
    float m_most = 1; ///< the largest weight of an edge
    Resident m_points;
    tensor::Tensor m_start, m_edges, m_forces;
};

} // namespace orrery::embedding
