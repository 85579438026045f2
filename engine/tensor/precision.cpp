// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/precision.h"

#include "engine/tensor/ops/cast.h"

namespace orrery::tensor {

const std::vector<OpRow>& opTable() {
    static const std::vector<OpRow> rows = {
        {"matmul", true, "sums in f32 inside, and most of the time and memory"},
        {"conv2d", true, "a matrix product in disguise"},
        {"conv_transpose2d", true, "a matrix product in disguise"},
        {"attention", true, "two products; its softmax is f32 inside"},
        {"embedding", true, "only copies"},
        {"exp", false, "leaves the range of fp16 from x = 11.1"},
        {"log", false, "steep near zero"},
        {"softmax", false, "exponentials, and a sum of many small numbers"},
        {"log_softmax", false, "exponentials and a logarithm"},
        {"layer_norm", false, "squares of deviations, summed"},
        {"rms_norm", false, "squares, summed"},
        {"group_norm", false, "squares of deviations, summed"},
        {"sum", false, "many small numbers: 2048 ones are where fp16 stops counting"},
        {"cross_entropy", false, "a loss: its small differences are what is learned from"},
        {"square", false, "doubles the exponent"},
    };
    return rows;
}

Policy policyOf(const Format& format, const std::vector<OpRow>& table) {
    const bool half = roundingCode(format) == roundingCode(fp16);
    Policy policy;
    for (const OpRow& row : table) policy[row.op] = !row.narrow ? Rule{} : half ? Rule{DType::f16} : Rule{DType::f32, &format};
    return policy;
}

const char* toString(Precision precision) {
    switch (precision) {
        case Precision::fp32:
            return "fp32";
        case Precision::mixed:
            return "mixed";
        case Precision::bf16:
            return "bf16";
        case Precision::fp16:
            return "fp16";
        case Precision::stochastic:
            break;
    }
    return "stochastic";
}

namespace {

Policy policyFor(Precision precision) {
    if (precision == Precision::fp32) return {};
    Policy policy = policyOf(precision == Precision::bf16 ? bf16 : fp16);
    if (precision == Precision::fp16)
        for (auto& [op, rule] : policy) rule = {DType::f16};
    return policy;
}

Parameters& converted(Parameters& parameters, const TrainingOptions& options) {
    const bool half = options.precision == Precision::fp16 && !options.masters.value_or(false);
    parameters.convert(half ? DType::f16 : DType::f32);
    return parameters;
}

OptimiserOptions optimiserFor(TrainingOptions options) {
    OptimiserOptions& optimiser = options.optimiser;
    if (options.precision == Precision::stochastic) optimiser.weights = &fp16, optimiser.stochastic = true;
    if (!options.masters.value_or(true) && options.precision == Precision::mixed) optimiser.weights = &fp16;
    if (!options.masters.value_or(true) && options.precision == Precision::bf16) optimiser.weights = &bf16;
    return optimiser;
}

} // namespace

Training::Training(Context& context, Parameters& parameters, const TrainingOptions& options, std::optional<Policy> policy)
    : m_context(context),
      m_parameters(parameters),
      m_options(options),
      m_policy(policy ? *std::move(policy) : policyFor(options.precision)),
      m_optimiser(context, converted(parameters, options), optimiserFor(options)) {
    if (options.scaler) m_scaler.emplace(*options.scaler);
}

StepReport Training::step(const std::function<Tensor(Context&)>& loss) {
    StepReport report;
    report.scale = m_scaler ? m_scaler->scale() : 1;
    Gradients gradients;
    Tensor value;
    {
        Tape tape(m_context);
        tape.onGradient = onActivation;
        for (const Parameter& parameter : m_parameters.all()) tape.watch(parameter.value);
        {
            const Unruled before(m_context);
            m_context.policy = m_policy;
            value = loss(m_context);
        }
        gradients = tape.backward(value, report.scale);
    }
    if (onGradients) onGradients(gradients);
    const GradientNorm length = gradientNorm(m_context, gradients, m_parameters, value);
    report.norm = length.norm / report.scale;
    report.loss = length.loss;
    report.skipped = m_scaler && !m_scaler->update(!length.finite);
    if (!report.skipped) m_optimiser.step(gradients, clipFactor(report.norm, m_options.clip) / report.scale);
    return report;
}

} // namespace orrery::tensor
