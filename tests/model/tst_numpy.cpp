// SPDX-License-Identifier: GPL-3.0-or-later
// .npz and .npy as tensors: files of NumPy (data/generate.py), stored and compressed, and hostile ones.
#include "engine/model/npy.h"
#include "tests/model/support.h"

#include <thread>

using namespace orrery;
using namespace orrery::model;
using namespace orrery::test;

class NumpyTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    std::string save(const std::string& bytes) const { return saveFile(m_folder, "a.npz", bytes); }
    static std::string npy(const std::string& descr, const std::string& shape, const std::string& data) {
        const std::string header = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }\n";
        return std::string("\x93NUMPY\x01\0", 8) + u16(header.size()) + header + data;
    }

 private Q_SLOTS:
    void fromNumpy_data() {
        QTest::addColumn<QString>("name");
        QTest::newRow("stored") << "stored.npz";
        QTest::newRow("compressed") << "packed.npz";
    }
    void fromNumpy() {
        QFETCH(QString, name);
        const auto file = openTensorFile(ORRERY_TEST_DATA "/model/data/" + name.toStdString());
        const std::vector<float> eighths = {0, 0.125F, 0.25F, 0.375F, 0.5F, 0.625F};
        QCOMPARE(file->format(), std::string("NumPy"));
        for (const char* array : {"f4", "big", "fortran"}) {
            QCOMPARE(file->find(array).shapeText(), std::string("[2, 3]"));
            QCOMPARE(file->readAll(file->find(array)), eighths);
            std::vector<float> part(3);
            file->readFloats(file->find(array), 2, part);
            QCOMPARE(part, (std::vector<float>{0.25F, 0.375F, 0.5F}));
        }
        QCOMPARE(file->readAll(file->find("i4")), (std::vector<float>{-3, -2, -1, 0, 1, 2}));
        QCOMPARE(file->readAll(file->find("u8")), (std::vector<float>{0, 1, 2}));
        QCOMPARE(file->readAll(file->find("b")), (std::vector<float>{1, 0}));
        QCOMPARE(file->readAll(file->find("scalar")), (std::vector<float>{0.5F}));
        QCOMPARE(file->find("empty").shapeText(), std::string("[0, 2]"));
        QVERIFY(file->find("fortran").dtype == Stored::f16 && file->find("big").dtype == Stored::f64);
    }

    void manyThreadsUnpackOne() {
        const auto file = openTensorFile(ORRERY_TEST_DATA "/model/data/packed.npz");
        std::vector<std::thread> threads;
        std::array<double, 4> sums{1, 1, 1, 1};
        for (double& sum : sums)
            threads.emplace_back([&] {
                const std::vector<float> values = file->readAll(file->find("long"));
                sum = values.size() == 40000 ? double(std::count(values.begin(), values.end(), 0.0F)) : -1;
            });
        for (std::thread& thread : threads) thread.join();
        for (const double sum : sums) QCOMPARE(sum, 40000.0);
    }

    void aSingleArray() {
        const std::string path = m_folder.filePath("points.npy").toStdString();
        writeNpy(path, {2, 2}, std::vector<float>{1, 2, 3, 4});
        const auto file = openTensorFile(path);
        QCOMPARE(file->readAll(file->find("points")), (std::vector<float>{1, 2, 3, 4}));
    }

    void hostile_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const std::string& bytes, const char* says) {
            QTest::newRow(name) << QByteArray(bytes.data(), qsizetype(bytes.size())) << QString(says);
        };
        const std::string good = npy("<f4", "(2,)", std::string(8, '\1'));
        row("not an array", zipOf({{"readme.txt", "hello"}}), "entry 'readme.txt' is not an array");
        row("object array", zipOf({{"x.npy", npy("|O", "(1,)", "12345678")}}), "a.npz: x.npy: not a readable .npy file at byte");
        row("too short", zipOf({{"x.npy", npy("<f4", "(3,)", std::string(8, '\1'))}}), "needs 12 bytes, but 8");
        row("too short, packed", zipOf({{"x.npy", npy("<f4", "(3,)", std::string(8, '\1')), true}}), "needs 12 bytes, but 8");
        row("empty entry", zipOf({{"x.npy", ""}}), "does not begin with");
        row("twice", zipOf({{"x.npy", good}, {"x.npy", good}}), "'x.npy' is there twice");
        row("a shape that overflows", zipOf({{"x.npy", npy("<f4", "(0, 4294967296, 4294967296)", "")}}), "larger than any file");
        std::string bytes = zipOf({{"x.npy", good, true}});
        const std::size_t entry = bytes.find("PK\1\2");
        row("unpacks to less", std::string(bytes).replace(entry + 24, 4, u32(5000)), "bytes, but should to 5000");
        row("unpacks to 4 GB", std::string(bytes).replace(entry + 24, 4, u32(0xfffffff0)), "bytes, but should to");
        row("checksum", std::string(bytes).replace(entry + 16, 4, u32(1)), "its checksum is wrong");
        row("another method", std::string(bytes).replace(entry + 10, 2, u16(12)), "packed by method 12");
        row("not deflate", std::string(bytes).replace(35, 4, u32(0xffffffff)), "entry 'x.npy' unpacks to 0 bytes");
        row("an empty archive", zipOf({}), "holds no array");
    }
    void hostile() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, says);
        const std::string path = save(bytes.toStdString());
        const QString error = QString::fromStdString(errorOf([&] { readEverything(path); }));
        QVERIFY2(error.startsWith(QString::fromStdString(path)) && error.contains(says) && !error.contains('\n') &&
                     error.contains(';'),
                 qPrintable(error));
    }

    void aChecksumOfALongEntry() { // longer than the part that is unpacked to see the header
        std::string bytes = zipOf({{"x.npy", npy("<f4", "(100000,)", std::string(400000, '\1')), true}});
        QCOMPARE(readEverything(save(bytes)), std::uint64_t(100000));
        bytes.replace(bytes.find("PK\1\2") + 16, 4, u32(1));
        QVERIFY(errorOf([&] { readEverything(save(bytes)); }).find("checksum") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(NumpyTest)
#include "tst_numpy.moc"
