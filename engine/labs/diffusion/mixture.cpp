// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/diffusion/mixture.h"

#include "engine/error.h"
#include "engine/labs/diffusion/rounding.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace orrery::diffusion {

double Mixture::narrowest() const {
    double least = std::numeric_limits<double>::infinity();
    for (const Component& c : components) least = std::min(least, c.s);
    return least;
}

Moments Mixture::moments() const {
    Moments m;
    for (const Component& c : components) {
        m.mean[0] += c.weight * c.x;
        m.mean[1] += c.weight * c.y;
    }
    for (const Component& c : components) {
        const double offset[2] = {c.x - m.mean[0], c.y - m.mean[1]}, s2 = c.s * c.s;
        for (int axis = 0; axis < 2; ++axis) {
            const double d2 = offset[axis] * offset[axis];
            m.variance[axis] += c.weight * (d2 + s2);
            m.fourth[axis] += c.weight * (d2 * d2 + 6 * d2 * s2 + 3 * s2 * s2);
        }
    }
    return m;
}

Frame2 Mixture::standardise() {
    if (empty()) return {};
    const Moments m = moments();
    const double deviation = std::sqrt(0.5 * (m.variance[0] + m.variance[1]));
    const double size = std::max(std::abs(m.mean[0]), std::abs(m.mean[1]));
    // Equal points leave a spread of rounding errors behind; that is no scale to divide by.
    const auto centre = [deviation](double mean) { return std::abs(mean) < 1e-14 * deviation ? 0 : mean; };
    const Frame2 frame{centre(m.mean[0]), centre(m.mean[1]), deviation > 1e-12 * size && deviation > 0 ? deviation : 1};
    for (Component& c : components) {
        c.x = (c.x - frame.centreX) / frame.scale;
        c.y = (c.y - frame.centreY) / frame.scale;
        c.s /= frame.scale;
    }
    return frame;
}

Mixture mixture(std::vector<Component> components) {
    double total = 0;
    for (std::size_t i = 0; i < components.size(); ++i) {
        const Component& c = components[i];
        const std::string who = "Gaussian " + std::to_string(i + 1);
        if (!(c.s >= 0)) throw Error(who + ": its standard deviation s is " + std::to_string(c.s) + "; it must be 0 or more");
        if (!(c.weight >= 0)) throw Error(who + ": its weight is " + std::to_string(c.weight) + "; it must be 0 or more");
        total += c.weight;
    }
    if (!components.empty() && !(total > 0)) throw Error("all Gaussians have weight 0; give at least one a weight above 0");
    std::erase_if(components, [](const Component& c) { return c.weight == 0; });
    for (Component& c : components) c.weight /= total;
    return {std::move(components)};
}

Mixture pointCloud(const std::vector<double>& xy) {
    Mixture cloud;
    const std::size_t count = xy.size() / 2;
    cloud.components.reserve(count);
    for (std::size_t i = 0; i < count; ++i) cloud.components.push_back({xy[2 * i], xy[2 * i + 1], 0, 1.0 / double(count)});
    return cloud;
}

std::uint32_t AliasTable::pick(std::uint32_t a, std::uint32_t b) const {
    const std::uint32_t j = std::uint32_t((std::uint64_t(a) * threshold.size()) >> 32);
    return b < threshold[j] ? j : alias[j];
}

AliasTable aliasTable(const Mixture& mixture) {
    const std::size_t count = mixture.components.size();
    AliasTable table{std::vector<std::uint32_t>(count, 0xFFFFFFFFu), std::vector<std::uint32_t>(count)};
    std::vector<double> share(count);
    std::vector<std::uint32_t> poor, rich;
    for (std::uint32_t i = 0; i < count; ++i) {
        table.alias[i] = i;
        share[i] = mixture.components[i].weight * double(count);
        (share[i] < 1 ? poor : rich).push_back(i);
    }
    while (!poor.empty() && !rich.empty()) {
        const std::uint32_t giver = rich.back(), taker = poor.back();
        poor.pop_back();
        table.threshold[taker] = std::uint32_t(std::min(share[taker] * 0x1p32, 4294967295.0));
        table.alias[taker] = giver;
        share[giver] -= 1 - share[taker];
        if (share[giver] < 1) {
            rich.pop_back();
            poor.push_back(giver);
        }
    }
    return table;
}

/// A term below e^-745 is zero in float64.
constexpr double negligible = -745;

