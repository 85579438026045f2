// SPDX-License-Identifier: GPL-3.0-or-later
// Scenarios and lesson, as of every lab.
#include "engine/labs/language/request.h"
#include "tests/support/lesson_checks.h"

using namespace orrery;

namespace {

void understood(const lab::Settings& settings, std::uint64_t seed) {
    const language::Request request = language::requestOf(settings, seed);
    QVERIFY(!request.prompt.empty() || request.show == "ngram");
}

const test::Lesson lesson{.lab = "language", .defaultScenario = "tree", .steps = 10, .understood = understood};

} // namespace

class TestLesson : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void scenariosSayAllInBothLanguages() { test::scenariosSayAllInBothLanguages(lesson); }
    void bothLanguagesAreOneLesson() { test::bothLanguagesAreOneLesson(lesson); }
    void formulasAreSetFromTheirSource() { test::formulasAreSetFromTheirSource(lesson); }
    void everyLinkLeadsSomewhere() { test::everyLinkLeadsSomewhere(lesson); }
    void plantedLinksAreFound() { test::plantedLinksAreFound(lesson, {"set/rule=best", "set/lenght=4", "set/order=9"}); }
};

QTEST_GUILESS_MAIN(TestLesson)
#include "tst_lesson.moc"
