// SPDX-License-Identifier: GPL-3.0-or-later
// Dropping, opening and saving files; brushing points: the values that arrive, and the pictures that are kept.
#include "tests/support/window_test.h"

#include <QClipboard>

#ifdef Q_OS_UNIX
#include <sys/resource.h>

#include <csignal>
#endif

using namespace orrery;

namespace {

QString write(const QTemporaryDir& folder, const char* name, const QByteArray& text) {
    QFile file(folder.filePath(name));
    if (!file.open(QIODevice::WriteOnly)) return {};
    file.write(text);
    return file.fileName();
}

} // namespace

class TstWindowFiles : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

 private Q_SLOTS:
    void dropsACsv() {
        test::Window window;
        QVERIFY(window.drawn() && window.rest());
        const QImage before = window.picture();
        QVERIFY(window.drop(write(m_folder, "square.csv", "x,y\n-1,-1\n1,-1\n1,1\n-1,1\n")));
        QCOMPARE(window.notice(), QString());
        QCOMPARE(window.settings().text("data"), std::string("file"));
        QCOMPARE(window.settings().text("score"), std::string("empirical"));
        QVERIFY(window.rest());
        const lab::HostArray data = window.session().lab().array(window->bench().device(), "data");
        QCOMPARE(data.shape, (std::vector<std::uint64_t>{4, 2}));
        const float wanted[] = {-1, -1, 1, -1, 1, 1, -1, 1};
        for (std::size_t i = 0; i < 8; ++i) QVERIFY(std::abs(data.values[i] - wanted[i]) < 1e-6F);
        QVERIFY(test::difference(before, window.picture(), 20) > 0.01);
        window.trigger("edit.undo"); // the whole drop is one entry
        QCOMPARE(window.settings().text("data"), std::string("rings"));
        QCOMPARE(window.settings().text("score"), std::string("mixture"));
    }

    void saysWhyItCannotOpen_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("says");
        QTest::newRow("words") << "words.csv" << QByteArray("x,y\n1,2\nthree,4\n") << "words.csv";
        QTest::newRow("empty") << "empty.csv" << QByteArray() << "empty.csv";
        QTest::newRow("unknown kind") << "song.mp3" << QByteArray("ID3") << "csv";
        QTest::newRow("unknown key") << "odd.json" << QByteArray(R"({"orrery":1,"lab":"diffusion","sed":7})") << "sed";
        QTest::newRow("version") << "new.json" << QByteArray(R"({"orrery":99,"lab":"diffusion"})") << "99";
    }
    void saysWhyItCannotOpen() {
        QFETCH(QString, name);
        QFETCH(QByteArray, text);
        QFETCH(QString, says);
        test::Window window;
        QVERIFY(window.drawn());
        const lab::Settings before = window.settings();
        QVERIFY(window.drop(write(m_folder, name.toUtf8().constData(), text)));
        QTRY_VERIFY_WITH_TIMEOUT(!window.notice().isEmpty(), test::patience);
        QVERIFY2(window.notice().contains(says), qPrintable(window.notice()));
        if (name != "words.csv") QVERIFY(window.settings() == before); // a file may be read after it was chosen
        QVERIFY(window.rest());                                        // and the picture goes on
    }

    void staysWithItsDataWhenAFileIsTooLarge_data() {
        QTest::addColumn<qint64>("rows");
        QTest::newRow("ten million points") << qint64(10'000'000);
        QTest::newRow("more rows than are read") << qint64(10'000'001);
    }
    /// A file with holes: it says how long it is, and takes no room.
    void staysWithItsDataWhenAFileIsTooLarge() {
        QFETCH(qint64, rows);
        QByteArray dict = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + QByteArray::number(rows) + ", 2), }";
        dict += QByteArray(63 - (10 + dict.size()) % 64, ' ') + '\n';
        QByteArray header("\x93NUMPY\x01\x00", 8);
        header += char(dict.size() % 256);
        header += char(dict.size() / 256);
        const QString name = write(m_folder, "many.npy", header + dict);
        QVERIFY(QFile::resize(name, header.size() + dict.size() + 8 * rows));

        test::Window window;
        QVERIFY(window.drawn());
        window.trigger("view.hud"); // its figures differ from frame to frame
        QVERIFY(window.rest());
        const lab::Settings before = window.settings();
        const QImage seen = window.picture();
        const auto particles = window.session().lab().array(window->bench().device(), "particles").values;
        int notices = 0;
        connect(&window->bench(), &app::Workbench::noticed, this, [&] { ++notices; });
        QVERIFY(window.drop(name));
        QTRY_VERIFY_WITH_TIMEOUT(!window.notice().isEmpty(), test::patience);
        QVERIFY2(window.notice().contains("many.npy") && window.notice().contains("10000000"), qPrintable(window.notice()));
        QVERIFY(window.rest());
        QTest::qWait(500);
        QCOMPARE(notices, 1);
        QVERIFY(window.session().lab().jobs().empty());
        QVERIFY(window.session().lab().array(window->bench().device(), "particles").values == particles);
        window->notice().hide();
        QTRY_COMPARE(window.picture().size(), seen.size());
        QVERIFY(window.rest());
        const double apart = test::difference(seen, window.picture(), 40);
        QVERIFY2(apart < 0.01, qPrintable(QString::number(apart)));
        QVERIFY(window.settings() == before);
        QFile::remove(name);
    }

    void savesAndOpensAScenario() {
        const QString file = m_folder.filePath("mine.json");
        lab::CameraState camera{0.25, -0.5, 3};
        {
            test::Window window;
            QVERIFY(window.drawn());
            window.session().set("beta_max", 11.0);
            window.session().setSeed(99);
            window.transport().seek(window.transport().steps() / 2);
            window.view().setCamera(camera);
            QVERIFY(window.rest());
            QVERIFY(window->files().saveScenario(file));
            QVERIFY(window.notice().contains(file));
        }
        test::Window window({.file = file.toStdString()}, false);
        QVERIFY(window.drawn() && window.rest());
        QCOMPARE(window.settings().number("beta_max"), 11.0);
        QCOMPARE(window.session().seed(), std::uint64_t(99));
        QCOMPARE(window.transport().target(), window.transport().steps() / 2);
        const lab::CameraState now = window.view().camera();
        QVERIFY(std::abs(now.x - camera.x) < 1e-6 && std::abs(now.y - camera.y) < 1e-6 && std::abs(now.height - 3) < 1e-6);
    }

    void refusesAReadOnlyFolder() {
        test::Window window;
        QVERIFY(window.drawn());
        QVERIFY(!window->files().saveScenario("/proc/nothing/here.json"));
        QVERIFY2(window.notice().contains("/proc/nothing/here.json"), qPrintable(window.notice()));
        // Below a file nobody can write, not even root.
        const QString folder = write(m_folder, "file", "x") + "/";
        const auto says = [&](const QString& name) {
            const bool all = window.notice().contains(folder + name);
            if (!all) qWarning("%s", qPrintable(window.notice()));
            window->notice().hide();
            return all;
        };
        QVERIFY(!window->files().saveScenario(folder + "a.json") && says("a.json"));
        QVERIFY(!window->exports().saveView(folder + "a.png", 1) && says("a.png"));
        QVERIFY(!window->exports().saveData(folder + "a.csv", "particles") && says("a.csv"));
        QVERIFY(!window->exports().saveData(folder + "a.npy", "particles") && says("a.npy"));
        QVERIFY(window.rest()); // and the picture goes on
    }

    void savesTheViewAsItIs() {
        test::Window window;
        QVERIFY(window.drawn() && window.rest());
        const QString file = m_folder.filePath("view.png");
        const QImage seen = window.picture();
        QVERIFY(window->exports().saveView(file, 1));
        const QImage saved(file);
        QCOMPARE(saved.size(), seen.size());
        // The same picture as on the screen but for the panel and the figures that float over it.
        const QRect free(seen.width() * 35 / 100, seen.height() * 40 / 100, seen.width() * 45 / 100, seen.height() * 35 / 100);
        const double apart = test::difference(saved.copy(free), seen.copy(free), 12);
        QVERIFY2(apart < 0.02, qPrintable(QString::number(apart)));
        QVERIFY(window->exports().saveView(file, 2));
        QCOMPARE(QImage(file).width(), seen.width() * 2);
        window.trigger("file.copyView");
        QCOMPARE(QApplication::clipboard()->image().width(), seen.width());
    }

    void savesData() {
        test::Window window;
        QVERIFY(window.drawn() && window.rest());
        const lab::HostArray now = window.session().lab().array(window->bench().device(), "particles");
        const QString csv = m_folder.filePath("particles.csv"), npy = m_folder.filePath("particles.npy");
        QVERIFY(window->exports().saveData(csv, "particles") && window->exports().saveData(npy, "particles"));
        QFile file(csv);
        QVERIFY(file.open(QIODevice::ReadOnly));
        std::size_t row = 0;
        for (; !file.atEnd(); ++row) {
            const QList<QByteArray> parts = file.readLine().trimmed().split(',');
            QCOMPARE(parts.size(), 2);
            QCOMPARE(parts[0].toFloat(), now.values[2 * row]);
            QCOMPARE(parts[1].toFloat(), now.values[2 * row + 1]);
        }
        QCOMPARE(row, std::size_t(2000));
        QVERIFY(QFileInfo(npy).size() >= qint64(2000 * 2 * sizeof(float)));
    }

