// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/files.h"

#include "app/shell/translator.h"
#include "engine/lab/inputs.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMimeData>
#include <QRegularExpression>
#include <QSaveFile>
#include <QUrl>

#include <algorithm>

namespace orrery::app {

namespace {

constexpr qint64 largestScenario = 16 << 20; ///< bytes; larger JSON is a lab's data

/// JSON that is none of ours but complete is left for a lab that takes such files.
bool isScenario(const QString& path) {
    if (QFileInfo(path).suffix().compare("json", Qt::CaseInsensitive) != 0) return false;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return true; // says why
    if (file.size() > largestScenario) return false;
    const QJsonDocument json = QJsonDocument::fromJson(file.readAll());
    return !json.isObject() || json.object().contains("orrery");
}

bool takesFolders(const lab::Input& input) { return input.extensions.front() == "/"; }

std::string native(const QString& path) { return QFileInfo(path).absoluteFilePath().toStdString(); }

} // namespace

Files::Files(Workbench& bench, Preferences& preferences, QWidget* window)
    : QObject(window), m_bench(&bench), m_preferences(&preferences), m_window(window) {}

QString Files::filters() const {
    QStringList all{"*.json"}, lines;
    for (const lab::Entry& entry : lab::registry())
        for (const lab::Input& input : entry.declaration->inputs) {
            if (takesFolders(input)) continue; // which a dialog of files does not show
            QStringList patterns;
            for (const std::string& extension : input.extensions) patterns << "*." + QString::fromStdString(extension);
            all << patterns;
            lines << QString("%1: %2 (%3)").arg(say(entry.declaration->title), say(input.meaning), patterns.join(' '));
        }
    lines << tr("Scenarios (%1)").arg("*.json");
    return tr("Everything that Orrery opens (%1)").arg(all.join(' ')) + ";;" + lines.join(";;") + ";;" +
           tr("All files (%1)").arg("*");
}

void Files::openDialog() {
    const QStringList paths = QFileDialog::getOpenFileNames(m_window, tr("Open"), m_preferences->folder, filters());
    if (!paths.isEmpty()) open(together(paths));
}

void Files::chooseFor(const QString& parameter) {
    if (!m_bench->hasSession()) return;
    QStringList patterns;
    for (const lab::Input& input : m_bench->session().declaration().inputs)
        if (input.key == parameter.toStdString()) {
            if (takesFolders(input)) {
                const QString folder = QFileDialog::getExistingDirectory(m_window, tr("Open"), m_preferences->folder);
                if (!folder.isEmpty()) open(folder);
                return;
            }
            for (const std::string& extension : input.extensions) patterns << "*." + QString::fromStdString(extension);
        }
    const QString path = QFileDialog::getOpenFileName(m_window, tr("Open"), m_preferences->folder,
                                                      patterns.isEmpty() ? QString() : patterns.join(' '));
    if (!path.isEmpty()) open(path);
}

bool Files::open(const QString& path) {
    const bool scenario = !path.contains('\n') && isScenario(path);
    const bool opened = scenario ? m_bench->openScenario(native(path)) : m_bench->attempt([&] { openData(path); });
    m_bench->poll();
    if (opened) {
        if (!path.contains('\n')) m_preferences->addRecent(path);
        m_preferences->folder = QFileInfo(path.section('\n', 0, 0)).absolutePath();
    }
    return opened;
}

void Files::openData(const QString& path) {
    const bool several = path.contains('\n');
    const std::string file = several ? path.toStdString() : native(path);
    if (!m_bench->hasSession()) throw Error(file + ": no lab is open");
    // The lab that is open comes first; then the first that takes such a file.
    const lab::Declaration* taker = nullptr;
    if (lab::inputFor(m_bench->session().declaration(), file)) taker = &m_bench->session().declaration();
    for (const lab::Entry& entry : lab::registry())
        if (!taker && lab::inputFor(*entry.declaration, file)) taker = entry.declaration;
    if (!taker) {
        lab::inputValues(m_bench->session().declaration(), file); // says what is taken
        return;
    }
    if (taker->name != m_bench->session().declaration().name) m_bench->openLab(taker->name);
    m_bench->session().set(lab::inputValues(*taker, file),
                           tr("Open %1").arg(QFileInfo(several ? path.section('\n', 0, 0) : path).fileName()).toStdString());
}

QString Files::askSave(const QString& title, const QString& name, const QString& filters) {
    QString chosen;
    QString path = QFileDialog::getSaveFileName(m_window, title, m_preferences->folder + '/' + name, filters, &chosen);
    if (path.isEmpty()) return path;
    if (QFileInfo(path).suffix().isEmpty()) { // the first pattern of the filter that was chosen
        const qsizetype star = chosen.indexOf("*.");
        if (star >= 0) path += chosen.mid(star + 1, chosen.indexOf(QRegularExpression("[ )]"), star) - star - 1);
    }
    m_preferences->folder = QFileInfo(path).absolutePath();
    return path;
}

void Files::saveScenarioDialog() {
    if (!m_bench->hasSession()) return;
    const QString name = QString::fromStdString(m_bench->opened().name.empty() ? "scenario" : m_bench->opened().name);
    const QString path = askSave(tr("Save scenario"), name + ".json", tr("Scenarios (%1)").arg("*.json"));
    if (!path.isEmpty()) saveScenario(path);
}

bool Files::saveScenario(const QString& path) {
    return m_bench->attempt([&] {
        lab::Scenario scenario = m_bench->scenario();
        scenario.name = QFileInfo(path).completeBaseName().toStdString();
        if (m_bench->modified()) { // it is not the one that was opened any more
            scenario.title = scenario.name;
            scenario.titleZh.clear(), scenario.summary.clear(), scenario.summaryZh.clear();
        }
        QSaveFile file(path);
        const std::string json = lab::writeScenario(scenario);
        if (!file.open(QIODevice::WriteOnly) || file.write(json.data(), qint64(json.size())) < 0 || !file.commit())
            throw Error(native(path) + ": " + file.errorString().toStdString());
        m_bench->markSaved(scenario);
        m_preferences->addRecent(path);
        Q_EMIT m_bench->noticed(tr("Saved %1").arg(path), NoticeKind::info);
    });
}

bool Files::accepts(const QMimeData* data) const {
    for (const QUrl& url : data->urls())
        if (url.isLocalFile()) return true; // any file: when none can open it, that is said
    return false;
}

void Files::drop(const QMimeData* data) {
    QStringList paths;
    for (const QUrl& url : data->urls())
        if (url.isLocalFile()) paths << url.toLocalFile();
    if (!paths.isEmpty()) open(together(paths));
}

/// Several files, one a line, where the lab that is open takes each of them for the same parameter and lists as well; else the
/// first.
QString Files::together(const QStringList& paths) const {
    if (paths.size() == 1 || !m_bench->hasSession()) return paths.front();
    const lab::Declaration& lab = m_bench->session().declaration();
    const lab::Input* first = lab::inputFor(lab, native(paths.front()));
    bool lists = first && !takesFolders(*first) && std::ranges::any_of(lab.inputs, takesFolders);
    QStringList all;
    for (const QString& path : paths) {
        lists = lists && lab::inputFor(lab, native(path)) == first;
        all << QFileInfo(path).absoluteFilePath();
    }
    return lists && first == &lab.inputs.front() ? all.join('\n') : paths.front();
}

} // namespace orrery::app
