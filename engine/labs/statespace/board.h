// SPDX-License-Identifier: GPL-3.0-or-later
// The equality board: every way to compute one thing, on one input, with a residual for every pair. Ways that should agree and
// do not are the most frequent complaint about published code (S4 #52, #115; RetNet in three repositories).
#pragma once

#include "engine/labs/statespace/algebra.h"

#include <string>

namespace orrery::tensor {
class Context;
}

namespace orrery::statespace {

struct Path {
    std::string name;    ///< "FFT convolution of the DPLR kernel"
    std::string where;   ///< "float64, host", "float32, device"
    bool narrow = false; ///< float32
    Vector y{};
    double allowance = 0; ///< what its own float32 may cost where that is more than the group's
};
struct Pair {
    std::size_t first = 0, second = 0; ///< of the paths
    double residual = 0;               ///< |y_first - y_second| / |y_second|, Euclidean in float64; infinite when not finite
    double tolerance = 0;
    bool agree() const { return residual <= tolerance; }
};
struct Group {
    std::string name;     ///< "One diagonal system"
    std::string argument; ///< of the tolerances, a sentence
    std::vector<Path> paths;
    std::vector<Pair> pairs; ///< each once, first < second
    bool agree() const;
    double worst(bool narrow) const; ///< largest residual among pairs with (or without) float32
};
struct Board {
    std::vector<Group> groups;
    bool agree() const;
};

/// Deliberate mistakes, each of which must show on the board.
enum class Planted {
    nothing,
    signFlip,      ///< A with the other sign in one path
    deltaSwap,     ///< Delta halved in one path
    unpaddedFft,   ///< a convolution that wraps around
    exclusiveScan, ///< an exclusive scan taken for an inclusive one
};
constexpr int plantedFaults = 5;
const char* label(Planted fault);

struct BoardOptions {
    std::int64_t length = 1023; ///< samples, 1 … 65536; any, also odd
    std::uint64_t seed = 1;
    double delta = 0.02; ///< step of LegS
    Planted planted = Planted::nothing;
};
/// Groups: LegS with N = 32 as recurrence, O(N) recurrence, kernels by powers, DPLR and generating function; a diagonal system as
/// scans, convolutions, rational function and companion form; a selective layer; retention. Without a context the host's alone.
Board equalityBoard(const BoardOptions& options, tensor::Context* context = nullptr);

} // namespace orrery::statespace
