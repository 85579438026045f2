// SPDX-License-Identifier: GPL-3.0-or-later
// Where the time goes: every kernel that ran since the last reset, with its rate as a share of what the device can do.
#pragma once

#include "app/shell/workbench.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QTableWidget;
class QToolButton;

namespace orrery::app {

class Profiler : public QWidget {
    Q_OBJECT

 public:
    explicit Profiler(Workbench& bench, QWidget* parent = nullptr);

    void refresh();
    void reset();           ///< counts from here on
    void measureCeilings(); ///< takes a second or two, in which the picture stands still
    QTableWidget& table() { return *m_table; }

 protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void changeEvent(QEvent* event) override;

 private:
    void retranslate();
    void setProfiling(bool on);

    Workbench* m_bench;
    QTableWidget* m_table;
    QLabel* m_ceilings;
    QToolButton *m_reset, *m_measure;
    QTimer m_timer;
    double m_copy = 0, m_fma = 0; ///< GB/s and GFLOP/s; 0: not measured yet
};

} // namespace orrery::app
