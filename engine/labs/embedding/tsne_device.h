// SPDX-License-Identifier: GPL-3.0-or-later
// t-SNE on the Vulkan device: attraction, repulsion and the step itself are kernels, and the points stay in the device's memory
// from step to step. What the grid needs to know, how far the picture reaches, is all that is read in between. The same law as
// Tsne; only sums have another order.
#pragma once

#include "engine/labs/embedding/graph_device.h"
#include "engine/labs/embedding/grid_device.h"

#include <optional>

namespace orrery::embedding {

class DeviceTsne final : public Optimiser {
 public:
    /// Throws Error when there are more points than the device can address. From the thread that owns the device, as all else.
    DeviceTsne(gpu::Device& device, std::shared_ptr<const Affinities> affinities, Repulsion repulsion,
               const GridRepulsion::Options& grid = {}, const std::optional<DeviceShape>& shape = {});

    void step(State& state, const Tuning& tuning, int number) override { run(state, tuning, number, 1); }
    void run(State& state, const Tuning& tuning, int number, int steps) override;
    Loss loss(const State& state, const Tuning& tuning) override;
    Forces forces(const State& state, const Tuning& tuning, int number, std::int64_t point) override;
    PicturePoints pushes(const State& state) override;
    bool ofTheCaller() const override { return true; }
    std::string how() const override;

    double gradient(const State& state, double exaggeration, PicturePoints& out); ///< as Tsne's

 private:
    void hold(const State& state);
    void attract(bool forLoss);
    void repulse();
    void descend(const Tuning& tuning, int number);

    tensor::Context m_context;
    DeviceShape m_shape;
    std::uint32_t m_mostShares;
    std::shared_ptr<const Affinities> m_affinities;
    DeviceGraph m_graph;
    Repulsion m_repulsion;
    GridRepulsion::Options m_options;
    DeviceGrid m_grid;
    Resident m_points;
    tensor::Tensor m_pulls, m_pushes, m_total;
    std::optional<Extent> m_extent; ///< of the points as they are; none until it is asked for
    std::uint32_t m_shares = 1;     ///< of the last repulse()
    double m_added = 0;             ///< to the sum, for Z
    bool m_usedGrid = false;
};

} // namespace orrery::embedding
