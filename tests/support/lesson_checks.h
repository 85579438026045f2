// SPDX-License-Identifier: GPL-3.0-or-later
// What the scenarios and the lesson of every lab must hold: both languages, the same steps, formulas and links, and every link
// leads somewhere. One function for each slot of a test.
#pragma once

#include "engine/assets.h"
#include "engine/error.h"
#include "engine/lab/lab.h"
#include "engine/lab/scenario.h"

#include <QtTest/QtTest>

#include <nlohmann/json.hpp>

#include <functional>

namespace orrery::test {

struct Lesson {
    std::string lab, defaultScenario;
    int steps = 0;
    std::function<void(const lab::Settings&, std::uint64_t seed)> understood{}; ///< throws or fails where settings make no sense

    std::string path(const std::string& file) const { return lab + '/' + file; }
    const lab::Declaration& declaration() const { return *lab::find(lab).declaration; }
    QString text(const char* language) const {
        const auto text = asset(path(std::string("lesson.") + language + ".md"));
        return text ? QString::fromUtf8(text->data(), qsizetype(text->size())) : QString();
    }
};

inline QStringList found(const QString& text, const char* pattern) {
    QStringList all;
    auto matches = QRegularExpression(pattern, QRegularExpression::MultilineOption).globalMatch(text);
    while (matches.hasNext()) all += matches.next().captured(1);
    return all;
}

inline bool isChinese(const std::string& text) {
    const QString utf16 = QString::fromStdString(text);
    return std::any_of(utf16.begin(), utf16.end(), [](QChar c) { return c.script() == QChar::Script_Han; });
}

inline void scenariosSayAllInBothLanguages(const Lesson& l) {
    const auto all = lab::embeddedScenarios(l.lab);
    QVERIFY(all.size() >= 4);
    for (const lab::Scenario& scenario : all) {
        QVERIFY2(!scenario.title.empty() && scenario.title.size() <= 40 && scenario.summary.size() <= 120, scenario.name.c_str());
        QVERIFY(isChinese(scenario.titleZh) && isChinese(scenario.summaryZh) && !isChinese(scenario.title));
        const auto source = nlohmann::json::parse(*asset(l.path("scenarios/" + scenario.name + ".json")));
        for (const auto& [key, value] : source.at("parameters").items()) {
            QVERIFY2(!scenario.settings.isDefault(key), (scenario.name + " " + key).c_str());
            QVERIFY2(scenario.settings.acts(*l.declaration().find(key)), (scenario.name + " " + key).c_str());
        }
        if (l.understood) l.understood(scenario.settings, scenario.seed);
    }
    QCOMPARE(lab::loadScenario(l.declaration().defaultScenario, l.lab).name, l.defaultScenario);
}

inline void bothLanguagesAreOneLesson(const Lesson& l) {
    const QString en = l.text("en"), zh = l.text("zh");
    for (const char* pattern : {R"(^<!-- scenario: ([\w-]+) -->$)", R"(^!\[.+\]\((formula/[\w-]+\.svg)\)$)",
                                R"(^!\[(.+)\]\(formula)", R"(\]\((orrery:[^)]*)\))"}) {
        QVERIFY(!found(en, pattern).isEmpty());
        QCOMPARE(found(zh, pattern), found(en, pattern));
    }
    QCOMPARE(found(en, "^# (.+)$").size(), l.steps);
    QCOMPARE(found(zh, "^# (.+)$").size(), l.steps);
    QCOMPARE(found(en, R"(^(> \*\*Predict, then look\.\*\*))").size(), l.steps);
}

inline void formulasAreSetFromTheirSource(const Lesson& l) {
    const auto source = nlohmann::json::parse(*asset(l.path("formula/formulas.json")));
    const QString en = l.text("en");
    const QStringList names = found(en, R"(\(formula/([\w-]+)\.svg\)$)"), tex = found(en, R"(^!\[(.+)\]\(formula)");
    QCOMPARE(names.size(), qsizetype(source.size()));
    for (qsizetype i = 0; i < names.size(); ++i) {
        QCOMPARE(tex[i].toStdString(), source.at(names[i].toStdString()).get<std::string>());
        const auto svg = asset(l.path("formula/" + names[i].toStdString() + ".svg"));
        QVERIFY2(svg.has_value(), qPrintable(names[i] + ".svg is missing: see assets/formula/render.mjs"));
        QVERIFY(svg->find("currentColor") != std::string::npos);
        QVERIFY2(svg->find("<use") == std::string::npos && svg->find("<text") == std::string::npos, "Qt Svg draws outlines only");
    }
}

/// Follows a link from `settings`; what is wrong with it, or nothing.
inline std::string follow(const Lesson& l, const QString& link, lab::Settings& settings) {
    try {
        const QString verb = link.section('/', 0, 0), argument = link.section('/', 1);
        if (verb == "play" || verb == "pause") return argument.isEmpty() ? "" : "takes nothing after it";
        if (verb == "seek") {
            bool isNumber = false;
            const double share = argument.toDouble(&isNumber);
            return isNumber && share >= 0 && share <= 1 ? "" : "is not a share of the clock";
        }
        if (verb == "do") {
            const auto& actions = l.declaration().actions;
            return std::any_of(actions.begin(), actions.end(), [&](auto& a) { return a.key == argument.toStdString(); })
                       ? ""
                       : "does what the lab cannot do";
        }
        if (verb == "scenario") return settings = lab::loadScenario(argument.toStdString(), l.lab).settings, "";
        if (verb != "set") return "is of no known kind";
        const std::string key = argument.section('=', 0, 0).toStdString();
        settings.setText(key, argument.section('=', 1).toStdString());
        if (!settings.acts(*l.declaration().find(key))) return "sets what does not act there";
        if (l.understood) l.understood(settings, 1);
        return "";
    } catch (const Error& error) {
        return error.what();
    }
}

inline void everyLinkLeadsSomewhere(const Lesson& l) {
    for (const QString& step : l.text("en").split("\n---\n")) {
        lab::Settings settings = lab::loadScenario(found(step, R"(scenario: ([\w-]+))").value(0).toStdString(), l.lab).settings;
        for (const QString& link : found(step, R"(\]\(orrery:([^)]*)\))")) {
            const std::string fault = follow(l, link, settings);
            QVERIFY2(fault.empty(), qPrintable(link + ": " + QString::fromStdString(fault)));
        }
    }
}

/// That a wrong link would be found.
inline void plantedLinksAreFound(const Lesson& l, const QStringList& wrong) {
    for (const QString& link : wrong + QStringList{"seek/1.5", "seek/", "jump/1", "play/1", "do/restate", "scenario/none"}) {
        lab::Settings settings(l.declaration());
        QVERIFY2(!follow(l, link, settings).empty(), qPrintable(link));
    }
}

} // namespace orrery::test
