// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/study.h"

#include "engine/error.h"
#include "engine/labs/statespace/optimum.h"

#include <algorithm>
#include <limits>

namespace orrery::statespace {

namespace {

constexpr double never = std::numeric_limits<double>::infinity();
constexpr int historyPoints = 24;
constexpr double mostProducts = 4e8; ///< samples times states of one point: about a second

double share(double error, double power) { return power > 0 ? std::sqrt(std::max(0.0, error) / power) : 0; }

/// Towards the ends of the history Legendre polynomials of degree N turn within 1 / N^2 of it: with fewer samples than that the
/// projection of samples is not yet what the polynomials can do.
bool dense(const System& system, std::int64_t samples, double dt) {
    const double seen = std::min(double(samples), horizon(system, double(samples) * dt).age / dt);
    return seen >= double(system.N) * double(system.N) / 4;
}

ErrorPoint pointOf(const Timeline& line, std::int64_t k, double at) {
    const std::span<const double> past = line.samples().first(std::size_t(k));
    const Projection best = project(line.system(), past, line.dt());
    const bool lost = line.exploded() && line.explodedAt() <= k;
    return {at, lost ? never : share(errorOf(line.system(), line.state(k), past, line.dt()), best.power),
            best.resolved && dense(line.system(), k, line.dt()) ? share(best.error, best.power) : NAN};
}

/// Runs a memory along all samples; false when told to stop.
bool run(Timeline& line, const StudyRequest& r, const lab::Stop& stop) {
    line.append(*r.samples);
    const std::int64_t total = std::int64_t(r.samples->size());
    while (line.done() < total) {
        if (stop) return false;
        line.advance(10);
    }
    return !stop;
}

void add(Study::Shared& shared, std::size_t row, const ErrorPoint& point, bool history) {
    const std::lock_guard lock(shared.mutex);
    (history ? shared.results[row].history : shared.results[row].states).push_back(point);
    ++shared.revision;
}

void tell(Study::Shared& shared, std::size_t row, const std::string& sentence) {
    const std::lock_guard lock(shared.mutex);
    shared.results[row].trouble = sentence;
    ++shared.revision;
}

void historyOf(const StudyRequest& r, Study::Shared& shared, std::size_t row, const lab::Stop& stop) {
    Timeline line(hippo(r.methods[row], r.N, optionsFor(r.methods[row], r.options, r.unit)), r.stepping, r.dt);
    if (!run(line, r, stop)) return;
    if (line.exploded()) tell(shared, row, line.trouble());
    const std::int64_t total = std::int64_t(r.samples->size());
    const int points = int(std::clamp(16 * mostProducts / (double(total) * double(r.N)), 4.0, double(historyPoints)));
    std::int64_t before = 0;
    for (int i = 1; i <= points && !stop; ++i) {
        const std::int64_t k = total * i / points;
        if (k > before) add(shared, row, pointOf(line, k, double(k)), true);
        before = k;
    }
}

void statesOf(const StudyRequest& r, Study::Shared& shared, std::size_t row, const lab::Stop& stop) {
    for (const std::int64_t N : sizesFor(r, r.methods[row])) {
        if (stop) return;
        Timeline line(hippo(r.methods[row], N, optionsFor(r.methods[row], r.options, r.unit)), r.stepping, r.dt);
        if (!run(line, r, stop)) return;
        add(shared, row, pointOf(line, line.done(), double(N)), false);
    }
}

} // namespace

HippoOptions optionsFor(Method method, HippoOptions options, double unit) {
    if (method == Method::lagt || method == Method::glagt) options.theta = unit;
    return options;
}

std::vector<std::int64_t> sizesFor(const StudyRequest& r, Method method) {
    const double L = double(r.samples->size());
    double most = std::max(double(r.N), 64.0);
    if (r.band > 0)
        most = std::max(most, 1.6 * kneeStates(hippo(method, 1, optionsFor(method, r.options, r.unit)), r.band, L * r.dt));
    most = std::min({most, double(mostStates), std::max(8.0, mostProducts / L)});
    if (method == Method::fourierHistory) most = std::min(most, 96.0); // eigenvectors of hundreds of states take seconds
    std::vector<std::int64_t> sizes;
    for (double size = 1; size < most * 1.0001; size = std::max(size + 1, size * 1.19)) {
        std::int64_t N = std::llround(size);
        if (method == Method::fout || method == Method::fourierWindow || method == Method::fourierHistory)
            N += N % 2 == 0; // an even one has a state that stays silent
        if (sizes.empty() || N > sizes.back()) sizes.push_back(std::min<std::int64_t>(N, mostStates));
    }
    return sizes;
}

void Study::start(StudyRequest request) {
    auto shared = std::make_shared<Shared>();
    for (const Method method : request.methods) shared->results.push_back({method, {}, {}, {}});
    shared->revision = revision() + 1;
    m_shared = shared;
    m_background.start([shared, request = std::move(request)](const lab::Stop& stop) {
        for (const auto part : {historyOf, statesOf})
            for (std::size_t row = 0; row < request.methods.size() && !stop; ++row) {
                try {
                    part(request, *shared, row, stop);
                } catch (const Error& error) {
                    tell(*shared, row, error.what());
                }
            }
    });
}

void Study::stop() { m_background.cancel(); }

bool Study::finished(double milliseconds) { return m_background.finished(milliseconds) || !m_background.running(); }

std::vector<MethodStudy> Study::results() const {
    if (!m_shared) return {};
    const std::lock_guard lock(m_shared->mutex);
    return m_shared->results;
}

} // namespace orrery::statespace
