// SPDX-License-Identifier: GPL-3.0-or-later
// The same network from the same seed in several precisions, side by side: FP32, mixed (Micikevicius et al. 2018), plain FP16,
// BF16, and FP16 weights with stochastic rounding. The clock counts steps of the optimiser. What a step saw is kept, so going
// back shows what was there; of the twin that is looked at also histograms, weights and updates.
#pragma once

#include "engine/lab/scene.h"
#include "engine/labs/precision/twin.h"

#include <map>

namespace orrery::precision {

struct TwinsRequest {
    static constexpr std::size_t count = 5;
    std::array<TwinSetup, count> setups; ///< by tensor::Precision
    std::array<bool, count> runs{};      ///< the one looked at runs in any case
    tensor::Precision watched = tensor::Precision::mixed;
    const tensor::Format* format = &tensor::fp16; ///< whose ranges are counted
    int steps = 400, weight = 0;                  ///< weight: of the middle layer, shown closely
};

/// Mixed precision has to end within this share of the loss of FP32 (the spirals' falls by a thousand on the way).
double mixedTolerance(const std::string& network);

/// What is found out about this device, network and seed, apart from the runs. Each is a few steps' work.
struct ProbedInfinity {      ///< a step of mixed precision with an infinite loss
    std::size_t touched = 0; ///< weights and moments that are not the same bits afterwards
    double scaleBefore = 0, scaleAfter = 0;
};
ProbedInfinity probeInfinity(gpu::Device& device, const TwinSetup& mixed);
/// How many gradients in FP32 of 2^10 times the loss, divided by 2^10, are not those of the loss.
std::size_t probeScaling(gpu::Device& device, const TwinSetup& setup);

class Twins final : public lab::Scene {
 public:
    using Precision = tensor::Precision;
    static constexpr std::size_t count = TwinsRequest::count;
    static constexpr std::array<Precision, count> all{Precision::fp32, Precision::mixed, Precision::bf16, Precision::fp16,
                                                      Precision::stochastic};

    explicit Twins(gpu::Device& device) : m_device(device) {}
    void configure(const TwinsRequest& request);
    const TwinsRequest& request() const { return m_request; }
    bool runs(Precision p) const { return m_request.runs[std::size_t(p)] || p == m_request.watched; }
    const Twin* twin(Precision p) const { return m_twins[std::size_t(p)].get(); } ///< null before its first step
    const Twin* watched() const { return twin(m_request.watched); }
    /// Of the shown step; while they are caught up with, of the newest before it. Null: there is none yet.
    const Look* look() const { return lookStep() > 0 ? &watched()->look(lookStep()) : nullptr; }
    int lookStep() const;
    double accuracy(Precision p) const; ///< the newest up to the shown step; NaN: not measured yet
    /// Numbers in 16 bits, or products of them, that this device only imitates.
    bool emulated(Precision p) const;

    std::vector<lab::Fact> inspect(Precision p, int step) const;
    std::vector<lab::Fact> inspect(std::size_t layer, LayerStats::Kind kind, int bin) const; ///< bin -1: zeros
    /// The weight shown closely, before and after the shown step.
    struct Moved {
        double before = 0, after = 0, update = 0;
    };
    Moved moved(int step) const; ///< 1 … watched()->looked()

    int steps() const override { return m_request.steps; }
    std::vector<lab::Mark> marks() const override;
    std::string status() const override;
    int position() const override { return m_position; }
    bool advance(gpu::Recorder& recorder, int target, double budgetMs) override;
    std::span<const lab::Sample> series(const std::string& key) const override;
    lab::HostArray array(gpu::Device& device, const std::string& key) override;
    std::vector<lab::Check> checks() const override;

 private:
    bool piece(int target); ///< one step of the twin that is farthest behind; false when none is
    void addSamples(Precision p, int step);
    void addLook(int step);
    void clearLooks();
    lab::Check checkBins() const;
    lab::Check checkUpdates() const;
    lab::Check checkMixed() const;
    lab::Check checkScale() const;
    lab::Check checkReplay() const;
    std::vector<lab::Check> checkProbes() const;

    gpu::Device& m_device;
    TwinsRequest m_request;
    bool m_configured = false;
    int m_position = 0;
    std::array<std::unique_ptr<Twin>, count> m_twins;
    std::map<std::string, std::vector<lab::Sample>> m_series;
    std::optional<ProbedInfinity> m_infinity;
    std::optional<std::size_t> m_unscaled;
};

} // namespace orrery::precision
