// SPDX-License-Identifier: GPL-3.0-or-later
// Docks with a quiet title: small capitals, and buttons to float and to close.
#pragma once

#include <QDockWidget>
#include <QLabel>
#include <QToolButton>

namespace orrery::app {

class DockTitle : public QWidget {
    Q_OBJECT

 public:
    explicit DockTitle(QDockWidget& dock);
    void setText(const QString& text);
    void add(QWidget* button); ///< before the buttons that every dock has

 protected:
    void changeEvent(QEvent* event) override;

 private:
    void retranslate();
    QDockWidget* m_dock;
    QLabel* m_text;
    QToolButton *m_float, *m_close;
};

class Dock : public QDockWidget {
    Q_OBJECT

 public:
    /// `name` is remembered in the layout; `margin` is where its heading starts.
    Dock(const QString& name, QWidget* content, QWidget* parent);
    DockTitle& title() { return *m_title; }

 private:
    DockTitle* m_title;
};

} // namespace orrery::app
