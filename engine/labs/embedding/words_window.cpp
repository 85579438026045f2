// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/words_window.h"

#include "engine/labs/embedding/words_kernels.h"

#include <cmath>

namespace orrery::embedding {

namespace {

double softplus(double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }

void measure(const Window& window, const float* products, const float* times, int C, WordLoss& lost) {
    for (int c = 0; c < C; ++c) {
        double loss = 0;
        for (int k = 0; k < window.outputs; ++k) {
            const double x = products[c * window.outputs + k], negative = window.negative[std::size_t(k)];
            loss += (k == 0 ? softplus(-x) : 0) + (negative > 0 ? negative * softplus(x) : 0);
        }
        lost.sum += loss * times[c];
        lost.count += std::int64_t(times[c]);
    }
}

} // namespace

void WindowStep::skipGram(const Window& window, WordLoss* lost) const {
    std::array<float*, 2 * mostWindow> v;
    std::array<float*, 1 + mostNegatives> u;
    const int C = window.contexts, K = window.outputs;
    for (int k = 0; k < K; ++k) u[std::size_t(k)] = rows.out(window.output[std::size_t(k)]);
    for (int c = 0; c < C; ++c) v[std::size_t(c)] = rows.in(window.context[std::size_t(c)]);
    std::array<float, 2 * mostWindow*(1 + mostNegatives)> products, g;
    windowProducts(v.data(), C, u.data(), K, stride, products.data());
    if (lost) measure(window, products.data(), window.times.data(), C, *lost);
    windowGradients(products.data(), window.times.data(), C, window.negative.data(), K, rate, g.data());
    windowUpdate(v.data(), C, u.data(), K, g.data(), stride);
    if (!rounder) return;
    for (int c = 0; c < C; ++c) rounder(v[std::size_t(c)], stride, place, std::uint32_t(c));
    for (int k = 0; k < K; ++k) rounder(u[std::size_t(k)], stride, place, std::uint32_t(2 * mostWindow + k));
}

void WindowStep::cbow(const Window& window, WordLoss* lost) const {
    const int C = window.contexts, K = window.outputs;
    float *const h = sums.data(), *const gradient = sums.data() + stride;
    std::fill_n(h, stride, 0.0F);
    float all = 0;
    for (int c = 0; c < C; ++c) all += window.times[std::size_t(c)];
    for (int c = 0; c < C; ++c) addScaled(h, rows.in(window.context[std::size_t(c)]), window.times[std::size_t(c)] / all, stride);
    std::array<float*, 1 + mostNegatives> u;
    for (int k = 0; k < K; ++k) u[std::size_t(k)] = rows.out(window.output[std::size_t(k)]);
    std::array<float, 1 + mostNegatives> products, g;
    const float one = 1;
    windowProducts(&h, 1, u.data(), K, stride, products.data());
    if (lost) measure(window, products.data(), &one, 1, *lost);
    windowGradients(products.data(), &one, 1, window.negative.data(), K, rate, g.data());
    centreUpdate(h, u.data(), K, g.data(), stride, gradient);
    for (int c = 0; c < C; ++c) {
        float* const row = rows.in(window.context[std::size_t(c)]);
        addScaled(row, gradient, window.times[std::size_t(c)] / all, stride);
        if (rounder) rounder(row, stride, place, std::uint32_t(c));
    }
    if (rounder)
        for (int k = 0; k < K; ++k) rounder(u[std::size_t(k)], stride, place, std::uint32_t(2 * mostWindow + k));
}

void trainWindow(WordState& state, const WordSettings& settings, const Window& window, float rate) {
    LaneRows rows;
    rows.direct(state);
    const Rounder rounder(settings, 0);
    Floats sums(std::size_t(2 * state.stride));
    const WindowStep step{rows, rounder, state.stride, rate, 0, sums};
    settings.model == WordModel::cbow ? step.cbow(window, nullptr) : step.skipGram(window, nullptr);
}

} // namespace orrery::embedding
