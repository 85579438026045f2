// SPDX-License-Identifier: GPL-3.0-or-later
// The structure page's scene: one method's matrices, its eigenvalues before and after discretisation, what each state holds
// after an impulse, and what the matrix is made of. The clock is the time since the impulse.
#pragma once

#include "engine/lab/background.h"
#include "engine/lab/scene.h"
#include "engine/labs/statespace/discretise.h"
#include "engine/labs/statespace/structure.h"

namespace orrery::statespace {

struct AnatomyRequest {
    Method method = Method::legs;
    std::int64_t N = 32;
    Scheme scheme = Scheme::bilinear;
    double alpha = 0.5, delta = 0.05;
    bool operator==(const AnatomyRequest&) const = default;
};

class Anatomy final : public lab::Scene {
 public:
    static constexpr int instants = 240; ///< of the clock
    static constexpr int shown = 6;      ///< basis functions

    void configure(const AnatomyRequest& request);
    void wake(); ///< someone is looking: what takes long is begun
    const AnatomyRequest& request() const { return m_request; }
    const System& system() const { return m_system; }
    const ComplexVector& eigenvalues() const { return m_found ? m_found->eigenvalues : m_none; } ///< empty until known
    ComplexVector poles() const; ///< the same after discretisation
    const Stability* stability() const { return m_found ? &m_stability : nullptr; }
    const Split* split() const { return m_found ? &m_found->split : nullptr; }
    const Conditioning* conditioning() const { return m_found && m_found->conditioned ? &m_found->conditioning : nullptr; }
    /// e^(tA)B: what state n holds at each instant, the first `shown` of them.
    const std::vector<Vector>& impulse() const { return m_impulse; }
    double duration() const { return m_duration; }
    bool ready() const { return m_found && m_found->conditioned; }
    /// The step whose pole of eigenvalue `index` lies nearest to `wanted`.
    double deltaFor(std::size_t index, Complex wanted) const;

    int steps() const override { return instants; }
    double clock(int step) const override { return m_duration * step / instants; }
    std::vector<lab::Mark> marks() const override { return {{0, "impulse"}, {steps(), "end"}}; }
    std::string status() const override;
    int position() const override { return m_position; }
    bool advance(gpu::Recorder& recorder, int target, double budgetMs) override;
    lab::HostArray array(gpu::Device&, const std::string& key) override;
    std::vector<lab::Check> checks() const override;

 private:
    struct Found {
        ComplexVector eigenvalues;
        Split split;
        Conditioning conditioning;
        bool conditioned = false;
        std::vector<Vector> impulse; ///< of large systems, which a frame has no time for
    };
    static constexpr std::int64_t quickStates = 96;
    static std::vector<Vector> impulseOf(const System& system, double duration);
    AnatomyRequest m_request{.N = 0};
    System m_system;
    std::vector<Vector> m_impulse;
    double m_duration = 1;
    std::shared_ptr<Found> m_found, m_coming;
    ComplexVector m_none;
    Stability m_stability;
    lab::Background m_background;
    int m_position = 0;
};

} // namespace orrery::statespace
