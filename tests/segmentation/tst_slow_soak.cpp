// SPDX-License-Identifier: GPL-3.0-or-later
// Five hundred clicks, with undo, objects that come and go, sketches, and pictures that are turned: what the device and the
// process hold does not grow, and the last click is as fast as the first ones.
#include "tests/segmentation/session.h"

#include <QDir>
#include <QFile>

#include <algorithm>
#include <chrono>

using namespace orrery;
using namespace orrery::segmentation;
using namespace orrery::segmentation::test;

namespace {

/// Resident memory of the process, bytes; 0 where the system does not tell.
std::int64_t resident() {
    QFile status("/proc/self/statm");
    if (!status.open(QIODevice::ReadOnly)) return 0;
    return status.readAll().split(' ').value(1).toLongLong() * 4096;
}

} // namespace

class TestSoak : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

 private Q_SLOTS:
    void fiveHundredClicks() {
        qputenv("XDG_CACHE_HOME", m_folder.filePath("cache").toUtf8());
        const std::string model = saved(Case("vit"), (m_folder.path() + "/vit.safetensors").toStdString(), Form::metaSafetensors);
        QDir().mkpath(m_folder.filePath("album"));
        for (int i = 0; i < 3; ++i) {
            const Picture p = picture(200 + 10 * i, 150);
            saveCutout((m_folder.path() + "/album/" + QString::number(i) + ".png").toStdString(), p,
                       Mask{p.width, p.height, std::vector<std::uint8_t>(p.rgb.size() / 3, 1)});
        }
        Run run(model);
        run.drop((m_folder.path() + "/album").toStdString());
        run.end();
        std::uint64_t device = 0;
        std::int64_t process = 0;
        std::vector<double> early, late;
        constexpr int clicks = 500, warm = 100; // until then caches and the history of changes fill up
        for (int i = 0; i < clicks; ++i) {
            const double x = 10 + (i * 37) % 180, y = 10 + (i * 53) % 130;
            const auto start = std::chrono::steady_clock::now();
            if (i % 10 == 0) run.session.set("clicks", lab::Points{4, {}}); // and all over again
            run.click(x, y, i % 3 != 2, 1 + i % 2);
            run.end();
            const double ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
            (i < clicks / 2 ? early : late).push_back(ms);
            QVERIFY(run.lab().answer(1 + i % 2));
            if (i % 7 == 0) run.session.undo(), run.session.redo(), run.end();
            if (i % 25 == 0) run.session.set("sketch", lab::Points{4, {x, y, 9, 1}}), run.end();
            if (i % 40 == 0)
                run.session.set({{"number", std::int64_t(1 + i / 40 % 3)}, {"clicks", lab::Points{4, {}}}}), run.end();
            if (i == warm) device = orrery::test::device().memory().used, process = resident();
        }
        const std::uint64_t deviceNow = orrery::test::device().memory().used;
        const std::int64_t processNow = resident();
        std::ranges::sort(early), std::ranges::sort(late);
        const double before = early[early.size() / 2], after = late[late.size() / 2];
        qInfo("device %.2f -> %.2f MiB, process %.1f -> %.1f MiB, click %.1f -> %.1f ms (medians)", double(device) / 1048576,
              double(deviceNow) / 1048576, double(process) / 1048576, double(processNow) / 1048576, before, after);
        // The pool holds buffers by size; once every size has been met it takes no more.
        QCOMPARE(deviceNow, device);
        // 400 clicks that each kept their answer (4 masks of 16 x 16 here, some 5 KB) would be 2 MB; allocators keep some slack.
        QVERIFY(processNow - process < (16 << 20));
        QVERIFY(after < 2 * before); // a machine that is shared
    }
};

ORRERY_TEST_MAIN(TestSoak)
#include "tst_slow_soak.moc"
