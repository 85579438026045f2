// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/anatomy.h"

#include <algorithm>
#include <cstdio>

namespace orrery::statespace {

using Verdict = lab::Check::Verdict;

void Anatomy::configure(const AnatomyRequest& request) {
    const AnatomyRequest before = m_request;
    m_request = request;
    if (before == request) return;
    if (before.method != request.method || before.N != request.N) {
        m_system = hippo(request.method, request.N);
        m_duration = request.method == Method::lagt || request.method == Method::glagt ? 24
                     : request.method == Method::legs                                  ? 5
                                                                                       : 1.5;
        m_background.cancel();
        m_found.reset(), m_coming.reset();
        m_impulse.clear();
    }
    if (m_found) m_stability = statespace::stability(m_found->eigenvalues, request.scheme, request.delta, request.alpha);
}

/// One matrix exponential, then a product an instant.
std::vector<Vector> Anatomy::impulseOf(const System& system, double duration) {
    const Matrix step = exponential(combined(duration / instants, system.A, 0, system.A));
    Vector x = system.B;
    std::vector<Vector> all(std::size_t(std::min<std::int64_t>(shown, system.N)));
    for (int i = 0; i <= instants; ++i) {
        for (std::size_t n = 0; n < all.size(); ++n) all[n].push_back(x[n]);
        x = product(step, x);
    }
    return all;
}

void Anatomy::wake() {
    if (m_found || m_coming) return;
    const bool quick = m_system.N <= quickStates;
    if (quick) m_impulse = impulseOf(m_system, m_duration);
    m_coming = std::make_shared<Found>();
    m_background.start([found = m_coming, system = m_system, duration = m_duration, quick](const lab::Stop& stop) {
        if (!quick) found->impulse = impulseOf(system, duration);
        if (stop) return;
        found->eigenvalues = statespace::eigenvalues(system.A);
        found->split = statespace::split(system);
        if (stop) return;
        found->conditioning = statespace::conditioning(system);
        found->conditioned = true;
    });
}

ComplexVector Anatomy::poles() const {
    ComplexVector all;
    for (const Complex lambda : eigenvalues()) all.push_back(warped(lambda, m_request.scheme, m_request.delta, m_request.alpha));
    return all;
}

double Anatomy::deltaFor(std::size_t index, Complex wanted) const {
    double best = m_request.delta, least = 1e300;
    for (int i = 0; i <= 600; ++i) {
        const double delta = 0.001 * std::pow(2000.0, i / 600.0);
        const double away = std::abs(warped(eigenvalues()[index], m_request.scheme, delta, m_request.alpha) - wanted);
        if (away < least) least = away, best = delta;
    }
    return std::round(best * 1000) / 1000;
}

std::string Anatomy::status() const {
    char text[80];
    std::snprintf(text, sizeof text, "t = %.3f \xC2\xB7 \xCE\x94 = %.3g", clock(m_position), m_request.delta);
    return text;
}

bool Anatomy::advance(gpu::Recorder&, int target, double budgetMs) {
    wake();
    if (m_coming && m_background.finished(std::min(budgetMs, 2.0))) {
        m_found = std::move(m_coming), m_coming.reset();
        if (!m_found->impulse.empty()) m_impulse = m_found->impulse;
        m_stability = statespace::stability(m_found->eigenvalues, m_request.scheme, m_request.delta, m_request.alpha);
    }
    m_position = std::clamp(target, 0, steps());
    return ready();
}

lab::HostArray Anatomy::array(gpu::Device&, const std::string& key) {
    lab::HostArray out;
    const std::uint64_t N = std::uint64_t(m_system.N);
    if (key == "matrix") {
        out.shape = {N, N + 1};
        for (std::int64_t i = 0; i < m_system.N; ++i) {
            for (const double a : m_system.A.row(i)) out.values.push_back(float(a));
            out.values.push_back(float(m_system.B[std::size_t(i)]));
        }
    } else if (key == "eigenvalues") {
        const ComplexVector after = poles();
        out.shape = {after.size(), 4};
        for (std::size_t i = 0; i < after.size(); ++i)
            for (const double v : {eigenvalues()[i].real(), eigenvalues()[i].imag(), after[i].real(), after[i].imag()})
                out.values.push_back(float(v));
    } else {
        out.shape = {0};
    }
    return out;
}

std::vector<lab::Check> Anatomy::checks() const {
    std::vector<lab::Check> all;
    if (!m_found) return all;
    const double N = double(m_system.N);
    if (m_found->split.known)
        all.push_back({"split", "normal plus low rank", m_found->split.residual, 0, N * 1e-15,
                       m_found->split.residual <= N * 1e-15 ? Verdict::matches : Verdict::disagrees, "",
                       "A + P P* must be a multiple of one plus a skew matrix; N roundings of 2^-53 remain"});
    if (m_request.method == Method::legs) {
        double most = 0; // of a triangular matrix the diagonal, in any order
        for (std::size_t n = 0; n < eigenvalues().size(); ++n) most = std::max(most, std::abs(eigenvalues()[n] + double(n + 1)));
        all.push_back({"eigenvalues", "eigenvalues of LegS", most, 0, 0, most == 0 ? Verdict::matches : Verdict::disagrees, "",
                       "they are -1, -2 \xE2\x80\xA6 -N: the matrix is triangular"});
        double off = 0, largest = 0; // e^(tA)B has a closed form
        for (int i = 0; i <= instants && !m_impulse.empty(); ++i) {
            const double t = clock(i), x = 2 * std::exp(-t) - 1;
            const double p[3] = {1, x, (3 * x * x - 1) / 2};
            for (std::size_t n = 0; n < std::min<std::size_t>(3, m_impulse.size()); ++n) {
                const double truth = rootOf(std::int64_t(n)) * p[n] * std::exp(-t);
                off = std::max(off, std::abs(m_impulse[n][std::size_t(i)] - truth)), largest = std::max(largest, std::abs(truth));
            }
        }
        const double tolerance = 1e-13 * N * N * largest; // instants products of a matrix exponential
        all.push_back({"impulse", "first three basis functions", off, 0, tolerance,
                       off <= tolerance ? Verdict::matches : Verdict::disagrees, "",
                       "e^(tA)B = sqrt(2n + 1) P_n(2 e^-t - 1) e^-t"});
    }
    return all;
}

} // namespace orrery::statespace
