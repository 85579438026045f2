// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/metrics.h"

#include "engine/error.h"
#include "engine/philox.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace orrery::segmentation {

namespace {

void requireSameSize(const MaskView& a, const MaskView& b) {
    if (a.width != b.width || a.height != b.height)
        throw Error("masks of " + std::to_string(a.width) + " x " + std::to_string(a.height) + " and " + std::to_string(b.width) +
                    " x " + std::to_string(b.height) + " pixels cannot be compared");
}

std::vector<std::uint8_t> innerBoundary(const MaskView& m) {
    std::vector<std::uint8_t> edge(m.pixels.size());
    for (std::int64_t y = 0; y < m.height; ++y)
        for (std::int64_t x = 0; x < m.width; ++x)
            edge[std::size_t(y * m.width + x)] =
                m.at(x, y) && (x == 0 || y == 0 || x == m.width - 1 || y == m.height - 1 || !m.at(x - 1, y) || !m.at(x + 1, y) ||
                               !m.at(x, y - 1) || !m.at(x, y + 1));
    return edge;
}

/// Share of the pixels of `edge` that lie within the tolerance of `other`.
double near(const std::vector<std::uint8_t>& edge, const std::vector<double>& squaredToOther, double tolerance) {
    double all = 0, close = 0;
    for (std::size_t i = 0; i < edge.size(); ++i)
        if (edge[i]) {
            ++all;
            close += squaredToOther[i] <= tolerance * tolerance;
        }
    return all > 0 ? close / all : 0;
}

double mean(std::span<const double> v) { return std::accumulate(v.begin(), v.end(), 0.0) / double(v.size()); }

double spread(std::span<const double> v) { // of a sample
    const double m = mean(v);
    double sum = 0;
    for (double x : v) sum += (x - m) * (x - m);
    return v.size() > 1 ? std::sqrt(sum / double(v.size() - 1)) : 0;
}

double after(const std::vector<double>& values, std::size_t clicks) { return values[std::min(clicks, values.size()) - 1]; }

} // namespace

double iouOf(const MaskView& a, const MaskView& b) {
    requireSameSize(a, b);
    std::int64_t both = 0, either = 0;
    for (std::size_t i = 0; i < a.pixels.size(); ++i) {
        both += a.pixels[i] && b.pixels[i];
        either += a.pixels[i] || b.pixels[i];
    }
    return either ? double(both) / double(either) : 1;
}

double boundaryF(const MaskView& truth, const MaskView& answer, double tolerance) {
    requireSameSize(truth, answer);
    const std::vector<std::uint8_t> t = innerBoundary(truth), a = innerBoundary(answer);
    const bool noTruth = std::none_of(t.begin(), t.end(), [](auto v) { return v; });
    const bool noAnswer = std::none_of(a.begin(), a.end(), [](auto v) { return v; });
    if (noTruth || noAnswer) return noTruth && noAnswer ? 1 : 0;
    const double precision = near(a, squaredDistanceTo({truth.width, truth.height, t}), tolerance);
    const double recall = near(t, squaredDistanceTo({truth.width, truth.height, a}), tolerance);
    return precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;
}

Trace follow(Contender& contender, const Case& object, const Protocol& protocol) {
    const std::int64_t w = object.truth.width, h = object.truth.height;
    const std::optional<Click> first = firstClick(object.truth);
    if (!first) throw Error("there is nothing to click on: the mask that is asked for is empty");
    contender.open(object.picture);
    Trace trace;
    std::vector<double> moved;
    for (int k = 0; k < protocol.jitterDraws; ++k) {
        const Click click = jittered(*first, protocol.jitterReach, w, h, protocol.seed, std::uint32_t(k));
        moved.push_back(iouOf(object.truth, {w, h, contender.ask(std::span(&click, 1)).at(0).pixels}));
    }
    if (!moved.empty()) trace.jitter = spread(moved);
    std::vector<Click> clicks{*first};
    for (int k = 0; k < protocol.clicks; ++k) {
        const std::vector<Candidate> candidates = contender.ask(clicks);
        const MaskView shown{w, h, candidates.at(0).pixels};
        double best = 0;
        for (const Candidate& c : candidates) best = std::max(best, iouOf(object.truth, {w, h, c.pixels}));
        const double iou = iouOf(object.truth, shown);
        if (k > 0) trace.lowered += iou < trace.shown.back();
        trace.shown.push_back(iou);
        trace.oracle.push_back(best);
        trace.promised.push_back(candidates[0].promised);
        const Click& last = clicks.back();
        trace.respected += shown.at(std::llround(last.x), std::llround(last.y)) == last.positive;
        if (k <= 2) trace.boundary = boundaryF(object.truth, shown);
        const std::optional<Click> next = nextClick(object.truth, shown);
        if (!next) break;
        clicks.push_back(*next);
    }
    return trace;
}

Estimate bootstrap(std::span<const double> values, std::uint64_t seed, int draws) {
    if (values.empty()) throw Error("there are no pictures to average over");
    std::vector<double> means(std::size_t(draws), 0.0);
    for (std::size_t d = 0; d < means.size(); ++d) {
        for (std::size_t i = 0; i < values.size(); ++i) {
            const std::uint32_t word = philox(seed, std::uint32_t(i / 4), std::uint32_t(d), 0x626f6f74u)[i % 4];
            means[d] += values[std::size_t(std::uint64_t(word) * values.size() >> 32)];
        }
        means[d] /= double(values.size());
    }
    std::sort(means.begin(), means.end());
    const auto quantile = [&](double q) { return means[std::min(means.size() - 1, std::size_t(q * double(means.size())))]; };
    return {mean(values), quantile(0.025), quantile(0.975)};
}

std::optional<int> clicksTo(std::span<const double> shown, double goal) {
    const auto at = std::find_if(shown.begin(), shown.end(), [&](double iou) { return iou >= goal; });
    if (at == shown.end()) return std::nullopt;
    return int(at - shown.begin()) + 1;
}

Summary summarise(std::span<const Trace> traces, const Protocol& protocol) {
    Summary s;
    s.pictures = traces.size();
    const auto over = [&](auto value) {
        std::vector<double> values;
        for (const Trace& t : traces) values.push_back(value(t));
        return bootstrap(values, protocol.seed);
    };
    constexpr std::size_t at[3] = {1, 3, 5};
    for (std::size_t k = 0; k < 3; ++k) {
        s.shown[k] = over([&](const Trace& t) { return after(t.shown, at[k]); });
        s.oracle[k] = over([&](const Trace& t) { return after(t.oracle, at[k]); });
    }
    const auto needed = [&](double goal, std::size_t& failed) {
        return over([&](const Trace& t) {
            const std::optional<int> n = clicksTo(t.shown, goal);
            failed += !n;
            return double(n.value_or(protocol.clicks));
        });
    };
    s.clicks85 = needed(0.85, s.failed85);
    s.clicks90 = needed(0.90, s.failed90);
    s.boundary = over([](const Trace& t) { return t.boundary; });
    s.calibration = over([](const Trace& t) { return std::abs(t.promised[0] - t.shown[0]); });
    s.jitter = over([](const Trace& t) { return t.jitter; });
    double clicks = 0, later = 0;
    for (const Trace& t : traces) {
        clicks += double(t.shown.size());
        later += double(t.shown.size()) - 1;
        s.respected += t.respected;
        s.lowered += t.lowered;
    }
    s.respected /= std::max(1.0, clicks);
    s.lowered /= std::max(1.0, later);
    return s;
}

} // namespace orrery::segmentation
