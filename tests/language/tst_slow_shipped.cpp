// SPDX-License-Identifier: GPL-3.0-or-later
// Check 5 in full: 200 beginnings, 256 tokens, every strategy, every kind of tree.
#include "tests/language/shipped.h"

using namespace orrery;
using namespace orrery::language;
using namespace orrery::language::test;

class TestSlowShipped : public QObject {
    Q_OBJECT

 public:
    /// QtTest ends a function after five minutes; this one takes longer.
    static void initMain() {
        if (!qEnvironmentVariableIsSet("QTEST_FUNCTION_TIMEOUT")) qputenv("QTEST_FUNCTION_TIMEOUT", "3600000");
    }

 private Q_SLOTS:
    void greedyTextIsPlain() {
        if (!modelsAreShipped()) QSKIP("built without the shipped models");
        const ModelPaths paths;
        Models models(readModels(paths), paths, nullptr);
        int texts = 0;
        double perRound = 0;
        const int wrong = differing(models, 200, 256, 0, texts, perRound);
        qInfo("%d texts, %.2f tokens a round", texts, perRound);
        QCOMPARE(wrong, 0);
    }
};

QTEST_GUILESS_MAIN(TestSlowShipped)
#include "tst_slow_shipped.moc"
