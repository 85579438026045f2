// SPDX-License-Identifier: GPL-3.0-or-later
// The shapes that the lab makes itself, in data units. Deterministic: point i depends on (seed, i) only.
#pragma once

#include "engine/labs/diffusion/mixture.h"

#include <string>

namespace orrery::diffusion {

/// 64 Gaussians: eight rings of eight on a ring.
std::vector<Component> ringOfRings();

/// The law that points of `moons`, `swissroll` and `spiral` are drawn from, as Gaussians in a row along the line, no farther apart
/// than 1.3 of their deviations: what that rule leaves of their ripples is below 1e-4 of the density.
std::vector<Component> shapeLaw(const std::string& shape);

/// `shape`: moons, swissroll, checkerboard, spiral. x, y pairs.
std::vector<double> shapePoints(const std::string& shape, std::size_t count, std::uint64_t seed);

/// `count` draws from a mixture: x, y pairs.
std::vector<double> draw(const Mixture& mixture, std::size_t count, std::uint64_t seed);

} // namespace orrery::diffusion
