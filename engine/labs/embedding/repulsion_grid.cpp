// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/repulsion.h"
#include "engine/tensor/host_threads.h"
#include "engine/tensor/host_vector.h"

#include <fftw3.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>
#include <numbers>

namespace orrery::embedding {

namespace {

constexpr int order = 6;    ///< quintic: a point reaches 6 nodes of an axis
constexpr int shares = 4;   ///< points are spread in so many shares, whatever the number of threads
constexpr int batch = 16;   ///< columns that are transformed together
constexpr int mostKernels = 4;

template <class T>
struct Aligned {
    explicit Aligned(std::size_t count = 0) : count(count), data(count ? static_cast<T*>(fftwf_malloc(count * sizeof(T))) : nullptr, fftwf_free) {
        std::fill_n(data.get(), count, T());
    }
    T* get() const { return data.get(); }
    std::size_t count;
    std::unique_ptr<T, decltype(&fftwf_free)> data;
};
using Complex = std::array<float, 2>;
using Plan = std::unique_ptr<fftwf_plan_s, decltype(&fftwf_destroy_plan)>;

fftwf_complex* raw(Complex* c) { return reinterpret_cast<fftwf_complex*>(c); }

/// Lengths of which FFTW is quick, multiples of 8 so that rows stay aligned.
int goodLength(int least) {
    for (int n = (least + 7) / 8 * 8;; n += 8) {
        int rest = n;
        for (const int p : {2, 3, 5, 7})
            while (rest % p == 0) rest /= p;
        if (rest == 1) return n;
    }
}

/// The six weights of a point that lies t (0 to 1) behind a node, by the recursion of Cox and de Boor.
ORRERY_INLINE void splineWeights(float t, float* w) {
    w[0] = 1 - t, w[1] = t;
    for (int degree = 2; degree < order; ++degree) {
        const float scale = 1 / float(degree);
        w[degree] = scale * t * w[degree - 1];
        for (int i = degree - 1; i > 0; --i) w[i] = scale * ((t + float(degree - i)) * w[i - 1] + (float(i + 1) - t) * w[i]);
        w[0] = scale * (1 - t) * w[0];
    }
}

/// What the splines do to a wave of this many radians a node.
double blur(double angle) { return (66 + 52 * std::cos(angle) + 2 * std::cos(2 * angle)) / 120; }

} // namespace

struct GridRepulsion::Self {
    Options options;
    int dims = 0, nodes = 0, length = 0; ///< length of a transform: twice the nodes, so that nothing wraps around
    double spacing = 0;
    std::int64_t half = 0, stride = 0;            ///< complex numbers of a row, and with padding
    std::array<std::vector<float>, mostKernels> kernels; ///< spectra: real of w, imaginary of the others; [length^(dims-1), stride]
    Aligned<float> charges{0}, padded{0};         ///< of each share; their sum with zeros behind each row
    Aligned<Complex> spectrum{0};
    std::array<Aligned<Complex>, mostKernels> spectra{Aligned<Complex>(0), Aligned<Complex>(0), Aligned<Complex>(0), Aligned<Complex>(0)};
    std::array<Aligned<float>, mostKernels> fields{Aligned<float>(0), Aligned<float>(0), Aligned<float>(0), Aligned<float>(0)};
    Plan forward{nullptr, fftwf_destroy_plan}, back{nullptr, fftwf_destroy_plan}, columnForward{nullptr, fftwf_destroy_plan},
        columnBack{nullptr, fftwf_destroy_plan};

    std::int64_t fieldSize() const { return dims == 2 ? std::int64_t(nodes) * length : std::int64_t(length) * length * length; }

    void fit(double range, int d) {
        const int most = d == 2 ? options.mostNodes2 : options.mostNodes3;
        double h = options.spacing;
        int wanted = int(std::ceil(range / h)) + order + 1;
        if (wanted < options.leastNodes) {
            wanted = options.leastNodes;
            // In steps, so that kernels serve several iterations; with room, since x w^2 jumps where it wraps around.
            const double least = std::max(range, 1e-30) / (wanted - 2 * order - 2);
            h = std::min(h, std::exp2(std::ceil(4 * std::log2(least)) / 4));
        } else if (wanted > most) {
            wanted = most;
            h = options.spacing * std::exp2(std::ceil(16 * std::log2(range / (wanted - order - 1) / options.spacing)) / 16);
        }
        const bool roomy = d == dims && h == spacing && wanted <= nodes && (wanted > 0.7 * nodes || nodes <= options.leastNodes + 8);
        if (roomy) return;
        const int newLength = goodLength(2 * std::min(most, wanted + wanted / 16));
        if (d != dims || newLength != length) allocate(d, newLength);
        spacing = h;
        makeKernels();
    }

