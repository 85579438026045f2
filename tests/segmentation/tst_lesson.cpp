// SPDX-License-Identifier: GPL-3.0-or-later
// Scenarios and lesson, as of every lab.
#include "engine/labs/segmentation/request.h"
#include "tests/support/lesson_checks.h"

using namespace orrery;

namespace {

void understood(const lab::Settings& settings, std::uint64_t) {
    const segmentation::Request request = segmentation::requestOf(settings);
    const bool looks = request.inside.show != segmentation::InsideRequest::Show::photograph;
    QVERIFY(!request.objects.empty() || looks); // there is something to see
    const segmentation::Picture shapes = segmentation::shapes();
    for (const auto& [number, prompt] : request.objects)
        for (const segmentation::Click& click : prompt.clicks)
            QVERIFY(click.x >= 0 && click.y >= 0 && click.x < double(shapes.width) && click.y < double(shapes.height));
}

const test::Lesson lesson{.lab = "segmentation", .defaultScenario = "click", .steps = 9, .understood = understood};

} // namespace

class TestLesson : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void scenariosSayAllInBothLanguages() { test::scenariosSayAllInBothLanguages(lesson); }
    void bothLanguagesAreOneLesson() { test::bothLanguagesAreOneLesson(lesson); }
    void formulasAreSetFromTheirSource() { test::formulasAreSetFromTheirSource(lesson); }
    void everyLinkLeadsSomewhere() { test::everyLinkLeadsSomewhere(lesson); }
};

QTEST_GUILESS_MAIN(TestLesson)
#include "tst_lesson.moc"
