// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of a lesson's page: running text with links, a formula on its card.
#pragma once

#include <QTextBrowser>
#include <QWheelEvent>
#include <QWidget>

#include <functional>

class QSvgRenderer;

namespace orrery::app {

/// As high as its text; the page around it scrolls.
class Prose : public QTextBrowser {
    Q_OBJECT

 public:
    explicit Prose(const QString& markdown, QWidget* parent = nullptr);
    std::function<QString(const QString&)> describe; ///< of a link, for its tooltip

 protected:
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override { event->ignore(); }
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

 private:
    void dress();
};

class Formula : public QWidget {
    Q_OBJECT

 public:
    /// `svg` uses currentColor; `tex` is its name for screen readers.
    Formula(QByteArray svg, const QString& tex, QWidget* parent = nullptr);
    QSize sizeHint() const override;

 protected:
    void paintEvent(QPaintEvent* event) override;

 private:
    QByteArray m_svg;
    QSizeF m_size;
};

} // namespace orrery::app
