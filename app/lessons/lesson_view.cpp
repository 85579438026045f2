// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/lessons/lesson_view.h"

#include "app/lessons/prose.h"
#include "app/shell/icons.h"
#include "app/shell/links.h"
#include "app/shell/theme.h"
#include "app/shell/translator.h"
#include "engine/assets.h"

#include <QDesktopServices>
#include <QEvent>
#include <QHBoxLayout>
#include <QScrollBar>
#include <QUrl>

#include <algorithm>

namespace orrery::app {

namespace {

constexpr int side = 18; // px left and right of the text

} // namespace

LessonView::LessonView(Workbench& bench, QWidget* parent)
    : QWidget(parent),
      m_bench(&bench),
      m_scroll(new QScrollArea),
      m_dots(new StepDots),
      m_back(new QPushButton),
      m_next(new QPushButton) {
    setProperty("role", "bar");
    setAttribute(Qt::WA_StyledBackground);
    setObjectName("lesson");
    setMinimumWidth(260);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_back->setObjectName("lessonBack");
    m_next->setObjectName("lessonNext");
    m_back->setProperty("role", "plain");
    m_next->setProperty("role", "primary");
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(side, 4, side, 14);
    foot->addWidget(m_back);
    foot->addStretch(1);
    foot->addWidget(m_next);
    auto* dots = new QHBoxLayout;
    dots->setContentsMargins(side, 6, side, 2);
    dots->addWidget(m_dots);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_scroll, 1);
    column->addLayout(dots);
    column->addLayout(foot);
    connect(m_back, &QPushButton::clicked, this, [this] { go(m_step - 1); });
    connect(m_next, &QPushButton::clicked, this, [this] { go(m_step + 1); });
    connect(m_dots, &StepDots::chosen, this, &LessonView::go);
    connect(m_bench, &Workbench::sessionCame, this, [this] {
        if (m_bench->session().declaration().name == m_lab) return;
        m_step = 0;
        load();
    });
    retranslate();
    load();
}

void LessonView::load() {
    // Without a device there is no session, but there is something to read.
    m_lab = (m_bench->hasSession() ? m_bench->session().declaration() : *lab::registry().front().declaration).name;
    m_steps = loadLesson(m_lab, Translator::chinese() ? "zh" : "en");
    m_step = std::clamp(m_step, 0, std::max(0, int(m_steps.size()) - 1));
    showStep();
}

void LessonView::go(int step) {
    if (step < 0 || step >= int(m_steps.size())) return;
    m_step = step;
    showStep();
    const std::string& scenario = m_steps[std::size_t(step)].scenario;
    if (!scenario.empty()) m_bench->openScenario(scenario);
    Q_EMIT acted();
}

void LessonView::click(const QString& link) {
    if (!link.startsWith("orrery:")) {
        QDesktopServices::openUrl(QUrl(link));
        return;
    }
    m_bench->attempt([&] { follow(*m_bench, link); });
    Q_EMIT acted();
}

QWidget* LessonView::prose(const QString& markdown) {
    auto* text = new Prose(markdown);
    text->describe = [this](const QString& link) { return describeLink(*m_bench, link); };
    connect(text, &QTextBrowser::anchorClicked, this, [this](const QUrl& url) { click(url.toString()); });
    return text;
}

QWidget* LessonView::block(const LessonBlock& block) {
    switch (block.kind) {
        case LessonBlock::Kind::formula: {
            const auto bytes = asset(m_lab + '/' + block.file.toStdString());
            if (bytes) return new Formula(QByteArray(bytes->data(), qsizetype(bytes->size())), block.text);
            return prose('`' + block.text + '`');
        }
        case LessonBlock::Kind::quote: {
            auto* box = new QWidget;
            box->setProperty("role", "quote");
            box->setAttribute(Qt::WA_StyledBackground);
            auto* column = new QVBoxLayout(box);
            column->setContentsMargins(14, 11, 12, 11);
            column->addWidget(prose(block.text));
            return box;
        }
        case LessonBlock::Kind::prose:
            break;
    }
    return prose(block.text);
}

void LessonView::showStep() {
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(side, 4, side, 12);
    column->setSpacing(14);
    const int count = int(m_steps.size());
    if (count) {
        const LessonStep& step = m_steps[std::size_t(m_step)];
        auto* title = new QLabel(step.title);
        title->setProperty("role", "title");
        title->setWordWrap(true);
        column->addWidget(title);
        for (const LessonBlock& part : step.blocks) column->addWidget(block(part));
    } else {
        auto* empty = new QLabel(tr("This lab has no lesson yet. Its scenarios are in the menu above the picture."));
        empty->setProperty("role", "secondary");
        empty->setWordWrap(true);
        column->addWidget(empty);
    }
    column->addStretch(1);
    m_scroll->setWidget(page); // the page before goes with it
    m_scroll->verticalScrollBar()->setValue(0);
    m_dots->show(m_step, count);
    m_back->setEnabled(m_step > 0);
    m_next->setEnabled(m_step + 1 < count);
    for (QWidget* part : std::initializer_list<QWidget*>{m_dots, m_back, m_next}) part->setVisible(count > 0);
    const QString place = count ? QString::fromUtf8(" · ") + tr("%1 of %2").arg(m_step + 1).arg(count) : QString();
    Q_EMIT headingChanged((tr("Lesson") + place).toUpper());
}

void LessonView::retranslate() {
    m_back->setText(tr("Back"));
    m_next->setText(tr("Next"));
    m_dots->setAccessibleName(tr("Steps of the lesson"));
}

void LessonView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) {
        retranslate();
        load();
    }
    QWidget::changeEvent(event);
}

} // namespace orrery::app
