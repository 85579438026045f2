// SPDX-License-Identifier: GPL-3.0-or-later
// Is it true? The particles against the float64 reference, and their moments against theory.
#include "engine/labs/diffusion/lab_impl.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace orrery::diffusion {

namespace {

using lab::Check;
using Verdict = lab::Check::Verdict;

/// For data that is not Gaussian the predicted gap is an estimate; it may be this much too small.
constexpr double gapTrust = 3;

const char* const asOneGaussian = "for one Gaussian of the same mean and variance";
const char* const oneByOne = "for each component on its own";

std::string words(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4g", value);
    return text;
}

} // namespace

/// Results arrive some frames after their step. While time runs, the newest of the last few steps speaks.
template <class Has>
int LiveLab::newest(const Has& has) const {
    constexpr int latest = 24;
    for (int step = position(); step >= std::max(0, position() - latest); --step)
        if (has(step)) return step;
    return -1;
}

int LiveLab::measuredStep() const {
    return newest([this](int step) { return std::size_t(step) < m_measured.size(); });
}

lab::Check LiveLab::checkReference() const {
    Check check{.key = "reference", .label = "GPU against float64", .unit = "data units", .because = {}};
    const auto at = [this](int step) { return m_walk ? m_stepWatch.at(step) : m_watch.at(step); };
    const std::uint32_t watched = m_walk ? m_stepWatch.watched() : m_watch.watched();
    const Watch::Deviation* d = at(newest([&](int step) { return at(step) != nullptr; }));
    if (!d) {
        check.because = watched > 0 ? "the reference is still catching up"
                                    : "the data have too many points for a float64 reference beside the picture";
        return check;
    }
    check.measured = m_frame.scale * d->distance;
    check.tolerance = m_frame.scale * d->bound;
    if (m_walk) {
        check.verdict = d->within() ? Verdict::matches : Verdict::disagrees;
        check.because = "this step of the first " + std::to_string(watched) +
                        " particles computed again in float64, with the network's weights, on the same noise. The tolerance adds "
                        "up what float32 may round in its sums";
        return check;
    }
    const std::string who = std::to_string(m_watch.watched() - std::uint32_t(d->lost)) + " of the first " +
                            std::to_string(m_watch.watched()) + " particles computed again in float64 on the same noise";
    const std::string lost = d->lost > 0 ? "; " + std::to_string(d->lost) + " stood where rounding decides the way" : "";
    if (d->lost == int(m_watch.watched())) {
        check.verdict = Verdict::explained;
        check.because = "every watched particle stands where rounding decides the way (an explosion, or a watershed)";
        return check;
    }
    check.verdict = d->within() ? Verdict::matches : Verdict::disagrees;
    check.because = who + lost + ". The tolerance adds up each step's float32 rounding, carried on by the step's slope";
    return check;
}

/// Settles a check whose numbers are in data units. `truth`: of the true marginal; `predicted`: of the steps as they ought to
/// be, by the model that `how` names; `atMost`: by the same model where its errors cannot cancel.
lab::Check LiveLab::judge(Check check, int step, double truth, double predicted, double band, const char* how, double atMost,
                          double scoreError) const {
    const bool back = step > m_journey->turn || m_journey->fromPrior;
    // Steps without a score have an exact recursion, so there it is what counts.
    check.expected = back ? truth : predicted;
    check.tolerance = band;
    const double off = check.measured - check.expected, gap = gapTrust * (predicted - truth);
    const double widest = gapTrust * (atMost - truth);
    const double unexplained = off - std::clamp(off, std::min({0.0, gap, widest}), std::max({0.0, gap, widest}));
    const std::string bandWords = "five standard deviations for " + std::to_string(m_particles.count()) + " particles";
    if (std::abs(off) <= band) {
        check.verdict = Verdict::matches;
        check.because = "within " + bandWords + (back ? "" : ", around what these very steps must give");
    } else if (back && std::abs(unexplained) <= band) {
        check.verdict = Verdict::explained;
        check.because = "outside " + bandWords + ", as step size and prior leave it: " + how + " these steps lead to " +
                        words(predicted) + " instead of " + words(truth);
    } else if (back && m_walk && !(scoreError > 0)) {
        check.because = "the network's error has not been measured yet";
    } else if (back && std::abs(unexplained) <= band + scoreError) {
        check.verdict = Verdict::explained;
        check.because = "outside " + bandWords +
                        ", as a learned score leaves it: its error, measured against the exact one, may "
                        "lead as far as " +
                        words(scoreError) + " from there";
    } else {
        check.verdict = Verdict::disagrees;
        check.because = "outside " + bandWords + ", and neither step size nor prior explains it";
        if (m_request.journey.mistake != Mistake::none) check.because += ": there is a mistake in the equation";
    }
    return check;
}

