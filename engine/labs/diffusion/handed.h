// SPDX-License-Identifier: GPL-3.0-or-later
// What a network makes of places before it answers, as rows for another lab: the numbers in its last hidden layer.
#pragma once

#include "engine/lab/bundle.h"
#include "engine/lab/declaration.h"
#include "engine/labs/diffusion/mixture.h"
#include "engine/labs/diffusion/score_net.h"

#include <memory>

namespace orrery::diffusion {

constexpr std::uint32_t mostFeatureRows = 5000; ///< the first so many particles

/// Particles as a network sees them at one noise level.
struct Seen {
    NetShape shape{};
    std::vector<std::vector<float>> parameters{}; ///< of a ScoreNet, in their order
    std::vector<float> places{};                  ///< [n, 2], in data units
    Frame2 frame{};
    double alpha = 1, sigma = 0;
    std::shared_ptr<const Mixture> data{}; ///< standardised
};

/// A row of `width` numbers for each place, in float64 and then rounded; where it is, and of a mixture of 64 components at most
/// which of them it most likely came from.
lab::Bundle featureBundle(const std::string& title, Seen seen);

lab::Output featureOutput();

} // namespace orrery::diffusion
