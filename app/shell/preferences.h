// SPDX-License-Identifier: GPL-3.0-or-later
// What the window remembers from one start to the next.
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace orrery::app {

struct Preferences {
    QString language, theme = "dark"; ///< language empty: the system's
    bool restore = true;              ///< bring the last scenario back at the next start
    bool reduceMotion = false;
    QByteArray geometry, layout;
    QStringList recent;
    QString folder; ///< where the last file was opened or saved

    static Preferences load();
    void save() const;
    void addRecent(const QString& file);

    static QString autosaveFile(); ///< its folder is made when missing
};

} // namespace orrery::app
