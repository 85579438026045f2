// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/scrubber.h"

#include "app/shell/theme.h"
#include "app/shell/translator.h"

#include <QKeyEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace orrery::app {

namespace {

constexpr int sideMargin = 8, track = 16; // px; the track's height from above

} // namespace

Scrubber::Scrubber(QWidget* parent) : QAbstractSlider(parent) {
    setObjectName("scrubber");
    setOrientation(Qt::Horizontal);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&Look::instance(), &Look::changed, this, qOverload<>(&QWidget::update));
    connect(this, &QAbstractSlider::actionTriggered, this, [this] { Q_EMIT sought(sliderPosition()); }); // from assistive tools
}

void Scrubber::setTime(double position, int reached, int steps, const QString& clock) {
    if (position == m_position && reached == m_reached && steps == maximum() && clock == m_clock) return;
    m_position = position, m_reached = reached, m_clock = clock;
    const QSignalBlocker quiet(this);
    setRange(0, std::max(1, steps));
    if (!isSliderDown()) setValue(int(std::lround(position)));
    setAccessibleDescription(clock);
    update();
}

void Scrubber::setMarks(const std::vector<lab::Mark>& marks) {
    m_marks.clear();
    for (const lab::Mark& mark : marks) m_marks.push_back({mark.step, say(mark.label)});
    update();
}

QPoint Scrubber::placeOf(double step) const {
    const double share = maximum() > 0 ? std::clamp(step / maximum(), 0.0, 1.0) : 0;
    return {sideMargin + int(std::lround(share * (width() - 2 * sideMargin))), track};
}

QPoint Scrubber::handle() const { return placeOf(m_position); }

double Scrubber::stepAt(double x) const {
    return std::clamp((x - sideMargin) / std::max(1, width() - 2 * sideMargin), 0.0, 1.0) * maximum();
}

void Scrubber::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    setSliderDown(true);
    Q_EMIT sought(stepAt(event->position().x()));
}

void Scrubber::mouseMoveEvent(QMouseEvent* event) {
    if (isSliderDown()) Q_EMIT sought(stepAt(event->position().x()));
}

void Scrubber::mouseReleaseEvent(QMouseEvent*) { setSliderDown(false); }

void Scrubber::keyPressEvent(QKeyEvent* event) {
    const double here = std::round(m_position), page = std::max(1.0, maximum() / 10.0);
    switch (event->key()) {
        case Qt::Key_Left:
        case Qt::Key_Down:
            Q_EMIT sought(std::max(0.0, here - 1));
            return;
        case Qt::Key_Right:
        case Qt::Key_Up:
            Q_EMIT sought(std::min<double>(maximum(), here + 1));
            return;
        case Qt::Key_PageUp:
            Q_EMIT sought(std::max(0.0, here - page));
            return;
        case Qt::Key_PageDown:
            Q_EMIT sought(std::min<double>(maximum(), here + page));
            return;
        case Qt::Key_Home:
            Q_EMIT sought(0);
            return;
        case Qt::Key_End:
            Q_EMIT sought(maximum());
            return;
        default:
            QWidget::keyPressEvent(event);
    }
}

void Scrubber::wheelEvent(QWheelEvent* event) {
    const int way = event->angleDelta().y() > 0 ? 1 : -1;
    Q_EMIT sought(std::clamp<double>(std::round(m_position) + way, 0, maximum()));
    event->accept();
}

void Scrubber::drawLabels(QPainter& painter) const {
    painter.setFont(numberFont(11));
    const QFontMetrics metrics = painter.fontMetrics();
    const auto box = [&](double step, const QString& text) {
        const int wide = metrics.horizontalAdvance(text) + 4;
        const int left = std::clamp(placeOf(step).x() - wide / 2, 0, std::max(0, width() - wide));
        return QRect(left, track + 10, wide, metrics.height());
    };
    const QRect value = box(m_position, m_clock);
    for (const Label& mark : m_marks) {
        const QRect place = box(mark.step, mark.text);
        if (place.adjusted(-6, 0, 6, 0).intersects(value)) continue;
        painter.setPen(colours().faint);
        painter.drawText(place, Qt::AlignCenter, mark.text);
    }
    painter.setPen(colours().brass);
    painter.drawText(value, Qt::AlignCenter, m_clock);
}

void Scrubber::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const int left = sideMargin, right = width() - sideMargin, here = handle().x(), reached = placeOf(m_reached).x();
    painter.setBrush(colours().raised);
    painter.drawRoundedRect(QRectF(left, track - 2, right - left, 4), 2, 2);
    if (reached > here) { // computed already: going there costs nothing
        painter.setBrush(colours().line);
        painter.drawRoundedRect(QRectF(here, track - 2, reached - here, 4), 2, 2);
    }
    painter.setBrush(colours().dimBrass);
    painter.drawRoundedRect(QRectF(left, track - 2, here - left, 4), 2, 2);
    painter.setBrush(colours().faint);
    for (const Label& mark : m_marks) painter.drawRect(QRectF(placeOf(mark.step).x() - 0.5, track - 6, 1, 12));
    painter.setBrush(colours().brass);
    painter.drawRoundedRect(QRectF(here - 2.5, track - 10, 5, 20), 2.5, 2.5);
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(colours().brass);
        painter.drawRoundedRect(QRectF(here - 5.5, track - 13, 11, 26), 5, 5);
    }
    drawLabels(painter);
}

} // namespace orrery::app
