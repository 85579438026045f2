// SPDX-License-Identifier: GPL-3.0-or-later
// orrery project, as a person types it.
#include "engine/model/npy.h"
#include "tests/cli/support.h"

#include <QTemporaryDir>
#include <QtTest/QtTest>

#include <nlohmann/json.hpp>

#include <cmath>

using namespace orrery;
using orrery::test::Outcome;

class TestProject : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void initTestCase() {
        QFile file(path("table.csv"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("a,b,c,kind\n");
        for (int i = 0; i < 120; ++i)
            file.write(QByteArray::number(std::sin(i) + 5 * (i % 3)) + "," + QByteArray::number(std::cos(2 * i)) + "," +
                       QByteArray::number(i % 7) + ",k" + QByteArray::number(i % 3) + "\n");
    }
    void coordinates_data() {
        QTest::addColumn<QString>("method");
        QTest::addColumn<int>("dims");
        for (const char* method : {"pca", "tsne", "umap", "random"})
            for (const int dims : {2, 3}) QTest::addRow("%s %d", method, dims) << QString(method) << dims;
    }
    void coordinates() {
        QFETCH(QString, method);
        QFETCH(int, dims);
        QStringList arguments = {"project", path("table.csv"), "--method",        method, "--dims", QString::number(dims),
                                 "--stats", "--out",           path("points.npy")};
        if (method == "tsne" || method == "umap") arguments += {"--steps", "30"};
        if (method == "tsne") arguments += {"--perplexity", "10"};
        const Outcome result = orrery::test::orrery(arguments);
        QVERIFY2(result.code == 0, qPrintable(result.err));
        model::NpyFile points(path("points.npy").toStdString());
        QCOMPARE(points.header().shape, (std::vector<std::uint64_t>{120, std::uint64_t(dims)}));
        const auto stats = nlohmann::json::parse(result.out.toStdString());
        QCOMPARE(stats["rows"].get<int>(), 120);
        QCOMPARE(stats["dimensions"].get<int>(), 3);
    }
    void tablesKeepTheirMetadata() {
        QVERIFY(orrery::test::orrery({"project", path("table.csv"), "--out", path("points.csv")}).code == 0);
        QFile file(path("points.csv"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readLine(), QByteArray("row,x,y,kind\n"));
        QVERIFY(file.readLine().endsWith(",k0\n"));
    }
    void oldRowsArePlacedWhereTheyAre() {
        QVERIFY(orrery::test::orrery({"project", path("table.csv"), "--out", path("all.npy")}).code == 0);
        QVERIFY(orrery::test::orrery({"project", path("table.csv"), "--place", path("table.csv"), "--out", path("placed.npy")})
                    .code == 0);
        std::vector<double> a(240), b(240);
        model::NpyFile(path("all.npy").toStdString()).read(0, a);
        model::NpyFile(path("placed.npy").toStdString()).read(0, b);
        for (std::size_t i = 0; i < a.size(); ++i) QVERIFY(std::abs(a[i] - b[i]) < 1e-5);
    }
    void oneClearLine_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("says");
        QTest::newRow("no file") << QStringList{path("nobody.csv"), "--out", path("x.npy")} << "there is no such file";
        QTest::newRow("no such output") << QStringList{path("table.csv"), "--out", path("x.xyz")} << ".npy, .csv or .json";
        QTest::newRow("perplexity") << QStringList{path("table.csv"), "--method",   "tsne", "--perplexity", "100",
                                                   "--out",           path("x.npy")}
                                    << "set it to 39 at most";
    }
    void oneClearLine() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, says);
        const Outcome result = orrery::test::orrery(QStringList{"project"} + arguments);
        QCOMPARE(result.code, 1);
        QVERIFY2(result.errors().contains(says) && result.oneLine(), qPrintable(result.err));
    }

 private:
    QString path(const char* name) const { return m_folder.filePath(name); }
    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(TestProject)
#include "tst_project.moc"
