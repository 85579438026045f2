// SPDX-License-Identifier: GPL-3.0-or-later
// The house keeps its floors: includes point only downwards, and each library is seen only where it belongs.
#include <QtTest/QtTest>

class TestFloors : public QObject {
    Q_OBJECT

    static QStringList filesBelow(const QString& floor) {
        QStringList files;
        QDirIterator it(QStringLiteral(ORRERY_TEST_DATA "/../") + floor, {"*.h", "*.cpp"}, QDir::Files,
                        QDirIterator::Subdirectories);
        while (it.hasNext()) files << it.next();
        return files;
    }

    static QStringList includes(const QString& file) {
        QFile in(file);
        if (!in.open(QIODevice::ReadOnly)) return {};
        static const QRegularExpression include("^\\s*#\\s*include\\s*[<\"]([^>\"]+)[>\"]", QRegularExpression::MultilineOption);
        QStringList found;
        for (auto it = include.globalMatch(QString::fromUtf8(in.readAll())); it.hasNext();) found << it.next().captured(1);
        return found;
    }

 private Q_SLOTS:
    void includesPointDownwards_data() {
        QTest::addColumn<QString>("floor");
        QTest::addColumn<QString>("forbidden");
        QTest::newRow("engine") << "engine"
                                << "^(ui/|app/|Q[A-Z]|Qt|imgui|qcustomplot)";
        QTest::newRow("ui") << "ui"
                            << "^(app/|Q[A-Z]|Qt|qcustomplot)";
        QTest::newRow("command line") << "app/cli"
                                      << "^(app/(shell|charts|lessons)/|Q[A-Z]|Qt|qcustomplot|imgui)";
        QTest::newRow("shell: Vulkan only through the engine") << "app"
                                                               << "^(vulkan/|volk|imgui)";
        QTest::newRow("lab contract knows no lab") << "engine/gpu"
                                                   << "^engine/(lab|labs|tensor|model)/";
    }
    void includesPointDownwards() {
        QFETCH(QString, floor);
        QFETCH(QString, forbidden);
        const QRegularExpression rule(forbidden);
        QVERIFY(rule.isValid());
        const QStringList files = filesBelow(floor);
        QVERIFY2(files.size() > 3, "the floor is empty: is the path right?");
        for (const QString& file : files)
            for (const QString& include : includes(file))
                QVERIFY2(!rule.match(include).hasMatch(), qPrintable(file + " includes " + include));
    }

    void aLabIsNamedOnlyInItsOwnFoldersAndTheRegistries() {
        const QStringList mayName{"engine/lab/registry.cpp", "engine/bench/registry.cpp", "ui/views.cpp", "ui/bench.cpp"};
        for (const QString& floor : {QStringLiteral("engine"), QStringLiteral("ui"), QStringLiteral("app")})
            for (const QString& file : filesBelow(floor)) {
                const QString path = QDir(QStringLiteral(ORRERY_TEST_DATA "/..")).relativeFilePath(file);
                if (path.contains("labs/") || mayName.contains(path)) continue;
                for (const QString& include : includes(file))
                    QVERIFY2(!include.contains("labs/"), qPrintable(path + " includes " + include));
            }
    }

    void everyFileCarriesItsLicence() {
        for (const QString& floor :
             {QStringLiteral("engine"), QStringLiteral("ui"), QStringLiteral("app"), QStringLiteral("tests")})
            for (const QString& path : filesBelow(floor)) {
                QFile file(path);
                QVERIFY(file.open(QIODevice::ReadOnly));
                QVERIFY2(file.readLine().contains("SPDX-License-Identifier: GPL-3.0-or-later"), qPrintable(path));
            }
    }

    /// README, Contributing. What the build writes (embedded assets, moc) lies in its own folder and is not looked at.
    void noFileIsTooLong() {
        for (const QString& floor : {QStringLiteral("engine"), QStringLiteral("ui"), QStringLiteral("app"),
                                     QStringLiteral("tests"), QStringLiteral("cmake")})
            for (const QString& path : filesBelow(floor)) {
                QFile file(path);
                QVERIFY(file.open(QIODevice::ReadOnly));
                const qsizetype lines = file.readAll().count('\n'), most = path.endsWith(".h") ? 150 : 400;
                QVERIFY2(lines <= most, qPrintable(QString("%1 has %2 lines, at most %3").arg(path).arg(lines).arg(most)));
            }
    }
};

QTEST_GUILESS_MAIN(TestFloors)
#include "tst_floors.moc"
