// SPDX-License-Identifier: GPL-3.0-or-later
// safetensors, alone and in shards: files made by hand, our own read back bit by bit, and the hostile ones.
#include "engine/model/sharded.h"
#include "tests/model/support.h"

#include <cmath>
#include <random>

using namespace orrery;
using namespace orrery::model;
using namespace orrery::test;

class SafetensorsTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    std::string save(const std::string& bytes, const std::string& name = "a.safetensors") const {
        return saveFile(m_folder, name, bytes);
    }
    static std::string entry(const std::string& name, const std::string& dtype, const std::string& shape,
                             const std::string& range) {
        return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + range + "}";
    }
    static std::span<const std::byte> bytesOf(const std::string& text) { return std::as_bytes(std::span(text)); }

 private Q_SLOTS:
    void byHand() {
        // The spaces, the order and the unaligned data are allowed.
        const std::string header = "{\"__metadata__\":{\"format\":\"pt\"}, " + entry("z", "F16", "[2]", "[5, 9]") + "," +
                                   entry("a.b", "F32", "[ 1,1 ]", "[1,5]") + "," + entry("flag", "BOOL", "[]", "[0,1]") + "," +
                                   entry("none", "F32", "[0,7]", "[9,9]") + "}   ";
        const auto file = openTensorFile(save(safetensors(header, "\1" + little(1.5F) + u16(0x3c00) + u16(0xc000))));
        QCOMPARE(file->format(), std::string("safetensors"));
        QCOMPARE(file->metadata().at("format"), std::string("pt"));
        QCOMPARE(file->tensors().size(), std::size_t(4));
        QCOMPARE(file->tensors()[0].name, std::string("z")); // in the order of the file
        QCOMPARE(file->readAll(file->find("z")), (std::vector<float>{1, -2}));
        QCOMPARE(file->readAll(file->find("a.b")), (std::vector<float>{1.5F}));
        QCOMPARE(file->find("a.b").shapeText(), std::string("[1, 1]"));
        QCOMPARE(file->readAll(file->find("flag")), (std::vector<float>{1}));
        QCOMPARE(file->readAll(file->find("none")).size(), std::size_t(0));
        std::vector<float> one(1);
        file->readFloats(file->find("z"), 1, one);
        QCOMPARE(one[0], -2.0F);
        QVERIFY(errorOf([&] { file->readFloats(file->find("z"), 2, one); }).find("beyond its last value") != std::string::npos);
        QVERIFY(errorOf([&] { file->readFloats(file->find("z"), UINT64_MAX, one); }).find("'z'") != std::string::npos);
        const std::string missing = errorOf([&] { file->find("a.c"); });
        QVERIFY2(missing.find("a.safetensors") != std::string::npos && missing.find("mean 'a.b'") != std::string::npos,
                 missing.c_str());
    }

    void typesAreExact() {
        // Every whole type at its ends, where float32 has them; BF16 with a subnormal; F64 beyond the range of a float.
        const std::string data = raw<std::int8_t>({-128, 127}) + raw<std::uint8_t>({0, 255}) +
                                 raw<std::int16_t>({-32768, 32767}) + raw<std::uint16_t>({0, 65535}) +
                                 raw<std::int32_t>({INT32_MIN, 16777215}) + raw<std::uint32_t>({0, 0x80000000U}) +
                                 raw<std::int64_t>({INT64_MIN, -1}) + raw<std::uint64_t>({1ULL << 63, 7}) +
                                 raw<std::uint16_t>({0x0001, 0xff80}) + raw<double>({0.1, 1e300});
        std::string header = "{";
        const std::vector<std::pair<std::string, int>> types = {{"I8", 1},  {"U8", 1},  {"I16", 2}, {"U16", 2},  {"I32", 4},
                                                                {"U32", 4}, {"I64", 8}, {"U64", 8}, {"BF16", 2}, {"F64", 8}};
        int at = 0;
        for (const auto& [type, size] : types) {
            header +=
                (at ? "," : "") + entry(type, type, "[2]", "[" + std::to_string(at) + "," + std::to_string(at + 2 * size) + "]");
            at += 2 * size;
        }
        const auto file = openTensorFile(save(safetensors(header + "}", data)));
        const std::vector<std::vector<float>> expected = {
            {-128, 127},    {0, 255},     {-32768, 32767},         {0, 65535},       {-0x1p31F, 16777215}, {0, 0x1p31F},
            {-0x1p63F, -1}, {0x1p63F, 7}, {0x1p-133F, -HUGE_VALF}, {0.1F, HUGE_VALF}};
        for (std::size_t i = 0; i < types.size(); ++i) QCOMPARE(file->readAll(file->tensors()[i]), expected[i]);
    }

    void writesAndReadsBackBitByBit() {
        // Random bytes as numbers, NaN and all, in every type.
        std::mt19937 random(3);
        std::vector<std::string> data;
        std::vector<TensorToWrite> tensors;
        const std::vector<std::vector<std::uint64_t>> shapes = {{}, {3}, {2, 0}, {5, 1, 2}};
        for (int type = 0; type <= int(Stored::boolean); ++type)
            for (const auto& shape : shapes) {
                std::uint64_t size = layoutOf(Stored(type)).blockBytes;
                for (const std::uint64_t extent : shape) size *= extent;
                data.emplace_back(size, '\0');
                for (char& c : data.back()) c = char(random());
                tensors.push_back({std::string("läyer.") + std::to_string(data.size()) + ".\"w\"", Stored(type), shape, {}});
            }
        for (std::size_t i = 0; i < data.size(); ++i) tensors[i].bytes = bytesOf(data[i]);
        const std::string path = m_folder.filePath("w.safetensors").toStdString();
        writeSafetensors(path, tensors, {{"made", "by a test"}, {"two\nlines", ""}});
        const std::string first = loadFile(path);
        std::uint64_t length = 0;
        std::memcpy(&length, first.data(), 8);
        QCOMPARE(length % 8, std::uint64_t(0));

        const auto file = openTensorFile(path);
        QCOMPARE(file->metadata().size(), std::size_t(2));
        std::vector<TensorToWrite> again;
        for (std::size_t i = 0; i < data.size(); ++i) {
            const StoredTensor& tensor = file->tensors()[i];
            QCOMPARE(tensor.name, tensors[i].name);
            QCOMPARE(int(tensor.dtype), int(tensors[i].dtype));
            QCOMPARE(tensor.shape, tensors[i].shape);
            const auto stored = file->bytes(tensor);
            QVERIFY(std::equal(stored.begin(), stored.end(), tensors[i].bytes.begin(), tensors[i].bytes.end()));
            again.push_back({tensor.name, tensor.dtype, tensor.shape, stored});
        }
        writeSafetensors(path, again, file->metadata()); // over the file that is mapped
        QVERIFY(loadFile(path) == first);
        QVERIFY(!QFile::exists(m_folder.filePath("w.safetensors.part")));
    }

    void writerRefuses() {
        const std::string path = m_folder.filePath("r.safetensors").toStdString(), four(4, '\0');
        const auto says = [&](const std::string& to, std::vector<TensorToWrite> tensors, const char* what) {
            const std::string error = errorOf([&] { writeSafetensors(to, tensors); });
            return error.starts_with(to) && error.find(what) != std::string::npos;
        };
        QVERIFY(says(path, {{"a", Stored::f32, {2}, bytesOf(four)}}, "do not fill"));
        QVERIFY(says(path, {{"a", Stored::f32, {UINT64_MAX, 2}, bytesOf(four)}}, "do not fill"));
        QVERIFY(says(path, {{"a", Stored::f32, {}, bytesOf(four)}, {"a", Stored::f32, {}, bytesOf(four)}}, "twice"));
        QVERIFY(says(path, {{"__metadata__", Stored::f32, {}, bytesOf(four)}}, "rename"));
        QVERIFY(says(path, {{"\xff", Stored::f32, {}, bytesOf(four)}}, "UTF-8"));
        QVERIFY(says(path, {{"a", Stored::q8_0, {}, bytesOf(four)}}, "quantised"));
        QVERIFY(says(m_folder.filePath("no/such/folder").toStdString(), {}, "cannot be written"));
        QVERIFY(!QFile::exists(QString::fromStdString(path)));
    }

    void hostile_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const std::string& bytes, const char* says) {
            QTest::newRow(name) << QByteArray(bytes.data(), qsizetype(bytes.size())) << QString(says);
        };
        const auto one = [](const std::string& dtype, const std::string& shape, const std::string& range) {
            return safetensors("{" + entry("w", dtype, shape, range) + "}", std::string(8, '\0'));
        };
        row("empty file", "", "no format known");
        row("seven bytes", "1234567", "no format known");
        row("header longer than file", u64(4000) + "{\"a\":1}", "byte 0: the header needs 4000 bytes, but 7");
        row("header of 2^64-1", u64(UINT64_MAX) + "{\"a\":1}", "no format known");
        row("not JSON", safetensors("{\"a\":}", ""), "byte 14: this is not JSON");
        row("not UTF-8", safetensors("{\"\xff\":1}", ""), "this is not JSON");
        row("JSON cut off", safetensors("{\"a\":{\"dtype\":\"F32\"", ""), "this is not JSON");
        row("twice", safetensors("{" + entry("w", "U8", "[1]", "[0,1]") + "," + entry("w", "U8", "[1]", "[1,2]") + "}", "12"),
            "'w' is there twice");
        row("dtype twice", safetensors("{\"w\":{\"dtype\":\"U8\",\"dtype\":\"I8\"}}", ""), "'dtype' is there twice");
        row("unknown type", one("F8_E4M3", "[8]", "[0,8]"), "'w' has values of type 'F8_E4M3'");
        row("quantised type", one("Q8_0", "[8]", "[0,8]"), "'Q8_0'");
        row("no dtype", safetensors("{\"w\":{\"shape\":[1],\"data_offsets\":[0,1]}}", "1"), "'w' has no 'dtype'");
        row("no shape", safetensors("{\"w\":{\"dtype\":\"U8\",\"data_offsets\":[0,1]}}", "1"), "'w' has no list 'shape'");
        row("negative extent", one("F32", "[-2]", "[0,8]"), "'w': 'shape' must be whole");
        row("fraction", one("F32", "[2.0]", "[0,8]"), "'shape' must be whole");
        row("extent beyond 64 bits", one("F32", "[99999999999999999999]", "[0,8]"), "'shape' must be whole");
        row("shape too large", one("F32", "[3]", "[0,8]"), "'w' (F32 [3], byte ");
        row("overflow", one("F32", "[4294967296,4294967296]", "[0,8]"), "larger than any file");
        row("overflow to the right size", one("F32", "[4611686018427387906]", "[0,8]"), "larger than any file");
        row("overflow hidden by 0", one("F32", "[0,4294967296,4294967296]", "[0,0]"), "larger than any file");
        row("beyond the data", one("F32", "[2]", "[4,12]"), "'w': data_offsets");
        row("falling", one("F32", "[2]", "[8,0]"), "'w': data_offsets");
        row("negative offset", one("F32", "[2]", "[-8,0]"), "'data_offsets' must be whole");
        row("offset of 2^64-1", one("F32", "[2]", "[18446744073709551615,7]"), "'w': data_offsets");
        row("three offsets", one("F32", "[2]", "[0,8,8]"), "'w': data_offsets");
        row("overlap", safetensors("{" + entry("v", "U8", "[3]", "[0,3]") + "," + entry("w", "U8", "[2]", "[2,4]") + "}", "1234"),
            "overlaps with 'v'");
        row("entry is a list", safetensors("{\"w\":[]}", ""), "'w' is not an object");
        row("metadata is a number", safetensors("{\"__metadata__\":{\"a\":1}}", ""), "__metadata__ 'a'");
        row("control characters", safetensors("{\"w\\n\\u001b[2J\":[]}", ""), "'w??[2J'");
        std::string deep = "{\"w\":";
        for (int i = 0; i < 100000; ++i) deep += "[";
        row("brackets", safetensors(deep, ""), "16 levels");
        std::string many = "[1";
        for (int i = 1; i < 65; ++i) many += ",1";
        row("65 dimensions", one("U8", many + "]", "[0,1]"), "65 dimensions");
    }
    void hostile() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, says);
        const std::string path = save(bytes.toStdString());
        const QString error = QString::fromStdString(errorOf([&] { openTensorFile(path); }));
        QVERIFY2(error.startsWith(QString::fromStdString(path)) && error.contains(says) && !error.contains('\n') &&
                     error.contains(';'),
                 qPrintable(error));
    }

    void everyCutIsRefused() {
        const std::string whole = safetensors("{" + entry("w", "F32", "[2]", "[0,8]") + "}", std::string(8, '\0'));
        for (std::size_t length = 0; length < whole.size(); ++length) {
            const std::string path = save(whole.substr(0, length));
            QVERIFY(!errorOf([&] { openTensorFile(path); }).empty());
        }
    }

    void aFileThatShrinks() {
        const std::string path = save(safetensors("{" + entry("w", "F32", "[2]", "[0,8]") + "}", std::string(8, '\0')));
        const auto file = openTensorFile(path);
        QVERIFY(QFile::resize(QString::fromStdString(path), 20));
        QVERIFY(errorOf([&] { file->readAll(file->find("w")); }).find("shorter") != std::string::npos);
    }

    void notFiles() {
        QVERIFY(errorOf([] { openTensorFile("/no/such.pt"); }).starts_with("/no/such.pt: cannot be read"));
        const std::string folder = m_folder.path().toStdString();
        QVERIFY(errorOf([&] { openTensorFile(folder); }).starts_with(folder));
        if (QFile::exists("/dev/zero"))
            QVERIFY(errorOf([] { openTensorFile("/dev/zero"); }).find("regular") != std::string::npos);
    }

    void shards() {
        QTemporaryDir folder;
        std::vector<std::string> data;
        std::vector<TensorToWrite> tensors;
        for (int i = 0; i < 7; ++i) data.push_back(raw<float>({float(i), float(-i)}));
        for (int i = 0; i < 7; ++i) tensors.push_back({"t" + std::to_string(i), Stored::f32, {2}, bytesOf(data[std::size_t(i)])});
        const std::string index = writeSharded(folder.path().toStdString(), tensors, 20, {{"format", "pt"}});
        QVERIFY(QFile::exists(folder.filePath("model-00004-of-00004.safetensors")));
        for (const std::string& path : {index, folder.path().toStdString()}) { // the folder will do
            const auto file = openTensorFile(path);
            QCOMPARE(file->tensors().size(), std::size_t(7));
            QCOMPARE(file->metadata().at("total_size"), std::string("56"));
            for (int i = 0; i < 7; ++i)
                QCOMPARE(file->readAll(file->find("t" + std::to_string(i))), (std::vector<float>{float(i), float(-i)}));
        }
        QFile::remove(folder.filePath("model-00002-of-00004.safetensors"));
        const std::string error = errorOf([&] { openTensorFile(index); });
        QVERIFY2(error.starts_with(index) && error.find("model-00002-of-00004.safetensors: cannot be read") != std::string::npos,
                 error.c_str());
    }

    void hostileIndex_data() {
        QTest::addColumn<QString>("index");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* shard, const char* says) {
            QTest::newRow(shard) << QString("{\"weight_map\":{\"w\":\"%1\"}}").arg(shard) << QString(says);
        };
        for (const char* shard :
             {"../outside.safetensors", "/etc/passwd", "sub/x", "..", ".", "a\\\\b", "C:x", "a\\u0000b", "a\\u007fb", ""})
            row(shard, "is not the name of a file");
        row("gone.safetensors", "gone.safetensors: cannot be read");
        row("bad.json", "shard 1 of 1");
        row("good.safetensors", "'w' is not in its shard 'good.safetensors'");
        QTest::newRow("no map") << "{\"a\":1}"
                                << "weight_map";
        QTest::newRow("map is a list") << "{\"weight_map\":[]}"
                                       << "weight_map";
        QTest::newRow("number") << "{\"weight_map\":{\"w\":1}}"
                                << "is not a name";
        QTest::newRow("twice") << "{\"weight_map\":{\"w\":\"a\",\"w\":\"b\"}}"
                               << "twice";
        QTest::newRow("cut") << "{\"weight_map\":{\"w\":"
                             << "not JSON";
    }
    void hostileIndex() {
        QFETCH(QString, index);
        QFETCH(QString, says);
        save("{}", "bad.json");
        save(safetensors("{" + entry("v", "U8", "[1]", "[0,1]") + "}", "1"), "good.safetensors");
        const std::string path = save(index.toStdString(), "model.safetensors.index.json");
        const QString error = QString::fromStdString(errorOf([&] { openTensorFile(path); }));
        QVERIFY2(error.startsWith(QString::fromStdString(path)) && error.contains(says) && !error.contains('\n'),
                 qPrintable(error));
    }
};

QTEST_GUILESS_MAIN(SafetensorsTest)
#include "tst_safetensors.moc"
