// SPDX-License-Identifier: GPL-3.0-or-later
// Is it true? What training in 16 bits rests on, found out on this very device: skipped steps change nothing, scaling by a power
// of two rounds nothing, every number is counted, every weight is what Adam and its format make of it.
#include "engine/labs/precision/twins.h"
#include "engine/tensor/ops/elementwise.h"
#include "engine/tensor/tape.h"

#include <bit>
#include <cmath>

namespace orrery::precision {

namespace {

using lab::Check;
using Verdict = lab::Check::Verdict;
using tensor::Context, tensor::Tensor;

constexpr int warmUp = 2; ///< steps before the infinite one: moments that are not 0
constexpr double probeScale = 0x1p10;

using Values = std::vector<std::vector<float>>;

std::size_t differing(const Values& a, const Values& b) {
    std::size_t n = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        for (std::size_t k = 0; k < a[i].size(); ++k)
            n += std::bit_cast<std::uint32_t>(a[i][k]) != std::bit_cast<std::uint32_t>(b[i][k]);
    return n;
}

Values gradientsOf(Context& context, Network& network, double scale) {
    tensor::Tape tape(context);
    for (const tensor::Parameter& p : network.parameters().all()) tape.watch(p.value);
    const Tensor loss = network.loss(context);
    const tensor::Gradients gradients = tape.backward(loss, scale);
    Values all;
    for (const tensor::Parameter& p : network.parameters().all()) all.push_back(context.read(gradients.of(p.value)));
    return all;
}

Check exact(const char* key, const char* label, double measured, double expected, const char* because) {
    Check check{.key = key, .label = label, .unit = "", .because = because};
    check.measured = measured, check.expected = expected;
    check.verdict = measured == expected ? Verdict::matches : Verdict::disagrees;
    return check;
}

Check pending(const char* key, const char* label, const char* because) {
    return {.key = key, .label = label, .unit = "", .because = because};
}

} // namespace

ProbedInfinity probeInfinity(gpu::Device& device, const TwinSetup& mixed) {
    Context context(device);
    TwinSetup setup = mixed;
    setup.scaling = Scaling::dynamic;
    const auto network = makeNetwork(setup.network, context, setup.seed);
    tensor::Training training(context, network->parameters(), setup.training(), setup.policy());
    const auto state = [&] {
        Values all = network->parameters().values();
        for (std::size_t i = 0, n = all.size(); i < n; ++i) {
            all.push_back(context.read(training.optimiser().firstMoment(i)));
            all.push_back(context.read(training.optimiser().secondMoment(i)));
        }
        return all;
    };
    for (int i = 0; i < warmUp; ++i) training.step([&](Context& c) { return network->loss(c); });
    const Values before = state();
    ProbedInfinity found{.scaleBefore = training.scaler()->scale()};
    training.step([&](Context& c) { return tensor::affine(c, network->loss(c), HUGE_VAL); });
    found.scaleAfter = training.scaler()->scale();
    found.touched = differing(before, state());
    return found;
}

std::size_t probeScaling(gpu::Device& device, const TwinSetup& setup) {
    Context context(device);
    const auto network = makeNetwork(setup.network, context, setup.seed);
    const Values plain = gradientsOf(context, *network, 1);
    Values scaled = gradientsOf(context, *network, probeScale);
    for (auto& each : scaled)
        for (float& g : each) g /= float(probeScale);
    return differing(plain, scaled);
}

std::vector<Check> Twins::checkProbes() const {
    const char *infinity = "weights touched by infinity", *halved = "scale after it", *identity = "gradients off after unscaling";
    std::vector<Check> all;
    if (m_infinity) {
        all.push_back(exact("infinity", infinity, double(m_infinity->touched), 0,
                            "a step with an infinite loss was tried on a copy; not one bit of weights and moments may change"));
        all.push_back(exact("halved", halved, std::log2(m_infinity->scaleAfter), std::log2(m_infinity->scaleBefore) - 1,
                            "log2 S after that step; an overflow halves the scale"));
    } else {
        all.push_back(pending("infinity", infinity, "not tried yet")), all.push_back(pending("halved", halved, "not tried yet"));
    }
    if (m_unscaled)
        all.push_back(exact("unscaled", identity, double(*m_unscaled), 0,
                            "the loss times 2^10 in FP32, gradients divided by it again: powers of two round nothing"));
    else
        all.push_back(pending("unscaled", identity, "not tried yet"));
    return all;
}

Check Twins::checkBins() const {
    const char* label = "numbers in the histograms";
    if (!look()) return pending("bins", label, "nothing counted yet");
    double counted = 0, byFate = 0, there = 0;
    const std::vector<std::size_t> sizes = watched()->layerSizes();
    for (std::size_t k = 0; k < look()->layers.size(); ++k)
        for (int kind = 0; kind < LayerStats::kinds; ++kind) {
            const tensor::PrecisionStats& s = look()->layers[k].of[std::size_t(kind)];
            counted += double(s.count()), byFate += double(s.byFate());
            there += double(sizes[k * LayerStats::kinds + std::size_t(kind)]);
        }
    Check check = exact("bins", label, counted, there, "every number of every tensor is in one bin and has one fate");
    if (byFate != there) check.verdict = Verdict::disagrees;
    return check;
}

Check Twins::checkUpdates() const {
    const char* label = "weights where Adam puts them";
    if (!look()) return pending("updates", label, "no step yet");
    return exact("updates", label, double(look()->obeyed), double(look()->weights.size()),
                 "Adam's formula in float64 and one rounding to the format of the weights, within what FP32 may be off inside");
}

Check Twins::checkMixed() const {
    const char* label = "loss of mixed beside FP32";
    const auto of = [this](Precision p) { return runs(p) && twin(p) && m_position > 0 ? twin(p) : nullptr; };
    const Twin *mixed = of(Precision::mixed), *full = of(Precision::fp32);
    if (!mixed || !full) return pending("mixed", label, "both have to train");
    if (m_position < m_request.steps) return pending("mixed", label, "it is compared at the last step");
    Check check = pending("mixed", label, "what rounding may send elsewhere on the way");
    check.measured = mixed->step(m_position).loss, check.expected = full->step(m_position).loss;
    check.tolerance = mixedTolerance(mixed->setup().network) * check.expected;
    const bool close = std::abs(check.measured - check.expected) <= check.tolerance;
    check.verdict = close ? Verdict::matches : Verdict::explained;
    if (!close) check.because = "16 bits have cost something: by scale, masters, policy, or by a course that magnifies rounding";
    return check;
}

/// The scale by the rule of GradScaler, walked again from the steps that were skipped.
Check Twins::checkScale() const {
    const char* label = "loss scale, log2";
    const Twin* const mixed = runs(Precision::mixed) ? twin(Precision::mixed) : nullptr;
    if (!mixed || m_position == 0 || mixed->setup().scaling == Scaling::none) return pending("scale", label, "no loss is scaled");
    int exponent = mixed->setup().log2Scale, good = 0;
    for (int n = 1; n < m_position; ++n) {
        if (mixed->setup().scaling == Scaling::fixed) break;
        if (mixed->step(n).skipped)
            --exponent, good = 0;
        else if (++good == mixed->setup().interval)
            ++exponent, good = 0;
    }
    return exact("scale", label, std::log2(mixed->step(m_position).scale), exponent,
                 "halved after each overflow, doubled after as many good steps in a row as the interval says");
}

Check Twins::checkReplay() const {
    const char* label = "losses that differ when done again";
    int differing = 0;
    for (const auto& each : m_twins) differing += each ? each->differing() : 0;
    return exact("replay", label, differing, 0, "the same seed gives the same bits on the same device");
}

std::vector<Check> Twins::checks() const {
    std::vector<Check> all{checkMixed(), checkUpdates(), checkBins(), checkScale()};
    for (Check& each : checkProbes()) all.push_back(std::move(each));
    all.push_back(checkReplay());
    return all;
}

} // namespace orrery::precision
