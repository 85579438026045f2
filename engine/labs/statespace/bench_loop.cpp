// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/bench.h"
#include "engine/tensor/host_threads.h"

#include <cmath>
#include <vector>

namespace orrery::statespace {

void selectiveLoop(const float* delta, const float* u, const float* A, const float* B, const float* C, const float* skip,
                   float* y, std::int64_t L, std::int64_t channels, std::int64_t states) {
    tensor::host::parallel(channels, [&](std::int64_t d, int) {
        std::vector<float> h(std::size_t(states), 0.0F);
        for (std::int64_t t = 0; t < L; ++t) {
            const float step = delta[t * channels + d], now = u[t * channels + d];
            float sum = skip[d] * now;
            for (std::int64_t n = 0; n < states; ++n) {
                float& each = h[std::size_t(n)];
                each = std::exp(step * A[d * states + n]) * each + step * now * B[t * states + n];
                sum += C[t * states + n] * each;
            }
            y[t * channels + d] = sum;
        }
    });
}

} // namespace orrery::statespace