Marginal::Marginal(const Mixture& mixture, double alpha, double variance) {
    // At t = 0 a data set is a sum of spikes; a width far below a pixel keeps every number finite.
    constexpr double least = 1e-12;
    m_rows.reserve(mixture.components.size());
    for (const Component& m : mixture.components) {
        const double c = std::max(alpha * alpha * m.s * m.s + variance, least);
        m_rows.push_back({alpha * m.x, alpha * m.y, c, std::log(m.weight) - std::log(2 * std::numbers::pi * c)});
        m_axes.push_back({m.weight / std::sqrt(2 * std::numbers::pi * c), 1 / (2 * c)});
    }
}

double Marginal::logTerm(const Row& r, double x, double y) const {
    const double dx = r.x - x, dy = r.y - y;
    return r.logWeight - (dx * dx + dy * dy) / (2 * r.c);
}

Marginal::Value Marginal::at(double x, double y, bool withRounding) const {
    Value v;
    if (m_rows.empty()) return v;
    double most = -std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < m_rows.size(); ++i)
        if (const double l = logTerm(m_rows[i], x, y); l > most) most = l, v.top = i;

    double sum = 0, q1[2] = {0, 0}, q2[3] = {0, 0, 0};     // moments of q = (alpha mu - x) / c under the posterior
    double strayed = 0, logits = 0, logitsQ = 0, sumQ = 0; // in units of rounding::unit
    for (const Row& r : m_rows) {
        const double l = logTerm(r, x, y) - most;
        if (l < -60) continue; // less than 1e-26 of the sum
        const double w = std::exp(l), qx = (r.x - x) / r.c, qy = (r.y - y) / r.c;
        sum += w;
        q1[0] += w * qx, q1[1] += w * qy;
        q2[0] += w * (qx * qx - 1 / r.c), q2[1] += w * qx * qy, q2[2] += w * (qy * qy - 1 / r.c);

        if (!withRounding) continue;
        const double size = std::hypot(qx, qy), place = rounding::centre * std::hypot(r.x, r.y);
        const double logit = rounding::logit * 0.5 * size * size * r.c + size * place + 4 * (1 + std::abs(r.logWeight)) +
                             rounding::exponential + rounding::exponentialSlope * std::abs(l);
        strayed += w * (place / r.c + rounding::slope * size);
        logits += w * logit, logitsQ += w * logit * size, sumQ += w * size;
    }
    v.logDensity = most + std::log(sum);
    v.share = 1 / sum;
    for (int axis = 0; axis < 2; ++axis) v.score[axis] = q1[axis] / sum;
    v.hessian[0] = q2[0] / sum - v.score[0] * v.score[0];
    v.hessian[1] = q2[1] / sum - v.score[0] * v.score[1];
    v.hessian[2] = q2[2] / sum - v.score[1] * v.score[1];
    const double summing = rounding::sum + std::sqrt(double(m_rows.size()));
    v.rounding = rounding::unit * (strayed + logitsQ + std::hypot(v.score[0], v.score[1]) * logits + summing * sumQ) / sum;
    return v;
}

double Marginal::density(double x, double y) const {
    double sum = 0;
    for (const Row& row : m_rows)
        if (const double l = logTerm(row, x, y); l > negligible) sum += std::exp(l);
    return sum;
}

double Marginal::axisDensity(int axis, double place) const {
    double sum = 0;
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const double d = place - (axis == 0 ? m_rows[i].x : m_rows[i].y), exponent = -d * d * m_axes[i].slope;
        if (exponent > negligible) sum += m_axes[i].factor * std::exp(exponent);
    }
    return sum;
}

std::vector<double> Marginal::axisDensities(int axis, double low, double step, int count) const {
    std::vector<double> sums(std::size_t(std::max(count, 0)));
    if (sums.empty()) return sums;
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        // From a place to the next a Gaussian changes by a factor, and that factor by another one which is always the same.
        // Away from the centre both are below 1; after k places their rounding adds up to k squared units.
        const double centre = axis == 0 ? m_rows[i].x : m_rows[i].y, slope = m_axes[i].slope;
        const int nearest = int(std::clamp(std::round((centre - low) / step), 0.0, double(count - 1)));
        const double d = low + nearest * step - centre, peak = m_axes[i].factor * std::exp(-d * d * slope);
        const double ofFactor = std::exp(-2 * step * step * slope);
        for (const int way : {1, -1}) {
            double value = peak, factor = std::exp(-(2 * way * d + step) * step * slope);
            for (int at = way > 0 ? nearest : nearest - 1; at >= 0 && at < count && value > 0; at += way) {
                if (way < 0 || at > nearest) value *= factor, factor *= ofFactor;
                sums[std::size_t(at)] += value;
            }
        }
    }
    return sums;
}

} // namespace orrery::diffusion
