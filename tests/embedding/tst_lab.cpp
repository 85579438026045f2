// SPDX-License-Identifier: GPL-3.0-or-later
// The lab through its session, as the window and the command line run it: exact scrubbing, parameters that turn while it runs,
// a start from the picture that is there, questions about rows, files that are refused and what stays then.
#include "engine/lab/session.h"
#include "engine/labs/embedding/lab.h"
#include "engine/model/npy.h"
#include "tests/support/error_of.h"
#include "tests/support/test_main.h"

#include <QTemporaryDir>

#include <cmath>
#include <cstring>
#include <fstream>

using namespace orrery;
using namespace orrery::test;
using namespace orrery::embedding;
using Verdict = lab::Check::Verdict;

namespace {

struct Run {
    explicit Run(const std::vector<std::pair<std::string, lab::Value>>& more = {}) : session(device(), "embedding") {
        std::vector<std::pair<std::string, lab::Value>> values = {{"count", std::int64_t(600)},
                                                                  {"perplexity", 12.0},
                                                                  {"iterations", std::int64_t(200)},
                                                                  {"exaggerated", std::int64_t(60)},
                                                                  {"epochs", std::int64_t(120)}};
        values.insert(values.end(), more.begin(), more.end());
        session.set(values);
    }
    EmbeddingLab& lab() { return dynamic_cast<EmbeddingLab&>(session.lab()); }
    void to(int step) { session.runTo(step); }
    void end() { to(session.lab().steps()), to(session.lab().steps()); }
    std::vector<float> points() { return session.lab().array(device(), "coordinates").values; }
    lab::Session session;
};

bool same(const std::vector<float>& a, const std::vector<float>& b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

QTemporaryDir& folder() {
    static QTemporaryDir dir;
    return dir;
}
std::string put(const std::string& name, const std::string& content) {
    const std::string path = folder().path().toStdString() + "/" + name;
    std::ofstream(path, std::ios::binary) << content;
    return path;
}

} // namespace

class TestLab : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void scrubbingShowsExactlyWhatWasThere_data();
    void scrubbingShowsExactlyWhatWasThere();
    void perplexityTurnsWhileItRuns();
    void aTurnInThePastForgetsTheFuture();
    void startsFromAnyPicture();
    void everyMethodGivesAPicture_data();
    void everyMethodGivesAPicture();
    void neighboursHereAndThere();
    void newRowsFindTheirPlace();
    void forcesPointWhereThePointGoes();
    void selectionAndFiles();
    void whatCannotBeMetIsRefused();
    void aBadFileLeavesWhatWasThere();
    void noScenarioDisagrees_data();
    void noScenarioDisagrees();
};

void TestLab::scrubbingShowsExactlyWhatWasThere_data() {
    QTest::addColumn<QString>("method");
    QTest::addColumn<QString>("dims");
    for (const char* method : {"tsne", "umap"})
        for (const char* dims : {"2d", "3d"}) QTest::addRow("%s %s", method, dims) << QString(method) << QString(dims);
}

void TestLab::scrubbingShowsExactlyWhatWasThere() {
    QFETCH(QString, method);
    QFETCH(QString, dims);
    const std::vector<std::pair<std::string, lab::Value>> how = {{"method", method.toStdString()}, {"dims", dims.toStdString()}};
    Run run(how), fresh(how);
    run.to(83);
    const std::vector<float> there = run.points();
    QCOMPARE(there.size(), std::size_t(600 * (dims == "3d" ? 3 : 2)));
    run.end();
    const std::vector<float> last = run.points();
    QVERIFY(!same(there, last));
    run.to(7);
    run.to(83);
    QVERIFY(same(run.points(), there));
    fresh.to(83);
    QVERIFY2(same(fresh.points(), there), "same seed, same bits");
    run.end();
    QVERIFY(same(run.points(), last));
}

/// The run goes on from where it stands, with another graph; and can be scrubbed over the moment of the turn.
void TestLab::perplexityTurnsWhileItRuns() {
    Run run;
    run.to(100);
    const std::vector<float> there = run.points();
    run.session.set("perplexity", 40.0);
    run.to(100);
    QVERIFY2(same(run.points(), there), "the picture stays where it is when the perplexity turns");
    QCOMPARE(run.lab().cloud().problem()->affinities->joint.n, std::int64_t(600));
    QVERIFY(std::abs(run.lab().cloud().problem()->affinities->rows[5].perplexity - 40) < 1e-5);
    run.end();
    const std::vector<float> turned = run.points();
    run.to(60);
    run.end();
    QVERIFY2(same(run.points(), turned), "replayed over the turn");
    Run other({{"perplexity", 40.0}});
    other.end();
    QVERIFY(!same(other.points(), turned));
    run.session.set("exaggeration", 4.0); // live and without a new graph
    QVERIFY(run.session.lab().jobs().empty());
}

