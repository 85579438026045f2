// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/mainwindow.h"

#include "app/shell/icons.h"
#include "app/shell/theme.h"

#include <QCloseEvent>
#include <QCoreApplication>
#include <QDragEnterEvent>
#include <QFile>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QMessageBox>
#include <QMimeData>
#include <QSaveFile>
#include <QScreen>

namespace orrery::app {

namespace {

QFrame* line(bool vertical) {
    auto* frame = new QFrame;
    frame->setProperty("role", "line");
    vertical ? frame->setFixedWidth(1) : frame->setFixedHeight(1);
    return frame;
}

} // namespace

MainWindow::MainWindow(const WindowOptions& options, Translator& translator)
    : m_translator(&translator),
      m_preferences(Preferences::load()),
      m_bench(options.device),
      m_actions(this),
      m_files(m_bench, m_preferences, this),
      m_exports(m_bench, m_files, this),
      m_sending(m_bench, this) {
    setObjectName("window");
    setWindowTitle("Orrery");
    setWindowIcon(applicationIcon());
    setAcceptDrops(true);
    if (!options.theme.empty()) m_preferences.theme = QString::fromStdString(options.theme);
    const QString language = options.language.empty() ? m_preferences.language : QString::fromStdString(options.language);
    Look::instance().setReduceMotion(m_preferences.reduceMotion);
    setLanguage(language.isEmpty() ? Translator::systemLanguage() : language);
    assemble();
    connectActions();
    connectDocks();
    connectLook();
    connectView();
    setLight(m_preferences.theme == "light");
    resetLayout();
    if (!m_preferences.geometry.isEmpty()) restoreGeometry(m_preferences.geometry);
    if (!m_preferences.layout.isEmpty()) m_area->restoreState(m_preferences.layout);
    m_actions["view.lesson"].setChecked(!m_lessonDock->isHidden());
    m_actions["view.charts"].setChecked(!m_chartsDock->isHidden());
    m_actions["view.profiler"].setChecked(!m_profilerDock->isHidden());
    QEvent retranslate(QEvent::LanguageChange); // the one that setLanguage() posted comes after the first picture
    QCoreApplication::sendEvent(this, &retranslate);
    openFirst(options);
}

MainWindow::~MainWindow() {
    m_slow.stop();
    m_bench.releaseSession();
    delete m_pane; // viewport and surface, while device and instance still stand
}

void MainWindow::assemble() {
    menuBar()->setNativeMenuBar(false);
    auto* brand = new QLabel("  ORRERY   ");
    brand->setProperty("role", "brand");
    menuBar()->setCornerWidget(brand, Qt::TopLeftCorner);
    m_menus = new Menus(*menuBar(), m_actions, m_bench, m_files, m_preferences);
    m_topBar = new TopBar(m_bench, m_actions, m_menus->scenarios());
    m_rail = new Rail(m_bench);
    m_notice = new NoticeBar;
    m_pane = new ViewportPane(m_bench);
    m_charts = new Charts(m_bench, m_files);
    m_profiler = new Profiler(m_bench);
    m_lesson = new LessonView(m_bench);
    m_transport = new TransportBar(m_bench, m_actions);

    m_area = new QMainWindow;
    m_area->setWindowFlags(Qt::Widget);
    m_area->setObjectName("area");
    m_area->setContextMenuPolicy(Qt::NoContextMenu);
    m_area->setDockOptions(QMainWindow::AllowNestedDocks | QMainWindow::AllowTabbedDocks | QMainWindow::AnimatedDocks);
    m_area->setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
    m_area->setCentralWidget(m_pane);
    m_lessonDock = new Dock("lesson", m_lesson, m_area);
    m_chartsDock = new Dock("charts", m_charts, m_area);
    m_profilerDock = new Dock("profiler", m_profiler, m_area);

    auto* middle = new QVBoxLayout;
    middle->setSpacing(0);
    middle->addWidget(m_notice);
    middle->addWidget(m_area, 1);
    middle->addWidget(line(false));
    middle->addWidget(m_transport);
    auto* row = new QHBoxLayout;
    row->setSpacing(0);
    row->addWidget(m_rail);
    row->addWidget(line(true));
    row->addLayout(middle, 1);
    auto* ground = new QWidget;
    ground->setObjectName("Ground");
    auto* column = new QVBoxLayout(ground);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_topBar);
    column->addWidget(line(false));
    column->addLayout(row, 1);
    setCentralWidget(ground);

