// SPDX-License-Identifier: GPL-3.0-or-later
// K_l = C Ad^l Bd for l < L: the convolution kernel of a discrete system, several ways (Gu et al. 2021, S4, arXiv 2111.00396).
// With z on the unit circle, K^(z) = sum of K_l z^l over l < L = Ct (I - Ad z)^-1 Bd and Ct = C (I - Ad^L) at z^L = 1.
#pragma once

#include "engine/labs/statespace/discretise.h"
#include "engine/labs/statespace/structure.h"

namespace orrery::statespace {

/// By L products with Ad: the reference.
Vector kernelByPowers(const Discrete& d, std::span<const double> C, std::int64_t L);

/// The truncated generating function at any z, by a solve; |z| = 1 is where the kernel lives.
Complex generating(const Discrete& d, std::span<const double> C, std::int64_t L, Complex z);
/// The same as a sum over the kernel.
Complex generating(std::span<const double> kernel, Complex z);

/// A = Lambda - P P*, all in the eigenbasis of the normal part, with the output Ct for a length. Eigenvalues come in conjugate
/// pairs (and single ones at frequency 0), which evaluation uses.
struct Dplr {
    ComplexVector lambda; ///< [N], by descending imaginary part
    ComplexMatrix P;      ///< [N, rank]
    ComplexVector B, C;   ///< [N]; C is Ct, conjugate pairs as the others: K^ uses sum of C_i B_i d_i
    ComplexMatrix V;      ///< the eigenbasis, unitary
    double delta = 0;
    std::int64_t length = 0; ///< that Ct belongs to
    double atOne = 0;        ///< K^(1), where a pole at frequency 0 (Fourier) has no Cauchy sum
};
/// For the bilinear discretisation. Throws Error where the method has no such split (see structure.h).
Dplr dplr(const System& system, std::span<const double> C, double delta, std::int64_t L);
/// Ct for 2 L from that for L: Ct (I + Ad^L). Checks out against dplr(…, 2 L).
Dplr doubled(const Dplr& half, const System& system);

/// Which form the Cauchy sums take at z = -1, a node when L is even.
enum class CauchyForm {
    poleFree,  ///< d_i = 1 / ((2 / Delta)(1 - z) - (1 + z) Lambda_i): finite everywhere
    published, ///< g = (2 / Delta)(1 - z) / (1 + z) and a factor 2 / (1 + z): infinite there
};
/// K by Cauchy sums, Woodbury and one inverse transform: O(N L). Half of the nodes, conjugate pairs together, vectors of
/// nodes, all cores.
Vector kernelByDplr(const Dplr& d);
/// One node, in either form: not finite where the published form has its pole.
Complex generatingByDplr(const Dplr& d, Complex z, CauchyForm form = CauchyForm::poleFree);
/// The plain loop over all L nodes and N poles, on all cores: what `orrery bench` compares with.
Vector kernelByPlainCauchy(const Dplr& d);

/// K^ = b / a: coefficients of det(I - Ad z) and of Ct adj(…) Bd (Su Jianlin, spaces.ac.cn 10180; Parnichkun et al. 2024).
struct Rational {
    Vector a; ///< a_1 … a_d (a_0 = 1)
    Vector b; ///< b_0 … b_(d-1)
};
/// Characteristic polynomials from eigenvalues; only for small N (coefficients of degree 30 already lose digits).
Rational rational(const Discrete& d, std::span<const double> C);
/// DFT(b) / DFT(1, a) at L nodes, b for Ct of that length: the kernel of exactly L terms.
Vector kernelByRational(const Discrete& d, std::span<const double> C, std::int64_t L);
/// x+ = (u - <a, x>, x_0 … x_(d-2)), y = <b, x+>: the companion form; a shift register where a = 0.
Vector outputs(const Rational& r, std::span<const double> samples);
double stabilityBound(const Rational& r); ///< sum of |a_i|: below 1 is enough to be stable

} // namespace orrery::statespace
