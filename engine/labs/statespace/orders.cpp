// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/orders.h"

#include "engine/error.h"
#include "engine/lab/names.h"
#include "engine/labs/statespace/optimum.h"
#include "engine/labs/statespace/sweep.h"

#include <algorithm>
#include <limits>

namespace orrery::statespace {

namespace {

using Verdict = lab::Check::Verdict;

constexpr int firstOfSlope = 5;    ///< 512 samples: before that higher orders still count
constexpr double rounding = 1e-12; ///< errors below are no longer the scheme's
constexpr double slack = 0.2;      ///< of a measured order: the next term of the error, at a few hundred samples

constexpr std::int64_t quickestOrdered = 16; ///< states of scaled LegS whose start is over after 512 samples
constexpr double slowEnough = 0.25;          ///< of |lambda| times the step at 512 samples: there the order shows

/// Least squares through log2 of the errors, each point a doubling.
void measure(OrderCurve& curve) {
    double n = 0, x = 0, y = 0, xx = 0, xy = 0;
    for (int i = firstOfSlope; i < int(curve.errors.size()); ++i) {
        const double e = curve.errors[std::size_t(i)];
        if (!(e > rounding) || !std::isfinite(e)) continue;
        ++n, x += i, y += std::log2(e), xx += double(i) * i, xy += i * std::log2(e);
    }
    curve.measured = n >= 3;
    curve.slope = curve.measured ? -(n * xy - x * y) / (n * xx - x * x) : 0;
}

double apart(std::span<const double> x, std::span<const double> truth, double power) {
    double sum = 0;
    for (std::size_t n = 0; n < x.size(); ++n) sum += (x[n] - truth[n]) * (x[n] - truth[n]);
    const double off = std::sqrt(sum / power);
    return off < 1e6 ? off : std::numeric_limits<double>::infinity(); // NaN as well
}

double smoothPower() { // of sin 7r + r^2 on [0, 1], by its samples: only a scale
    double sum = 0;
    const Vector u = smoothSamples(4096);
    for (const double v : u) sum += v * v / 4096;
    return sum;
}

OrderStudy blank(const OrdersRequest& r) {
    OrderStudy study;
    for (int i = 0; i < legsSteps; ++i) {
        const LegsStep step{i};
        const bool second = step == LegsStep::exact || step == LegsStep::midpoint || step == LegsStep::logTime;
        study.scaled.push_back({label(step), toString(step), second ? 2.0 : 1.0, {}, 0, false});
    }
    for (int i = 0; i < schemes; ++i) {
        const Scheme scheme{i};
        const bool second = scheme == Scheme::bilinear || scheme == Scheme::zoh || (scheme == Scheme::gbt && r.alpha == 0.5);
        study.constant.push_back({label(scheme), toString(scheme), second ? 2.0 : 1.0, {}, 0, false});
    }
    return study;
}

} // namespace

Vector exactSmoothState(const System& s) {
    // w' = S w with w = (sin 7t, cos 7t, t^2, t, 1), u = w_0 + w_2.
    const std::int64_t N = s.N, extra = 5;
    Matrix all(N + extra, N + extra);
    for (std::int64_t i = 0; i < N; ++i) {
        for (std::int64_t j = 0; j < N; ++j) all(i, j) = s.A(i, j);
        all(i, N) = all(i, N + 2) = s.B[std::size_t(i)];
    }
    all(N, N + 1) = 7, all(N + 1, N) = -7, all(N + 2, N + 3) = 2, all(N + 3, N + 4) = 1;
    Vector start(std::size_t(N + extra));
    start[std::size_t(N + 1)] = start[std::size_t(N + 4)] = 1;
    Vector end = product(exponential(all), start);
    end.resize(std::size_t(N));
    return end;
}

void Orders::configure(const OrdersRequest& request) {
    if (request == m_request) return;
    if (request.N < 1 || request.N > mostOrdered)
        throw Error("orders are measured with 1 to " + std::to_string(mostOrdered) + " states, not " + std::to_string(request.N));
    m_request = request;
    m_background.cancel();
    m_shared.reset();
    m_complete = false;
}

OrderStudy Orders::study() const {
    if (!m_shared) return blank(m_request);
    const std::lock_guard lock(m_shared->mutex);
    return m_shared->study;
}

bool Orders::advance(gpu::Recorder&, int target, double budgetMs) {
    if (!m_shared) {
        m_shared = std::make_shared<Shared>();
        m_shared->study = blank(m_request);
        m_background.start([shared = m_shared, r = m_request](const lab::Stop& stop) {
            const double power = smoothPower();
            const System scaled = hippo(Method::legsScaled, r.N), constant = hippo(r.method, r.N);
            const Vector truth = smoothCoefficients(r.N), state = exactSmoothState(constant);
            const auto optimum = [&](const System& s) {
                return std::sqrt(project(s, smoothSamples(8192), 1.0 / 8192).error / power);
            };
            double fastest = 0;
            for (const Complex lambda : eigenvalues(constant.A)) fastest = std::max(fastest, std::abs(lambda));
            const double ofScaled = optimum(scaled), ofConstant = optimum(constant);
            {
                const std::lock_guard lock(shared->mutex);
                shared->study.optimumScaled = ofScaled, shared->study.optimumConstant = ofConstant;
                shared->study.fastest = fastest / double(samplesAt(firstOfSlope));
            }
            for (int point = 0; point < points; ++point) {
                const std::int64_t L = samplesAt(point);
                const Vector u = smoothSamples(L);
                for (int i = 0; i < legsSteps; ++i) {
                    if (stop) return;
                    Vector x(std::size_t(r.N));
                    statespace::advance(LegsStep(i), x, u, 0);
                    const std::lock_guard lock(shared->mutex);
                    OrderCurve& curve = shared->study.scaled[std::size_t(i)];
                    curve.errors.push_back(apart(x, truth, power)), measure(curve);
                }
                for (int i = 0; i < schemes; ++i) {
                    if (stop) return;
                    Vector x;
                    BlockStepper(discretise(constant, Scheme(i), 1.0 / double(L), r.alpha)).step(x, u);
                    const std::lock_guard lock(shared->mutex);
                    OrderCurve& curve = shared->study.constant[std::size_t(i)];
                    curve.errors.push_back(apart(x, state, power)), measure(curve);
                }
                const std::lock_guard lock(shared->mutex);
                shared->done = point + 1;
            }
        });
    }
    if (m_background.finished(std::min(budgetMs, 2.0))) m_complete = true;
    target = std::clamp(target, 0, steps());
    const std::lock_guard lock(m_shared->mutex);
    m_position = std::min(target, m_shared->done);
    return m_position == target && (m_complete || target < steps());
}

std::string Orders::status() const {
    return "L = " + std::to_string(m_position > 0 ? samplesAt(m_position - 1) : 0) + " \xC2\xB7 " + std::to_string(m_position) +
           "/" + std::to_string(steps());
}

lab::HostArray Orders::array(gpu::Device&, const std::string& key) {
    if (key != "orders") return {{0}, {}};
    const OrderStudy all = study();
    const std::uint64_t columns = 1 + legsSteps + schemes;
    lab::HostArray out{{std::uint64_t(m_position), columns}, {}};
    for (int i = 0; i < m_position; ++i) {
        out.values.push_back(float(samplesAt(i)));
        for (const auto* side : {&all.scaled, &all.constant})
            for (const OrderCurve& curve : *side)
                out.values.push_back(i < int(curve.errors.size()) ? float(curve.errors[std::size_t(i)]) : NAN);
    }
    return out;
}

std::vector<lab::Check> Orders::checks() const {
    std::vector<lab::Check> all;
    if (!m_complete) return all;
    const OrderStudy found = study();
    for (const auto* side : {&found.scaled, &found.constant})
        for (const OrderCurve& curve : *side) {
            if (!curve.measured) continue; // exploded, or exact to rounding
            const bool holds = std::abs(curve.slope - curve.order) <= slack;
            const bool settled = side == &found.scaled ? m_request.N <= quickestOrdered : found.fastest < slowEnough;
            all.push_back({(side == &found.scaled ? "scaled " : "constant ") + curve.key, curve.name, curve.slope, curve.order,
                           slack,
                           holds     ? Verdict::matches
                           : settled ? Verdict::disagrees
                                     : Verdict::explained,
                           "", "slope from 512 samples on; where a state turns faster than the samples it is not yet the order"});
        }
    return all;
}

} // namespace orrery::statespace
