// SPDX-License-Identifier: GPL-3.0-or-later
// The speeds that Orrery promises on two CPU cores: score, frames, how soon a slider is seen, how soon the window stands.
// Each is the best of three attempts, since whatever else the machine does can only make it slower. The validation layer is
// off here, as it is for a person; every other test has it on.
#include "engine/labs/diffusion/bench.h"
#include "tests/support/window_test.h"

#include <QElapsedTimer>
#include <QProcess>
#include <QThread>

#include <ctime>

using namespace orrery;

namespace {

constexpr int attempts = 3;
constexpr int tooLong = 15000; ///< ms; nothing that is measured once takes so long, however loaded the machine

bool twoCores(const gpu::Device& device) { return device.isCpu() && QThread::idealThreadCount() == 2; }
const char* const onlyThere = "the figure is promised for a CPU device with two cores; this is another";

/// Gives the viewport the size of the promise; the charts stay, the lesson goes.
bool atItsSize(test::Window& window) {
    window.trigger("view.lesson"); // 348 px beside 1280 are more than the screen of the tests has
    QCoreApplication::processEvents();
    for (int i = 0; i < 5 && window.view().size() != QSize(1280, 720); ++i) {
        window->resize(window->size() + QSize(1280, 720) - window.view().size());
        (void)QTest::qWaitFor([&] { return window.view().size() == QSize(1280, 720); }, 1000);
    }
    return window.view().size() == QSize(1280, 720);
}

/// Where the time goes, by the device's own timestamps.
std::string kernels(test::Window& window) {
    std::string text;
    for (const gpu::Timing& timing : window->bench().device().timings("frame"))
        text += (text.empty() ? "" : ", ") + timing.name + QString(" %1 ms").arg(timing.milliseconds, 0, 'f', 1).toStdString();
    return text;
}

bool isBright(QRgb pixel) { return qGray(pixel) > 150; }

} // namespace

class TstSlowSpeed : public QObject {
    Q_OBJECT

    /// Milliseconds from a slider's move by the mouse until the screen shows another picture within `part` of the viewport.
    double untilSeen(test::Window& window, const std::string& key, const QRect& part) {
        const auto grab = [&] {
            const QPoint corner = window.view().mapToGlobal(part.topLeft());
            return window->screen()->grabWindow(0, corner.x(), corner.y(), part.width(), part.height()).toImage();
        };
        window.view().stage()->revealControl(key);
        if (!window.rest()) return tooLong;
        double best = tooLong;
        for (int i = 0; i < attempts; ++i) {
            QTest::mouseMove(&window.view(), window.control(key, 0.4));
            window.frames(2);
            QTest::mousePress(&window.view(), Qt::LeftButton, {}, window.control(key, 0.4));
            if (!window.rest()) return tooLong;
            const QImage before = grab();
            QElapsedTimer time;
            time.start();
            QTest::mouseMove(&window.view(), window.control(key, 0.25 + 0.05 * i));
            while (time.elapsed() < tooLong && grab() == before) QCoreApplication::processEvents();
            best = std::min(best, double(time.nsecsElapsed()) * 1e-6);
            QTest::mouseRelease(&window.view(), Qt::LeftButton, {}, window.control(key, 0.25 + 0.05 * i));
            if (!window.rest()) return tooLong;
        }
        return best;
    }

 private Q_SLOTS:
    void mixtureScore() {
        gpu::Instance instance;
        gpu::Device device(instance, {.pipelineCacheFile = "-"});
        double best = 0;
        for (int i = 0; i < attempts; ++i)
            for (const bench::Figure& figure : diffusion::benchDiffusion(device)) {
                if (!figure.name.starts_with("mixture score")) continue;
                qInfo("%s: %.0f %s, %.1f %% of %s", figure.name.c_str(), figure.value, figure.unit.c_str(), 100 * figure.ratio,
                      figure.limit.c_str());
                QCOMPARE(figure.unit, std::string("M pairs/s"));
                // Not above its ceiling, but for what two measurements of one run may differ by.
                QVERIFY2(figure.ratio > 0 && figure.ratio <= 1.05, figure.name.c_str());
                best = std::max(best, figure.value);
            }
        qInfo("mixture score: %.0f M pairs/s, at least 450 promised", best);
        if (!twoCores(device)) QSKIP(onlyThere);
        QVERIFY2(best >= 450, qPrintable(QString::number(best)));
    }

