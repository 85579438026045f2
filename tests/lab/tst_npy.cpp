// SPDX-License-Identifier: GPL-3.0-or-later
// The files are made here byte by byte after NumPy's format description, not by our own writer.
#include "engine/model/npy.h"
#include "tests/lab/fake_lab.h"

#include <QtTest/QtTest>

#include <bit>
#include <cmath>
#include <fstream>

using namespace orrery;
using namespace orrery::model;
using orrery::test::errorOf;

class NpyTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    std::string save(const std::string& bytes) const {
        const std::string path = (m_folder.path() + "/a.npy").toStdString();
        std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
        return path;
    }

    static std::string withHeader(const std::string& header, const std::string& data, int version = 1) {
        std::string bytes("\x93NUMPY", 6);
        bytes += char(version);
        bytes += '\0';
        for (int i = 0; i < (version == 1 ? 2 : 4); ++i) bytes += char(header.size() >> (8 * i));
        return bytes + header + data;
    }

    static std::string dict(const std::string& descr, const std::string& shape, bool fortran = false) {
        return "{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': " + shape + ", }\n";
    }

    std::vector<double> readAll(const std::string& bytes) const {
        NpyFile file(save(bytes));
        std::vector<double> values(file.header().count);
        file.read(0, values);
        return values;
    }

    template <class T>
    static std::string raw(std::vector<T> values, bool bigEndian) {
        std::string bytes;
        for (const T value : values) {
            std::array<char, sizeof(T)> item = std::bit_cast<std::array<char, sizeof(T)>>(value);
            if (bigEndian) std::reverse(item.begin(), item.end());
            bytes.append(item.data(), item.size());
        }
        return bytes;
    }

    template <class T>
    void checkType(const std::string& name, std::vector<T> values) const {
        for (const bool big : {false, true})
            for (const int version : {1, 2, 3}) {
                const std::string shape = "(" + std::to_string(values.size()) + ",)";
                const auto read = readAll(withHeader(dict((big ? ">" : "<") + name, shape), raw(values, big), version));
                QCOMPARE(read.size(), values.size());
                for (std::size_t i = 0; i < values.size(); ++i) QCOMPARE(read[i], double(values[i]));
            }
    }

 private Q_SLOTS:
    void everyType() {
        checkType<float>("f4", {1.5F, -2.25F, 0, 3e38F});
        checkType<double>("f8", {1.5, -2.25e300, 0.1});
        checkType<std::int8_t>("i1", {-128, 127, -1});
        checkType<std::int16_t>("i2", {-32768, 32767, -1});
        checkType<std::int32_t>("i4", {INT32_MIN, INT32_MAX, -1});
        checkType<std::int64_t>("i8", {-(1ll << 53), 1ll << 53, -1});
        checkType<std::uint8_t>("u1", {0, 255});
        checkType<std::uint16_t>("u2", {0, 65535});
        checkType<std::uint32_t>("u4", {0, UINT32_MAX});
        checkType<std::uint64_t>("u8", {0, 1ull << 60});
        QCOMPARE(readAll(withHeader(dict("|b1", "(2,)"), std::string("\0\1", 2))), (std::vector<double>{0, 1}));
    }

    void halves() { // 1, -2, 65504, 2^-24, 2^-14, inf
        const auto values =
            readAll(withHeader(dict("<f2", "(6,)"), raw<std::uint16_t>({0x3c00, 0xc000, 0x7bff, 1, 0x0400, 0x7c00}, false)));
        QCOMPARE(values, (std::vector<double>{1, -2, 65504, 0x1p-24, 0x1p-14, HUGE_VAL}));
    }

    void shapes() {
        NpyFile file(save(withHeader(dict("<f4", "(2, 3)", true), std::string(24, '\0'))));
        QCOMPARE(file.header().shape, (std::vector<std::uint64_t>{2, 3}));
        QVERIFY(file.header().fortranOrder);
        QCOMPARE(readAll(withHeader(dict("<f4", "()"), std::string(4, '\0'))).size(), std::size_t(1));
        QCOMPARE(readAll(withHeader(dict("<f4", "(0, 2)"), "")).size(), std::size_t(0));
        // As other writers do: double quotes, another order, no trailing comma, padding.
        QCOMPARE(readAll(withHeader("{\"shape\":(1,),\"fortran_order\":False,\"descr\":\"<f4\"}      \n", std::string(4, '\0')))
                     .size(),
                 std::size_t(1));
    }

    void part() {
        NpyFile file(save(withHeader(dict("<f4", "(4,)"), raw<float>({1, 2, 3, 4}, false))));
        std::vector<double> two(2);
        file.read(1, two);
        QCOMPARE(two, (std::vector<double>{2, 3}));
        QVERIFY(!errorOf([&] { file.read(3, two); }).empty());
        QVERIFY(!errorOf([&] { file.read(UINT64_MAX, two); }).empty());
    }

    void hostile_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const std::string& bytes, const char* says) {
            QTest::newRow(name) << QByteArray(bytes.data(), qsizetype(bytes.size())) << QString(says);
        };
        const std::string data(64, '\0');
        row("empty", "", "byte 0");
        row("magic only", "\x93NUMPY", "byte 0");
        row("text", "x,y\n1,2\n3,4\n5,6\n", "byte 0");
        row("version 9", withHeader(dict("<f4", "(4,)"), data, 9), "version 9");
        row("header beyond file", std::string("\x93NUMPY\x01\x00\xff\xff{'descr'", 18), "65535 bytes long");
        row("header of 4 GB", std::string("\x93NUMPY\x02\x00\xff\xff\xff\xff{'descr'", 20), "4294967295 bytes long");
        row("too short", withHeader(dict("<f4", "(17,)"), data), "needs 68 bytes, but 64");
        row("overflow", withHeader(dict("<f8", "(4294967296, 4294967296)"), data), "larger than any file");
        row("overflow times size", withHeader(dict("<f8", "(1152921504606846976,)"), data), "needs");
        row("negative", withHeader(dict("<f4", "(-1, 2)"), data), "whole numbers");
        row("huge extent", withHeader(dict("<f4", "(99999999999999999999999,)"), data), "whole numbers");
        row("object", withHeader(dict("|O", "(4,)"), data), "'|O' cannot be read");
        row("complex", withHeader(dict("<c8", "(4,)"), data), "cannot be read");
        row("f16", withHeader(dict("<f16", "(4,)"), data), "cannot be read");
        row("structured", withHeader("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (4,), }", data), "structured");
        row("no shape", withHeader("{'descr': '<f4', 'fortran_order': False, }", data), "missing");
        row("twice", withHeader("{'descr': '<f4', 'descr': '<f4', 'shape': (1,), }", data), "'descr'");
        row("unknown key", withHeader("{'descr': '<f4', 'x': 1}", data), "'x'");
        row("code", withHeader("__import__('os')", data), "expected '{'");
        row("unclosed", withHeader("{'descr", data), "does not end");
        std::string dimensions;
        for (int i = 0; i < 40; ++i) dimensions += "1,";
        row("40 dimensions", withHeader(dict("<f4", "(" + dimensions + ")"), data), "32 dimensions");
    }
    void hostile() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, says);
        const std::string path = save(std::string(bytes.constData(), std::size_t(bytes.size())));
        const QString error = QString::fromStdString(errorOf([&] { NpyFile file(path); }));
        QVERIFY2(error.contains("a.npy") && error.contains("byte") && error.contains(says), qPrintable(error));
    }

    /// Cut at every length and with every byte of the header changed: an error or a reading, never a crash.
    void fuzz() {
        const std::string whole = withHeader(dict("<f4", "(2, 2)"), raw<float>({1, 2, 3, 4}, false));
        for (std::size_t length = 0; length < whole.size(); ++length)
            QVERIFY(!errorOf([&] { readAll(whole.substr(0, length)); }).empty());
        for (std::size_t i = 0; i < whole.size() - 16; ++i)
            for (const int flip : {1, 4, 16, 64, 128}) {
                std::string changed = whole;
                changed[i] = char(changed[i] ^ flip);
                errorOf([&] { readAll(changed); });
            }
    }

    void writes() {
        const std::string path = (m_folder.path() + "/w.npy").toStdString();
        const std::vector<float> values = {1, 2.5F, -3, 4, 5, 6};
        writeNpy(path, {3, 2}, values);
        std::ifstream in(path, std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(in), {}};
        // NumPy 1.24 wrote this header for np.save('w.npy', np.zeros((3, 2), '<f4')), but for "(3, 2)" and its padding.
        QCOMPARE(bytes.substr(0, 8), std::string("\x93NUMPY\x01\x00", 8));
        QCOMPARE(bytes.size() % 64, std::size_t(24));
        QCOMPARE(bytes[bytes.size() - 25], '\n');
        QVERIFY(bytes.find("{'descr': '<f4', 'fortran_order': False, 'shape': (3,2,), }") == 10);
        QCOMPARE(readAll(bytes), std::vector<double>(values.begin(), values.end()));
        writeNpy(path, {}, std::vector<float>{7});
        QCOMPARE(NpyFile(path).header().shape.size(), std::size_t(0));
        QVERIFY(!errorOf([&] { writeNpy(path, {4}, values); }).empty());
        QVERIFY(!errorOf([&] { writeNpy(m_folder.path().toStdString(), {6}, values); }).empty());
        if (QFile::exists("/dev/full")) QVERIFY(!errorOf([&] { writeNpy("/dev/full", {6}, values); }).empty());
    }
};

QTEST_GUILESS_MAIN(NpyTest)
#include "tst_npy.moc"
