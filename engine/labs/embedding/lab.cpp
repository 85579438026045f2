// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/lab.h"

#include "engine/error.h"
#include "engine/lab/documents.h"
#include "engine/labs/embedding/declaration.h"
#include "engine/labs/embedding/save.h"

namespace orrery::embedding {

namespace {

class LiveLab final : public EmbeddingLab, public lab::Documents {
 public:
    explicit LiveLab(gpu::Device& device) : m_device(device), m_cloud(device) {}
    const lab::Declaration& declaration() const override { return embedding::declaration(); }

    void configure(const lab::Settings& settings, std::uint64_t seed, const std::vector<std::string>&) override {
        const Request request = requestOf(settings, seed);
        Picked picked = m_picked;
        picked.set(settings.text("selection"));
        const bool learns = request.space.data.words && !request.descends() && settings.text("learn") == "watched";
        if (learns) m_cloud.leave();
        if (learns)
            m_learning.configure(*request.space.data.words, request, m_jobs);
        else
            m_cloud.configure(request, tuningOf(settings, seed), settings.integer("quality_k"),
                              int(settings.integer("quality_every")), m_jobs);
        m_picked = std::move(picked);
        m_look = {settings.text("colour"),       settings.text("column"), settings.flag("show_labels"), settings.flag("isolate"),
                  settings.number("point_size"), settings.number("turn"), settings.number("tilt")};
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
    }
    void act(const std::string& action) override {
        if (action == "measure") m_cloud.measureAll(m_jobs);
    }
    std::span<const lab::Sample> series(const std::string& key) const override { return scene().series(key); }
    lab::HostArray array(gpu::Device&, const std::string& key) override {
        if (key == "selection") return {{selection().size()}, {selection().begin(), selection().end()}};
        if (key == "candidates") return m_words.array(m_cloud.problem());
        return m_learns && (key == "coordinates" || key == "table" || key.starts_with("pmi")) ? m_learning.array(key)
                                                                                              : m_cloud.array(key);
    }
    void save(const std::string& output, const std::string& path) override {
        embedding::save(output, path, {m_cloud, picked(), m_look});
    }
    std::vector<lab::Check> checks() const override {
        std::vector<lab::Check> checks = m_learns ? m_learning.checks() : m_cloud.checks();
        if (m_learns && m_oneHot) checks.push_back(oneHotCheck(*m_oneHot));
        if (const Picked& p = picked(); !p.problem().empty())
            checks.push_back(
                {"selection", "Selected rows", 0, double(p.wanted()), 0, lab::Check::Verdict::explained, "rows", p.problem()});
        return checks;
    }
    std::vector<lab::Document> documents() const override {
        std::vector<lab::Document> all = m_words.documents(m_cloud.problem());
        if (!m_cloud.problem() || m_cloud.picture().n > mostInFigure) return all;
        all.push_back({"figure.svg", figure(m_cloud, selection(), m_look)});
        if (!selection().empty()) all.push_back({"selection.json", selectionJson(m_cloud, selection())});
        return all;
    }
    lab::Jobs& jobs() override { return m_jobs; }

    Projecting& cloud() override { return m_cloud; }
    const Projecting& cloud() const override { return m_cloud; }
    const Learning& learning() const override { return m_learning; }
    bool learns() const override { return m_learns; }
    WordAnswer answer(std::int64_t count) const override { return m_words.answer(m_cloud.problem(), count); }
    const std::optional<OneHot>& oneHot() const override { return m_oneHot; }
    const Picked& picked() const override {
        const auto& problem = m_cloud.problem();
        if (!problem) return m_picked;
        // While words are learned every step has a table of its own, of the same words.
        const std::shared_ptr<const void> words = m_learns ? m_learning.corpus() : nullptr;
        m_picked.follow(problem->table.get(), words ? words : problem->table);
        return m_picked;
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

    static constexpr std::int64_t mostInFigure = 300000; ///< that is written without being asked for

    gpu::Device& m_device;
    Learning m_learning;
    bool m_learns = false;
    std::uint64_t m_presented = 0;
    WordQuestions m_words;
    std::optional<OneHot> m_oneHot;           ///< of the text's first words and the table before training
    std::shared_ptr<const Corpus> m_oneHotOf; ///< what the one-hot is of
    Projecting m_cloud;
    mutable Picked m_picked; ///< follows the table when it is asked
    FigureLook m_look;
    lab::Jobs m_jobs;
};

} // namespace

std::unique_ptr<lab::Lab> make(gpu::Device& device) { return std::make_unique<LiveLab>(device); }

} // namespace orrery::embedding