    void allocate(int d, int newLength) {
        dims = d, length = newLength, nodes = length / 2, half = length / 2 + 1, stride = (half + 3) / 4 * 4;
        const std::size_t kept = d == 2 ? 3 : 4, points = std::size_t(std::pow(nodes, d) + 0.5);
        charges = Aligned<float>(points * shares), padded = Aligned<float>(std::size_t(fieldSize()));
        const std::size_t waves = std::size_t(d == 2 ? nodes * stride : std::int64_t(length) * length * half);
        spectrum = Aligned<Complex>(waves);
        for (std::size_t k = 0; k < kept; ++k) spectra[k] = Aligned<Complex>(d == 2 ? waves : k == 0 ? waves : 0), fields[k] = Aligned<float>(std::size_t(fieldSize()));
        static std::once_flag once;
        std::call_once(once, [] { fftwf_make_planner_thread_safe(), fftw_make_planner_thread_safe(); });
        if (d == 2) {
            fftwf_plan_with_nthreads(1);
            const int rowsAtOnce = 1;
            forward.reset(fftwf_plan_many_dft_r2c(1, &length, rowsAtOnce, padded.get(), nullptr, 1, length, raw(spectrum.get()), nullptr, 1, int(stride), FFTW_ESTIMATE));
            back.reset(fftwf_plan_many_dft_c2r(1, &length, rowsAtOnce, raw(spectrum.get()), nullptr, 1, int(stride), padded.get(), nullptr, 1, length, FFTW_ESTIMATE));
            const Aligned<Complex> scratch(std::size_t(length) * batch);
            columnForward.reset(fftwf_plan_many_dft(1, &length, batch, raw(scratch.get()), nullptr, batch, 1, raw(scratch.get()), nullptr, batch, 1, FFTW_FORWARD, FFTW_ESTIMATE));
            columnBack.reset(fftwf_plan_many_dft(1, &length, batch, raw(scratch.get()), nullptr, batch, 1, raw(scratch.get()), nullptr, batch, 1, FFTW_BACKWARD, FFTW_ESTIMATE));
        } else {
            fftwf_plan_with_nthreads(tensor::host::workers(2)); // the same plan for a machine, so that bits repeat
            forward.reset(fftwf_plan_dft_r2c_3d(length, length, length, padded.get(), raw(spectrum.get()), FFTW_ESTIMATE));
            back.reset(fftwf_plan_dft_c2r_3d(length, length, length, raw(spectra[0].get()), fields[0].get(), FFTW_ESTIMATE));
        }
    }

