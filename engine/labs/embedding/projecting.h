// SPDX-License-Identifier: GPL-3.0-or-later
// The cloud: a table, projected. Preparing it is a job; the descent runs a step at a time, here while steps are short and in a
// thread of its own while they are long, with the same bits either way; on a device always here, several steps at once.
#pragma once

#include "engine/labs/embedding/history.h"
#include "engine/labs/embedding/problem.h"
#include "engine/labs/embedding/scene.h"

#include <optional>

namespace orrery::embedding {

class Projecting final : public Scene {
 public:
    static constexpr double longestInline = 6; ///< milliseconds of a step that is still taken in the caller's thread

    explicit Projecting(gpu::Device& device) : m_device(device) {}

    /// Begins to prepare what is asked for, in a job; what was there stays until it is ready. Throws Error for what the table that
    /// is already there rules out.
    void configure(const Request& request, const Tuning& tuning, std::int64_t qualityK, int qualityEvery, lab::Jobs& jobs);
    /// A table and its picture that come from elsewhere, with nothing to descend; what was being prepared is dropped.
    void present(std::shared_ptr<const Problem> problem, const PicturePoints& picture);
    void leave() { m_preparing.reset(); } ///< what is being prepared is not wanted any more
    void collect(const lab::Jobs& jobs);  ///< a job that was cancelled leaves what was there
    void measureAll(lab::Jobs& jobs);     ///< quality at every row (20,000 at most)

    int steps() const override { return m_steps; }
    std::vector<lab::Mark> marks() const override;
    std::string status() const override;
    int position() const override { return m_position; }
    bool advance(int target, double budgetMs) override;
    std::span<const lab::Sample> series(const std::string& key) const override;
    lab::HostArray array(const std::string& key) override;
    std::vector<lab::Check> checks() const override;

    // --- what the view draws ---------------------------------------------------------------------------------------------
    const std::shared_ptr<const Problem>& problem() const { return m_problem; } ///< null until the first is ready
    const PicturePoints& picture() const { return m_state.y; }
    std::uint64_t revision() const { return m_revision; } ///< rises whenever the picture or the table is another
    bool preparing() const { return m_preparing.has_value(); }
    const Tuning& tuning() const { return m_tuning; }
    std::string how() const; ///< repulsion or batches, in words
    /// The newest figures, and the step at which they were taken; of a sample of rows while it runs, of all after measureAll.
    const std::optional<Quality>& quality() const { return m_quality; }
    int qualityAt() const { return m_qualityAt; }

    // --- questions about rows; each takes milliseconds ---------------------------------------------------------------------
    /// In the table as it was read, and in the picture: nearest first, without the row itself.
    Neighbours inTable(std::int64_t row, std::int64_t k, Metric metric) const;
    Neighbours inPicture(std::int64_t row, std::int64_t k) const;
    std::optional<Forces> forces(std::int64_t row);
    /// Places rows that the picture does not hold, among those it holds: [m, dims].
    Matrix place(const Matrix& rows, Progress& progress) const;

 private:
    struct Work;
    void begin(std::shared_ptr<const Problem> problem);
    void install(Work& work);
    Era eraOf(const Problem& problem) const;
    void turn(Era era);
    void restore(int step);
    void sample(const char* key, int step, double value);
    int nextLook() const; ///< the step after which something is measured, kept or turned

    gpu::Device& m_device;
    Request m_request;
    Tuning m_tuning;
    std::int64_t m_qualityK = 12;
    int m_qualityEvery = 50, m_steps = 1, m_position = 0, m_qualityAt = -1;
    std::shared_ptr<const Problem> m_problem;
    State m_state;
    History m_history;
    std::map<std::string, std::vector<lab::Sample>> m_series;
    std::optional<Quality> m_quality;
    std::uint64_t m_revision = 0;
    double m_stepMs = 0, m_firstEntropy = 0;          ///< sum P ln P of the graph that the run began with
    mutable std::shared_ptr<const Problem> m_checked; ///< what m_standing is of
    mutable std::vector<lab::Check> m_standing;
    mutable std::uint64_t m_balancedAt = 0;
    mutable double m_balance = 0;

    struct Preparing {
        Request request;
        std::shared_ptr<Background> work;
        std::shared_ptr<std::shared_ptr<const Problem>> result;
    };
    std::optional<Preparing> m_preparing;
    std::shared_ptr<Work> m_work; ///< a step under way in another thread
};

} // namespace orrery::embedding
