// SPDX-License-Identifier: GPL-3.0-or-later
// The memory page's scene: methods side by side remembering one signal. The clock counts samples.
#pragma once

#include "engine/lab/scene.h"
#include "engine/labs/statespace/source.h"
#include "engine/labs/statespace/study.h"

#include <optional>

namespace orrery::statespace {

struct RememberRequest {
    std::shared_ptr<const Source> source;
    std::vector<Method> methods;
    std::int64_t N = 32;
    HippoOptions options{};
    double unit = 0.1; ///< of age, for LagT
    Stepping stepping{};
    std::int64_t stretch = 1;
};

class Remember final : public lab::Scene {
 public:
    void configure(const RememberRequest& request);
    const RememberRequest& request() const { return m_request; }
    const Signal& signal() const { return m_request.source->signal; }
    /// Rises when the signal or a method does.
    std::uint64_t revision() const { return m_revision; }
    bool ready() const { return !m_building; } ///< the steps of all methods have been made

    std::size_t count() const { return m_memories.size(); } ///< methods
    Method method(std::size_t i) const { return m_memories[i].method; }
    /// A sentence when the method has nothing to show at the present moment: it exploded, or cannot be done. Else empty.
    std::string trouble(std::size_t i) const;
    const System* system(std::size_t i) const; ///< null while it is made or where it cannot be
    const Vector& state(std::size_t i) const;  ///< at position(); empty where there is trouble
    /// What the method says of ages before the present moment.
    Vector remembered(std::size_t i, std::span<const double> ages) const;
    double now() const { return clock(m_position); }

    std::vector<MethodStudy> study() const { return m_study.results(); }
    std::uint64_t studyRevision() const { return m_study.revision(); }
    bool studied() const { return m_studied; }
    /// |x(stretched) - x(as it was)| / |x| of scaled LegS, both after the same part of the signal; none unless stretched.
    std::optional<double> stretchMoved() const;

    int steps() const override { return int(signal().samples.size()); }
    double clock(int step) const override { return signal().dt * step; }
    std::vector<lab::Mark> marks() const override;
    std::string status() const override;
    int position() const override { return m_position; }
    bool advance(gpu::Recorder& recorder, int target, double budgetMs) override;
    std::span<const lab::Sample> series(const std::string& key) const override;
    lab::HostArray array(gpu::Device&, const std::string& key) override;
    std::vector<lab::Check> checks() const override;

 private:
    struct Memory {
        Method method{};
        std::unique_ptr<Timeline> line;
        std::string refused;
        Vector state; ///< at m_position
    };
    static Memory make(Method method, const RememberRequest& request);
    void build();
    void feed(Memory& memory) const;
    void feedOn(Memory& memory) const; ///< the next of the signal's samples
    void show(int position);
    void startStudy();
    void refreshSeries();

    RememberRequest m_request{std::make_shared<const Source>(), {}, 0, {}, 0, {}, 1};
    std::vector<Memory> m_memories;
    std::unique_ptr<Timeline> m_plain; ///< scaled LegS along the signal before it was stretched
    bool m_building = false;
    lab::Background m_builder;
    std::shared_ptr<std::vector<Memory>> m_built;
    Study m_study;
    bool m_studied = false;
    double m_quiet = 0; ///< calls since the settings changed: a study waits until a hand rests
    int m_position = 0;
    std::uint64_t m_revision = 0, m_seriesRevision = 0;
    std::map<std::string, std::vector<lab::Sample>> m_series;
};

} // namespace orrery::statespace
