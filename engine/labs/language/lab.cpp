// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/lab.h"

#include "engine/error.h"
#include "engine/lab/names.h"
#include "engine/labs/language/declaration.h"
#include "engine/labs/language/handed.h"
#include "engine/labs/language/model_files.h"
#include "engine/labs/language/opening.h"
#include "engine/labs/language/results.h"
#include "engine/labs/language/self_checks.h"
#include "engine/labs/language/strategies.h"

#include <algorithm>

namespace orrery::language {

namespace {

class LiveLab final : public LanguageLab, public lab::Sender {
 public:
    explicit LiveLab(gpu::Device& device) : m_device(&device) {}
    ~LiveLab() override { m_jobs.cancelAll(); }
    const lab::Declaration& declaration() const override { return language::declaration(); }

    void configure(const lab::Settings& settings, std::uint64_t seed, const std::vector<std::string>& changed) override {
        if (settings.text("show") == "ngram") { // needs no models
            m_ngrams.configure(ngramRequest(settings), m_jobs);
            m_show = "ngram";
            return;
        }
        m_show = settings.text("show");
        Request next = requestOf(settings, seed);
        const bool onlyLooks = std::all_of(changed.begin(), changed.end(), [&](const std::string& key) {
            const lab::Parameter* parameter = declaration().find(key);
            return parameter && parameter->applies == lab::Applies::view;
        });
        const bool there = m_models && m_models->paths() == next.paths;
        if (!there) {
            if (m_wanted != next.paths) {
                const ModelFiles target(next.paths.target); // refuses what is no model at all
                stop();
                forgetResults();
                m_wanted = next.paths;
                m_request = next;
                open();
            }
            m_request = std::move(next); // they are being opened: what is wanted then is wanted now
            return;
        }
        if (m_wanted != next.paths) stop(), m_wanted = next.paths; // others were being opened
        const bool busy = m_racing || m_proving;
        if (busy && onlyLooks && seed == m_request.plan.seed) {
            m_request = std::move(next);
            ++m_revision;
            return;
        }
        if (busy) stop();
        if (next.strategy == "ngram" && !m_models->counted() && m_models->why("ngram").empty()) {
            m_request = std::move(next);
            count([this] { take(m_request); });
            return;
        }
        const bool chosen = std::find(changed.begin(), changed.end(), "strategy") != changed.end();
        if (!chosen && next.strategy == m_excused) next.strategy = "plain"; // still what these models cannot draft by
        take(next);
    }

    int steps() const override { return counting() ? m_ngrams.steps() : m_request.rounds; }
    double clock(int step) const override { return step; }
    std::vector<lab::Mark> marks() const override {
        return counting() ? m_ngrams.marks() : std::vector<lab::Mark>{{0, "prompt"}, {steps(), "last round"}};
    }
    int position() const override { return counting() ? m_ngrams.position() : m_decoding ? m_decoding->position() : 0; }
    std::string status() const override {
        if (counting()) return m_ngrams.status();
        if (!m_decoding) return "";
        if (m_race && m_request.show == "race") return m_race->label();
        const Tally& t = m_decoding->tally();
        std::string text = m_models->name() + " \xC2\xB7 " + std::to_string(m_decoding->text().size()) + " tokens";
        if (t.rounds > 0)
            text += " \xC2\xB7 " + lab::figures(t.perRound()) + " a round \xC2\xB7 " + lab::figures(t.perSecond()) + " tokens/s";
        if (m_decoding->ended() && m_decoding->position() >= int(m_decoding->rounds().size()))
            text += " \xC2\xB7 the text has ended";
        if (!m_excuse.empty()) text += " \xC2\xB7 without a draft: " + m_excuse;
        return text;
    }

    bool advance(gpu::Recorder&, int target, double budgetMs) override {
        if (counting()) return m_ngrams.advance(target);
        settle();
        if (!m_decoding || !m_jobs.empty()) return !m_decoding || target == position();
        target = std::clamp(target, 0, steps());
        if (target > 0 && m_request.show == "race" && !m_race) {
            race();
            return false;
        }
        if (target > 0 && m_request.show == "proof" && !m_proof) {
            prove();
            return false;
        }
        const double from = wallMs();
        if (!m_decoding->advance(target, budgetMs)) return false;
        if (m_decoding->watches() && target < steps()) m_decoding->lookAhead();
        const double left = budgetMs - (wallMs() - from); // plain decoding is compared when the text has no need of the time
        return left > 0 ? m_decoding->compare(left) : m_decoding->comparedAll();
    }
    void collect() override {
        m_ngrams.collect(m_jobs);
        settle();
        const bool there = m_models && m_wanted && m_models->paths() == *m_wanted;
        if (!there && m_jobs.empty()) m_wanted.reset(); // opening was cancelled or failed: asked for again, it begins again
    }

