// SPDX-License-Identifier: GPL-3.0-or-later
// Scenarios and lesson, as of every lab.
#include "engine/labs/statespace/request.h"
#include "tests/support/lesson_checks.h"

using namespace orrery;

namespace {

void understood(const lab::Settings& settings, std::uint64_t seed) {
    if (settings.text("show") != "memory") return;
    statespace::Sources sources;
    QVERIFY(!sources.of(statespace::signalRequest(settings, seed))->signal.samples.empty());
}

const test::Lesson lesson{.lab = "statespace", .defaultScenario = "memory", .steps = 8, .understood = understood};

} // namespace

class TestLesson : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void scenariosSayAllInBothLanguages() { test::scenariosSayAllInBothLanguages(lesson); }
    void bothLanguagesAreOneLesson() { test::bothLanguagesAreOneLesson(lesson); }
    void formulasAreSetFromTheirSource() { test::formulasAreSetFromTheirSource(lesson); }
    void everyLinkLeadsSomewhere() { test::everyLinkLeadsSomewhere(lesson); }
    void plantedLinksAreFound() { test::plantedLinksAreFound(lesson, {"set/state=4", "set/states=513", "set/delta=0.1"}); }
};

QTEST_GUILESS_MAIN(TestLesson)
#include "tst_lesson.moc"