    /// Spectra of the kernels at the nodes, in float64, with the blur of both splines divided out.
    void makeKernels() {
        const int L = length, count = dims + 1;
        const std::int64_t rows = dims == 2 ? L : std::int64_t(L) * L, size = rows * L, waves = rows * half, waveStride = dims == 2 ? stride : half;
        std::unique_ptr<double, decltype(&fftw_free)> values(fftw_alloc_real(std::size_t(size)), fftw_free);
        std::unique_ptr<fftw_complex, decltype(&fftw_free)> wave(fftw_alloc_complex(std::size_t(waves)), fftw_free);
        std::array<int, 3> shape = {L, L, L};
        fftw_plan_with_nthreads(tensor::host::workers(2));
        const std::unique_ptr<fftw_plan_s, decltype(&fftw_destroy_plan)> plan(fftw_plan_dft_r2c(dims, shape.data(), values.get(), wave.get(), FFTW_ESTIMATE), fftw_destroy_plan);
        std::vector<double> place(static_cast<std::size_t>(L)), blurs(static_cast<std::size_t>(L));
        for (int a = 0; a < L; ++a) {
            place[std::size_t(a)] = spacing * (a <= L / 2 ? a : a - L);
            blurs[std::size_t(a)] = std::pow(blur(2 * std::numbers::pi * a / L), -2);
        }
        for (int kernel = 0; kernel < count; ++kernel) {
            std::int64_t at = 0;
            for (std::int64_t row = 0; row < rows; ++row)
                for (int c = 0; c < L; ++c, ++at) {
                    const int index[3] = {int(dims == 2 ? row : row / L), dims == 2 ? c : int(row % L), c};
                    double square = 0;
                    for (int d = 0; d < dims; ++d) square += place[std::size_t(index[d])] * place[std::size_t(index[d])];
                    const double w = 1 / (1 + square);
                    const int along = kernel > 0 ? index[kernel - 1] : 0;
                    values.get()[at] = kernel == 0 ? w : 2 * along == L ? 0 : w * w * place[std::size_t(along)];
                }
            fftw_execute(plan.get());
            std::vector<float>& out = kernels[std::size_t(kernel)];
            out.assign(std::size_t(rows * waveStride), 0);
            for (std::int64_t row = 0; row < rows; ++row)
                for (std::int64_t c = 0; c < half; ++c) {
                    const double sharp = blurs[std::size_t(c)] * (dims == 2 ? blurs[std::size_t(row)] : blurs[std::size_t(row / L)] * blurs[std::size_t(row % L)]);
                    out[std::size_t(row * waveStride + c)] = float(wave.get()[row * half + c][kernel > 0] * sharp / double(size));
                }
        }
    }

    struct Place {
        std::int32_t node[3];
        float weight[3][order];
    };
    Place placeOf(const PicturePoints& y, std::int64_t i, const std::array<double, 3>& origin) const {
        Place p{};
        for (int d = 0; d < dims; ++d) {
            const float at = float((double(y[d][i]) - origin[std::size_t(d)]) / spacing);
            const int node = std::clamp(int(at), 0, nodes - order);
            p.node[d] = node;
            splineWeights(at - float(node), p.weight[d]);
        }
        return p;
    }

    void spread(const PicturePoints& y, const std::array<double, 3>& origin) {
        const std::int64_t size = std::int64_t(charges.count) / shares;
        tensor::host::parallel(shares, [&](std::int64_t share, int) {
            float* const grid = charges.get() + share * size;
            std::fill_n(grid, size, 0.0F);
            for (std::int64_t i = share * y.n / shares; i < (share + 1) * y.n / shares; ++i) {
                const Place p = placeOf(y, i, origin);
                for (int a = 0; a < order; ++a) {
                    if (dims == 2) {
                        float* const row = grid + std::int64_t(p.node[0] + a) * nodes + p.node[1];
                        for (int b = 0; b < order; ++b) row[b] += p.weight[0][a] * p.weight[1][b];
                        continue;
                    }
                    for (int b = 0; b < order; ++b) {
                        float* const row = grid + (std::int64_t(p.node[0] + a) * nodes + p.node[1] + b) * nodes + p.node[2];
                        for (int c = 0; c < order; ++c) row[c] += p.weight[0][a] * p.weight[1][b] * p.weight[2][c];
                    }
                }
            }
        });
        const std::int64_t rows = dims == 2 ? nodes : std::int64_t(nodes) * nodes;
        tensor::host::parallel(rows, [&](std::int64_t row, int) { // the rest of each row stays zero
            float* const to = padded.get() + (dims == 2 ? row : row / nodes * length + row % nodes) * length;
            for (std::int64_t c = 0; c < nodes; ++c) {
                float sum = 0;
                for (int share = 0; share < shares; ++share) sum += charges.get()[share * size + row * nodes + c];
                to[c] = sum;
            }
            if (dims == 2) fftwf_execute_dft_r2c(forward.get(), to, raw(spectrum.get() + row * stride));
        });
    }

