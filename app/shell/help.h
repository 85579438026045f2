// SPDX-License-Identifier: GPL-3.0-or-later
// The three answers of the Help menu, each made from a table that exists anyway.
#pragma once

#include "app/shell/workbench.h"

class QWidget;

namespace orrery::app {

void showAbout(Workbench& bench, QWidget* window);                            ///< version, licence, device report to copy
void showShortcuts(QWidget* window, const std::vector<lab::Fact>& ofTheView); ///< from the table of actions
void showNumbers(Workbench& bench, QWidget* window);                          ///< from the lab's declaration
QString deviceReport(const Workbench& bench);                                 ///< plain text

} // namespace orrery::app
