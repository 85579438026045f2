// SPDX-License-Identifier: GPL-3.0-or-later
// The labs, down the left edge: icon and name of each that the registry has.
#pragma once

#include "app/shell/workbench.h"

#include <QButtonGroup>
#include <QWidget>

namespace orrery::app {

class Rail : public QWidget {
    Q_OBJECT

 public:
    explicit Rail(Workbench& bench, QWidget* parent = nullptr);

 protected:
    void changeEvent(QEvent* event) override;

 private:
    void refresh();
    Workbench* m_bench;
    QButtonGroup m_buttons;
};

} // namespace orrery::app
