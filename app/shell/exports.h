// SPDX-License-Identifier: GPL-3.0-or-later
// Anything seen can be kept: the view as a picture, the data as NPY or CSV.
#pragma once

#include "app/shell/files.h"
#include "app/shell/viewport.h"

#include <QImage>

namespace orrery::app {

class Exports : public QObject {
    Q_OBJECT

 public:
    Exports(Workbench& bench, Files& files, QWidget* window);
    std::function<Viewport*()> viewport; ///< given by the window

    void saveViewDialog();
    bool saveView(const QString& path, double scale = 2);
    void copyView();
    void saveDataDialog();
    bool saveData(const QString& path, const std::string& array);
    bool saveOutput(const QString& path, const std::string& output); ///< a file that the lab writes itself
    QImage view(double scale);                                       ///< throws Error

 private:
    Workbench* m_bench;
    Files* m_files;
    QWidget* m_window;
};

/// One row per index but the last, one column per last index: what a spreadsheet can read. Throws Error.
void writeCsv(const QString& path, const lab::HostArray& array);

} // namespace orrery::app
