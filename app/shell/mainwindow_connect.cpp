// SPDX-License-Identifier: GPL-3.0-or-later
// What the window's actions do, and what follows from what.
#include "app/shell/help.h"
#include "app/shell/mainwindow.h"
#include "app/shell/theme.h"

#include <QApplication>
#include <QEvent>
#include <QInputDialog>

namespace orrery::app {

namespace {

constexpr int slowMs = 250;

} // namespace

void MainWindow::connectActions() {
    m_actions.on("file.open", [this] { m_files.openDialog(); });
    m_actions.on("file.saveScenario", [this] { m_files.saveScenarioDialog(); });
    m_actions.on("file.saveView", [this] { m_exports.saveViewDialog(); });
    m_actions.on("file.copyView", [this] { m_exports.copyView(); });
    m_actions.on("file.saveChart", [this] { m_charts->saveDialog(); });
    m_actions.on("file.saveData", [this] { m_exports.saveDataDialog(); });
    m_actions.on("file.send", [this] { m_sending.start(); });
    m_actions.onToggle("file.restore", [this](bool on) { m_preferences.restore = on; });
    m_actions["file.restore"].setChecked(m_preferences.restore);
    m_actions.on("file.quit", [this] { close(); });
    const auto onSession = [this](const char* id, auto work) {
        m_actions.on(id, [this, work] {
            if (!m_bench.hasSession()) return;
            m_bench.attempt([&] { work(m_bench.session()); });
            m_bench.poll();
        });
    };
    onSession("edit.undo", [](lab::Session& session) { session.undo(); });
    onSession("edit.redo", [](lab::Session& session) { session.redo(); });
    onSession("edit.defaults", [](lab::Session& session) {
        std::vector<std::pair<std::string, lab::Value>> values;
        for (const lab::Parameter& p : session.declaration().parameters)
            if (!session.settings().isDefault(p.key)) values.emplace_back(p.key, p.fallback);
        if (!values.empty()) session.set(values, "Parameters back to default");
    });
    onSession("run.cancel", [](lab::Session& session) { session.lab().jobs().cancelAll(); });
    m_actions.on("edit.find", [this] { m_palette->open(); });
    m_actions.on("run.restart", [this] { m_bench.act("restart"); });
    m_actions.on("run.noise", [this] { m_bench.act("reseed"); });
    m_actions.on("run.seed", [this] { setSeedDialog(); });
    m_actions.on("lesson.next", [this] { m_lesson->go(m_lesson->step() + 1); });
    m_actions.on("lesson.back", [this] { m_lesson->go(m_lesson->step() - 1); });
    m_actions.on("help.number", [this] { showNumbers(m_bench, this); });
    m_actions.on("help.shortcuts", [this] {
        ui::Stage* const stage = viewport() ? viewport()->stage() : nullptr;
        showShortcuts(this, stage ? stage->keys() : std::vector<lab::Fact>());
    });
    m_actions.on("help.about", [this] { showAbout(m_bench, this); });
}

void MainWindow::connectDocks() {
    const std::pair<const char*, QWidget*> shown[] = {
        {"view.lesson", m_lessonDock}, {"view.charts", m_chartsDock}, {"view.rail", m_rail}, {"view.transport", m_transport}};
    for (const auto& [id, widget] : shown) {
        m_actions.onToggle(id, [widget = widget](bool on) { widget->setVisible(on); });
        m_actions[id].setChecked(true);
    }
    connect(m_lessonDock, &QDockWidget::visibilityChanged, &m_actions["view.lesson"], &QAction::setChecked);
    connect(m_chartsDock, &QDockWidget::visibilityChanged, &m_actions["view.charts"], &QAction::setChecked);
    m_actions.onToggle("view.profiler", [this](bool on) { m_profilerDock->setVisible(on); });
    connect(m_profilerDock, &QDockWidget::visibilityChanged, &m_actions["view.profiler"], &QAction::setChecked);
    m_actions.on("view.reset", [this] { resetLayout(); });
    m_actions.onToggle("view.fullScreen", [this](bool on) { on ? showFullScreen() : showNormal(); });
}

void MainWindow::connectLook() {
    m_actions.onToggle("view.light", [this](bool on) { setLight(on); });
    m_actions.on("view.english", [this] { setLanguage("en"); });
    m_actions.on("view.chinese", [this] { setLanguage("zh"); });
    m_actions["view.calm"].setChecked(m_preferences.reduceMotion);
    m_actions.onToggle("view.calm", [this](bool on) {
        m_preferences.reduceMotion = on;
        Look::instance().setReduceMotion(on);
        m_area->setAnimated(!on);
        if (viewport()) viewport()->setReduceMotion(on);
    });
    m_area->setAnimated(!m_preferences.reduceMotion);
    m_actions["view.panel"].setChecked(true);
    m_actions["view.hud"].setChecked(true);
    m_actions.onToggle("view.panel", [this](bool on) {
        if (viewport()) viewport()->setPanelShown(on);
    });
    m_actions.onToggle("view.hud", [this](bool on) {
        if (viewport()) viewport()->setHudShown(on);
    });
    m_actions.on("view.fit", [this] {
        if (viewport()) viewport()->fit();
    });
}

void MainWindow::connectView() {
    connect(&m_bench, &Workbench::noticed, m_notice, &NoticeBar::tell);
    connect(&m_bench, &Workbench::sessionGoing, &m_slow, &QTimer::stop);
    connect(&m_bench, &Workbench::sessionCame, &m_slow, qOverload<>(&QTimer::start));
    connect(&m_bench, &Workbench::changed, this, [this] {
        const bool there = m_bench.hasSession();
        const auto label = [](const QString& verb, const std::string& what) {
            return what.empty() ? verb : QString("%1: %2").arg(verb, say(what));
        };
        m_actions["edit.undo"].setEnabled(there && m_bench.session().canUndo());
        m_actions["edit.redo"].setEnabled(there && m_bench.session().canRedo());
        m_actions["edit.undo"].setText(label(tr("Undo"), there ? m_bench.session().undoLabel() : std::string()));
        m_actions["edit.redo"].setText(label(tr("Redo"), there ? m_bench.session().redoLabel() : std::string()));
        refresh();
        refreshSending();
    });
    m_slow.setInterval(slowMs);
    connect(&m_slow, &QTimer::timeout, m_topBar, &TopBar::refreshTruth);
    connect(&m_slow, &QTimer::timeout, this, &MainWindow::refreshSending);
    Viewport* view = viewport();
    if (!view) return;
    m_exports.viewport = [this] { return viewport(); };
    view->setReduceMotion(m_preferences.reduceMotion);
    view->acceptsDrop = [this](const QMimeData* data) { return m_files.accepts(data); };
    view->dropped = [this](const QMimeData* data) { m_files.drop(data); };
    connect(view, &Viewport::drawn, this, &MainWindow::refresh);
    connect(view, &Viewport::tabPressed, &m_actions["view.panel"], &QAction::trigger);
    connect(view, &Viewport::fileWanted, &m_files, &Files::chooseFor, Qt::QueuedConnection); // not within a frame
    connect(view, &Viewport::sendWanted, &m_sending, &Sending::start, Qt::QueuedConnection);
    connect(&m_bench, &Workbench::changed, view, &Viewport::wake);
    connect(m_transport, &TransportBar::moved, view, &Viewport::wake);
    connect(m_lesson, &LessonView::acted, view, &Viewport::wake);
}

void MainWindow::setLight(bool light) {
    m_preferences.theme = light ? "light" : "dark";
    m_actions["view.light"].setChecked(light);
    Look::instance().setLight(light);
    if (viewport()) viewport()->setLight(light);
}

void MainWindow::setLanguage(const QString& language) {
    if (!m_preferences.language.isEmpty() || language != Translator::systemLanguage()) m_preferences.language = language;
    m_translator->setLanguage(language); // LanguageChange reaches every widget
    m_actions["view.english"].setChecked(language == "en");
    m_actions["view.chinese"].setChecked(language == "zh");
}

void MainWindow::changeEvent(QEvent* event) {
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::WindowStateChange) m_actions["view.fullScreen"].setChecked(isFullScreen());
    if (event->type() != QEvent::LanguageChange) return;
    m_actions.retranslate();
    if (!m_language) return; // still being put together
    m_menus->retranslate();
    m_chartsDock->title().setText(tr("Charts").toUpper());
    m_profilerDock->title().setText(tr("Profiler").toUpper());
    m_profilerDock->setWindowTitle(tr("Profiler"));
    m_lessonDock->setWindowTitle(tr("Lesson"));
    m_chartsDock->setWindowTitle(tr("Charts"));
    m_language->setText(Translator::chinese() ? QString::fromUtf8("中文") : QString("EN"));
    m_language->setToolTip(tr("Language"));
    m_language->setAccessibleName(tr("Language"));
    if (viewport()) viewport()->setTranslate(Translator::chinese() ? ui::Translate(sayUtf8) : ui::Translate());
    if (m_bench.hasSession()) Q_EMIT m_bench.changed();
}

void MainWindow::setSeedDialog() {
    if (!m_bench.hasSession()) return;
    bool good = false;
    const QString text = QInputDialog::getText(this, tr("Seed"), tr("A whole number:"), QLineEdit::Normal,
                                               QString::number(m_bench.session().seed()), &good);
    if (!good) return;
    const qulonglong seed = text.trimmed().toULongLong(&good);
    if (!good) return m_notice->tell(tr("\"%1\" is no seed: it must be a whole number from 0 on.").arg(text), NoticeKind::error);
    m_bench.attempt([&] { m_bench.session().setSeed(seed); });
    m_bench.poll();
}

} // namespace orrery::app
