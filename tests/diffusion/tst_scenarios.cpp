// SPDX-License-Identifier: GPL-3.0-or-later
// The scenarios that are part of the program: each parses, speaks both languages, and sets only what acts.
#include "tests/support/lesson_checks.h"

#include <set>

using namespace orrery;

class TestScenarios : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void everyOneParses_data();
    void everyOneParses();
    void theSetIsComplete();
    void theDefaultIsTheRingOfRings();
    void writingBringsBackTheSame();
    void aPlantedKeyIsRefusedByName();
};

namespace {

using test::isChinese;

std::string source(const std::string& name) { return std::string(*asset("diffusion/scenarios/" + name + ".json")); }

} // namespace

void TestScenarios::everyOneParses_data() {
    QTest::addColumn<QString>("path");
    for (const std::string& path : assetNames("diffusion/scenarios/"))
        QTest::newRow(path.c_str()) << QString::fromStdString(path);
}

void TestScenarios::everyOneParses() {
    QFETCH(QString, path);
    const std::string text(*asset(path.toStdString()));
    const lab::Scenario scenario = lab::parseScenario(text, path.toStdString());
    QCOMPARE(scenario.lab, std::string("diffusion"));
    QVERIFY(!scenario.title.empty() && !scenario.summary.empty());
    QVERIFY(!isChinese(scenario.title) && !isChinese(scenario.summary));
    QVERIFY(isChinese(scenario.titleZh) && isChinese(scenario.summaryZh));
    QVERIFY2(scenario.title.size() <= 40 && scenario.summary.size() <= 120, "too long for the scenario menu");

    const lab::Settings& settings = scenario.settings;
    const nlohmann::json written = nlohmann::json::parse(text).at("parameters");
    for (const auto& [key, value] : written.items()) {
        QVERIFY2(!settings.isDefault(key), (key + " is written though it is the default").c_str());
        QVERIFY2(settings.acts(*settings.declaration().find(key)), (key + " does not act in this scenario").c_str());
    }
}

void TestScenarios::theSetIsComplete() {
    const std::vector<std::string> wanted = {
        "checkerboard",  "drawn",        "few-steps", "half-score",  "learned-error", "learned-points", "mixture-two",
        "moons-learned", "moons-memory", "no-g2",     "one-million", "reverse-ode",   "ring-of-rings",  "spiral",
        "sub-vp",        "swissroll",    "t-chain",   "ve",          "wrong-sign"};
    std::vector<std::string> there;
    for (const lab::Scenario& scenario : lab::embeddedScenarios("diffusion")) there.push_back(scenario.name);
    QCOMPARE(there, wanted);

    std::set<std::string> titles;
    for (const lab::Scenario& scenario : lab::embeddedScenarios("diffusion"))
        QVERIFY2(titles.insert(scenario.title).second, scenario.title.c_str());
}

void TestScenarios::theDefaultIsTheRingOfRings() {
    const lab::Declaration& declaration = *lab::find("diffusion").declaration;
    const lab::Scenario scenario = lab::loadScenario(declaration.defaultScenario, "diffusion");
    QCOMPARE(scenario.name, std::string("ring-of-rings"));
    QCOMPARE(scenario.seed, std::uint64_t(7));
    QVERIFY(scenario.playing);
    QCOMPARE(scenario.settings.integer("particles"), std::int64_t(20000));
    QCOMPARE(scenario.settings.text("data"), std::string("rings"));
    QCOMPARE(scenario.settings.text("sde"), std::string("vp"));
    QCOMPARE(scenario.settings.text("journey"), std::string("round"));
    QCOMPARE(lab::loadScenario("one-million").settings.integer("particles"), std::int64_t(1000000));
}

void TestScenarios::writingBringsBackTheSame() {
    for (const lab::Scenario& scenario : lab::embeddedScenarios("diffusion")) {
        const lab::Scenario again = lab::parseScenario(lab::writeScenario(scenario), scenario.name);
        QVERIFY2(again.settings == scenario.settings, scenario.name.c_str());
        QCOMPARE(again.titleZh, scenario.titleZh);
        QCOMPARE(again.seed, scenario.seed);
        QCOMPARE(again.playing, scenario.playing);
        QCOMPARE(again.clockFraction, scenario.clockFraction);
    }
}

void TestScenarios::aPlantedKeyIsRefusedByName() {
    std::string text = source("sub-vp");
    const std::size_t at = text.find("\"sde\"");
    QVERIFY(at != std::string::npos);
    text.replace(at, 5, "\"sdf\"");
    try {
        lab::parseScenario(text, "planted");
        QFAIL("an unknown parameter passed");
    } catch (const Error& error) {
        QVERIFY(std::string(error.what()).find("sdf") != std::string::npos);
        QVERIFY(std::string(error.what()).find("planted") != std::string::npos);
    }
}

QTEST_GUILESS_MAIN(TestScenarios)
#include "tst_scenarios.moc"
