// SPDX-License-Identifier: GPL-3.0-or-later
// x' = A x + B u with a step Delta becomes x+ = Ad x + Bd u; u is held over the step (see trap T6 for where it is sampled).
#pragma once

#include "engine/labs/statespace/hippo.h"

namespace orrery::statespace {

enum class Scheme {
    forwardEuler,  ///< GBT(0)
    backwardEuler, ///< GBT(1)
    bilinear,      ///< GBT(1/2), Tustin without the output half that control libraries add
    gbt,           ///< (I - a Delta A)^-1 (I + (1 - a) Delta A), Delta (I - a Delta A)^-1 B
    zoh,           ///< e^(Delta A) and the top right block of exp(Delta [[A, B], [0, 0]]): exact for a held u
};
constexpr int schemes = 5;
const char* toString(Scheme scheme); ///< "forward-euler"
const char* label(Scheme scheme);    ///< "forward Euler"

struct Discrete {
    Matrix A; ///< [N, N]
    Vector B; ///< [N]
    double delta = 0;
    Scheme scheme = Scheme::zoh;
};
/// `alpha` is for gbt only. Throws Error for a step that is not positive, and for a scaled system (see legs.h and scaled.h).
Discrete discretise(const System& system, Scheme scheme, double delta, double alpha = 0.5);
Discrete discretise(const Matrix& A, std::span<const double> B, Scheme scheme, double delta, double alpha = 0.5);
double alphaOf(Scheme scheme, double alpha); ///< of the GBT family; throws Error for zoh

/// What a step does to the eigenvalue lambda of A: where it lies in the pole plane afterwards.
Complex warped(Complex lambda, Scheme scheme, double delta, double alpha = 0.5);

struct Stability {
    double radius = 0; ///< largest magnitude of the discrete eigenvalues
    double limit = 0;  ///< largest step that keeps all of them in the unit circle; infinite where every step does
    bool stable = true;
    std::string sentence; ///< "forward Euler with a step of 0.1 multiplies … ; a step below 0.03 is stable"
};
/// By the eigenvalues of A; |1 + (1 - a) z| <= |1 - a z| at z = Delta lambda. For LegS and a = 0: Delta N < 2 (trap T14).
Stability stability(std::span<const Complex> eigenvalues, Scheme scheme, double delta, double alpha = 0.5);

/// x+ = Ad x + Bd u from `state` on, through all samples; the state after the last. Where `states` is given it receives
/// [samples, N].
Vector run(const Discrete& d, std::span<const double> samples, Vector state = {}, Matrix* states = nullptr);
/// y_k = C x_k with x_k after sample k.
Vector outputs(const Discrete& d, std::span<const double> C, std::span<const double> samples, Vector state = {});

/// Many samples at 2 N multiplications each instead of N^2: blocks of m samples go through [Ad^(m-1) Bd, …, Bd] and Ad^m.
class BlockStepper {
 public:
    explicit BlockStepper(Discrete d, std::int64_t block = 0); ///< 0: N, at least 64
    std::int64_t block() const { return m_block; }
    const Discrete& discrete() const { return m_discrete; }
    void step(Vector& state, std::span<const double> samples) const; ///< any number of them

 private:
    Discrete m_discrete;
    std::int64_t m_block;
    Matrix m_power;  ///< Ad^m
    Matrix m_inputs; ///< [N, m]
};

} // namespace orrery::statespace
