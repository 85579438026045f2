// SPDX-License-Identifier: GPL-3.0-or-later
// Texts of the window and of the declarations in another language, looked up by their English
// (assets/i18n/<language>.json: {"English": "…"}).
#pragma once

#include <QHash>
#include <QTranslator>

#include <string>

namespace orrery::app {

class Translator : public QTranslator {
    Q_OBJECT

 public:
    using QTranslator::QTranslator;

    /// "en", "zh"; unknown ones leave English. Sends LanguageChange to every widget.
    void setLanguage(const QString& language);
    const QString& language() const { return m_language; }
    bool knows(const QString& text) const { return m_texts.contains(text); }
    /// What the engine says may hold figures: "5 of 8 rows" is looked up as "%1 of %2 rows". Null when unknown.
    QString withFigures(const QString& text) const;

    bool isEmpty() const override { return false; }
    QString translate(const char* context, const char* text, const char* disambiguation, int n) const override;

    static QString systemLanguage();
    static bool chinese(); ///< the language that is set

 private:
    QString m_language = "en";
    QHash<QString, QString> m_texts;
};

/// A text of the window, where there is no QObject to ask.
QString tr(const char* english);
/// A text of a declaration, in the language that is set.
QString say(const std::string& english);
std::string sayUtf8(const std::string& english);

} // namespace orrery::app
