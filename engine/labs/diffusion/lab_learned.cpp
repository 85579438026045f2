// SPDX-License-Identifier: GPL-3.0-or-later
// The network in the lab. Training is no part of diffusion time. The fields and what is hovered show its newest weights; the
// particles keep those with which they turned back, so that scrubbing shows what was there, and take new ones when they stand
// before the turn, when training ends, and when far better ones are there: then the way back begins anew.
#include "engine/error.h"
#include "engine/labs/diffusion/lab_impl.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace orrery::diffusion {

namespace {

/// Of a frame, while it trains: a step takes some 5 ms on two cores, and the window shall go on drawing.
constexpr double sliceMs = 16;
constexpr int moreSteps = 1000; ///< by hand, beyond the end
/// Weights so much older than the newest that the particles walk anew: while time stands still, and while it runs only where
/// the newest have seen five times as much.
constexpr int restFrames = 30, oldSteps = 100;

} // namespace

/// The network that a request asks for, or none. Throws Error and keeps what was there.
void LiveLab::learn(const std::optional<LearnRequest>& request, const std::shared_ptr<const Mixture>& data,
                    const Schedule& schedule) {
    if (!request || data->empty()) { // what was learned stays: the same request goes on with it
        stopTraining();
        m_walk = nullptr;
        return;
    }
    const auto until = [&] { return request->steps + m_more; };
    const bool had = bool(m_learned);
    const Learned::Problem before = m_learned.problem();
    m_learned.set({data, schedule, request->options, request->file, request->averaged, until()});
    const bool goesOn = had && m_learned.problem().data == before.data && m_learned.problem().file == before.file &&
                        request->options.sameNetwork(before.options) && m_learned.steps() > 0;
    if (!goesOn) {
        m_stopped = false, m_more = 0;
        m_learned.limit(until());
    }
    if (goesOn && m_training && !under(m_training) && !m_learned.done()) m_stopped = true; // its job was cancelled
    if (!m_walk || !goesOn) takeNetwork(), m_learnedFields.reset();
    if (m_stopped || m_learned.done())
        stopTraining();
    else
        train();
}

void LiveLab::train() {
    if (under(m_training)) return;
    const int from = m_learned.steps(), until = m_learned.problem().until;
    m_training = &m_jobs.add({"Training the score", "steps", double(until - from), [this, from](double budgetMs) {
                                  m_learned.slice(std::max(budgetMs, sliceMs));
                                  if (m_learned.done()) m_wantsFresh = true;
                                  const double all = std::max(1, m_learned.problem().until - from);
                                  return m_learned.done() ? 1 : (m_learned.steps() - from) / all;
                              }});
}

void LiveLab::stopTraining() {
    if (under(m_training)) m_jobs.cancelAll();
    m_training = nullptr;
}

void LiveLab::act(const std::string& action) {
    if (!m_walk) {
        if (action == "train_network" || action == "reset_network")
            throw Error("there is no network to train: choose the learned score first");
        return;
    }
    if (action == "train_network") {
        if (under(m_training)) {
            m_stopped = true, m_wantsFresh = true;
            return stopTraining();
        }
        m_stopped = false;
        if (m_learned.done()) {
            m_more = m_learned.steps() + moreSteps - m_request.learn->steps;
            m_learned.limit(m_learned.steps() + moreSteps);
        }
        train();
    } else if (action == "reset_network") {
        stopTraining();
        m_learned.reset();
        m_stopped = false, m_more = 0, m_wantsFresh = true;
        m_learned.limit(m_request.learn->steps);
        if (!m_learned.done()) train();
    }
}

void LiveLab::save(const std::string& output, const std::string& path) {
    if (output == "features") return lab::saveSent(*this, output, path);
    if (output != "network") return Lab::save(output, path);
    if (!m_walk) throw Error("there is no network to save: choose the learned score first");
    m_learned.save(path);
}

void LiveLab::takeNetwork() {
    m_walk = m_learned.snapshot();
    m_walkError = m_learned.noiseError();
}

void LiveLab::followNetwork(int target) {
    m_stillFrames = target == m_lastTarget ? m_stillFrames + 1 : 0;
    m_lastTarget = target;
    if (!m_walk || m_walk->version() == m_learned.live().version()) return;
    const bool touched = m_particles.furthest() > m_journey->turn; // some step was taken with the old weights
    const int behind = m_learned.live().version() - m_walk->version();
    const bool old = behind >= (m_stillFrames > restFrames ? oldSteps : oldSteps + 4 * m_walk->version());
    if (touched && target > m_journey->turn && !m_wantsFresh && !old) return;
    takeNetwork();
    m_wantsFresh = false;
    Particles::Problem problem = m_particles.problem();
    problem.model = m_walk;
    if (touched)
        begin(problem);
    else
        m_particles.follow(m_walk);
}

/// Of the way back up to a step: the pulls times the root mean square of the score's error, per axis, standardised. To first
/// order, and without what later steps make of it.
double LiveLab::scorePush(int step) const {
    if (!m_walk) return 0;
    double sum = 0;
    for (int k = m_journey->turn; k < step; ++k) {
        const Step& each = m_journey->steps[std::size_t(k)];
        sum += std::abs(each.pull) * m_learned.scoreError(m_walkError, clock(k));
    }
    return sum;
}

/// Root mean square of the exact score at a step, of both axes.
double LiveLab::scoreSize(int step) const { return m_walk ? m_learned.scoreSize(clock(step)) : 0; }

std::vector<lab::Fact> LiveLab::networkFacts() const {
    if (!m_walk) return {};
    std::vector<lab::Fact> facts{{"steps learned", std::to_string(m_learned.steps())}};
    if (m_walk->version() != m_learned.live().version() && m_particles.furthest() > m_journey->turn)
        facts.push_back({"in use", std::to_string(m_walk->version())});
    if (const double gap = m_learned.gap(); std::isfinite(gap)) {
        char text[32];
        std::snprintf(text, sizeof text, "%.3g %%", 100 * gap);
        facts.push_back({"above the floor", text});
    }
    return facts;
}

std::vector<lab::Fact> LiveLab::learnedFacts(double x, double y, const double (&exact)[2]) const {
    if (!m_walk) return {};
    const Shown now = shown();
    const double sigma = std::sqrt(now.variance), unit = m_frame.scale;
    const StepWatch::Score s = scoreOf(m_learned.reference(), m_learned.live().head(now.alpha, sigma), x, y, now.alpha, sigma);
    char learned[64], off[64];
    std::snprintf(learned, sizeof learned, "(%.4g, %.4g)", s.value[0] / unit, s.value[1] / unit);
    const double distance = std::hypot(s.value[0] - exact[0], s.value[1] - exact[1]);
    std::snprintf(off, sizeof off, "%.3g (%.2g/\xCF\x83)", distance / unit, distance * sigma);
    return {{"learned score", learned}, {"off by", off}};
}

} // namespace orrery::diffusion
