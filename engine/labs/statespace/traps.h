// SPDX-License-Identifier: GPL-3.0-or-later
// Traps that published code and texts hold, each reproduced here with numbers, named, and with its cure, so that a view can say
// what happened instead of drawing it.
#pragma once

#include "engine/labs/statespace/algebra.h"

#include <string>

namespace orrery::statespace {

struct Finding {
    const char* trap = "";   ///< "T1": number in the list of traps; key for presets
    const char* title = "";  ///< a few words
    std::string sentence;    ///< what happened, with its numbers
    const char* cure = "";   ///< a sentence
    double measured = 0;     ///< the trap's figure (an error, a ratio, a peak: see the sentence)
    double cured = 0;        ///< the same figure with the cure
    bool sprung = false;     ///< the trap did show with these parameters
    const char* figure = ""; ///< what the figure is, in a few words
};

/// T1: forward Euler on scaled LegS: largest coefficient while k < 4 N, of a sine of five turns.
Finding eulerExplodes(std::int64_t N);
/// T2: eigenvectors of LegS: log10 of their largest entry; cured: of the normal part's, which are unitary.
Finding eigenvectorsExplode(std::int64_t N);
/// T3: window Fourier with the one-sided endpoint: relative RMS error over the window, noise of `band`; cured: FouT.
Finding endpointHalved(std::int64_t N, double band, std::uint64_t seed);
/// T4: scaling LegT's orthonormal basis by 2 / sqrt(2n + 1) does not give LMU's B: their ratio; cured: sqrt(2 / (2n + 1)).
Finding scalingOff(std::int64_t N);
/// T5: 1 / k for ln((k + 1) / k) in the bilinear LegS step: order of the error between `L` and 2 L; cured: ln t's.
Finding orderLost(std::int64_t L);
/// T6: time-invariant LegS with samples taken at the right end of each step: error at L; cured: at the middle.
Finding sampledAtTheEnd(std::int64_t L);
/// T7: Mamba's Euler input against the gate theorem h = (1 - s) h + s x, s = sigmoid(z), N = 1, A = -1, at z; cured: ZOH.
Finding gateIsEuler(double z);
/// T8: scan by cumulative product and division in float32, factors e^(-rate): step at which it stops being a number; cured: -1.
Finding productUnderflows(double rate, std::int64_t L);
/// T9: LegT of s4's hippo.py is halved: its window is 2. Error of reading it as 1 on a sine; cured: read as 2.
Finding windowIsTwo(std::int64_t N);
/// T11: phase of e^(i w l) in float32: largest error over l < L of S4D-LegS with N states; cured: turns as uint32.
Finding phaseLost(std::int64_t N, double delta, std::int64_t L);
/// T14: forward Euler on time-invariant LegS needs Delta N < 2: growth per step; cured: bilinear's.
Finding explicitNeedsSmallSteps(std::int64_t N, double delta);

/// z = -1: S4's g = (2 / Delta)(1 - z) / (1 + z) is infinite there, and it is a node of every even length: the published form's
/// value (not finite: 0 is given); cured: the pole-free form against a solve.
Finding poleAtMinusOne(std::int64_t N);

/// All of them with the parameters at which they are known.
std::vector<Finding> findings();

} // namespace orrery::statespace
