// SPDX-License-Identifier: GPL-3.0-or-later
// UMAP's layout in batches: every point gathers the pulls of its edges that are due and pushes of points drawn at random, all from
// the picture before the step, and moves by Adam (as uwot and umappp do). No order of edges, no race: the same bits whatever the
// number of threads. In the original each edge moves its ends one after the other.
#pragma once

#include "engine/labs/embedding/fuzzy.h"
#include "engine/labs/embedding/optimiser.h"

namespace orrery::embedding {

/// When each edge pulls: in the steps where phase + step x rate (modulo 2^32) is less than the rate, that is in weight / largest
/// weight of all. The phase is the same from both ends of an edge.
struct Schedule {
    std::vector<std::uint32_t> rate, phase;
    float most = 1; ///< the largest weight
};
Schedule scheduleOf(const Graph& graph, std::uint64_t seed);

class Umap final : public Optimiser {
 public:
    Umap(std::shared_ptr<const FuzzyGraph> graph, std::uint64_t seed);

    void step(State& state, const Tuning& tuning, int number) override;
    /// Per edge that pulls: the mean of -ln q over edges (by their weights), and what pushes: negatives x gamma x the mean of
    /// -ln(1 - q) over pairs drawn at random (Damrich & Hamprecht 2021: what the sampling makes smaller).
    Loss loss(const State& state, const Tuning& tuning) override;
    Forces forces(const State& state, const Tuning& tuning, int number, std::int64_t point) override;
    std::string how() const override { return "batches"; }
    const FuzzyGraph& graph() const { return *m_graph; }

    static constexpr double clip = 4; ///< of each component of a pull or push

 private:
    template <int dims>
    void move(State& state, const Tuning& tuning, int number) const;

    std::shared_ptr<const FuzzyGraph> m_graph;
    std::uint64_t m_seed;
    Schedule m_schedule;
};

/// Each axis from 0 to 10, as umap-learn begins; `noise` (of deviation 1e-4 of that) parts points that lie on each other.
State umapStart(const Matrix& first, std::uint64_t seed);

} // namespace orrery::embedding