    /// Columns, sixteen at a time: there, times each kernel, and back, while they are in the cache.
    void convolvePlane() {
        const std::int64_t batches = (half + batch - 1) / batch;
        const int workers = tensor::host::workers(batches);
        std::vector<Aligned<Complex>> waves, products;
        for (int w = 0; w < workers; ++w) waves.emplace_back(std::size_t(length) * batch), products.emplace_back(std::size_t(length) * batch);
        tensor::host::parallel(batches, [&](std::int64_t b, int worker) {
            Complex* const wave = waves[std::size_t(worker)].get();
            Complex* const product = products[std::size_t(worker)].get();
            const std::int64_t first = b * batch, width = std::min<std::int64_t>(batch, stride - first);
            std::fill_n(wave, std::int64_t(length) * batch, Complex());
            for (std::int64_t r = 0; r < nodes; ++r) std::copy_n(spectrum.get() + r * stride + first, width, wave + r * batch);
            fftwf_execute_dft(columnForward.get(), raw(wave), raw(wave));
            for (std::size_t k = 0; k < 3; ++k) {
                const float* const kernel = kernels[k].data() + first;
                std::fill_n(product, std::int64_t(length) * batch, Complex());
                for (std::int64_t r = 0; r < length; ++r)
                    for (std::int64_t c = 0; c < width; ++c) {
                        const float f = kernel[r * stride + c];
                        const Complex z = wave[r * batch + c];
                        product[r * batch + c] = k == 0 ? Complex{f * z[0], f * z[1]} : Complex{-f * z[1], f * z[0]};
                    }
                fftwf_execute_dft(columnBack.get(), raw(product), raw(product));
                for (std::int64_t r = 0; r < nodes; ++r) std::copy_n(product + r * batch, width, spectra[k].get() + r * stride + first);
            }
        });
        tensor::host::parallel(3 * std::int64_t(nodes), [&](std::int64_t row, int) {
            const std::size_t k = std::size_t(row / nodes);
            fftwf_execute_dft_c2r(back.get(), raw(spectra[k].get() + row % nodes * stride), fields[k].get() + row % nodes * length);
        });
    }

    void convolveSpace() {
        fftwf_execute_dft_r2c(forward.get(), padded.get(), raw(spectrum.get()));
        const std::int64_t plane = std::int64_t(length) * half;
        for (std::size_t k = 0; k < 4; ++k) {
            tensor::host::parallel(length, [&](std::int64_t slab, int) {
                for (std::int64_t i = slab * plane; i < (slab + 1) * plane; ++i) {
                    const float f = kernels[k][std::size_t(i)];
                    const Complex z = spectrum.get()[i];
                    spectra[0].get()[i] = k == 0 ? Complex{f * z[0], f * z[1]} : Complex{-f * z[1], f * z[0]};
                }
            });
            fftwf_execute_dft_c2r(back.get(), raw(spectra[0].get()), fields[k].get());
        }
    }

    double gather(const PicturePoints& y, const std::array<double, 3>& origin, PicturePoints& push) const {
        const std::int64_t blocks = (y.n + 1023) / 1024;
        std::vector<double> sums(static_cast<std::size_t>(blocks));
        tensor::host::parallel(blocks, [&](std::int64_t block, int) {
            double z = 0;
            for (std::int64_t i = block * 1024; i < std::min(y.n, (block + 1) * 1024); ++i) {
                const Place p = placeOf(y, i, origin);
                float found[mostKernels] = {};
                for (int k = 0; k <= dims; ++k) {
                    const float* const field = fields[std::size_t(k)].get();
                    float sum = 0;
                    for (int a = 0; a < order; ++a) {
                        float line = 0;
                        if (dims == 2) {
                            const float* const row = field + std::int64_t(p.node[0] + a) * length + p.node[1];
                            for (int b = 0; b < order; ++b) line += p.weight[1][b] * row[b];
                        } else {
                            for (int b = 0; b < order; ++b) {
                                const float* const row = field + (std::int64_t(p.node[0] + a) * length + p.node[1] + b) * length + p.node[2];
                                float inner = 0;
                                for (int c = 0; c < order; ++c) inner += p.weight[2][c] * row[c];
                                line += p.weight[1][b] * inner;
                            }
                        }
                        sum += p.weight[0][a] * line;
                    }
                    found[k] = sum;
                }
                z += double(found[0]) - 1; // itself
                for (int d = 0; d < dims; ++d) push[d][i] = found[d + 1];
            }
            sums[std::size_t(block)] = z;
        });
        double z = 0;
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
    for (int d = 0; d < y.dims; ++d) origin[std::size_t(d)] += s.spacing * (order / 2 - 1); // the first of a point's six nodes
    s.spread(y, origin);
    if (y.dims == 2)
        s.convolvePlane();
    else
        s.convolveSpace();
    return s.gather(y, origin, push);
}

} // namespace orrery::embedding
