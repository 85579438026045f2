// SPDX-License-Identifier: GPL-3.0-or-later
// The lesson, as of every lab; scenarios are in tst_scenarios.cpp.
#include "tests/support/lesson_checks.h"

using namespace orrery;

namespace {

const test::Lesson lesson{.lab = "diffusion", .defaultScenario = "ring-of-rings", .steps = 8};

} // namespace

class TestLesson : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void bothLanguagesAreOneLesson() { test::bothLanguagesAreOneLesson(lesson); }
    void formulasAreSetFromTheirSource() { test::formulasAreSetFromTheirSource(lesson); }
    void everyLinkLeadsSomewhere() { test::everyLinkLeadsSomewhere(lesson); }
    void plantedLinksAreFound() {
        test::plantedLinksAreFound(lesson,
                                   {"scenario/ring-of-wings", "set/lamda=1", "set/lambda=3", "set/sde=vq", "set/sigma_max=5"});
        lab::Settings settings(lesson.declaration());
        QVERIFY(test::follow(lesson, "set/lambda=0.5", settings).empty());
        QCOMPARE(settings.number("lambda"), 0.5);
    }
    void sourcesAreNamed() {
        for (const char* language : {"en", "zh"})
            for (const char* source : {"9209", "2011.13456", "Anderson"})
                QVERIFY2(lesson.text(language).contains(source), source);
    }
};

QTEST_GUILESS_MAIN(TestLesson)
#include "tst_lesson.moc"
