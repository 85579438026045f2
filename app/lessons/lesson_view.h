// SPDX-License-Identifier: GPL-3.0-or-later
// The lesson of the lab that is open, a step at a time.
#pragma once

#include "app/lessons/lesson.h"
#include "app/lessons/step_dots.h"
#include "app/shell/workbench.h"

#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace orrery::app {

class LessonView : public QWidget {
    Q_OBJECT

 public:
    explicit LessonView(Workbench& bench, QWidget* parent = nullptr);

    const std::vector<LessonStep>& steps() const { return m_steps; }
    int step() const { return m_step; }
    void go(int step); ///< shows it and opens its scenario
    void click(const QString& link);

 Q_SIGNALS:
    void headingChanged(const QString& heading); ///< "LESSON · 2 OF 6"
    void acted();                                ///< a link did something

 protected:
    void changeEvent(QEvent* event) override;

 private:
    void load();
    void showStep();
    QWidget* block(const LessonBlock& block);
    QWidget* prose(const QString& markdown);
    void retranslate();

    Workbench* m_bench;
    std::string m_lab;
    std::vector<LessonStep> m_steps;
    int m_step = 0;
    QScrollArea* m_scroll;
    StepDots* m_dots;
    QPushButton *m_back, *m_next;
};

} // namespace orrery::app
