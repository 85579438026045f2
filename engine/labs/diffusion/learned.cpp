// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/diffusion/learned.h"

#include "engine/error.h"
#include "engine/lab/names.h"
#include "engine/tensor/tape.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

namespace orrery::diffusion {

namespace {

constexpr double smoothing = 0.98;
constexpr int mostSamples = 1500;
constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

bool same(const Schedule& a, const Schedule& b) {
    return a.sde == b.sde && a.betaMin == b.betaMin && a.betaMax == b.betaMax && a.sigmaMin == b.sigmaMin &&
           a.sigmaMax == b.sigmaMax;
}

/// Often at first, when much changes; a measurement takes as long as two or three steps.
bool measuredAfter(int step) { return step == 10 || step == 25 || step == 50 || (step > 0 && step % 100 == 0); }

} // namespace

std::shared_ptr<tensor::Context> contextOn(gpu::Device& device) {
    auto usual = std::make_shared<tensor::Context>(device); // also looks at ORRERY_MATMUL
    if (!usual->hostProducts()) return usual;
    return std::make_shared<tensor::Context>(device, tensor::ContextOptions{.products = tensor::Products::host});
}

Learned::Learned(gpu::Device& device, std::shared_ptr<const Kernels> kernels) : m_device(device), m_kernels(std::move(kernels)) {}

Learned::~Learned() {
    try {
        if (m_context) m_context->finish();
    } catch (const std::exception&) { // a lost device: nobody is left to hear of it
    }
}

void Learned::set(Problem problem) {
    const bool sameData = m_training && problem.data == m_problem.data && same(problem.schedule, m_problem.schedule);
    const bool sameNet = sameData && problem.options.sameNetwork(m_problem.options) && problem.file == m_problem.file;
    if (!sameNet) {
        if (!m_context) m_context = contextOn(m_device);
        auto training = std::make_unique<ScoreTraining>(*m_context, problem.data, problem.schedule, problem.options);
        if (!problem.file.empty()) training->load(problem.file);
        auto live = std::make_shared<ScoreModel>(m_context, m_kernels, problem.options.shape, problem.options.target,
                                                 problem.options.preconditioned);
        if (!sameData) m_floor.emplace(problem.data, problem.schedule), m_places = {};
        m_problem = std::move(problem);
        m_training = std::move(training), m_live = std::move(live);
        begin();
        return;
    }
    m_training->change(problem.options.batch, problem.options.rate);
    const bool otherWeights = problem.averaged != m_problem.averaged;
    m_problem = std::move(problem);
    if (otherWeights) show(), m_gap = unknown;
}

void Learned::reset() {
    if (!m_training) return;
    auto training = std::make_unique<ScoreTraining>(*m_context, m_problem.data, m_problem.schedule, m_problem.options);
    if (!m_problem.file.empty()) training->load(m_problem.file);
    m_training = std::move(training);
    begin();
}

void Learned::forget() {
    m_training.reset(), m_live.reset(), m_floor.reset();
    m_places = {};
    m_series.clear();
}

/// Everything that follows a training from its first step.
void Learned::begin() {
    m_series.clear();
    m_window = m_closed = {};
    m_before = m_after = {};
    m_smooth = m_smoothWeight = 0;
    m_gap = unknown;
    m_noiseError.clear();
    m_referenceVersion = -1;
    show();
}

void Learned::show() {
    m_live->take(m_training->weights(m_problem.averaged), m_training->steps());
    m_live->submit();
    m_referenceVersion = -1;
}

std::shared_ptr<ScoreModel> Learned::snapshot() const {
    const LearnOptions& o = m_problem.options;
    auto model = std::make_shared<ScoreModel>(m_context, m_kernels, o.shape, o.target, o.preconditioned);
    std::vector<tensor::Tensor> weights;
    for (const tensor::Parameter& parameter : m_live->net().parameters().all()) weights.push_back(parameter.value);
    model->take(weights, m_live->version());
    model->submit();
    return model;
}

const ScoreNetReference& Learned::reference() const {
    if (!m_reference || m_referenceVersion != m_live->version()) {
        m_reference.emplace(m_problem.options.shape, m_live->values());
        m_referenceVersion = m_live->version();
    }
    return *m_reference;
}

void Learned::save(const std::string& path) const {
    if (!m_training) throw Error("there is no network yet: choose the learned score first");
    m_training->save(path);
}

std::vector<float> Learned::outputsOf(const ScoreNet& net) {
    const tensor::Unrecorded quiet(*m_context);
    const tensor::Unruled plain(*m_context);
    if (!m_places) {
        const std::span<const float> places = m_floor->places();
        std::vector<float> rows;
        rows.reserve(places.size() / 2 * ScoreNet::features);
        for (std::size_t i = 0; i < places.size() / 2; ++i) {
            const LossFloor::Node& node = m_floor->all()[i / std::size_t(m_floor->perNode())];
            ScoreNet::addRow(rows, places[2 * i], places[2 * i + 1], node.alpha, node.sigma);
        }
        m_places = m_context->upload({std::int64_t(places.size() / 2), ScoreNet::features}, std::span<const float>(rows));
    }
    return m_context->read(net(*m_context, m_places));
}

void Learned::measure() {
    const LearnOptions& o = m_problem.options;
    const double floor = m_floor->floor(o.target, o.preconditioned).value;
    const double excess = m_floor->excess(o.target, o.preconditioned, outputsOf(m_training->net()));
    m_before = m_after;
    m_after = {steps(), excess};
    m_closed = std::exchange(m_window, {});
    const double shown = m_problem.averaged ? m_floor->excess(o.target, o.preconditioned, outputsOf(m_live->net())) : excess;
    m_gap = shown / floor;
    m_noiseError = m_floor->excessOfNoise(o.target, o.preconditioned, outputsOf(m_live->net()));
    if (std::isfinite(m_gap)) m_series["gap"].push_back({steps(), double(steps()), 100 * m_gap});
}

void Learned::slice(double budgetMs) {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point start = Clock::now();
    const auto spent = [&] { return std::chrono::duration<double, std::milli>(Clock::now() - start).count(); };
    if (!m_floor->complete() && !m_floor->work(budgetMs)) return;
    const LearnOptions& o = m_problem.options;
    const double floor = m_floor->floor(o.target, o.preconditioned).value;
    const int every = std::max(1, m_problem.until / mostSamples);
    double longest = 0;
    while (!done()) {
        const double before = spent();
        if (before > 0 && before + longest > budgetMs && longest > 0) break;
        const double scale = m_training->scale();
        const tensor::StepReport report = m_training->step();
        const int step = steps();
        if (std::isfinite(report.loss)) {
            m_window.sum += report.loss, m_window.squares += report.loss * report.loss, ++m_window.count;
            m_smooth = smoothing * m_smooth + (1 - smoothing) * report.loss;
            m_smoothWeight = smoothing * m_smoothWeight + (1 - smoothing);
        }
        if (step % every == 0) {
            const auto put = [&](const char* key, double value) {
                if (std::isfinite(value)) m_series[key].push_back({step, double(step), value});
            };
            put("loss", report.loss);
            if (m_smoothWeight > 0) put("loss_smooth", m_smooth / m_smoothWeight);
            put("loss_floor", floor);
            if (o.precision == tensor::Precision::mixed) put("scale", std::log2(scale));
        }
        if (measuredAfter(step) || done()) show(), measure();
        longest = std::max(longest, spent() - before);
    }
    show();
}

namespace {

const LossFloor::Node& nearest(const LossFloor& floor, double t) {
    return *std::ranges::min_element(floor.all(), {}, [t](const LossFloor::Node& node) { return std::abs(node.t - t); });
}

} // namespace

double Learned::scoreError(const std::vector<double>& noiseError, double t) const {
    if (!m_floor || noiseError.empty()) return 0;
    const LossFloor::Node& node = nearest(*m_floor, t);
    return std::sqrt(noiseError[std::size_t(&node - m_floor->all().data())]) / node.sigma;
}

/// By Stein's identity the mean square of sigma times the score is what the floor leaves of 1, per axis.
double Learned::scoreSize(double t) const {
    if (!m_floor || !m_floor->complete()) return 0;
    const LossFloor::Node& node = nearest(*m_floor, t);
    return std::sqrt(2 * std::max(0.0, 1 - node.mean)) / node.sigma;
}

lab::Check Learned::check() const {
    using Verdict = lab::Check::Verdict;
    lab::Check check{.key = "loss", .label = "loss", .unit = "", .because = "not measured yet"};
    if (!m_floor || !m_floor->complete() || m_before.step < 0 || m_closed.count < 20) return check;
    const LearnOptions& o = m_problem.options;
    const LossFloor::Value floor = m_floor->floor(o.target, o.preconditioned);
    const double n = m_closed.count, mean = m_closed.sum / n;
    const double deviation = std::sqrt(std::max(0.0, m_closed.squares / n - mean * mean) / (n - 1));
    check.measured = mean;
    check.expected = floor.value + 0.5 * (m_before.excess + m_after.excess);
    check.tolerance = 5 * std::hypot(deviation, floor.deviation) + std::abs(m_after.excess - m_before.excess) +
                      0.25 * std::max(m_before.excess, m_after.excess);
    check.verdict = std::abs(check.measured - check.expected) <= check.tolerance ? Verdict::matches : Verdict::disagrees;
    check.because = "mean of " + std::to_string(m_closed.count) + " batches, beside the floor of the exact posterior, " +
                    lab::figures(floor.value) +
                    ", and how far the network's answers are from its mean. The tolerance: five "
                    "standard errors, what training changed meanwhile, and a quarter of the excess, which is measured at places "
                    "of its own";
    return check;
}

} // namespace orrery::diffusion
