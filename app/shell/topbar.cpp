// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/topbar.h"

#include "app/shell/theme.h"
#include "app/shell/translator.h"

#include <QEvent>
#include <QHBoxLayout>

namespace orrery::app {

namespace {

QToolButton* chip(const char* name) {
    auto* button = new QToolButton;
    button->setObjectName(name);
    button->setProperty("role", "chip");
    button->setPopupMode(QToolButton::InstantPopup);
    button->setFixedHeight(28);
    button->setFocusPolicy(Qt::StrongFocus);
    return button;
}

} // namespace

QString titleOf(const lab::Scenario& scenario) {
    const std::string& title = Translator::chinese() && !scenario.titleZh.empty() ? scenario.titleZh : scenario.title;
    return QString::fromStdString(title.empty() ? scenario.name : title);
}

QString summaryOf(const lab::Scenario& scenario) {
    return QString::fromStdString(Translator::chinese() && !scenario.summaryZh.empty() ? scenario.summaryZh : scenario.summary);
}

TopBar::TopBar(Workbench& bench, Actions& actions, QMenu& scenarios, QWidget* parent)
    : QWidget(parent),
      m_bench(&bench),
      m_actions(&actions),
      m_title(new QLabel),
      m_scenario(chip("scenarioChip")),
      m_seed(chip("seedChip")),
      m_truth(new TruthMark),
      m_find(new QPushButton),
      m_findText(new QLabel),
      m_findKey(new QLabel("Ctrl K")) {
    setProperty("role", "bar");
    setAttribute(Qt::WA_StyledBackground);
    setFixedHeight(46);
    m_title->setProperty("role", "title");
    m_scenario->setMenu(&scenarios);
    m_seedMenu.addAction(&actions["run.noise"]);
    m_seedMenu.addAction(&actions["run.seed"]);
    m_seed->setMenu(&m_seedMenu);
    m_find->setObjectName("find");
    m_find->setProperty("role", "chip");
    m_find->setFixedSize(300, 28);
    auto* inside = new QHBoxLayout(m_find);
    inside->setContentsMargins(11, 0, 10, 0);
    inside->addWidget(m_findText, 1);
    inside->addWidget(m_findKey);
    m_findText->setProperty("role", "secondary");
    m_findKey->setProperty("role", "faint");
    m_findKey->setFont(numberFont(11));
    for (QLabel* label : {m_findText, m_findKey}) label->setAttribute(Qt::WA_TransparentForMouseEvents);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(14, 0, 14, 0);
    row->setSpacing(10);
    row->addWidget(m_title);
    row->addSpacing(6);
    row->addWidget(m_scenario);
    row->addWidget(m_seed);
    row->addWidget(m_truth, 0);
    row->addStretch(1);
    row->addWidget(m_find);
    connect(m_find, &QPushButton::clicked, &actions["edit.find"], &QAction::trigger);
    connect(m_bench, &Workbench::changed, this, &TopBar::refresh);
    connect(m_bench, &Workbench::sessionCame, this, &TopBar::refresh);
    connect(m_bench, &Workbench::scenarioOpened, this, &TopBar::refresh);
    connect(&Look::instance(), &Look::changed, this, &TopBar::refresh);
    refresh();
}

void TopBar::refresh() {
    const bool there = m_bench->hasSession();
    m_title->setText(there ? say(m_bench->session().declaration().title) : QString("Orrery"));
    const QString changed = there && m_bench->modified() ? tr(" (changed)") : QString();
    m_scenario->setText(there ? tr("Scenario: %1").arg(titleOf(m_bench->opened()) + changed) + QString::fromUtf8(" ▾")
                              : QString());
    m_scenario->setToolTip(there ? summaryOf(m_bench->opened()) : QString());
    m_scenario->setAccessibleName(tr("Choose a scenario"));
    m_seed->setText(there ? tr("Seed %1").arg(m_bench->session().seed()) : QString());
    m_seed->setToolTip(tr("Same seed, same parameters, same device: same bits"));
    m_seed->setAccessibleName(m_seed->text());
    for (QWidget* part : std::initializer_list<QWidget*>{m_scenario, m_seed, m_truth}) part->setVisible(there);
    m_findText->setText(tr("Search actions, parameters, lessons"));
    m_find->setAccessibleName(tr("Find anything"));
    refreshTruth();
}

void TopBar::refreshTruth() {
    if (m_bench->hasSession()) m_truth->show(m_bench->session().lab().checks());
}

void TopBar::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) refresh();
    QWidget::changeEvent(event);
}

} // namespace orrery::app
