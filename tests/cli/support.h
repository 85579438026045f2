// SPDX-License-Identifier: GPL-3.0-or-later
// Starts the built orrery-cli as a person would, without a display.
#pragma once

#include <QtCore/QProcess>
#include <QtCore/QRegularExpression>
#include <QtCore/QStringList>

namespace orrery::test {

struct Outcome {
    int code = -1; ///< -1: crashed or hung; -2: the validation layer had something to say
    QString out, err;
    /// stderr without the lines of progress, which a run of more than ten seconds prints off a terminal.
    QString errors() const {
        static const QRegularExpression progress("^(step \\d+ of \\d+|(Reading|Training) .* \\d+ %.*|measuring .*)\n",
                                                 QRegularExpression::MultilineOption);
        return QString(err).remove(progress);
    }
    /// Besides progress one line that begins with "orrery: ", and nothing on stdout.
    bool oneLine() const {
        const QString said = errors();
        return said.startsWith("orrery: ") && said.endsWith('\n') && said.count('\n') == 1 && out.isEmpty();
    }
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
    if ((outcome.out + outcome.err).contains("validation:")) outcome.code = -2;
    return outcome;
}

} // namespace orrery::test
