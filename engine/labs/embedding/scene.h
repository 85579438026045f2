// SPDX-License-Identifier: GPL-3.0-or-later
// A page of the lab: what its clock counts and what is measured on the way.
#pragma once

#include "engine/lab/lab.h"

namespace orrery::embedding {

class Scene {
 public:
    virtual ~Scene() = default;
    virtual int steps() const = 0;
    virtual double clock(int step) const { return step; }
    virtual std::vector<lab::Mark> marks() const = 0;
    virtual std::string status() const = 0;
    virtual int position() const = 0;
    virtual bool advance(int target, double budgetMs) = 0;
    virtual std::span<const lab::Sample> series(const std::string& key) const = 0;
    virtual lab::HostArray array(const std::string& key) = 0;
    virtual std::vector<lab::Check> checks() const = 0;
};

} // namespace orrery::embedding
