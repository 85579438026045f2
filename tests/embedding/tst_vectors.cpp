// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers and rows of word vectors as text: every number rounded as it should be, rows in their place whatever thread read them,
// the first mistake told and none hidden; and what binary forms may look like.
#include "engine/labs/embedding/quick_number.h"
#include "engine/labs/embedding/read_table.h"
#include "engine/labs/embedding/text_scan.h"
#include "engine/tensor/host_threads.h"
#include "tests/model/support.h"
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

std::string put(const std::string& name, const std::string& content) {
    static QTemporaryDir folder;
    const std::string path = folder.path().toStdString() + "/" + name;
    std::ofstream(path, std::ios::binary) << content;
    return path;
}
Table read(const std::string& path, const ReadOptions& options = {}) {
    Progress progress;
    return readTable(path, options, progress);
}
std::string printed(const char* format, double x) {
    char text[512];
    std::snprintf(text, sizeof text, format, x);
    return text;
}
std::uint32_t bitsOf(float x) { return std::bit_cast<std::uint32_t>(x); }

/// As the C library rounds it, which is correctly; by the quick way too where that takes it.
bool asStrtof(const std::string& text) {
    float value = 0, quick = 0;
    const float truth = std::strtof(text.c_str(), nullptr);
    const Number found = parseNumber(text, value);
    if (!std::isfinite(truth)) return found == Number::tooLarge;
    const char* at = text.data();
    if (quickNumber(at, text.data() + text.size(), quick) && (at != text.data() + text.size() || bitsOf(quick) != bitsOf(truth)))
        return false;
    return found == Number::good && bitsOf(value) == bitsOf(truth);
}

/// A line of three numbers that tell its row.
std::string lineOf(std::int64_t row) {
    return "w" + std::to_string(row) + " " + std::to_string(row) + " -0." + std::to_string(row % 9973) + " 1.5e-3\n";
}
std::string linesOf(std::int64_t rows) {
    std::string text;
    for (std::int64_t i = 0; i < rows; ++i) text += lineOf(i);
    return text;
}
constexpr std::int64_t many = 120'000; // three million bytes: several pieces

} // namespace

class TestVectors : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void everyNumberIsRoundedOnce_data();
    void everyNumberIsRoundedOnce();
    void theMiddleBetweenTwo();
    void tooLargeAndTooSmall();
    void digitsNextToTheEnd();
    void mostNumbersGoTheQuickWay();
    void rowsStandInTheirPlace();
    void onlyTheFirstRows();
    void theFirstMistakeIsTold();
    void aHeaderThatLiesCostsNoMemory();
    void binaryForms();
};

void TestVectors::everyNumberIsRoundedOnce_data() {
    QTest::addColumn<QByteArray>("format");
    for (const char* format : {"%.4f", "%.5g", "%.6f", "%.7g", "%.8f", "%.9g", "%.12g", "%.17g", "%.25f", "%.3e", "%.8e", "%.0f"})
        QTest::newRow(format) << QByteArray(format);
}

/// Sizes that vectors have, and some that they do not.
void TestVectors::everyNumberIsRoundedOnce() {
    QFETCH(QByteArray, format);
    std::mt19937_64 random(1);
    std::normal_distribution<double> normal;
    for (int i = 0; i < 20000; ++i) {
        const double x = normal(random) * std::pow(10.0, i % 4 == 0 ? double(random() % 80) - 45 : 0);
        QVERIFY2(asStrtof(printed(format, x)), qPrintable(QString::fromStdString(printed(format, x))));
    }
}

/// The middle between neighbouring float32 is exact in float64: written with all its digits it goes to the even one; one digit more
/// or less, far behind, and it goes up or down. Rounded to float64 first all three would be the same.
void TestVectors::theMiddleBetweenTwo() {
    std::mt19937_64 random(2);
    int quick = 0;
    for (int i = 0; i < 20000; ++i) {
        const auto bits = std::uint32_t(random() % 0x20000000 + 0x30000000); // 1e-9 ... 1e9 and beyond
        const double middle = (double(std::bit_cast<float>(bits)) + double(std::bit_cast<float>(bits + 1))) / 2;
        for (const std::string& text : {printed("%.70f", middle), printed("%.70f", middle) + "1", printed("%.17g", middle)})
            QVERIFY2(asStrtof(text), text.c_str());
        const std::string shorter = printed("%.16g", middle); // near the middle only
        QVERIFY2(asStrtof(shorter), shorter.c_str());
        const char* at = shorter.data();
        float value = 0;
        quick += quickNumber(at, shorter.data() + shorter.size(), value);
    }
    QVERIFY2(quick < 20000, "some of these need the general way");
    for (const char* text : {"16777217", "16777217.0", "16777217.0000000000000000001", "16777218.9999999", "33554434.000000001",
                             "0.50000002980232238769531250", "9007199254740993", "9007199254740993e3"})
        QVERIFY2(asStrtof(text), text);
}

