// SPDX-License-Identifier: GPL-3.0-or-later
// Tables from files: the same vectors through every format are the same bits; what is odd is read with a remark; what is damaged
// or lies is refused in one line that names the row or the byte.
#include "engine/labs/embedding/glyphs.h"
#include "engine/labs/embedding/read_table.h"
#include "engine/labs/embedding/text_scan.h"
#include "engine/model/npy.h"
#include "engine/model/png.h"
#include "engine/model/safetensors.h"
#include "tests/support/damage.h"
#include "tests/support/error_of.h"

#include <QTemporaryDir>
#include <QtTest/QtTest>

#include <cmath>
#include <fstream>
#include <random>

using namespace orrery;
using namespace orrery::embedding;
using orrery::test::errorOf;

namespace {

std::string folder() {
    static QTemporaryDir dir;
    return dir.path().toStdString() + "/";
}
std::string put(const std::string& name, const std::string& content) {
    std::ofstream(folder() + name, std::ios::binary) << content;
    return folder() + name;
}
Table read(const std::string& path, const ReadOptions& options = {}) {
    Progress progress;
    return readTable(path, options, progress);
}
std::string bytesOf(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// Floats of any size, among them those that are hard to write: subnormals, the largest, the least.
Matrix hardVectors(std::int64_t n, std::int64_t D) {
    std::mt19937_64 random(7);
    std::vector<float> values;
    while (std::int64_t(values.size()) < n * D) {
        const float value = std::bit_cast<float>(std::uint32_t(random()));
        if (std::isfinite(value)) values.push_back(value);
    }
    values[0] = 0.0F, values[1] = -0.0F, values[2] = 1e-45F, values[3] = 3.4028235e38F, values[4] = 1.17549435e-38F;
    return Matrix(n, D, std::move(values));
}
std::vector<std::string> words(std::int64_t n) {
    std::vector<std::string> all;
    for (std::int64_t i = 0; i < n; ++i) all.push_back("w" + std::to_string(i));
    return all;
}
bool same(const Matrix& a, const Matrix& b) {
    return a.rows() == b.rows() && a.columns() == b.columns() && std::memcmp(a.data(), b.data(), a.all().size_bytes()) == 0;
}
/// With nine digits, as most programs print float32.
std::string printed(float x) {
    char text[32];
    std::snprintf(text, sizeof text, "%.9g", double(x));
    return text;
}
std::string asText(const Matrix& m, const std::vector<std::string>& names, const std::string& separator, const std::string& first,
                   const std::string& end) {
    std::string text = first;
    for (std::int64_t i = 0; i < m.rows(); ++i) {
        text += names.empty() ? "" : names[std::size_t(i)];
        for (std::int64_t d = 0; d < m.columns(); ++d)
            text += (names.empty() && d == 0 ? "" : separator) + printed(m.row(i)[std::size_t(d)]);
        text += end;
    }
    return text;
}

} // namespace

class TestTables : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void everyFormatGivesTheSameBits();
    void numbersAreRoundedAsTheCLibraryDoes();
    void manyPiecesAreOneTable();
    void wordsMayHoldAnything();
    void headingsAndMetadata();
    void classesInAnArchive();
    void aBundleFromAnotherLab();
    void glyphsAreTheSameForTheSameSeed();
    void refused_data();
    void refused();
    void damagedFilesAreRefusedOrRead();
};

