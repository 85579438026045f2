// SPDX-License-Identifier: GPL-3.0-or-later
// Which lab, which scenario and seed, whether what is seen agrees with theory; and the field that finds anything.
#pragma once

#include "app/shell/actions.h"
#include "app/shell/truth.h"
#include "app/shell/workbench.h"

#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>

namespace orrery::app {

class TopBar : public QWidget {
    Q_OBJECT

 public:
    TopBar(Workbench& bench, Actions& actions, QMenu& scenarios, QWidget* parent = nullptr);
    void refreshTruth();
    TruthMark& truth() { return *m_truth; }

 protected:
    void changeEvent(QEvent* event) override;

 private:
    void refresh();

    Workbench* m_bench;
    Actions* m_actions;
    QLabel* m_title;
    QToolButton *m_scenario, *m_seed;
    TruthMark* m_truth;
    QPushButton* m_find;
    QLabel *m_findText, *m_findKey;
    QMenu m_seedMenu;
};

/// Title of a scenario in the language that is set.
QString titleOf(const lab::Scenario& scenario);
QString summaryOf(const lab::Scenario& scenario);

} // namespace orrery::app
