// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/timeline.h"

#include "engine/error.h"
#include "engine/labs/statespace/scaled.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>

namespace orrery::statespace {

struct Timeline::Self {
    System system;
    Stepping stepping;
    double dt = 1;
    std::optional<BlockStepper> block; ///< time-invariant
    std::optional<ScaledModes> modes;  ///< scaled, not LegS
    std::int64_t gap = 0;              ///< samples between key frames
    Vector samples, now, frames;       ///< frames: states after 0, gap, 2 gap …
    std::int64_t done = 0, explodedAt = -1;
    double peak = 0, loudest = 0;
    mutable std::string words; ///< kept, since eigenvalues take their time

    void run(Vector& x, std::span<const double> u, std::int64_t k) const {
        if (block)
            block->step(x, u);
        else if (modes)
            modes->advance(stepping.scaled, x, u, k);
        else
            statespace::advance(stepping.scaled, x, u, k);
    }
    /// Always in the same pieces from a key frame on, so that a state has the same bits however it is come to.
    std::int64_t piece(std::int64_t from, std::int64_t to) const {
        const std::int64_t end = std::min(to, (from / gap + 1) * gap);
        return watched() ? std::min(end, from + 16) : end;
    }
    void backToFrame() {
        const std::int64_t frame = done / gap, N = system.N;
        done = frame * gap;
        now.assign(frames.begin() + frame * N, frames.begin() + (frame + 1) * N);
    }
    void look(std::int64_t k) {
        const double most = largestMagnitude(now);
        peak = std::max(peak, most);
        if (explodedAt < 0 && !(most <= 1e6 * std::max(loudest, 1e-300))) explodedAt = k;
    }
    bool watched() const { // looked at often, since LegS by forward Euler has its peak before sample N
        if (!block) return stepping.scaled == LegsStep::forwardEuler;
        return stepping.scheme != Scheme::zoh && alphaOf(stepping.scheme, stepping.alpha) < 0.5;
    }
};

Timeline::Timeline(System system, const Stepping& stepping, double dt) : m_self(std::make_unique<Self>()) {
    Self& s = *m_self;
    s.system = std::move(system), s.stepping = stepping, s.dt = dt;
    const std::int64_t N = s.system.N;
    if (!s.system.scaled) {
        s.block.emplace(discretise(s.system, stepping.scheme, dt, stepping.alpha));
        s.gap = s.block->block();
    } else if (s.system.method != Method::legsScaled) {
        s.modes.emplace(s.system);
        s.gap = 256;
    } else {
        s.gap = stepping.scaled == LegsStep::exact ? std::max<std::int64_t>(64, N) : 4096;
    }
    s.now.resize(std::size_t(N)), s.frames = s.now;
}

Timeline::~Timeline() = default;
Timeline::Timeline(Timeline&&) noexcept = default;
Timeline& Timeline::operator=(Timeline&&) noexcept = default;

void Timeline::append(std::span<const double> samples) {
    for (const double u : samples)
        if (!std::isfinite(u)) throw Error("a signal's samples must be finite numbers");
    Self& s = *m_self;
    if (s.done % s.gap != 0) s.backToFrame();
    s.samples.insert(s.samples.end(), samples.begin(), samples.end());
    s.loudest = std::max(s.loudest, largestMagnitude(samples));
}

void Timeline::keep(std::int64_t k) {
    Self& s = *m_self;
    if (k >= std::int64_t(s.samples.size())) return;
    s.samples.resize(std::size_t(std::max<std::int64_t>(0, k)));
    s.done = std::min(s.done, std::int64_t(s.samples.size()));
    s.backToFrame();
    s.frames.resize(std::size_t((s.done / s.gap + 1) * s.system.N));
    s.loudest = largestMagnitude(s.samples);
    if (s.explodedAt > s.done) s.explodedAt = -1, s.words.clear();
    s.peak = 0; // of what is left: key frames will do, a state that exploded and came back is still told by explodedAt
    for (const double x : s.frames) s.peak = std::max(s.peak, std::abs(x));
}

std::int64_t Timeline::advance(double budgetMs) {
    using Clock = std::chrono::steady_clock;
    const auto end =
        Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double, std::milli>(budgetMs));
    Self& s = *m_self;
    const std::int64_t total = std::int64_t(s.samples.size());
    while (s.done < total) {
        const std::int64_t next = s.piece(s.done, total);
        s.run(s.now, std::span(s.samples).subspan(std::size_t(s.done), std::size_t(next - s.done)), s.done);
        s.done = next;
        s.look(next);
        if (next % s.gap == 0) s.frames.insert(s.frames.end(), s.now.begin(), s.now.end());
        if (Clock::now() >= end) break;
    }
    return s.done;
}

std::int64_t Timeline::done() const { return m_self->done; }
std::span<const double> Timeline::samples() const { return m_self->samples; }
const System& Timeline::system() const { return m_self->system; }
double Timeline::dt() const { return m_self->dt; }
double Timeline::peak() const { return m_self->peak; }
bool Timeline::exploded() const { return m_self->explodedAt >= 0; }
std::int64_t Timeline::explodedAt() const { return m_self->explodedAt; }

Vector Timeline::state(std::int64_t k) const {
    const Self& s = *m_self;
    if (k < 0 || k > s.done)
        throw Error("the state after " + std::to_string(k) + " samples is not known yet; " + std::to_string(s.done) +
                    " are done");
    if (k == s.done) return s.now;
    const std::int64_t frame = k / s.gap, N = s.system.N;
    Vector x(s.frames.begin() + frame * N, s.frames.begin() + (frame + 1) * N);
    for (std::int64_t at = frame * s.gap; at < k;) {
        const std::int64_t next = s.piece(at, k);
        s.run(x, std::span(s.samples).subspan(std::size_t(at), std::size_t(next - at)), at);
        at = next;
    }
    return x;
}

Vector Timeline::reconstruction(std::int64_t k, std::span<const double> ages) const {
    return reconstruct(m_self->system, state(k), ages, double(k) * m_self->dt);
}

std::string Timeline::trouble() const {
    const Self& s = *m_self;
    if (!exploded()) return {};
    if (s.block) {
        if (s.words.empty()) s.words = stability(eigenvalues(s.system.A), s.stepping.scheme, s.dt, s.stepping.alpha).sentence;
        return s.words;
    }
    char text[240];
    if (s.stepping.scaled == LegsStep::forwardEuler)
        std::snprintf(
            text, sizeof text,
            "Forward Euler multiplies state n by 1 - (n + 1) / k: while k is below N = %lld that is beyond -1, and the state "
            "reached %.1e. Any bilinear step, backward Euler and the exact step are stable.",
            static_cast<long long>(s.system.N), s.peak);
    else
        std::snprintf(text, sizeof text, "The state reached %.1e and is no memory any more.", s.peak);
    return text;
}

} // namespace orrery::statespace
