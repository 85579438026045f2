// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/translator.h"

#include "engine/assets.h"
#include "ui/panels/spoken.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>

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
    const ui::Figured read = ui::figured(text.toStdString());
    if (read.figures.empty()) return {};
    const QString answer = m_texts.value(QString::fromStdString(read.pattern));
    return answer.isNull() ? QString() : QString::fromStdString(ui::filled(answer.toStdString(), read.figures));
}

QString Translator::systemLanguage() { return QLocale::system().language() == QLocale::Chinese ? "zh" : "en"; }

bool Translator::chinese() { return current == "zh"; }

QString tr(const char* english) { return QCoreApplication::translate("Window", english); }

QString say(const std::string& english) { return QCoreApplication::translate("Lab", english.c_str()); }
std::string sayUtf8(const std::string& english) { return say(english).toStdString(); }

} // namespace orrery::app
