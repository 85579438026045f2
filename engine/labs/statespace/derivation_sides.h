// SPDX-License-Identifier: GPL-3.0-or-later
// What the derivations share: gathering the two sides of an equality, and the signal that is projected.
#pragma once

#include "engine/labs/statespace/derivation.h"
#include "engine/labs/statespace/hippo.h"

#include <cmath>

namespace orrery::statespace {

/// Numbers of both sides, one pair after the other.
class Sides {
 public:
    void add(std::string name, Complex left, Complex right);
    void add(const std::string& symbol, const Vector& left, const Vector& right); ///< "c_0", "c_1" …
    void add(const std::string& symbol, const Matrix& left, const Matrix& right); ///< "A_0,0" …
    void add(const std::string& symbol, const ComplexMatrix& left, const ComplexMatrix& right);
    /// Magnitude of summands that cancel: rounding is a share of them, not of what is left.
    void summand(double magnitude) { m_scale = std::max(m_scale, std::abs(magnitude)); }

    /// `roundings` of 2^-52 are allowed.
    Equality equality(const char* title, const char* formula, const char* why, const char* left, const char* right,
                      double roundings, const char* argument) const;

 private:
    std::vector<Equality::Row> m_rows;
    double m_scale = 0;
};

/// sin 7 s + s^2: entire, so that its derivatives can be had from complex arguments without a difference.
template <class T>
T derivedSignal(T s) {
    return std::sin(7.0 * s) + s * s;
}
inline double derivedSlope(double s) { return 7 * std::cos(7 * s) + 2 * s; }

/// phi_n(r) = sqrt(2n + 1) P_n(2r - 1), n < N, by the three-term recurrence.
Vector shiftedLegendre(double r, std::int64_t N);
/// phi_n'(r) by differentiating that recurrence.
Vector shiftedLegendreSlope(double r, std::int64_t N);

/// LegS, with the slip where it is asked for.
System derivedLegs(const DerivationOptions& options);
/// The projection at t: the state that the other derivations step on from.
Vector derivedState(const DerivationOptions& options);

std::vector<Equality> deriveHippo(const DerivationOptions& options);
std::vector<Equality> deriveBilinear(const DerivationOptions& options);
std::vector<Equality> deriveSplit(const DerivationOptions& options);
std::vector<Equality> deriveKernel(const DerivationOptions& options);
std::vector<Equality> deriveDiagonal(const DerivationOptions& options);

} // namespace orrery::statespace
