// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/lab.h"

#include "engine/error.h"
#include "engine/lab/documents.h"
#include "engine/labs/embedding/declaration.h"
#include "engine/labs/embedding/save.h"

#include <algorithm>

namespace orrery::embedding {

namespace {

class LiveLab final : public EmbeddingLab, public lab::Documents {
 public:
    explicit LiveLab(gpu::Device& device) : m_device(device), m_cloud(device) {}
    const lab::Declaration& declaration() const override { return embedding::declaration(); }

    void configure(const lab::Settings& settings, std::uint64_t seed, const std::vector<std::string>&) override {
        const Request request = requestOf(settings, seed);
        const bool learns = request.space.data.words && !request.descends() && settings.text("learn") == "watched";
        if (learns) m_cloud.leave();
        if (learns)
            m_learning.configure(*request.space.data.words, request, m_jobs);
        else
            m_cloud.configure(request, tuningOf(settings, seed), settings.integer("quality_k"),
                              int(settings.integer("quality_every")), m_jobs);
        if (m_learns && !learns) m_learning.leave();
        m_learns = learns;
        m_words.set(settings.text("expression"), settings.text("rule") == "multiply" ? AnalogyRule::multiply : AnalogyRule::add);
        present();
    }

    int steps() const override { return scene().steps(); }
    double clock(int step) const override { return scene().clock(step); }
    std::vector<lab::Mark> marks() const override { return scene().marks(); }
    std::string status() const override { return scene().status(); }
    int position() const override { return scene().position(); }
    bool advance(gpu::Recorder&, int target, double budgetMs) override {
        const bool there = scene().advance(target, budgetMs);
        present();
        return there;
    }
    void collect() override {
        m_learns ? m_learning.collect(m_jobs) : m_cloud.collect(m_jobs);
        present();
        const auto& problem = m_cloud.problem();
        const Table* const table = problem ? problem->table.get() : nullptr;
        const bool same = table == m_selectedFrom || (m_learns && table && m_corpus == m_learning.corpus());
        if (!same) m_selection.clear();
        m_selectedFrom = table, m_corpus = m_learning.corpus();
    }
    void act(const std::string& action) override {
        if (action == "measure") m_cloud.measureAll(m_jobs);
    }
    std::span<const lab::Sample> series(const std::string& key) const override { return scene().series(key); }
    lab::HostArray array(gpu::Device&, const std::string& key) override {
        if (key == "selection") return {{m_selection.size()}, {m_selection.begin(), m_selection.end()}};
        if (key == "candidates") return m_words.array(m_cloud.problem());
        return m_learns && (key == "coordinates" || key == "table" || key.starts_with("pmi")) ? m_learning.array(key)
                                                                                              : m_cloud.array(key);
    }
    void save(const std::string& output, const std::string& path) override {
        embedding::save(output, path, m_cloud, m_selection);
    }
    std::vector<lab::Check> checks() const override {
        if (!m_learns) return m_cloud.checks();
        std::vector<lab::Check> checks = m_learning.checks();
        if (m_oneHot) checks.push_back(oneHotCheck(*m_oneHot));
        return checks;
    }
    std::vector<lab::Document> documents() const override { return m_words.documents(m_cloud.problem()); }
    lab::Jobs& jobs() override { return m_jobs; }

    Projecting& cloud() override { return m_cloud; }
    const Projecting& cloud() const override { return m_cloud; }
    const Learning& learning() const override { return m_learning; }
    bool learns() const override { return m_learns; }
    WordAnswer answer(std::int64_t count) const override { return m_words.answer(m_cloud.problem(), count); }
    const std::optional<OneHot>& oneHot() const override { return m_oneHot; }
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
    Scene& scene() { return m_learns ? static_cast<Scene&>(m_learning) : m_cloud; }
    const Scene& scene() const { return const_cast<LiveLab*>(this)->scene(); }

    /// The cloud shows what has been learned so far.
    void present() {
        if (!m_learns || !m_learning.problem() ||
            (m_learning.revision() == m_presented && m_cloud.problem() == m_learning.problem()))
            return;
        m_presented = m_learning.revision();
        m_cloud.present(m_learning.problem(), m_learning.picture());
        if (m_oneHotOf == m_learning.corpus()) return;
        m_oneHotOf = m_learning.corpus();
        tensor::Context context(m_device);
        m_oneHot = oneHotOf(context, m_learning.problem()->table->values, m_oneHotOf->tokens);
    }

    gpu::Device& m_device;
    Learning m_learning;
    bool m_learns = false;
    std::uint64_t m_presented = 0;
    WordQuestions m_words;
    std::optional<OneHot> m_oneHot;                     ///< of the text's first words and the table before training
    std::shared_ptr<const Corpus> m_oneHotOf, m_corpus; ///< what the one-hot, and the selection, are of
    Projecting m_cloud;
    std::vector<std::int64_t> m_selection;
    const Table* m_selectedFrom = nullptr;
    lab::Jobs m_jobs;
};

} // namespace

std::unique_ptr<lab::Lab> make(gpu::Device& device) { return std::make_unique<LiveLab>(device); }

} // namespace orrery::embedding
