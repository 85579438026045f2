// SPDX-License-Identifier: GPL-3.0-or-later
// What an engine tells of itself, in another language: figures stay, words are looked up, what is unknown stays as it is.
#include "ui/panels/spoken.h"

#include <QtTest/QtTest>
#include <map>

using namespace orrery::ui;

class SpokenTest : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void figuresStayAndWordsChange_data() {
        QTest::addColumn<QString>("status");
        QTest::addColumn<QString>("expected");
        QTest::newRow("parts") << "10 k x 256 \xC2\xB7 step 12/1000 \xC2\xB7 loss 1.459"
                               << "10 thousand by 256 \xC2\xB7 Schritt 12 von 1000 \xC2\xB7 Verlust 1.459";
        QTest::newRow("order") << "5 of 8 rows"
                               << "Zeilen: 8, davon 5";
        QTest::newRow("powers") << "loss -1.5e-06"
                                << "Verlust -1.5e-06";
        QTest::newRow("unknown") << "grid 12 x 3, word2vec"
                                 << "grid 12 x 3, word2vec";
        QTest::newRow("words") << "all pairs"
                               << "alle Paare";
        QTest::newRow("half known") << "all pairs \xC2\xB7 1 2 3 \xC2\xB7 "
                                    << "alle Paare \xC2\xB7 1 2 3 \xC2\xB7 ";
        QTest::newRow("empty") << ""
                               << "";
    }
    void figuresStayAndWordsChange() {
        QFETCH(QString, status);
        QFETCH(QString, expected);
        const std::map<std::string, std::string> known = {{"%1 k x %2", "%1 thousand by %2"},
                                                          {"step %1/%2", "Schritt %1 von %2"},
                                                          {"loss %1", "Verlust %1"},
                                                          {"%1 of %2 rows", "Zeilen: %2, davon %1"},
                                                          {"all pairs", "alle Paare"}};
        Texts texts;
        texts.setTranslate([&](const std::string& english) {
            const auto found = known.find(english);
            return found == known.end() ? english : found->second;
        });
        const Fonts fonts{};
        const Look look{darkTheme(), fonts, 1, texts};
        QCOMPARE(QString::fromStdString(spoken(look, status.toStdString())), expected);
    }
};

QTEST_GUILESS_MAIN(SpokenTest)
#include "tst_spoken.moc"
