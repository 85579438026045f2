// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/menus.h"

#include "app/shell/topbar.h"
#include "app/shell/translator.h"
#include "engine/lab/sending.h"

#include <QCoreApplication>
#include <QFileInfo>

namespace orrery::app {

namespace {

#define T(text) QT_TRANSLATE_NOOP("Menu", text)
constexpr const char* names[] = {T("File"), T("Edit"), T("View"), T("Lab"), T("Run"), T("Help"), T("Language")};
#undef T

QString translated(const QString& name) { return QCoreApplication::translate("Menu", name.toUtf8().constData()); }

} // namespace

Menus::Menus(QMenuBar& bar, Actions& actions, Workbench& bench, Files& files, Preferences& preferences)
    : QObject(&bar), m_bar(&bar), m_actions(&actions), m_bench(&bench), m_files(&files), m_preferences(&preferences) {
    m_recent.setObjectName("recent");
    m_scenarios.setObjectName("scenarios");
    m_scenarios.setToolTipsVisible(true);
    build();
    connect(&m_recent, &QMenu::aboutToShow, this, &Menus::fillRecent);
    connect(&m_scenarios, &QMenu::aboutToShow, this, &Menus::fillScenarios);
    connect(m_menus["Lab"], &QMenu::aboutToShow, this, &Menus::fillLab);
    fillRecent(), fillScenarios(), fillLab();
    retranslate();
}

void Menus::build() {
    for (const char* name : names) {
        if (QString(name) == "Language") continue;
        m_menus[name] = m_bar->addMenu(name);
        m_menus[name]->setToolTipsVisible(true);
    }
    for (const ActionRow& row : actionTable()) {
        const QString top = QString(row.menu).section('/', 0, 0), sub = QString(row.menu).section('/', 1);
        QMenu* menu = m_menus[top];
        if (!sub.isEmpty()) {
            if (!m_menus.contains(sub)) m_menus[sub] = menu->addMenu(sub);
            menu = m_menus[sub];
        }
        if (row.id[0] == '-')
            menu->addSeparator();
        else
            menu->addAction(&(*m_actions)[row.id]);
        if (QString(row.id) == "file.open") menu->addMenu(&m_recent);
    }
}

void Menus::fillRecent() {
    m_recent.clear();
    for (const QString& file : m_preferences->recent)
        m_recent.addAction(QFileInfo(file).fileName(), this, [this, file] { m_files->open(file); })->setToolTip(file);
    if (m_recent.isEmpty()) m_recent.addAction(tr("Nothing yet"))->setEnabled(false);
}

void Menus::fillScenarios() {
    m_scenarios.clear();
    if (!m_bench->hasSession()) return;
    m_bench->attempt([this] {
        for (const lab::Scenario& scenario : lab::embeddedScenarios(m_bench->session().declaration().name)) {
            QAction* action =
                m_scenarios.addAction(titleOf(scenario), this, [this, scenario] { m_bench->openScenario(scenario); });
            action->setToolTip(summaryOf(scenario));
            action->setCheckable(true);
            action->setChecked(scenario.name == m_bench->opened().name);
        }
    });
}

void Menus::fillLab() {
    QMenu* menu = m_menus["Lab"];
    menu->clear();
    if (!m_bench->hasSession()) return;
    for (const lab::Entry& entry : lab::registry()) {
        const std::string& name = entry.declaration->name;
        QAction* action = menu->addAction(say(entry.declaration->title), this, [this, name] { m_bench->openLab(name); });
        action->setToolTip(say(entry.declaration->summary));
        action->setCheckable(true);
        action->setChecked(m_bench->session().declaration().name == name);
    }
    menu->addSeparator();
    menu->addMenu(&m_scenarios);
    menu->addSeparator();
    for (const lab::Action& action : m_bench->session().declaration().actions) {
        if (action.key == "restart" || action.key == "reseed") continue; // in Run
        QAction* entry = menu->addAction(say(action.label), this, [this, key = action.key] { m_bench->act(key); });
        entry->setToolTip(say(action.meaning));
        entry->setEnabled(m_bench->session().settings().acts(action));
    }
    if (!lab::offers(m_bench->session().lab()).empty()) menu->addAction(&(*m_actions)["file.send"]);
}

void Menus::retranslate() {
    for (auto menu = m_menus.begin(); menu != m_menus.end(); ++menu) menu.value()->setTitle(translated(menu.key()));
    m_recent.setTitle(tr("Open recent"));
    m_scenarios.setTitle(tr("Scenarios"));
}

} // namespace orrery::app
