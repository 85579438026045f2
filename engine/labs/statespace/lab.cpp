// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/lab.h"

#include "engine/lab/documents.h"
#include "engine/labs/statespace/declaration.h"
#include "engine/labs/statespace/request.h"

namespace orrery::statespace {

namespace {

class LiveLab final : public StatespaceLab, public lab::Documents {
 public:
    explicit LiveLab(gpu::Device& device) : m_board(device) {}
    const lab::Declaration& declaration() const override { return statespace::declaration(); }

    void configure(const lab::Settings& settings, std::uint64_t seed, const std::vector<std::string>&) override {
        const std::string show = settings.text("show");
        // All that may be refused comes first. What is not looked at keeps its former settings until it is.
        if (show == "memory") {
            m_memory.configure(rememberRequest(settings, seed, m_sources));
        } else if (show == "kernel") {
            m_convolving.configure(convolvingRequest(settings, seed, m_sources));
        } else if (show == "structure") {
            m_anatomy.configure(anatomyRequest(settings));
        } else if (show == "selective") {
            m_choosing.configure(choosingRequest(settings, seed));
        } else if (show == "board") {
            m_board.configure(boardRequest(settings, seed));
        } else if (show == "table") {
            m_table.configure(tableRequest(settings, seed));
        }
        if (show != "table") m_jobs.cancelAll();
        m_show = show;
    }

    int steps() const override { return scene().steps(); }
    double clock(int step) const override { return scene().clock(step); }
    std::vector<lab::Mark> marks() const override { return scene().marks(); }
    std::string status() const override { return scene().status(); }
    int position() const override { return scene().position(); }
    bool advance(gpu::Recorder& recorder, int target, double budgetMs) override {
        if (m_show == "table" && target > 0) m_table.begin(m_jobs);
        return scene().advance(recorder, target, budgetMs);
    }
    void act(const std::string& action) override {
        if (action == "table") m_table.begin(m_jobs);
    }
    std::span<const lab::Sample> series(const std::string& key) const override { return scene().series(key); }
    lab::HostArray array(gpu::Device&, const std::string& key) override { return scene().array(key); }
    std::vector<lab::Check> checks() const override { return scene().checks(); }
    lab::Jobs& jobs() override { return m_jobs; }
    std::vector<lab::Document> documents() const override {
        if (!m_table.complete()) return {};
        return {{"hippo-table.csv", csv(m_table.table())}};
    }

    const std::string& show() const override { return m_show; }
    const Remember& memory() const override { return m_memory; }
    const Anatomy& anatomy() const override { return m_anatomy; }
    const Convolving& convolving() const override { return m_convolving; }
    const Choosing& choosing() const override { return m_choosing; }
    const BoardScene& board() const override { return m_board; }
    const TrapScene& traps() const override { return m_traps; }
    const TableScene& table() const override { return m_table; }

 private:
    Scene& scene() {
        if (m_show == "structure") return m_anatomy;
        if (m_show == "kernel") return m_convolving;
        if (m_show == "selective") return m_choosing;
        if (m_show == "board") return m_board;
        if (m_show == "traps") return m_traps;
        if (m_show == "table") return m_table;
        return m_memory;
    }
    const Scene& scene() const { return const_cast<LiveLab*>(this)->scene(); }

    std::string m_show = "memory";
    Sources m_sources;
    Remember m_memory;
    Anatomy m_anatomy;
    Convolving m_convolving;
    Choosing m_choosing;
    BoardScene m_board;
    TrapScene m_traps;
    TableScene m_table;
    lab::Jobs m_jobs;
};

} // namespace

std::unique_ptr<lab::Lab> make(gpu::Device& device) { return std::make_unique<LiveLab>(device); }

} // namespace orrery::statespace
