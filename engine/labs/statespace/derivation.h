// SPDX-License-Identifier: GPL-3.0-or-later
// Derivations walked step by step: each step is an equality whose two sides are computed here, apart from each other, with the
// numbers that are asked for. A residual beyond its tolerance says that the step, or the code, is wrong.
// Gu et al. 2020 (arXiv 2008.07669), 2021 (arXiv 2111.00396); Su Jianlin, spaces.ac.cn 10114, 10137, 10162, 10180.
#pragma once

#include "engine/labs/statespace/algebra.h"

#include <string>

namespace orrery::statespace {

struct Equality {
    struct Row {
        std::string name; ///< "c_3", "A_2,1"
        Complex left, right;
    };
    const char* title = "";             ///< a few words
    const char* formula = "";           ///< what is equal, in symbols
    const char* why = "";               ///< a sentence: what was done to come here
    const char *left = "", *right = ""; ///< how each side is computed
    const char* argument = "";          ///< of the tolerance
    std::vector<Row> rows;              ///< of all numbers that were compared the first few, and the one that is farthest off
    std::size_t compared = 0;           ///< numbers in all
    double scale = 1;                   ///< magnitude of what is added up: what residual and tolerance are a share of
    double residual = 0;                ///< greatest |left - right| / scale; infinite when not finite
    double tolerance = 0;
    bool holds() const { return residual <= tolerance; }
};

enum class Derivation {
    hippo,    ///< A and B of LegS from the derivative of a projection
    bilinear, ///< a step from the trapezoid
    split,    ///< normal plus low rank
    kernel,   ///< C Ad^l Bd as the inverse transform of a generating function
    diagonal, ///< another basis, scans, a quotient of polynomials
};
constexpr int derivations = 5;
const char* toString(Derivation which); ///< "hippo"

struct DerivationOptions {
    std::int64_t N = 6;  ///< 2 … mostDerived
    double t = 1;        ///< moment of the projection, in the signal's unit of time
    double delta = 0.05; ///< step
    double turns = 0.06; ///< z = e^(-2 pi i turns)
    bool slip = false;   ///< the sign of A_1,0 is wrong: steps that need it must not hold
    bool operator==(const DerivationOptions&) const = default;
};
constexpr std::int64_t mostDerived = 16;

/// All steps; some milliseconds. Throws Error for an N out of range.
std::vector<Equality> derive(Derivation which, const DerivationOptions& options);

} // namespace orrery::statespace
