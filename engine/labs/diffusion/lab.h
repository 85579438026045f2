// SPDX-License-Identifier: GPL-3.0-or-later
// The diffusion lab: particles carried forward by an SDE and back by its reverse SDE or probability-flow ODE, with the
// exact score of a mixture or of a finite data set. Conventions: t = 0 data, t = 1 noise, kernel N(alpha x0, sigma^2 I)
// on standardised data x = (data - centre) / scale (one scale for both axes). Song et al. 2021; Su 2022 (archives/9209).
#pragma once

#include "engine/lab/lab.h"
#include "engine/labs/diffusion/mixture.h"

namespace orrery::diffusion {

/// A rectangle in standardised coordinates and the grid over it (centres of cells, row 0 at low y).
struct FieldGrid {
    double lowX = 0, lowY = 0, highX = 1, highY = 1;
    std::uint32_t width = 1, height = 1;
    bool operator==(const FieldGrid&) const = default;
};

/// What is drawn is never narrower than this, standardised: at t = 0 a data set is a sum of spikes that no grid can show.
constexpr double narrowestShown = 0.01;

/// What the view draws from. Buffers belong to the lab; ask again in every frame.
class DiffusionLab : public lab::Lab {
 public:
    /// vec2[count], standardised.
    virtual gpu::Buffer particles() const = 0;
    virtual std::uint32_t particleCount() const = 0;
    virtual Frame2 frame() const = 0;
    /// Standard deviation of the true marginal per axis at the shown time, standardised (for "follow the noise").
    virtual double spread() const = 0;

    /// vec2[(steps()+1) * 64]: row `step`, column particle. Rows 0 … trailLast() are valid; those from trailFirst() on are worth
    /// drawing.
    virtual gpu::Buffer trails() const = 0;
    virtual int trailFirst() const = 0;
    virtual int trailLast() const = 0;
    static constexpr std::uint32_t trailColumns = 64;

    /// Records the true marginal over the grid at the shown time, if it is not there already:
    /// vec4(score_x, score_y, natural log of density, 0) per cell, standardised.
    virtual gpu::Buffer field(gpu::Recorder& recorder, const FieldGrid& grid) = 0;
    /// A second, coarser one for arrows: the score that pulls the particles, or learned minus exact score.
    virtual gpu::Buffer arrows(gpu::Recorder& recorder, const FieldGrid& grid, bool difference) = 0;
    /// vec4(learned - exact score, natural log of its length, 0) per cell, standardised; null without a network.
    virtual gpu::Buffer difference(gpu::Recorder& recorder, const FieldGrid& grid) = 0;
    virtual bool hasNetwork() const = 0;
    virtual int networkVersion() const = 0;                  ///< rises as it learns; -1 without one
    virtual std::vector<lab::Fact> networkFacts() const = 0; ///< how far it is, for the HUD: label, text
    /// sigma at which the fields are shown, standardised.
    virtual double shownSigma() const = 0;
    /// Pairs (place, component) that one evaluation of a grid of `cells` costs, with `learned` the network's in the same coin.
    virtual double fieldPairs(std::uint64_t cells, bool learned = false) const = 0;
    /// Pairs (particle, component) of the step that led to the shown state; 0 for a step without a score.
    virtual double stepPairs() const = 0;
    /// Maximum of the true density at the shown time, per standardised unit squared: climbed from the highest of the
    /// components' centres and the mean. For colour bars.
    virtual double peakDensity() const = 0;

    /// Counts of particles in `bins` equal bins over [low, high] per axis: x first, then y (asks for one and gives
    /// the newest that has arrived, with its range; empty before the first).
    struct Histogram {
        double low[2] = {0, 0}, high[2] = {1, 1};
        std::vector<std::uint32_t> counts[2];
        std::uint64_t particles = 0;
    };
    virtual void requestHistogram(gpu::Recorder& recorder, const double low[2], const double high[2], std::uint32_t bins) = 0;
    virtual const Histogram& histogram() const = 0;
    /// True marginal density along one axis (0: x, 1: y) at the standardised places low, low + step, …, closed form, float64.
    virtual std::vector<double> marginal(int axis, double low, double step, int count) const = 0;

    /// Facts for hover at a standardised place: density, score, and which component pulls how strongly.
    virtual std::vector<lab::Fact> inspect(double x, double y) const = 0;

    /// Places x, y of the first 64 particles after `step`, standardised; empty until they have come back from the GPU.
    virtual std::span<const float> trailRow(int step) const = 0;
    /// The nearest of the trailed particles to a standardised place, or -1 farther than `reach`.
    virtual int nearestTrail(double x, double y, double reach) const = 0;
};

std::unique_ptr<lab::Lab> make(gpu::Device& device);

} // namespace orrery::diffusion
