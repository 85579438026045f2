// SPDX-License-Identifier: GPL-3.0-or-later
// Play, step, speed, scrub, loop and running jobs: the same for every lab.
#pragma once

#include "app/shell/actions.h"
#include "app/shell/scrubber.h"
#include "app/shell/workbench.h"

#include <QLabel>
#include <QMenu>
#include <QProgressBar>
#include <QToolButton>

namespace orrery::app {

class TransportBar : public QWidget {
    Q_OBJECT

 public:
    TransportBar(Workbench& bench, Actions& actions, QWidget* parent = nullptr);
    void refresh(); ///< after every frame; cheap
    Scrubber& scrubber() { return *m_scrubber; }

 Q_SIGNALS:
    void moved(); ///< the person moved time

 protected:
    void changeEvent(QEvent* event) override;

 private:
    void refreshMarks();
    void refreshJobs();
    void redraw(); ///< icons and texts
    void connectActions();
    QToolButton* round(const char* action, int size);

    Workbench* m_bench;
    Actions* m_actions;
    QToolButton *m_back, *m_play, *m_forward, *m_speed, *m_loop, *m_cancel;
    Scrubber* m_scrubber;
    QLabel* m_job;
    QProgressBar* m_progress;
    QMenu m_speeds;
    bool m_showsPause = false;
    int m_marked = -1; ///< steps of the run whose marks are shown
};

} // namespace orrery::app
