// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/memory.h"

#include "engine/error.h"
#include "engine/labs/statespace/legendre.h"

#include <algorithm>
#include <limits>
#include <numbers>

namespace orrery::statespace {

namespace {

constexpr double pi = std::numbers::pi;

bool windowed(Method m) { return m == Method::legt || m == Method::lmu || m == Method::fout || m == Method::fourierWindow; }
bool fourier(Method m) { return m == Method::fout || m == Method::fourierWindow || m == Method::fourierHistory; }

/// Rows of out times scale(n).
template <class Scale>
void scaleRows(std::span<double> out, std::size_t m, std::int64_t N, Scale scale) {
    for (std::int64_t n = 0; n < N; ++n) {
        const double s = scale(n);
        for (std::size_t i = 0; i < m; ++i) out[std::size_t(n) * m + i] *= s;
    }
}

void fourierRows(const System& s, std::span<const double> places, std::span<double> out) {
    for (std::int64_t n = 0; n < s.N; ++n) {
        const Turn turn = turnOf(n, s.N);
        const double w = 2 * pi * double(turn.count), scale = turn.count == 0 ? 1 : std::numbers::sqrt2;
        for (std::size_t i = 0; i < places.size(); ++i)
            out[std::size_t(n) * places.size() + i] = scale * (turn.sine ? std::sin(w * places[i]) : std::cos(w * places[i]));
    }
}

/// (1 / c) v^alpha e^(-(1 - beta) v / 2) L_n^(alpha)(v) / lambda_n, see hippo.cpp for c and lambda.
void generalRows(const System& s, std::span<const double> v, std::span<double> out) {
    const double alpha = s.options.alpha, beta = s.options.beta;
    laguerre(v, alpha, s.N, out);
    const double c = std::pow(beta, (1 - alpha) / 2) / std::sqrt(std::tgamma(1 - alpha));
    scaleRows(out, v.size(), s.N, [&](std::int64_t n) {
        return std::exp((std::lgamma(double(n + 1)) - std::lgamma(double(n) + alpha + 1)) / 2) / c;
    });
    for (std::size_t i = 0; i < v.size(); ++i) {
        const double more = std::exp(beta * v[i] / 2) * (alpha == 0 ? 1 : std::pow(v[i], alpha));
        for (std::int64_t n = 0; n < s.N; ++n) out[std::size_t(n) * v.size() + i] *= more;
    }
}

} // namespace

void basis(const System& s, std::span<const double> ages, double history, std::span<double> out) {
    const double theta = s.options.theta;
    const std::size_t m = ages.size();
    Vector places(m);
    const auto placed = [&](auto at) {
        for (std::size_t i = 0; i < m; ++i) places[i] = at(ages[i]);
    };
    const auto rooted = [&] { scaleRows(out, m, s.N, [](std::int64_t n) { return rootOf(n); }); };
    const double whole = history > 0 ? history : 1;
    switch (s.method) {
        case Method::legsScaled:
            placed([&](double v) { return 1 - 2 * v / whole; });
            break;
        case Method::legs:
            placed([&](double v) { return 2 * std::exp(-v / theta) - 1; });
            break;
        case Method::legt:
            placed([&](double v) { return 1 - 2 * v / theta; });
            break;
        case Method::lmu:
            placed([&](double v) { return 2 * v / theta - 1; });
            break;
        case Method::fourierHistory:
            placed([&](double v) { return 1 - v / whole; });
            break;
        default:
            placed([&](double v) { return v / theta; });
    }
    switch (s.method) {
        case Method::legsScaled:
        case Method::legs:
        case Method::legt:
            legendre(places, s.N, out);
            rooted();
            break;
        case Method::lmu:
            legendre(places, s.N, out);
            break;
        case Method::lagt:
            laguerre(places, 0, s.N, out);
            break;
        case Method::glagt:
            generalRows(s, places, out);
            break;
        default:
            fourierRows(s, places, out);
    }
    const double last = windowed(s.method) ? theta : s.scaled ? whole : std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < m; ++i)
        if (ages[i] < 0 || ages[i] > last)
            for (std::int64_t n = 0; n < s.N; ++n) out[std::size_t(n) * m + i] = 0;
}

Vector reconstruct(const System& s, std::span<const double> state, std::span<const double> ages, double history) {
    Vector result(ages.size()), rows;
    constexpr std::size_t block = 64; // so that the rows stay in cache
    for (std::size_t from = 0; from < ages.size(); from += block) {
        const std::size_t m = std::min(block, ages.size() - from);
        rows.resize(std::size_t(s.N) * m);
        basis(s, ages.subspan(from, m), history, rows);
        for (std::size_t n = 0; n < std::size_t(s.N); ++n)
            for (std::size_t i = 0; i < m; ++i) result[from + i] += state[n] * rows[n * m + i];
    }
    return result;
}

