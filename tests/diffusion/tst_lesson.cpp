// SPDX-License-Identifier: GPL-3.0-or-later
// The lesson in both languages: the same steps, formulas and links, and every link leads somewhere.
#include "engine/assets.h"
#include "engine/error.h"
#include "engine/lab/lab.h"
#include "engine/lab/scenario.h"

#include <QtTest/QtTest>

#include <nlohmann/json.hpp>

#include <set>

using namespace orrery;

namespace {

struct Step {
    QString title, scenario;
    QStringList formulas, alternatives; ///< name, and TeX source beside it
    QStringList links;                  ///< orrery: links without the scheme, in order
    int questions = 0;
};

QStringList matches(const QString& text, const QString& pattern, int group = 1) {
    QStringList found;
    auto all = QRegularExpression(pattern, QRegularExpression::MultilineOption).globalMatch(text);
    while (all.hasNext()) found += all.next().captured(group);
    return found;
}

QList<Step> parseLesson(const QString& text) {
    QList<Step> steps;
    for (const QString& part : text.split(QRegularExpression("^---$", QRegularExpression::MultilineOption))) {
        Step step;
        step.title = matches(part, "^# (.+)$").value(0);
        step.scenario = matches(part, "^<!-- scenario: ([\\w-]+) -->$").value(0);
        step.formulas = matches(part, "^!\\[.+\\]\\(formula/([\\w-]+)\\.svg\\)$");
        step.alternatives = matches(part, "^!\\[(.+)\\]\\(formula/[\\w-]+\\.svg\\)$");
        step.links = matches(part, "\\]\\(orrery:([^)]*)\\)");
        step.questions = int(matches(part, "^> (\\*\\*.+\\*\\*)").size());
        steps += step;
    }
    return steps;
}

QList<Step> lesson(const char* language) {
    const auto text = asset(std::string("diffusion/lesson.") + language + ".md");
    return text ? parseLesson(QString::fromUtf8(text->data(), qsizetype(text->size()))) : QList<Step>();
}

/// Follows a link from `settings`; what is wrong with it, or nothing.
std::string follow(const QString& link, lab::Settings& settings) {
    try {
        const QString what = link.section('/', 0, 0), rest = link.section('/', 1);
        if (what == "play" || what == "pause") return rest.isEmpty() ? "" : "takes nothing after it";
        if (what == "seek") {
            bool isNumber = false;
            const double share = rest.toDouble(&isNumber);
            return isNumber && share >= 0 && share <= 1 ? "" : "is not a share of the journey";
        }
        if (what == "do") {
            const auto& actions = settings.declaration().actions;
            return std::any_of(actions.begin(), actions.end(), [&](auto& a) { return a.key == rest.toStdString(); })
                       ? ""
                       : "does what the lab cannot do";
        }
        if (what == "scenario") return settings = lab::loadScenario(rest.toStdString(), "diffusion").settings, "";
        if (what != "set") return "is of no known kind";
        const std::string key = rest.section('=', 0, 0).toStdString();
        settings.setText(key, rest.section('=', 1).toStdString());
        return settings.acts(*settings.declaration().find(key)) ? "" : "sets what does not act there";
    } catch (const Error& error) {
        return error.what();
    }
}

} // namespace

class TestLesson : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void everyStepIsWhole_data();
    void everyStepIsWhole();
    void bothLanguagesGoTheSameWay();
    void everyLinkLeadsSomewhere_data() { everyStepIsWhole_data(); }
    void everyLinkLeadsSomewhere();
    void formulasAreDrawnFromTheirSource();
    void plantedLinksAreFound();
};

void TestLesson::everyStepIsWhole_data() {
    QTest::addColumn<QString>("language");
    QTest::newRow("English") << "en";
    QTest::newRow("Chinese") << "zh";
}

void TestLesson::everyStepIsWhole() {
    QFETCH(QString, language);
    const QList<Step> steps = lesson(language.toUtf8());
    QCOMPARE(steps.size(), 8);
    for (const Step& step : steps) {
        QVERIFY(!step.title.isEmpty());
        QVERIFY2(!step.scenario.isEmpty(), qPrintable(step.title));
        QVERIFY2(step.formulas.size() == 1, qPrintable(step.title));
        QVERIFY2(step.questions == 1, qPrintable(step.title));
        QVERIFY2(!step.links.isEmpty(), qPrintable(step.title));
    }
    const auto text = asset("diffusion/lesson." + language.toStdString() + ".md");
    for (const char* source : {"9209", "2011.13456", "Anderson"}) QVERIFY2(text->find(source) != std::string::npos, source);
}

void TestLesson::bothLanguagesGoTheSameWay() {
    const QList<Step> english = lesson("en"), chinese = lesson("zh");
    QCOMPARE(english.size(), chinese.size());
    for (qsizetype i = 0; i < english.size(); ++i) {
        QVERIFY(english[i].title != chinese[i].title);
        QCOMPARE(english[i].scenario, chinese[i].scenario);
        QCOMPARE(english[i].formulas, chinese[i].formulas);
        QCOMPARE(english[i].links, chinese[i].links);
    }
}

void TestLesson::everyLinkLeadsSomewhere() {
    QFETCH(QString, language);
    for (const Step& step : lesson(language.toUtf8())) {
        lab::Settings settings = lab::loadScenario(step.scenario.toStdString(), "diffusion").settings;
        for (const QString& link : step.links) {
            const std::string fault = follow(link, settings);
            QVERIFY2(fault.empty(), qPrintable(step.title + ": " + link + ": " + QString::fromStdString(fault)));
        }
    }
}

void TestLesson::formulasAreDrawnFromTheirSource() {
    const auto sources = nlohmann::json::parse(*asset("diffusion/formula/formulas.json"));
    std::set<std::string> used;
    for (const char* language : {"en", "zh"}) {
        for (const Step& step : lesson(language)) {
            const std::string name = step.formulas.value(0).toStdString();
            QVERIFY2(sources.contains(name), name.c_str());
            QCOMPARE(step.alternatives.value(0).toStdString(), sources.at(name).get<std::string>());
            used.insert(name);
        }
    }
    for (const auto& [name, tex] : sources.items()) {
        QVERIFY2(used.contains(name), (name + " stands in no lesson").c_str());
        const auto svg = asset("diffusion/formula/" + name + ".svg");
        QVERIFY2(svg.has_value(), (name + ".svg is missing: see assets/formula/render.mjs").c_str());
        QVERIFY(svg->find("currentColor") != std::string::npos);
        QVERIFY2(svg->find("<use") == std::string::npos && svg->find("<text") == std::string::npos, "Qt Svg draws outlines only");
    }
}

void TestLesson::plantedLinksAreFound() {
    const lab::Settings start(*lab::find("diffusion").declaration);
    for (const char* link : {"scenario/ring-of-wings", "set/lamda=1", "set/lambda=3", "set/sde=vq", "set/sigma_max=5", "seek/1.5",
                             "seek/", "jump/1", "play/1", "do/restate"}) {
        lab::Settings settings = start;
        QVERIFY2(!follow(link, settings).empty(), link);
    }
    lab::Settings settings = start;
    QVERIFY(follow("set/lambda=0.5", settings).empty());
    QCOMPARE(settings.number("lambda"), 0.5);
}

QTEST_GUILESS_MAIN(TestLesson)
#include "tst_lesson.moc"
