// SPDX-License-Identifier: GPL-3.0-or-later
// A lesson as written: Markdown, steps apart by a line "---", each with "# Title" first, an optional comment
// "<!-- scenario: NAME -->", formulas as images of their own line, and quotes for "Predict, then look".
#pragma once

#include <QString>

#include <string>
#include <vector>

namespace orrery::app {

struct LessonBlock {
    enum class Kind { prose, formula, quote };
    Kind kind = Kind::prose;
    QString text; ///< Markdown; of a formula its TeX
    QString file; ///< of a formula: "formula/score.svg"
};

struct LessonStep {
    QString title;
    std::string scenario; ///< opened with the step; may be empty
    std::vector<LessonBlock> blocks;
};

std::vector<LessonStep> parseLesson(const QString& markdown);
/// assets/<lab>/lesson.<language>.md, in English where there is no other; empty when the lab has none.
std::vector<LessonStep> loadLesson(const std::string& lab, const QString& language);

} // namespace orrery::app