void TestLab::aTurnInThePastForgetsTheFuture() {
    Run run;
    run.end();
    const std::vector<float> last = run.points();
    run.to(50);
    run.session.set("momentum", 0.3);
    QVERIFY2(run.session.lab().series("loss").back().step <= 50, "no figures of steps that are no more");
    run.end();
    QVERIFY(!same(run.points(), last));
    run.session.undo();
    QVERIFY(!run.session.lab().series("loss").empty());
}

void TestLab::startsFromAnyPicture() {
    Run run({{"method", std::string("umap")}});
    run.end();
    const std::vector<float> before = run.points();
    run.session.set({{"method", std::string("tsne")}, {"start", std::string("picture")}});
    run.to(0);
    const std::vector<float> after = run.points();
    // The same picture, centred and made small: all differences are in one proportion.
    double product = 0, aa = 0, bb = 0;
    for (std::size_t i = 2; i < after.size(); i += 2) {
        const double a = before[i] - before[0], b = after[i] - after[0];
        product += a * b, aa += a * a, bb += b * b;
    }
    QVERIFY(product / std::sqrt(aa * bb) > 0.99999);
}

void TestLab::everyMethodGivesAPicture_data() {
    QTest::addColumn<QString>("method");
    QTest::addColumn<QString>("start");
    for (const char* method : {"pca", "random", "axes"}) QTest::newRow(method) << QString(method) << QString("pca");
    for (const char* start : {"pca", "random", "spectral"})
        QTest::addRow("umap from %s", start) << QString("umap") << QString(start);
    QTest::newRow("tsne from random") << QString("tsne") << QString("random");
}

void TestLab::everyMethodGivesAPicture() {
    QFETCH(QString, method);
    QFETCH(QString, start);
    Run run({{"method", method.toStdString()}, {"start", start.toStdString()}});
    run.end();
    double low = 1e30, high = -1e30;
    for (const float v : run.points()) {
        QVERIFY(std::isfinite(v));
        low = std::min<double>(low, v), high = std::max<double>(high, v);
    }
    QVERIFY(high > low);
    for (const lab::Check& check : run.session.lab().checks()) QVERIFY2(check.verdict == Verdict::matches, check.label.c_str());
    if (method == "umap" || method == "tsne") {
        QVERIFY(run.session.lab().series("trust").back().value > 0.9);
        QVERIFY(run.session.lab().series("loss").back().value < run.session.lab().series("loss").front().value);
    }
}

void TestLab::neighboursHereAndThere() {
    Run run;
    run.end();
    const Neighbours table = run.lab().cloud().inTable(42, 10, Metric::euclid), picture = run.lab().cloud().inPicture(42, 10);
    const Column& sign = run.lab().cloud().problem()->table->columns[0];
    int alike = 0;
    for (const std::int32_t j : table.of(0)) alike += sign.values[std::size_t(j)] == sign.values[42];
    QVERIFY2(alike >= 5, "most of a sign's nearest are the same sign");
    QVERIFY(!std::equal(table.of(0).begin(), table.of(0).end(), picture.of(0).begin()));
}

void TestLab::newRowsFindTheirPlace() {
    for (const char* method : {"pca", "tsne", "umap"}) {
        Run run({{"method", std::string(method)}});
        run.end();
        Projecting& cloud = run.lab().cloud();
        const Matrix& all = cloud.problem()->table->values;
        Progress progress;
        const Matrix placed =
            cloud.place(Matrix(1, all.columns(), std::vector<float>(all.row(30).begin(), all.row(30).end())), progress);
        double low = 1e30, high = -1e30;
        for (std::int64_t i = 0; i < 600; ++i)
            low = std::min<double>(low, cloud.picture()[0][i]), high = std::max<double>(high, cloud.picture()[0][i]);
        const double off = std::hypot(placed.row(0)[0] - cloud.picture()[0][30], placed.row(0)[1] - cloud.picture()[1][30]);
        QVERIFY2(off < (std::string(method) == "pca" ? 1e-4 : 0.15) * (high - low), method); // a copy of a row lies beside it
        QVERIFY(!errorOf([&] { cloud.place(Matrix(1, 3), progress); }).empty());
    }
}

/// Attraction plus repulsion is minus the slope of the loss.
void TestLab::forcesPointWhereThePointGoes() {
    Run run;
    run.to(150);
    const auto forces = run.lab().cloud().forces(11);
    QVERIFY(forces.has_value());
    QVERIFY(std::hypot(forces->attraction[0], forces->attraction[1]) > 0);
    PicturePoints slope;
    const State state{run.lab().cloud().picture(), {}, {}};
    Tsne(run.lab().cloud().problem()->affinities, Repulsion::exact).gradient(state, 1, slope);
    for (int d = 0; d < 2; ++d) {
        const double together = forces->attraction[std::size_t(d)] + forces->repulsion[std::size_t(d)];
        QVERIFY(std::abs(together + slope[d][11]) < 1e-5 * std::abs(forces->attraction[std::size_t(d)]));
    }
}

