// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/proof.h"

#include "engine/error.h"
#include "engine/labs/language/chi_square.h"
#include "engine/labs/language/law.h"
#include "engine/labs/language/remembered.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>

namespace orrery::language {

namespace {

constexpr double lawBound = 1e-12; ///< sums of some thousand products, each right to 2^-53

/// The same q wherever it is asked.
class Fixed final : public Drafter, public Target {
 public:
    Fixed(Distribution p, Distribution q) : m_p(std::move(p)), m_q(std::move(q)) {}
    std::string name() const override { return "one node"; }
    void begin(const Past&) override {}
    void expand(const DraftTree&, std::span<const int>, std::vector<Distribution>& q) override { q[0] = m_q; }
    const Distribution& after(int) override { return m_p; }

 private:
    Distribution m_p, m_q;
};

double largestError(const Distribution& a, const Distribution& b) {
    double most = 0;
    for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
    return most;
}

} // namespace

bool ProofRow::holds() const {
    switch (kind) {
        case Proved::law:
            return measured <= bound;
        case Proved::token:
        case Proved::joint:
            return measured >= bound;
        case Proved::coupled:
        case Proved::greedy:
            return measured == 0;
    }
    return false;
}

Proof::Proof(Predictor& target, Drafter& drafter, ProofOptions options)
    : m_target(&target), m_drafter(&drafter), m_options(std::move(options)), m_nodes(m_options.prompts.size()) {
    if (m_options.prompts.empty()) throw Error("a proof needs a prompt");
    if (m_options.sampling.temperature <= 0) m_options.sampling.temperature = 1; // a law of one token proves nothing
    for (const Rule rule : m_options.rules) {
        if (rule == Rule::greedy || rule == Rule::typical)
            throw Error(std::string("the rule '") + text(rule).key + "' does not claim to keep the law");
        checkPlan(m_drafter, {.rule = rule, .growth = grown(text(rule).pick), .sampling = m_options.sampling});
    }
    for (const Rule rule : m_options.rules) addLaw(rule), addToken(rule), addJoint(rule);
    addSame(Proved::coupled);
    addSame(Proved::greedy);
    const auto tests = double(std::count_if(m_rows.begin(), m_rows.end(), [](const ProofRow& row) {
        return row.kind == Proved::token || row.kind == Proved::joint;
    }));
    for (ProofRow& row : m_rows)
        if (row.kind == Proved::token || row.kind == Proved::joint) row.bound = doubt / tests, row.measured = 1;
}

Proof::~Proof() = default;

Growth Proof::grown(Pick pick) const {
    Growth growth = m_options.growth;
    growth.pick = pick;
    if (growth.dynamic && pick != Pick::top) { // what is drawn cannot be chosen among afterwards
        growth.dynamic.reset();
        growth.shape = shapeOf("2x2x1").upTo(m_drafter->deepest());
    }
    return growth;
}

Proof::Node Proof::node(std::size_t prompt, int narrow) {
    std::optional<Node>& known = m_nodes[prompt];
    if (known) return *known;
    Sampling sampling = m_options.sampling;
    sampling.topK = sampling.topK > 0 ? std::min(sampling.topK, narrow) : narrow;
    Speculator speculator(*m_target, m_drafter,
                          {.rule = Rule::coupled, .growth = {.shape = Shape::chain(1)}, .sampling = sampling});
    speculator.forget();
    speculator.start(m_options.prompts[prompt]);
    const Round round = speculator.step();
    const Visit& visit = round.visits.front();
    known.emplace();
    known->p = distribution(visit.logits, sampling);
    known->q = round.nodes.empty() ? Distribution(known->p.size(), 0) : reshape({visit.q.begin(), visit.q.end()}, sampling);
    const Supported both = supported(known->p, known->q);
    known->p = both.p, known->q = both.q;
    return *known;
}

/// The prompt after which the target is least sure: where a mistake has most room to show.
std::size_t Proof::liveliest() {
    std::size_t best = 0;
    double most = -1;
    for (std::size_t i = 0; i < m_options.prompts.size(); ++i) {
        const Node here = node(i, m_options.narrow);
        const bool drafted = std::any_of(here.q.begin(), here.q.end(), [](double q) { return q > 0; });
        if (const double sure = drafted ? entropy(here.p) : 0; sure > most) most = sure, best = i;
    }
    return best;
}

void Proof::addLaw(Rule rule) {
    ProofRow row{.kind = Proved::law, .rule = rule, .broken = isBroken(rule), .bound = lawBound};
    row.wanted = std::int64_t(m_options.prompts.size()) * m_options.candidates;
    m_rows.push_back(row);
    const std::size_t at = m_rows.size() - 1;
    m_tasks.push_back({at, 1, [this, at, rule] {
                           ProofRow& row = m_rows[at];
                           const Node here = node(std::size_t(row.done / m_options.candidates), m_options.narrow);
                           const int k = int(row.done % m_options.candidates) + 1;
                           const bool drafted = std::any_of(here.q.begin(), here.q.end(), [](double q) { return q > 0; });
                           if (drafted) {
                               const Law law = lawOf(rule, text(rule).pick, here.p, here.q, k);
                               row.measured = std::max(row.measured, largestError(law.token, here.p));
                           } else {
                               ++row.silent;
                           }
                           return double(++row.done) / double(row.wanted);
                       }});
}

void Proof::addToken(Rule rule) {
    ProofRow row{.kind = Proved::token, .rule = rule, .broken = isBroken(rule), .wanted = m_options.samples};
    m_rows.push_back(row);
    const std::size_t at = m_rows.size() - 1;
    auto counts = std::make_shared<std::vector<std::int64_t>>();
    m_tasks.push_back({at, 4, [this, at, rule, counts] {
                           ProofRow& row = m_rows[at];
                           const Node here = node(liveliest(), m_options.narrow);
                           counts->resize(here.p.size());
                           Fixed fixed(here.p, here.q);
                           const std::vector<std::int32_t> root = {0};
                           Growth growth{.shape = Shape::cartesian(std::vector<int>{m_options.candidates}),
                                         .pick = text(rule).pick};
                           const bool drafted = std::any_of(here.q.begin(), here.q.end(), [](double q) { return q > 0; });
                           if (!drafted) growth.shape = Shape();
                           for (int i = 0; i < 500 && row.done < row.wanted; ++i, ++row.done) {
                               const Coins coins{m_options.seed + 0x100000000ull * std::uint64_t(row.done + 1)};
                               const DraftTree tree = grow(fixed, {root}, growth, coins);
                               const language::Verdict v = verify(tree, fixed, rule, {}, coins, 1);
                               const int token = v.path.empty() ? v.last : tree.nodes[std::size_t(v.path[0])].token;
                               ++(*counts)[std::size_t(token)];
                           }
                           const Goodness test = goodness(*counts, here.p);
                           row.statistic = test.statistic, row.freedom = test.freedom, row.measured = test.p;
                           return double(row.done) / double(row.wanted);
                       }});
}

void Proof::addJoint(Rule rule) {
    ProofRow row{.kind = Proved::joint, .rule = rule, .broken = isBroken(rule), .wanted = m_options.texts};
    m_rows.push_back(row);
    const std::size_t at = m_rows.size() - 1;
    struct State {
        std::unique_ptr<Remembered> target;
        std::unique_ptr<RememberedDrafter> drafter;
        std::map<std::vector<std::int32_t>, std::size_t> outcome;
        Distribution law;
        std::vector<std::int64_t> counts;
        std::vector<float> hidden; ///< of the prompt
    };
    auto state = std::make_shared<State>();
    m_tasks.push_back({at, 12, [this, at, rule, state] {
                           ProofRow& row = m_rows[at];
                           Plan plan{.rule = rule, .growth = grown(text(rule).pick), .sampling = m_options.sampling};
                           plan.sampling.topK = m_options.narrowJoint;
                           const std::vector<std::int32_t>& prompt = m_options.prompts.front();
                           if (!state->target) {
                               Speculator reader(*m_target, m_drafter, plan); // leaves all but the last token in the target
                               reader.forget();
                               reader.start(prompt);
                               reader.prefill();
                               state->hidden = reader.hidden();
                               state->target = std::make_unique<Remembered>(*m_target);
                               state->drafter = std::make_unique<RememberedDrafter>(*m_drafter, prompt.size());
                               // the target's own law of three tokens
                               const std::function<void(std::vector<std::int32_t>, double)> follow =
                                   [&](std::vector<std::int32_t> text, double p) {
                                       if (text.size() == 3) {
                                           state->outcome.emplace(text, state->law.size());
                                           state->law.push_back(p);
                                           return;
                                       }
                                       std::vector<TreeToken> chain = {{prompt.back(), -1}};
                                       for (const std::int32_t token : text)
                                           chain.push_back({token, std::int32_t(chain.size()) - 1});
                                       state->target->truncate(int(prompt.size()) - 1);
                                       const std::span<const float> logits = state->target->extend(chain);
                                       const Distribution next =
                                           distribution(logits.last(std::size_t(m_target->vocabulary())), plan.sampling);
                                       for (std::size_t v = 0; v < next.size(); ++v) {
                                           if (next[v] <= 0) continue;
                                           std::vector<std::int32_t> longer = text;
                                           longer.push_back(std::int32_t(v));
                                           follow(longer, p * next[v]);
                                       }
                                   };
                               follow({}, 1);
                               state->counts.resize(state->law.size());
                           }
                           for (int i = 0; i < 4 && row.done < row.wanted; ++i, ++row.done) {
                               plan.seed = m_options.seed + 0x100000000ull * std::uint64_t(row.done + 1) + 7;
                               Speculator speculator(*state->target, state->drafter.get(), plan);
                               speculator.resume(prompt, state->hidden);
                               while (speculator.text().size() < prompt.size() + 3) speculator.step(1 << 30, false);
                               const auto from = speculator.text().begin() + std::ptrdiff_t(prompt.size());
                               const auto found = state->outcome.find({from, from + 3});
                               if (found == state->outcome.end()) { // the target never says that
                                   row.statistic = INFINITY, row.freedom = 1, row.measured = 0;
                                   row.done = row.wanted;
                                   return 1.0;
                               }
                               ++state->counts[found->second];
                           }
                           const Goodness test = goodness(state->counts, state->law);
                           row.statistic = test.statistic, row.freedom = test.freedom, row.measured = test.p;
                           return double(row.done) / double(row.wanted);
                       }});
}

void Proof::addSame(Proved kind) {
    const Rule rule = kind == Proved::greedy ? Rule::greedy : Rule::coupled;
    ProofRow row{.kind = kind, .rule = rule, .wanted = std::int64_t(m_options.prompts.size())};
    m_rows.push_back(row);
    const std::size_t at = m_rows.size() - 1;
    struct State {
        std::unique_ptr<Speculator> speculator;
        std::vector<std::int32_t> plain;
    };
    auto state = std::make_shared<State>();
    m_tasks.push_back(
        {at, 4, [this, at, rule, state] {
             ProofRow& row = m_rows[at];
             const std::vector<std::int32_t>& prompt = m_options.prompts[std::size_t(row.done)];
             const std::size_t length =
                 std::min(prompt.size() + std::size_t(m_options.tokens), std::size_t(m_target->context()) + 1);
             const bool plainly = state->plain.empty();
             if (!state->speculator) {
                 Plan plan{.rule = rule, .growth = grown(Pick::top), .sampling = m_options.sampling, .seed = m_options.seed};
                 if (rule == Rule::greedy) plan.sampling = {.temperature = 0};
                 state->speculator = std::make_unique<Speculator>(*m_target, plainly ? nullptr : m_drafter, plan);
                 state->speculator->forget();
                 state->speculator->start(prompt);
             }
             Speculator& speculator = *state->speculator;
             if (speculator.text().size() < length) speculator.step(int(length - speculator.text().size()), false);
             const double part = double(speculator.text().size() - prompt.size()) / double(length - prompt.size());
             if (speculator.text().size() < length)
                 return (double(row.done) + (plainly ? 0 : 0.5) + part / 2) / double(row.wanted);
             if (plainly) {
                 state->plain = speculator.text();
             } else {
                 row.measured += speculator.text() != state->plain;
                 state->plain.clear();
                 ++row.done;
             }
             state->speculator.reset();
             return (double(row.done) + (plainly ? 0.5 : 0)) / double(row.wanted);
         }});
}

double Proof::run(double budgetMs) {
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + std::chrono::duration<double, std::milli>(budgetMs);
    while (!finished()) {
        Task& task = m_tasks[m_next];
        task.done = std::min(1.0, task.piece());
        if (task.done >= 1 && row(task).done >= row(task).wanted) {
            row(task).finished = true;
            task.piece = {}; // what it held is large
            ++m_next;
        }
        if (Clock::now() >= end) break;
    }
    if (finished()) return 1;
    double done = 0, all = 0;
    for (const Task& task : m_tasks) done += task.share * task.done, all += task.share;
    return std::min(done / all, 0.999);
}

Proof::Verdict Proof::verdict(Rule rule) const {
    bool pending = false;
    for (const ProofRow& row : m_rows) {
        if (row.rule != rule) continue;
        const bool decided = row.kind == Proved::law || row.finished; // p-values wander until all samples are there
        if (decided && !row.holds()) return Verdict::lossy;
        pending |= !row.finished;
    }
    return pending ? Verdict::pending : Verdict::lossless;
}

} // namespace orrery::language