#ifdef Q_OS_UNIX
    /// A disk that is full in the middle of it: the older file stays as it was, and nothing lies beside it.
    void aFailedSaveKeepsTheOlderFile() {
        test::Window window;
        QVERIFY(window.drawn() && window.rest());
        const QDir folder(m_folder.filePath("full"));
        QVERIFY(folder.mkpath("."));
        const auto contents = [&](const QString& name) {
            QFile file(folder.filePath(name));
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        };
        const QStringList names = {"a.csv", "a.npy"};
        for (const QString& name : names) QVERIFY(window->exports().saveData(folder.filePath(name), "data"));
        const QByteArray before[] = {contents(names[0]), contents(names[1])};
        QVERIFY(!before[0].isEmpty() && !before[1].isEmpty());
        std::signal(SIGXFSZ, SIG_IGN); // a write beyond the limit then fails as on a full disk
        rlimit usual{};
        getrlimit(RLIMIT_FSIZE, &usual);
        const rlimit little{1000, usual.rlim_max};
        bool saved[] = {true, true};
        for (int i = 0; i < 2; ++i) {
            setrlimit(RLIMIT_FSIZE, &little);
            saved[i] = window->exports().saveData(folder.filePath(names[i]), "particles");
            setrlimit(RLIMIT_FSIZE, &usual);
        }
        for (int i = 0; i < 2; ++i) {
            QVERIFY2(!saved[i], qPrintable(names[i]));
            QVERIFY2(contents(names[i]) == before[i], qPrintable(names[i]));
        }
        QCOMPARE(folder.entryList(QDir::Files, QDir::Name), names);
    }
