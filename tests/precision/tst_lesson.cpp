// SPDX-License-Identifier: GPL-3.0-or-later
// Scenarios and lesson, as of every lab.
#include "engine/labs/precision/request.h"
#include "tests/support/lesson_checks.h"

using namespace orrery;

namespace {

const test::Lesson lesson{
    .lab = "precision",
    .defaultScenario = "three-curves",
    .steps = 11,
    .understood = [](const lab::Settings& settings, std::uint64_t seed) { (void)precision::request(settings, seed); }};

} // namespace

class TestLesson : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void scenariosSayAllInBothLanguages() { test::scenariosSayAllInBothLanguages(lesson); }
    void bothLanguagesAreOneLesson() { test::bothLanguagesAreOneLesson(lesson); }
    void formulasAreSetFromTheirSource() { test::formulasAreSetFromTheirSource(lesson); }
    void everyLinkLeadsSomewhere() { test::everyLinkLeadsSomewhere(lesson); }
    void plantedLinksAreFound() { test::plantedLinksAreFound(lesson, {"set/formet=bf16", "set/format=bf17"}); }
};

QTEST_GUILESS_MAIN(TestLesson)
#include "tst_lesson.moc"
