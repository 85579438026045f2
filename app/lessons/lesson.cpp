// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/lessons/lesson.h"

#include "engine/assets.h"

#include <QRegularExpression>
#include <QStringList>

namespace orrery::app {

namespace {

void addBlock(LessonStep& step, const QString& text) {
    using Kind = LessonBlock::Kind;
    static const QRegularExpression picture(R"(^!\[(.*)\]\(([^)\s]+)\)$)", QRegularExpression::DotMatchesEverythingOption);
    if (const auto match = picture.match(text); match.hasMatch()) {
        step.blocks.push_back({Kind::formula, match.captured(1), match.captured(2)});
    } else if (text.startsWith('>')) {
        static const QRegularExpression mark("^>\\s?", QRegularExpression::MultilineOption);
        step.blocks.push_back({Kind::quote, QString(text).remove(mark), {}});
    } else if (!step.blocks.empty() && step.blocks.back().kind == Kind::prose) {
        step.blocks.back().text += "\n\n" + text; // one text flow: it can be selected as a whole
    } else {
        step.blocks.push_back({Kind::prose, text, {}});
    }
}

LessonStep parseStep(QString text) {
    LessonStep step;
    static const QRegularExpression scenario(R"(<!--\s*scenario:\s*([\w.-]+)\s*-->)"), comment(R"(<!--.*?-->)");
    if (const auto match = scenario.match(text); match.hasMatch()) step.scenario = match.captured(1).toStdString();
    text.remove(comment);
    static const QRegularExpression blank(R"(\n[ \t]*\n)");
    const QStringList paragraphs = text.trimmed().split(blank, Qt::SkipEmptyParts);
    for (QString paragraph : paragraphs) {
        paragraph = paragraph.trimmed();
        if (step.title.isEmpty() && paragraph.startsWith("# ")) {
            step.title = paragraph.section('\n', 0, 0).mid(2).trimmed();
            paragraph = paragraph.section('\n', 1).trimmed();
        }
        if (!paragraph.isEmpty()) addBlock(step, paragraph);
    }
    return step;
}

} // namespace

std::vector<LessonStep> parseLesson(const QString& markdown) {
    static const QRegularExpression rule(R"(^---[ \t]*$)", QRegularExpression::MultilineOption);
    std::vector<LessonStep> steps;
    QString text = markdown;
    text.replace("\r\n", "\n");
    for (const QString& part : text.split(rule))
        if (LessonStep step = parseStep(part); !step.title.isEmpty() || !step.blocks.empty()) steps.push_back(std::move(step));
    return steps;
}

std::vector<LessonStep> loadLesson(const std::string& lab, const QString& language) {
    for (const std::string& tongue : {language.toStdString(), std::string("en")})
        if (const auto bytes = asset(lab + "/lesson." + tongue + ".md"))
            return parseLesson(QString::fromUtf8(bytes->data(), qsizetype(bytes->size())));
    return {};
}

} // namespace orrery::app
