// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/key_focus.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSlider>
#include <QAbstractSpinBox>
#include <QKeyEvent>
#include <QLineEdit>
#include <QTextEdit>

namespace orrery::app {

namespace {

bool isArrow(int key) {
    return key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Up || key == Qt::Key_Down || key == Qt::Key_Home ||
           key == Qt::Key_End || key == Qt::Key_PageUp || key == Qt::Key_PageDown;
}

bool livesOn(const QObject* control, const QKeyEvent& event) {
    if (event.modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier)) return false;
    const int key = event.key();
    if (qobject_cast<const QAbstractButton*>(control)) return key == Qt::Key_Space;
    if (qobject_cast<const QAbstractSlider*>(control)) return isArrow(key);
    if (qobject_cast<const QAbstractItemView*>(control)) return isArrow(key) || key == Qt::Key_Space;
    if (const auto* text = qobject_cast<const QTextEdit*>(control)) return !text->isReadOnly();
    return qobject_cast<const QLineEdit*>(control) || qobject_cast<const QAbstractSpinBox*>(control);
}

} // namespace

bool KeyFocus::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride && livesOn(watched, *static_cast<QKeyEvent*>(event))) {
        event->accept();
        return true;
    }
    return QObject::eventFilter(watched, event);
}

} // namespace orrery::app
