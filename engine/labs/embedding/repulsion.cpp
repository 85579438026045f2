// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/repulsion.h"

#include "engine/labs/embedding/lanes.h"
#include "engine/tensor/host_threads.h"

#include <algorithm>

namespace orrery::embedding {

namespace {

constexpr std::int64_t rows = 64; ///< of a task: their sums are added up in order

template <int dims>
ORRERY_INLINE void pushBody(const float* const* y, std::int64_t padded, std::int64_t first, std::int64_t last, float* const* push,
                            double* total) {
    double z = 0;
    for (std::int64_t i = first; i < last; ++i) {
        F8 own[dims], force[dims], sum = all(0);
        for (int d = 0; d < dims; ++d) own[d] = all(y[d][i]), force[d] = all(0);
        for (std::int64_t j = 0; j < padded; j += 8) {
            F8 square = all(1), delta[dims];
            for (int d = 0; d < dims; ++d) {
                delta[d] = own[d] - load8(y[d] + j);
                square += delta[d] * delta[d];
            }
            const F8 w = all(1) / square, w2 = w * w;
            sum += w;
            for (int d = 0; d < dims; ++d) force[d] += w2 * delta[d];
        }
        for (int d = 0; d < dims; ++d) push[d][i] = sum8(force[d]);
        z += double(sum8(sum)) - 1; // itself
    }
    *total = z;
}

ORRERY_INLINE void push2Body(const float* const* y, std::int64_t padded, std::int64_t first, std::int64_t last,
                             float* const* push, double* total) {
    pushBody<2>(y, padded, first, last, push, total);
}
ORRERY_INLINE void push3Body(const float* const* y, std::int64_t padded, std::int64_t first, std::int64_t last,
                             float* const* push, double* total) {
    pushBody<3>(y, padded, first, last, push, total);
}
ORRERY_VECTOR_LOOP(push2,
                   (const float* const* y, std::int64_t padded, std::int64_t first, std::int64_t last, float* const* push,
                    double* total),
                   (y, padded, first, last, push, total))
ORRERY_VECTOR_LOOP(push3,
                   (const float* const* y, std::int64_t padded, std::int64_t first, std::int64_t last, float* const* push,
                    double* total),
                   (y, padded, first, last, push, total))

} // namespace

double exactRepulsion(const PicturePoints& y, PicturePoints& push) {
    const std::int64_t n = y.n, blocks = (n + rows - 1) / rows;
    std::vector<double> sums(static_cast<std::size_t>(blocks));
    const float* const from[3] = {y[0], y[1], y.dims > 2 ? y[2] : nullptr};
    float* const to[3] = {push[0], push[1], y.dims > 2 ? push[2] : nullptr};
    tensor::host::parallel(blocks, [&](std::int64_t block, int) {
        (y.dims > 2 ? push3 : push2)(from, y.padded(), block * rows, std::min(n, (block + 1) * rows), to,
                                     &sums[std::size_t(block)]);
    });
    double z = 0;
    for (const double sum : sums) z += sum;
    return z;
}

} // namespace orrery::embedding