#endif

    void brushesPoints() {
        test::Window window({.scenario = "drawn"});
        window.session().set("drawn", lab::Points{2, {}});
        QVERIFY(window.drawn());
        window.frames(5);
        QCOMPARE(window.settings().text("data"), std::string("drawn"));
        const std::size_t before = window.settings().points("drawn").rows();
        const double ratio = window.view().devicePixelRatio();
        const QPoint from(window.view().width() * 45 / 100, window.view().height() / 2), to = from + QPoint(160, 60);
        const glm::dvec2 a = window.view().stage()->camera().toData({from.x() * ratio, from.y() * ratio});
        const glm::dvec2 b = window.view().stage()->camera().toData({to.x() * ratio, to.y() * ratio});
        window.drag(from, to, 8);
        const lab::Points& points = window.settings().points("drawn");
        QVERIFY2(points.rows() > before + 5, qPrintable(QString::number(points.rows())));
        // Near the stroke: within the brush, which is a small part of the view.
        const double reach = 0.12 * window.view().camera().height;
        for (std::size_t i = before; i < points.rows(); ++i) {
            const glm::dvec2 p{points.values[2 * i], points.values[2 * i + 1]}, ab = b - a;
            const double along = std::clamp(glm::dot(p - a, ab) / glm::dot(ab, ab), 0.0, 1.0);
            QVERIFY2(glm::length(p - (a + along * ab)) < reach, qPrintable(QString("%1 %2").arg(p.x).arg(p.y)));
        }
        window.trigger("edit.undo");
        QCOMPARE(window.settings().points("drawn").rows(), before);
    }
};

ORRERY_WINDOW_TEST_MAIN(TstWindowFiles)
#include "tst_window_files.moc"