    m_palette = new CommandPalette(PaletteEntries(m_bench, m_actions), this);
    m_palette->entries().lessonSteps = [this] {
        std::vector<LessonStepName> names;
        for (std::size_t i = 0; i < m_lesson->steps().size(); ++i)
            names.push_back({m_lesson->steps()[i].title, [this, i] {
                                 m_lessonDock->show();
                                 m_lesson->go(int(i));
                             }});
        return names;
    };
    m_palette->entries().reveal = [this](const std::string& key) {
        if (!viewport() || !viewport()->stage()) return;
        m_actions["view.panel"].setChecked(true);
        viewport()->stage()->revealControl(key);
        viewport()->wake();
    };
    m_language = new QToolButton;
    m_language->setProperty("role", "tiny");
    m_language->setFocusPolicy(Qt::TabFocus);
    m_lessonDock->title().add(m_language);
    connect(m_language, &QToolButton::clicked, this, [this] { setLanguage(Translator::chinese() ? "en" : "zh"); });
    connect(m_lesson, &LessonView::headingChanged, this, [this](const QString& text) { m_lessonDock->title().setText(text); });
}

void MainWindow::openFirst(const WindowOptions& options) {
    if (!m_bench.hasDevice()) return;
    const QString saved = Preferences::autosaveFile();
    const bool asked = !options.scenario.empty() || !options.lab.empty() || !options.file.empty();
    bool open = false;
    if (!asked && options.restore && m_preferences.restore && QFileInfo::exists(saved)) {
        open = m_bench.openScenario(saved.toStdString());
        if (!open) QFile::remove(saved); // said once; the next start is clean
    }
    if (!open) open = m_bench.openLab(options.lab.empty() ? lab::registry().front().declaration->name : options.lab);
    if (!open) m_bench.openLab(lab::registry().front().declaration->name);
    if (!options.scenario.empty()) m_bench.openScenario(options.scenario);
    if (!options.file.empty()) m_files.open(QString::fromStdString(options.file));
}

void MainWindow::resetLayout() {
    resize(QSize(1440, 900).boundedTo(screen()->availableSize()));
    for (Dock* dock : {m_lessonDock, m_chartsDock}) {
        dock->setFloating(false);
        dock->show();
    }
    m_area->addDockWidget(Qt::RightDockWidgetArea, m_lessonDock);
    m_area->addDockWidget(Qt::BottomDockWidgetArea, m_chartsDock);
    m_area->addDockWidget(Qt::BottomDockWidgetArea, m_profilerDock);
    m_profilerDock->hide(); // for those who ask
    m_area->resizeDocks({m_lessonDock}, {348}, Qt::Horizontal);
    m_area->resizeDocks({m_chartsDock}, {188}, Qt::Vertical);
    m_rail->show();
    m_transport->show();
}

void MainWindow::refresh() {
    m_transport->refresh();
    m_charts->refresh();
}

void MainWindow::refreshSending() {
    QAction& send = m_actions["file.send"];
    send.setEnabled(m_sending.possible());
    send.setToolTip(m_sending.meaning());
}

void MainWindow::autosave() {
    if (!m_bench.hasScenario()) return;
    m_bench.attempt([this] {
        const std::string json = lab::writeScenario(m_bench.scenario());
        QSaveFile file(Preferences::autosaveFile());
        if (!file.open(QIODevice::WriteOnly) || file.write(json.data(), qint64(json.size())) < 0 || !file.commit())
            throw Error(file.fileName().toStdString() + ": " + file.errorString().toStdString());
    });
}

// Everything comes back at the next start; only who switched that off can lose points drawn by hand.
bool MainWindow::mayClose() {
    if (m_preferences.restore || !m_bench.hasSession() || !m_bench.modified()) return true;
    bool drawn = false;
    const lab::Settings& now = m_bench.session().settings();
    for (const std::string& key : now.differences(m_bench.opened().settings)) {
        const lab::Parameter& p = *now.declaration().find(key);
        drawn |= p.type == lab::Type::points && p.applies != lab::Applies::view;
    }
    if (!drawn) return true;
    const auto answer =
        QMessageBox::question(this, "Orrery", tr("The points that you drew are not saved. Save them as a scenario?"),
                              QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, QMessageBox::Save);
    if (answer == QMessageBox::Save) m_files.saveScenarioDialog();
    return answer == QMessageBox::Discard || (answer == QMessageBox::Save && !m_bench.modified());
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (!mayClose()) return event->ignore();
    if (m_bench.hasSession()) m_bench.session().lab().jobs().cancelAll();
    m_preferences.geometry = saveGeometry();
    m_preferences.layout = m_area->saveState();
    m_preferences.save();
    autosave();
    m_slow.stop();
    m_bench.releaseSession();
    QMainWindow::closeEvent(event);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (m_files.accepts(event->mimeData())) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    event->acceptProposedAction();
    m_files.drop(event->mimeData());
}

} // namespace orrery::app
