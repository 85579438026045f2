// SPDX-License-Identifier: GPL-3.0-or-later
// The host's Fourier transforms (FFTW, single precision), for CPU devices only, over the device's own memory. Called between
// submissions (Context::onHost).
#pragma once

#include <cstdint>

namespace orrery::tensor::host {

enum class Transform { forward, inverse, fromReal, toReal };

/// `rows` transforms of `size` numbers; complex numbers are pairs. fromReal: size to size / 2 + 1; toReal: back.
struct Transforms {
    Transform what = Transform::forward;
    std::int64_t size = 0, rows = 0;
    float* in = nullptr; ///< left as it is
    float* out = nullptr;
    float scale = 1; ///< of the results; without it no direction is normalised
};
void run(const Transforms& transforms);

} // namespace orrery::tensor::host