    void framesWhilePlaying() {
        test::Window window({}, false);
        QVERIFY(window.drawn());
        QVERIFY(atItsSize(window));
        QCOMPARE(window.view().devicePixelRatio(), 1.0);
        QCOMPARE(window->bench().opened().name, window.session().declaration().defaultScenario);
        QCOMPARE(window.settings().integer("particles"), std::int64_t(20000));
        QCOMPARE(window.settings().text("data"), std::string("rings")); // 64 components
        QVERIFY(window.transport().playing());
        constexpr int count = 200;
        double best = 0;
        for (int i = 0; i < attempts; ++i) {
            window.transport().seek(0);
            window.frames(3);
            int drawn = 0, moved = 0, at = window.session().lab().position();
            const auto counter = connect(&window.view(), &app::Viewport::drawn, this, [&] {
                ++drawn;
                const int now = window.session().lab().position();
                moved += now != at, at = now;
                if (now >= window.transport().steps() - 1)
                    window.transport().seek(0); // at the end a loop rests, and draws faster
            });
            QElapsedTimer time;
            time.start();
            const std::clock_t cpu = std::clock(); // all threads, the driver's too
            const bool enough = QTest::qWaitFor([&] { return drawn >= count; }, test::patience);
            const double rate = drawn / (double(time.nsecsElapsed()) * 1e-9);
            disconnect(counter);
            QVERIFY(enough && window.transport().playing());
            QVERIFY2(moved > drawn / 2, qPrintable(QString("%1 of %2 frames show another step").arg(moved).arg(drawn)));
            qInfo("playing at 1280 x 720, 20,000 particles, 64 components: %.1f frames/s, %.1f ms of CPU each; %s", rate,
                  1e3 * double(std::clock() - cpu) / CLOCKS_PER_SEC / drawn, kernels(window).c_str());
            best = std::max(best, rate);
        }
        qInfo("frames: %.1f/s, at least 30 promised", best);
        if (!twoCores(window->bench().device())) QSKIP(onlyThere);
        QVERIFY2(best >= 30, qPrintable(QString::number(best)));
    }

    void sliderIsSeen() {
        test::Window window({}, false);
        QVERIFY(window.drawn());
        window.transport().pause();
        QVERIFY(atItsSize(window));
        window.trigger("view.hud"); // its figures change by themselves
        window.transport().seek(window.transport().steps() / 4);
        QVERIFY(window.rest());
        const QRect panel(0, 0, 320, 720), middle(500, 180, 400, 360);
        // The handle, what a parameter of the view does to the picture, and what one does that everything is computed anew for.
        const double handle = untilSeen(window, "beta_max", panel), view = untilSeen(window, "point_size", middle),
                     computed = untilSeen(window, "beta_max", middle);
        qInfo(
            "a slider's move is seen after %.1f ms at its handle, %.1f ms in the picture (point size), %.1f ms in the picture "
            "(beta max, a quarter of the way computed anew); at most 100 ms promised",
            handle, view, computed);
        if (!twoCores(window->bench().device())) QSKIP(onlyThere);
        QVERIFY(handle <= 100);
        QVERIFY(view <= 100);
        QVERIFY(computed <= 100);
    }

    /// The program itself as a process, from its start until the screen shows the particles; its caches are filled by the
    /// first start.
    void startToFirstFrame() {
        const QString program = QFileInfo(ORRERY_CLI).dir().filePath("orrery");
        QVERIFY2(QFileInfo(program).isExecutable(), qPrintable(program + " is not built"));
        QRect place;
        bool cpu = false;
        {
            test::Window window({}, false); // where the viewport will lie: settings and screen are the same
            QVERIFY(window.drawn());
            place = QRect(window.view().mapToGlobal(QPoint(0, 0)), window.view().size());
            cpu = twoCores(window->bench().device());
        }
        place.setLeft(place.left() + place.width() / 3); // without the panel and its text
        const auto bright = [&] {
            const QImage image = qApp->primaryScreen()
                                     ->grabWindow(0, place.x(), place.y(), place.width(), place.height())
                                     .toImage()
                                     .convertToFormat(QImage::Format_RGB32);
            int count = 0;
            for (int y = 0; y < image.height(); ++y) {
                const auto* row = reinterpret_cast<const QRgb*>(image.constScanLine(y));
                count += int(std::count_if(row, row + image.width(), isBright));
            }
            return count;
        };
        double best = tooLong;
        for (int i = 0; i <= attempts; ++i) {
            QTRY_VERIFY2(bright() < 100, "the screen is not free");
            const QTemporaryDir settings; // nothing remembered but the caches
            QProcess process;
            QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
            environment.insert("XDG_CONFIG_HOME", settings.path());
            environment.insert("XDG_CACHE_HOME", m_caches.path());
            process.setProcessEnvironment(environment);
            process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
            QElapsedTimer time;
            time.start();
            process.start(program, {"--lang", "en", "--theme", "dark"});
            while (time.elapsed() < tooLong && bright() < 1000) QTest::qWait(10);
            const double taken = double(time.nsecsElapsed()) * 1e-6;
            QVERIFY(process.state() == QProcess::Running);
            process.kill();
            process.waitForFinished();
            qInfo("start to first frame: %.0f ms%s", taken, i ? "" : " (cold, not counted)");
            if (i) best = std::min(best, taken);
        }
        qInfo("start: %.0f ms, at most 2000 promised", best);
        if (!cpu) QSKIP(onlyThere);
        QVERIFY2(best < 2000, qPrintable(QString::number(best)));
    }

 private:
    QTemporaryDir m_caches;
};

int main(int argc, char** argv) { return orrery::test::runWindow<TstSlowSpeed>(argc, argv, false); }
#include "tst_slow_speed.moc"
