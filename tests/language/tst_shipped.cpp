// SPDX-License-Identifier: GPL-3.0-or-later
// Check 5 on the shipped models: 200 beginnings, each strategy and tree in its turn. All of them at length: tst_slow_shipped.
#include "tests/language/shipped.h"

using namespace orrery;
using namespace orrery::language;
using namespace orrery::language::test;

class TestShipped : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void greedyTextIsPlain() {
        if (!modelsAreShipped()) QSKIP("built without the shipped models");
        const ModelPaths paths;
        Models models(readModels(paths), paths, nullptr);
        for (const char* strategy : {"ngram", "lookup", "draft", "medusa", "mtp", "gloeckle"})
            QCOMPARE(models.why(strategy), std::string());
        int texts = 0;
        double perRound = 0;
        const int wrong = differing(models, 200, 10, 2, texts, perRound);
        qInfo("%d texts, %.2f tokens a round", texts, perRound);
        QCOMPARE(texts, 400);
        QCOMPARE(wrong, 0);
        QVERIFY(perRound > 1.05);
    }

    void nGramsAreCountedInWhatPromptsAreNotTakenFrom() {
        QVERIFY(countedText().size() > 8 * unseenText().size());
        QVERIFY(countedText().find(unseenText().substr(0, 200)) == std::string_view::npos);
    }
};

QTEST_GUILESS_MAIN(TestShipped)
#include "tst_shipped.moc"
