// SPDX-License-Identifier: GPL-3.0-or-later
// Diagonal systems x' = Lambda x + B u, y = 2 Re C x over one of each conjugate pair: S4D (Gu et al. 2022, arXiv 2206.11893),
// S5 (Smith et al. 2023, arXiv 2208.04933), LRU (Orvieto et al. 2023, arXiv 2303.06349).
#pragma once

#include "engine/labs/statespace/discretise.h"
#include "engine/labs/statespace/scan.h"

namespace orrery::statespace {

enum class DiagonalInit {
    lin,  ///< -1/2 + i pi n
    inv,  ///< -1/2 + i (N / pi)(N / (2n + 1) - 1)
    real, ///< -(n + 1)
    legs, ///< the normal part of LegS
};
constexpr int diagonalInits = 4;
const char* label(DiagonalInit init);

/// N states as N / 2 pairs (`real`: N real ones, and y without the 2).
struct Diagonal {
    ComplexVector lambda, B, C;
    bool pairs = true;
};
/// B = 1 (legs: of the eigenbasis), C complex normal by `seed` (Philox). N even, 2 … mostStates; throws Error otherwise.
Diagonal diagonal(DiagonalInit init, std::int64_t N, std::uint64_t seed);

/// Per state: x+ = a x + b u.
struct DiagonalSteps {
    ComplexVector a, b, C;
    bool pairs = true;
};
/// zoh: b = B expm1(Delta lambda) / lambda, by its series where |Delta lambda| < 1e-4; the others as GBT.
DiagonalSteps discretise(const Diagonal& d, Scheme scheme, double delta, double alpha = 0.5);
/// 2 Re sum of C b a^l.
Vector kernelOf(const DiagonalSteps& d, std::int64_t L);
Vector outputs(const DiagonalSteps& d, std::span<const double> samples, const ScanOrder& order = {});
Vector outputsOnDevice(tensor::Context& context, const DiagonalSteps& d, std::span<const double> samples,
                       tensor::ScanKernel kernel = tensor::ScanKernel::automatic);
/// The same as a real system of 2 x 2 blocks, so that other views can take it.
Discrete blocks(const DiagonalSteps& d, Vector& C);

/// a^l for many l in float32, two ways: the angle as a float (loses 2^-24 of itself: trap T11), and as a uint32 of turns that
/// wraps for nothing. Greatest error against float64 over l < L.
struct PhaseLoss {
    double angle = 0; ///< radians at the end
    double byFloat = 0, byTurns = 0;
};
PhaseLoss phaseLoss(double deltaTimesFrequency, std::int64_t L);

/// LRU: |lambda| in a ring, input scaled by gamma = sqrt(1 - |lambda|^2) so that white input of variance 1 leaves mean |h|^2 = 1.
struct LruOptions {
    std::int64_t inputs = 1, states = 16;
    double least = 0.9, most = 0.999, phase = 6.283185307179586;
};
struct Lru {
    ComplexVector lambda; ///< [states]
    Vector gamma;         ///< [states]
    ComplexMatrix B, C;   ///< [states, inputs], [inputs, states]
    Vector D;             ///< [inputs]
};
Lru lru(const LruOptions& options, std::uint64_t seed);
/// y = Re(C h) + D u for u of [L, inputs]; where `states` is given it receives h, [L, states].
Matrix outputs(const Lru& layer, const Matrix& u, const ScanOrder& order = {}, ComplexMatrix* states = nullptr);

/// S5: a diagonal system with many inputs and outputs, ZOH with a step for each state.
struct S5 {
    ComplexVector lambda; ///< [pairs]
    ComplexMatrix B, C;   ///< [pairs, inputs], [inputs, pairs]
    Vector D, delta;      ///< [inputs], [pairs]
};
/// LegS's normal part, N states; B, C, D normal, delta log-uniform in [0.001, 0.1], by `seed`.
S5 s5(std::int64_t N, std::int64_t inputs, std::uint64_t seed);
Matrix outputs(const S5& layer, const Matrix& u, const ScanOrder& order = {}); ///< y = 2 Re(C x) + D u

} // namespace orrery::statespace
