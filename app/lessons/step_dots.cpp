// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/lessons/step_dots.h"

#include "app/shell/theme.h"

#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace orrery::app {

StepDots::StepDots(QWidget* parent) : QWidget(parent) {
    setObjectName("stepDots");
    setFixedHeight(18);
    setCursor(Qt::PointingHandCursor);
    connect(&Look::instance(), &Look::changed, this, qOverload<>(&QWidget::update));
}

void StepDots::show(int step, int steps) {
    m_step = step, m_steps = steps;
    update();
}

void StepDots::paintEvent(QPaintEvent*) {
    if (m_steps <= 0) return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    constexpr double gap = 5;
    const double wide = (width() - gap * (m_steps - 1)) / m_steps;
    for (int i = 0; i < m_steps; ++i) {
        painter.setBrush(i == m_step ? colours().brass : i < m_step ? colours().dimBrass : colours().raised);
        painter.drawRoundedRect(QRectF(i * (wide + gap), height() / 2.0 - 1.5, wide, 3), 1.5, 1.5);
    }
}

void StepDots::mousePressEvent(QMouseEvent* event) {
    if (m_steps > 0) Q_EMIT chosen(std::clamp(int(event->position().x() * m_steps / std::max(1, width())), 0, m_steps - 1));
}

} // namespace orrery::app
