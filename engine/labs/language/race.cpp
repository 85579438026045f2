// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/race.h"

#include "engine/error.h"

#include <algorithm>

namespace orrery::language {

Race::Race(Predictor& target, std::vector<Runner> runners, RaceOptions options)
    : m_target(&target), m_runners(std::move(runners)), m_options(std::move(options)) {
    if (m_options.prompts.empty()) throw Error("a race needs a prompt");
    if (m_runners.empty() || m_runners.front().drafter) {
        Runner plain{"plain", "plain", nullptr, m_runners.empty() ? Plan{} : m_runners.front().plan};
        m_runners.insert(m_runners.begin(), plain);
    }
    const int room = target.context() - int(m_options.prompts.front().size());
    m_rows.assign(std::begin(timed), std::end(timed));
    for (const Runner& runner : m_runners) {
        checkPlan(runner.drafter, runner.plan);
        LaneResult& lane = m_lanes.emplace_back();
        lane.key = runner.key, lane.name = runner.name;
        const Growth& growth = runner.plan.growth;
        const int nodes = !runner.drafter ? 0 : growth.dynamic ? growth.dynamic->total : int(growth.shape.size());
        m_rows.push_back(nodes + 1);
    }
    std::sort(m_rows.begin(), m_rows.end());
    m_rows.erase(std::unique(m_rows.begin(), m_rows.end()), m_rows.end());
    if (room < 2) m_rows = {1};
    m_texts.resize(m_options.prompts.size());
    m_units = double(m_rows.size()) + double(m_runners.size()) * double(2 + 10 * m_options.prompts.size());
}

Race::~Race() = default;

bool Race::sharesText() const {
    return std::all_of(m_runners.begin(), m_runners.end(), [](const Runner& runner) {
        return runner.plan.rule == Rule::coupled || runner.plan.rule == Rule::greedy || runner.plan.sampling.temperature <= 0;
    });
}

/// The prompt is read outside of what is timed: it takes the same for all.
void Race::open(Drafter* drafter, const Plan& plan, const std::vector<std::int32_t>& prompt) {
    m_speculator = std::make_unique<Speculator>(*m_target, drafter, plan);
    m_speculator->setClock(m_options.clock);
    m_speculator->forget();
    m_speculator->start(prompt);
    m_speculator->prefill();
}

/// One pass of so many rows, a bush below the first prompt: attention sees the same length whatever the number.
void Race::timePasses() {
    if (!m_speculator) {
        open(nullptr, m_runners.front().plan, m_options.prompts.front());
    }
    const int n = m_rows[m_place];
    std::vector<TreeToken> nodes = {{m_options.prompts.front().back(), -1}};
    for (int i = 1; i < n; ++i) nodes.push_back({std::int32_t(i % m_target->vocabulary()), 0});
    const double from = m_options.clock();
    m_target->extend(nodes);
    m_samples.push_back(m_options.clock() - from);
    m_target->truncate(m_target->length());
    if (int(m_samples.size()) <= m_options.calibration) return;
    m_samples.erase(m_samples.begin()); // the first may make kernels
    m_passes.set(n, median(std::move(m_samples)));
    m_samples.clear();
    ++m_done;
    if (++m_place < m_rows.size()) return;
    m_speculator.reset();
    m_stage = Stage::calibration;
}

/// Some rounds of each lane that do not count, for the time of drafting and deciding.
void Race::calibrate() {
    const Runner& runner = m_runners[m_lane];
    if (!m_speculator) {
        open(runner.drafter, runner.plan, m_options.prompts.front());
        m_taken.clear();
        m_place = 0;
    }
    double asks = 0;
    if (!m_speculator->full()) {
        const Round round = m_speculator->step(1 << 30, false);
        asks = round.asks;
        if (m_place > 1) m_taken.push_back(round.times);
        if (asks > 0) m_samples.push_back(round.times.draft / asks);
    }
    if (int(++m_place) < m_options.calibration + 2 && !m_speculator->full()) return;
    std::vector<double> draft, other;
    for (const Times& t : m_taken) draft.push_back(t.draft), other.push_back(t.decide + t.commit);
    LaneResult& lane = m_lanes[m_lane];
    const double one = std::max(m_passes.ms(1), 1e-9);
    lane.cost.draft = median(draft) / one;
    lane.cost.other = median(other) / one;
    lane.step = median(std::move(m_samples)) / one;
    m_samples.clear();
    m_speculator.reset();
    m_done += 2;
    if (++m_lane < m_runners.size()) return;
    m_lane = 0;
    m_stage = Stage::running;
}

void Race::round() {
    const Runner& runner = m_runners[m_lane];
    LaneResult& lane = m_lanes[m_lane];
    const std::vector<std::int32_t>& prompt = m_options.prompts[m_prompt];
    if (!m_speculator) open(runner.drafter, runner.plan, prompt);
    const std::size_t end = std::min(prompt.size() + std::size_t(m_options.tokens), std::size_t(m_target->context()) + 1);
    if (m_speculator->text().size() < end) lane.tally.add(m_speculator->step(int(end - m_speculator->text().size()), false));
    if (m_speculator->text().size() < end) return;
    if (m_lane == 0) m_texts[m_prompt] = m_speculator->text();
    ++lane.texts;
    lane.same += m_speculator->text() == m_texts[m_prompt];
    m_speculator.reset();
    m_done += 10;
    settle();
    if (++m_lane < m_runners.size()) return;
    m_lane = 0;
    if (++m_prompt == m_options.prompts.size()) m_stage = Stage::done;
}

void Race::settle() {
    const LaneResult& plain = m_lanes.front();
    for (LaneResult& lane : m_lanes) {
        if (lane.tally.tokens == 0) continue;
        lane.measured = plain.tally.msPerToken() / lane.tally.msPerToken();
        lane.cost.verify = m_passes.ratio(double(lane.tally.rows) / double(lane.tally.rounds));
        const Cost& base = plain.cost;
        lane.modelled = speedUp(lane.tally.perRound(), lane.cost) / speedUp(1, {base.draft, 1, base.other});
    }
}

std::string Race::label() const {
    switch (m_stage) {
        case Stage::passes:
            return "timing a pass of " + std::to_string(m_rows[m_place]) + " rows";
        case Stage::calibration:
            return "timing " + m_runners[m_lane].name;
        case Stage::running:
            return m_runners[m_lane].name + ", prompt " + std::to_string(m_prompt + 1) + " of " +
                   std::to_string(m_options.prompts.size());
        case Stage::done:
            break;
    }
    return sharesText() ? "done: one text, as many ways" : "done";
}

double Race::run(double budgetMs) {
    const double end = wallMs() + budgetMs;
    while (!finished()) {
        if (m_stage == Stage::passes)
            timePasses();
        else if (m_stage == Stage::calibration)
            calibrate();
        else
            round();
        if (wallMs() >= end) break;
    }
    return finished() ? 1 : std::min(m_done / m_units, 0.999);
}

} // namespace orrery::language
