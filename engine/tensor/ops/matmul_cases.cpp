// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/cases.h"
#include "engine/tensor/ops/matmul.h"

#include <cmath>

namespace orrery::tensor {

namespace {

struct Form {
    Shape a, b;
    bool ta = false, tb = false, bias = false, relu = false;
    MatmulKernel kernel = MatmulKernel::automatic;
};

Expected product(const Form& f, std::span<const Array> in) {
    const Array &a = in[0], &b = in[1];
    const auto lead = [](const Shape& s) { return Shape(std::vector<std::int64_t>(s.sizes().begin(), s.sizes().end() - 2)); };
    const Shape batch = broadcast(lead(a.shape), lead(b.shape), "reference");
    const auto M = std::size_t(a.shape.at(f.ta ? -1 : -2)), K = std::size_t(a.shape.at(f.ta ? -2 : -1)),
               N = std::size_t(b.shape.at(f.tb ? -2 : -1));
    std::vector<std::int64_t> sizes = batch.sizes();
    sizes.push_back(std::int64_t(M)), sizes.push_back(std::int64_t(N));
    Expected e{Array{Shape(sizes)}, Array{Shape(sizes)}};
    for (std::size_t i = 0; i < std::size_t(batch.count()); ++i) {
        const std::size_t p = broadcastIndex(lead(a.shape), batch, i) * M * K,
                          q = broadcastIndex(lead(b.shape), batch, i) * K * N;
        for (std::size_t m = 0; m < M; ++m)
            for (std::size_t n = 0; n < N; ++n) {
                double sum = 0, size = 0;
                for (std::size_t k = 0; k < K; ++k) {
                    const double x = a[p + (f.ta ? k * M + m : m * K + k)] * b[q + (f.tb ? n * K + k : k * N + n)];
                    sum += x, size += std::abs(x);
                }
                if (f.bias) sum += in[2][n], size += std::abs(in[2][n]);
                if (f.relu && sum < 0) sum = 0;
                e.value[(i * M + m) * N + n] = sum;
                e.scale[(i * M + m) * N + n] = size + 1e-37;
            }
    }
    return e;
}

Case matmulCase(const Form& f) {
    Case row;
    row.name = f.a.text() + (f.ta ? "T " : " ") + f.b.text() + (f.tb ? "T" : "") + (f.bias ? " bias" : "") +
               (f.relu ? " relu" : "") +
               (f.kernel == MatmulKernel::shared   ? " shared"
                : f.kernel == MatmulKernel::direct ? " direct"
                                                   : "");
    row.inputs = {{f.a}, {f.b}};
    if (f.bias) row.inputs.push_back({{f.b.at(f.tb ? -2 : -1)}});
    row.run = [f](Context& c, std::span<const Tensor> in) {
        MatmulOptions o{.transposeA = f.ta, .transposeB = f.tb, .kernel = f.kernel};
        if (f.bias) o.bias = in[2];
        if (f.relu) o.activation = Unary::relu;
        return matmul(c, in[0], in[1], o);
    };
    row.reference = [f](std::span<const Array> in) { return product(f, in); };
    // K roundings of mixed sign relative to the sum of magnitudes: K units at most (Higham 2002, 3.5), its root in practice.
    row.tolerance = 2 + 3 * std::sqrt(double(f.a.at(f.ta ? -2 : -1)));
    return row;
}

} // namespace

std::vector<Case> matmulCases() {
    std::vector<Form> forms = {
        {{1, 1}, {1, 1}},
        {{4, 8}, {8, 12}},
        {{5, 3}, {3, 7}},
        {{17, 19}, {19, 23}, false, false, true},
        {{65, 33}, {33, 67}, false, false, true, true},
        {{16, 64}, {64, 128}, false, false, false, true},
        {{130, 70}, {70, 66}},
        {{3, 5, 7}, {3, 7, 2}},
        {{3, 5, 8}, {8, 4}, false, false, true},
        {{8, 4}, {3, 4, 8}},
        {{2, 1, 5, 4}, {3, 4, 8}},
        {{0, 3}, {3, 4}},
        {{3, 0}, {0, 4}, false, false, true},
        {{2, 3}, {3, 0}},
    };
    for (const bool ta : {false, true})
        for (const bool tb : {false, true}) {
            if (ta || tb) {
                forms.push_back({ta ? Shape{19, 21} : Shape{21, 19}, tb ? Shape{13, 19} : Shape{19, 13}, ta, tb, true});
                forms.push_back({ta ? Shape{2, 8, 20} : Shape{2, 20, 8}, tb ? Shape{2, 36, 8} : Shape{2, 8, 36}, ta, tb});
                forms.push_back({ta ? Shape{2, 5, 4} : Shape{2, 4, 5}, tb ? Shape{6, 5} : Shape{5, 6}, ta, tb});
            }
            // Enough for matrix units, where there are some, and over the edges of their tiles and fragments.
            forms.push_back({ta ? Shape{75, 150} : Shape{150, 75}, tb ? Shape{203, 75} : Shape{75, 203}, ta, tb, true, true});
            forms.push_back({ta ? Shape{2, 64, 144} : Shape{2, 144, 64}, tb ? Shape{2, 160, 64} : Shape{2, 64, 160}, ta, tb});
            // Over a tile's edge in each direction, by either kernel.
            for (const MatmulKernel kernel : {MatmulKernel::direct, MatmulKernel::shared})
                forms.push_back(
                    {ta ? Shape{20, 68} : Shape{68, 20}, tb ? Shape{136, 20} : Shape{20, 136}, ta, tb, true, true, kernel});
        }
    forms.push_back({{40, 130, 5}, {40, 5, 131}, false, false, true, false, MatmulKernel::shared}); // enough for the large tile
    std::vector<Case> rows;
    for (const Form& form : forms) rows.push_back(matmulCase(form));
    return rows;
}

std::vector<Case> matmulBenches(std::int64_t scale) {
    std::vector<Case> rows;
    const auto add = [&](std::int64_t n, bool halves, bool tb = false) {
        Case row = matmulCase({{n, n}, {n, n}, false, tb});
        row.name = std::string("matmul ") + (halves ? "f16 " : "f32 ") + std::to_string(n) + (tb ? ", transposed b" : "");
        row.flops = 2.0 * double(n) * double(n) * double(n), row.bytes = (halves ? 6.0 : 12.0) * double(n) * double(n);
        row.benchHalves = halves;
        rows.push_back(row);
    };
    for (const std::int64_t n : {256, 512, 1024, 2048, 4096}) add(n, false);
    if (scale > 1) { // where 16 bits are faster
        for (const std::int64_t n : {1024, 2048, 4096, 8192}) add(n, true);
        add(4096, true, true), add(4096, false, true);
    }
    return rows;
}

} // namespace orrery::tensor
