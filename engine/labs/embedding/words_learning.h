// SPDX-License-Identifier: GPL-3.0-or-later
// Word vectors as they are learned: the clock is training, and at every step the cloud is where the vectors are.
#pragma once

#include "engine/lab/scene.h"
#include "engine/labs/embedding/problem.h"
#include "engine/labs/embedding/words_pmi.h"
#include "engine/labs/embedding/words_request.h"

#include <map>
#include <optional>

namespace orrery::embedding {

class Learning final : public lab::Scene {
 public:
    static constexpr int mostSteps = 300;                   ///< of the clock; each is as many rounds of training as it takes
    static constexpr std::size_t mostBytes = 256U << 20;    ///< of kept states
    static constexpr std::int64_t mostForDirections = 5000; ///< most frequent words that principal components are taken from
    static constexpr double mostPerStep = 3e7;              ///< multiplications that asking analogies may take after a step

    /// Reads the text and counts in a job; what was there stays until that is done. How the cloud is looked at (`start`) changes
    /// at once and without training anew. Throws Error for axes whose words are not there.
    void configure(const WordsRequest& request, const Request& look, lab::Jobs& jobs);
    void collect(const lab::Jobs& jobs); ///< a job that was cancelled leaves what was there
    void leave() { m_reading.reset(); }  ///< something else is looked at

    int steps() const override { return m_run ? m_run->steps : 1; }
    std::vector<lab::Mark> marks() const override { return {{0, "untrained"}, {steps(), "trained"}}; }
    std::string status() const override;
    int position() const override { return m_position; }
    bool advance(gpu::Recorder&, int target, double budgetMs) override;
    std::span<const lab::Sample> series(const std::string& key) const override;
    lab::HostArray array(gpu::Device&, const std::string& key) override;
    std::vector<lab::Check> checks() const override;

    /// Null until the text is read. Its table holds the vectors of this step; each step another.
    const std::shared_ptr<const Problem>& problem() const { return m_problem; }
    const PicturePoints& picture() const { return m_picture; }
    std::uint64_t revision() const { return m_revision; }
    bool reading() const { return m_reading.has_value(); }

    std::shared_ptr<const Corpus> corpus() const { return m_run ? m_run->corpus : nullptr; }
    const WordState& state() const { return m_state; }
    PmiTable pmi(std::int64_t words) const; ///< of the most frequent ones, now

 private:
    struct Run {
        WordsRequest request;
        std::shared_ptr<const Corpus> corpus;
        std::shared_ptr<WordTrainer> trainer;
        std::vector<PairCount> pairs; ///< for the PMI; empty of GloVe
        AnalogyRows questions;
        int steps = 1;
        std::int64_t roundAt(int step) const { return trainer->rounds() * step / steps; }
    };
    static std::shared_ptr<Run> prepare(const WordsRequest& request, Progress& progress);
    void begin(std::shared_ptr<Run> run);
    void reached(int step);
    void look();
    void remember(int step);
    void sample(const char* key, double value);

    struct Reading {
        WordsRequest request;
        std::shared_ptr<Background> work;
    };
    std::optional<Reading> m_reading;
    std::shared_ptr<Run> m_run;
    Request m_look;
    WordState m_state;
    std::int64_t m_round = 0; ///< rounds that m_state has behind it
    int m_position = 0, m_gap = 1;
    WordLoss m_lost; ///< since the last step
    std::map<int, WordState> m_kept;
    std::vector<std::array<Matrix, 2>> m_directions; ///< [step][2-D, 3-D]: principal, turned to lie like those before
    std::map<std::string, std::vector<lab::Sample>> m_series;
    std::shared_ptr<const Problem> m_problem;
    PicturePoints m_picture;
    std::uint64_t m_revision = 0;
};

} // namespace orrery::embedding
