// SPDX-License-Identifier: GPL-3.0-or-later
// Every text that a lab declares, and every text that window and viewport mark for translation, can be said in Chinese.
#include "engine/assets.h"
#include "engine/lab/lab.h"

#include <QtTest/QtTest>

#include <nlohmann/json.hpp>

#include <set>

using namespace orrery;

namespace {

nlohmann::json chinese() { return nlohmann::json::parse(*asset("i18n/zh.json")); }

std::set<std::string> declaredTexts(const lab::Declaration& d) {
    std::set<std::string> texts = {d.title, d.summary, d.clock.name, d.clock.low, d.clock.high};
    for (const lab::Parameter& parameter : d.parameters) {
        texts.insert({parameter.label, parameter.group, parameter.unit, parameter.meaning});
        for (const lab::Choice& choice : parameter.choices) texts.insert({choice.label, choice.meaning});
        texts.insert(parameter.columns.begin(), parameter.columns.end());
    }
    for (const lab::Action& action : d.actions) texts.insert({action.label, action.meaning});
    for (const lab::Series& series : d.series)
        texts.insert({series.label, series.unit, series.meaning, series.chart, series.axis});
    for (const lab::Array& array : d.arrays) texts.insert({array.unit, array.meaning});
    for (const lab::Input& input : d.inputs) texts.insert(input.meaning);
    for (const lab::Output& output : d.outputs) texts.insert(output.meaning);
    texts.erase("");
    return texts;
}

/// One C++ string literal without its quotes, as the text that it makes.
std::string decoded(const QString& literal) {
    const QByteArray raw = literal.toUtf8();
    QByteArray text;
    for (qsizetype i = 0; i < raw.size(); ++i) {
        if (raw[i] != '\\' || i + 1 == raw.size()) {
            text += raw[i];
            continue;
        }
        const char escape = raw[++i];
        qsizetype end = i + 1;
        while (escape == 'x' && end < raw.size() && std::isxdigit(static_cast<unsigned char>(raw[end]))) ++end;
        if (escape == 'x')
            text += char(raw.mid(i + 1, end - i - 1).toInt(nullptr, 16)), i = end - 1;
        else
            text += escape == 'n' ? '\n' : escape == 't' ? '\t' : escape;
    }
    return text.toStdString();
}

/// The literals within the arguments of calls tr("…"), T("…") and say("…"), neighbours joined as the compiler does.
std::set<std::string> markedTexts(const QString& source) {
    static const QRegularExpression call("(?<!#define )\\b(tr|T|say|sayUtf8)\\("), letter("\\pL");
    static const QRegularExpression literal("\"((?:[^\"\\\\\\n]|\\\\.)*)\""), joint("\"\\s+\"");
    std::set<std::string> texts;
    for (auto calls = call.globalMatch(source); calls.hasNext();) {
        const auto found = calls.next();
        qsizetype end = found.capturedEnd(), depth = 1;
        while (end < source.size() && depth > 0) {
            const auto skipped =
                literal.match(source, end, QRegularExpression::NormalMatch, QRegularExpression::AnchorAtOffsetMatchOption);
            if (skipped.hasMatch()) {
                end = skipped.capturedEnd();
                continue;
            }
            depth += source[end] == '(' ? 1 : source[end] == ')' ? -1 : 0;
            ++end;
        }
        QString arguments = source.mid(found.capturedEnd(), end - found.capturedEnd());
        arguments.remove(joint);
        for (auto all = literal.globalMatch(arguments); all.hasNext();) {
            const QString text = all.next().captured(1);
            if (text.contains(letter)) texts.insert(decoded(text));
        }
    }
    return texts;
}

} // namespace

class TestTranslations : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void everyDeclaredTextIsThere_data();
    void everyDeclaredTextIsThere();
    void everyMarkedTextIsThere_data();
    void everyMarkedTextIsThere();
    void theSearchFindsPlantedTexts();
    void noneIsEmpty();
    void placeholdersAreKept();
};

void TestTranslations::everyDeclaredTextIsThere_data() {
    QTest::addColumn<QString>("lab");
    for (const lab::Entry& entry : lab::registry())
        QTest::newRow(entry.declaration->name.c_str()) << entry.declaration->name.c_str();
}

void TestTranslations::everyDeclaredTextIsThere() {
    QFETCH(QString, lab);
    const nlohmann::json table = chinese();
    QStringList missing;
    for (const std::string& text : declaredTexts(*lab::find(lab.toStdString()).declaration))
        if (!table.contains(text)) missing += QString::fromStdString(text);
    QVERIFY2(missing.isEmpty(), qPrintable("assets/i18n/zh.json lacks: " + missing.join(" | ")));
}

void TestTranslations::everyMarkedTextIsThere_data() {
    QTest::addColumn<QString>("folder");
    for (const char* folder : {"app/shell", "app/charts", "app/lessons", "ui"}) QTest::newRow(folder) << folder;
}

void TestTranslations::everyMarkedTextIsThere() {
    QFETCH(QString, folder);
    const nlohmann::json table = chinese();
    QStringList missing;
    std::size_t seen = 0;
    QDirIterator files(QStringLiteral(ORRERY_TEST_DATA "/../") + folder, {"*.cpp", "*.h"}, QDir::Files,
                       QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        QVERIFY(file.open(QIODevice::ReadOnly));
        const std::set<std::string> texts = markedTexts(QString::fromUtf8(file.readAll()));
        seen += texts.size();
        for (const std::string& text : texts)
            if (!table.contains(text)) missing += QString::fromStdString(text);
    }
    QVERIFY2(seen > 0, "no text is marked here: is the folder right?");
    QVERIFY2(missing.isEmpty(), qPrintable("assets/i18n/zh.json lacks: " + missing.join(" | ")));
}

void TestTranslations::theSearchFindsPlantedTexts() {
    const QString source =
        "x = look.tr(many ? \"rows\" : \"row\"); tr(\"one \" \"two\").arg(f(1)); str(\"no\"); T(\"\\\"b\\\" \\xCE\\xB2\")";
    const std::set<std::string> wanted{"rows", "row", "one two", "\"b\" \xCE\xB2"};
    QVERIFY(markedTexts(source) == wanted);
}

void TestTranslations::noneIsEmpty() {
    const nlohmann::json table = chinese();
    QVERIFY(table.size() > 100);
    for (const auto& [english, text] : table.items())
        QVERIFY2(text.is_string() && !text.get<std::string>().empty(), english.c_str());
}

void TestTranslations::placeholdersAreKept() {
    const QRegularExpression placeholder("%n|%L?\\d");
    const auto in = [&](const std::string& text) {
        QStringList found;
        auto all = placeholder.globalMatch(QString::fromStdString(text));
        while (all.hasNext()) found += all.next().captured();
        found.sort();
        return found;
    };
    const nlohmann::json table = chinese();
    for (const auto& [english, text] : table.items()) QCOMPARE(in(text.get<std::string>()), in(english));
}

QTEST_GUILESS_MAIN(TestTranslations)
#include "tst_translations.moc"
