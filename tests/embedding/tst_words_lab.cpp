// SPDX-License-Identifier: GPL-3.0-or-later
// Words through the lab's session, as the window and the command line run it: training as the clock, exact scrubbing, words that
// are trained at once, expressions, files, and the tables whose sizes and distances are known.
#include "engine/lab/documents.h"
#include "engine/lab/inputs.h"
#include "engine/lab/session.h"
#include "engine/labs/embedding/lab.h"
#include "engine/labs/embedding/read_table.h"
#include "tests/support/error_of.h"
#include "tests/support/test_main.h"

#include <QTemporaryDir>

#include <cmath>
#include <cstring>
#include <fstream>

using namespace orrery;
using namespace orrery::embedding;
using test::device;
using test::errorOf;
using Verdict = lab::Check::Verdict;
using Values = std::vector<std::pair<std::string, lab::Value>>;

namespace {

struct Run {
    explicit Run(const Values& more = {}) : session(device(), "embedding") {
        Values values = {{"data", std::string("text")}, {"method", std::string("pca")}, {"passes", std::int64_t(8)}};
        for (const auto& each : more) values.push_back(each);
        session.set(values);
        session.runTo(0);
    }
    EmbeddingLab& lab() { return dynamic_cast<EmbeddingLab&>(session.lab()); }
    void end() { session.runTo(session.lab().steps()); }
    std::vector<float> array(const char* key) { return session.lab().array(device(), key).values; }
    lab::Session session;
};

bool same(const std::vector<float>& a, const std::vector<float>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

std::string put(const QTemporaryDir& folder, const std::string& name, const std::string& content) {
    const std::string path = folder.path().toStdString() + "/" + name;
    std::ofstream(path, std::ios::binary) << content;
    return path;
}

} // namespace

class TestWordsLab : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void theCloudMovesAsItLearns() {
        Run run;
        QVERIFY(run.lab().learns() && run.lab().cloud().problem());
        QCOMPARE(run.lab().cloud().problem()->table->rows(), std::int64_t(113));
        const std::vector<float> first = run.array("coordinates");
        run.session.runTo(40);
        const std::vector<float> early = run.array("coordinates"), earlyTable = run.array("table");
        run.end();
        const std::vector<float> last = run.array("coordinates"), lastTable = run.array("table");
        QVERIFY(!same(first, early) && !same(early, last));
        run.session.runTo(40); // scrubbed back: what was there; and forward again
        QVERIFY(same(run.array("coordinates"), early) && same(run.array("table"), earlyTable));
        run.end();
        QVERIFY(same(run.array("coordinates"), last) && same(run.array("table"), lastTable));
        const auto loss = run.session.lab().series("word_loss"), share = run.session.lab().series("analogies");
        QCOMPARE(int(loss.size()), run.session.lab().steps());
        QVERIFY(loss.back().value < 0.6 * loss.front().value);
        QVERIFY(share.front().value < 0.3 && share.back().value > 0.95);
        for (const lab::Check& check : run.session.lab().checks()) QVERIFY2(check.verdict == Verdict::matches, check.key.c_str());
        QCOMPARE(run.session.lab().checks().size(), std::size_t(2));
        QVERIFY(run.lab().oneHot() && run.lab().oneHot()->forwardSame && run.lab().oneHot()->backwardSame);
        Run again;
        again.end();
        QVERIFY(same(again.array("table"), lastTable) && same(again.array("coordinates"), last));
    }

    /// Neighbouring steps have neighbouring pictures: no axis flips, though components change places.
    void noStepJumps() {
        Run run({{"passes", std::int64_t(4)}});
        std::vector<float> before = run.array("coordinates");
        for (int step = 1; step <= run.session.lab().steps(); ++step) {
            run.session.runTo(step);
            const std::vector<float> now = run.array("coordinates");
            double moved = 0, size = 0;
            for (std::size_t i = 0; i < now.size(); ++i)
                moved += std::pow(now[i] - before[i], 2), size += double(now[i]) * now[i] + double(before[i]) * before[i];
            if (step > 10)
                QVERIFY2(moved < 0.5 * size,
                         qPrintable(QString("step %1: %2 of %3").arg(step).arg(moved).arg(size))); // a flipped axis: about 1
            before = now;
        }
    }

