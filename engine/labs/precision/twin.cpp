// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/precision/twin.h"

#include "engine/error.h"
#include "engine/tensor/ops/exponents.h"
#include "engine/tensor/tape.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>

namespace orrery::precision {

using namespace tensor;

namespace {

constexpr std::size_t usualOf = 21; ///< steps whose median is the usual time
constexpr std::size_t warmUp = 2;   ///< steps in which kernels are made

bool isLayer(const Parameter& parameter) { return parameter.name.ends_with(".weight"); }
bool isProduct(const char* op) { return std::strcmp(op, "matmul") == 0 || std::strcmp(op, "conv2d") == 0; }
bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

/// All of them with one wait.
std::vector<float> readAll(Context& context, const std::vector<Tensor>& tensors) {
    std::vector<gpu::Download> downloads;
    for (const Tensor& t : tensors) downloads.push_back(context.recorder().download({t.buffer(), 0, t.paddedBytes()}));
    context.finish();
    std::vector<float> all;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        const auto count = std::size_t(tensors[i].count());
        const auto end = std::ptrdiff_t(all.size());
        all.resize(all.size() + count);
        if (tensors[i].type() == DType::f16)
            floatFromHalf(downloads[i].as<std::uint16_t>().first(count), std::span(all).last(count));
        else
            std::copy_n(downloads[i].as<float>().begin(), count, all.begin() + end);
    }
    return all;
}

/// The greatest number of the format up to a value, and the least from it on.
double down(const Format& format, double value) {
    const double near = decode(format, encode(format, value));
    return near > value ? neighbours(format, near).below : near;
}
double up(const Format& format, double value) { return -down(format, -value); }

} // namespace

const char* labelOf(Precision precision) {
    constexpr const char* labels[] = {"FP32", "mixed", "BF16", "FP16", "stochastic"}; // in the enumeration's order
    return labels[std::size_t(precision)];
}

const Format& narrowOf(Precision precision) { return precision == Precision::bf16 ? bf16 : fp16; }

TrainingOptions TwinSetup::training() const {
    TrainingOptions options{.precision = precision};
    options.optimiser.learningRate = rate;
    options.optimiser.seed = seed;
    options.masters = masters;
    if (scaling != Scaling::none)
        options.scaler =
            ScalerOptions{.dynamic = scaling == Scaling::dynamic, .initial = std::ldexp(1.0, log2Scale), .interval = interval};
    return options;
}

std::optional<Policy> TwinSetup::policy() const {
    if (precision == Precision::fp32 || precision == Precision::fp16) return {};
    std::vector<OpRow> table = opTable();
    for (OpRow& row : table)
        for (const auto& [op, runsNarrow] : narrow)
            if (op == row.op) row.narrow = runsNarrow;
    return policyOf(precision == Precision::bf16 ? bf16 : fp16, table);
}

std::unique_ptr<Network> makeNetwork(const std::string& name, Context& context, std::uint64_t seed) {
    if (name == "spirals") return std::make_unique<SpiralsNetwork>(context, seed);
    if (name == "drawings") return std::make_unique<DrawingsNetwork>(context, seed);
    throw Error("there is no network '" + name + "'; choose spirals or drawings");
}

/// What the hooks of a step have caught; tensors, so that looking at them is not timed.
struct Twin::Seen {
    std::vector<Tensor> outputs;                     ///< of all ops, from the loss back
    std::vector<std::pair<Tensor, Tensor>> products; ///< output and gradient, from the loss back
    std::vector<Tensor> gradients;                   ///< of the parameters, in their order
};

Twin::Twin(gpu::Device& device, const TwinSetup& setup) : m_device(device), m_setup(setup) { begin(); }

void Twin::begin() {
    m_training.reset(), m_network.reset();
    m_context = std::make_unique<Context>(m_device);
    m_network = makeNetwork(m_setup.network, *m_context, m_setup.seed);
    m_training = std::make_unique<Training>(*m_context, m_network->parameters(), m_setup.training(), m_setup.policy());
    m_at = 0;
    m_previous = {};
}

std::vector<std::string> Twin::layerNames() const {
    std::vector<std::string> names;
    for (const Parameter& p : m_network->parameters().all())
        if (isLayer(p)) names.push_back(p.name.substr(0, p.name.rfind('.')));
    return names;
}

std::size_t Twin::weightAt(std::size_t number) const {
    std::size_t before = 0, layers = 0;
    for (const Parameter& p : m_network->parameters().all()) {
        if (isLayer(p) && layers++ == 1) return before + number % std::size_t(p.value.count());
        before += std::size_t(p.value.count());
    }
    throw Error("the network has no second layer");
}

double Twin::usualMilliseconds(int n) const {
    const std::size_t end = std::size_t(n), first = end > usualOf + warmUp ? end - usualOf : std::min(end - 1, warmUp);
    std::vector<double> last(m_milliseconds.begin() + std::ptrdiff_t(first), m_milliseconds.begin() + n);
    std::nth_element(last.begin(), last.begin() + std::ptrdiff_t(last.size() / 2), last.end());
    return last[last.size() / 2];
}

void Twin::forward() { step(nullptr); }

void Twin::forwardLooking(const Format& format) {
    if (m_at != looked()) begin(), forgetLooks();
    step(&format);
}

