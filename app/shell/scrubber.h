// SPDX-License-Identifier: GPL-3.0-or-later
// The line of time: a slider over the lab's steps with named places and the clock's value under its handle.
#pragma once

#include "engine/lab/lab.h"

#include <QAbstractSlider>
#include <QString>

namespace orrery::app {

class Scrubber : public QAbstractSlider {
    Q_OBJECT

 public:
    explicit Scrubber(QWidget* parent = nullptr);

    void setTime(double position, int reached, int steps, const QString& clock);
    void setMarks(const std::vector<lab::Mark>& marks);
    bool dragging() const { return isSliderDown(); }
    QPoint handle() const; ///< where the handle is, for tests
    QPoint placeOf(double step) const;

    QSize sizeHint() const override { return {400, 46}; }

 Q_SIGNALS:
    void sought(double step);

 protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

 private:
    struct Label {
        int step;
        QString text;
    };
    double stepAt(double x) const;
    void drawLabels(QPainter& painter) const;

    std::vector<Label> m_marks;
    double m_position = 0;
    int m_reached = 0;
    QString m_clock;
};

} // namespace orrery::app