    /// How the cloud is looked at changes at once, and nothing is trained anew.
    void otherViewsOfTheSameWords() {
        Run run;
        run.end();
        const std::vector<float> table = run.array("table"), plane = run.array("coordinates");
        run.session.set("dims", std::string("3d"));
        run.session.runTo(run.session.lab().steps());
        QCOMPARE(run.array("coordinates").size(), plane.size() / 2 * 3);
        run.session.set(Values{{"dims", std::string("2d")},
                               {"method", std::string("axes")},
                               {"x_from", std::string("man")},
                               {"x_to", std::string("woman")},
                               {"y_from", std::string("man")},
                               {"y_to", std::string("king")}});
        run.session.runTo(run.session.lab().steps());
        QVERIFY(same(run.array("table"), table));
        const std::vector<float> axes = run.array("coordinates");
        const auto at = [&](const char* word, int d) {
            return double(axes[std::size_t(2 * WordIndex(run.lab().cloud().problem()->table->tokens).find(word) + d)]);
        };
        QVERIFY(std::abs(at("man", 0)) < 1e-5 && std::abs(at("woman", 0) - 1) < 1e-5 && std::abs(at("king", 1) - 1) < 1e-5);
        QVERIFY(std::abs(at("queen", 0) - 1) < 0.35 && std::abs(at("queen", 1) - 1) < 0.35); // the fourth corner
        QVERIFY(errorOf([&] { run.session.set("x_to", std::string("womann")); }).find("woman") != std::string::npos);
        run.session.set("method", std::string("random"));
        run.session.runTo(run.session.lab().steps());
        QVERIFY(!same(run.array("coordinates"), axes) && same(run.array("table"), table));
    }

    /// At once, or under t-SNE: the same vectors, bit for bit, as if it had been watched.
    void trainedAtOnce() {
        Run watched, atOnce({{"learn", std::string("at-once")}});
        watched.end(), atOnce.end();
        QVERIFY(!atOnce.lab().learns());
        QVERIFY(same(watched.array("table"), atOnce.array("table")));
        watched.session.set(Values{{"method", std::string("tsne")}, {"perplexity", 10.0}, {"iterations", std::int64_t(20)}});
        watched.session.runTo(0);
        watched.session.runTo(20);
        QVERIFY(!watched.lab().learns() && same(watched.array("table"), atOnce.array("table")));
        QTemporaryDir folder;
        const std::string path = folder.filePath("words.vec").toStdString();
        atOnce.session.lab().save("words", path);
        Progress progress;
        const Table table = readTable(path, {}, progress);
        QCOMPARE(table.tokens, atOnce.lab().cloud().problem()->table->tokens);
        QVERIFY(same({table.values.all().begin(), table.values.all().end()}, atOnce.array("table")));
    }

    void expressions() {
        Run run({{"expression", std::string("king - man + woman")}});
        run.end();
        const auto best = run.lab().answer(5);
        QVERIFY(best.problem.empty() && best.candidates.size() == 5);
        for (std::size_t i = 0; i < 5; ++i)
            if (best.candidates[i].without == 1) QCOMPARE(best.words[i], std::string("queen"));
        QCOMPARE(run.session.lab().array(device(), "candidates").shape, (std::vector<std::uint64_t>{50, 4}));
        const auto documents = dynamic_cast<lab::Documents&>(run.session.lab()).documents();
        QVERIFY(documents.size() == 2 && documents[0].name == "candidates.csv" &&
                documents[0].text.find("\nqueen,") != std::string::npos);
        run.session.set("expression", std::string("kingg"));
        QVERIFY(run.lab().answer(5).problem.find("king") != std::string::npos);
        run.session.set("expression", std::string());
        QVERIFY(run.lab().answer(5).problem.empty() && run.lab().answer(5).candidates.empty());
        run.session.set(
            Values{{"data", std::string("made")}, {"made_rows", std::int64_t(60)}, {"expression", std::string("king")}});
        run.session.runTo(0);
        QVERIFY(run.lab().answer(5).problem.find("no names") != std::string::npos);
    }

