// SPDX-License-Identifier: GPL-3.0-or-later
// Scenarios and lesson: both languages, the same steps, formulas and links, and every link leads somewhere.
#include "engine/assets.h"
#include "engine/error.h"
#include "engine/lab/scenario.h"
#include "engine/labs/statespace/declaration.h"
#include "engine/labs/statespace/request.h"

#include <QtTest/QtTest>

#include <nlohmann/json.hpp>

using namespace orrery;

namespace {

QString lesson(const char* language) {
    const auto text = asset(std::string("statespace/lesson.") + language + ".md");
    return text ? QString::fromUtf8(text->data(), qsizetype(text->size())) : QString();
}

QStringList found(const QString& text, const char* pattern) {
    QStringList all;
    auto matches = QRegularExpression(pattern, QRegularExpression::MultilineOption).globalMatch(text);
    while (matches.hasNext()) all += matches.next().captured(1);
    return all;
}

bool isChinese(const std::string& text) {
    const QString utf16 = QString::fromStdString(text);
    return std::any_of(utf16.begin(), utf16.end(), [](QChar c) { return c.script() == QChar::Script_Han; });
}

} // namespace

class TestLesson : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void scenariosSayAllInBothLanguages() {
        const auto all = lab::embeddedScenarios("statespace");
        QVERIFY(all.size() >= 4);
        for (const lab::Scenario& scenario : all) {
            QVERIFY2(!scenario.title.empty() && scenario.title.size() <= 40 && scenario.summary.size() <= 120,
                     scenario.name.c_str());
            QVERIFY(isChinese(scenario.titleZh) && isChinese(scenario.summaryZh) && !isChinese(scenario.title));
            const std::string source(*asset("statespace/scenarios/" + scenario.name + ".json"));
            for (const auto& [key, value] : nlohmann::json::parse(source).at("parameters").items()) {
                QVERIFY2(!scenario.settings.isDefault(key), (scenario.name + " " + key).c_str());
                QVERIFY2(scenario.settings.acts(*statespace::declaration().find(key)), (scenario.name + " " + key).c_str());
            }
            statespace::Sources sources;
            if (scenario.settings.text("show") == "memory")
                QVERIFY(!statespace::rememberRequest(scenario.settings, scenario.seed, sources).source->signal.samples.empty());
        }
        QCOMPARE(lab::loadScenario(statespace::declaration().defaultScenario, "statespace").name, std::string("memory"));
    }

    void bothLanguagesAreOneLesson() {
        const QString en = lesson("en"), zh = lesson("zh");
        for (const char* pattern : {R"(^<!-- scenario: ([\w-]+) -->$)", R"(^!\[.+\]\((formula/[\w-]+\.svg)\)$)",
                                    R"(^!\[(.+)\]\(formula)", R"(\]\((orrery:[^)]*)\))"}) {
            QVERIFY(!found(en, pattern).isEmpty());
            QCOMPARE(found(zh, pattern), found(en, pattern));
        }
        QCOMPARE(found(en, "^# (.+)$").size(), 8);
        QCOMPARE(found(zh, "^# (.+)$").size(), 8);
        QCOMPARE(found(en, R"(^(> \*\*Predict, then look\.\*\*))").size(), 8);
    }

    void formulasAreSetFromTheirSource() {
        const auto source = nlohmann::json::parse(*asset("statespace/formula/formulas.json"));
        const QString en = lesson("en");
        const QStringList names = found(en, R"(\(formula/([\w-]+)\.svg\)$)"), tex = found(en, R"(^!\[(.+)\]\(formula)");
        QCOMPARE(names.size(), qsizetype(source.size()));
        for (qsizetype i = 0; i < names.size(); ++i) {
            QCOMPARE(tex[i].toStdString(), source.at(names[i].toStdString()).get<std::string>());
            QVERIFY(asset("statespace/formula/" + names[i].toStdString() + ".svg").has_value());
        }
    }

    void everyLinkLeadsSomewhere() {
        for (const QString& step : lesson("en").split("\n---\n")) {
            const lab::Scenario scenario =
                lab::loadScenario(found(step, R"(scenario: ([\w-]+))").value(0).toStdString(), "statespace");
            lab::Settings settings = scenario.settings;
            for (const QString& link : found(step, R"(\]\(orrery:([^)]*)\))")) {
                const QString verb = link.section('/', 0, 0), argument = link.section('/', 1);
                if (verb == "set") {
                    const std::string key = argument.section('=', 0, 0).toStdString();
                    settings.setText(key, argument.section('=', 1).toStdString());
                    QVERIFY2(settings.acts(*statespace::declaration().find(key)), qPrintable(link));
                    statespace::Sources sources;
                    if (settings.text("show") == "memory") (void)statespace::rememberRequest(settings, 1, sources);
                } else if (verb == "scenario") {
                    settings = lab::loadScenario(argument.toStdString(), "statespace").settings;
                } else {
                    QVERIFY2(verb == "play" || verb == "pause", qPrintable(link));
                }
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestLesson)
#include "tst_lesson.moc"
