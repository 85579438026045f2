// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/diffusion/declaration.h"
#include "engine/labs/diffusion/lab_impl.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace orrery::diffusion {

namespace {

std::shared_ptr<const Journey> share(Journey journey) { return std::make_shared<const Journey>(std::move(journey)); }

bool contains(const std::vector<std::string>& keys, const char* key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

bool changesOnly(const std::vector<std::string>& changed, std::initializer_list<lab::Applies> kinds) {
    return std::all_of(changed.begin(), changed.end(), [&](const std::string& key) {
        const lab::Parameter* parameter = diffusion::declaration().find(key);
        return parameter && std::find(kinds.begin(), kinds.end(), parameter->applies) != kinds.end();
    });
}

} // namespace

std::unique_ptr<lab::Lab> make(gpu::Device& device) { return std::make_unique<LiveLab>(device); }

LiveLab::LiveLab(gpu::Device& device)
    : m_device(device),
      m_kernels(std::make_shared<const Kernels>(device)),
      m_particles(device, m_kernels),
      m_measures(device, m_kernels),
      m_counts(device, m_kernels),
      m_fields(device, m_kernels),
      m_likeness(device, m_kernels),
      m_learned(device, m_kernels),
      m_learnedFields(device, m_kernels),
      m_mixture(std::make_shared<const Mixture>()),
      m_journey(share(plan({}, {}))) {
    for (const lab::Series& series : diffusion::declaration().series) m_series[series.key];
}

const lab::Declaration& LiveLab::declaration() const { return diffusion::declaration(); }

void LiveLab::configure(const lab::Settings& settings, std::uint64_t seed, const std::vector<std::string>& changed) {
    const bool first = m_predicted.empty();
    if (!first && seed == m_seed && changesOnly(changed, {lab::Applies::view})) return;
    Request wanted = request(settings);
    if (!first && seed == m_seed && changesOnly(changed, {lab::Applies::view, lab::Applies::live})) {
        learn(wanted.learn, m_mixture, wanted.schedule); // training goes on, and so does the run
        m_request = std::move(wanted);
        return;
    }
    Frame2 frame = m_frame;
    std::shared_ptr<const Mixture> mixture = m_mixture;
    const bool chosenAnew = contains(changed, "file") || contains(changed, "data");
    if (first || chosenAnew || !(wanted.data == m_request.data)) mixture = load(wanted.data, chosenAnew, frame);
    install(std::move(wanted), seed, std::move(mixture), frame);
}

void LiveLab::install(Request request, std::uint64_t seed, std::shared_ptr<const Mixture> mixture, Frame2 frame) {
    const bool newData = mixture != m_mixture || m_predicted.empty();
    const Particles::Problem former = m_particles.problem();
    std::shared_ptr<const Journey> journey = share(plan(request.schedule, request.journey));
    const std::uint32_t count = mixture->empty() ? 0 : request.particles;
    learn(request.learn, mixture, request.schedule);
    try {
        begin({mixture, journey, count, seed, m_walk});
    } catch (...) { // not enough memory: what was there has fitted before
        learn(m_request.learn, m_mixture, m_request.schedule);
        if (former.journey) begin(former);
        throw;
    }

    m_request = std::move(request);
    m_seed = seed;
    m_frame = frame;
    m_mixture = std::move(mixture);
    m_journey = std::move(journey);
    m_data = m_mixture->moments();
    m_data.mean[0] = m_data.mean[1] = 0; // standardised: what is left there is rounding
    JourneyOptions right = m_request.journey;
    right.mistake = Mistake::none;
    const Journey steps = plan(m_request.schedule, right); // as they ought to be
    m_predicted = predict(m_data, steps);
    m_densityGap = m_widestDensityGap = logDensityGap(*m_mixture, m_request.schedule, steps);
    if (right.method == Method::sde && right.lambda > 0 && right.lambda < 1) {
        right.lambda = 1;
        m_widestDensityGap = logDensityGap(*m_mixture, m_request.schedule, plan(m_request.schedule, right));
    }
    m_affine = affineWay(steps);
    if (newData) gatherAxes();
}

/// Puts everything that follows the particles before the first step. Throws OutOfMemory.
void LiveLab::begin(const Particles::Problem& problem) {
    m_particles.start(problem);
    m_fields.reset(m_particles.data());
    m_measures.reset(problem.count);
    m_counts.reset();
    m_likeness.reset(m_particles.data(), problem.count, problem.seed);
    m_watch.reset(problem.mixture, problem.journey, problem.seed, problem.count);
    m_stepWatch.reset(problem.mixture, problem.journey, problem.seed, problem.count);
    m_measured.clear();
    for (auto& [key, samples] : m_series) samples.clear();
    m_marginal.reset();
    m_marginalStep = m_peakStep = -1;
}

bool LiveLab::advance(gpu::Recorder& recorder, int target, double budgetMs) {
    target = std::clamp(target, 0, steps());
    followNetwork(target);
    const bool there = m_particles.advance(recorder, target, budgetMs,
                                           [this](gpu::Recorder& r, int step) { m_measures.arrived(r, m_particles, step); });
    m_measures.flush(list(recorder), m_particles);
    compareDensity(list(recorder));
    if (m_walk) m_walk->submit();
    return there;
}

void LiveLab::collect() {
    const std::vector<Measured> arrived = m_measures.collect();
    for (const Measured& measured : arrived) add(measured);
    m_counts.collect();
    m_likeness.collect();
    // A step takes some 0.1 ms. A run without a window takes many at once, and wants the answer at its end.
    constexpr double perFrameMs = 0.6;
    const double budgetMs = perFrameMs + (arrived.size() > 4 ? 1.0 : 0.2) * double(arrived.size());
    m_walk ? m_stepWatch.work(m_measures, *m_walk, budgetMs) : m_watch.work(m_measures, budgetMs);
}

Moments LiveLab::truth(int step) const {
    const double t = clock(step);
    return marginalMoments(m_data, m_request.schedule.alpha(t), m_request.schedule.variance(t));
}

void LiveLab::add(const Measured& measured) {
    m_measured.push_back(measured);
    const int step = measured.step;
    const double t = clock(step), unit = m_frame.scale, unit2 = unit * unit;
    const Moments law = truth(step);
    const auto put = [&](const char* key, double value) {
        if (std::isfinite(value)) m_series[key].push_back({step, t, value});
    };
    put("mean_x", m_frame.centreX + unit * measured.mean[0]);
    put("mean_y", m_frame.centreY + unit * measured.mean[1]);
    put("mean_x_theory", m_frame.centreX + unit * law.mean[0]);
    put("mean_y_theory", m_frame.centreY + unit * law.mean[1]);
    put("variance", unit2 * 0.5 * (measured.variance[0] + measured.variance[1]));
    put("variance_theory", unit2 * 0.5 * (law.variance[0] + law.variance[1]));
    put("alpha", m_request.schedule.alpha(t));
    put("sigma", m_request.schedule.sigma(t));
}

std::span<const lab::Sample> LiveLab::series(const std::string& key) const {
    if (const auto trained = m_learned.series().find(key); m_walk && trained != m_learned.series().end()) return trained->second;
    const auto found = m_series.find(key);
    return found == m_series.end() ? std::span<const lab::Sample>() : found->second;
}

std::vector<lab::Mark> LiveLab::marks() const {
    const char* end = "data t=\xCE\xB5"; // the parameter epsilon: where the way back stops
    if (m_request.journey.way == Way::forward) return {{0, "data t=0"}, {steps(), "noise t=1"}};
    if (m_request.journey.way == Way::reverse) return {{0, "noise t=1"}, {steps(), end}};
    return {{0, "data t=0"}, {m_journey->turn, "noise t=1"}, {steps(), end}};
}

std::string LiveLab::status() const {
    if (m_particles.count() == 0) return emptyBecause();
    const double t = clock(position()), logSnr = 2 * m_request.schedule.logRatio(t);
    char text[96], snr[32];
    std::snprintf(snr, sizeof snr, std::isinf(logSnr) ? "\xE2\x88\x9E" : "%.2f", logSnr);
    std::snprintf(text, sizeof text, "t = %.3f \xC2\xB7 log-SNR %s \xC2\xB7 step %d/%d", t, snr, position(), steps());
    std::string all = text;
    if (m_journey->clamped > 0)
        all += " \xC2\xB7 too few steps: " + std::to_string(m_journey->clamped) + " of " + std::to_string(m_journey->turn) +
               " would forget everything (b \xE2\x89\xA5 1), held at 0.999";
    return all;
}

} // namespace orrery::diffusion
