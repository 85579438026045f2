// SPDX-License-Identifier: GPL-3.0-or-later
// Scenarios and lesson, as of every lab.
#include "engine/labs/embedding/request.h"
#include "tests/support/lesson_checks.h"

using namespace orrery;

namespace {

/// What the lab itself would refuse; and expressions and axes name words that the grammar has.
void understood(const lab::Settings& settings, std::uint64_t seed) {
    const embedding::Request request = embedding::requestOf(settings, seed);
    if (!request.space.data.words || request.space.data.words->text.source != embedding::TextSource::grammar) return;
    embedding::Progress progress;
    const auto corpus = embedding::corpusFor(request.space.data.words->text, progress);
    const embedding::WordIndex index(corpus->words);
    if (!settings.text("expression").empty()) embedding::parseExpression(settings.text("expression"), index);
    if (settings.text("method") != "axes") return;
    for (const char* end : {"x_from", "x_to", "y_from", "y_to"})
        if (!settings.text(end).empty() && index.find(settings.text(end)) < 0) throw Error(std::string(end) + " names no word");
}

const test::Lesson lesson{.lab = "embedding", .defaultScenario = "glyphs", .steps = 8, .understood = understood};

} // namespace

class TestLesson : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void scenariosSayAllInBothLanguages() { test::scenariosSayAllInBothLanguages(lesson); }
    void bothLanguagesAreOneLesson() { test::bothLanguagesAreOneLesson(lesson); }
    void formulasAreSetFromTheirSource() { test::formulasAreSetFromTheirSource(lesson); }
    void everyLinkLeadsSomewhere() { test::everyLinkLeadsSomewhere(lesson); }
    void plantedLinksAreFound() {
        test::plantedLinksAreFound(lesson, {"set/perplexities=4", "set/perplexity=501", "set/word_dims=8", "set/shape=noise"});
    }
    void plantedWordsAreFound() {
        lab::Settings settings = lab::loadScenario("analogy", "embedding").settings;
        QVERIFY(!test::follow(lesson, "set/expression=kingg-man", settings).empty());
        QVERIFY(!test::follow(lesson, "set/y_to=zebra", settings).empty());
    }
};

QTEST_GUILESS_MAIN(TestLesson)
#include "tst_lesson.moc"
