// SPDX-License-Identifier: GPL-3.0-or-later
// The derivation page's scene: one derivation, whose clock counts its steps.
#pragma once

#include "engine/lab/scene.h"
#include "engine/labs/statespace/derivation.h"

namespace orrery::statespace {

struct DerivingRequest {
    Derivation which = Derivation::hippo;
    DerivationOptions options{};
    bool operator==(const DerivingRequest&) const = default;
};

class Deriving final : public lab::Scene {
 public:
    void configure(const DerivingRequest& request);
    const DerivingRequest& request() const { return m_request; }
    const std::vector<Equality>& equalities() const { return m_equalities; } ///< all of them
    int position() const override { return m_position; }                     ///< so many have been walked

    int steps() const override { return int(m_equalities.size()); }
    std::vector<lab::Mark> marks() const override { return {{0, "start"}, {steps(), "end"}}; }
    std::string status() const override;
    bool advance(gpu::Recorder& recorder, int target, double budgetMs) override;
    lab::HostArray array(gpu::Device&, const std::string& key) override;
    std::vector<lab::Check> checks() const override;

 private:
    DerivingRequest m_request{.options = {.N = 0}};
    std::vector<Equality> m_equalities;
    int m_position = 0;
};

} // namespace orrery::statespace
