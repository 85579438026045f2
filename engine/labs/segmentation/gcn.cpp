// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/gcn.h"

#include "engine/error.h"
#include "engine/philox.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace orrery::segmentation {

namespace {

std::size_t count(const WideLayer& l) { return std::size_t(l.in * l.out * l.kh * l.kw); }

/// Calls f(weight, input index, output index) for every product of the convolution.
template <class F>
void eachTap(const WideLayer& l, std::int64_t side, F&& f) {
    std::size_t w = 0;
    for (std::int64_t o = 0; o < l.out; ++o)
        for (std::int64_t i = 0; i < l.in; ++i)
            for (std::int64_t r = 0; r < l.kh; ++r)
                for (std::int64_t c = 0; c < l.kw; ++c, ++w) {
                    const std::int64_t dy = (r - l.kh / 2) * l.dilation, dx = (c - l.kw / 2) * l.dilation;
                    for (std::int64_t y = std::max<std::int64_t>(0, -dy); y < std::min(side, side - dy); ++y)
                        for (std::int64_t x = std::max<std::int64_t>(0, -dx); x < std::min(side, side - dx); ++x)
                            f(l.weights[w], std::size_t((i * side + y + dy) * side + x + dx),
                              std::size_t((o * side + y) * side + x));
                }
}

void add(std::vector<double>& sum, const std::vector<double>& part) {
    if (sum.empty()) sum.assign(part.size(), 0);
    for (std::size_t i = 0; i < part.size(); ++i) sum[i] += part[i];
}

double fan(const WideLayer& l) { return double(l.in * l.kh * l.kw); }

void measure(ReceptiveField& field, std::int64_t k) {
    double total = 0, x1 = 0, y1 = 0, x2 = 0, y2 = 0;
    std::int64_t touched = 0;
    for (std::int64_t y = 0; y < field.side; ++y)
        for (std::int64_t x = 0; x < field.side; ++x) {
            const double e = field.energy[std::size_t(y * field.side + x)];
            touched += e > 0;
            total += e;
            x1 += e * double(x), y1 += e * double(y);
            x2 += e * double(x * x), y2 += e * double(y * y);
        }
    for (double& e : field.energy) e /= total;
    field.spreadX = std::sqrt(x2 / total - (x1 / total) * (x1 / total));
    field.spreadY = std::sqrt(y2 / total - (y1 / total) * (y1 / total));
    field.seen = double(touched) / double(k * k);
}

} // namespace

WideNet wideNet(Wide kind, std::int64_t k, std::int64_t in, std::int64_t out, std::int64_t middle) {
    if (k < 3 || k % 2 == 0) throw Error("kernel size " + std::to_string(k) + ": choose an odd one from 3 on");
    switch (kind) {
        case Wide::dense:
            return {{{{in, out, k, k}}}};
        case Wide::dilated:
            return {{{{in, out, 3, 3, (k - 1) / 2}}}};
        case Wide::gcn:
            return {{{{in, out, k, 1}, {out, out, 1, k}}, {{in, out, 1, k}, {out, out, k, 1}}}};
        case Wide::stack:
            break;
    }
    std::vector<WideLayer> layers;
    const std::int64_t n = (k - 1) / 2;
    for (std::int64_t i = 0; i < n; ++i) layers.push_back({i == 0 ? in : middle, i == n - 1 ? out : middle, 3, 3});
    return {{layers}};
}

void fillUniform(WideNet& net) {
    for (auto& branch : net.branches)
        for (WideLayer& l : branch) l.weights.assign(count(l), 1 / fan(l));
}

void fillNormal(WideNet& net, std::uint64_t seed) {
    std::uint32_t layer = 0;
    for (auto& branch : net.branches)
        for (WideLayer& l : branch) {
            l.weights.resize(count(l));
            for (std::size_t i = 0; i < l.weights.size(); ++i)
                l.weights[i] = normalPair(philox(seed, std::uint32_t(i / 2), layer, 0x77696465u))[i % 2] / std::sqrt(fan(l));
            ++layer;
        }
}

std::vector<double> forward(const WideNet& net, const std::vector<double>& x, std::int64_t side) {
    std::vector<double> sum;
    for (const auto& branch : net.branches) {
        std::vector<double> a = x;
        for (const WideLayer& l : branch) {
            std::vector<double> b(std::size_t(l.out * side * side), 0.0);
            eachTap(l, side, [&](double w, std::size_t from, std::size_t to) { b[to] += w * a[from]; });
            a = std::move(b);
        }
        add(sum, a);
    }
    return sum;
}

std::vector<double> backward(const WideNet& net, const std::vector<double>& gradient, std::int64_t side) {
    std::vector<double> sum;
    for (const auto& branch : net.branches) {
        std::vector<double> a = gradient;
        for (auto l = branch.rbegin(); l != branch.rend(); ++l) {
            std::vector<double> b(std::size_t(l->in * side * side), 0.0);
            eachTap(*l, side, [&](double w, std::size_t from, std::size_t to) { b[from] += w * a[to]; });
            a = std::move(b);
        }
        add(sum, a);
    }
    return sum;
}

ReceptiveField receptiveField(Wide kind, std::int64_t k, std::int64_t channels, int draws, std::uint64_t seed) {
    ReceptiveField field;
    field.side = 2 * (k / 2) + 5; // with a margin, so that nothing can hide beyond the edge
    field.energy.assign(std::size_t(field.side * field.side), 0.0);
    field.formula = spreadFormula(kind, k);
    WideNet net = wideNet(kind, k, channels, channels, channels);
    const std::size_t pixels = field.energy.size(), middle = std::size_t((field.side / 2) * (field.side + 1));
    for (int draw = 0; draw < std::max(1, draws); ++draw) {
        if (draws > 0)
            fillNormal(net, seed + std::uint64_t(draw));
        else
            fillUniform(net);
        std::vector<double> unit(std::size_t(channels) * pixels, 0.0);
        unit[middle] = 1;
        const std::vector<double> g = backward(net, unit, field.side);
        for (std::size_t i = 0; i < g.size(); ++i) field.energy[i % pixels] += draws > 0 ? g[i] * g[i] : g[i];
    }
    measure(field, k);
    return field;
}

double spreadFormula(Wide kind, std::int64_t k) {
    const double n = double(k - 1) / 2;
    if (kind == Wide::stack) return std::sqrt(2 * n / 3);
    if (kind == Wide::dilated) return n * std::sqrt(2.0 / 3);
    return std::sqrt((double(k) * double(k) - 1) / 12);
}

WideCost wideCost(const WideNet& net, std::int64_t grid) {
    WideCost cost;
    for (const auto& branch : net.branches)
        for (const WideLayer& l : branch) cost.parameters += std::int64_t(count(l));
    cost.macs = cost.parameters * grid * grid;
    return cost;
}

WideCost boundaryRefinementCost(std::int64_t channels, std::int64_t grid) {
    const std::int64_t weights = 2 * 9 * channels * channels;
    return {weights + 2 * channels, weights * grid * grid};
}

} // namespace orrery::segmentation
