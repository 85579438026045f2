// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/words_learning.h"

#include "engine/error.h"
#include "engine/lab/names.h"

#include <Eigen/Dense>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

namespace orrery::embedding {

namespace {

using Clock = std::chrono::steady_clock;
double milliseconds(Clock::time_point since) { return std::chrono::duration<double, std::milli>(Clock::now() - since).count(); }

constexpr std::int64_t shownPmi = 64;

std::size_t bytesOf(const WordState& s) {
    return sizeof(float) * (s.in.size() + s.out.size() + s.inSquares.size() + s.outSquares.size() + 4 * s.inBias.size());
}

Matrix firstRows(const Matrix& all, std::int64_t rows) {
    const std::int64_t n = std::min(rows, all.rows());
    return Matrix(n, all.columns(), {all.data(), all.data() + n * all.columns()});
}

/// The first `k` principal directions, turned within the space they span so that they lie as near as can be to `before`: components
/// of nearly equal variance change places from step to step, and the picture would jump (Schoenemann 1966).
Matrix alike(const Matrix& components, std::int64_t k, const Matrix& before) {
    const std::int64_t d = components.columns(), have = std::min(k, components.rows());
    using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    Rows now = Rows::Zero(k, d);
    now.topRows(have) = Eigen::Map<const Rows>(components.data(), have, d);
    if (before.rows() == k) {
        const Eigen::MatrixXf product = Eigen::Map<const Rows>(before.data(), k, d) * now.transpose();
        const Eigen::JacobiSVD<Eigen::MatrixXf> svd(product, Eigen::ComputeFullU | Eigen::ComputeFullV);
        now = (svd.matrixU() * svd.matrixV().transpose() * now).eval();
    }
    return Matrix(k, d, {now.data(), now.data() + k * d});
}

PicturePoints pointsOf(const Matrix& rows, int dims) {
    PicturePoints y(rows.rows(), dims);
    for (int d = 0; d < dims; ++d)
        for (std::int64_t i = 0; i < y.n; ++i) y[d][i] = d < rows.columns() ? rows.row(i)[std::size_t(d)] : 0;
    return y;
}

} // namespace

std::shared_ptr<Learning::Run> Learning::prepare(const WordsRequest& request, Progress& progress) {
    auto run = std::make_shared<Run>();
    run->request = request;
    progress.part(0, 0.4);
    run->corpus = corpusFor(request.text, progress);
    progress.part(0.4, 0.7);
    run->trainer = wordTrainer(run->corpus, request.settings, progress);
    progress.part(0.7, 1);
    if (request.settings.model != WordModel::glove && run->corpus->tokens.size() < 1'000'000)
        run->pairs = windowPairs(*run->corpus, request.settings, progress);
    run->questions = AnalogyRows(questionsFor(request), WordIndex(run->corpus->words));
    // no more than can be asked after each step
    const double each = double(run->corpus->size()) * request.settings.dims;
    const auto most = std::max<std::size_t>(20, std::size_t(mostPerStep / each));
    if (auto& rows = run->questions.rows; rows.size() > most) {
        for (std::size_t i = 0; i < most; ++i) rows[i] = rows[i * rows.size() / most];
        rows.resize(most);
    }
    run->steps = int(std::clamp<std::int64_t>(run->trainer->rounds(), 1, mostSteps));
    return run;
}

void Learning::configure(const WordsRequest& request, const Request& look, lab::Jobs& jobs) {
    if (m_problem && look.graph.method == Method::axes)
        for (int d = 0; d < look.start.dims; ++d)
            for (const std::size_t end : {std::size_t(2 * d), std::size_t(2 * d + 1)})
                if (d == 0 || !look.start.ends[end].empty() || !look.start.ends[end ^ 1].empty())
                    rowsNamed(*m_problem->table, look.start.ends[end]);
    m_look = look;
    const WordsRequest& before = m_reading ? m_reading->request : m_run ? m_run->request : request;
    if ((m_reading || m_run) && before == request) {
        if (m_run && !m_reading) this->look();
        return;
    }
    auto result = std::make_shared<std::shared_ptr<Run>>();
    auto work = std::make_shared<Background>([request, result](Progress& progress) { *result = prepare(request, progress); });
    m_reading = Reading{request, work};
    jobs.cancelAll();
    jobs.add({"Reading the text", "%", 100,
              [this, work](double budgetMs) {
                  if (!m_reading || m_reading->work != work) return 1.0; // another has taken its place
                  try {
                      if (!work->finished(std::min(budgetMs, 8.0))) return std::min(0.99, work->fraction());
                  } catch (...) {
                      m_reading.reset();
                      throw;
                  }
                  return 1.0;
              },
              [this, work, result] {
                  if (m_reading && m_reading->work == work && *result) begin(*result);
              }});
}

void Learning::collect(const lab::Jobs& jobs) {
    if (m_reading && jobs.empty()) m_reading.reset();
}

void Learning::begin(std::shared_ptr<Run> run) {
    m_reading.reset();
    m_run = std::move(run);
    m_state = m_run->trainer->begin();
    m_round = 0, m_position = 0, m_lost = {};
    m_gap = int(std::max<std::size_t>(1, (bytesOf(m_state) * std::size_t(m_run->steps) + mostBytes - 1) / mostBytes));
    m_kept.clear(), m_directions.clear(), m_series.clear();
    reached(0);
    look();
}

void Learning::sample(const char* key, double value) {
    auto& samples = m_series[key];
    if (samples.empty() || samples.back().step < m_position) samples.push_back({m_position, double(m_position), value});
}

/// The state of a step is there, perhaps again.
void Learning::reached(int step) {
    m_position = step;
    if (step % m_gap == 0) m_kept.emplace(step, m_state);
    if (m_lost.count > 0) sample("word_loss", m_lost.mean());
    m_lost = {};
    const bool isNew = int(m_directions.size()) <= step;
    if (!isNew) return;
    const Matrix vectors = m_state.vectors(), frequent = firstRows(vectors, mostForDirections);
    Progress progress;
    const Pca p = pca(frequent, {.components = int(std::min<std::int64_t>({3, frequent.columns(), frequent.rows()}))}, progress);
    const std::array<Matrix, 2> none;
    const std::array<Matrix, 2>& before = m_directions.empty() ? none : m_directions.back();
    m_directions.push_back({alike(p.components, 2, before[0]), alike(p.components, 3, before[1])});
    if (m_run->questions.rows.empty()) return;
    const AnalogyScore score = scoreAnalogies(vectors, m_run->questions, AnalogyRule::add);
    sample("analogies", score.share()), sample("analogies_all", score.shareOfAll());
}

/// The picture of the step that is there.
void Learning::look() {
    auto p = std::make_shared<Problem>();
    p->request = m_look;
    p->request.space.data.live = true; // whoever else wants this table must make its own
    auto table = std::make_shared<Table>(tableOf(*m_run->corpus, m_state.vectors(), m_run->request.text));
    p->table = table, p->remarks = table->remarks, p->space = table->values;
    Progress progress;
    const StartRequest& start = m_look.start;
    const std::array<std::int64_t, 3> leading{1, 2, 3};
    const auto largest =
        m_look.graph.method == Method::pca ? *std::max_element(start.components.begin(), start.components.end()) : 3;
    p->pca = std::make_shared<const Pca>(
        pca(table->values, {.components = int(std::min<std::int64_t>({largest, table->dims(), table->rows()}))}, progress));
    if (m_look.graph.method == Method::pca && start.components == leading) {
        Pca turned = *p->pca;
        turned.components = m_directions[std::size_t(m_position)][start.dims == 3 ? 1 : 0];
        p->first = turned.project(table->values, start.dims);
        p->pca = std::make_shared<const Pca>(std::move(turned)); // so that rows which are placed later lie in this picture
    } else {
        p->first = startOf(*p, {}, progress);
    }
    m_picture = pointsOf(p->first, start.dims);
    m_problem = std::move(p);
    ++m_revision;
}

bool Learning::advance(gpu::Recorder&, int target, double budgetMs) {
    if (!m_run) return false;
    target = std::clamp(target, 0, m_run->steps);
    const auto begun = Clock::now();
    const int shown = m_position;
    if (target < m_position || m_round > m_run->roundAt(target)) {
        const auto kept = std::prev(m_kept.upper_bound(target));
        m_state = kept->second, m_position = kept->first, m_round = m_run->roundAt(m_position), m_lost = {};
    }
    std::int64_t slice = 1;
    while (m_position < target && milliseconds(begun) < budgetMs) {
        const std::int64_t end = m_run->roundAt(m_position + 1);
        const auto start = Clock::now();
        const std::int64_t count = std::min(slice, end - m_round);
        const WordLoss lost = m_run->trainer->train(m_state, m_round, count);
        m_lost.sum += lost.sum, m_lost.count += lost.count;
        m_round += count;
        if (m_round == end) reached(m_position + 1);
        const double left = budgetMs - milliseconds(begun);
        slice = std::clamp(std::int64_t(left / std::max(1e-3, milliseconds(start) / double(count))), std::int64_t(1),
                           std::int64_t(64));
    }
    if (m_position != shown) look();
    return m_position == target;
}

std::string Learning::status() const {
    if (!m_run) return "preparing";
    const std::int64_t words = m_run->trainer->wordsBefore(m_round);
    std::string text = std::to_string(m_run->corpus->size()) + " x " + std::to_string(m_run->request.settings.dims) + " · step " +
                       std::to_string(m_position) + "/" + std::to_string(m_run->steps) + " · " + lab::rounded(double(words)) +
                       (m_run->request.settings.model == WordModel::glove ? " pairs" : " words");
    if (const auto loss = series("word_loss"); !loss.empty()) text += " · loss " + lab::figures(loss.back().value);
    if (const auto share = series("analogies"); !share.empty())
        text += " · analogies " + lab::figures(100 * share.back().value) + " %";
    return text;
}

std::span<const lab::Sample> Learning::series(const std::string& key) const {
    const auto found = m_series.find(key);
    return found == m_series.end() ? std::span<const lab::Sample>() : std::span<const lab::Sample>(found->second);
}

PmiTable Learning::pmi(std::int64_t words) const {
    if (!m_run || m_run->pairs.empty()) return {};
    return pmiTable(*m_run->corpus, m_run->request.settings, m_state, m_run->pairs, words);
}

lab::HostArray Learning::array(gpu::Device&, const std::string& key) {
    if (key.rfind("pmi", 0) == 0) {
        const PmiTable table = pmi(shownPmi);
        const std::vector<double>& from = key == "pmi" ? table.pmi : key == "pmi_target" ? table.target : table.product;
        lab::HostArray out{{std::uint64_t(table.n), std::uint64_t(table.n)}, {}};
        for (const double x : from) out.values.push_back(std::isfinite(x) ? float(x) : std::numeric_limits<float>::quiet_NaN());
        return out;
    }
    if (!m_problem) return {{0, 0}, {}};
    if (key == "coordinates") return {{std::uint64_t(m_picture.n), std::uint64_t(m_picture.dims)}, m_picture.interleaved()};
    if (key == "table") {
        const Matrix& values = m_problem->table->values;
        return {{std::uint64_t(values.rows()), std::uint64_t(values.columns())}, {values.all().begin(), values.all().end()}};
    }
    return {{0, 0}, {}};
}

std::vector<lab::Check> Learning::checks() const {
    std::vector<lab::Check> checks;
    if (!m_run || m_run->request.text.source != TextSource::grammar || m_run->request.settings.window != 1 ||
        !m_run->request.questions.empty())
        return checks;
    const auto share = series("analogies");
    lab::Check check{"analogies",
                     "Analogies that come true",
                     share.empty() ? 0 : share.back().value,
                     1,
                     0.1,
                     lab::Check::Verdict::pending,
                     "",
                     "rows of the grammar's PMI are sums of a part by each trait, so all of them are true of it; nine in ten is "
                     "what training must reach"};
    if (m_position == steps())
        check.verdict = check.measured >= 0.9 ? lab::Check::Verdict::matches : lab::Check::Verdict::disagrees;
    return {check};
}

} // namespace orrery::embedding
