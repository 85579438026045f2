// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/signals.h"

#include "engine/error.h"
#include "engine/labs/statespace/fourier.h"
#include "engine/philox.h"

#include <soxr.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace orrery::statespace {

namespace {

constexpr double pi = std::numbers::pi;
constexpr std::uint32_t noiseStream = 7;

template <class Value>
Signal made(std::int64_t count, double dt, double band, Value value) {
    if (count < 1 || count > mostSamples)
        throw Error("a signal of " + std::to_string(count) + " samples; it takes 1 to " + std::to_string(mostSamples));
    if (!(dt > 0) || !std::isfinite(dt)) throw Error("a signal's samples lie a positive time apart");
    Signal s{Vector(std::size_t(count)), dt, {}, band};
    for (std::int64_t j = 0; j < count; ++j) s.samples[std::size_t(j)] = value((double(j) + 0.5) * dt);
    return s;
}

/// a_k and b_k of the noise, k = 1 … turns, scaled.
std::vector<std::array<double, 2>> harmonics(double band, double rms, std::uint64_t seed, double duration) {
    const auto turns = std::int64_t(std::floor(band * duration + 1e-9));
    if (turns < 1)
        throw Error("band-limited noise: a band of " + std::to_string(band) + " over " + std::to_string(duration) +
                    " holds not one whole turn; widen the band or lengthen the signal");
    std::vector<std::array<double, 2>> parts;
    double power = 0;
    for (std::int64_t k = 1; k <= turns; ++k) {
        parts.push_back(normalPair(philox(seed, std::uint32_t(k), 0, noiseStream)));
        power += (parts.back()[0] * parts.back()[0] + parts.back()[1] * parts.back()[1]) / 2;
    }
    for (auto& part : parts)
        for (double& v : part) v *= rms / std::sqrt(power);
    return parts;
}

} // namespace

Signal sines(const std::vector<Sine>& parts, std::int64_t count, double dt) {
    double band = 0;
    for (const Sine& s : parts) band = std::max(band, std::abs(s.frequency));
    return made(count, dt, band, [&](double t) {
        double sum = 0;
        for (const Sine& s : parts) sum += s.amplitude * std::sin(2 * pi * s.frequency * t + s.phase);
        return sum;
    });
}

Signal chirp(double from, double to, std::int64_t count, double dt) {
    const double rise = (to - from) / (dt * double(std::max<std::int64_t>(count, 1)));
    return made(count, dt, std::max(std::abs(from), std::abs(to)),
                [&](double t) { return std::sin(2 * pi * (from * t + rise * t * t / 2)); });
}

Signal square(double frequency, std::int64_t count, double dt) {
    return made(count, dt, 0, [&](double t) { return t * frequency - std::floor(t * frequency) < 0.5 ? 1.0 : -1.0; });
}

Signal step(double at, std::int64_t count, double dt) {
    return made(count, dt, 0, [&](double t) { return t < at ? 0.0 : 1.0; });
}

Signal noise(double band, double rms, std::uint64_t seed, std::int64_t count, double dt) {
    Signal s = made(count, dt, band, [](double) { return 0.0; });
    const auto parts = harmonics(band, rms, seed, s.duration());
    if (2 * parts.size() >= std::size_t(count))
        throw Error("band-limited noise: a band of " + std::to_string(band) + " reaches above half the sampling rate, " +
                    std::to_string(1 / (2 * dt)));
    // One inverse transform; the half sample's shift is in the phases.
    ComplexVector spectrum(std::size_t(count / 2 + 1));
    for (std::size_t k = 1; k <= parts.size(); ++k)
        spectrum[k] =
            double(count) / 2 * Complex(parts[k - 1][0], -parts[k - 1][1]) * std::polar(1.0, pi * double(k) / double(count));
    s.samples = irfft(spectrum, count);
    return s;
}

Vector noiseAt(double band, double rms, std::uint64_t seed, double duration, std::span<const double> times) {
    const auto parts = harmonics(band, rms, seed, duration);
    Vector values;
    for (const double t : times) {
        double sum = 0;
        for (std::size_t k = 1; k <= parts.size(); ++k) {
            const double angle = 2 * pi * std::fmod(double(k) * t / duration, 1.0);
            sum += parts[k - 1][0] * std::cos(angle) + parts[k - 1][1] * std::sin(angle);
        }
        values.push_back(sum);
    }
    return values;
}

