// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/distribution.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace orrery::language {

namespace {

template <class T>
int largest(std::span<const T> values) {
    return int(std::max_element(values.begin(), values.end()) - values.begin());
}

/// Likeliest first, of equal ones the lowest id first; only the first k need be in order.
template <class T>
std::vector<int> sorted(std::span<const T> values, std::size_t k) {
    std::vector<int> order(values.size());
    std::iota(order.begin(), order.end(), 0);
    k = std::min(k, order.size());
    std::partial_sort(order.begin(), order.begin() + std::ptrdiff_t(k), order.end(), [&](int a, int b) {
        return values[std::size_t(a)] != values[std::size_t(b)] ? values[std::size_t(a)] > values[std::size_t(b)] : a < b;
    });
    order.resize(k);
    return order;
}

/// Zeroes all but the tokens of `keep` (likeliest first) that top-p leaves.
void keepOnly(Distribution& p, std::span<const int> keep, double topP) {
    Distribution kept(p.size());
    double whole = 0, sum = 0;
    for (const int token : keep) whole += p[std::size_t(token)];
    for (const int token : keep) {
        kept[std::size_t(token)] = p[std::size_t(token)];
        sum += p[std::size_t(token)];
        if (topP < 1 && sum >= topP * whole) break;
    }
    p = std::move(kept);
}

void filter(Distribution& p, const Sampling& sampling) {
    const bool fewer = sampling.topK > 0 && std::size_t(sampling.topK) < p.size();
    if (fewer || sampling.topP < 1) keepOnly(p, sorted<double>(p, fewer ? std::size_t(sampling.topK) : p.size()), sampling.topP);
    normalise(p);
}

} // namespace

int argmax(std::span<const float> values) { return largest(values); }
int argmax(std::span<const double> values) { return largest(values); }

Distribution distribution(std::span<const float> logits, const Sampling& sampling) {
    Distribution p(logits.size());
    const int top = argmax(logits);
    if (sampling.temperature <= 0) {
        p[std::size_t(top)] = 1;
        return p;
    }
    const double scale = 1 / sampling.temperature, most = logits[std::size_t(top)];
    const auto weight = [&](std::size_t i) { return std::exp((double(logits[i]) - most) * scale); };
    if (sampling.topK > 0 && std::size_t(sampling.topK) < p.size()) { // the others need no exponential
        const std::vector<int> kept = sorted(logits, std::size_t(sampling.topK));
        for (const int token : kept) p[std::size_t(token)] = weight(std::size_t(token));
        if (sampling.topP < 1) keepOnly(p, kept, sampling.topP);
        normalise(p);
        return p;
    }
    for (std::size_t i = 0; i < p.size(); ++i) p[i] = weight(i);
    filter(p, sampling);
    return p;
}

Distribution reshape(Distribution p, const Sampling& sampling) {
    const double most = *std::max_element(p.begin(), p.end());
    if (sampling.temperature <= 0) {
        const int top = argmax(p);
        std::fill(p.begin(), p.end(), 0);
        p[std::size_t(top)] = 1;
        return p;
    }
    if (sampling.temperature != 1)
        for (double& value : p) value = value > 0 ? std::pow(value / most, 1 / sampling.temperature) : 0;
    filter(p, sampling);
    return p;
}

bool normalise(Distribution& p, double least) {
    const double sum = std::accumulate(p.begin(), p.end(), 0.0);
    if (!(sum > least)) return false;
    for (double& value : p) value /= sum;
    return true;
}

int draw(std::span<const double> p, double u) {
    const double mark = u * std::accumulate(p.begin(), p.end(), 0.0);
    double sum = 0;
    int last = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
        if (p[i] <= 0) continue;
        sum += p[i];
        last = int(i);
        if (sum > mark) break;
    }
    return last;
}

std::vector<int> likeliest(std::span<const double> p, int k) {
    std::vector<int> order = sorted(p, std::size_t(std::max(k, 0)));
    while (!order.empty() && p[std::size_t(order.back())] <= 0) order.pop_back();
    return order;
}

double entropy(std::span<const double> p) {
    double sum = 0;
    for (const double value : p)
        if (value > 0) sum -= value * std::log(value);
    return sum;
}

double totalVariation(std::span<const double> p, std::span<const double> q) {
    double sum = 0;
    for (std::size_t i = 0; i < p.size(); ++i) sum += std::abs(p[i] - q[i]);
    return sum / 2;
}

double divergence(std::span<const double> p, std::span<const double> q) {
    double sum = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
        if (p[i] <= 0) continue;
        if (q[i] <= 0) return std::numeric_limits<double>::infinity();
        sum += p[i] * std::log(p[i] / q[i]);
    }
    return sum;
}

double Coins::operator()(Stream stream, int position, int index) const {
    const Philox4 words = philox(seed, std::uint32_t(position), std::uint32_t(index), std::uint32_t(stream));
    const std::uint64_t bits = (std::uint64_t(words[0]) << 21) | (words[1] >> 11);
    return (double(bits) + 0.5) * 0x1p-53;
}

} // namespace orrery::language
