// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/projecting.h"

#include "engine/error.h"
#include "engine/lab/names.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace orrery::embedding {

namespace {

constexpr int lossEvery = 25;
constexpr std::int64_t mostMeasured = 20000;

using Clock = std::chrono::steady_clock;
double milliseconds(Clock::time_point since) { return std::chrono::duration<double, std::milli>(Clock::now() - since).count(); }

std::span<const float> classesOf(const Table& table) {
    const Column* classes = table.classes();
    return classes ? std::span<const float>(classes->values) : std::span<const float>();
}

} // namespace

/// Steps, and what is measured after them.
struct Projecting::Work {
    std::shared_ptr<const Problem> problem;
    Era era;
    State state;
    int step = 0; ///< before them; after descend() so many more
    std::int64_t qualityK = 12;
    int steps = 1;
    bool measures = false, loses = false;
    std::optional<Loss> loss;
    std::optional<Quality> quality;
    Background background;

    void descend() {
        if (era.optimiser) era.optimiser->run(state, era.tuning, step, steps);
        step += steps;
        if (loses && era.optimiser) loss = era.optimiser->loss(state, era.tuning);
    }
    void measure(Progress& progress) {
        if (measures && problem->probe)
            quality = problem->probe->measure(state.y, qualityK, classesOf(*problem->table), progress);
    }
};

Era Projecting::eraOf(const Problem& problem) const { return {m_tuning, optimiserOf(problem, m_device)}; }

void Projecting::configure(const Request& request, const Tuning& tuning, std::int64_t qualityK, int qualityEvery,
                           lab::Jobs& jobs) {
    const bool sameTable = m_problem && m_problem->request.space.data == request.space.data;
    if (sameTable) {
        verify(request, m_problem->table->rows());
        if (request.graph.method == Method::axes)
            for (int d = 0; d < request.start.dims; ++d)
                for (const std::size_t end : {std::size_t(2 * d), std::size_t(2 * d + 1)})
                    if (d == 0 || !request.start.ends[end].empty() || !request.start.ends[end ^ 1].empty())
                        rowsNamed(*m_problem->table, request.start.ends[end]);
    }
    m_qualityK = qualityK, m_qualityEvery = qualityEvery;
    const bool turned = !(tuning == m_tuning);
    m_tuning = tuning;
    const Request before = m_preparing ? m_preparing->request : m_problem ? m_problem->request : Request{};
    Request now = request, then = before;
    now.steps = then.steps = 0;
    if (m_problem && !m_preparing) m_steps = request.steps;
    if ((m_problem || m_preparing) && now == then) {
        if (m_preparing) m_preparing->request.steps = request.steps;
        if (turned && m_problem && !m_preparing) {
            m_work.reset();
            Era era = m_history.era(m_position);
            era.tuning = tuning;
            turn(std::move(era));
        }
        m_request = request;
        return;
    }
    m_request = request;
    auto result = std::make_shared<std::shared_ptr<const Problem>>();
    gpu::Device* const searching = takesDevice(request.path, m_device) ? &m_device : nullptr;
    const auto turns = searching ? std::make_shared<SharedTurns>() : nullptr;
    auto work =
        std::make_shared<Background>([request, former = m_problem, picture = m_state.y, result, paths = Paths{searching, turns}](
                                         Progress& progress) { *result = solve(request, former, picture, progress, paths); });
    m_preparing = Preparing{request, work, result};
    jobs.cancelAll();
    const std::string name = request.space.data.file && !sameTable
                                 ? "Reading " + request.space.data.path.substr(request.space.data.path.find_last_of('/') + 1)
                                 : "Preparing the projection";
    jobs.add({name, "%", 100,
              [this, work, turns](double budgetMs) {
                  if (!m_preparing || m_preparing->work != work) return 1.0; // another has taken its place
                  try {
                      if (turns) turns->give(std::min(budgetMs, 8.0));
                      if (!work->finished(turns ? 0 : std::min(budgetMs, 8.0))) return std::min(0.99, work->fraction());
                  } catch (...) {
                      m_preparing.reset();
                      throw;
                  }
                  return 1.0;
              },
              [this, work, result] {
                  if (m_preparing && m_preparing->work == work && *result) begin(*result);
              }});
}

