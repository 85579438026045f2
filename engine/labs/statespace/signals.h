// SPDX-License-Identifier: GPL-3.0-or-later
// Signals to be remembered: made, drawn, or read from files. Samples stand at the middles of their cells, (j + 1/2) dt.
#pragma once

#include "engine/labs/statespace/algebra.h"

#include <string>

namespace orrery::statespace {

constexpr std::int64_t mostSamples = 10'000'000;

struct Signal {
    Vector samples;
    double dt = 1;    ///< unit of time between samples
    std::string unit; ///< of time: "s", or empty
    double band = 0;  ///< its highest frequency where that is known; else 0
    double duration() const { return dt * double(samples.size()); }
};

struct Sine {
    double frequency = 1, amplitude = 1, phase = 0; ///< turns per unit of time, and radians
};
Signal sines(const std::vector<Sine>& parts, std::int64_t count, double dt);
/// Frequency rises linearly from `from` to `to` over the duration.
Signal chirp(double from, double to, std::int64_t count, double dt);
Signal square(double frequency, std::int64_t count, double dt); ///< +1 first half of each turn, -1 second
Signal step(double at, std::int64_t count, double dt);          ///< 0 before time `at`, then 1
/// Band-limited white noise, periodic over its duration T: a_k cos + b_k sin of k = 1 … floor(band T) turns with normal a, b by
/// `seed`, scaled to that root mean square (Nengo's WhiteSignal, which HiPPO's experiment uses). Throws Error where the band
/// holds no turn or reaches above half the sampling rate.
Signal noise(double band, double rms, std::uint64_t seed, std::int64_t count, double dt);
/// The same function at any times: to sample it elsewhere than where `noise` did.
Vector noiseAt(double band, double rms, std::uint64_t seed, double duration, std::span<const double> times);
/// Points drawn with the mouse, times ascending or not: sorted, the later of two at one time holds, straight lines between,
/// the first and last value beyond the ends. Throws Error without a point.
struct Point {
    double time = 0, value = 0;
};
Signal drawn(std::vector<Point> points, std::int64_t count, double dt);

/// Why a signal cannot be used, as an Error: empty, too long, a number that is not finite (says where).
void check(const Signal& signal, const std::string& name);
/// A sentence where a signal is usable but says little: constant, or a single sample. Empty otherwise.
std::string remark(const Signal& signal);

/// To another sampling interval by a band-limited resampler (soxr, very high quality). First samples coincide.
Signal resampled(const Signal& signal, double dt);
/// To that many samples over the same duration.
Signal resampledTo(const Signal& signal, std::int64_t count);

/// Multiplies time by `factor` at the same number of samples' values: what LegS does not mind (each sample repeated).
Signal stretched(const Signal& signal, std::int64_t factor);

} // namespace orrery::statespace
