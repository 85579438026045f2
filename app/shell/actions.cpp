// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/actions.h"

#include <QCoreApplication>
#include <QKeySequence>
#include <QWidget>

namespace orrery::app {

namespace {

QList<QKeySequence> sequences(const ActionRow& row) {
    QList<QKeySequence> list;
    for (const QString& part : QString::fromUtf8(row.shortcut).split(' ', Qt::SkipEmptyParts)) list << QKeySequence(part);
    return list;
}

QString text(const char* english) { return QCoreApplication::translate("Action", english); }

} // namespace

Actions::Actions(QWidget* owner) : QObject(owner) {
    for (const ActionRow& row : actionTable()) {
        if (row.id[0] == '-') continue;
        auto* action = new QAction(this);
        action->setObjectName(row.id);
        action->setCheckable(row.checkable);
        if (!row.viewportOnly) action->setShortcuts(sequences(row));
        owner->addAction(action); // shortcuts work though no menu is open, and in full screen
        m_actions.insert(row.id, action);
    }
    retranslate();
}

QAction& Actions::operator[](const char* id) const {
    QAction* action = m_actions.value(id);
    Q_ASSERT_X(action, "Actions", id);
    return *action;
}

void Actions::on(const char* id, std::function<void()> run) {
    connect(&(*this)[id], &QAction::triggered, this, [run = std::move(run)] { run(); });
}

void Actions::onToggle(const char* id, std::function<void(bool)> run) {
    connect(&(*this)[id], &QAction::triggered, this, std::move(run));
}

QString Actions::shortcutText(const ActionRow& row) {
    QStringList texts;
    for (const QKeySequence& sequence : sequences(row)) texts << sequence.toString(QKeySequence::NativeText);
    return texts.join("  ");
}

void Actions::retranslate() {
    for (const ActionRow& row : actionTable()) {
        if (row.id[0] == '-') continue;
        QAction* action = m_actions.value(row.id);
        action->setText(row.viewportOnly ? text(row.text) + '\t' + shortcutText(row) : text(row.text));
        action->setToolTip(*row.meaning ? text(row.meaning) : text(row.text));
        action->setStatusTip(action->toolTip());
    }
}

} // namespace orrery::app
