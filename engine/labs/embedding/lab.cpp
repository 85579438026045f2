// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/lab.h"

#include "engine/error.h"
#include "engine/labs/embedding/declaration.h"
#include "engine/labs/embedding/save.h"

#include <algorithm>

namespace orrery::embedding {

namespace {

class LiveLab final : public EmbeddingLab {
 public:
    explicit LiveLab(gpu::Device& device) : m_cloud(device) {}
    const lab::Declaration& declaration() const override { return embedding::declaration(); }

    void configure(const lab::Settings& settings, std::uint64_t seed, const std::vector<std::string>&) override {
        m_cloud.configure(requestOf(settings, seed), tuningOf(settings, seed), settings.integer("quality_k"),
                          int(settings.integer("quality_every")), m_jobs);
    }

    int steps() const override { return m_cloud.steps(); }
    double clock(int step) const override { return m_cloud.clock(step); }
    std::vector<lab::Mark> marks() const override { return m_cloud.marks(); }
    std::string status() const override { return m_cloud.status(); }
    int position() const override { return m_cloud.position(); }
    bool advance(gpu::Recorder&, int target, double budgetMs) override { return m_cloud.advance(target, budgetMs); }
    void collect() override {
        m_cloud.collect(m_jobs);
        const auto& problem = m_cloud.problem();
        if (const Table* table = problem ? problem->table.get() : nullptr; table != m_selectedFrom)
            m_selection.clear(), m_selectedFrom = table;
    }
    void act(const std::string& action) override {
        if (action == "measure") m_cloud.measureAll(m_jobs);
    }
    std::span<const lab::Sample> series(const std::string& key) const override { return m_cloud.series(key); }
    lab::HostArray array(gpu::Device&, const std::string& key) override {
        if (key == "selection") return {{m_selection.size()}, {m_selection.begin(), m_selection.end()}};
        return m_cloud.array(key);
    }
    void save(const std::string& output, const std::string& path) override {
        embedding::save(output, path, m_cloud, m_selection);
    }
    std::vector<lab::Check> checks() const override { return m_cloud.checks(); }
    lab::Jobs& jobs() override { return m_jobs; }

    Projecting& cloud() override { return m_cloud; }
    const Projecting& cloud() const override { return m_cloud; }
    const std::vector<std::int64_t>& selection() const override { return m_selection; }
    void select(std::vector<std::int64_t> rows) override {
        std::sort(rows.begin(), rows.end());
        rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
        const std::int64_t n = m_cloud.problem() ? m_cloud.problem()->table->rows() : 0;
        std::erase_if(rows, [n](std::int64_t row) { return row < 0 || row >= n; });
        m_selection = std::move(rows);
        m_selectedFrom = m_cloud.problem() ? m_cloud.problem()->table.get() : nullptr;
    }

 private:
    Projecting m_cloud;
    std::vector<std::int64_t> m_selection;
    const Table* m_selectedFrom = nullptr;
    lab::Jobs m_jobs;
};

} // namespace

std::unique_ptr<lab::Lab> make(gpu::Device& device) { return std::make_unique<LiveLab>(device); }

} // namespace orrery::embedding
