// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/scan.h"

#include "engine/error.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace orrery::statespace {

namespace {

constexpr std::array<const char*, scans> names = {"sequential", "Kogge-Stone", "Blelloch", "chunked", "three dispatches"};

template <class T>
struct Pair {
    T a = 1, b = 0;
    Pair then(const Pair& next) const { return {next.a * a, next.a * b + next.b}; }
};
template <class T>
using Pairs = std::vector<Pair<T>>;

/// Each turned into the join of all up to it.
template <class T>
void sequential(Pairs<T>& p, std::size_t from, std::size_t to, Pair<T> start = {}) {
    for (std::size_t i = from; i < to; ++i) p[i] = start = start.then(p[i]);
}

template <class T>
void koggeStone(Pairs<T>& p) {
    Pairs<T> before;
    for (std::size_t reach = 1; reach < p.size(); reach *= 2) {
        before = p;
        for (std::size_t i = reach; i < p.size(); ++i) p[i] = before[i - reach].then(before[i]);
    }
}

template <class T>
void blelloch(Pairs<T>& p) {
    std::size_t size = 1;
    while (size < p.size()) size *= 2;
    Pairs<T> tree(p);
    tree.resize(size); // neutral pairs
    for (std::size_t step = 1; step < size; step *= 2)
        for (std::size_t i = 2 * step - 1; i < size; i += 2 * step) tree[i] = tree[i - step].then(tree[i]);
    tree[size - 1] = {};
    for (std::size_t step = size / 2; step > 0; step /= 2)
        for (std::size_t i = 2 * step - 1; i < size; i += 2 * step) {
            const Pair<T> left = tree[i - step];
            tree[i - step] = tree[i];
            tree[i] = tree[i].then(left); // what came before, then the left half
        }
    for (std::size_t i = 0; i < p.size(); ++i) p[i] = tree[i].then(p[i]); // the tree's result is exclusive
}

template <class T>
void chunked(Pairs<T>& p, std::size_t chunk) {
    Pair<T> start;
    for (std::size_t from = 0; from < p.size(); from += chunk) {
        const std::size_t to = std::min(p.size(), from + chunk);
        sequential(p, from, to);
        for (std::size_t i = from; i < to; ++i) p[i] = start.then(p[i]);
        start = p[to - 1];
    }
}

template <class T>
void threeDispatch(Pairs<T>& p, std::size_t chunk) {
    Pairs<T> summaries;
    for (std::size_t from = 0; from < p.size(); from += chunk) {
        Pair<T> sum;
        for (std::size_t i = from; i < std::min(p.size(), from + chunk); ++i) sum = sum.then(p[i]);
        summaries.push_back(sum);
    }
    sequential(summaries, 0, summaries.size());
    for (std::size_t c = 0; c < summaries.size(); ++c)
        sequential(p, c * chunk, std::min(p.size(), (c + 1) * chunk), c > 0 ? summaries[c - 1] : Pair<T>{});
}

template <class T>
std::vector<T> scannedAs(std::span<const T> a, std::span<const T> b, const ScanOrder& order, T initial) {
    if (a.size() != b.size())
        throw Error("scan: " + std::to_string(a.size()) + " factors for " + std::to_string(b.size()) + " inputs");
    if (order.chunk < 1) throw Error("scan: a chunk of " + std::to_string(order.chunk) + " steps");
    Pairs<T> p;
    for (std::size_t i = 0; i < a.size(); ++i) p.push_back({a[i], b[i]});
    const std::size_t chunk = std::size_t(order.chunk);
    switch (order.scan) {
        case Scan::sequential:
            sequential(p, 0, p.size());
            break;
        case Scan::koggeStone:
            koggeStone(p);
            break;
        case Scan::blelloch:
            blelloch(p);
            break;
        case Scan::chunked:
            chunked(p, chunk);
            break;
        case Scan::threeDispatch:
            threeDispatch(p, chunk);
            break;
    }
    std::vector<T> h;
    T before = initial;
    for (const Pair<T>& each : p) {
        const T now = each.a * initial + each.b;
        h.push_back(order.ends == Ends::inclusive ? now : before);
        before = now;
    }
    return h;
}

std::vector<float> floats(std::span<const double> x) { return {x.begin(), x.end()}; }
std::vector<float> floats(std::span<const Complex> x) {
    std::vector<float> all;
    for (const Complex v : x) all.push_back(float(v.real())), all.push_back(float(v.imag()));
    return all;
}

} // namespace