/// Check 24.
void TestTables::everyFormatGivesTheSameBits() {
    const Matrix m = hardVectors(37, 9);
    const auto names = words(37);
    const std::string header = "37 9\n";
    QVERIFY(same(read(put("a.txt", asText(m, names, " ", header, " \n"))).values, m));
    QVERIFY(same(read(put("a.vec", asText(m, names, " ", header, "\r\n"))).values, m));
    QVERIFY(same(read(put("glove.txt", asText(m, names, " ", "", "\n"))).values, m));
    QVERIFY(same(read(put("a.tsv", asText(m, {}, "\t", "", "\n"))).values, m));
    QVERIFY(same(read(put("a.csv", asText(m, {}, ",", "", "\n"))).values, m));
    writeVectorsText(folder() + "own.txt", m, names);
    QVERIFY(same(read(folder() + "own.txt").values, m));
    writeVectorsBinary(folder() + "own.bin", m, names);
    const Table binary = read(folder() + "own.bin");
    QVERIFY(same(binary.values, m));
    QCOMPARE(binary.tokens, names);
    model::writeNpy(folder() + "a.npy", {37, 9}, m.all());
    QVERIFY(same(read(folder() + "a.npy").values, m));
    model::writeNpy(folder() + "cube.npy", {37, 3, 3}, m.all());
    QVERIFY(same(read(folder() + "cube.npy").values, m));
    const model::TensorToWrite tensors[] = {{"small", model::Stored::f32, {2, 2}, std::as_bytes(m.all().subspan(0, 4))},
                                            {"words", model::Stored::f32, {37, 9}, std::as_bytes(m.all())}};
    model::writeSafetensors(folder() + "a.safetensors", tensors);
    const Table largest = read(folder() + "a.safetensors");
    QVERIFY(same(largest.values, m));
    QVERIFY2(!largest.remarks.empty(), "which of two tensors was taken must be told");
    QCOMPARE(read(folder() + "a.safetensors", {.tensor = "small"}).rows(), std::int64_t(2));
    QCOMPARE(read(folder() + "own.txt", {.mostRows = 5}).rows(), std::int64_t(5));
}

/// Short and long ones, with and without an exponent.
void TestTables::numbersAreRoundedAsTheCLibraryDoes() {
    std::mt19937_64 random(3);
    for (int i = 0; i < 200000; ++i) {
        std::string text = random() % 2 ? "-" : "";
        const auto digits = [&](std::size_t most) {
            for (std::size_t n = random() % (most + 1); n > 0; --n) text += char('0' + random() % 10);
        };
        text += char('0' + random() % 10);
        digits(random() % 4 ? 3 : 12);
        if (random() % 8) text += ".", digits(random() % 4 ? 6 : 14);
        if (random() % 8 == 0) text += "e" + std::to_string(int(random() % 60) - 40);
        float value = 0;
        const Number found = parseNumber(text, value);
        const float truth = std::strtof(text.c_str(), nullptr);
        if (std::isfinite(truth))
            QVERIFY2(found == Number::good && std::bit_cast<std::uint32_t>(value) == std::bit_cast<std::uint32_t>(truth),
                     text.c_str());
        else
            QVERIFY2(found == Number::tooLarge, text.c_str());
    }
    for (const char* no : {"", "-", ".", "1.2.3", "1e", "abc", "1x", "--1", "+-1"}) {
        float value = 0;
        QVERIFY2(parseNumber(std::string_view(no), value) == Number::notANumber, no);
    }
}

/// Larger than the pieces that several threads read at a time: rows stay in their order.
void TestTables::manyPiecesAreOneTable() {
    const std::int64_t n = 60000, D = 12;
    std::vector<float> values(std::size_t(n * D));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = float(i) * 1.37e-3F;
    const Matrix m(n, D, std::move(values));
    const Table table = read(put("large.txt", asText(m, words(n), " ", "", "\n")));
    QVERIFY(same(table.values, m));
    QCOMPARE(table.tokens, words(n));
}

void TestTables::wordsMayHoldAnything() {
    const Table blanks =
        read(put("blanks.txt", ". . . 1 2\nat name@x.org 3 4\nplain 5 6\n\xC2\xA0nbsp\xC2\x85 7 8\n1 2 3 9 10\n"));
    QCOMPARE(blanks.dims(), std::int64_t(2));
    QCOMPARE(blanks.tokens, (std::vector<std::string>{". . .", "at name@x.org", "plain", "\xC2\xA0nbsp\xC2\x85", "1 2 3"}));
    QCOMPARE(blanks.values.row(4)[1], 10.0F);
    const Table marked = read(put("bom.txt", "\xEF\xBB\xBFword 1 2\nother 3 4"));
    QCOMPARE(marked.tokens, (std::vector<std::string>{"word", "other"}));
    const Table windows = read(put("cp1252.txt", "caf\xE9 1 2\n\x93quote\x94 3 4\n"));
    QCOMPARE(windows.tokens, (std::vector<std::string>{"caf\xC3\xA9", "\xE2\x80\x9Cquote\xE2\x80\x9D"}));
    QVERIFY(!windows.remarks.empty());
    const Table twice = read(put("twice.txt", "2 2\nsame 1 2\nsame 3 4\n"));
    QCOMPARE(twice.rows(), std::int64_t(2));
    // without the line end after each vector, as some writers leave it
    const std::string loose = std::string("2 1\na ") + std::string("\0\0\x80\x3F", 4) + "b " + std::string("\0\0\0\x40", 4);
    const Table binary = read(put("loose.bin", loose));
    QCOMPARE(binary.values.row(0)[0], 1.0F);
    QCOMPARE(binary.values.row(1)[0], 2.0F);
    const Table longer = read(put("longer.bin", loose + "\nc 1234"));
    QVERIFY2(longer.remarks.size() == 1 && longer.remarks[0].starts_with("6 bytes follow the last of the 2 words"),
             longer.remarks.empty() ? "" : longer.remarks[0].c_str());
}

