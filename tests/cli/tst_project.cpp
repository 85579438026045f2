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
    /// What people bring, and what they are told: what, where, what to do. The run stops before it begins.
    void badTables_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QString>("method");
        QTest::addColumn<QString>("says");
        const QByteArray rows = "0.5,1\n2,3\n4,4.5\n1,0\n7,2\n";
        const auto row = [](const char* title, const char* name, const QByteArray& content, const char* method,
                            const char* says) {
            QTest::addRow("%s", title) << QString(name) << content << QString(method) << QString(says);
        };
        row("ragged", "ragged.csv", rows + "1,2,3\n", "pca", "line 6: 3 fields where the first row has 2; complete the line");
        row("NaN", "nan.csv", rows + "1,nan\n", "pca", "line 6: column 2: 'nan' is no finite number; drop the row");
        row("one point", "one.csv", "1,2\n", "pca", "two rows at least; this table has 1; add rows");
        row("one word", "one.txt", "a 1 2\n", "tsne", "two rows at least; this table has 1; add rows");
        row("three points", "three.csv", "1,2\n3,4\n5,7\n", "tsne", "four rows at least; this table has 3; choose");
        row("too few for the perplexity", "few.csv", rows, "tsne", "set it to 1 at most");
        row("too few for the neighbours", "few.csv", rows, "umap", "set them to 5 at most");
        row("truncated binary", "cut.bin", "3 2\na 12345678\nb 12345678\nc 1234567", "pca",
            "byte 28: word 3 of 3 has 7 bytes left where 8 are needed");
        row("the other byte order", "be.bin", "1 2\na " + QByteArray("\x3F\x80\0\0\xBF\0\0\0", 8), "pca", "big-endian machine");
        row("cut in its header", "cut.npy", "\x93NUMPY\x01", "pca", "cut.npy");
        row("numbers that no distance can hold", "large.csv", rows + "3e38,-3e38\n-3e38,3e38\n", "pca",
            "row 5, column 0 (counted from 0): 3e+38 is too large for distances in float32; scale the table");
        row("numbers whose squares vanish", "small.csv", "1e-30,0\n3e-30,0\n2e-30,1e-31\n0,0\n", "pca",
            "no two rows differ by more than 3e-30 in any column");
    }
    void badTables() {
        QFETCH(QString, name);
        QFETCH(QByteArray, content);
        QFETCH(QString, method);
        QFETCH(QString, says);
        QFile file(path(qPrintable(name)));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(content) == content.size());
        file.close();
        const QString out = path("bad.npy");
        const Outcome result = orrery::test::orrery({"project", file.fileName(), "--method", method, "--out", out});
        QCOMPARE(result.code, 1);
        QVERIFY2(result.errors().contains(says) && result.oneLine(), qPrintable(result.err));
        QVERIFY(!QFile::exists(out));
    }
    /// What is odd and can be read: a remark, and a picture of finite numbers.
    void oddTables_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* title, const char* name, const QByteArray& content, const char* says) {
            QTest::addRow("%s", title) << QString(name) << content << QString(says);
        };
        QByteArray mixed, twins, words;
        for (int i = 0; i < 40; ++i) {
            const QByteArray x = QByteArray::number(std::sin(i)), y = QByteArray::number(std::cos(3 * i));
            mixed += x + ",5," + y + "\n";
            twins += QByteArray::number(i % 20) + "," + QByteArray::number(i % 20 * i % 20) + "\n";
            words += (i == 7 ? QByteArray("caf\xE9") : "w" + QByteArray::number(i)) + " " + x + " " + y + "\r\n";
        }
        row("constant column", "constant.csv", mixed, "1 of 3 columns never change");
        row("all rows equal", "equal.csv", QByteArray("1,2,3\n").repeated(40), "All 40 rows are equal");
        row("twins", "twins.csv", twins, "rows have another at distance 0");
        QByteArray large = mixed;
        row("numbers as large as can be", "large.csv", large.replace(",", "e14,"), "1 of 3 columns never change");
        row("Windows-1252 and CRLF", "windows.txt", words, "read as Windows-1252");
        row("byte order mark", "mark.txt", "\xEF\xBB\xBF" + words, "read as Windows-1252");
    }
    void oddTables() {
        QFETCH(QString, name);
        QFETCH(QByteArray, content);
        QFETCH(QString, says);
        QFile file(path(qPrintable(name)));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(content) == content.size());
        file.close();
        for (const char* method : {"pca", "tsne", "umap"}) {
            const Outcome result = orrery::test::orrery(
                {"project", file.fileName(), "--method", method, "--steps", "20", "--perplexity", "5", "--out", path("odd.npy")});
            QVERIFY2(result.code == 0, qPrintable(result.err));
            if (name != "twins.csv" || std::string(method) != "pca")
                QVERIFY2(result.errors().contains(says), qPrintable(result.err));
            std::vector<double> points(80);
            model::NpyFile(path("odd.npy").toStdString()).read(0, points);
            for (const double p : points) QVERIFY(std::isfinite(p));
        }
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
