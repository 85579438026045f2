// SPDX-License-Identifier: GPL-3.0-or-later
// Starts the built orrery-cli as a person would, without a display.
#pragma once

#include <QtCore/QProcess>
#include <QtCore/QStringList>

namespace orrery::test {

struct Outcome {
    int code = -1; ///< -1: crashed or hung
    QString out, err;
    /// One line that begins with "orrery: ", and nothing on stdout.
    bool oneLine() const { return err.startsWith("orrery: ") && err.endsWith('\n') && err.count('\n') == 1 && out.isEmpty(); }
};

using Environment = std::initializer_list<std::pair<const char*, const char*>>;

inline Outcome orrery(const QStringList& arguments, Environment more = {}) {
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "ORRERY_DEVICE"}) environment.remove(name);
    for (const auto& [name, value] : more) environment.insert(name, value);
    process.setProcessEnvironment(environment);
    process.start(ORRERY_CLI, arguments);
    Outcome outcome;
    if (process.waitForFinished(240000) && process.exitStatus() == QProcess::NormalExit) outcome.code = process.exitCode();
    outcome.out = QString::fromUtf8(process.readAllStandardOutput());
    outcome.err = QString::fromUtf8(process.readAllStandardError());
    return outcome;
}

} // namespace orrery::test
