// SPDX-License-Identifier: GPL-3.0-or-later
// The real window for tests: events go in as a person makes them, pictures come from the screen.
#pragma once

#include "app/shell/key_focus.h"
#include "app/shell/mainwindow.h"
#include "app/shell/theme.h"
#include "tests/support/image_difference.h"
#include "tests/support/test_main.h"

#include <QApplication>
#include <QMimeData>
#include <QScreen>
#include <QTemporaryDir>
#include <QToolButton>

namespace orrery::test {

constexpr int patience = 60000; ///< ms; a loaded machine with two cores and the validation layer on is slow

class Window {
 public:
    /// The default scenario, at rest at its first step, with few particles, so that a test takes seconds.
    explicit Window(app::WindowOptions options = {}, bool light = true) {
        if (options.language.empty()) options.language = "en";
        if (options.theme.empty()) options.theme = "dark";
        m_window = std::make_unique<app::MainWindow>(options, m_translator);
        if (light) {
            transport().pause();
            session().set("particles", std::int64_t(2000));
        }
        m_window->show();
        m_window->activateWindow(); // shortcuts belong to the active window
        (void)QTest::qWaitForWindowActive(m_window.get());
        m_window->bench().poll();
    }

    app::MainWindow* operator->() { return m_window.get(); }
    app::MainWindow& operator*() { return *m_window; }
    app::Viewport& view() { return *m_window->viewport(); }
    lab::Session& session() { return m_window->bench().session(); }
    lab::Transport& transport() { return session().transport(); }
    const lab::Settings& settings() { return session().settings(); }

    /// Waits for the first frame; false when none comes.
    bool drawn() {
        return QTest::qWaitFor([this] { return view().stage() && view().frames() > 2; }, patience);
    }
    /// Waits until the lab has come to where the transport stands, and nothing moves any more.
    bool rest() {
        const std::uint64_t before = view().frames();
        view().wake();
        return QTest::qWaitFor([&] { return view().stage() && view().frames() > before + 1 && view().idle(); }, patience);
    }
    /// What the screen shows of the viewport.
    QImage picture() {
        const QPoint corner = view().mapToGlobal(QPoint(0, 0));
        return m_window->screen()->grabWindow(0, corner.x(), corner.y(), view().width(), view().height()).toImage();
    }
    QImage screen() { return m_window->grab().toImage(); }

    /// A share of a parameter's control, in the viewport's coordinates: (0, 0.5) is the middle of its left edge.
    QPoint control(const std::string& key, double x = 0.5, double y = 0.5) {
        glm::dvec2 low, high;
        if (!view().stage()->controlRect(key, low, high)) return {-1, -1};
        const glm::dvec2 px = (low + (high - low) * glm::dvec2(x, y)) / view().devicePixelRatio();
        return {int(px.x), int(px.y)};
    }
    void frames(int count) {
        const std::uint64_t wanted = view().frames() + std::uint64_t(count);
        view().wake();
        (void)QTest::qWaitFor(
            [&] {
                view().wake();
                return view().frames() >= wanted;
            },
            patience);
    }
    void drag(QPoint from, QPoint to, int steps = 6) {
        QTest::mouseMove(&view(), from);
        frames(2);
        QTest::mousePress(&view(), Qt::LeftButton, {}, from);
        frames(2);
        for (int i = 1; i <= steps; ++i) {
            QTest::mouseMove(&view(), from + (to - from) * i / steps);
            frames(1);
        }
        QTest::mouseRelease(&view(), Qt::LeftButton, {}, to);
        frames(2);
    }
    void click(QPoint at) { drag(at, at, 1); }
    /// Lets a file go over the viewport; false when it did not take what was dragged in.
    bool drop(const QString& file) {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(file)});
        QDragEnterEvent enter({20, 20}, Qt::CopyAction, &data, Qt::LeftButton, {});
        QCoreApplication::sendEvent(&view(), &enter);
        QDropEvent event({20, 20}, Qt::CopyAction, &data, Qt::LeftButton, {});
        QCoreApplication::sendEvent(&view(), &event);
        return enter.isAccepted();
    }
    /// By its button at the left.
    void openLab(const QString& name) {
        auto* button = m_window->findChild<QToolButton*>("lab." + name);
        if (!button) qFatal("there is no button of the lab %s", qPrintable(name));
        QTest::mouseClick(button, Qt::LeftButton);
    }
    void trigger(const char* action) {
        m_window->actions()[action].trigger();
        QCoreApplication::processEvents();
    }
    QString notice() { return m_window->notice().text(); }
    bool close() { return m_window->close(); }

 private:
    app::Translator m_translator;
    std::unique_ptr<app::MainWindow> m_window;
};

/// `validated`: with the validation layer, which must have nothing to say; without it where speed is measured.
template <class Test>
int runWindow(int argc, char** argv, bool validated = true) {
    qputenv("ORRERY_VALIDATION", validated ? "1" : "0");
    const QTemporaryDir home; // nobody's settings are read or changed, and tests do not meet each other's
    qputenv("XDG_CONFIG_HOME", home.path().toUtf8());
    QApplication application(argc, argv);
    QApplication::setOrganizationName("Orrery");
    QApplication::setApplicationName("orrery");
    app::KeyFocus keys;
    application.installEventFilter(&keys);
    app::Look::instance().apply();
    Test test;
    const int failed = QTest::qExec(&test, argc, argv);
    return validated ? reportValidation(failed) : failed;
}

} // namespace orrery::test

#define ORRERY_WINDOW_TEST_MAIN(Test) \
    int main(int argc, char** argv) { return orrery::test::runWindow<Test>(argc, argv); }
