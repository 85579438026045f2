// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/grid_kernel.h"
#include "engine/labs/embedding/grid_points.h"
#include "engine/tensor/host_threads.h"

#include <fftw3.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>

namespace orrery::embedding {

namespace {

constexpr int order = splineOrder;
constexpr int shares = 4; ///< points are spread in so many shares, whatever the number of threads
constexpr int batch = 16; ///< columns that are transformed together

template <class T>
struct Aligned {
    explicit Aligned(std::size_t count = 0)
        : count(count), data(count ? static_cast<T*>(fftwf_malloc(count * sizeof(T))) : nullptr, fftwf_free) {
        std::fill_n(data.get(), count, T());
    }
    T* get() const { return data.get(); }
    std::size_t count;
    std::unique_ptr<T, decltype(&fftwf_free)> data;
};
using Complex = std::array<float, 2>;
using Plan = std::unique_ptr<fftwf_plan_s, decltype(&fftwf_destroy_plan)>;

fftwf_complex* raw(Complex* c) { return reinterpret_cast<fftwf_complex*>(c); }

} // namespace

double GridRepulsion::cost(const Options& options, double range, int dims) {
    return std::pow(gridFit(options, range, dims).length, dims);
}

bool allPairs(Repulsion wanted, const GridRepulsion::Options& options, const RepulsionCost& cost, std::int64_t n, double range,
              int dims) {
    if (wanted != Repulsion::automatic) return wanted == Repulsion::exact;
    const double grid = cost.once + cost.number * GridRepulsion::cost(options, range, dims) +
                        (dims == 2 ? cost.pointInPlane : cost.pointInSpace) * double(n);
    return cost.pair * double(n) * double(n) <= grid;
}

struct GridRepulsion::Self {
    Options options;
    int dims = 0, nodes = 0, length = 0;  ///< length of a transform: twice the nodes, so that nothing wraps around
    double spacing = 0, offset = 0;       ///< offset: what is taken from the kernel
    std::int64_t half = 0, stride = 0;    ///< complex numbers of a row, and with padding
    std::vector<float> kernel;            ///< its spectrum, which is real: [length^(dims - 1), stride]
    Aligned<float> charges{0}, padded{0}; ///< of each share; their sum with zeros behind each row, then the potential
    Aligned<Complex> spectrum{0};
    Plan forward{nullptr, fftwf_destroy_plan}, back{nullptr, fftwf_destroy_plan}, columnForward{nullptr, fftwf_destroy_plan},
        columnBack{nullptr, fftwf_destroy_plan};

    std::int64_t fieldSize() const { return dims == 2 ? std::int64_t(nodes) * length : std::int64_t(length) * length * length; }

    void fit(double range, int d) {
        const GridFit wanted = gridFit(options, range, d);
        if (d == dims && wanted == GridFit{length, spacing, offset}) return;
        if (d != dims || wanted.length != length) allocate(d, wanted.length);
        spacing = wanted.spacing, offset = wanted.offset;
        const std::vector<double> found = gridSpectrum(wanted, d);
        const std::int64_t rows = d == 2 ? length : std::int64_t(length) * length, waveStride = d == 2 ? stride : half;
        kernel.assign(std::size_t(rows * waveStride), 0);
        for (std::int64_t row = 0; row < rows; ++row)
            for (std::int64_t c = 0; c < half; ++c)
                kernel[std::size_t(row * waveStride + c)] = float(found[std::size_t(row * half + c)] / double(rows * length));
    }

