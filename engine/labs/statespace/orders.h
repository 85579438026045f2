// SPDX-License-Identifier: GPL-3.0-or-later
// The discretisation page's scene: how fast each scheme's error falls with the number of samples, for scaled LegS and for one
// system with constant A. The clock counts doublings of the number of samples.
#pragma once

#include "engine/lab/background.h"
#include "engine/lab/scene.h"
#include "engine/labs/statespace/discretise.h"
#include "engine/labs/statespace/legs.h"

#include <mutex>

namespace orrery::statespace {

struct OrdersRequest {
    std::int64_t N = 8; ///< 1 … mostOrdered
    Method method = Method::legs;
    double alpha = 0.5; ///< of GBT
    bool operator==(const OrdersRequest&) const = default;
};
constexpr std::int64_t mostOrdered = 64;

/// One scheme: |x - exact| as a share of the signal, at 16, 32 … samples; infinite where it exploded.
struct OrderCurve {
    const char* name = ""; ///< translated by its text
    std::string key;
    double order = 1;      ///< theory
    Vector errors;         ///< so far
    double slope = 0;      ///< measured from 512 samples on; 0 while there are too few points above rounding
    bool measured = false; ///< there is a slope
};

struct OrderStudy {
    std::vector<OrderCurve> scaled, constant;
    double fastest = 0;                            ///< largest |eigenvalue| of the constant system times the step at 512 samples
    double optimumScaled = 0, optimumConstant = 0; ///< what N numbers cannot hold, the same share: errors below it do not show
};

class Orders final : public lab::Scene {
 public:
    static constexpr int points = 13;
    static std::int64_t samplesAt(int point) { return std::int64_t(16) << point; }

    void configure(const OrdersRequest& request);
    const OrdersRequest& request() const { return m_request; }
    OrderStudy study() const; ///< what is there
    bool complete() const { return m_complete; }
    int position() const override { return m_position; } ///< so many points are shown

    int steps() const override { return points; }
    double clock(int step) const override { return double(samplesAt(std::max(0, step - 1))); }
    std::vector<lab::Mark> marks() const override { return {{0, "none"}, {steps(), "all"}}; }
    std::string status() const override;
    bool advance(gpu::Recorder& recorder, int target, double budgetMs) override;
    lab::HostArray array(gpu::Device&, const std::string& key) override;
    std::vector<lab::Check> checks() const override;

 private:
    struct Shared {
        std::mutex mutex;
        OrderStudy study;
        int done = 0; ///< points of all curves
    };
    OrdersRequest m_request{.N = 0};
    std::shared_ptr<Shared> m_shared;
    lab::Background m_background;
    bool m_complete = false;
    int m_position = 0;
};

/// The state of a system with constant A after the smooth signal of sweep.h has run from 0 to 1 over it: the signal is itself
/// a linear system's output, so that one matrix exponential gives both, exactly.
Vector exactSmoothState(const System& system);

} // namespace orrery::statespace