void TestTables::headingsAndMetadata() {
    const Table table =
        read(put("iris.csv", "length,width,species,id\n5.1,3.5,setosa,1\n4.9,3,\"virginica, pale\",2\n5,3.1,setosa,3\n"));
    QCOMPARE(table.dims(), std::int64_t(2));
    QCOMPARE(table.columns.size(), std::size_t(2));
    QCOMPARE(table.columns[0].categories, (std::vector<std::string>{"setosa", "virginica, pale"}));
    QCOMPARE(table.columns[1].values, (std::vector<float>{1, 2, 3}));
    put("vectors.tsv", "1\t2\n3\t4\n5\t6\n");
    put("metadata.tsv", "word\tcount\none\t10\ntwo\t20\nthree\t30\n");
    const Table pair = read(folder() + "vectors.tsv");
    QCOMPARE(pair.tokens, (std::vector<std::string>{"one", "two", "three"}));
    QCOMPARE(pair.columns.at(0).values, (std::vector<float>{10, 20, 30}));
    const std::string labels = put("labels-only.tsv", "a\nb\na\n");
    const Table labelled = read(put("numbers.csv", "1;2\n3;4\n5;6\n"), {.metadata = labels});
    QCOMPARE(labelled.columns.at(0).categories, (std::vector<std::string>{"a", "b"}));
    std::string many; // more categories than a byte counts
    for (int i = 0; i < 600; ++i) many += "1,2,c" + std::to_string(i % 300) + "\n";
    QCOMPARE(read(put("many.csv", many)).columns.at(0).categories.size(), std::size_t(300));
}

