// SPDX-License-Identifier: GPL-3.0-or-later
// A slim bar that says what happened and goes away by itself unless it was an error. Never in the way.
#pragma once

#include "app/shell/workbench.h"

#include <QLabel>
#include <QTimer>
#include <QToolButton>
#include <QWidget>

namespace orrery::app {

class NoticeBar : public QWidget {
    Q_OBJECT

 public:
    explicit NoticeBar(QWidget* parent = nullptr);
    void tell(const QString& text, NoticeKind kind);
    QString text() const { return isHidden() ? QString() : m_text->text(); }

 protected:
    void changeEvent(QEvent* event) override;

 private:
    void retranslate();
    QLabel* m_text;
    QToolButton* m_close;
    QTimer m_away;
};

} // namespace orrery::app
