// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/diffusion/training.h"

#include "engine/labs/diffusion/journey.h"
#include "engine/philox.h"
#include "engine/tensor/ops/loss.h"

#include <algorithm>
#include <cmath>

namespace orrery::diffusion {

namespace {

tensor::TrainingOptions trainingOptions(const LearnOptions& options) {
    tensor::TrainingOptions o;
    o.precision = options.precision;
    o.optimiser = {.kind = tensor::OptimiserOptions::Kind::adamw, .learningRate = options.rate};
    if (options.precision == tensor::Precision::mixed) o.scaler = tensor::ScalerOptions{.interval = 200};
    return o;
}

} // namespace

bool LearnOptions::sameNetwork(const LearnOptions& o) const {
    return shape == o.shape && target == o.target && preconditioned == o.preconditioned && precision == o.precision &&
           seed == o.seed;
}

const char* toString(Target target) {
    static constexpr const char* names[] = {"eps", "x0", "v", "score", "flow"};
    return names[int(target)];
}

ScoreTraining::ScoreTraining(tensor::Context& context, std::shared_ptr<const Mixture> data, const Schedule& schedule,
                             const LearnOptions& options)
    : m_context(context),
      m_data(std::move(data)),
      m_table(aliasTable(*m_data)),
      m_schedule(schedule),
      m_options(options),
      m_net(context, options.shape, options.seed),
      m_training(context, m_net.parameters(), trainingOptions(options)),
      m_average(context, m_net.parameters(), averageDecay) {}

void ScoreTraining::change(int batch, double rate) {
    m_options.batch = batch, m_options.rate = rate;
    m_training.optimiser().options.learningRate = rate;
}

/// Times lie one in each of as many equal parts of [trainedFrom, 1] as the batch has rows: their mean square wobbles less.
ScoreTraining::Batch ScoreTraining::batch(int step) const {
    const auto rows = std::size_t(m_options.batch);
    Batch batch;
    batch.features.reserve(rows * ScoreNet::features);
    for (std::size_t i = 0; i < rows; ++i) {
        const Philox4 a = philox(m_options.seed, std::uint32_t(i), std::uint32_t(step), std::uint32_t(Stream::trainingData));
        const Philox4 b = philox(m_options.seed, std::uint32_t(i), std::uint32_t(step), std::uint32_t(Stream::trainingNoise));
        const auto spread = normalPair(a), noise = normalPair(b);
        const Component& c = m_data->components[m_table.pick(a[2], a[3])];
        const double t = trainedFrom + (1 - trainedFrom) * (double(i) + unitOpen(b[2])) / double(rows);
        const double alpha = m_schedule.alpha(t), sigma = m_schedule.sigma(t);
        const Head head = headOf(m_options.target, m_options.preconditioned, alpha, sigma);
        const LinearTarget target = linearTarget(m_options.target, alpha, sigma);
        const double weight = std::sqrt(head.weight);
        batch.factor.push_back(float(weight * head.scale));
        double place[2];
        for (const int axis : {0, 1}) {
            const double x0 = (axis == 0 ? c.x : c.y) + c.s * spread[std::size_t(axis)], eps = noise[std::size_t(axis)];
            const double x = place[axis] = alpha * x0 + sigma * eps;
            batch.wanted.push_back(float(weight * (target.ofData * x0 + target.ofNoise * eps - head.skip * x)));
        }
        ScoreNet::addRow(batch.features, place[0], place[1], alpha, sigma);
    }
    return batch;
}

tensor::StepReport ScoreTraining::step() {
    const Batch rows = batch(m_steps);
    const std::int64_t n = m_options.batch;
    const tensor::Tensor features = m_context.upload({n, ScoreNet::features}, std::span<const float>(rows.features));
    const tensor::Tensor wanted = m_context.upload({n, 2}, std::span<const float>(rows.wanted));
    const bool plain = std::ranges::all_of(rows.factor, [](float factor) { return factor == 1; });
    const tensor::Tensor factor = plain ? tensor::Tensor{} : m_context.upload({n, 1}, std::span<const float>(rows.factor));
    const tensor::StepReport report = m_training.step([&](tensor::Context& context) {
        const tensor::Tensor output = m_net(context, features);
        return tensor::meanSquaredError(context, plain ? output : tensor::multiply(context, output, factor), wanted);
    });
    ++m_steps;
    if (!report.skipped) {
        m_average.decay = std::min(averageDecay, (1.0 + m_steps) / (10.0 + m_steps));
        m_average.update(m_net.parameters());
    }
    return report;
}

std::vector<tensor::Tensor> ScoreTraining::weights(bool averaged) const {
    if (averaged) return m_average.values();
    std::vector<tensor::Tensor> all;
    for (const tensor::Parameter& parameter : m_net.parameters().all()) all.push_back(parameter.value);
    return all;
}

} // namespace orrery::diffusion
