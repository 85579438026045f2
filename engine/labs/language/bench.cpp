// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/bench.h"

#include "engine/bench/ceilings.h"
#include "engine/labs/language/host_kernels.h"
#include "engine/labs/language/transformer.h"
#include "engine/tensor/host_threads.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <limits>

namespace orrery::language {

namespace {

using bench::Figure;
using Clock = std::chrono::steady_clock;

constexpr int prompt = 32;     // committed tokens under every measurement
constexpr double enough = 0.4; // seconds of one measurement
constexpr int fewest = 7, most = 2000, turns = 24;

ModelConfig gpt2Small() {
    ModelConfig c;
    c.source = "GPT-2 small's shape", c.family = Family::gpt2, c.activation = Activation::geluTanh;
    c.layers = 12, c.width = 768, c.heads = c.keyHeads = 12, c.headSize = 64, c.inner = 3072, c.vocabulary = 50257,
    c.context = 1024;
    c.tied = c.qkvBias = c.outputBias = c.mlpBias = true;
    return c;
}
ModelConfig gated(const char* name, int layers, int width, int heads, int keyHeads, int inner, int vocabulary) {
    ModelConfig c;
    c.source = name;
    c.layers = layers, c.width = width, c.heads = heads, c.keyHeads = keyHeads, c.headSize = width / heads, c.inner = inner;
    c.vocabulary = vocabulary, c.context = 1024, c.tied = true;
    return c;
}
ModelConfig tiny() { return gated("the shipped target's shape", 6, 192, 6, 3, 512, 2048); }
ModelConfig draft() { return gated("the shipped draft's shape", 1, 64, 2, 2, 176, 2048); }
ModelConfig halfBillion() {
    ModelConfig c = gated("Qwen2.5-0.5B's shape", 24, 896, 14, 2, 4864, 151936);
    c.family = Family::qwen2, c.qkvBias = true, c.ropeTheta = 1e6;
    return c;
}

std::string words(const char* format, double value, double second = 0) {
    char text[128];
    std::snprintf(text, sizeof text, format, value, second);
    return text;
}

/// Reads as many bytes as a step does, which no cache holds, with all cores: the bound of decoding on the host.
class HostReader {
 public:
    explicit HostReader(std::uint64_t bytes)
        : m_values(int(bytes / (4 * row)), row, WeightType::f32), m_sums(std::size_t(m_values.rows())) {
        each([&](float* values, std::size_t) { std::fill_n(values, row, 1.0F); });
    }
    /// GB/s, once.
    double rate() {
        const auto start = Clock::now();
        each([&](float* values, std::size_t i) { m_sums[i] = hostKernels().sum(values, row); });
        return double(m_values.bytes()) / std::chrono::duration<double>(Clock::now() - start).count() * 1e-9;
    }

 private:
    static constexpr int row = 1 << 18; // 1 MB
    template <class Task>
    void each(const Task& task) {
        tensor::host::parallel(
            m_values.rows(), [&](std::int64_t i, int) { task(reinterpret_cast<float*>(m_values.row(int(i))), std::size_t(i)); });
    }

    Matrix m_values;
    std::vector<float> m_sums;
};

/// Seconds of a pass over n siblings behind the prompt.
double once(Transformer& model, int n) {
    const std::vector<TreeToken> nodes(std::size_t(n), TreeToken{1, -1});
    model.truncate(model.length());
    const auto start = Clock::now();
    model.extend(nodes);
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// The best of some, as the ceilings are, since what else the machine does can only add to it.
double secondsOf(Transformer& model, int n) {
    double best = std::min(once(model, n), once(model, n));
    const int runs = std::clamp(int(enough / std::max(best, 1e-6)), fewest, most);
    for (int i = 0; i < runs; ++i) best = std::min(best, once(model, n));
    return best;
}

std::unique_ptr<Transformer> made(const ModelConfig& config, WeightType type, gpu::Device& device) {
    auto model = std::make_unique<Transformer>(std::make_shared<const ModelWeights>(randomWeights(config, 1, type)), &device);
    model->prefill(std::vector<std::int32_t>(prompt, 1));
    return model;
}

/// Against the bound of reading all matrices once per token.
Figure decoding(const std::string& name, Transformer& model, gpu::Device& device, double& seconds) {
    const double bytes = double(model.weights()->bytesPerStep());
    double rate = 0;
    if (device.isCpu()) {
        HostReader reader(model.weights()->bytesPerStep());
        for (int turn = 0; turn < turns; ++turn) { // one by one, so that what else the machine does falls on both
            rate = std::max(rate, reader.rate());
            seconds = std::min(seconds, once(model, 1));
        }
    } else {
        rate = bench::copyBandwidth(device);
    }
    const double bound = rate * 1e9 / bytes;
    return {name + ": plain decoding", 1 / seconds, "tokens/s",
            words(device.isCpu() ? "%.4g tokens/s: all weights read once at %.3g GB/s"
                                 : "%.4g tokens/s: all weights read once at %.3g GB/s, the rate of copying",
                  bound, rate),
            1 / seconds / bound};
}

void addCurve(std::vector<Figure>& figures, const std::string& name, Transformer& model, double one,
              std::span<const int> counts) {
    double eight = 0, nine = 0;
    for (const int n : counts) {
        const double v = secondsOf(model, n) / one;
        if (n == 8) eight = v;
        if (n == 9) nine = v;
        figures.push_back({name + ": v(" + std::to_string(n) + ")", v, "steps", {}, 0});
    }
    if (eight > 0 && nine > 0) figures.push_back({name + ": v(9) / v(8)", nine / eight, "", {}, 0});
}

void addParts(std::vector<Figure>& figures, const std::string& name, Transformer& model) {
    StepTimes sum;
    constexpr int steps = 16;
    for (int i = 0; i < steps; ++i) {
        model.truncate(model.length());
        model.extend(std::vector<TreeToken>{{1, -1}});
        sum += model.times();
    }
    const auto add = [&](const char* part, double milliseconds) {
        figures.push_back({name + ": a step, " + part, milliseconds / steps, "ms", {}, 0});
    };
    add("products", sum.products), add("attention", sum.attention), add("logits", sum.logits), add("norms and tables", sum.other);
    add("recording and reading back", sum.readBack);
}

} // namespace

std::vector<Figure> benchLanguage(gpu::Device& device) {
    std::vector<Figure> figures;
    const auto measure = [&](const std::string& name, const ModelConfig& config, WeightType type, bool bound,
                             std::span<const int> counts) {
        const auto model = made(config, type, device);
        double one = secondsOf(*model, 1);
        if (bound) {
            figures.push_back(decoding(name, *model, device, one));
        } else {
            figures.push_back({name + ": plain decoding", 1 / one, "tokens/s", {}, 0});
        }
        addParts(figures, name, *model);
        addCurve(figures, name, *model, one, counts);
        return one;
    };
    constexpr std::array all = {2, 4, 8, 9, 16, 32, 64};
    measure("GPT-2 small f32", gpt2Small(), WeightType::f32, true, all);
    const double target = measure("tiny target f16", tiny(), WeightType::f16, false, all);
    const double small = measure("draft model f16", draft(), WeightType::f16, false, {});
    figures.push_back({"c: a step of the draft over one of the tiny target", small / target, "", {}, 0});
    if (!device.isCpu() && device.info().deviceMemory > (std::uint64_t(4) << 30))
        measure("0.5 B f16", halfBillion(), WeightType::f16, true, all);
    return figures;
}

} // namespace orrery::language
