// SPDX-License-Identifier: GPL-3.0-or-later
// One of several networks that train from the same seed, each in its own precision. A twin keeps what every step saw; one that
// is looked at keeps also how its numbers lie. To be looked at later it begins again: the same seed gives the same bits.
#pragma once

#include "engine/labs/precision/networks.h"
#include "engine/tensor/precision.h"
#include "engine/tensor/precision_stats.h"

#include <array>
#include <string>
#include <utility>

namespace orrery::precision {

const char* labelOf(tensor::Precision precision); ///< "FP32", "mixed"
/// The 16 bits that a twin's weights have or would have: bf16 of BF16, else fp16.
const tensor::Format& narrowOf(tensor::Precision precision);

enum class Scaling { none, fixed, dynamic };

struct TwinSetup {
    std::string network = "spirals"; ///< or "drawings"
    tensor::Precision precision = tensor::Precision::fp32;
    double rate = 0.01; ///< Adam's
    std::uint64_t seed = 7;
    Scaling scaling = Scaling::none;
    int log2Scale = 16, interval = 100; ///< of Scaling::fixed and dynamic
    bool masters = true;
    std::vector<std::pair<std::string, bool>> narrow{}; ///< rows of tensor::opTable() that are edited: does it run in 16 bits?
    bool operator==(const TwinSetup&) const = default;

    tensor::TrainingOptions training() const;
    /// Of mixed, bf16 and stochastic: the table with its edits. The others have one of their own.
    std::optional<tensor::Policy> policy() const;
};

std::unique_ptr<Network> makeNetwork(const std::string& name, tensor::Context& context, std::uint64_t seed); ///< throws Error

/// How the numbers of one layer lie. Gradients are as they come: times the loss scale.
struct LayerStats {
    enum Kind { weights, activations, activationGradients, weightGradients, kinds };
    std::array<tensor::PrecisionStats, kinds> of;
};

/// What looking at a step keeps.
struct Look {
    std::vector<LayerStats> layers;     ///< in the network's order
    std::vector<float> weights;         ///< after the step, all parameters one after the other
    std::vector<float> updates;         ///< what Adam wants to add, by the formula in float64 from the state before the step
    std::size_t wanted = 0, stayed = 0; ///< updates that are not 0; of these: the weight in 16 bits is the same after the step
    std::size_t obeyed = 0;             ///< weights that are what Adam and the rounding of their format make of them
};

class Twin {
 public:
    Twin(gpu::Device& device, const TwinSetup& setup);

    const TwinSetup& setup() const { return m_setup; }
    int computed() const { return int(m_steps.size()); }                                ///< steps, from the first
    const tensor::StepReport& step(int n) const { return m_steps[std::size_t(n - 1)]; } ///< 1 … computed()
    double milliseconds(int n) const { return m_milliseconds[std::size_t(n - 1)]; }     ///< as measured
    double usualMilliseconds(int n) const;                                              ///< median of the last ones
    int looked() const { return int(m_looks.size()); }                                  ///< steps that were looked at
    const Look& look(int n) const { return m_looks[std::size_t(n - 1)]; }               ///< 1 … looked()
    const std::vector<float>& initialWeights() const { return m_initial; }              ///< once looked at
    std::vector<std::string> layerNames() const;
    const std::vector<std::size_t>& layerSizes() const {
        return m_sizes;
    }                                               ///< numbers by layer and LayerStats::Kind, once looked at
    std::size_t weightAt(std::size_t number) const; ///< of the middle layer's weights: where it stands among all

    static constexpr int evaluateEvery = 10;
    /// Steps after which the accuracy was measured, and the share.
    const std::vector<std::pair<int, double>>& accuracies() const { return m_accuracies; }
    int differing() const { return m_differing; } ///< losses that came out otherwise when their step was done again

    /// Bytes on this device.
    struct Memory {
        std::uint64_t weights = 0, moments = 0, kept = 0; ///< kept: for the way back, with the 16-bit copies of weights
        std::uint64_t all() const { return weights + moments + kept; }
    };
    const Memory& memory() const { return m_memory; } ///< once a step is done

    void forward(); ///< the next step
    /// The next step that was not yet looked at; `format` is the one whose ranges are counted.
    void forwardLooking(const tensor::Format& format);
    void forgetLooks() { m_looks.clear(), m_previous = {}; }

 private:
    struct Seen;
    struct State { ///< weights and moments, one after the other
        std::vector<float> weights, first, second;
    };
    void begin();
    void step(const tensor::Format* format);
    State state();
    Look keep(const Seen& seen, const tensor::Format& format, const tensor::StepReport& report);

    gpu::Device& m_device;
    TwinSetup m_setup;
    std::unique_ptr<tensor::Context> m_context;
    std::unique_ptr<Network> m_network;
    std::unique_ptr<tensor::Training> m_training;
    int m_at = 0; ///< steps that the network has behind it
    std::vector<tensor::StepReport> m_steps;
    std::vector<double> m_milliseconds;
    std::vector<Look> m_looks;
    std::vector<float> m_initial;
    std::vector<std::size_t> m_sizes;
    State m_previous;
    std::vector<std::pair<int, double>> m_accuracies;
    Memory m_memory;
    int m_differing = 0;
};

} // namespace orrery::precision
