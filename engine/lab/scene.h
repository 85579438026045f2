// SPDX-License-Identifier: GPL-3.0-or-later
// A page of a lab with a clock of its own. A lab of several has a class for each, a choice that says which is shown, and is a
// ScenesLab: whatever the window or the command line asks then goes to that one.
#pragma once

#include "engine/lab/lab.h"

#include <chrono>
#include <utility>

namespace orrery::lab {

/// Every function is as the one of the same name in Lab.
class Scene {
 public:
    virtual ~Scene() = default;
    virtual int steps() const = 0;
    virtual double clock(int step) const { return step; }
    virtual std::vector<Mark> marks() const = 0;
    virtual std::string status() const = 0;
    virtual int position() const = 0;
    virtual bool advance(gpu::Recorder& recorder, int target, double budgetMs) = 0;
    virtual void collect() {}
    virtual void act(const std::string&) {}
    virtual std::span<const Sample> series(const std::string&) const { return {}; } ///< empty of keys not its own
    virtual HostArray array(gpu::Device&, const std::string&) { return {.shape = {0}, .values = {}}; } ///< shape [0] of those
    virtual std::vector<Check> checks() const { return {}; }
};

/// `Base` is what the lab's view draws from. What concerns more than the scene that is shown, the lab overrides.
template <class Base>
class ScenesLab : public Base {
 public:
    int steps() const override { return scene().steps(); }
    double clock(int step) const override { return scene().clock(step); }
    std::vector<Mark> marks() const override { return scene().marks(); }
    std::string status() const override { return scene().status(); }
    int position() const override { return scene().position(); }
    bool advance(gpu::Recorder& recorder, int target, double budgetMs) override {
        return scene().advance(recorder, target, budgetMs);
    }
    void collect() override { scene().collect(); }
    void act(const std::string& action) override { scene().act(action); }
    std::span<const Sample> series(const std::string& key) const override { return scene().series(key); }
    HostArray array(gpu::Device& device, const std::string& key) override { return scene().array(device, key); }
    std::vector<Check> checks() const override { return scene().checks(); }

 protected:
    virtual const Scene& scene() const = 0; ///< that is shown
    Scene& scene() { return const_cast<Scene&>(std::as_const(*this).scene()); }
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

} // namespace orrery::lab