void TestTables::classesInAnArchive() {
    const model::TensorToWrite tensors[] = {
        {"X",
         model::Stored::f32,
         {4, 2},
         std::as_bytes(std::span("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 32))},
        {"y", model::Stored::u8, {4}, std::as_bytes(std::span("\3\1\3\3", 4))}};
    model::writeSafetensors(folder() + "xy.safetensors", tensors);
    const Table table = read(folder() + "xy.safetensors");
    QCOMPARE(table.columns.at(0).categories, (std::vector<std::string>{"1", "3"}));
    QCOMPARE(table.columns.at(0).values, (std::vector<float>{1, 0, 1, 1}));
}

void TestTables::aBundleFromAnotherLab() {
    const std::vector<float> values = {1, 2, 3, 4, 5, 6};
    model::writeNpy(folder() + "patches.npy", {3, 2}, values);
    put("patches.labels.tsv", "sky\nsea\nsky\n");
    std::vector<std::uint8_t> sheet(std::size_t(8 * 8 * 3), 0); // two pictures of 4 x 4 a row
    sheet[std::size_t((0 * 8 + 4) * 3)] = 77;                   // second picture, first pixel
    model::writePng(folder() + "patches.thumbs.png", 8, 8, 3, sheet);
    const Table table = read(folder() + "patches.npy");
    QCOMPARE(table.columns.at(0).categories, (std::vector<std::string>{"sky", "sea"}));
    QCOMPARE(table.thumbnails.width, 4);
    QCOMPARE(int(table.thumbnails.pixels[4 * 4 * 3]), 77);
}

void TestTables::glyphsAreTheSameForTheSameSeed() {
    Progress progress;
    const Table few = glyphs(60, 3, progress), many = glyphs(200, 3, progress), other = glyphs(60, 4, progress);
    QVERIFY2(std::memcmp(few.values.data(), many.values.data(), few.values.all().size_bytes()) == 0,
             "a picture does not depend on how many there are");
    QVERIFY(std::memcmp(few.values.data(), other.values.data(), few.values.all().size_bytes()) != 0);
    QCOMPARE(few.columns[0].categories.size(), std::size_t(20));
    for (std::int64_t i = 0; i < few.rows(); ++i) {
        float ink = 0;
        for (const float v : few.values.row(i)) ink += v;
        QVERIFY2(ink > 10 && ink < 150, "no picture is blank and none is full");
    }
}

void TestTables::refused_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* title, const char* name, const std::string& content, const char* says) {
        QTest::addRow("%s", title) << QString(name) << QByteArray(content.data(), int(content.size())) << QString(says);
    };
    const std::string one("\0\0\x80\x3F", 4);
    row("empty", "e.csv", "", "empty");
    row("blank", "b.csv", " \n \n", "empty");
    row("ragged CSV", "r.csv", "1,2\n3,4,5\n", "line 2: 3 fields where the first row has 2");
    row("short CSV", "s.csv", "1,2\n3\n", "line 2: 1 field where the first row has 2");
    row("word among numbers", "w.csv", "a,b\n1,2\n3,x4\n5,6\n", "line 3: b: 'x4' is not a number");
    row("NaN in CSV", "n.csv", "1,2\n3,nan\n", "line 2: column 2: 'nan' is no finite number");
    row("gap", "g.csv", "a,b\n1,2\n3,\n", "line 3: b: an empty field");
    row("open quote", "q.csv", "a,b\n1,\"2\n3,4\n", "quote");
    row("no numbers", "t.csv", "a,b\nc,d\n", "none of its 2 columns holds numbers");
    row("too large a number", "l.csv", "1,2\n1e99,2\n", "beyond float32");
    row("decimal commas", "d.csv", "a;b\n0,5;1,25\n", "line 2: numbers with a comma for their point");
    row("carriage returns alone", "cr.csv", "1,2\r3,4\r", "byte 3: lines end with a carriage return alone");
    row("an endless line", "endless.csv", std::string(17U << 20, ','), "line 1: a line of 17825792 bytes");
    row("an endless line of vectors", "endless.vec", "2 1\na 1\nb" + std::string(17U << 20, ' ') + "x", "line 3: a line of");
    row("gzip", "z.csv", "\x1F\x8B\x08rest", "packed by gzip");
    row("Parquet", "p.csv", "PAR1rest", "Parquet");
    row("a picture", "p.png", "\x89PNG\r\n\x1a\nrest", "a picture, not a table");
    row("a zero byte in text", "zero.txt", std::string("a 1 2\nb\0c 3 4\n", 15), "byte 7 is zero");
    row("UTF-16", "u.csv",
        std::string("\xFF\xFE"
                    "1\0,\0002\0",
                    8),
        "UTF-16");
    row("ragged vectors", "rv.txt", "2 3\na 1 2 3\nb 1 2\n", "line 3: 2 numbers after the word, where other rows have 3");
    row("NaN in vectors", "nv.txt", "a 1 2\nb 3 nan\n", "no finite number");
    row("NaN not at the end", "nb.txt", "a 1 2 3\nb 3 nan 4\nc 1 2 3\n", "line 2: number 2: 'nan' is no finite number");
    row("too large a number in vectors", "lv.txt", "a 1 2 3\nb 1e999 3 4\n", "line 2: number 1: '1e999' is beyond float32");
    row("one line cut", "cl.txt", "a 1 2 3\nb 1 2\nc 1 2 3\n", "line 2: 2 numbers after the word, where other rows have 3");
    row("one line cut of two", "c2.txt", "a 1 2\nb 1\n", "line 2: 1 number after the word, where other rows have 2");
    row("fewer numbers announced than there", "fn.txt", "3 2\na 1 2 3\nb 1 2 3\nc 1 2 3\n",
        "line 1 announces 2 numbers a word, most lines have 3");
    row("words announced, none there", "wn.vec", "5 4\n", "no word follows");
    row("more words announced than there", "m.txt", "5 2\na 1 2\nb 3 4\n", "line 1 announces 5 words, 2 are there");
    row("one word fewer than announced", "f.txt", "3 2\na 1 2\nb 3 4\n", "line 1 announces 3 words, 2 are there");
    row("more in the header than memory", "h.txt", "99999999999999 2\na 1 2\n", "line 1 announces 99999999999999 words");
    row("no dimensions", "z.txt", "5 0\na\n", "line 2");
    row("cut binary", "c.bin", "2 1\na " + one + "\nb \0\0", "byte");
    row("binary with a lying header", "lie.bin", "1000000 300\na " + one, "byte 0: the first line announces 1000000 words");
    row("big-endian binary", "be.bin",
        std::string("1 4\na ") + std::string("\x3F\x80\0\0\x3F\x80\0\0\xBF\x00\0\0\x3E\x80\0\0", 16), "big-endian");
    std::string shortRows = "200 2\n";
    for (int i = 0; i < 200; ++i) {
        shortRows += "w" + std::to_string(i) + " ";
        for (const float x : {0.37F * float(i) - 20, 1 / (float(i) + 0.3F)})
            for (int shift = 24; shift >= 0; shift -= 8) shortRows += char(std::bit_cast<std::uint32_t>(x) >> shift);
    }
    row("big-endian binary of short rows", "bs.bin", shortRows, "big-endian");
    row("NaN in binary", "nan.bin", std::string("1 1\na ") + std::string("\0\0\xC0\x7F", 4), "not finite");
    row("fastText model", "ft.bin", std::string("\xBA\x16\x4F\x2F\x0C\0\0\0", 8), "fastText");
    row("GloVe binary", "gl.bin", std::string(64, '\1'), "GloVe");
    row("no tensor with rows", "flat.npy",
        "\x93NUMPY\x01" + std::string(1, '\0') + std::string("\x46\0", 2) +
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }" + std::string(12, ' ') + "\n" + one,
        "rows and columns");
    row("objects in npy", "obj.npy",
        "\x93NUMPY\x01" + std::string(1, '\0') + std::string("\x46\0", 2) +
            "{'descr': '|O', 'fortran_order': False, 'shape': (1, 1), }" + std::string(11, ' ') + "\n" + one,
        "obj.npy");
    row("no known kind", "k.dat",
        std::string("\x7F"
                    "ELF\2\1\1\0\0\0",
                    10),
        "k.dat");
}

