// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/grid_kernel.h"

#include "engine/tensor/host_threads.h"

#include <fftw3.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>
#include <numbers>

namespace orrery::embedding {

namespace {

/// Lengths of which transforms are quick, multiples of 8 so that rows stay aligned.
int goodLength(int least) {
    for (int n = (least + 7) / 8 * 8;; n += 8) {
        int rest = n;
        for (const int p : {2, 3, 5, 7})
            while (rest % p == 0) rest /= p;
        if (rest == 1) return n;
    }
}

/// What the splines do to a wave of this many radians a node.
double blur(double angle) {
    return (2416 + 2 * 1191 * std::cos(angle) + 2 * 120 * std::cos(2 * angle) + 2 * std::cos(3 * angle)) / 5040;
}

} // namespace

double sharpening(int wave, int length) { return std::pow(blur(2 * std::numbers::pi * wave / length), -2); }

GridFit gridFit(const GridRepulsion::Options& options, double range, int dims) {
    const double less = range < 1 ? 1 : 0;
    const int most = dims == 2 ? options.mostNodes2 : options.mostNodes3;
    const double wanted = std::ceil(range / options.spacing) + splineOrder + 1;
    const auto stepped = [](double x, double steps) {
        return std::exp2(std::ceil(steps * std::log2(std::max(x, 1e-30)) - 1e-9) / steps);
    };
    if (wanted < options.leastNodes) // with room, since the kernel of so small a grid has a kink where it wraps around
        return {goodLength(2 * options.leastNodes),
                std::min(options.spacing, stepped(range / (options.leastNodes - 2 * splineOrder - 2), 4)), less};
    if (wanted > most)
        return {goodLength(2 * most), options.spacing * stepped(range / (most - splineOrder - 1) / options.spacing, 16), less};
    return {goodLength(int(2 * std::min<double>(most, std::ceil(stepped(wanted, 12))))), options.spacing, less};
}

std::vector<double> gridSpectrum(const GridFit& fit, int dims) {
    const int L = fit.length;
    const std::int64_t rows = dims == 2 ? L : std::int64_t(L) * L, size = rows * L, half = L / 2 + 1;
    const std::unique_ptr<double, decltype(&fftw_free)> values(fftw_alloc_real(std::size_t(size)), fftw_free);
    const std::unique_ptr<fftw_complex, decltype(&fftw_free)> wave(fftw_alloc_complex(std::size_t(rows * half)), fftw_free);
    const std::array<int, 3> shape = {L, L, L};
    static std::once_flag once;
    std::call_once(once, [] { fftw_make_planner_thread_safe(); });
    const std::unique_ptr<fftw_plan_s, decltype(&fftw_destroy_plan)> plan(
        fftw_plan_dft_r2c(dims, shape.data(), values.get(), wave.get(), FFTW_ESTIMATE), fftw_destroy_plan);
    std::vector<double> squares(static_cast<std::size_t>(L)), blurs(static_cast<std::size_t>(L));
    for (int a = 0; a < L; ++a) {
        squares[std::size_t(a)] = std::pow(fit.spacing * (a <= L / 2 ? a : a - L), 2);
        blurs[std::size_t(a)] = sharpening(a, L);
    }
    tensor::host::parallel(rows, [&](std::int64_t row, int) {
        const double rest = dims == 2 ? squares[std::size_t(row)] : squares[std::size_t(row / L)] + squares[std::size_t(row % L)];
        double* const to = values.get() + row * L;
        for (int c = 0; c < L; ++c) { // w - 1 without a difference of nearly equal numbers
            const double square = rest + squares[std::size_t(c)];
            to[c] = (fit.offset > 0 ? -square : 1) / (1 + square);
        }
    });
    fftw_execute(plan.get());
    std::vector<double> spectrum(std::size_t(rows * half));
    for (std::int64_t row = 0; row < rows; ++row)
        for (std::int64_t c = 0; c < half; ++c) {
            const double sharp = blurs[std::size_t(c)] * (dims == 2 ? blurs[std::size_t(row)]
                                                                    : blurs[std::size_t(row / L)] * blurs[std::size_t(row % L)]);
            spectrum[std::size_t(row * half + c)] = wave.get()[row * half + c][0] * sharp;
        }
    return spectrum;
}

} // namespace orrery::embedding