void TestVectors::tooLargeAndTooSmall() {
    for (const char* text : {"0.5e400", "10.5e999", "-0.1e99999", "1e99999999999999999999", "1e9223372036854775807",
                             "3.4028236e38", "123456789e31", "00000000000000000000000000000000000000001e39", "1e+400"}) {
        float value = 7;
        QVERIFY2(parseNumber(std::string_view(text), value) == Number::tooLarge, text);
    }
    for (const char* text :
         {"1e-400", "-1e-400", "0e999", "0.0e99999999999999999999", "1e-99999999999999999999", "1e-9223372036854775808", "-0",
          "-0.0e5", "0.00000000000000000000000000000000000000000000000000000000000000001", "1e-46", "7.1e-46",
          "7.006492321624085354618e-46", "1.4e-45", "1.17549435e-38", "1000e-403"})
        QVERIFY2(asStrtof(text), text);
    for (const char* text : {"inf", "-inf", "nan", "Infinity"}) {
        float value = 0;
        QVERIFY2(parseNumber(std::string_view(text), value) == Number::infinite, text);
    }
    for (const char* text : {"", "-", ".", "-.", "e5", ".e5", "1e", "1e+", "1e-", "1..2", "1.2.3", "0x10", "1,5", "1 2", "--1",
                             "\xB1", "1\xB0", "12345678\xFF"}) {
        float value = 0;
        QVERIFY2(parseNumber(std::string_view(text), value) == Number::notANumber, text);
    }
}

/// A number that ends where the memory does, at every length: nothing behind it is read.
void TestVectors::digitsNextToTheEnd() {
    for (std::size_t length = 1; length <= 24; ++length) {
        std::string text = "0.";
        while (text.size() < length) text += char('1' + text.size() % 9);
        text.resize(length);
        const std::unique_ptr<char[]> tight(new char[length]);
        std::copy(text.begin(), text.end(), tight.get());
        float value = 0;
        QVERIFY(parseNumber(std::string_view(tight.get(), length), value) == Number::good);
        QCOMPARE(value, std::strtof(text.c_str(), nullptr));
        const std::string followed = text + "7"; // a digit behind the end does not belong to it
        QVERIFY(parseNumber(std::string_view(followed).substr(0, length), value) == Number::good);
        QCOMPARE(value, std::strtof(text.c_str(), nullptr));
    }
}

void TestVectors::mostNumbersGoTheQuickWay() {
    std::mt19937_64 random(4);
    std::normal_distribution<double> normal(0, 0.4);
    for (const char* format : {"%.5g", "%.6f", "%.9g", "%.8e"}) {
        int quick = 0;
        for (int i = 0; i < 10000; ++i) {
            const std::string text = printed(format, normal(random));
            const char* at = text.data();
            float value = 0;
            quick += quickNumber(at, text.data() + text.size(), value);
        }
        QVERIFY2(quick > 9990, format);
    }
}

void TestVectors::rowsStandInTheirPlace() {
    std::string text = linesOf(many), gaps;
    for (std::size_t at = 0, line = 0; at < text.size(); ++line) { // empty lines do not count, ends of Windows do not matter
        const std::size_t end = text.find('\n', at);
        gaps += text.substr(at, end - at) + (line % 2 ? "\r\n" : " \n") + (line % 5 ? "" : line % 2 ? "\n" : " \t\r\n");
        at = end + 1;
    }
    for (const int cores : {1, 3}) {
        tensor::host::useCores(cores);
        for (const std::string& each : {text, "\xEF\xBB\xBF" + std::to_string(many) + " 3\n" + gaps}) {
            const Table table = read(put("rows.txt", each));
            QCOMPARE(table.rows(), many);
            QVERIFY(table.remarks.empty());
            for (std::int64_t i = 0; i < many; ++i) {
                QVERIFY(table.tokens[std::size_t(i)] == "w" + std::to_string(i));
                QVERIFY(table.values.row(i)[0] == float(i) && table.values.row(i)[2] == 1.5e-3F);
            }
        }
    }
    tensor::host::useCores(0);
    const Table more = read(put("more.txt", "2 3\n" + linesOf(5)));
    QVERIFY(more.rows() == 5 && !more.remarks.empty());
}

