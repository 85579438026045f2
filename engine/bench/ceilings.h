// SPDX-License-Identifier: GPL-3.0-or-later
// What this device can do at most, measured: figures of other benches are given as shares of these.
#pragma once

#include "engine/bench/bench.h"
#include "engine/gpu/recorder.h"

#include <functional>

namespace orrery::bench {

/// Each measured at its first use and kept until the program ends (per device).
double fmaGflops(gpu::Device& device); ///< 2 operations per fma, independent chains, GFLOP/s
/// Of f16 products summed in f32; 0 where the device offers no matrix units (gpu::DeviceInfo::cooperativeMatrix).
double matrixGflops(gpu::Device& device);
double exp2Rate(gpu::Device& device);      ///< 10⁹ exp2 of float32 per second
double copyBandwidth(gpu::Device& device); ///< GB/s, bytes read plus bytes written, through the READ macros
double readRate(gpu::Device& device);      ///< 10⁹ vec4 reads per second from a small table that stays in cache
double atomicRate(gpu::Device& device);    ///< 10⁹ atomic additions to whole numbers per second, all over 16 MiB

/// Median seconds of `runs` submissions of what `record` records, after one that is not counted (it makes the pipeline).
double medianSeconds(gpu::Device& device, const std::function<void(gpu::Recorder&)>& record, int runs = 5);

std::vector<Figure> benchCeilings(gpu::Device& device);

} // namespace orrery::bench
