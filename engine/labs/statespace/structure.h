// SPDX-License-Identifier: GPL-3.0-or-later
// What the matrices are made of: A = normal - P P^T with a normal part whose eigenvectors are unitary (Gu et al. 2021, S4,
// arXiv 2111.00396), and how ill-conditioned the eigenvectors of A itself are.
#pragma once

#include "engine/labs/statespace/hippo.h"

namespace orrery::statespace {

struct Split {
    Matrix normal;         ///< A + P P^T = shift I + a skew matrix
    Matrix P;              ///< [N, rank], rank 1 or 2
    double shift = 0;      ///< real part of every eigenvalue of the normal part
    double residual = 0;   ///< |normal + normal^T - 2 shift I| / |A|, Frobenius: rounding where the split is exact
    double commutator = 0; ///< |M M^T - M^T M| / |M|^2 of the normal part
    bool known = false;    ///< there is such a split for this method
};
/// For LegS, LegT, LagT (also generalised with alpha = 0), FouT and the windowed Fourier; otherwise known is false and P empty.
Split split(const System& system);

struct Conditioning {
    double condition = 0; ///< 2-norm condition of the matrix of eigenvectors, as far as float64 can tell (up to 1e16)
    double log10Largest =
        0;                 ///< LegS: log10 of the largest entry C(i + j, i - j) of the exact eigenvectors (S4, lemma 3.2); else 0
    bool hopeless = false; ///< a float64 diagonalisation has lost all digits
    std::string sentence;
};
/// Takes seconds for hundreds of states (so do eigenvalues(), 3 s for 512).
Conditioning conditioning(const System& system);

} // namespace orrery::statespace