    void allocate(int d, int newLength) {
        dims = d, length = newLength, nodes = length / 2, half = length / 2 + 1, stride = (half + 3) / 4 * 4;
        const std::size_t points = std::size_t(std::pow(nodes, d) + 0.5);
        charges = Aligned<float>(points * shares), padded = Aligned<float>(std::size_t(fieldSize()));
        const std::size_t waves = std::size_t(d == 2 ? nodes * stride : std::int64_t(length) * length * half);
        spectrum = Aligned<Complex>(waves);
        static std::once_flag once;
        std::call_once(once, [] { fftwf_make_planner_thread_safe(); });
        if (d == 2) {
            fftwf_plan_with_nthreads(1);
            const int rowsAtOnce = 1;
            forward.reset(fftwf_plan_many_dft_r2c(1, &length, rowsAtOnce, padded.get(), nullptr, 1, length, raw(spectrum.get()),
                                                  nullptr, 1, int(stride), FFTW_ESTIMATE));
            back.reset(fftwf_plan_many_dft_c2r(1, &length, rowsAtOnce, raw(spectrum.get()), nullptr, 1, int(stride), padded.get(),
                                               nullptr, 1, length, FFTW_ESTIMATE));
            const Aligned<Complex> scratch(std::size_t(length) * batch);
            columnForward.reset(fftwf_plan_many_dft(1, &length, batch, raw(scratch.get()), nullptr, batch, 1, raw(scratch.get()),
                                                    nullptr, batch, 1, FFTW_FORWARD, FFTW_ESTIMATE));
            columnBack.reset(fftwf_plan_many_dft(1, &length, batch, raw(scratch.get()), nullptr, batch, 1, raw(scratch.get()),
                                                 nullptr, batch, 1, FFTW_BACKWARD, FFTW_ESTIMATE));
        } else {
            fftwf_plan_with_nthreads(tensor::host::workers(2)); // the same plan for a machine, so that bits repeat
            forward.reset(fftwf_plan_dft_r2c_3d(length, length, length, padded.get(), raw(spectrum.get()), FFTW_ESTIMATE));
            back.reset(fftwf_plan_dft_c2r_3d(length, length, length, raw(spectrum.get()), padded.get(), FFTW_ESTIMATE));
        }
    }

    GridPlace placeOf(const std::array<double, 3>& origin, std::int64_t width) const {
        return {origin, spacing, nodes, width, width == nodes ? width * width : width * length};
    }

    void spread(const PicturePoints& y, const std::array<double, 3>& origin) {
        const std::int64_t size = std::int64_t(charges.count) / shares;
        tensor::host::parallel(shares, [&](std::int64_t share, int) {
            float* const grid = charges.get() + share * size;
            std::fill_n(grid, size, 0.0F);
            spreadPoints(y, share * y.n / shares, (share + 1) * y.n / shares, placeOf(origin, nodes), grid);
        });
        const std::int64_t rows = dims == 2 ? nodes : std::int64_t(nodes) * nodes;
        if (dims == 3) std::fill_n(padded.get(), padded.count, 0.0F);
        tensor::host::parallel(rows, [&](std::int64_t row, int) {
            float* const to = padded.get() + (dims == 2 ? row : row / nodes * length + row % nodes) * length;
            for (std::int64_t c = 0; c < nodes; ++c) {
                float sum = 0;
                for (int share = 0; share < shares; ++share) sum += charges.get()[share * size + row * nodes + c];
                to[c] = sum;
            }
            if (dims == 3) return;
            std::fill(to + nodes, to + length, 0.0F);
            fftwf_execute_dft_r2c(forward.get(), to, raw(spectrum.get() + row * stride));
        });
    }

