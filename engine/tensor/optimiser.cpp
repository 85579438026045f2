// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/optimiser.h"

#include "engine/error.h"
#include "engine/tensor/ops/cast.h"
#include "engine/tensor/ops/elementwise.h"
#include "engine/tensor/ops/layout.h"
#include "engine/tensor/ops/reduce.h"

#include <array>
#include <cmath>

namespace orrery::tensor {

namespace {

constexpr std::uint32_t roundingStream = 0x726f756eu; // "roun", plus the parameter's number
constexpr std::uint32_t movingAverage = 3;

struct Push {
    std::array<std::uint32_t, 2> seed{};
    std::uint32_t count = 0, step = 0, stream = 0;
    float factor = 1, rate = 0, beta1 = 0, beta2 = 0, rest1 = 0, rest2 = 0, root = 0, epsilon = 0, decay = 0, shrink = 1;
};

void launch(Context& context, std::uint32_t kind, const Format* format, bool stochastic, const Tensor& w, const Tensor& g,
            const Tensor& m, const Tensor& v, Push push) {
    push.count = std::uint32_t((w.count() + 3) / 4);
    using gpu::Access, gpu::Element;
    const auto in = [](const char* name) { return gpu::Binding{name, Access::read, Element::vec4}; };
    const auto out = [](const char* name) { return gpu::Binding{name, Access::write}; };
    context.run({.kernel = "tensor/optimise",
                 .tensors = {w, g, m, v, w, m, v},
                 .bindings = {in("w"), in("g"), in("m"), in("v"), out("newW"), out("newM"), out("newV")},
                 .constants = {kind, format ? roundingCode(*format) : 0, stochastic},
                 .groups = stridedGrid(context, push.count)},
                push);
}

} // namespace

Optimiser::Optimiser(Context& context, Parameters& parameters, const OptimiserOptions& o)
    : options(o), m_context(context), m_parameters(parameters) {
    for (const Parameter& parameter : parameters.all()) {
        m_first.push_back(context.zeros(parameter.value.shape(), parameter.value.type()));
        m_second.push_back(context.zeros(parameter.value.shape(), parameter.value.type()));
    }
}

void Optimiser::step(const Gradients& gradients, double factor) {
    ++m_steps;
    const auto t = double(m_steps);
    const bool sgd = options.kind == OptimiserOptions::Kind::sgd;
    const double lead = sgd ? options.momentum : options.beta1;
    Push push;
    push.seed = {std::uint32_t(options.seed), std::uint32_t(options.seed >> 32)};
    push.step = std::uint32_t(m_steps);
    push.factor = float(factor);
    push.rate = float(sgd ? options.learningRate : options.learningRate / (1 - std::pow(options.beta1, t)));
    push.beta1 = float(lead), push.rest1 = float(1 - lead);
    push.beta2 = float(options.beta2), push.rest2 = float(1 - options.beta2);
    push.root = float(1 / std::sqrt(1 - std::pow(options.beta2, t)));
    push.epsilon = float(options.epsilon);
    push.decay = float(options.decay);
    push.shrink = float(1 - options.learningRate * options.decay);
    for (std::size_t i = 0; i < m_parameters.all().size(); ++i) {
        const Tensor& w = m_parameters.all()[i].value;
        const Tensor g = gradients.of(w);
        if (!g) continue;
        push.stream = roundingStream + std::uint32_t(i);
        launch(m_context, std::uint32_t(options.kind), options.weights, options.weights && options.stochastic, w, g, m_first[i],
               m_second[i], push);
    }
}

void Optimiser::restore(std::int64_t steps, const std::vector<std::vector<float>>& first,
                        const std::vector<std::vector<float>>& second) {
    if (first.size() != m_first.size() || second.size() != m_second.size())
        throw Error("moments of " + std::to_string(first.size()) + " parameters for a network of " +
                    std::to_string(m_first.size()));
    m_steps = steps;
    for (std::size_t i = 0; i < m_first.size(); ++i) {
        m_context.assign(m_first[i], first[i]);
        m_context.assign(m_second[i], second[i]);
    }
}

GradientNorm gradientNorm(Context& context, const Gradients& gradients, const Parameters& parameters, const Tensor& loss) {
    const Unrecorded quiet(context);
    const Unruled plain(context);
    std::vector<Tensor> parts; // per gradient: its sum of squares and its largest magnitude, which shows what is not finite
    for (const Parameter& parameter : parameters.all()) {
        const Tensor g = gradients.of(parameter.value);
        if (!g || g.count() == 0) continue;
        const Tensor full = cast(context, g, DType::f32);
        parts.push_back(reshape(context, reduce(context, Reduction::sumOfSquares, full), {1}));
        parts.push_back(reshape(context, reduce(context, Reduction::maximum, apply(context, Unary::abs, full)), {1}));
    }
    const std::size_t pairs = parts.size();
    if (loss) parts.push_back(reshape(context, cast(context, loss, DType::f32), {1}));
    GradientNorm result;
    if (parts.empty()) return result;
    const std::vector<float> values = context.read(concat(context, parts, 0));
    if (loss) result.loss = values.back();
    double sum = 0;
    for (std::size_t i = 0; i < pairs; i += 2) {
        sum += values[i];
        result.finite = result.finite && std::isfinite(values[i + 1]);
    }
    result.norm = std::sqrt(sum);
    return result;
}

MovingAverage::MovingAverage(Context& context, const Parameters& parameters, double d) : decay(d), m_context(context) {
    for (const Parameter& parameter : parameters.all()) {
        const Tensor copy = context.zeros(parameter.value.shape());
        launch(m_context, movingAverage, nullptr, false, copy, parameter.value, copy, copy, {.beta1 = 0, .rest1 = 1});
        m_values.push_back(copy);
    }
}

void MovingAverage::update(const Parameters& parameters) {
    for (std::size_t i = 0; i < m_values.size(); ++i)
        launch(m_context, movingAverage, nullptr, false, m_values[i], parameters.all()[i].value, m_values[i], m_values[i],
               {.beta1 = float(decay), .rest1 = float(1 - decay)});
}

} // namespace orrery::tensor