void TestLab::selectionAndFiles() {
    Run run({{"method", std::string("pca")}});
    run.end();
    const std::string path = folder().path().toStdString();
    QVERIFY(errorOf([&] { run.session.lab().save("selected", path + "/s.csv"); }).find("no row is selected") !=
            std::string::npos);
    run.session.set("selection", selectionText(std::vector<std::int64_t>{3, 5}, *run.lab().cloud().problem()->table));
    run.session.set("selection", selectionText(std::vector<std::int64_t>{3, 5}, *run.lab().cloud().problem()->table));
    QCOMPARE(run.lab().selection(), (std::vector<std::int64_t>{3, 5}));
    for (const auto& [output, name] :
         {std::pair{"picture", "p.csv"}, {"picture-json", "p.json"}, {"selected", "s.csv"}, {"vectors", "v.txt"}}) {
        run.session.lab().save(output, path + "/" + name);
        QVERIFY(QFileInfo(QString::fromStdString(path + "/" + name)).size() > 50);
    }
    std::ifstream in(path + "/s.csv");
    std::string heading, first;
    std::getline(in, heading), std::getline(in, first);
    QCOMPARE(heading, std::string("row,x,y,sign,kind,slant,pen"));
    QVERIFY(first.starts_with("3,"));
    run.session.set({{"data", std::string("file")}, {"file", path + "/v.txt"}, {"method", std::string("pca")}});
    run.end();
    QCOMPARE(run.lab().cloud().problem()->table->rows(), std::int64_t(2));
    QVERIFY2(run.lab().selection().empty(), "a selection is of one table");
}

void TestLab::whatCannotBeMetIsRefused() {
    Run run;
    run.to(5);
    const std::vector<float> there = run.points();
    const std::string error = errorOf([&] { run.session.set("perplexity", 300.0); });
    QVERIFY2(error.find("this table has 600: set it to 199 at most") != std::string::npos, error.c_str());
    QCOMPARE(run.session.settings().number("perplexity"), 12.0);
    QVERIFY(errorOf([&] {
                run.session.set({{"method", std::string("axes")}, {"x_from", std::string("nobody")}});
            }).find("no row is called 'nobody'") != std::string::npos);
    run.to(5);
    QVERIFY(same(run.points(), there));
    run.session.set("perplexity", 199.0);
    run.to(6);
}

void TestLab::aBadFileLeavesWhatWasThere() {
    Run run;
    run.end();
    const std::vector<float> there = run.points();
    for (const auto& [name, content, says] : {std::tuple{"one.csv", "1,2,3\n", "two rows"},
                                              {"ragged.csv", "1,2\n1\n", "line 2"},
                                              {"cut.bin", "9 9\nabc", "byte 0"}}) {
        const std::string path = put(name, content);
        const std::string error = errorOf([&] {
            run.session.set({{"data", std::string("file")}, {"file", path}, {"method", std::string("pca")}});
            run.to(1);
        });
        QVERIFY2(error.find(says) != std::string::npos, error.c_str());
        QCOMPARE(run.session.settings().text("data"), std::string("glyphs"));
        run.end();
        QVERIFY2(same(run.points(), there), "nothing is lost");
    }
    QVERIFY(errorOf([&] {
                run.session.set({{"data", std::string("file")}, {"file", std::string("/nowhere/x.csv")}});
            }).find("no such file") != std::string::npos);
}

void TestLab::noScenarioDisagrees_data() {
    QTest::addColumn<QString>("name");
    for (const lab::Scenario& scenario : lab::embeddedScenarios("embedding"))
        QTest::newRow(scenario.name.c_str()) << QString::fromStdString(scenario.name);
}

/// With fewer rows and steps than the scenario asks for: the whole of it is for the window.
void TestLab::noScenarioDisagrees() {
    QFETCH(QString, name);
    lab::Session session(device(), "embedding");
    lab::Scenario scenario = lab::loadScenario(name.toStdString(), "embedding");
    scenario.settings.set("count", std::int64_t(500));
    scenario.settings.set("iterations", std::int64_t(100)), scenario.settings.set("epochs", std::int64_t(60));
    session.apply(scenario);
    session.runTo(session.lab().steps()), session.runTo(session.lab().steps());
    QCOMPARE(session.lab().position(), session.lab().steps());
    for (const lab::Check& check : session.lab().checks()) QVERIFY2(check.verdict == Verdict::matches, check.label.c_str());
}

ORRERY_TEST_MAIN(TestLab)
#include "tst_lab.moc"
