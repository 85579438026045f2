// SPDX-License-Identifier: GPL-3.0-or-later
// Opening and saving: dialogs, recent files, drops. What a lab takes is in its declaration.
#pragma once

#include "app/shell/preferences.h"
#include "app/shell/workbench.h"

#include <QStringList>

class QMimeData;
class QWidget;

namespace orrery::app {

class Files : public QObject {
    Q_OBJECT

 public:
    Files(Workbench& bench, Preferences& preferences, QWidget* window);

    void openDialog();
    void chooseFor(const QString& parameter); ///< a file for a parameter of type file
    /// A scenario (.json), or data for the lab that takes such a file, a folder, or several files, one a line.
    bool open(const QString& path);
    void saveScenarioDialog();
    bool saveScenario(const QString& path);

    bool accepts(const QMimeData* data) const;
    void drop(const QMimeData* data);

    /// Asks for a file to save to; empty when cancelled. The folder is remembered.
    QString askSave(const QString& title, const QString& name, const QString& filters);

 private:
    void openData(const QString& path);
    QString filters() const;
    QString together(const QStringList& paths) const;

    Workbench* m_bench;
    Preferences* m_preferences;
    QWidget* m_window;
};

} // namespace orrery::app