    void act(const std::string& action) override {
        if (action == "stop") return stop();
        if (counting()) return; // the others are about rounds
        if (!m_decoding) throw Error("the models are not open yet; wait a moment");
        if (action == "restart") m_decoding->restart();
        if (action == "race") race();
        if (action == "prove") prove();
        ++m_revision;
    }

    std::span<const lab::Sample> series(const std::string& key) const override {
        if (counting()) return m_ngrams.series(key);
        std::vector<lab::Sample>& samples = m_series[key];
        samples = sampled(*this, key);
        return samples;
    }
    lab::HostArray array(gpu::Device&, const std::string& key) override {
        return counting() ? m_ngrams.array(key) : arrayOf(*this, key);
    }
    void save(const std::string& output, const std::string& path) override {
        if (output == "ngram_arpa") return m_ngrams.save(output, path);
        if (output.ends_with("-table")) return lab::saveSent(*this, output, path);
        if (!m_decoding) throw Error("the models are not open yet; wait a moment");
        if (output == "text" || output == "rounds") return saveOutput(*this, output, path);
        lab::Lab::save(output, path);
    }
    lab::Offer offer(const std::string& output) const override { return tableOffer(m_models.get(), output); }
    std::function<lab::Bundle()> bundle(const std::string& output) override { return tableOf(m_models.get(), output); }
    std::vector<lab::Check> checks() const override {
        if (counting()) return m_ngrams.checks();
        const std::uint64_t now = revision() + (m_decoding ? m_decoding->compared().upTo : 0);
        if (now != m_checkedAt)
            m_checks = selfChecks(*this), m_checkedAt = now; // counting every case at a node takes a millisecond
        return m_checks;
    }
    lab::Jobs& jobs() override { return m_jobs; }

    const Request& request() const override { return m_request; }
    const Models* models() const override { return m_models.get(); }
    const Decoding* decoding() const override { return m_decoding ? &*m_decoding : nullptr; }
    const Round* round() const override { return m_decoding ? m_decoding->shown() : nullptr; }
    std::string word(std::int32_t token) const override {
        if (!m_models || token < 0 || token >= m_models->tokenizer().size()) return "#" + std::to_string(token);
        const std::string shown = m_models->tokenizer().display(token);
        return shown.empty() ? "#" + std::to_string(token) : shown;
    }
    const Proof* proof() const override { return m_proof.get(); }
    const Race* race() const override { return m_race.get(); }
    void watch(bool next) override {
        if (m_decoding) m_decoding->watch(next);
    }
    const std::string& show() const override { return m_show; }
    const NgramExplorer& ngrams() const override { return m_ngrams; }
    std::uint64_t revision() const override {
        return m_revision + m_ngrams.revision() + (m_decoding ? m_decoding->revision() : 0);
    }

 private:
    bool counting() const { return m_show == "ngram"; }

    void open() {
        const ModelPaths paths = m_request.paths;
        const auto work = [paths](const LoadProgress& told) { return readModels(paths, told); };
        const auto done = [this, paths](ModelParts parts) {
            auto models = std::make_unique<Models>(std::move(parts), paths, m_device);
            m_decoding.reset();
            m_models = std::move(models);
            m_decoding.emplace(*m_models);
            m_taken.reset();
            if (m_request.strategy == "ngram")
                count([this] { begin(); });
            else
                begin();
        };
        m_jobs.add(inBackground<ModelParts>("Opening the models", "shares", 1, work, done));
    }

    /// The first text with new models: what they cannot draft by falls back to none, or nothing of them could be seen at all.
    void begin() {
        m_excuse = m_models->why(m_request.strategy);
        m_excused = m_excuse.empty() ? "" : m_request.strategy;
        if (!m_excuse.empty()) m_request.strategy = "plain";
        take(m_request);
    }

    /// A text that this tokenizer cannot hold is a reason for having no n-grams, and no error.
    void count(std::function<void()> then) {
        struct Counts {
            std::shared_ptr<const TokenLaw> law;
            std::string why;
        };
        const auto tokenizer = m_models->sharedTokenizer();
        const int vocabulary = m_models->target().vocabulary(), order = m_models->paths().order;
        const auto work = [=](const std::function<bool(double)>&) -> Counts {
            try {
                return {countShipped(*tokenizer, vocabulary, order), {}};
            } catch (const Error& error) {
                return {nullptr, error.what()};
            }
        };
        const auto done = [this, then = std::move(then)](Counts counts) {
            counts.law ? m_models->setCounts(std::move(counts.law)) : m_models->setMissing("ngram", counts.why);
            then();
        };
        m_jobs.add(inBackground<Counts>("Counting n-grams", "shares", 1, work, done));
    }

