// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/lab.h"

#include "engine/lab/documents.h"
#include "engine/labs/statespace/declaration.h"
#include "engine/labs/statespace/request.h"

#include <algorithm>
#include <optional>

namespace orrery::statespace {

namespace {

class LiveLab final : public lab::ScenesLab<StatespaceLab>, public lab::Documents {
 public:
    explicit LiveLab(gpu::Device& device) : m_board(device) {}
    const lab::Declaration& declaration() const override { return statespace::declaration(); }

    void configure(const lab::Settings& settings, std::uint64_t seed, const std::vector<std::string>& changed) override {
        const std::string show = settings.text("show");
        // All that may be refused comes first. What is not looked at keeps its former settings until it is.
        std::optional<SignalRequest> toRead;
        if (show == "memory" || show == "kernel") {
            const SignalRequest wanted =
                show == "memory" ? signalRequest(settings, seed) : convolvedSignalRequest(settings, seed);
            const bool asked = std::any_of(changed.begin(), changed.end(), [](const std::string& key) {
                return key == "show" || key == "signal" || key == "file" || key == "resample";
            });
            std::shared_ptr<const Source> source;
            if (!m_sources.slow(wanted))
                source = m_sources.of(wanted);
            else if (asked || m_sources.reading()) // what was there stays until the file is read
                toRead = wanted, source = until(show, wanted);
            else
                source = Sources::silent(wanted, unread);
            if (show == "memory")
                m_memory.configure(rememberRequest(settings, source));
            else
                m_convolving.configure(convolvingRequest(settings, seed, source));
        } else if (show == "structure") {
            m_anatomy.configure(anatomyRequest(settings));
        } else if (show == "orders") {
            m_orders.configure(ordersRequest(settings));
        } else if (show == "derivation") {
            m_deriving.configure(derivingRequest(settings));
        } else if (show == "selective") {
            m_choosing.configure(choosingRequest(settings, seed));
        } else if (show == "board") {
            m_board.configure(boardRequest(settings, seed));
        } else if (show == "table") {
            m_table.configure(tableRequest(settings, seed));
        }
        const bool same = toRead && m_sources.reading(*toRead);
        if (show != "table" && !same) m_jobs.cancelAll(), m_sources.stop();
        m_show = show;
        m_settings = settings, m_seed = seed;
        if (toRead && !same) m_sources.begin(*toRead, m_jobs, [this] { configure(*m_settings, m_seed, {}); });
    }

    void collect() override { // a reading that was cancelled has left no job
        if (!m_sources.reading() || !m_jobs.empty()) return;
        m_sources.stop();
        configure(*m_settings, m_seed, {});
    }
    bool advance(gpu::Recorder& recorder, int target, double budgetMs) override {
        if (m_show == "table" && target > 0) m_table.begin(m_jobs);
        return ScenesLab::advance(recorder, target, budgetMs);
    }
    void act(const std::string& action) override {
        if (action == "table") m_table.begin(m_jobs);
    }
    lab::Jobs& jobs() override { return m_jobs; }
    std::vector<lab::Document> documents() const override {
        if (!m_table.complete()) return {};
        return {{"hippo-table.csv", csv(m_table.table())}};
    }

    const std::string& show() const override { return m_show; }
    const Remember& memory() const override { return m_memory; }
    const Anatomy& anatomy() const override { return m_anatomy; }
    const Convolving& convolving() const override { return m_convolving; }
    const Orders& orders() const override { return m_orders; }
    const Deriving& deriving() const override { return m_deriving; }
    const Choosing& choosing() const override { return m_choosing; }
    const BoardScene& board() const override { return m_board; }
    const TrapScene& traps() const override { return m_traps; }
    const TableScene& table() const override { return m_table; }

 private:
    const lab::Scene& scene() const override {
        if (m_show == "structure") return m_anatomy;
        if (m_show == "kernel") return m_convolving;
        if (m_show == "orders") return m_orders;
        if (m_show == "derivation") return m_deriving;
        if (m_show == "selective") return m_choosing;
        if (m_show == "board") return m_board;
        if (m_show == "traps") return m_traps;
        if (m_show == "table") return m_table;
        return m_memory;
    }

    static constexpr const char* unread = "The recording was not read to its end; choose it again.";

    /// What is shown while a recording is read.
    std::shared_ptr<const Source> until(const std::string& show, const SignalRequest& wanted) const {
        const auto& now = m_memory.request().source;
        if (show == "memory" && m_show == show && !now->signal.samples.empty()) return now;
        return Sources::silent(wanted, "Reading the recording: it is shown when all of it is there.");
    }

    std::string m_show = "memory";
    std::optional<lab::Settings> m_settings; ///< the last that were taken
    std::uint64_t m_seed = 0;
    Sources m_sources;
    Remember m_memory;
    Anatomy m_anatomy;
    Convolving m_convolving;
    Orders m_orders;
    Deriving m_deriving;
    Choosing m_choosing;
    BoardScene m_board;
    TrapScene m_traps;
    TableScene m_table;
    lab::Jobs m_jobs;
};

} // namespace

std::unique_ptr<lab::Lab> make(gpu::Device& device) { return std::make_unique<LiveLab>(device); }

} // namespace orrery::statespace
