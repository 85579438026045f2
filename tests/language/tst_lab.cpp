// SPDX-License-Identifier: GPL-3.0-or-later
// The lab through its session: rounds that are kept, scrubbed and tried again under another rule, checks, race, proof, files.
#include "tests/language/storyteller.h"

#include "engine/error.h"
#include "engine/lab/inputs.h"
#include "engine/labs/language/results.h"
#include "engine/labs/language/strategies.h"

#include <nlohmann/json.hpp>

#include <set>

using namespace orrery;
using namespace orrery::language;
using namespace orrery::language::test;
using lab::Value;
using orrery::test::errorOf;
using Told = lab::Check::Verdict;
using Pairs = std::vector<std::pair<std::string, Value>>;

class TestLab : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<Storyteller> m_teller;

    Pairs own(Pairs more = {}) const {
        Pairs all = {{"model", std::string("file")},       {"weights", m_teller->config()},  {"draft_model", std::string("file")},
                     {"draft_weights", m_teller->draft()}, {"widths", std::string("3x2x1")}, {"rounds", std::int64_t(24)}};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }

 private Q_SLOTS:
    void initTestCase() { m_teller = std::make_unique<Storyteller>(m_folder.path().toStdString()); }

    void roundsAreKeptAndScrubbed() {
        Run run(own());
        QVERIFY(run.lab().models() && run.lab().decoding());
        QVERIFY(!run.lab().round());
        const auto prompt = run.text();
        run.to(12);
        QCOMPARE(run.lab().position(), 12);
        const std::vector<Round>& rounds = run.lab().decoding()->rounds();
        QCOMPARE(rounds.size(), std::size_t(12));
        std::vector<std::int32_t> text = prompt;
        int accepted = 0;
        for (const Round& round : rounds) {
            QCOMPARE(round.length, int(text.size()));
            for (const std::int32_t token : round.written()) text.push_back(token);
            accepted += int(round.path.size());
        }
        QCOMPARE(run.text(), text);
        QVERIFY(accepted > 0); // the draft is near enough that something happens
        const Round* at12 = run.lab().round();
        QCOMPARE(at12, &rounds.back());
        const std::uint64_t revision = run.lab().revision();
        run.to(5);
        QCOMPARE(run.lab().round(), &rounds[4]);
        QVERIFY(run.lab().revision() > revision);
        QCOMPARE(run.text().size(), std::size_t(rounds[5].length));
        QCOMPARE(run.lab().decoding()->tally().rounds, std::int64_t(5));
        run.to(12);
        QCOMPARE(run.lab().round(), at12); // the same that was there: nothing was computed again
        QCOMPARE(run.lab().decoding()->rounds().size(), std::size_t(12));
        Run again(own()); // same seed, same settings: same bits
        again.to(12);
        QCOMPARE(again.text(), text);
        for (std::size_t i = 0; i < 12; ++i) QCOMPARE(again.lab().decoding()->rounds()[i].path, rounds[i].path);
    }

    /// Step back, change the rule, and the very round that is looked at is decided anew; those before it stay.
    void anotherRuleOnTheSameRound() {
        Run run(own({{"rule", std::string("distinct")}}));
        run.to(10);
        run.to(6);
        const std::vector<Round> before = run.lab().decoding()->rounds();
        run.set({{"rule", std::string("coupled")}});
        run.to(6);
        const std::vector<Round>& after = run.lab().decoding()->rounds();
        QCOMPARE(after.size(), std::size_t(6));
        for (std::size_t i = 0; i < 5; ++i) {
            QCOMPARE(after[i].rule, Rule::withoutReplacement);
            QCOMPARE(after[i].written(), before[i].written());
        }
        QCOMPARE(after[5].rule, Rule::coupled);
        QCOMPARE(after[5].length, before[5].length);
        QCOMPARE(after[5].root, before[5].root);
        run.session.undo();
        run.to(6);
        QCOMPARE(run.lab().decoding()->rounds()[5].written(), before[5].written());
        QCOMPARE(run.lab().decoding()->rounds()[5].path, before[5].path);
    }

    /// Whatever drafts, greedy and coupled text is the one that is written without a draft.
    void theTextIsTheTargetsOwn() {
        for (const double temperature : {0.0, 1.0}) {
            Run plain(own({{"strategy", std::string("plain")}, {"temperature", temperature}, {"rounds", std::int64_t(60)}}));
            plain.to(60);
            const auto text = plain.text();
            for (const char* strategy : {"draft", "lookup", "ngram", "medusa"}) {
                Pairs settings =
                    own({{"strategy", std::string(strategy)}, {"temperature", temperature}, {"rule", std::string("coupled")}});
                if (std::string(strategy) == "medusa") settings.push_back({"widths", std::string("3x2")});
                Run run(settings);
                run.to(24);
                const auto drafted = run.text();
                const std::size_t common = std::min(text.size(), drafted.size());
                QVERIFY(std::equal(text.begin(), text.begin() + std::ptrdiff_t(common), drafted.begin()));
                const lab::Check check = run.check("plain");
                QCOMPARE(check.verdict, Told::matches);
                QVERIFY(check.measured >= 24);
            }
        }
    }

    void checksTellLosslessFromBroken() {
        for (const char* rule : {"iid", "distinct", "topk", "coupled"}) {
            Run run(own({{"rule", std::string(rule)}}));
            run.to(20);
            QCOMPARE(run.check("kept").verdict, Told::matches);
            QCOMPARE(run.check("law").verdict, Told::matches);
        }
        Run run(own({{"rule", std::string("broken-ratio")}}));
        run.to(20);
        QCOMPARE(run.check("law").verdict, Told::disagrees);
        QVERIFY(run.check("law").measured > 1e-6);
        run.set({{"rule", std::string("typical")}, {"epsilon", 0.01}});
        run.to(20);
        QCOMPARE(run.check("typical").verdict, Told::explained);
    }

    void arraysAreThoseOfTheRound() {
        Run run(own());
        run.to(4);
        const Round& round = *run.lab().round();
        const auto n = std::uint64_t(round.nodes.size());
        QCOMPARE(run.array("nodes").shape, (std::vector<std::uint64_t>{n, 8}));
        QCOMPARE(run.array("nodes").values[4], float(round.nodes[0].p));
        QCOMPARE(run.array("decisions").shape[0], std::uint64_t(round.steps.size()));
        QCOMPARE(run.array("mask").shape, (std::vector<std::uint64_t>{n + 1, n + 1}));
        QCOMPARE(run.array("slots").shape, (std::vector<std::uint64_t>{n + 1, 2}));
        QCOMPARE(run.array("table").shape, (std::vector<std::uint64_t>{Storyteller::vocabulary, Storyteller::width}));
        const auto p = run.array("p").values, q = run.array("q").values, rest = run.array("residual").values;
        QCOMPARE(p.size(), std::size_t(Storyteller::vocabulary));
        double sum = 0, overlap = 0, residual = 0;
        for (std::size_t i = 0; i < p.size(); ++i) {
            sum += double(p[i]), overlap += double(std::min(p[i], q[i])), residual += double(rest[i]);
            QVERIFY(std::abs(rest[i] - std::max(0.f, p[i] - q[i])) < 1e-6f);
        }
        QVERIFY(std::abs(sum - 1) < 1e-4);
        QVERIFY(std::abs(overlap + residual - 1) < 1e-4); // min(p, q) + max(0, p - q) = p
        for (const lab::Array& array : run.session.declaration().arrays) run.array(array.key);
        for (const lab::Series& series : run.session.declaration().series) run.session.lab().series(series.key);
        QCOMPARE(run.session.lab().series("tokens").size(), std::size_t(4));
    }

    void everySettingOfTheTreeIsTaken() {
        Run run(own());
        for (const char* tree : {"chain", "wide", "dynamic", "own", "eagle-1", "mc-sim-7b-63"}) {
            run.set({{"tree", std::string(tree)}, {"rule", std::string("topk")}});
            run.to(3);
            QVERIFY(!run.lab().round()->nodes.empty());
        }
        QCOMPARE(run.lab().round()->nodes.size(), std::size_t(63));
    }

    void whatCannotBeHadIsRefusedAndNothingIsLost() {
        Run run(own());
        run.to(5);
        const auto text = run.text();
        const auto refused = [&](const Pairs& change, const char* named) {
            const std::string error = errorOf([&] { run.set(change), run.to(5); });
            QVERIFY2(!error.empty() && error.find(named) != std::string::npos && error.find('\n') == std::string::npos,
                     error.c_str());
            run.to(5);
            QCOMPARE(run.text(), text);
        };
        refused({{"widths", std::string("3x0")}}, "3x0");
        refused({{"tree", std::string("own")}, {"nodes", std::string("0;1,0")}}, "1,0");
        refused({{"tree", std::string("dynamic")}, {"rule", std::string("iid")}}, "dynamic");
        refused({{"candidates", std::string("top")}, {"rule", std::string("iid")}}, "iid");
        refused({{"strategy", std::string("mtp")}}, "mtp");
        refused({{"strategy", std::string("medusa")}}, "2 Medusa heads"); // the tree is three deep
        refused({{"weights", std::string("/nowhere/config.json")}}, "/nowhere");
        refused({{"source", std::string("file")}, {"prompt_file", std::string("/nowhere.txt")}}, "/nowhere.txt");
        const QString broken = m_folder.path() + "/broken";
        QDir().mkpath(broken);
        QFile::copy(QString::fromStdString(m_teller->config()), broken + "/config.json");
        QFile::copy(QString::fromStdString(m_teller->folder() + "/tokenizer.json"), broken + "/tokenizer.json");
        QFile whole(QString::fromStdString(m_teller->folder() + "/model.safetensors")), half(broken + "/model.safetensors");
        QVERIFY(whole.open(QIODevice::ReadOnly) && half.open(QIODevice::WriteOnly));
        half.write(whole.read(whole.size() / 2));
        half.close();
        refused({{"weights", (broken + "/config.json").toStdString()}}, "model.safetensors");
    }

    void aFolderIsDroppedByItsConfig() {
        const auto values = lab::inputValues(*lab::find("language").declaration, m_teller->config());
        Run run(own());
        run.set({values.begin(), values.end()});
        run.to(1);
        QCOMPARE(run.lab().request().paths.target, m_teller->folder());
    }

    void aTextFileIsGoneOnWith() {
        const QString path = m_folder.path() + "/start.txt";
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("Once upon a time, Lena lived in a forest.");
        file.close();
        const auto values = lab::inputValues(*lab::find("language").declaration, path.toStdString());
        Run run(own());
        run.set({values.begin(), values.end()});
        run.to(0);
        QCOMPARE(run.lab().models()->decode(run.text()), std::string("Once upon a time, Lena lived in a forest."));
    }

    void theContextEndsTheText() {
        QTemporaryDir folder;
        const Storyteller brief(folder.path().toStdString(), 40);
        Run run(own({{"weights", brief.config()}, {"draft_weights", brief.draft()}, {"rounds", std::int64_t(100)}}));
        run.to(100);
        QVERIFY(run.lab().decoding()->ended());
        QCOMPARE(run.lab().position(), 100);
        QCOMPARE(run.text().size(), std::size_t(41));
        QVERIFY(run.lab().round() != nullptr);
        run.to(2);
        QCOMPARE(run.lab().round()->index, 1);
    }

    void aRaceIsRunOnRequest() {
        Run run(own({{"show", std::string("race")}, {"tokens", std::int64_t(12)}, {"prompts", std::int64_t(2)}}));
        run.to(3);
        QVERIFY(run.lab().race() && run.lab().race()->finished());
        const auto& lanes = run.lab().race()->lanes();
        std::set<std::string> keys;
        for (const LaneResult& lane : lanes) {
            keys.insert(lane.key);
            QCOMPARE(lane.tally.tokens, std::int64_t(24));
            QCOMPARE(lane.same, std::int64_t(2)); // all wrote one text
            QVERIFY(lane.measured > 0 && lane.modelled > 0);
        }
        QCOMPARE(keys, (std::set<std::string>{"plain", "ngram", "ngram-tree", "lookup", "lookup-tree", "draft", "draft-tree",
                                              "medusa", "medusa-tree"}));
        QCOMPARE(run.array("race").shape, (std::vector<std::uint64_t>{lanes.size(), 8}));
        QCOMPARE(run.session.lab().series("race_measured").size(), lanes.size());
        QVERIFY(run.session.lab().series("pass_ratio").size() > 5);
        run.set({{"show", std::string("text")}}); // and the text goes on where it was
        run.to(6);
        QCOMPARE(run.lab().decoding()->rounds().size(), std::size_t(6));
        QVERIFY(run.lab().race()); // a look at another page loses nothing
        run.set({{"temperature", 0.5}});
        QVERIFY(!run.lab().race()); // but it would be another race now
    }

    void aProofIsRunOnRequest() {
        Run run(
            own({{"samples", std::int64_t(4000)}, {"texts", std::int64_t(200)}, {"prompts", std::int64_t(2)}, {"plant", true}}));
        run.to(2);
        const auto before = run.text();
        run.act("prove");
        QVERIFY(run.lab().proof() && run.lab().proof()->finished());
        for (const Rule rule : {Rule::iid, Rule::withoutReplacement, Rule::topK, Rule::coupled, Rule::greedy})
            QCOMPARE(run.lab().proof()->verdict(rule), Proof::Verdict::lossless);
        for (const Rule rule : {Rule::ratioOnTopK, Rule::iidResidual, Rule::alignedResidual})
            QCOMPARE(run.lab().proof()->verdict(rule), Proof::Verdict::lossy);
        QCOMPARE(run.text(), before);
        run.to(4); // the models go on with their own text
        Run undisturbed(own({{"samples", std::int64_t(4000)}}));
        undisturbed.to(4);
        QCOMPARE(run.text(), undisturbed.text());
        run.set({{"strategy", std::string("plain")}});
        QVERIFY(!errorOf([&] { run.act("prove"); }).empty());
    }

    void whatRunsCanBeStopped() {
        Run run(own({{"prompts", std::int64_t(8)}}));
        run.session.lab().act("prove");
        QVERIFY(!run.session.lab().jobs().empty());
        run.session.lab().act("stop");
        QVERIFY(run.session.lab().jobs().empty());
        run.to(3);
        QCOMPARE(run.lab().decoding()->rounds().size(), std::size_t(3));
    }

    void filesTellTheRounds() {
        Run run(own());
        run.to(5);
        const std::string path = (m_folder.path() + "/rounds.json").toStdString();
        run.session.lab().save("rounds", path);
        std::ifstream in(path);
        const auto told = nlohmann::json::parse(in);
        QCOMPARE(told["rounds"].size(), std::size_t(5));
        QCOMPARE(told["tally"]["tokens"].get<int>(), int(run.text().size()) - run.lab().decoding()->promptLength());
        QVERIFY(told["rounds"][0]["nodes"].size() > 3);
        run.session.lab().save("text", (m_folder.path() + "/text.txt").toStdString());
        QVERIFY(QFileInfo(m_folder.path() + "/text.txt").size() > 10);
    }

    void scenariosAreWhatTheySay() {
        for (const lab::Scenario& scenario : lab::embeddedScenarios("language")) {
            const Request request = requestOf(scenario.settings, scenario.seed);
            QVERIFY2(!scenario.titleZh.empty() && !scenario.summaryZh.empty(), scenario.name.c_str());
            QVERIFY(request.rounds > 0);
        }
        QVERIFY(lab::loadScenario("tree", "language").settings.text("rule") == "distinct");
    }
};

ORRERY_TEST_MAIN(TestLab)
#include "tst_lab.moc"
