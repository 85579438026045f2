// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/assets.h"
#include "tests/lab/fake_lab.h"

#include <QtTest/QtTest>

#include <nlohmann/json.hpp>

#include <fstream>

using namespace orrery;
using namespace orrery::lab;
using orrery::test::errorOf;

namespace {

const std::string minimal = R"({"orrery": 1, "lab": "diffusion"})";

std::string parseError(const std::string& json) {
    return errorOf([&] { parseScenario(json, "a.json"); });
}

} // namespace

class ScenarioTest : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void minimalIsTheDefault() {
        const Scenario scenario = parseScenario(minimal, "folder/a.json");
        QCOMPARE(scenario.name, std::string("a"));
        QCOMPARE(scenario.seed, std::uint64_t(1));
        QVERIFY(scenario.settings == Settings(scenario.settings.declaration()));
        QVERIFY(!scenario.camera && !scenario.playing && scenario.clockFraction == 0);
    }

    void writtenIsReadBack() {
        Scenario scenario = parseScenario(minimal, "a.json");
        scenario.title = "A \"b\"\n", scenario.titleZh = "\xE6\x98\x9F", scenario.summary = "s", scenario.summaryZh = "z";
        scenario.seed = UINT64_MAX;
        scenario.settings.set("beta_max", 0.1 + 0.2);
        scenario.settings.set("data", std::string("drawn"));
        scenario.settings.set("drawn", Points{2, {0.1, -2, 1e-9, 999.999}});
        scenario.clockFraction = 0.29, scenario.playing = true;
        scenario.camera = CameraState{0.1, -3, 1e-3};
        const Scenario again = parseScenario(writeScenario(scenario), "b.json");
        QCOMPARE(again.title, scenario.title);
        QCOMPARE(again.titleZh, scenario.titleZh);
        QCOMPARE(again.summary, scenario.summary);
        QCOMPARE(again.summaryZh, scenario.summaryZh);
        QCOMPARE(again.seed, scenario.seed);
        QVERIFY(again.settings == scenario.settings);
        QCOMPARE(again.clockFraction, 0.29);
        QVERIFY(again.playing && again.camera == scenario.camera);
        QCOMPARE(nlohmann::json::parse(writeScenario(scenario)).at("parameters").size(), std::size_t(3)); // what differs only
    }

    void refused_data() {
        QTest::addColumn<QString>("json");
        QTest::addColumn<QStringList>("says");
        const auto row = [](const char* name, const char* json, QStringList says) {
            QTest::newRow(name) << QString(json) << says;
        };
        row("unknown key", R"({"orrery":1,"lab":"diffusion","sed":3})", {"'sed'", "did you mean 'seed'"});
        row("unknown parameter", R"({"orrery":1,"lab":"diffusion","parameters":{"beta_mx":3}})",
            {"'beta_mx'", "did you mean 'beta_max'"});
        row("out of range", R"({"orrery":1,"lab":"diffusion","parameters":{"beta_max":300}})", {"beta_max", "300", "0.1 to 50"});
        row("wrong type", R"({"orrery":1,"lab":"diffusion","parameters":{"beta_max":"x"}})", {"beta_max", "number"});
        row("null", R"({"orrery":1,"lab":"diffusion","parameters":{"beta_max":null}})", {"beta_max"});
        row("too large a number", R"({"orrery":1,"lab":"diffusion","parameters":{"beta_max":1e999}})", {"too large"});
        row("version 2", R"({"orrery":2,"lab":"diffusion"})", {"version 2", "reads version 1"});
        row("version text", R"({"orrery":"1","lab":"diffusion"})", {"version", "reads version 1"});
        row("no version", R"({"lab":"diffusion"})", {"'orrery'", "missing"});
        row("no lab", R"({"orrery":1})", {"'lab'", "missing"});
        row("unknown lab", R"({"orrery":1,"lab":"difusion"})", {"'difusion'", "did you mean 'diffusion'"});
        row("not an object", "[1,2]", {"object"});
        row("cut off", "{\"orrery\": 1,\n\"lab\": \"diff", {"line 2", "byte"});
        row("empty", "", {"JSON", "line 1"});
        row("binary", "\x01\x02\xff", {"JSON"});
        row("seed negative", R"({"orrery":1,"lab":"diffusion","seed":-1})", {"'seed'", "whole number"});
        row("seed fraction", R"({"orrery":1,"lab":"diffusion","seed":1.5})", {"'seed'"});
        row("progress", R"({"orrery":1,"lab":"diffusion","progress":1.01})", {"'progress'", "0 to 1"});
        row("playing", R"({"orrery":1,"lab":"diffusion","playing":1})", {"'playing'", "true or false"});
        row("camera key", R"({"orrery":1,"lab":"diffusion","camera":{"z":1}})", {"camera", "'z'"});
        row("camera height", R"({"orrery":1,"lab":"diffusion","camera":{"height":0}})", {"camera", "'height'"});
        row("parameters list", R"({"orrery":1,"lab":"diffusion","parameters":[]})", {"'parameters'"});
    }
    void refused() {
        QFETCH(QString, json);
        QFETCH(QStringList, says);
        const QString error = QString::fromStdString(parseError(json.toStdString()));
        QVERIFY2(error.startsWith("a.json"), qPrintable(error));
        QVERIFY2(!error.contains('\n'), qPrintable(error));
        for (const QString& part : says) QVERIFY2(error.contains(part), qPrintable(error));
    }

    void deepNestingIsNoCrash() {
        QVERIFY(!parseError(std::string(1000000, '[')).empty());
        const std::string deep = std::string(100000, '[') + std::string(100000, ']');
        for (const std::string& json : {R"({"orrery":)" + deep + "}", R"({"orrery":1,"lab":"diffusion","title":)" + deep + "}",
                                        R"({"orrery":1,"lab":"diffusion","parameters":{"drawn":)" + deep + "}}"}) {
            const QString error = QString::fromStdString(parseError(json));
            QVERIFY2(error.startsWith("a.json") && error.contains("nested") && error.size() < 200, qPrintable(error.left(200)));
        }
    }

    void filesAreRelativeToTheScenario() {
        QTemporaryDir folder;
        QDir(folder.path()).mkdir("sub");
        const QString file = folder.path() + "/sub/mine.json";
        std::ofstream(file.toStdString())
            << R"({"orrery":1,"lab":"diffusion","parameters":{"data":"file","file":"../points.csv"}})";
        const Scenario scenario = loadScenario(file.toStdString(), "diffusion");
        QCOMPARE(QString::fromStdString(scenario.settings.text("file")), folder.path() + "/points.csv");
        QCOMPARE(scenario.name, std::string("mine"));
    }

    void loadErrors() {
        QTemporaryDir folder;
        const auto contains = [](const std::string& text, const char* part) { return text.find(part) != text.npos; };
        QVERIFY(contains(errorOf([] { loadScenario("ring-of-rngs"); }), "did you mean 'ring-of-rings'"));
        QVERIFY(contains(errorOf([] { loadScenario("no/such.json"); }), "no/such.json: cannot be read"));
        QVERIFY(contains(errorOf([&] { loadScenario(folder.path().toStdString()); }), "is a folder"));
        const std::string huge = (folder.path() + "/huge.json").toStdString();
        std::ofstream(huge) << "{}";
        QVERIFY(QFile(QString::fromStdString(huge)).resize(qint64(17) << 20));
        QVERIFY(contains(errorOf([&] { loadScenario(huge); }), "too large for a scenario"));
    }

    void embeddedOnesLoadByName() {
        const auto all = embeddedScenarios("diffusion");
        QVERIFY(all.size() >= 3);
        for (const Scenario& scenario : all) {
            const Scenario loaded = loadScenario(scenario.name, "diffusion");
            QVERIFY(loaded.settings == scenario.settings);
            QCOMPARE(loaded.seed, scenario.seed);
        }
    }
};

QTEST_GUILESS_MAIN(ScenarioTest)
#include "tst_scenario.moc"
