// SPDX-License-Identifier: GPL-3.0-or-later
// What the lab has learned: a network, the floor of its loss, and how far it is above it. Trains in slices between frames.
#pragma once

#include "engine/lab/lab.h"
#include "engine/labs/diffusion/score_model.h"
#include "engine/labs/diffusion/training.h"

#include <map>

namespace orrery::diffusion {

/// Where the network computes: on a CPU device all of its products by the host, the narrow first and last ones too.
std::shared_ptr<tensor::Context> contextOn(gpu::Device& device);

class Learned {
 public:
    Learned(gpu::Device& device, std::shared_ptr<const Kernels> kernels);
    ~Learned(); ///< waits for the work in its own list

    struct Problem {
        std::shared_ptr<const Mixture> data; ///< standardised
        Schedule schedule;
        LearnOptions options;
        std::string file;     ///< of a network to begin with; empty: random weights
        bool averaged = true; ///< shows the moving average of the weights
        int until = 0;        ///< steps after which training ends by itself
    };
    /// A new network where data, schedule or the network differ, else the present one goes on. Throws Error (of the file) and
    /// then is as before.
    void set(Problem problem);
    /// The network as it began: random weights, or those of the file.
    void reset();
    void forget(); ///< nothing is held

    explicit operator bool() const { return bool(m_training); }
    const Problem& problem() const { return m_problem; }
    int steps() const { return m_training ? m_training->steps() : 0; }
    void limit(int until) { m_problem.until = until; }
    bool done() const { return steps() >= m_problem.until; }

    /// Trains for about `budgetMs`, at least a step (before the first: computes the floor).
    void slice(double budgetMs);

    /// The newest weights, for whoever looks at the field; version() is the step they are of.
    ScoreModel& live() { return *m_live; }
    const ScoreModel& live() const { return *m_live; }
    /// A model of its own for the particles, with the weights that live() has now.
    std::shared_ptr<ScoreModel> snapshot() const;
    const ScoreNetReference& reference() const; ///< of live(), float64; reads the weights when they have changed

    void save(const std::string& path) const; ///< throws Error

    const LossFloor* floor() const { return m_floor ? &*m_floor : nullptr; }
    double gap() const { return m_gap; } ///< of the shown weights, relative to the floor; NaN before it was measured
    /// Mean square error of the shown weights' eps, per axis and node of the floor, as last measured; empty before.
    const std::vector<double>& noiseError() const { return m_noiseError; }
    /// Root mean squares at a time, standardised: per axis of a score with such an error (0 without one), and of both axes of
    /// the exact score itself.
    double scoreError(const std::vector<double>& noiseError, double t) const;
    double scoreSize(double t) const;
    lab::Check check() const; ///< the loss beside floor and measured excess
    const std::map<std::string, std::vector<lab::Sample>>& series() const { return m_series; }

 private:
    void begin();
    void show();
    void measure();
    std::vector<float> outputsOf(const ScoreNet& net);

    gpu::Device& m_device;
    std::shared_ptr<const Kernels> m_kernels;
    std::shared_ptr<tensor::Context> m_context;
    Problem m_problem;
    std::unique_ptr<ScoreTraining> m_training;
    std::shared_ptr<ScoreModel> m_live;
    std::optional<LossFloor> m_floor;
    tensor::Tensor m_places; ///< features of the floor's places
    double m_gap = 0;
    std::vector<double> m_noiseError; ///< by node of the floor: mean square error of eps

    /// Losses since the last measurement, and what was measured then, of the weights as they are (not averaged).
    struct Window {
        double sum = 0, squares = 0;
        int count = 0;
    } m_window;
    struct Measured {
        int step = -1;
        double excess = 0;
    } m_before, m_after;
    Window m_closed; ///< of the losses between m_before and m_after
    double m_smooth = 0, m_smoothWeight = 0;

    mutable std::optional<ScoreNetReference> m_reference;
    mutable int m_referenceVersion = -1;
    std::map<std::string, std::vector<lab::Sample>> m_series;
};

} // namespace orrery::diffusion
