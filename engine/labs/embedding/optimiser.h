// SPDX-License-Identifier: GPL-3.0-or-later
// A picture that is made better step by step. Steps depend on the state before, the parameters and the step's number alone, so
// that a run can be taken up from any kept state and gives the same bits.
#pragma once

#include "engine/gpu/device.h"
#include "engine/labs/embedding/picture_points.h"

#include <memory>
#include <string>

namespace orrery::embedding {

/// What can be turned while it runs.
struct Tuning {
    // t-SNE
    double exaggeration = 12; ///< of the attraction, in the first phase
    int exaggerated = 250;    ///< steps of that phase
    double laterExaggeration = 1;
    double rate = 0; ///< of learning; 0: n / (4 exaggeration), after Belkina et al. 2019
    double momentum = 0.8;
    // UMAP
    double a = 1.57694346, b = 0.89506088; ///< of the curve 1 / (1 + a d^2b): see curve.h
    double repulsion = 1;                  ///< gamma
    int negatives = 5;                     ///< points that push for each that pulls
    int epochs = 500;                      ///< over which the rate falls to 0
    std::uint64_t seed = 1;
    bool operator==(const Tuning&) const = default;
};

/// All that a step needs and changes.
struct State {
    PicturePoints y;     ///< where the points are
    PicturePoints speed; ///< t-SNE: velocity; UMAP: Adam's mean
    PicturePoints scale; ///< t-SNE: gains; UMAP: Adam's mean of squares
    bool operator==(const State&) const = default;
};

struct Loss {
    double total = 0;
    double attraction = 0, repulsion = 0; ///< the two parts that depend on the picture
};

/// What acts on one point, in units of the gradient (positive: that way the point goes).
struct Forces {
    std::array<double, 3> attraction{}, repulsion{};
};

enum class Path { automatic, host, vulkan }; ///< who computes; automatic: the host where the device is a CPU
inline bool takesDevice(Path path, const gpu::Device& device) {
    return path == Path::vulkan || (path == Path::automatic && !device.isCpu());
}

class Optimiser {
 public:
    virtual ~Optimiser() = default;
    virtual void step(State& state, const Tuning& tuning, int number) = 0; ///< number: steps before it
    /// That many steps; on a device the points stay there in between.
    virtual void run(State& state, const Tuning& tuning, int number, int steps) {
        for (int i = 0; i < steps; ++i) step(state, tuning, number + i);
    }
    virtual Loss loss(const State& state, const Tuning& tuning) = 0;
    virtual Forces forces(const State& state, const Tuning& tuning, int number, std::int64_t point) = 0;
    /// t-SNE: the gradient's part that repulsion is; otherwise no points.
    virtual PicturePoints pushes(const State&) { return {}; }
    virtual bool ofTheCaller() const { return false; } ///< true: steps belong into the thread that owns the device
    virtual std::string how() const = 0;               ///< in words: "all pairs", "grid of 480 x 480, spacing 0.6"
};

} // namespace orrery::embedding