Signal drawn(std::vector<Point> points, std::int64_t count, double dt) {
    if (points.empty()) throw Error("nothing is drawn yet: drag the mouse across the picture");
    std::stable_sort(points.begin(), points.end(), [](const Point& a, const Point& b) { return a.time < b.time; });
    std::vector<Point> line;
    for (const Point& p : points) {
        if (!line.empty() && line.back().time == p.time)
            line.back() = p;
        else
            line.push_back(p);
    }
    std::size_t at = 0;
    return made(count, dt, 0, [&](double t) {
        while (at < line.size() && line[at].time <= t) ++at;
        if (at == 0) return line.front().value;
        if (at == line.size()) return line.back().value;
        const Point &a = line[at - 1], &b = line[at];
        return a.value + (b.value - a.value) * (t - a.time) / (b.time - a.time);
    });
}

void check(const Signal& s, const std::string& name) {
    if (s.samples.empty()) throw Error(name + ": holds no samples; it needs at least one");
    if (std::int64_t(s.samples.size()) > mostSamples)
        throw Error(name + ": has " + std::to_string(s.samples.size()) + " samples, more than " + std::to_string(mostSamples) +
                    ", which is the most; cut it or bring it to a lower rate");
    if (!(s.dt > 0) || !std::isfinite(s.dt)) throw Error(name + ": its samples lie a positive time apart");
    for (std::size_t j = 0; j < s.samples.size(); ++j)
        if (!std::isfinite(s.samples[j]))
            throw Error(name + ", sample " + std::to_string(j + 1) + ": " + (std::isnan(s.samples[j]) ? "nan" : "inf") +
                        " is not a finite number; fill the gap in or cut it out");
}

std::string remark(const Signal& s) {
    if (s.samples.size() == 1) return "A single sample: every memory holds it exactly, there is nothing to forget.";
    const auto [low, high] = std::minmax_element(s.samples.begin(), s.samples.end());
    if (low != s.samples.end() && *low == *high)
        return "A constant signal: its mean says all of it, and every state but the first is zero in LegS.";
    return {};
}

Signal resampledTo(const Signal& s, std::int64_t count) {
    check(s, "signal");
    if (count < 1 || count > mostSamples)
        throw Error("a signal of " + std::to_string(count) + " samples; it takes 1 to " + std::to_string(mostSamples));
    Signal result{Vector(std::size_t(count)), s.duration() / double(count), s.unit, s.band};
    if (std::size_t(count) == s.samples.size()) return s;
    // The edges are mirrored in front and behind, so that the filter does not see silence there; as many samples as come
    // nearest to a whole number of the result's.
    const double ratio = double(count) / double(s.samples.size());
    constexpr std::size_t most = 4096;
    std::size_t edge = most;
    const auto apart = [ratio](std::size_t n) { return std::abs(double(n) * ratio - std::round(double(n) * ratio)); };
    for (std::size_t n = most; n > most / 2; --n)
        if (apart(n) < apart(edge) - 1e-12) edge = n;
    Vector wide;
    const std::size_t n = s.samples.size();
    for (std::size_t i = 0; i < n + 2 * edge; ++i) {
        const std::size_t at = (i + 2 * n * (1 + edge / n) - edge) % (2 * n); // mirrored again and again where it is short
        wide.push_back(s.samples[at < n ? at : 2 * n - 1 - at]);
    }
    Vector out(std::size_t(std::ceil(double(wide.size()) * ratio)) + 64);
    const soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT64_I, SOXR_FLOAT64_I);
    const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_VHQ, 0);
    std::size_t used = 0, got = 0;
    if (const char* why = soxr_oneshot(double(s.samples.size()), double(count), 1, wide.data(), wide.size(), &used, out.data(),
                                       out.size(), &got, &io, &quality, nullptr))
        throw Error(std::string("resampling: ") + why);
    if (got == 0) throw Error("resampling: " + std::to_string(n) + " samples to " + std::to_string(count) + " is too far apart");
    const auto start = std::size_t(std::llround(double(edge) * ratio));
    for (std::size_t j = 0; j < result.samples.size(); ++j) result.samples[j] = out[std::min(start + j, got - 1)];
    return result;
}

Signal resampled(const Signal& s, double dt) {
    if (!(dt > 0) || !std::isfinite(dt)) throw Error("a signal's samples lie a positive time apart");
    return resampledTo(s, std::max<std::int64_t>(1, std::llround(s.duration() / dt)));
}

Signal stretched(const Signal& s, std::int64_t factor) {
    if (factor < 1) throw Error("a signal is stretched by 1, 2, 3 …");
    Signal result{{}, s.dt, s.unit, s.band / double(factor)};
    for (const double u : s.samples) result.samples.insert(result.samples.end(), std::size_t(factor), u);
    return result;
}

} // namespace orrery::statespace