Twin::State Twin::state() {
    std::vector<Tensor> weights, first, second;
    for (std::size_t i = 0; i < m_network->parameters().all().size(); ++i) {
        weights.push_back(m_network->parameters().all()[i].value);
        first.push_back(m_training->optimiser().firstMoment(i));
        second.push_back(m_training->optimiser().secondMoment(i));
    }
    return {readAll(*m_context, weights), readAll(*m_context, first), readAll(*m_context, second)};
}

void Twin::step(const Format* format) {
    if (format && m_at == 0) m_previous = state(), m_initial = m_previous.weights;
    const bool weigh = m_memory.all() == 0;
    Seen seen;
    m_training->onActivation = {}, m_training->onGradients = {};
    if (format || weigh)
        m_training->onActivation = [&seen](const char* op, const Tensor& output, const Tensor& gradient) {
            seen.outputs.push_back(output);
            if (isProduct(op)) seen.products.emplace_back(output, gradient);
        };
    if (format)
        m_training->onGradients = [&](const Gradients& gradients) {
            for (const Parameter& p : m_network->parameters().all()) seen.gradients.push_back(gradients.of(p.value));
        };
    using Clock = std::chrono::steady_clock;
    const Clock::time_point start = Clock::now();
    const StepReport report = m_training->step([this](Context& c) { return m_network->loss(c); });
    m_context->finish();
    const double milliseconds = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    const int n = ++m_at;
    if (n > computed()) {
        m_steps.push_back(report);
        m_milliseconds.push_back(milliseconds);
    } else if (!same(m_steps[std::size_t(n - 1)].loss, report.loss)) {
        ++m_differing;
    }
    if (weigh) {
        std::vector<gpu::Buffer> counted; // a reshaped tensor has the buffer of another
        for (const Tensor& t : seen.outputs) {
            if (std::ranges::find(counted, t.buffer()) != counted.end()) continue;
            counted.push_back(t.buffer());
            m_memory.kept += t.bytes();
        }
        for (std::size_t i = 0; i < m_network->parameters().all().size(); ++i) {
            m_memory.weights += m_network->parameters().all()[i].value.bytes();
            m_memory.moments += m_training->optimiser().firstMoment(i).bytes() + m_training->optimiser().secondMoment(i).bytes();
        }
    }
    if (format) m_looks.push_back(keep(seen, *format, report));
    if (n % evaluateEvery == 0 && (m_accuracies.empty() || m_accuracies.back().first < n)) {
        const Unruled plain(*m_context);
        m_context->policy = m_training->policy();
        m_accuracies.emplace_back(n, m_network->accuracy(*m_context));
    }
}

Look Twin::keep(const Seen& seen, const Format& format, const StepReport& report) {
    Look look;
    std::vector<ExponentCounts> counts;
    std::size_t layer = 0;
    m_sizes.clear();
    const auto& parameters = m_network->parameters().all();
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        if (!isLayer(parameters[i])) continue;
        const auto& [output, gradient] = seen.products.at(seen.products.size() - ++layer);
        for (const Tensor& t : {parameters[i].value, output, gradient, seen.gradients[i]})
            counts.push_back(exponentCounts(*m_context, t, 1, format)), m_sizes.push_back(std::size_t(t.count()));
    }
    const std::vector<PrecisionStats> stats = readCounts(*m_context, counts);
    look.layers.resize(layer);
    for (std::size_t k = 0; k < stats.size(); ++k) look.layers[k / LayerStats::kinds].of[k % LayerStats::kinds] = stats[k];

    const std::vector<float> gradients = readAll(*m_context, seen.gradients);
    State now = state();
    const State& old = m_previous;
    const OptimiserOptions& o = m_training->optimiser().options;
    const auto t = double(m_training->optimiser().steps());
    const double rate = o.learningRate / (1 - std::pow(o.beta1, t)), root = 1 / std::sqrt(1 - std::pow(o.beta2, t));
    const Format& narrow = narrowOf(m_setup.precision);
    const Format* const kept = o.weights ? o.weights : parameters[0].value.type() == DType::f16 ? &fp16 : nullptr;
    for (std::size_t i = 0; i < now.weights.size(); ++i) {
        const double w = double(old.weights[i]), g = double(gradients[i]) / report.scale, after = double(now.weights[i]);
        const double held = o.beta1 * double(old.first[i]), fresh = (1 - o.beta1) * g;
        const double second = o.beta2 * double(old.second[i]) + (1 - o.beta2) * g * g;
        const double slow = rate / (std::sqrt(second) * root + o.epsilon);
        const double update = report.skipped ? 0 : -slow * (held + fresh);
        look.updates.push_back(float(update));
        if (update != 0 && std::isfinite(update)) {
            ++look.wanted;
            look.stayed += encode(narrow, old.weights[i]) == encode(narrow, now.weights[i]);
        }
        // The kernel's f32: four roundings on the way to the momentum, six in the rest, one in the sum.
        const double off = report.skipped ? 0
                                          : slow * 0x1p-22 * (std::abs(held) + std::abs(fresh)) + 0x1p-21 * std::abs(update) +
                                                0x1p-24 * (std::abs(w) + std::abs(update));
        double low = w + update - off, high = w + update + off;
        if (kept && !report.skipped) {
            low = o.stochastic ? down(*kept, low) : decode(*kept, encode(*kept, low));
            high = o.stochastic ? up(*kept, high) : decode(*kept, encode(*kept, high));
        }
        look.obeyed += std::isfinite(w + update) ? low <= after && after <= high : !std::isfinite(after);
    }
    look.weights = now.weights;
    m_previous = std::move(now);
    return look;
}

} // namespace orrery::precision
