// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/structure.h"

#include <algorithm>
#include <cstdio>

namespace orrery::statespace {

namespace {

Matrix column(std::int64_t N, auto value) {
    Matrix p(N, 1);
    for (std::int64_t n = 0; n < N; ++n) p(n, 0) = value(n);
    return p;
}

Matrix lowRank(const System& s) {
    const double scale = 1 / std::sqrt(s.options.theta);
    switch (s.method) {
        case Method::legsScaled:
            return column(s.N, [](std::int64_t n) { return std::sqrt(double(n) + 0.5); });
        case Method::legs:
            return column(s.N, [&](std::int64_t n) { return scale * std::sqrt(double(n) + 0.5); });
        case Method::lagt:
            return column(s.N, [&](std::int64_t) { return scale * std::sqrt(0.5); });
        case Method::glagt:
            if (s.options.alpha != 0) return {};
            return column(s.N, [&](std::int64_t) { return scale * std::sqrt(0.5); });
        // B is leaving · f(0) / theta and the low rank part leaving · f(0) f(0)^T / theta, leaving 2 or 1
        case Method::fout:
            return column(s.N, [&](std::int64_t n) { return s.B[std::size_t(n)] / std::sqrt(2) / scale; });
        case Method::fourierWindow:
            return column(s.N, [&](std::int64_t n) { return s.B[std::size_t(n)] / scale; });
        case Method::legt: {
            Matrix p(s.N, std::min<std::int64_t>(2, s.N));
            for (std::int64_t n = 0; n < s.N; ++n) p(n, n % 2) = scale * rootOf(n);
            return p;
        }
        default:
            return {};
    }
}

} // namespace

Split split(const System& s) {
    Split result;
    result.P = lowRank(s);
    result.normal = s.A;
    result.known = result.P.rows > 0;
    if (!result.known) return result;
    result.normal = combined(1, s.A, 1, product(result.P, transposed(result.P)));
    for (std::int64_t n = 0; n < s.N; ++n) result.shift += result.normal(n, n) / double(s.N);
    const Matrix turned = transposed(result.normal);
    const double size = normFrobenius(s.A), own = normFrobenius(result.normal);
    result.residual = normFrobenius(combined(1, combined(1, result.normal, 1, turned), -2 * result.shift, identity(s.N))) / size;
    const Matrix commutator = combined(1, product(result.normal, turned), -1, product(turned, result.normal));
    result.commutator = own > 0 ? normFrobenius(commutator) / (own * own) : 0;
    return result;
}

Conditioning conditioning(const System& s) {
    Conditioning c;
    c.condition = s.N == 1 ? 1 : std::min(condition(eigenvectors(s.A).vectors), 1e16); // what float64 can tell
    if (s.method == Method::legs || s.method == Method::legsScaled) {
        const auto logBinomial = [](double n, double k) {
            return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
        };
        for (std::int64_t i = 0; i < s.N; ++i)
            for (std::int64_t j = 0; j <= i; ++j)
                c.log10Largest = std::max(c.log10Largest, logBinomial(double(i + j), double(i - j)) / std::log(10.0));
    }
    c.hopeless = c.condition > 1e14 || c.log10Largest > 14;
    char text[200];
    if (c.log10Largest > 0)
        std::snprintf(text, sizeof text,
                      "Eigenvectors of LegS hold numbers up to %.0e beside 1; a diagonalisation in float64 keeps %s.",
                      std::pow(10, c.log10Largest), c.hopeless ? "no digit" : "some digits");
    else
        std::snprintf(text, sizeof text, "The eigenvectors' condition is %.3g: a diagonalisation loses %.0f of 16 digits.",
                      c.condition, std::log10(std::max(1.0, c.condition)));
    c.sentence = text;
    return c;
}

} // namespace orrery::statespace
