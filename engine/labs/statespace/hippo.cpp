// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/hippo.h"

#include "engine/error.h"

#include <array>
#include <numbers>

namespace orrery::statespace {

namespace {

constexpr double pi = std::numbers::pi;

struct Name {
    const char *key, *label;
};
constexpr std::array<Name, methods> names = {{{"legs-scaled", "LegS (scaled)"},
                                              {"legs", "LegS (time-invariant)"},
                                              {"legt", "LegT"},
                                              {"lmu", "LMU"},
                                              {"lagt", "LagT"},
                                              {"glagt", "LagT (generalised)"},
                                              {"fout", "FouT"},
                                              {"fourier-window", "Fourier (window)"},
                                              {"fourier-history", "Fourier (whole history)"}}};

void legs(System& s) {
    for (std::int64_t n = 0; n < s.N; ++n) {
        s.B[std::size_t(n)] = rootOf(n);
        for (std::int64_t k = 0; k < n; ++k) s.A(n, k) = -rootOf(n) * rootOf(k);
        s.A(n, n) = -double(n + 1);
    }
}

void legt(System& s) {
    for (std::int64_t n = 0; n < s.N; ++n) {
        s.B[std::size_t(n)] = rootOf(n);
        for (std::int64_t k = 0; k < s.N; ++k) s.A(n, k) = -rootOf(n) * rootOf(k) * (n < k && (k - n) % 2 == 1 ? -1 : 1);
    }
}

void lmu(System& s) {
    for (std::int64_t i = 0; i < s.N; ++i) {
        const double w = double(2 * i + 1);
        s.B[std::size_t(i)] = i % 2 == 0 ? w : -w;
        for (std::int64_t j = 0; j < s.N; ++j) s.A(i, j) = w * (i < j || (i - j) % 2 == 0 ? -1 : 1);
    }
}

void lagt(System& s) {
    for (std::int64_t n = 0; n < s.N; ++n) {
        s.B[std::size_t(n)] = 1;
        for (std::int64_t k = 0; k < n; ++k) s.A(n, k) = -1;
        s.A(n, n) = -0.5;
    }
}

/// In the basis that is orthonormal: lambda_n = sqrt(Gamma(n + alpha + 1) / n!).
void glagt(System& s) {
    const double alpha = s.options.alpha, beta = s.options.beta;
    const auto logLambda = [&](std::int64_t n) { return (std::lgamma(double(n) + alpha + 1) - std::lgamma(double(n + 1))) / 2; };
    const double scale = std::pow(beta, (1 - alpha) / 2) / std::sqrt(std::tgamma(1 - alpha));
    for (std::int64_t n = 0; n < s.N; ++n) {
        // C(n + alpha, n) = Gamma(n + alpha + 1) / (Gamma(alpha + 1) n!)
        s.B[std::size_t(n)] = scale * std::exp(logLambda(n) - std::lgamma(alpha + 1));
        for (std::int64_t k = 0; k < n; ++k) s.A(n, k) = -std::exp(logLambda(k) - logLambda(n));
        s.A(n, n) = -(1 + beta) / 2;
    }
}

double startOf(Turn turn) { return turn.sine ? 0 : turn.count == 0 ? 1 : std::numbers::sqrt2; }

/// x_n is the integral of u(t - v) f_n(v) over the window; `leaving` 2 or 1: which estimate of u(t - theta), see Method.
void fourierWindow(System& s, double leaving) {
    for (std::int64_t n = 0; n < s.N; ++n) {
        const Turn row = turnOf(n, s.N);
        s.B[std::size_t(n)] = leaving * startOf(row);
        for (std::int64_t k = 0; k < s.N; ++k) {
            const Turn column = turnOf(k, s.N);
            s.A(n, k) = -leaving * startOf(row) * startOf(column);
            if (row.count == column.count && row.sine != column.sine)
                s.A(n, k) += 2 * pi * double(row.count) * (row.sine ? 1 : -1);
        }
    }
}

/// x_n is the mean of u f_n(r) over r in [0, 1], so A_nk = -[n = k] - <r f_n'(r), f_k(r)>.
void fourierHistory(System& s) {
    // <r sin(a r), cos(b r)>, <r cos, cos> and <r sin, sin> for a, b whole turns
    const auto sineCosine = [](std::int64_t a, std::int64_t b) {
        double sum = -1 / (2 * pi * double(a + b));
        if (a != b) sum -= 1 / (2 * pi * double(a - b));
        return sum / 2;
    };
    for (std::int64_t n = 0; n < s.N; ++n) {
        const Turn f = turnOf(n, s.N);
        s.B[std::size_t(n)] = startOf(f);
        s.A(n, n) = -1;
        if (f.count == 0) continue;
        for (std::int64_t k = 0; k < s.N; ++k) {
            const Turn g = turnOf(k, s.N);
            if (g.count == 0 && g.sine) continue;
            const double w = 2 * pi * double(f.count), scale = g.count == 0 ? std::numbers::sqrt2 : 2;
            double inner = 0; // of r f' / w with g, both without their √2
            if (!f.sine)      // f' = -w sin
                inner = g.sine ? (f.count == g.count ? -0.25 : 0) : -sineCosine(f.count, g.count);
            else // f' = w cos
                inner = g.sine ? sineCosine(g.count, f.count) : f.count == g.count ? 0.25 : 0;
            s.A(n, k) -= w * scale * inner;
        }
    }
}

void check(Method method, std::int64_t N, const HippoOptions& o) {
    if (N < 1 || N > mostStates)
        throw Error("a state of " + std::to_string(N) + " numbers: it takes 1 to " + std::to_string(mostStates));
    if (!(o.theta > 0) || !std::isfinite(o.theta)) throw Error("the window or unit of age must be a positive number");
    if (method == Method::glagt && !(o.alpha > -1 && o.alpha < 1))
        throw Error("generalised LagT takes an alpha between -1 and 1, not " + std::to_string(o.alpha));
    if (method == Method::glagt && !(o.beta > 0 && std::isfinite(o.beta)))
        throw Error("generalised LagT takes a positive beta, not " + std::to_string(o.beta) + "; LagT is its limit at zero");
}

} // namespace

const char* toString(Method method) { return names.at(std::size_t(method)).key; }
const char* label(Method method) { return names.at(std::size_t(method)).label; }

Turn turnOf(std::int64_t n, std::int64_t N) {
    if (N % 2 == 0) return {n / 2, n % 2 == 1};
    return {(n + 1) / 2, n > 0 && n % 2 == 0};
}

System hippo(Method method, std::int64_t N, const HippoOptions& options) {
    check(method, N, options);
    System s{method, N, options, Matrix(N, N), Vector(std::size_t(N)), false};
    switch (method) {
        case Method::legsScaled:
            legs(s);
            break;
        case Method::legs:
            legs(s);
            break;
        case Method::legt:
            legt(s);
            break;
        case Method::lmu:
            lmu(s);
            break;
        case Method::lagt:
            lagt(s);
            break;
        case Method::glagt:
            glagt(s);
            break;
        case Method::fout:
            fourierWindow(s, 2);
            break;
        case Method::fourierWindow:
            fourierWindow(s, 1);
            break;
        case Method::fourierHistory:
            fourierHistory(s);
            break;
    }
    s.scaled = method == Method::legsScaled || method == Method::fourierHistory;
    if (!s.scaled) {
        for (double& a : s.A.values) a /= options.theta;
        for (double& b : s.B) b /= options.theta;
    }
    return s;
}

} // namespace orrery::statespace
