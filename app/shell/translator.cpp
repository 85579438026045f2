// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/translator.h"

#include "engine/assets.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>
#include <QRegularExpression>
#include <QStringList>

namespace orrery::app {

namespace {

QString current = "en";

} // namespace

void Translator::setLanguage(const QString& language) {
    QCoreApplication::removeTranslator(this);
    m_language = current = language;
    m_texts.clear();
    if (const auto bytes = asset("i18n/" + language.toStdString() + ".json")) {
        const QByteArray json(bytes->data(), qsizetype(bytes->size()));
        const QJsonObject table = QJsonDocument::fromJson(json).object();
        for (auto row = table.begin(); row != table.end(); ++row) m_texts.insert(row.key(), row.value().toString());
    }
    QCoreApplication::installTranslator(this);
}

QString Translator::translate(const char*, const char* text, const char*, int) const {
    const QString english = QString::fromUtf8(text);
    const auto found = m_texts.find(english);
    return found != m_texts.end() ? *found : withFigures(english); // null: the English text stays
}

QString Translator::withFigures(const QString& text) const {
    static const QRegularExpression figure(R"((?<![\w.])-?\d+(\.\d+)?(e[-+]?\d+)?)"), place(R"(%(\d+))");
    QString pattern;
    QStringList figures;
    qsizetype end = 0;
    for (auto all = figure.globalMatch(text); all.hasNext();) {
        const auto one = all.next();
        figures << one.captured();
        pattern += text.mid(end, one.capturedStart() - end) + '%' + QString::number(figures.size());
        end = one.capturedEnd();
    }
    if (figures.isEmpty()) return {};
    const QString answer = m_texts.value(pattern + text.mid(end));
    if (answer.isNull()) return {};
    QString out;
    end = 0;
    for (auto all = place.globalMatch(answer); all.hasNext();) { // another language may order them differently
        const auto one = all.next();
        out += answer.mid(end, one.capturedStart() - end) + figures.value(one.captured(1).toInt() - 1);
        end = one.capturedEnd();
    }
    return out + answer.mid(end);
}

QString Translator::systemLanguage() { return QLocale::system().language() == QLocale::Chinese ? "zh" : "en"; }

bool Translator::chinese() { return current == "zh"; }

QString tr(const char* english) { return QCoreApplication::translate("Window", english); }

QString say(const std::string& english) { return QCoreApplication::translate("Lab", english.c_str()); }
std::string sayUtf8(const std::string& english) { return say(english).toStdString(); }

} // namespace orrery::app
