// SPDX-License-Identifier: GPL-3.0-or-later
// Fourier transforms along the last axis of numbers, batched over the axes before it. Complex numbers are pairs in a last
// axis of size 2. As in NumPy: forward X_k = sum of x_n e^(-2 pi i k n / N), inverse with 1 / N. Any size: products of 2, 3, 5
// and 7 by Stockham passes of radix 2 to 8, others by Bluestein's algorithm (IEEE Trans. Audio Electroacoust. 18, 1970) with
// three times the work or more. On a CPU device large ones go to FFTW (see Products in context.h).
// Inputs of f16 are widened, results are f32. Of complex numbers gradients are d/d re + i d/d im.
#pragma once

#include "engine/tensor/context.h"

namespace orrery::tensor {

/// Where all passes of a row of up to 1024 run: automatic goes by the device.
enum class FftKernel { automatic, passes, workgroup };

struct FftOptions {
    FftKernel kernel = FftKernel::automatic;
};

/// [..., N, 2] to [..., N, 2]; throws Error naming the shape when there is no such axis or N is 0.
Tensor fft(Context& context, const Tensor& x, const FftOptions& options = {});
Tensor ifft(Context& context, const Tensor& x, const FftOptions& options = {});
/// Real [..., N] to the first N / 2 + 1 coefficients: [..., N / 2 + 1, 2].
Tensor rfft(Context& context, const Tensor& x, const FftOptions& options = {});
/// Back to [..., n]; throws Error naming the shape when n / 2 + 1 is not its number of coefficients. Imaginary parts that no
/// real signal has (of the first and, for even n, of the last) are ignored.
Tensor irfft(Context& context, const Tensor& x, std::int64_t n, const FftOptions& options = {});

} // namespace orrery::tensor
