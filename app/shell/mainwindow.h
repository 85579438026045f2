// SPDX-License-Identifier: GPL-3.0-or-later
// The window: it puts the parts in their places and connects them. What each part does is in its own file.
#pragma once

#include "app/charts/charts.h"
#include "app/lessons/lesson_view.h"
#include "app/shell/actions.h"
#include "app/shell/docks.h"
#include "app/shell/exports.h"
#include "app/shell/files.h"
#include "app/shell/menus.h"
#include "app/shell/notice.h"
#include "app/shell/options.h"
#include "app/shell/palette.h"
#include "app/shell/profiler.h"
#include "app/shell/rail.h"
#include "app/shell/sending.h"
#include "app/shell/topbar.h"
#include "app/shell/translator.h"
#include "app/shell/transport.h"
#include "app/shell/viewport_pane.h"

#include <QMainWindow>

namespace orrery::app {

class MainWindow : public QMainWindow {
    Q_OBJECT

 public:
    MainWindow(const WindowOptions& options, Translator& translator);
    ~MainWindow() override;

    Workbench& bench() { return m_bench; }
    Viewport* viewport() { return m_pane->viewport(); }
    ViewportPane& pane() { return *m_pane; }
    Actions& actions() { return m_actions; }
    Files& files() { return m_files; }
    Exports& exports() { return m_exports; }
    TransportBar& transport() { return *m_transport; }
    TopBar& topBar() { return *m_topBar; }
    Charts& charts() { return *m_charts; }
    Profiler& profiler() { return *m_profiler; }
    LessonView& lesson() { return *m_lesson; }
    CommandPalette& palette() { return *m_palette; }
    NoticeBar& notice() { return *m_notice; }

    void setLight(bool light);
    void setLanguage(const QString& language);

 protected:
    void changeEvent(QEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

 private:
    void assemble();
    void connectActions();
    void connectView();
    void connectLook();
    void connectDocks();
    void refresh();
    void refreshSending();
    void openFirst(const WindowOptions& options);
    void resetLayout();
    void autosave();
    bool mayClose();
    void setSeedDialog();

    Translator* m_translator;
    Preferences m_preferences;
    Workbench m_bench;
    Actions m_actions;
    Files m_files;
    Exports m_exports;
    Sending m_sending;
    Menus* m_menus;
    TopBar* m_topBar;
    Rail* m_rail;
    NoticeBar* m_notice;
    ViewportPane* m_pane;
    QMainWindow* m_area; ///< viewport and docks
    Charts* m_charts;
    Profiler* m_profiler;
    LessonView* m_lesson;
    Dock *m_lessonDock, *m_chartsDock, *m_profilerDock;
    TransportBar* m_transport;
    CommandPalette* m_palette;
    QToolButton* m_language = nullptr;
    QTimer m_slow; ///< what need not follow every frame
};

} // namespace orrery::app