void TestVectors::onlyTheFirstRows() {
    const std::string path = put("first.txt", linesOf(many) + "cut 1 2\n");
    for (const std::int64_t rows : {std::int64_t(1), std::int64_t(777), many}) {
        const Table table = read(path, {.mostRows = rows});
        QVERIFY(table.rows() == rows && std::int64_t(table.tokens.size()) == rows);
        QCOMPARE(table.values.row(rows - 1)[0], float(rows - 1));
    }
    QCOMPARE(read(put("few.txt", "3 3\n" + linesOf(3)), {.mostRows = 10}).rows(), std::int64_t(3));
    QVERIFY(!errorOf([&] { read(path); }).empty());
}

/// Whichever thread finds its own first.
void TestVectors::theFirstMistakeIsTold() {
    std::string text;
    for (std::int64_t i = 0; i < many; ++i) text += i == 70'000 || i == 90'000 || i == many - 1 ? "word 1 x 3\n" : lineOf(i);
    const std::string path = put("mistakes.txt", text);
    for (int run = 0; run < 5; ++run) {
        const std::string error = errorOf([&] { read(path); });
        QVERIFY2(error.find("mistakes.txt: line 70001: number 2: 'x' is not a number") != std::string::npos, error.c_str());
    }
}

/// A hundred thousand lines that would need 26 GB.
void TestVectors::aHeaderThatLiesCostsNoMemory() {
    std::string text = "100000 65536\n";
    for (int i = 0; i < 100'000; ++i) text += "a\n";
    const std::string error = errorOf([&] { read(put("lies.vec", text)); });
    QVERIFY2(error.find("line 2: 0 numbers after the word, where other rows have 65536") != std::string::npos, error.c_str());
}

/// The same six numbers as NumPy and others may leave them: the other byte order, columns first, packed, half as wide.
void TestVectors::binaryForms() {
    const std::vector<float> six = {1.5F, -2, 0.25F, 3, -0.125F, 8}; // exact in 16 bits too
    const auto numpy = [](const std::string& type, const std::string& order, const std::string& data) {
        std::string header = "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': (3, 2), }";
        while ((header.size() + 11) % 64) header += ' ';
        return "\x93NUMPY" + std::string("\1\0", 2) + test::u16(header.size() + 1) + header + "\n" + data;
    };
    std::string little, big, columns, half, brain, wide;
    for (const float x : six) {
        const std::uint32_t bits = bitsOf(x);
        little += test::u32(bits);
        for (int shift = 24; shift >= 0; shift -= 8) big += char(bits >> shift);
        brain += test::u16(bits >> 16);
        const int exponent = int(bits >> 23 & 0xFF) - 127 + 15;
        half += test::u16(bits >> 31 << 15 | std::uint32_t(exponent) << 10 | (bits >> 13 & 0x3FF));
        wide += test::u64(std::bit_cast<std::uint64_t>(double(x)));
    }
    for (const int i : {0, 2, 4, 1, 3, 5}) columns += test::u32(bitsOf(six[std::size_t(i)]));
    const auto safetensors = [&](const std::string& type, const std::string& data) {
        return test::safetensors(
            "{\"w\":{\"dtype\":\"" + type + "\",\"shape\":[3,2],\"data_offsets\":[0," + std::to_string(data.size()) + "]}}",
            data);
    };
    const std::string plain = numpy("<f4", "False", little);
    for (const auto& [name, bytes] : std::vector<std::pair<std::string, std::string>>{
             {"little.npy", plain},
             {"big.npy", numpy(">f4", "False", big)},
             {"columns.npy", numpy("<f4", "True", columns)},
             {"wide.npy", numpy("<f8", "False", wide)},
             {"half.npy", numpy("<f2", "False", half)},
             {"packed.npz", test::zipOf({{"points.npy", plain}})},
             {"half.safetensors", safetensors("F16", half)},
             {"brain.safetensors", safetensors("BF16", brain)},
             {"plain.safetensors", safetensors("F32", little)},
             {"vectors.bin", "3 2\na " + little.substr(0, 8) + "\nb " + little.substr(8, 8) + "\nc " + little.substr(16)}}) {
        const Table table = read(put(name, bytes));
        QVERIFY2(table.rows() == 3 && table.dims() == 2, name.c_str());
        for (std::size_t i = 0; i < 6; ++i) QVERIFY2(bitsOf(table.values.all()[i]) == bitsOf(six[i]), name.c_str());
    }
}

QTEST_GUILESS_MAIN(TestVectors)
#include "tst_vectors.moc"