void Projecting::present(std::shared_ptr<const Problem> problem, const PicturePoints& picture) {
    m_preparing.reset(), m_work.reset();
    m_request = problem->request, m_problem = std::move(problem);
    m_state = {picture, {}, {}};
    m_position = 0, m_steps = 1, m_stepMs = 0;
    m_series.clear(), m_quality.reset(), m_qualityAt = -1;
    m_history.begin(m_state, {m_tuning, nullptr});
    ++m_revision;
}

void Projecting::collect(const lab::Jobs& jobs) {
    if (m_preparing && jobs.empty()) m_preparing.reset();
}

/// Takes the new problem: a run that only its graph is another of goes on where it stands.
void Projecting::begin(std::shared_ptr<const Problem> problem) {
    m_preparing.reset();
    m_work.reset();
    const bool goesOn = m_problem && problem->request.descends() && m_problem->request.space == problem->request.space &&
                        m_problem->request.start == problem->request.start &&
                        m_problem->request.graph.method == problem->request.graph.method;
    m_problem = std::move(problem);
    m_steps = m_request.steps;
    ++m_revision;
    if (goesOn) {
        turn(eraOf(*m_problem));
        return;
    }
    m_state = firstState(*m_problem);
    m_position = 0, m_stepMs = 0;
    m_series.clear(), m_quality.reset(), m_qualityAt = -1;
    m_firstEntropy = m_problem->affinities ? m_problem->affinities->entropy : 0;
    Era era = eraOf(*m_problem);
    if (era.optimiser) {
        const Loss loss = era.optimiser->loss(m_state, m_tuning);
        sample("loss", 0, loss.total), sample("attraction", 0, loss.attraction), sample("repulsion_loss", 0, loss.repulsion);
    }
    m_history.begin(m_state, std::move(era));
}

std::vector<lab::Mark> Projecting::marks() const {
    if (!m_request.descends()) return {{0, "projected"}, {m_steps, "projected"}};
    std::vector<lab::Mark> marks = {{0, "start"}, {m_steps, "end"}};
    if (m_request.graph.method == Method::tsne && m_tuning.exaggerated > 0 && m_tuning.exaggerated < m_steps)
        marks.insert(marks.begin() + 1, {m_tuning.exaggerated, "exaggeration ends"});
    return marks;
}

std::string Projecting::status() const {
    if (!m_problem) return m_preparing ? "preparing" : "nothing is prepared; choose the table again";
    const std::string size = lab::rounded(double(m_problem->table->rows())) + " x " + std::to_string(m_problem->table->dims());
    if (!m_request.descends()) return size;
    std::string text = size + " · step " + std::to_string(m_position) + "/" + std::to_string(m_steps);
    const auto loss = series("loss");
    if (!loss.empty()) text += " · loss " + lab::figures(loss.back().value);
    return text + " · " + how();
}

std::string Projecting::how() const {
    const auto& optimiser = m_problem ? m_history.era(m_position).optimiser : nullptr;
    return optimiser ? optimiser->how() : std::string();
}

/// From here on otherwise: what had been computed beyond is forgotten.
void Projecting::turn(Era era) {
    m_history.turn(m_position, std::move(era));
    for (auto& [key, samples] : m_series) std::erase_if(samples, [this](const lab::Sample& s) { return s.step > m_position; });
}

void Projecting::restore(int step) {
    const auto [number, state] = m_history.frame(step);
    m_state = state, m_position = number;
    ++m_revision;
}

void Projecting::sample(const char* key, int step, double value) {
    auto& samples = m_series[key];
    const auto at =
        std::lower_bound(samples.begin(), samples.end(), step, [](const lab::Sample& s, int wanted) { return s.step < wanted; });
    if (at != samples.end() && at->step == step)
        at->value = value;
    else
        samples.insert(at, {step, double(step), value});
}

