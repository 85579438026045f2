// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/cases.h"
#include "engine/tensor/ops/fft.h"

#include <cmath>
#include <complex>
#include <numbers>

namespace orrery::tensor {

namespace {

using Complex = std::complex<double>;

/// The sum by its definition, over `in` of n; with the factors from a table, exact in the index.
std::vector<Complex> directly(const std::vector<Complex>& in, bool inverse) {
    const std::size_t n = in.size();
    std::vector<Complex> turns(n), out(n);
    for (std::size_t k = 0; k < n; ++k) turns[k] = std::polar(1.0, (inverse ? 2 : -2) * std::numbers::pi * double(k) / double(n));
    for (std::size_t k = 0; k < n; ++k) {
        for (std::size_t i = 0, at = 0; i < n; ++i, at = (at + k) % n) out[k] += in[i] * turns[at];
        if (inverse) out[k] /= double(n);
    }
    return out;
}

enum class What { forward, inverse, fromReal, toReal };

Expected reference(What what, std::int64_t size, const Shape& shape, const Array& x) {
    const auto n = std::size_t(size), half = n / 2 + 1;
    const bool pairsIn = what != What::fromReal, pairsOut = what != What::toReal;
    const std::size_t widthIn = pairsIn ? 2 * (what == What::toReal ? half : n) : n;
    Expected e{Array(shape), Array(shape)};
    for (std::size_t row = 0, to = 0; row * widthIn < x.size(); ++row) {
        const double* from = x.values.data() + row * widthIn;
        std::vector<Complex> in(n);
        double power = 0;
        for (std::size_t k = 0; k < n; ++k) {
            const bool second = what == What::toReal && k >= half; // the half that follows from the first
            const std::size_t i = second ? n - k : k;
            in[k] = pairsIn ? Complex(from[2 * i], second ? -from[2 * i + 1] : from[2 * i + 1]) : Complex(from[i]);
            if (what == What::toReal && (i == 0 || 2 * i == n)) in[k].imag(0);
            power += std::norm(in[k]);
        }
        const bool inverse = what == What::inverse || what == What::toReal;
        const std::vector<Complex> out = directly(in, inverse);
        for (std::size_t k = 0; k < (what == What::fromReal ? half : n); ++k)
            for (std::size_t part = 0; part < (pairsOut ? 2u : 1u); ++part, ++to) {
                e.value[to] = part == 0 ? out[k].real() : out[k].imag();
                e.scale[to] = std::sqrt(power) / (inverse ? double(n) : 1) + 1e-37;
            }
    }
    return e;
}

Case fftCase(What what, std::vector<std::int64_t> lead, std::int64_t n, FftKernel kernel = FftKernel::automatic) {
    static constexpr const char* names[] = {"fft", "ifft", "rfft", "irfft"};
    const auto shaped = [&](std::vector<std::int64_t> tail) {
        std::vector<std::int64_t> sizes = lead;
        sizes.insert(sizes.end(), tail.begin(), tail.end());
        return Shape(sizes);
    };
    const Shape whole = shaped({n, 2}), half = shaped({n / 2 + 1, 2}), real = shaped({n});
    const Shape in = what == What::fromReal ? real : what == What::toReal ? half : whole;
    const Shape out = what == What::fromReal ? half : what == What::toReal ? real : whole;
    Case row;
    row.name = std::string(names[std::size_t(what)]) + " of " + in.text() + (n % 2 == 1 && what == What::toReal ? " odd" : "") +
               (kernel == FftKernel::workgroup ? " by workgroups"
                : kernel == FftKernel::passes  ? " by passes"
                                               : "");
    row.inputs = {{in, Fill::normal}};
    row.run = [=](Context& c, std::span<const Tensor> x) {
        const FftOptions o{kernel};
        switch (what) {
            case What::forward:
                return fft(c, x[0], o);
            case What::inverse:
                return ifft(c, x[0], o);
            case What::fromReal:
                return rfft(c, x[0], o);
            case What::toReal:
                break;
        }
        return irfft(c, x[0], n, o);
    };
    row.reference = [=](std::span<const Array> x) { return reference(what, n, out, x[0]); };
    // In the norm the relative error is at most some 7 log2 N units (Higham 2002, 24.1) and spreads over all coefficients
    // evenly; Bluestein's algorithm goes through three transforms of up to four times the size.
    row.tolerance = 7 * (1 + std::log2(double(n)));
    if (n > 600) row.gradient = 0; // central differences of a direct sum take too long
    return row;
}

} // namespace

std::vector<Case> fftCases() {
    std::vector<Case> rows;
    for (const What what : {What::forward, What::inverse, What::fromReal, What::toReal}) {
        for (const std::int64_t n : {1, 2, 3, 4, 5, 7, 8, 9, 16, 30, 32, 105, 128}) rows.push_back(fftCase(what, {2}, n));
        for (const std::int64_t n : {2048, 2401}) rows.push_back(fftCase(what, {}, n));
        for (const std::int64_t n : {11, 202, 331}) rows.push_back(fftCase(what, {2}, n)); // by a chirp
        for (const std::int64_t n : {1, 4, 15, 210, 729, 1024}) rows.push_back(fftCase(what, {3, 3}, n, FftKernel::workgroup));
        rows.push_back(fftCase(what, {0}, 4));
    }
    rows.push_back(fftCase(What::forward, {3}, 60, FftKernel::passes));
    rows.push_back(fftCase(What::forward, {2}, 13, FftKernel::passes));
    return rows;
}

std::vector<Case> fftBenches(std::int64_t scale) {
    std::vector<Case> rows;
    const auto add = [&](const std::string& name, What what, std::vector<std::int64_t> lead, std::int64_t n, FftKernel kernel) {
        Case row = fftCase(what, lead, n, kernel);
        row.name = name;
        const double numbers = double(n) * (lead.empty() ? 1.0 : double(lead[0])), real = what == What::fromReal ? 0.5 : 1;
        row.flops = 5 * real * numbers * std::log2(double(n)), row.bytes = 16 * real * numbers; // as is usual for FFTs
        rows.push_back(row);
    };
    const std::int64_t lines = scale * 4096;
    const std::string large = (scale == 1 ? "" : std::to_string(scale) + "x") + "2^20", small = std::to_string(lines) + "x1024";
    const std::vector<std::int64_t> lead = scale == 1 ? std::vector<std::int64_t>{} : std::vector<std::int64_t>{scale};
    add("fft " + large, What::forward, lead, 1 << 20, FftKernel::automatic);
    add("fft " + small, What::forward, {lines}, 1024, FftKernel::automatic);
    add("rfft " + small, What::fromReal, {lines}, 1024, FftKernel::automatic);
    add("fft " + large + " by passes", What::forward, lead, 1 << 20, FftKernel::passes);
    add("fft " + small + " by passes", What::forward, {lines}, 1024, FftKernel::passes);
    return rows;
}

} // namespace orrery::tensor
