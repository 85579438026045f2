// SPDX-License-Identifier: GPL-3.0-or-later
// One of the things that the state-space lab shows, with a clock of its own. A further one is a class like these, a choice of
// the parameter `show`, and one line in lab.cpp.
#pragma once

#include "engine/lab/lab.h"

namespace orrery::statespace {

class Scene {
 public:
    virtual ~Scene() = default;
    virtual int steps() const = 0;
    virtual double clock(int step) const { return step; }
    virtual std::vector<lab::Mark> marks() const = 0;
    virtual std::string status() const = 0;
    virtual int position() const = 0;
    virtual bool advance(gpu::Recorder& recorder, int target, double budgetMs) = 0;      ///< as of lab::Lab
    virtual std::span<const lab::Sample> series(const std::string&) const { return {}; } ///< empty of keys not its own
    virtual lab::HostArray array(const std::string&) { return {{0}, {}}; }               ///< shape [0] of keys not its own
    virtual std::vector<lab::Check> checks() const { return {}; }
};

} // namespace orrery::statespace
