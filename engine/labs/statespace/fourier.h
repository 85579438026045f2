// SPDX-License-Identifier: GPL-3.0-or-later
// Fourier transforms and convolutions in float64 on the host (FFTW); X_k = sum of x_n e^(-2 pi i k n / N), inverse with 1 / N.
#pragma once

#include "engine/labs/statespace/algebra.h"

namespace orrery::tensor {
class Context;
class Tensor;
} // namespace orrery::tensor

namespace orrery::statespace {

ComplexVector rfft(std::span<const double> x);                   ///< N / 2 + 1 coefficients
Vector irfft(std::span<const Complex> spectrum, std::int64_t N); ///< of N / 2 + 1 coefficients; throws Error otherwise

enum class Padding {
    doubled, ///< zeros up to at least the length of kernel and signal together: a linear convolution
    none,    ///< the length of the signal: the end wraps around to the start
};
/// y_k = sum of K_l u_(k - l) for the samples of u; `direct` by the sum itself, the reference.
Vector convolveDirect(std::span<const double> kernel, std::span<const double> u);
Vector convolve(std::span<const double> kernel, std::span<const double> u, Padding padding = Padding::doubled);
/// A size >= n that is a product of 2, 3, 5 and 7: where transforms are fast.
std::int64_t fastSize(std::int64_t n);

/// The same on the device in float32: kernel and u of [..., L].
tensor::Tensor convolve(tensor::Context& context, const tensor::Tensor& kernel, const tensor::Tensor& u,
                        Padding padding = Padding::doubled);

} // namespace orrery::statespace
