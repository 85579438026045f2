// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/lab.h"

#include "engine/labs/statespace/declaration.h"
#include "engine/labs/statespace/request.h"

namespace orrery::statespace {

namespace {

class LiveLab final : public StatespaceLab {
 public:
    const lab::Declaration& declaration() const override { return statespace::declaration(); }

    void configure(const lab::Settings& settings, std::uint64_t seed, const std::vector<std::string>&) override {
        const RememberRequest memory = rememberRequest(settings, seed, m_sources); // all that may be refused
        m_show = settings.text("show");
        m_memory.configure(memory);
    }

    int steps() const override { return scene().steps(); }
    double clock(int step) const override { return scene().clock(step); }
    std::vector<lab::Mark> marks() const override { return scene().marks(); }
    std::string status() const override { return scene().status(); }
    int position() const override { return scene().position(); }
    bool advance(gpu::Recorder& recorder, int target, double budgetMs) override {
        return const_cast<Scene&>(scene()).advance(recorder, target, budgetMs);
    }
    void act(const std::string&) override {}
    std::span<const lab::Sample> series(const std::string& key) const override { return scene().series(key); }
    lab::HostArray array(gpu::Device&, const std::string& key) override { return const_cast<Scene&>(scene()).array(key); }
    std::vector<lab::Check> checks() const override { return scene().checks(); }
    lab::Jobs& jobs() override { return m_jobs; }

    const std::string& show() const override { return m_show; }
    const Remember& memory() const override { return m_memory; }

 private:
    const Scene& scene() const { return m_memory; }

    std::string m_show = "memory";
    Sources m_sources;
    Remember m_memory;
    lab::Jobs m_jobs;
};

} // namespace

std::unique_ptr<lab::Lab> make(gpu::Device&) { return std::make_unique<LiveLab>(); }

} // namespace orrery::statespace