void TestTables::refused() {
    QFETCH(QString, name);
    QFETCH(QByteArray, content);
    QFETCH(QString, says);
    const std::string path = put(name.toStdString(), content.toStdString());
    const std::string error = errorOf([&] { read(path); });
    QVERIFY2(QString::fromStdString(error).contains(says), error.c_str());
    QVERIFY2(error.find(name.toStdString()) != std::string::npos && error.find('\n') == std::string::npos, error.c_str());
}

/// Whatever is done to a file: an Error of one line, or a table whose numbers are finite.
void TestTables::damagedFilesAreRefusedOrRead() {
    const Matrix m = hardVectors(20, 5);
    const auto names = words(20);
    writeVectorsText(folder() + "d.txt", m, names);
    writeVectorsBinary(folder() + "d.bin", m, names);
    model::writeNpy(folder() + "d.npy", {20, 5}, m.all());
    put("d.csv", asText(m, names, ",", "name,a,b,c,d,e\n", "\n"));
    const std::string other = bytesOf(folder() + "d.bin");
    orrery::test::Damage damage(11, {"nan", "inf", "1e999", "\"", ",,", "\t", "\r", "\xFF", "999999999", std::string(1, '\0')});
    int refusals = 0;
    for (const char* name : {"d.txt", "d.bin", "d.npy", "d.csv"}) {
        const std::string whole = bytesOf(folder() + name);
        for (int i = 0; i < 400; ++i) {
            std::string bytes = whole;
            for (std::size_t t = damage.times(); t > 0; --t) damage(bytes, other);
            const std::string path = put(std::string("damaged") + (name + 1), bytes);
            try {
                const Table table = read(path);
                for (const float v : table.values.all()) QVERIFY(std::isfinite(v));
                QVERIFY(table.tokens.empty() || std::int64_t(table.tokens.size()) == table.rows());
            } catch (const Error& error) {
                ++refusals;
                QVERIFY2(std::string(error.what()).find('\n') == std::string::npos, error.what());
            }
        }
    }
    QVERIFY2(refusals > 200, "the damage must be noticed often");
}

QTEST_GUILESS_MAIN(TestTables)
#include "tst_tables.moc"
