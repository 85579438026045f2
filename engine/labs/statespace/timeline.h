// SPDX-License-Identifier: GPL-3.0-or-later
// A memory running along a signal: its state after any number of samples, by key frames and replay, so that a million samples
// can be scrubbed in both directions while more are drawn.
#pragma once

#include "engine/labs/statespace/discretise.h"
#include "engine/labs/statespace/legs.h"
#include "engine/labs/statespace/memory.h"

#include <memory>
#include <string>

namespace orrery::statespace {

struct Stepping {
    Scheme scheme = Scheme::bilinear;     ///< of time-invariant systems, with Delta = dt
    double alpha = 0.5;                   ///< of GBT
    LegsStep scaled = LegsStep::midpoint; ///< of scaled systems
};

class Timeline {
 public:
    /// Throws Error as discretise() does. Making one of N = 512 may take a second (matrix exponential, powers).
    Timeline(System system, const Stepping& stepping, double dt);
    ~Timeline();
    Timeline(Timeline&&) noexcept;
    Timeline& operator=(Timeline&&) noexcept;

    void append(std::span<const double> samples); ///< to be run through by advance()
    /// Forgets all samples from the k-th on: others may follow. What was before it is not run through again.
    void keep(std::int64_t k);
    /// Runs on for about `budgetMs`; the samples done.
    std::int64_t advance(double budgetMs);
    std::int64_t done() const;
    std::span<const double> samples() const; ///< all that were appended

    /// State after k samples, 0 <= k <= done(). Costs at most a few thousand samples of replay (a few milliseconds).
    Vector state(std::int64_t k) const;
    /// Reconstruction at `ages` from the state after k samples.
    Vector reconstruction(std::int64_t k, std::span<const double> ages) const;

    const System& system() const;
    double dt() const;
    /// Largest coefficient that key frames have seen, and whether it left all bounds: more than 10^6 times the largest sample,
    /// or not finite. Then what follows is garbage, and not to be drawn.
    double peak() const;
    bool exploded() const;
    std::int64_t explodedAt() const; ///< samples seen by then; -1
    std::string trouble() const;     ///< a sentence with the cure; empty while all is well

 private:
    struct Self;
    std::unique_ptr<Self> m_self;
};

} // namespace orrery::statespace
