// SPDX-License-Identifier: GPL-3.0-or-later
// Texts in Chinese, with figures in them and without.
#include "app/shell/translator.h"

#include <QtTest/QtTest>

using namespace orrery;

class TestTranslator : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void englishStaysAsItIs() {
        app::Translator translator;
        translator.setLanguage("en");
        QCOMPARE(app::say("Particles"), QString("Particles"));
        QCOMPARE(app::say("within five standard deviations for 20000 particles"),
                 QString("within five standard deviations for 20000 particles"));
    }
    void chineseIsLookedUp() {
        app::Translator translator;
        translator.setLanguage("zh");
        QCOMPARE(app::say("Particles"), QString("粒子"));
        QCOMPARE(app::say("no such text"), QString("no such text"));
        translator.setLanguage("en");
    }
    void figuresKeepTheirValues() {
        app::Translator translator;
        translator.setLanguage("zh");
        QCOMPARE(app::say("within five standard deviations for 20000 particles"), QString("在 20000 个粒子的五倍标准差以内"));
        const QString said = app::say(
            "outside five standard deviations for 8000 particles, as step size and prior leave it: for "
            "each component on its own these steps lead to -1.83 instead of 4.2e-05");
        for (const char* figure : {"8000", "-1.83", "4.2e-05"}) QVERIFY2(said.contains(figure), qPrintable(said));
        QVERIFY(!said.contains("outside") && !said.contains('%'));
        QCOMPARE(app::say("12 apples of float64"), QString("12 apples of float64"));
        translator.setLanguage("en");
    }
};

QTEST_MAIN(TestTranslator)
#include "tst_translator.moc"
