// SPDX-License-Identifier: GPL-3.0-or-later
// Scaled systems x' = (A x + B u) / t other than LegS (which has its own O(N) steps): by the eigenvectors of A, which for
// the Fourier history are well-conditioned. Steps as in legs.h; k is the number of samples already seen.
#pragma once

#include "engine/labs/statespace/legs.h"

namespace orrery::statespace {

class ScaledModes {
 public:
    /// Throws Error for a time-invariant system, and where the eigenvectors are too ill-conditioned (LegS: trap T2).
    /// Takes some seconds for hundreds of states.
    explicit ScaledModes(const System& system);
    double condition() const { return m_condition; } ///< of the eigenvectors: so many times rounding is what a state is off by
    const ComplexVector& eigenvalues() const { return m_lambda; }

    /// O(N) complex exponentials (exact) or divisions a step, O(N^2) to and from modes once per call.
    void advance(LegsStep step, std::span<double> x, std::span<const double> samples, std::int64_t k) const;

 private:
    ComplexVector m_lambda;
    ComplexMatrix m_vectors, m_inverse;
    ComplexVector m_input, m_first; ///< B and e_0 in modes
    double m_condition = 0;
};

} // namespace orrery::statespace
