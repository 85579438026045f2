// SPDX-License-Identifier: GPL-3.0-or-later
// The lab's scenarios in both languages, and that each asks something that makes sense.
#include "engine/labs/segmentation/request.h"
#include "tests/support/lesson_checks.h"

using namespace orrery;

class TestScenarios : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void everyScenarioIsWhole() {
        const test::Lesson lesson{
            .lab = "segmentation", .defaultScenario = "click", .understood = [](const lab::Settings& settings, std::uint64_t) {
                const segmentation::Request request = segmentation::requestOf(settings);
                QVERIFY(!request.objects.empty());
                const segmentation::Picture shapes = segmentation::shapes();
                for (const auto& [number, prompt] : request.objects)
                    for (const segmentation::Click& click : prompt.clicks)
                        QVERIFY(click.x >= 0 && click.y >= 0 && click.x < double(shapes.width) &&
                                click.y < double(shapes.height));
            }};
        test::scenariosSayAllInBothLanguages(lesson);
    }
    void theDeclarationHolds() {
        for (const lab::Entry& entry : lab::registry())
            if (entry.declaration->name == "segmentation") entry.declaration->verify();
    }
};

QTEST_GUILESS_MAIN(TestScenarios)
#include "tst_scenarios.moc"
