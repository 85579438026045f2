// SPDX-License-Identifier: GPL-3.0-or-later
// The menu bar, made from the table of actions; what depends on the lab or on the past is filled in when it opens.
#pragma once

#include "app/shell/actions.h"
#include "app/shell/files.h"
#include "app/shell/workbench.h"

#include <QMenu>
#include <QMenuBar>

namespace orrery::app {

class Menus : public QObject {
    Q_OBJECT

 public:
    Menus(QMenuBar& bar, Actions& actions, Workbench& bench, Files& files, Preferences& preferences);
    QMenu& scenarios() { return m_scenarios; }
    void retranslate();

 private:
    void build();
    void fillRecent();
    void fillScenarios();
    void fillLab();

    QMenuBar* m_bar;
    Actions* m_actions;
    Workbench* m_bench;
    Files* m_files;
    Preferences* m_preferences;
    QHash<QString, QMenu*> m_menus;
    QMenu m_recent, m_scenarios;
};

} // namespace orrery::app