    void textsOfOnesOwn() {
        QTemporaryDir folder;
        std::string text;
        for (int i = 0; i < 400; ++i) text += i % 2 ? "sun warms day\n" : "moon cools night\n";
        const std::string good = put(folder, "good.txt", text),
                          bad = put(folder, "bad.txt",
                                    "\xFF\xFE"
                                    "a"),
                          list = put(folder, "q.txt", "sun day moon night\nsun day moon\n");
        Run run({{"corpus", std::string("file")}, {"text_file", good}, {"window", std::int64_t(2)}});
        run.end();
        QCOMPARE(run.lab().cloud().problem()->table->rows(), std::int64_t(6));
        const std::vector<float> there = run.array("table");
        const std::string error = errorOf([&] {
            run.session.set("text_file", bad);
            run.session.runTo(0);
        });
        QVERIFY2(error.find("UTF-16") != std::string::npos, error.c_str());
        run.end();
        QVERIFY(same(run.array("table"), there)); // what was there stays
        const std::string prose = errorOf([&] {   // dropped as a table
            run.session.set(
                Values{{"data", std::string("file")}, {"file", put(folder, "prose.txt", "Once upon a time there was a cat.\n")}});
            run.session.runTo(0);
        });
        QVERIFY2(prose.find("prose to learn") != std::string::npos, prose.c_str());
        run.end();
        const auto* dropped = lab::inputFor(run.session.declaration(), "book.md");
        QVERIFY(dropped && dropped->key == "text_file");
        QVERIFY(errorOf([&] { run.session.set("text_file", std::string("/none.txt")); }).find("/none.txt") != std::string::npos);
        QVERIFY(errorOf([&] { run.session.set("text_file", std::string()); }).find("choose a text") != std::string::npos);
        QVERIFY(errorOf([&] {
                    run.session.set("questions", list);
                    run.session.runTo(0);
                }).find("line 2") != std::string::npos);
    }

    void everyModelAndFormat() {
        for (const char* model : {"cbow", "glove"})
            for (const char* format : {"fp16", "fp16-random"}) {
                Run run({{"word_model", std::string(model)},
                         {"word_format", std::string(format)},
                         {"passes", std::int64_t(2)},
                         {"word_rate", 0.05}});
                run.end();
                QVERIFY(run.session.lab().series("word_loss").size() > 5);
                QCOMPARE(run.array("pmi").size(), std::strcmp(model, "cbow") == 0 ? std::size_t(64 * 64) : std::size_t(0));
            }
    }

    /// Tables that are made have the sizes and distances that they are said to have, within 5 standard deviations.
    void madeTables() {
        const Table widths = controlled({Shape::widths, 2000, 40, 3}), distances = controlled({Shape::distances, 3000, 40, 3});
        const auto centre = [](const Table& t, float group) {
            std::vector<double> mean(std::size_t(t.dims()));
            double n = 0;
            for (std::int64_t i = 0; i < t.rows(); ++i)
                if (t.columns[0].values[std::size_t(i)] == group) {
                    ++n;
                    for (std::int64_t d = 0; d < t.dims(); ++d) mean[std::size_t(d)] += t.values.row(i)[std::size_t(d)];
                }
            for (double& m : mean) m /= n;
            return mean;
        };
        for (const float group : {0.0F, 1.0F}) {
            const auto mean = centre(widths, group);
            double squares = 0, n = 0;
            for (std::int64_t i = 0; i < widths.rows(); ++i)
                if (widths.columns[0].values[std::size_t(i)] == group)
                    for (std::size_t d = 0; d < mean.size(); ++d) squares += std::pow(widths.values.row(i)[d] - mean[d], 2), ++n;
            const double deviation = std::sqrt(squares / n), wanted = group == 0 ? 1 : 10;
            QVERIFY(std::abs(deviation / wanted - 1) < 5 / std::sqrt(2 * n) + 1 / 1000.0); // the mean takes one of 1000 away
        }
        const auto between = [&](float a, float b) {
            const auto x = centre(distances, a), y = centre(distances, b);
            double squares = 0;
            for (std::size_t d = 0; d < x.size(); ++d) squares += std::pow(x[d] - y[d], 2);
            return std::sqrt(squares);
        };
        QVERIFY(std::abs(between(0, 1) - 10) < 0.5 && std::abs(between(0, 2) - 100) < 0.5 && std::abs(between(1, 2) - 90) < 0.5);
        const Table rings = controlled({Shape::rings, 200, 3, 3});
        for (std::int64_t i = 0; i < rings.rows(); ++i) {
            const auto row = rings.values.row(i);
            const bool other = rings.columns[0].values[std::size_t(i)] == 1;
            QVERIFY(std::abs(std::hypot(row[0] - (other ? 1 : 0), row[other ? 2 : 1]) - 1) < 0.06 &&
                    std::abs(row[other ? 1 : 2]) < 0.06);
        }
        const Table more = controlled({Shape::noise, 300, 7, 3}), fewer = controlled({Shape::noise, 100, 7, 3});
        QVERIFY(std::memcmp(more.values.data(), fewer.values.data(), 700 * sizeof(float)) == 0);
        Run run({{"data", std::string("made")}, {"made_rows", std::int64_t(60)}});
        run.end();
        QCOMPARE(run.lab().cloud().problem()->table->rows(), std::int64_t(60));
    }
};

int main(int argc, char** argv) { return test::run<TestWordsLab>(argc, argv); }
#include "tst_words_lab.moc"
