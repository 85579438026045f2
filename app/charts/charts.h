// SPDX-License-Identifier: GPL-3.0-or-later
// The charts of a lab, side by side: one for each chart name in its declared series.
#pragma once

#include "app/charts/chart.h"
#include "app/shell/files.h"
#include "app/shell/workbench.h"

#include <QElapsedTimer>
#include <QFrame>
#include <QTimer>

namespace orrery::app {

class Charts : public QWidget {
    Q_OBJECT

 public:
    Charts(Workbench& bench, Files& files, QWidget* parent = nullptr);
    void refresh(); ///< after every frame; draws at most ten times a second
    void saveDialog();
    const std::vector<Chart*>& all() const { return m_charts; }

 protected:
    void changeEvent(QEvent* event) override;

 private:
    void rebuild();
    void choose();
    void draw();
    void saveAs(Chart* chart, const QString& suffix);

    Workbench* m_bench;
    Files* m_files;
    QWidget* m_row;
    std::vector<Chart*> m_charts;
    std::vector<QFrame*> m_lines; ///< before each chart but the first
    QTimer m_later;
    QElapsedTimer m_drawn;
};

} // namespace orrery::app
