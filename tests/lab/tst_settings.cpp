// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/inputs.h"
#include "engine/lab/names.h"
#include "tests/lab/fake_lab.h"

#include <QtTest/QtTest>

#include <nlohmann/json.hpp>

#include <clocale>
#include <cmath>
#include <fstream>

using namespace orrery;
using namespace orrery::lab;
using orrery::test::errorOf;

namespace {

bool contains(const std::string& text, std::initializer_list<const char*> parts) {
    for (const char* part : parts)
        if (text.find(part) == text.npos) {
            qWarning("'%s' does not hold '%s'", text.c_str(), part);
            return false;
        }
    return true;
}

} // namespace

class SettingsTest : public QObject {
    Q_OBJECT

    const Declaration m_lab = test::fakeDeclaration();

    std::string setError(const std::string& key, const Value& value) const {
        Settings settings(m_lab);
        const std::string error = errorOf([&] { settings.set(key, value); });
        // Whatever was refused has changed nothing.
        if (!error.empty() && !(settings == Settings(m_lab))) return "changed in spite of: " + error;
        return error;
    }

 private Q_SLOTS:
    void wrongKeySuggests() {
        QCOMPARE(QString::fromStdString(setError("beta_mx", 1.0)),
                 QString("there is no parameter 'beta_mx' in fake; did you mean 'beta_max'?"));
        QVERIFY(contains(setError("zzzzzzzz", 1.0), {"'zzzzzzzz'", "orrery describe fake"}));
    }

    void rangeIsNamed() {
        QVERIFY(contains(setError("beta_max", 51.0), {"beta_max", "51", "0.1 to 50", "1/s"}));
        QVERIFY(contains(setError("steps", std::int64_t(0)), {"steps", "1 to 10000"}));
        QVERIFY(contains(setError("beta_max", std::nan("")), {"beta_max", "nan"}));
        QVERIFY(contains(setError("beta_max", HUGE_VAL), {"beta_max", "inf"}));
        QCOMPARE(setError("beta_max", 50.0), std::string());
        QCOMPARE(setError("beta_max", 0.1), std::string());
    }

    void typesAreKept() {
        Settings settings(m_lab);
        settings.set("beta_max", std::int64_t(7));
        QCOMPARE(settings.number("beta_max"), 7.0);
        settings.set("steps", 12.0);
        QCOMPARE(settings.integer("steps"), std::int64_t(12));
        QVERIFY(contains(setError("steps", 12.5), {"steps", "whole number"}));
        QVERIFY(contains(setError("glow", 1.0), {"glow", "true or false"}));
        QVERIFY(contains(setError("sde", std::string("vq")), {"sde", "'vq'", "vp, ve"}));
        QVERIFY(contains(setError("drawn", 1.0), {"drawn", "rows of numbers"}));
    }

    void pointsAreChecked() {
        QVERIFY(contains(setError("drawn", Points{2, {1, 2, 3, 11}}), {"drawn", "row 2", "column y", "11", "-10 to 10"}));
        QVERIFY(contains(setError("drawn", Points{2, {1, std::nan("")}}), {"row 1", "nan"}));
        QVERIFY(contains(setError("drawn", Points{2, {1, 2, 3}}), {"rows of 2", "3 numbers"}));
        QVERIFY(contains(setError("drawn", Points{3, {1, 2, 3}}), {"rows of 2"}));
        QVERIFY(contains(setError("drawn", Points{2, std::vector<double>(10, 0)}), {"5 rows", "at most 4"}));
    }

    void text() {
        Settings settings(m_lab);
        settings.setText("beta_max", "+2.5e1");
        QCOMPARE(settings.number("beta_max"), 25.0);
        settings.setText("glow", "off");
        QCOMPARE(settings.flag("glow"), false);
        settings.setText("drawn", "[[1, 2], [3, 4]]");
        QCOMPARE(settings.points("drawn"), (Points{2, {1, 2, 3, 4}}));
        settings.setText("drawn", "[5, 6]");
        QCOMPARE(settings.points("drawn"), (Points{2, {5, 6}}));
        for (const char* bad : {"", "1,5", "abc", "1 ", "0x10", "nan", "inf", "1e999", "--1", "+-1"})
            QVERIFY2(!errorOf([&] { settings.setText("beta_max", bad); }).empty(), bad);
        for (const char* bad : {"[[1,2,3]]", "[[1,2],3", "[[1,\"a\"]]", "{}", "[1,2,3]", "[[1,null]]", "[[1,1e999]]"})
            QVERIFY2(!errorOf([&] { settings.setText("drawn", bad); }).empty(), bad);
        for (const std::string& deep : {std::string(100000, '['), std::string(100000, '[') + std::string(100000, ']')}) {
            const std::string error = errorOf([&] { settings.setText("drawn", deep); });
            QVERIFY2(contains(error, {"drawn", "rows of"}) && error.size() < 300, error.substr(0, 300).c_str());
        }
        QVERIFY(!errorOf([&] { settings.setText("steps", "12.5"); }).empty());
        QVERIFY(!errorOf([&] { settings.setText("glow", "maybe"); }).empty());
        QCOMPARE(settings.number("beta_max"), 25.0);
    }

    void localeDoesNotMatter() {
        const char* german = std::setlocale(LC_ALL, "de_DE.UTF-8");
        Settings settings(m_lab);
        settings.setText("beta_max", "2.5");
        QCOMPARE(settings.number("beta_max"), 2.5);
        QCOMPARE(settings.text(*m_lab.find("beta_max")), std::string("2.5"));
        if (german) std::setlocale(LC_ALL, "C");
    }

