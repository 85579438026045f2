// SPDX-License-Identifier: GPL-3.0-or-later
// t-SNE (van der Maaten & Hinton 2008) by gradient descent with momentum and gains: gradient 4 sum (rho p - q)(y_i - y_j) w_ij.
#pragma once

#include "engine/labs/embedding/affinity.h"
#include "engine/labs/embedding/optimiser.h"
#include "engine/labs/embedding/repulsion.h"

namespace orrery::embedding {

class Tsne final : public Optimiser {
 public:
    Tsne(std::shared_ptr<const Affinities> affinities, Repulsion repulsion, const GridRepulsion::Options& grid = {});

    void step(State& state, const Tuning& tuning, int number) override;
    /// KL(P || Q) = sum P ln P + sum P ln(1 + d^2) + ln Z: the last two are attraction and repulsion. Of the P that it was made
    /// with: only of equal neighbours are two such figures comparable.
    Loss loss(const State& state, const Tuning& tuning) override;
    Forces forces(const State& state, const Tuning& tuning, int number, std::int64_t point) override;
    std::string how() const override;
    PicturePoints pushes(const State& state) override;

    double gradient(const State& state, double exaggeration, PicturePoints& out); ///< returns Z
    void setAffinities(std::shared_ptr<const Affinities> affinities) { m_affinities = std::move(affinities); }
    const Affinities& affinities() const { return *m_affinities; }

 private:
    bool exact(const PicturePoints& y) const;
    double repulse(const PicturePoints& y, PicturePoints& push); ///< returns Z
    void attract(const PicturePoints& y, PicturePoints& pull) const;

    std::shared_ptr<const Affinities> m_affinities;
    Repulsion m_repulsion;
    GridRepulsion::Options m_options;
    GridRepulsion m_grid;
    PicturePoints m_pull, m_push;
    bool m_usedGrid = false;
};

/// `first` columns scaled so that the first has a deviation of 1e-4, as openTSNE and scikit-learn begin. `first` [n, dims].
State tsneStart(const Matrix& first);

} // namespace orrery::embedding
