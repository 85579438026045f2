// SPDX-License-Identifier: GPL-3.0-or-later
// h_t = a_t h_(t-1) + b_t as a prefix scan of pairs: (a, b) then (a', b') is (a' a, a' b + b'), with (1, 0) as the neutral pair
// (Blelloch 1990). Float64 on the host, in the orders that parallel machines use; the device's own scan is tensor::linearScan.
#pragma once

#include "engine/labs/statespace/algebra.h"
#include "engine/tensor/ops/scan.h"

#include <string>

namespace orrery::statespace {

enum class Scan {
    sequential,    ///< one step after the other
    koggeStone,    ///< log2 L rounds, each element joined with the one 1, 2, 4 … before it: L log2 L joins
    blelloch,      ///< up and down a tree: 2 L joins; the tail is padded with (1, 0)
    chunked,       ///< chunks one after the other, each scanned by itself and then given its start
    threeDispatch, ///< summary of each chunk, scan of the summaries, values: what a GPU without forward progress can do
};
constexpr int scans = 5;
const char* label(Scan scan);

/// Whether element t of the result has seen step t.
enum class Ends { inclusive, exclusive };

struct ScanOrder {
    Scan scan = Scan::sequential;
    std::int64_t chunk = 64;
    Ends ends = Ends::inclusive;
};
/// h for a, b of the same length, from h_(-1) = `initial`. Throws Error when the lengths differ or a chunk is not positive.
Vector scanned(std::span<const double> a, std::span<const double> b, const ScanOrder& order = {}, double initial = 0);
ComplexVector scanned(std::span<const Complex> a, std::span<const Complex> b, const ScanOrder& order = {}, Complex initial = 0);

/// What is wrong when an exclusive result is taken for an inclusive one: they are one step apart. Says so when `result` is
/// nearer to the shifted truth than to the truth; empty otherwise.
std::string endsMixedUp(std::span<const double> result, std::span<const double> inclusive);

/// By cumulative products and a division, h_t = P_t sum of b_i / P_i in float32: right until P_t underflows, then NaN (trap T8).
struct DividedScan {
    std::vector<float> h;
    std::int64_t firstBad = -1; ///< where the first number is not finite
    double decayed = 0;         ///< sum of -ln |a| there; float32 gives up above 87 to 103
};
DividedScan scannedByDivision(std::span<const double> a, std::span<const double> b);

/// float32 bytes moved per element and joins, by the way of scanning; of pairs (a, b) in and h out.
struct ScanCost {
    double bytes = 0; ///< at least: sequential, chunked 12; three dispatches 20 (a and b twice, h once)
    double joins = 0; ///< in all
    double depth = 0; ///< joins one after the other
};
ScanCost costOf(const ScanOrder& order, std::int64_t L);

/// On the device in float32: [L] numbers or [L, 2] complex pairs, either kernel.
Vector scannedOnDevice(tensor::Context& context, std::span<const double> a, std::span<const double> b,
                       tensor::ScanKernel kernel = tensor::ScanKernel::automatic);
ComplexVector scannedOnDevice(tensor::Context& context, std::span<const Complex> a, std::span<const Complex> b,
                              tensor::ScanKernel kernel = tensor::ScanKernel::automatic);

} // namespace orrery::statespace