const char* label(Scan scan) { return names.at(std::size_t(scan)); }

Vector scanned(std::span<const double> a, std::span<const double> b, const ScanOrder& order, double initial) {
    return scannedAs<double>(a, b, order, initial);
}
ComplexVector scanned(std::span<const Complex> a, std::span<const Complex> b, const ScanOrder& order, Complex initial) {
    return scannedAs<Complex>(a, b, order, initial);
}

std::string endsMixedUp(std::span<const double> result, std::span<const double> inclusive) {
    if (result.size() < 2 || result.size() != inclusive.size()) return {};
    Vector shifted(inclusive.size());
    std::copy(inclusive.begin(), inclusive.end() - 1, shifted.begin() + 1);
    if (!(relative(result, shifted) < 1e-3 * relative(result, inclusive))) return {};
    return "These are exclusive results taken for inclusive ones: each h is the one before its own step. Shift by a step, or "
           "join "
           "with the step's own pair.";
}

DividedScan scannedByDivision(std::span<const double> a, std::span<const double> b) {
    DividedScan result;
    float product = 1, sum = 0;
    double decayed = 0;
    for (std::size_t t = 0; t < a.size(); ++t) {
        decayed -= std::log(std::abs(a[t]));
        product *= float(a[t]);
        sum += float(b[t]) / product;
        const float h = product * sum;
        if (result.firstBad < 0 && !std::isfinite(h)) result.firstBad = std::int64_t(t), result.decayed = decayed;
        result.h.push_back(h);
    }
    return result;
}

ScanCost costOf(const ScanOrder& order, std::int64_t L) {
    const double n = double(L), rounds = std::ceil(std::log2(std::max(n, 1.0))), chunks = std::ceil(n / double(order.chunk));
    switch (order.scan) {
        case Scan::sequential:
            return {12, n, n};
        case Scan::koggeStone:
            return {12 + 20 * std::max(rounds - 1, 0.0), n * rounds, rounds}; // pairs are written between rounds
        case Scan::blelloch:
            return {20, 2 * n, 2 * rounds};
        case Scan::chunked:
            return {12, 2 * n, chunks + double(order.chunk)};
        case Scan::threeDispatch:
            return {20 + 8 * 3 / double(order.chunk), 2 * n + chunks, 2 * double(order.chunk) + chunks};
    }
    return {};
}

Vector scannedOnDevice(tensor::Context& context, std::span<const double> a, std::span<const double> b,
                       tensor::ScanKernel kernel) {
    const tensor::Shape shape{std::int64_t(a.size())};
    const std::vector<float> first = floats(a), second = floats(b);
    const std::vector<float> h =
        context.read(tensor::linearScan(context, context.upload(shape, std::span<const float>(first)),
                                        context.upload(shape, std::span<const float>(second)), {.axis = 0, .kernel = kernel}));
    return {h.begin(), h.end()};
}

ComplexVector scannedOnDevice(tensor::Context& context, std::span<const Complex> a, std::span<const Complex> b,
                              tensor::ScanKernel kernel) {
    const tensor::Shape shape{std::int64_t(a.size()), 2};
    const std::vector<float> first = floats(a), second = floats(b);
    const std::vector<float> h = context.read(tensor::linearScan(context, context.upload(shape, std::span<const float>(first)),
                                                                 context.upload(shape, std::span<const float>(second)),
                                                                 {.axis = 0, .complexPairs = true, .kernel = kernel}));
    ComplexVector result;
    for (std::size_t i = 0; i < a.size(); ++i) result.emplace_back(h[2 * i], h[2 * i + 1]);
    return result;
}

} // namespace orrery::statespace
