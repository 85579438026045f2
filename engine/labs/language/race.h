// SPDX-License-Identifier: GPL-3.0-or-later
// Every strategy on the same prompts, for the same number of tokens, by turns: what it gained as the clock says, and what its
// parts, measured apart from the race, say that it should.
#pragma once

#include "engine/labs/language/speculate.h"
#include "engine/labs/language/tally.h"

#include <memory>

namespace orrery::language {

struct Runner {
    std::string key, name;
    Drafter* drafter = nullptr; ///< null: plain decoding
    Plan plan;
};

struct LaneResult {
    std::string key, name;
    Tally tally;
    std::int64_t texts = 0, same = 0; ///< finished, and those that are the plain text token for token
    double measured = 0;              ///< time for a token of plain decoding / its own
    double modelled = 0;              ///< S from the calibration and this lane's tokens per round
    Cost cost;                        ///< of the calibration
    double step = 0;                  ///< c: one asking of the drafter / one plain pass
    bool wins() const { return measured > 1; }
};

struct RaceOptions {
    std::vector<std::vector<std::int32_t>> prompts; ///< at least one
    int tokens = 64;                                ///< of each text
    int calibration = 12;                           ///< rounds, passes and drafts of which the medians are taken
    Milliseconds clock = wallMs;
};

class Race {
 public:
    /// The first lane is plain decoding whatever is given. Uses all models until it is finished or gone. Throws Error for a plan
    /// that cannot be met. Under the coupled rule, and greedy, all lanes write one text: the target's.
    Race(Predictor& target, std::vector<Runner> runners, RaceOptions options);
    ~Race();

    double run(double budgetMs); ///< the share that is done, 1 when finished
    bool finished() const { return m_stage == Stage::done; }
    const std::vector<LaneResult>& lanes() const { return m_lanes; } ///< plain first
    const PassTimes& passes() const { return m_passes; }             ///< T(n) at the first prompt's end
    std::string label() const;                                       ///< what it does now

    /// Rows at which a pass is timed, beside those of the lanes' own trees.
    static constexpr int timed[] = {1, 2, 4, 8, 9, 16, 32, 64};

 private:
    enum class Stage { passes, calibration, running, done };
    void timePasses();
    void calibrate();
    void round();
    void settle();
    void open(Drafter* drafter, const Plan& plan, const std::vector<std::int32_t>& prompt);
    bool sharesText() const;

    Predictor* m_target;
    std::vector<Runner> m_runners;
    RaceOptions m_options;
    std::vector<LaneResult> m_lanes;
    PassTimes m_passes;
    Stage m_stage = Stage::passes;
    std::vector<int> m_rows; ///< to be timed
    std::vector<double> m_samples;
    std::size_t m_place = 0, m_lane = 0, m_prompt = 0;
    std::unique_ptr<Speculator> m_speculator;
    std::vector<Times> m_taken;
    std::vector<std::vector<std::int32_t>> m_texts; ///< plain ones, of each prompt
    double m_units = 0, m_done = 0;
};

} // namespace orrery::language
