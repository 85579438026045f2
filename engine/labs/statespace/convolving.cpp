// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/convolving.h"

#include "engine/labs/statespace/diagonal.h"
#include "engine/philox.h"

#include <algorithm>
#include <cstdio>
#include <numbers>

namespace orrery::statespace {

using Verdict = lab::Check::Verdict;

namespace {

constexpr std::uint32_t stream = 0x4B45524E;                 // "KERN"
constexpr std::int64_t mostByCauchy = 256, mostRational = 8; ///< states

Vector normals(std::int64_t count, std::uint64_t seed) {
    Vector x;
    for (std::int64_t i = 0; i < count; ++i) x.push_back(normalPair(philox(seed, std::uint32_t(i), 0, stream))[0]);
    return x;
}

} // namespace

void Convolving::configure(const ConvolvingRequest& r) {
    const ConvolvingRequest before = m_request;
    m_request = r;
    const bool other = before.kernel != r.kernel || before.N != r.N || before.L != r.L || before.delta != r.delta ||
                       before.seed != r.seed || before.signal != r.signal;
    if (other) m_made = false;
    if (m_made && before.padding != r.padding) convolve();
    m_position = std::min(m_position, steps());
}

void Convolving::make() {
    const ConvolvingRequest& r = m_request;
    m_dplr.reset();
    if (r.kernel == "dplr" || r.kernel == "legt") {
        m_states = std::min(r.N, mostByCauchy);
        const System system = hippo(r.kernel == "legt" ? Method::legt : Method::legs, m_states);
        const Vector C = normals(m_states, r.seed);
        m_dplr = dplr(system, C, r.delta, r.L);
        m_kernel = kernelByDplr(*m_dplr);
        m_recurrent = outputs(discretise(system, Scheme::bilinear, r.delta), C, *r.signal);
    } else {
        const bool ratio = r.kernel == "rational";
        const DiagonalInit init = r.kernel == "s4d-inv"    ? DiagonalInit::inv
                                  : r.kernel == "s4d-real" ? DiagonalInit::real
                                  : r.kernel == "s4d-legs" ? DiagonalInit::legs
                                                           : DiagonalInit::lin;
        m_states = std::min(r.N, ratio ? mostRational : mostStates);
        m_states = std::max<std::int64_t>(2, m_states + m_states % 2);
        const DiagonalSteps steps = discretise(diagonal(init, m_states, r.seed), Scheme::zoh, r.delta);
        if (ratio) {
            Vector C;
            const Discrete d = blocks(steps, C);
            m_kernel = kernelByRational(d, C, r.L);
            m_recurrent = outputs(rational(d, C), *r.signal);
        } else {
            m_kernel = kernelOf(steps, r.L);
            m_recurrent = outputs(steps, *r.signal);
        }
    }
    const ComplexVector half = rfft(m_kernel);
    m_spectrum.clear();
    for (std::size_t l = 0; l < m_kernel.size(); ++l)
        m_spectrum.push_back(l < half.size() ? half[l] : std::conj(half[m_kernel.size() - l]));
    m_made = true;
    convolve();
}

void Convolving::convolve() {
    m_convolved = statespace::convolve(m_kernel, *m_request.signal, m_request.padding);
    m_wrapped = relative(m_convolved, m_recurrent);
    m_byFft.clear(), m_stepwise.clear();
    for (int k = 0; k < steps(); ++k) {
        m_byFft.push_back({k + 1, clock(k + 1), m_convolved[std::size_t(k)]});
        m_stepwise.push_back({k + 1, clock(k + 1), m_recurrent[std::size_t(k)]});
    }
}

void Convolving::wake() {
    if (!m_made) make();
}

/// Ct belongs to z^L = 1, so z is read at the nearest node of the circle.
Complex Convolving::z() const {
    const double node = std::round(m_request.angle * double(m_request.L)) / double(m_request.L);
    return node == 0.5 ? Complex(-1) : std::polar(1.0, -2 * std::numbers::pi * node);
}
Complex Convolving::bySum() const { return generating(m_kernel, z()); }

std::optional<Complex> Convolving::byCauchy() const {
    if (!m_dplr) return {};
    return generatingByDplr(*m_dplr, z());
}

std::optional<Complex> Convolving::published() const {
    if (!m_dplr) return {};
    return generatingByDplr(*m_dplr, z(), CauchyForm::published);
}

std::string Convolving::status() const {
    char text[80];
    std::snprintf(text, sizeof text, "k = %d/%d \xC2\xB7 N = %lld", m_position, steps(), static_cast<long long>(m_states));
    return text;
}

bool Convolving::advance(gpu::Recorder&, int target, double) {
    wake();
    m_position = std::clamp(target, 0, steps());
    return true;
}

std::span<const lab::Sample> Convolving::series(const std::string& key) const {
    if (key == "output_fft") return m_byFft;
    if (key == "output_steps") return m_stepwise;
    return {};
}

lab::HostArray Convolving::array(gpu::Device&, const std::string& key) {
    if (key != "kernel") return {{0}, {}};
    wake();
    lab::HostArray out{{std::uint64_t(m_request.L), 4}, {}};
    for (std::size_t l = 0; l < m_kernel.size(); ++l)
        for (const double v : {m_kernel[l], signal()[l], m_convolved[l], m_recurrent[l]}) out.values.push_back(float(v));
    return out;
}

std::vector<lab::Check> Convolving::checks() const {
    if (!m_made) return {};
    const double N = double(m_states), L = double(m_request.L);
    // As on the equality board: sums of N terms through a matrix of norm below N, L powers in quadrature; polynomials of a
    // rational function lose more digits for slow poles close together.
    const double tolerance = m_request.kernel == "rational" ? 1e-6 : 4 * N * 0x1p-52 * std::sqrt(L + 16) * 16;
    lab::Check check{"recurrence", "convolution and recurrence",
                     m_wrapped,    0,
                     tolerance,    Verdict::matches,
                     "",           "two ways of computing one output; rounding remains"};
    if (!(m_wrapped <= tolerance)) {
        check.verdict = m_request.padding == Padding::none ? Verdict::explained : Verdict::disagrees;
        if (m_request.padding == Padding::none)
            check.because = "without padding the end of the convolution wraps around to its start";
    }
    return {check};
}

} // namespace orrery::statespace