    void take(Request next) {
        m_models->setLookup(next.lookup);
        const bool fresh = !m_taken || m_taken->prompt != next.prompt || m_taken->plan.seed != next.plan.seed;
        if (fresh)
            m_decoding->start(next.prompt, next.strategy, next.plan);
        else if (differs(*m_taken, next))
            m_decoding->change(next.strategy, next.plan);
        if (fresh || differs(*m_taken, next)) forgetResults();
        if (m_taken && (m_taken->raceTokens != next.raceTokens || m_taken->prompts != next.prompts))
            m_race.reset(), m_proof.reset();
        if (m_taken && (m_taken->samples != next.samples || m_taken->texts != next.texts || m_taken->plant != next.plant))
            m_proof.reset();
        if (next.strategy != "plain") m_excuse.clear(), m_excused.clear();
        m_request = next;
        m_taken = std::move(next);
        ++m_revision;
    }

    static bool differs(const Request& a, const Request& b) {
        const Plan &p = a.plan, &q = b.plan;
        const auto& x = p.growth.dynamic;
        const auto& y = q.growth.dynamic;
        const bool sameDynamic =
            x.has_value() == y.has_value() && (!x || (x->total == y->total && x->depth == y->depth && x->width == y->width));
        return a.strategy != b.strategy || a.lookup != b.lookup || p.rule != q.rule || !(p.sampling == q.sampling) ||
               p.growth.pick != q.growth.pick || !sameDynamic || (!x && !(p.growth.shape == q.growth.shape)) ||
               p.typical.epsilon != q.typical.epsilon || p.typical.delta != q.typical.delta;
    }

    void forgetResults() { m_race.reset(), m_proof.reset(); }

    void stop() {
        m_jobs.cancelAll();
        if (m_racing || m_proving) m_decoding->forget();
        m_racing = m_proving = false;
        ++m_revision;
    }

    /// All strategies that can be had, on the person's prompt and on unseen ones; one rule for all, under which the text is one.
    void race() {
        stop();
        if (!m_models->counted() && m_models->why("ngram").empty()) return count([this] { race(); });
        m_race = std::make_unique<Race>(m_models->target(), racers(*m_models, m_request.plan),
                                        RaceOptions{.prompts = prompts(), .tokens = m_request.raceTokens});
        m_racing = true;
        const auto slice = [this](double budgetMs) {
            ++m_revision;
            return m_race->run(budgetMs);
        };
        m_jobs.add({"Race", "shares", 1, slice});
    }

    void prove() {
        stop();
        Drafter* drafter = m_models->drafter(m_request.strategy);
        if (!drafter) throw Error("without a draft there is nothing to prove: choose what drafts");
        ProofOptions options{.growth = m_request.plan.growth, .sampling = m_request.plan.sampling, .prompts = prompts()};
        options.seed = m_request.plan.seed;
        options.samples = m_request.samples, options.texts = m_request.texts;
        if (m_request.plant)
            for (const Rule rule : {Rule::ratioOnTopK, Rule::iidResidual, Rule::alignedResidual}) options.rules.push_back(rule);
        m_proof = std::make_unique<Proof>(m_models->target(), *drafter, std::move(options));
        m_proving = true;
        const auto slice = [this](double budgetMs) {
            ++m_revision;
            return m_proof->run(budgetMs);
        };
        m_jobs.add({"Proof", "shares", 1, slice});
    }

    /// Race or proof have ended, or were cancelled: the models hold other texts now.
    void settle() {
        if (!m_jobs.empty() || (!m_racing && !m_proving)) return;
        m_racing = m_proving = false;
        m_decoding->forget();
        ++m_revision;
    }

    std::vector<std::vector<std::int32_t>> prompts() const {
        std::vector<std::vector<std::int32_t>> all = {m_models->encode(m_request.prompt)};
        for (auto& more : shippedPrompts(*m_models, m_request.prompts - 1, 32)) all.push_back(std::move(more));
        return all;
    }

    gpu::Device* m_device;
    lab::Jobs m_jobs;
    std::string m_show = "text";
    NgramExplorer m_ngrams;
    Request m_request;
    std::optional<ModelPaths> m_wanted;
    std::optional<Request> m_taken; ///< what the text was made with
    std::unique_ptr<Models> m_models;
    std::optional<Decoding> m_decoding;
    std::unique_ptr<Race> m_race;
    std::unique_ptr<Proof> m_proof;
    bool m_racing = false, m_proving = false;
    std::string m_excused, m_excuse; ///< a strategy that was asked for and cannot be had, and why
    std::uint64_t m_revision = 0;
    mutable std::vector<lab::Check> m_checks;
    mutable std::uint64_t m_checkedAt = ~std::uint64_t(0);
    mutable std::map<std::string, std::vector<lab::Sample>> m_series;
};

} // namespace

std::unique_ptr<lab::Lab> make(gpu::Device& device) { return std::make_unique<LiveLab>(device); }

} // namespace orrery::language