lab::Check LiveLab::checkMean(int axis) const {
    Check check{.key = axis == 0 ? "mean_x" : "mean_y",
                .label = axis == 0 ? "mean x" : "mean y",
                .unit = "data units",
                .because = "not measured yet"};
    const int step = measuredStep();
    if (step < 0) return check;
    const Measured& measured = m_measured[std::size_t(step)];
    const double unit = m_frame.scale, centre = axis == 0 ? m_frame.centreX : m_frame.centreY;
    const Moments law = truth(step), &steps = m_predicted[std::size_t(step)];
    check.measured = centre + unit * measured.mean[axis];
    const double band = unit * std::max(meanBand(law, axis, m_particles.count()), meanBand(steps, axis, m_particles.count()));
    return judge(check, step, centre + unit * law.mean[axis], centre + unit * steps.mean[axis], band, asOneGaussian,
                 centre + unit * steps.mean[axis], unit * scorePush(step));
}

lab::Check LiveLab::checkVariance() const {
    Check check{.key = "variance", .label = "variance", .unit = "data units\xC2\xB2", .because = "not measured yet"};
    const int step = measuredStep();
    if (step < 0) return check;
    const Measured& measured = m_measured[std::size_t(step)];
    if (m_particles.count() < 2) {
        check.because = "one particle has no variance";
        return check;
    }
    const double unit2 = m_frame.scale * m_frame.scale, n = m_particles.count();
    const Moments law = truth(step), &steps = m_predicted[std::size_t(step)];
    const auto both = [](const Moments& m) { return 0.5 * (m.variance[0] + m.variance[1]); };
    const auto band = [n](const Moments& m) { return 0.5 * (varianceBand(m, 0, n) + varianceBand(m, 1, n)); };
    check.measured = unit2 * 0.5 * (measured.variance[0] + measured.variance[1]);
    return judge(check, step, unit2 * both(law), unit2 * both(steps), unit2 * std::max(band(law), band(steps)), asOneGaussian,
                 unit2 * both(steps), unit2 * (2 * std::sqrt(both(law)) + scorePush(step)) * scorePush(step));
}

/// On the way out the draws follow the law of the very steps; on the way back, the true marginal.
void LiveLab::compareDensity(gpu::Recorder& recorder) {
    if (m_particles.count() == 0 || m_particles.position() < 0) return;
    const int step = position();
    const double t = clock(step);
    const bool out = !m_journey->fromPrior && step <= m_journey->turn;
    const Affine law = out ? m_affine[std::size_t(step)] : Affine{m_request.schedule.alpha(t), m_request.schedule.sigma(t)};
    const Shown now = shown();
    m_likeness.compare(recorder, m_particles.places(), step, law, now.alpha, now.variance);
}

lab::Check LiveLab::checkDensity() const {
    Check check{.key = "density", .label = "log density", .unit = "nats", .because = "not measured yet"};
    const int step = newest([this](int k) { return m_likeness.at(k) != nullptr; });
    if (step < 0) return check;
    const Likeness::Result* result = m_likeness.at(step);
    // From standardised units: a density per area is divided by the square of the scale.
    const double unit = -2 * std::log(m_frame.scale);
    check.measured = unit + result->particles;
    const double truth = unit + result->exact, gap = m_densityGap[std::size_t(step)];
    return judge(check, step, truth, truth + gap, result->band, oneByOne, truth + m_widestDensityGap[std::size_t(step)],
                 scoreSize(step) * scorePush(step));
}

std::vector<lab::Check> LiveLab::checks() const {
    if (m_particles.count() == 0) return {};
    std::vector<Check> all{checkReference(), checkMean(0), checkMean(1), checkVariance(), checkDensity()};
    if (m_walk) all.push_back(m_learned.check());
    return all;
}

} // namespace orrery::diffusion