double weight(const System& s, double age, double history) {
    const double theta = s.options.theta, v = age / theta;
    if (age < 0) return 0;
    switch (s.method) {
        case Method::legsScaled:
        case Method::fourierHistory:
            return history > 0 && age <= history ? 1 / history : 0;
        case Method::legs:
            return std::exp(-v) / theta;
        case Method::lagt:
            return 1 / theta;
        case Method::glagt: {
            const double a = s.options.alpha, b = s.options.beta;
            return std::pow(b, 1 - a) / std::tgamma(1 - a) * std::pow(v, -a) * std::exp(-b * v) / theta;
        }
        default:
            return age <= theta ? 1 / theta : 0;
    }
}

double weightBetween(const System& s, double from, double to, double history) {
    const double theta = s.options.theta, a = std::max(from, 0.0), b = std::max(to, a);
    switch (s.method) {
        case Method::legsScaled:
        case Method::fourierHistory:
            return history > 0 ? (std::min(b, history) - std::min(a, history)) / history : 0;
        case Method::legs:
            return std::exp(-a / theta) - std::exp(-b / theta);
        case Method::lagt:
            return (b - a) / theta;
        case Method::glagt: {
            if (s.options.alpha == 0) return std::exp(-s.options.beta * a / theta) - std::exp(-s.options.beta * b / theta);
            // Midpoints of cells: the weight is smooth but for the power at age zero, which is integrated.
            const double alpha = s.options.alpha, beta = s.options.beta, middle = (a + b) / (2 * theta);
            const double power = (std::pow(b / theta, 1 - alpha) - std::pow(a / theta, 1 - alpha)) / (1 - alpha);
            return std::pow(beta, 1 - alpha) / std::tgamma(1 - alpha) * power * std::exp(-beta * middle);
        }
        default:
            return (std::min(b, theta) - std::min(a, theta)) / theta;
    }
}

double basisNorm(const System& s, std::int64_t n) {
    if (s.method == Method::lmu) return 1 / double(2 * n + 1);
    const Turn turn = turnOf(n, s.N);
    return fourier(s.method) && turn.count == 0 && turn.sine ? 0 : 1;
}

Horizon horizon(const System& s, double history) {
    const double theta = s.options.theta, N = double(s.N);
    Horizon h;
    switch (s.method) {
        case Method::legsScaled:
        case Method::fourierHistory:
            h.age = history;
            h.why = "It spans the whole history, however long, and grows with it: details blur instead of being forgotten.";
            break;
        case Method::legs:
            h.age = theta * std::log(100.0);
            h.why = "Its weight falls as e to the minus age: 99 % of it lies on ages up to 4.6 units.";
            break;
        case Method::lagt:
        case Method::glagt:
            h.age = theta * (4 * N - 2);
            if (s.method == Method::glagt) h.age = std::min(h.age, theta * std::log(100.0) / s.options.beta);
            h.why = "Laguerre functions oscillate up to an age of 4 N units and die out beyond.";
            break;
        default:
            h.age = theta;
            h.why = "A window: what is older has left it.";
    }
    if (h.age > 0) h.frequency = fourier(s.method) ? (N - 1) / (2 * h.age) : N / (pi * h.age);
    return h;
}

double kneeStates(const System& s, double frequency, double history) {
    const double age = horizon(s, history).age;
    return fourier(s.method) ? 2 * frequency * age + 1 : pi * frequency * age;
}

Matrix impulseStates(const System& s, std::span<const double> times) {
    if (s.scaled) throw Error(std::string(label(s.method)) + " changes with time: e^(tA)B belongs to time-invariant systems");
    const double theta = s.options.theta;
    Matrix out(s.N, std::int64_t(times.size()));
    if (s.method == Method::legs || s.method == Method::lagt) {
        basis(s, times, 0, out.values);
        for (std::size_t i = 0; i < times.size(); ++i)
            for (std::int64_t n = 0; n < s.N; ++n)
                out(n, std::int64_t(i)) *= (s.method == Method::legs ? std::exp(-times[i] / theta) : 1) / theta;
        return out;
    }
    for (std::size_t i = 0; i < times.size(); ++i) {
        const Vector x = product(exponential(combined(times[i], s.A, 0, s.A)), s.B);
        for (std::int64_t n = 0; n < s.N; ++n) out(n, std::int64_t(i)) = x[std::size_t(n)];
    }
    return out;
}

} // namespace orrery::statespace
