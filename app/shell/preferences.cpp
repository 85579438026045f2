// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/preferences.h"

#include <QDir>
#include <QFileInfo>
#include <QSettings>
#include <QStandardPaths>

namespace orrery::app {

namespace {

constexpr int layoutVersion = 1; // raised when docks change, so that an old layout is not forced on new docks
constexpr int maxRecent = 10;

} // namespace

Preferences Preferences::load() {
    const QSettings store;
    Preferences p;
    p.language = store.value("language").toString();
    p.theme = store.value("theme", p.theme).toString();
    p.restore = store.value("restore", true).toBool();
    p.reduceMotion = store.value("reduceMotion", false).toBool();
    if (store.value("layoutVersion").toInt() == layoutVersion) {
        p.geometry = store.value("geometry").toByteArray();
        p.layout = store.value("layout").toByteArray();
    }
    p.recent = store.value("recent").toStringList();
    p.folder = store.value("folder").toString();
    return p;
}

void Preferences::save() const {
    QSettings store;
    store.setValue("language", language);
    store.setValue("theme", theme);
    store.setValue("restore", restore);
    store.setValue("reduceMotion", reduceMotion);
    store.setValue("layoutVersion", layoutVersion);
    store.setValue("geometry", geometry);
    store.setValue("layout", layout);
    store.setValue("recent", recent);
    store.setValue("folder", folder);
}

void Preferences::addRecent(const QString& file) {
    const QString path = QFileInfo(file).absoluteFilePath();
    recent.removeAll(path);
    recent.prepend(path);
    while (recent.size() > maxRecent) recent.removeLast();
}

QString Preferences::autosaveFile() {
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::AppConfigLocation);
    QDir().mkpath(folder);
    return folder + "/last.json";
}

} // namespace orrery::app