void Projecting::install(Work& work) {
    m_state = std::move(work.state), m_position = work.step;
    ++m_revision;
    m_history.keep(m_position, m_state);
    if (work.loss) {
        sample("loss", m_position, work.loss->total);
        sample("attraction", m_position, work.loss->attraction), sample("repulsion_loss", m_position, work.loss->repulsion);
    }
    if (work.quality) {
        sample("trust", m_position, work.quality->trust.value), sample("continuity", m_position, work.quality->continuity.value);
        sample("recall", m_position, work.quality->recall.value);
        if (work.quality->accuracy.value >= 0) sample("accuracy", m_position, work.quality->accuracy.value);
        m_quality = std::move(work.quality), m_qualityAt = m_position;
    }
}

int Projecting::nextLook() const {
    const auto next = [this](int every) { return (m_position / every + 1) * every; };
    const int look = std::min(m_history.pause(m_position), next(lossEvery));
    return m_qualityEvery > 0 ? std::min(look, next(m_qualityEvery)) : look;
}

bool Projecting::advance(int target, double budgetMs) {
    if (!m_problem) return false;
    target = std::clamp(target, 0, m_steps);
    if (m_work && target <= m_position) m_work.reset(); // no longer wanted
    if (m_work) {
        if (!m_work->background.finished(budgetMs)) return false;
        install(*m_work);
        m_work.reset();
    }
    if (target < m_position) restore(target);
    const auto begun = Clock::now();
    while (m_position < target) {
        if (milliseconds(begun) >= budgetMs) return false;
        auto work = std::make_shared<Work>();
        work->problem = m_problem, work->era = m_history.era(m_position), work->step = m_position, work->qualityK = m_qualityK;
        const bool here = work->era.optimiser && work->era.optimiser->ofTheCaller();
        // On a device the points stay there for as many steps as the time that is left allows.
        if (here && m_stepMs > 0)
            work->steps = int(
                std::clamp((budgetMs - milliseconds(begun)) / m_stepMs, 1.0, double(std::min(target, nextLook()) - m_position)));
        const int next = m_position + work->steps;
        work->loses = next % lossEvery == 0 || next == m_steps;
        work->measures = (m_qualityEvery > 0 && next % m_qualityEvery == 0) || next == m_steps;
        const bool inThread = work->measures || (!here && m_stepMs > longestInline);
        work->state = inThread ? m_state : std::move(m_state);
        if (here) {
            const auto start = Clock::now();
            try {
                work->descend();
            } catch (...) {
                if (!inThread) m_state = std::move(work->state);
                throw;
            }
            m_stepMs = milliseconds(start) / work->steps;
        }
        if (inThread) {
            m_work = work;
            work->background = Background([raw = work.get(), here](Progress& progress) {
                if (!here) raw->descend();
                raw->measure(progress);
            });
            if (!work->background.finished(std::max(0.0, budgetMs - milliseconds(begun)))) return false;
            m_work.reset();
            if (!work->measures) m_stepMs = std::min(m_stepMs, milliseconds(begun));
        } else if (!here) {
            const auto start = Clock::now();
            work->descend();
            m_stepMs = milliseconds(start);
        }
        install(*work);
    }
    return true;
}

void Projecting::measureAll(lab::Jobs& jobs) {
    if (!m_problem || m_problem->table->rows() < 4) return;
    auto result = std::make_shared<Quality>();
    auto work = std::make_shared<Background>([problem = m_problem, y = m_state.y, k = m_qualityK, result](Progress& progress) {
        const QualityProbe probe(problem->table->values, problem->request.space.metric,
                                 problem->table->rows() <= mostMeasured ? mostMeasured : 2000);
        *result = probe.measure(y, k, classesOf(*problem->table), progress);
    });
    jobs.add(
        {"Measuring the picture", "%", 100,
         [work](double budgetMs) { return work->finished(std::min(budgetMs, 8.0)) ? 1.0 : std::min(0.99, work->fraction()); },
         [this, result, at = m_position] {
             m_quality = *result, m_qualityAt = at;
             ++m_revision;
         }});
}

std::span<const lab::Sample> Projecting::series(const std::string& key) const {
    const auto found = m_series.find(key);
    return found == m_series.end() ? std::span<const lab::Sample>() : std::span<const lab::Sample>(found->second);
}

} // namespace orrery::embedding
