// SPDX-License-Identifier: GPL-3.0-or-later
// One of the things that the precision lab shows, with a clock of its own: bits, sums, gradients. A further one is a class like
// these, a choice of the parameter `show`, and one line in lab.cpp; it may record GPU work.
#pragma once

#include "engine/lab/lab.h"

namespace orrery::precision {

class Scene {
 public:
    virtual ~Scene() = default;
    virtual int steps() const = 0;
    virtual double clock(int step) const { return step; }
    virtual std::vector<lab::Mark> marks() const = 0;
    virtual std::string status() const = 0;
    virtual int position() const = 0;
    virtual bool advance(gpu::Recorder& recorder, int target, double budgetMs) = 0; ///< as of lab::Lab
    virtual void collect() {}
    virtual void act(const std::string&) {}
    virtual std::span<const lab::Sample> series(const std::string& key) const = 0; ///< empty of keys that are not its own
    virtual lab::HostArray array(gpu::Device& device, const std::string& key) = 0; ///< shape [0] of keys that are not its own
    virtual std::vector<lab::Check> checks() const = 0;
};

/// A slice of host work: `more` does one piece and says whether another is left; stops after about `budgetMs`.
/// True when nothing is left.
template <class More>
bool slice(double budgetMs, int piecesBetweenLooks, More&& more) {
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + std::chrono::duration<double, std::milli>(budgetMs);
    for (int n = 1; more(); ++n)
        if (n % piecesBetweenLooks == 0 && Clock::now() >= end) return !more();
    return true;
}

} // namespace orrery::precision