    void jsonRoundTrip() {
        Settings settings(m_lab);
        settings.set("beta_max", 0.1 + 0.2);
        settings.set("sde", std::string("ve"));
        settings.set("drawn", Points{2, {1, 2, 3, 4}});
        const auto json = settings.toJson(true);
        QCOMPARE(json.size(), std::size_t(3));
        Settings other(m_lab);
        for (const auto& [key, value] : json.items()) other.setJson(key, value);
        QVERIFY(other == settings);
        QCOMPARE(settings.toJson(false).size(), m_lab.parameters.size());
        QVERIFY(!errorOf([&] { other.setJson("beta_max", nullptr); }).empty());
        QVERIFY(!errorOf([&] { other.setJson("steps", nlohmann::json::parse("18446744073709551615")); }).empty());
    }

    void differencesAndVisibility() {
        Settings a(m_lab), b(m_lab);
        b.set("sde", std::string("ve"));
        b.set("beta_min", 0.2);
        QCOMPARE(a.differences(b), (std::vector<std::string>{"beta_min", "sde"}));
        QVERIFY(!a.acts(*m_lab.find("glow")));
        QVERIFY(b.acts(*m_lab.find("glow")));
        QVERIFY(a.isDefault("sde") && !b.isDefault("sde"));
        QVERIFY(a.hold("sde!=ve") && !b.hold("sde!=ve") && b.hold("sde!=vp") && b.hold(""));
        QVERIFY(!b.hold("sde=ve;sde!=ve"));
        QVERIFY(!a.acts(Action{.key = "polish", .shownWhen = "sde=ve"}) &&
                b.acts(Action{.key = "polish", .shownWhen = "sde=ve"}));
    }

    void declarationIsVerified() {
        m_lab.verify();
        const auto broken = [&](auto change) {
            Declaration lab = m_lab;
            change(lab);
            return errorOf([&] { lab.verify(); });
        };
        QVERIFY(contains(broken([](Declaration& d) { d.parameters.push_back(d.parameters[0]); }), {"beta_min", "twice"}));
        QVERIFY(contains(broken([](Declaration& d) { d.parameters[0].fallback = 6.0; }), {"beta_min", "6"}));
        QVERIFY(contains(broken([](Declaration& d) { d.parameters[3].fallback = std::string("no"); }), {"sde", "'no'"}));
        QVERIFY(!broken([](Declaration& d) { d.parameters[4].shownWhen = "sde=xx"; }).empty());
        QVERIFY(!broken([](Declaration& d) { d.parameters[4].shownWhen = "nope=ve"; }).empty());
        QVERIFY(contains(broken([](Declaration& d) { d.actions[0].shownWhen = "sde"; }), {"'sde'", "'='"}));
        QVERIFY(!broken([](Declaration& d) { d.parameters[0].high = 0; }).empty());
        QVERIFY(!broken([](Declaration& d) { d.parameters[0].meaning = ""; }).empty());
        QVERIFY(!broken([](Declaration& d) { d.inputs[0].key = "sde"; }).empty());
        QVERIFY(!broken([](Declaration& d) { d.inputs[0].sets = {{"sde", "zz"}}; }).empty());
        QVERIFY(!broken([](Declaration& d) { d.arrays[0].key = "../x"; }).empty());
    }

    void registeredLabsAreSound() {
        for (const Entry& entry : registry()) {
            entry.declaration->verify();
            const auto scenarios = embeddedScenarios(entry.declaration->name);
            QVERIFY(std::any_of(scenarios.begin(), scenarios.end(),
                                [&](const Scenario& s) { return s.name == entry.declaration->defaultScenario; }));
            for (const Scenario& scenario : scenarios) QVERIFY(!scenario.title.empty() && !scenario.titleZh.empty());
        }
        QVERIFY(contains(errorOf([] { find("difusion"); }), {"'difusion'", "did you mean 'diffusion'"}));
    }

    void inputsByExtension() {
        QTemporaryDir folder;
        const std::string path = (folder.path() + "/a.CSV").toStdString();
        std::ofstream(path) << "1,2\n";
        const auto values = inputValues(m_lab, path);
        QCOMPARE(values.size(), std::size_t(2));
        QCOMPARE(std::get<std::string>(values[0].second), std::string("ve"));
        QCOMPARE(std::get<std::string>(values[1].second), path);
        QVERIFY(contains(errorOf([&] { inputValues(m_lab, "cat.png"); }), {"cat.png", "csv, npy"}));
        QVERIFY(contains(errorOf([&] { inputValues(m_lab, "no.csv"); }), {"no.csv", "no such file"}));
    }

    void numbersInWords() {
        QCOMPARE(shortest(0.1), std::string("0.1"));
        QCOMPARE(shortest(100000), std::string("100000"));
        QCOMPARE(shortest(-1e20), std::string("-1e+20"));
        QCOMPARE(rounded(1234567), std::string("1.23 M"));
        QCOMPARE(rounded(999.6), std::string("1 k"));
        QCOMPARE(figures(548.24), std::string("548.2"));
        QCOMPARE(figures(124301.4), std::string("124301"));
        QCOMPARE(nearest("stpes", {"steps", "seed"}), std::string("steps"));
        QCOMPARE(nearest("qqqqq", {"steps", "seed"}), std::string());
    }
};

QTEST_GUILESS_MAIN(SettingsTest)
#include "tst_settings.moc"