    /// Columns, sixteen at a time: there, times the kernel, and back, while they are in the cache. Then the rows.
    void convolvePlane() {
        const std::int64_t batches = (half + batch - 1) / batch;
        std::vector<Aligned<Complex>> waves;
        for (int w = 0; w < tensor::host::workers(batches); ++w) waves.emplace_back(std::size_t(length) * batch);
        tensor::host::parallel(batches, [&](std::int64_t b, int worker) {
            Complex* const wave = waves[std::size_t(worker)].get();
            const std::int64_t first = b * batch, width = std::min<std::int64_t>(batch, stride - first);
            std::fill_n(wave, std::int64_t(length) * batch, Complex());
            for (std::int64_t r = 0; r < nodes; ++r) std::copy_n(spectrum.get() + r * stride + first, width, wave + r * batch);
            fftwf_execute_dft(columnForward.get(), raw(wave), raw(wave));
            for (std::int64_t r = 0; r < length; ++r)
                for (std::int64_t c = 0; c < width; ++c) {
                    const float f = kernel[std::size_t(r * stride + first + c)];
                    wave[r * batch + c] = {f * wave[r * batch + c][0], f * wave[r * batch + c][1]};
                }
            fftwf_execute_dft(columnBack.get(), raw(wave), raw(wave));
            for (std::int64_t r = 0; r < nodes; ++r) std::copy_n(wave + r * batch, width, spectrum.get() + r * stride + first);
        });
        tensor::host::parallel(nodes, [&](std::int64_t row, int) {
            fftwf_execute_dft_c2r(back.get(), raw(spectrum.get() + row * stride), padded.get() + row * length);
        });
    }

    void convolveSpace() {
        fftwf_execute_dft_r2c(forward.get(), padded.get(), raw(spectrum.get()));
        const std::int64_t plane = std::int64_t(length) * half;
        tensor::host::parallel(length, [&](std::int64_t slab, int) {
            for (std::int64_t i = slab * plane; i < (slab + 1) * plane; ++i) {
                Complex& z = spectrum.get()[i];
                z = {kernel[std::size_t(i)] * z[0], kernel[std::size_t(i)] * z[1]};
            }
        });
        fftwf_execute_dft_c2r(back.get(), raw(spectrum.get()), padded.get());
    }

    double gather(const PicturePoints& y, const std::array<double, 3>& origin, PicturePoints& push) const {
        const std::int64_t blocks = (y.n + 1023) / 1024;
        std::vector<double> sums(static_cast<std::size_t>(blocks));
        const float scale = float(-0.5 / spacing); // w^2 (y_i - y_j) is -1/2 of the slope of w
        const double self = offset > 0 ? 0 : 1;
        tensor::host::parallel(blocks, [&](std::int64_t block, int) {
            sums[std::size_t(block)] = readPoints(y, block * 1024, std::min(y.n, (block + 1) * 1024), placeOf(origin, length),
                                                  padded.get(), self, scale, push);
        });
        double z = offset * double(y.n) * double(y.n - 1);
        for (const double sum : sums) z += sum;
        return z;
    }
};

GridRepulsion::GridRepulsion() : GridRepulsion(Options()) {}
GridRepulsion::GridRepulsion(const Options& options) : m_self(std::make_unique<Self>()) { m_self->options = options; }
GridRepulsion::~GridRepulsion() = default;
GridRepulsion::GridRepulsion(GridRepulsion&&) noexcept = default;
GridRepulsion& GridRepulsion::operator=(GridRepulsion&&) noexcept = default;

int GridRepulsion::nodes() const { return m_self->nodes; }
double GridRepulsion::spacing() const { return m_self->spacing; }

double GridRepulsion::run(const PicturePoints& y, PicturePoints& push) {
    Self& s = *m_self;
    double range = 0;
    std::array<double, 3> low{}, middle{};
    for (int d = 0; d < y.dims; ++d) {
        const auto [least, most] = std::minmax_element(y[d], y[d] + y.n);
        range = std::max(range, double(*most) - double(*least));
        middle[std::size_t(d)] = (double(*most) + double(*least)) / 2;
    }
    s.fit(range, y.dims);
    for (int d = 0; d < y.dims; ++d) low[std::size_t(d)] = middle[std::size_t(d)] - s.spacing * (s.nodes - 1) / 2.0;
    std::array<double, 3> origin = low;
    for (int d = 0; d < y.dims; ++d) origin[std::size_t(d)] += s.spacing * (order / 2 - 1); // the first of a point's nodes
    s.spread(y, origin);
    if (y.dims == 2)
        s.convolvePlane();
    else
        s.convolveSpace();
    return s.gather(y, origin, push);
}

} // namespace orrery::embedding
