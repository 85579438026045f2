// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/points_file.h"
#include "engine/model/npy.h"
#include "tests/lab/fake_lab.h"

#include <QtTest/QtTest>

#include <cmath>
#include <fstream>

using namespace orrery;
using namespace orrery::lab;
using orrery::test::errorOf;

class PointsFileTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    std::string save(const std::string& bytes, const char* name = "a.csv") const {
        const std::string path = m_folder.path().toStdString() + "/" + name;
        std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
        return path;
    }
    std::vector<double> read(const std::string& bytes) const { return readPointsFile(save(bytes)); }

 private Q_SLOTS:
    void spellings_data() {
        QTest::addColumn<QByteArray>("text");
        const auto row = [](const char* name, const char* text) { QTest::newRow(name) << QByteArray(text); };
        row("plain", "1,2\n3.5,-4e1\n");
        row("no newline at the end", "1,2\n3.5,-4e1");
        row("header", "x,y\n1,2\n3.5,-4e1\n");
        row("quoted header", "\"x, first\",\"y\"\n1,2\n3.5,-4e1\n");
        row("crlf", "x,y\r\n1,2\r\n3.5,-4e1\r\n");
        row("cr", "x,y\r1,2\r3.5,-4e1\r");
        row("semicolons", "x;y\n1;2\n3.5;-4e1\n");
        row("tabs", "x\ty\n1\t2\n3.5\t-4e1\n");
        row("blanks", "  1   2 \n3.5 \t -4e1\n");
        row("comments", "# two columns\n1,2 # first\n\n   # between\n3.5,-4e1\n#end");
        row("quoted numbers", "\"1\",\" 2 \"\n\"3.5\",\"-4e1\"\n");
        row("blanks around commas", "1 , 2\n 3.5,\t-4e1 \n");
        row("plus", "+1,+2\n+3.5,-4E+1\n");
        row("byte order mark", "\xEF\xBB\xBFx,y\n1,2\n3.5,-4e1\n");
        row("more columns", "x,y,label\n1,2,cat\n3.5,-4e1,\"dog, small\"\n");
        row("blank lines", "\n\n1,2\n\n\n3.5,-4e1\n\n");
        row("semicolon before comma", "\"a,b\";y\n1;2\n3.5;-4e1\n");
    }
    void spellings() {
        QFETCH(QByteArray, text);
        QCOMPARE(read(text.toStdString()), (std::vector<double>{1, 2, 3.5, -40}));
    }

    void refused_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QStringList>("says");
        const auto row = [](const char* name, QByteArray text, QStringList says) { QTest::newRow(name) << text << says; };
        row("empty", "", {"is empty"});
        row("only a header", "x,y\n", {"no row of numbers"});
        row("only comments", "# a\n# b\n", {"no row of numbers"});
        row("one column", "1\n2\n3\n", {"row 1 ", "1 column", "needs 2"});
        row("one column with header", "x\n2\n3\n", {"row 2 ", "1 column", "needs 2"});
        row("short row", "1,2\n3\n", {"row 2 ", "1 column", "first row has 2"});
        row("long row", "1,2\n3,4,5\n", {"row 2 ", "3 columns", "first row has 2"});
        row("word", "1,2\n# c\n3,abc\n", {"row 3,", "column 2", "'abc'"});
        row("decimal comma", "1,5;2,5\n", {"no row of numbers"});
        row("decimal comma below", "1;2\n1,5;2,5\n", {"row 2,", "column 1", "'1,5'", "decimal point"});
        row("nan", "1,2\nnan,4\n", {"row 2,", "column 1", "'nan'", "finite"});
        row("inf", "1,2\n3,-inf\n", {"row 2,", "column 2", "'-inf'", "finite"});
        row("too large", "1,2\n3,1e999\n", {"row 2,", "column 2", "finite"});
        row("empty field", "1,2\n,4\n", {"row 2,", "column 1", "is empty"});
        row("open quote", "1,2\n\"3,4\n", {"row 2", "quote"});
        row("binary", QByteArray("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16), {"table in text"});
        row("utf-16",
            QByteArray("\xFF\xFE"
                       "1\0,\0",
                       6),
            {"UTF-16"});
        row("no line ends", QByteArray(3000000, '7'), {"longer"});
        row("hexadecimal", "1,2\n0x10,4\n", {"row 2,", "'0x10'"});
    }
    void refused() {
        QFETCH(QByteArray, text);
        QFETCH(QStringList, says);
        const QString error =
            QString::fromStdString(errorOf([&] { read(std::string(text.constData(), std::size_t(text.size()))); }));
        QVERIFY2(error.contains("a.csv") && !error.contains('\n'), qPrintable(error));
        for (const QString& part : says) QVERIFY2(error.contains(part), qPrintable(error));
    }

    void tinyNumbersAreZero() { QCOMPARE(read("1e-999,2\n"), (std::vector<double>{0, 2})); }

    void onePoint() { QCOMPARE(read("1,2"), (std::vector<double>{1, 2})); }

    void noFile() {
        QVERIFY(errorOf([&] { PointsFile file(m_folder.path().toStdString()); }).find("is a folder") != std::string::npos);
        QVERIFY(errorOf([&] { PointsFile file("no/such.csv"); }).find("cannot be read") != std::string::npos);
    }

    /// Lines that lie across the borders of the megabyte pieces must come out whole; every value is its own row number.
    void largeTextInSlices() {
        std::string text = "x y\r\n";
        const int rows = 400000;
        for (int i = 0; i < rows; ++i) text += std::to_string(i) + " " + std::to_string(i) + ".25\r\n";
        PointsFile file(save(text));
        double before = 0;
        int slices = 0;
        while (file.fraction() < 1) {
            const double fraction = file.slice(0);
            QVERIFY(fraction >= before);
            before = fraction;
            ++slices;
        }
        QVERIFY(slices > 4);
        QCOMPARE(file.rows(), std::uint64_t(rows));
        const auto points = file.take();
        QCOMPARE(points.size(), std::size_t(2 * rows));
        for (int i = 0; i < rows; ++i)
            if (points[2 * i] != i || points[2 * i + 1] != i + 0.25) QFAIL(qPrintable(QString("row %1").arg(i)));
    }

    /// Random changes of a table: points or an Error, never anything else, and never a number that is not finite.
    void fuzz() {
        const std::string whole = "x,y # c\r\n1.5,\"2\"\n-3e2,4\n\n5,6\n";
        const std::string alphabet = ",;\t \"#\r\n0123456789.eE+-nainf\xEF\xBB\xFF";
        std::uint32_t state = 1;
        const auto next = [&](std::size_t below) { return (state = state * 1664525u + 1013904223u) / 65536u % below; };
        for (int i = 0; i < 3000; ++i) {
            std::string text = whole;
            for (std::size_t edits = 1 + next(4); edits > 0; --edits) {
                const std::size_t at = next(text.size());
                if (next(2))
                    text[at] = alphabet[next(alphabet.size())];
                else
                    text.erase(at, 1 + next(3));
            }
            std::vector<double> points;
            const std::string error = errorOf([&] { points = read(text); });
            QVERIFY(error.empty() ? !points.empty() && points.size() % 2 == 0 : error.find("a.csv") != error.npos);
            for (const double value : points) QVERIFY(std::isfinite(value));
        }
    }

    void npyInEitherOrder() {
        const std::string path = m_folder.path().toStdString() + "/p.npy";
        model::writeNpy(path, {2, 3}, std::vector<float>{1, 2, 9, 3, 4, 9}); // a third column is skipped
        QCOMPARE(readPointsFile(path), (std::vector<double>{1, 2, 3, 4}));
        std::ifstream in(path, std::ios::binary);
        std::string bytes{std::istreambuf_iterator<char>(in), {}};
        bytes.replace(bytes.find("False, 'shape'"), 6, "True, ");
        save(bytes, "f.npy"); // the same numbers column by column: x 1 2 / y 9 3 / 4 9
        QCOMPARE(readPointsFile(m_folder.path().toStdString() + "/f.npy"), (std::vector<double>{1, 9, 2, 3}));
        QVERIFY(QFile::copy(QString::fromStdString(path), m_folder.path() + "/p.dat")); // known by its first bytes
        QCOMPARE(readPointsFile(m_folder.path().toStdString() + "/p.dat"), (std::vector<double>{1, 2, 3, 4}));
    }

    void npyManySlices() {
        const std::string path = m_folder.path().toStdString() + "/many.npy";
        const std::uint64_t rows = 700001;
        std::vector<float> values;
        for (std::uint64_t i = 0; i < 3 * rows; ++i) values.push_back(float(i));
        model::writeNpy(path, {rows, 3}, values);
        PointsFile file(path);
        int slices = 0;
        while (file.slice(0) < 1) ++slices;
        QVERIFY(slices > 2);
        const auto points = file.take();
        QCOMPARE(points.size(), std::size_t(2 * rows));
        for (std::uint64_t i = 0; i < rows; ++i)
            if (points[2 * i] != values[3 * i] || points[2 * i + 1] != values[3 * i + 1])
                QFAIL(qPrintable(QString("row %1").arg(i)));
        QCOMPARE(points.back(), double(float(3 * rows - 2)));
    }

    void npyRefused() {
        const std::string path = m_folder.path().toStdString() + "/r.npy";
        const auto error = [&] { return QString::fromStdString(errorOf([&] { readPointsFile(path); })); };
        model::writeNpy(path, {4}, std::vector<float>(4));
        QVERIFY2(error().contains("[4]") && error().contains("[N, 2]"), qPrintable(error()));
        model::writeNpy(path, {4, 1}, std::vector<float>(4));
        QVERIFY(error().contains("[4, 1]"));
        model::writeNpy(path, {0, 2}, std::vector<float>());
        QVERIFY(error().contains("is empty"));
        model::writeNpy(path, {3, 2}, std::vector<float>{1, 2, 3, NAN, 5, 6});
        QVERIFY2(error().contains("row 2, column 2") && error().contains("nan"), qPrintable(error()));
        save("not numpy at all", "r.npy");
        QVERIFY(error().contains("byte 0"));
    }

    /// A sparse file claims its rows without holding them on the disk.
    void tenMillionAndOne() {
        const std::string path = m_folder.path().toStdString() + "/huge.npy";
        const std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (10000001, 2), }\n";
        std::string bytes("\x93NUMPY\x01\x00", 8);
        bytes += char(header.size());
        bytes += '\0';
        std::ofstream(path, std::ios::binary) << bytes << header;
        QVERIFY(QFile(QString::fromStdString(path)).resize(qint64(10 + header.size() + 20000002)));
        const QString error = QString::fromStdString(errorOf([&] { PointsFile file(path); }));
        QVERIFY2(error.contains("10000001 rows") && error.contains("10000000"), qPrintable(error));
    }

    void tenMillionInText() {
        std::string text;
        for (int i = 0; i < 1000; ++i) text += "1,2\n";
        const std::string path = m_folder.path().toStdString() + "/rows.csv";
        {
            std::ofstream out(path, std::ios::binary);
            for (int i = 0; i < 10000; ++i) out << text;
        }
        QCOMPARE(readPointsFile(path).size(), std::size_t(20000000));
        std::ofstream(path, std::ios::app) << "3,4\n";
        const QString error = QString::fromStdString(errorOf([&] { readPointsFile(path); }));
        QVERIFY2(error.contains("more than 10000000 rows"), qPrintable(error));
    }
};

QTEST_GUILESS_MAIN(PointsFileTest)
#include "tst_points_file.moc"
