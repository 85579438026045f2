// SPDX-License-Identifier: GPL-3.0-or-later
// How far a lesson has come: one stroke per step, to click on.
#pragma once

#include <QWidget>

namespace orrery::app {

class StepDots : public QWidget {
    Q_OBJECT

 public:
    explicit StepDots(QWidget* parent = nullptr);
    void show(int step, int steps);

 Q_SIGNALS:
    void chosen(int step);

 protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;

 private:
    int m_step = 0, m_steps = 0;
};

} // namespace orrery::app
