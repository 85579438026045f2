// SPDX-License-Identifier: GPL-3.0-or-later
// GGUF by hand, and its blocks against a second decoder in float64, written from the layouts in dequantise.h as one formula
// per value, and against blocks computed on paper.
#include "engine/model/gguf.h"
#include "tests/model/ggufs.h"

#include <cmath>
#include <random>

using namespace orrery;
using namespace orrery::model;
using namespace orrery::test;

class GgufTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    std::string save(const std::string& bytes) const { return saveFile(m_folder, "a.gguf", bytes); }

    static std::vector<float> decode(Stored type, const std::string& bytes) {
        std::vector<float> values(bytes.size() / layoutOf(type).blockBytes * layoutOf(type).blockElements);
        dequantise(type, std::as_bytes(std::span(bytes)), values);
        return values;
    }

    static double half(const std::string& bytes, std::size_t at) { // by the definition of binary16; finite ones only
        const int bits = std::uint8_t(bytes[at]) | std::uint8_t(bytes[at + 1]) << 8, exponent = bits >> 10 & 31;
        const double fraction = bits & 1023;
        return (bits >> 15 ? -1 : 1) *
               (exponent ? (1024 + fraction) * std::pow(2.0, exponent - 25) : fraction * std::pow(2.0, -24));
    }
    /// Bits `from` to `from + count - 1` of byte `at`.
    static int bits(const std::string& bytes, std::size_t at, int from, int count) {
        return std::uint8_t(bytes[at]) >> from & ((1 << count) - 1);
    }

    static double reference(Stored type, const std::string& block, std::size_t i) {
        if (type == Stored::q8_0) return half(block, 0) * std::int8_t(block[2 + i]);
        if (type == Stored::q4_0) return half(block, 0) * (bits(block, 2 + i % 16, i < 16 ? 0 : 4, 4) - 8);
        if (type == Stored::q4_k) {
            const std::size_t j = i / 32;
            const int scale = j < 4 ? bits(block, 4 + j, 0, 6) : bits(block, 8 + j, 0, 4) + 16 * bits(block, j, 6, 2);
            const int minimum = j < 4 ? bits(block, 8 + j, 0, 6) : bits(block, 8 + j, 4, 4) + 16 * bits(block, 4 + j, 6, 2);
            const int quant = bits(block, 16 + i / 64 * 32 + i % 32, i % 64 < 32 ? 0 : 4, 4);
            return half(block, 0) * scale * quant - half(block, 2) * minimum;
        }
        const std::size_t n = i / 128, r = i % 128; // Q6_K: within a half of 128, value r
        const int low = bits(block, n * 64 + r % 64, r < 64 ? 0 : 4, 4);
        const int high = bits(block, 128 + n * 32 + r % 32, int(r / 32) * 2, 2);
        return half(block, 208) * std::int8_t(block[192 + i / 16]) * (low + 16 * high - 32);
    }

 private Q_SLOTS:
    void halves() { // all 65536, against the definition
        for (std::uint32_t h = 0; h < 65536; ++h) {
            const float value = halfToFloat(std::uint16_t(h));
            if ((h >> 10 & 31) == 31) {
                QVERIFY((h & 1023) ? std::isnan(value) : std::isinf(value));
            } else {
                QCOMPARE(double(value), half(u16(h), 0));
            }
            QCOMPARE(std::signbit(value), h >= 0x8000);
        }
    }

    void blocksAgainstFloat64_data() {
        QTest::addColumn<int>("type");
        for (const Stored type : {Stored::q8_0, Stored::q4_0, Stored::q4_k, Stored::q6_k})
            QTest::newRow(layoutOf(type).name) << int(type);
    }
    void blocksAgainstFloat64() {
        QFETCH(int, type);
        const StoredLayout& layout = layoutOf(Stored(type));
        std::mt19937 random(11);
        for (int trial = 0; trial < 400; ++trial) {
            std::string block(layout.blockBytes, '\0');
            for (char& c : block) c = char(random());
            for (const std::size_t at : {std::size_t(0), std::size_t(2), std::size_t(208)}) // scales must be finite
                if (at + 2 <= block.size() && (at == 0 || type == int(at == 2 ? Stored::q4_k : Stored::q6_k)))
                    block[at + 1] = char(block[at + 1] & 0xbf);
            const std::vector<float> values = decode(Stored(type), block);
            // Every product has at most 25 bits and is exact in float64; one rounding to float32 is left.
            for (std::size_t i = 0; i < values.size(); ++i) QCOMPARE(values[i], float(reference(Stored(type), block, i)));
        }
    }

    void blocksOnPaper() {
        const std::string one = u16(0x3c00), halfOne = u16(0x3800), minusTwo = u16(0xc000);
        std::string q8 = halfOne + std::string(32, '\0');
        q8[2] = 127, q8[3] = char(-128), q8[33] = 1;
        std::vector<float> values = decode(Stored::q8_0, q8);
        QCOMPARE(values[0], 63.5F);
        QCOMPARE(values[1], -64.0F);
        QCOMPARE(values[2], 0.0F);
        QCOMPARE(values[31], 0.5F);

        std::string q4 = minusTwo + std::string(16, char(0x88)); // 8 is zero
        q4[2] = char(0xf0);                                      // value 0 is 0 - 8, value 16 is 15 - 8
        values = decode(Stored::q4_0, q4);
        QCOMPARE(values[0], 16.0F);
        QCOMPARE(values[16], -14.0F);
        QCOMPARE(values[1], 0.0F);

        // Q4_K: d = 1, dmin = 0.5. Part 0: scale 3, minimum 2. Part 5: scale 0b100001 = 33, minimum 0b110010 = 50.
        std::string q4k = one + halfOne + std::string(140, '\0');
        q4k[4] = 3, q4k[8] = 2;
        q4k[4 + 1] = char(0b10 << 6), q4k[4 + 5] = char(0b11 << 6), q4k[4 + 9] = char(0b0010 << 4 | 0b0001);
        q4k[16] = 7;                       // value 0
        q4k[16 + 64 + 31] = char(15 << 4); // value 5 * 32 + 31
        values = decode(Stored::q4_k, q4k);
        QCOMPARE(values[0], 3.0F * 7 - 1);
        QCOMPARE(values[1], -1.0F);
        QCOMPARE(values[32], 0.0F);
        QCOMPARE(values[160], -25.0F);
        QCOMPARE(values[191], 33.0F * 15 - 25);

        // Q6_K: d = 0.5, scale 2 is -3, scale 15 is 10. All quants 0 mean -32.
        std::string q6k = std::string(208, '\0') + halfOne;
        q6k[192 + 2] = char(-3), q6k[192 + 15] = 10;
        q6k[32] = 5, q6k[128] = char(0b10 << 2);                        // value 32: 5 + 32
        q6k[64 + 63] = char(0xc << 4), q6k[128 + 63] = char(0b11 << 6); // value 255: 12 + 48
        values = decode(Stored::q6_k, q6k);
        QCOMPARE(values[0], 0.0F);
        QCOMPARE(values[32], 0.5F * -3 * (37 - 32));
        QCOMPARE(values[33], 0.5F * -3 * -32);
        QCOMPARE(values[255], 0.5F * 10 * (60 - 32));
    }

    void byHand() {
        for (const unsigned version : {2U, 3U}) {
            const auto file = openTensorFile(save(gguf::sample(version)));
            QCOMPARE(file->format(), std::string("GGUF"));
            QCOMPARE(file->metadata().at("general.architecture"), std::string("toy"));
            QCOMPARE(file->metadata().at("toy.u64"), std::string("18446744073709551615"));
            QCOMPARE(file->metadata().at("toy.i64"), std::string("-9223372036854775808"));
            QCOMPARE(file->metadata().at("toy.f32"), std::string("1.5"));
            QCOMPARE(file->metadata().at("toy.i8"), std::string("-1"));
            QCOMPARE(file->metadata().at("toy.yes"), std::string("true"));
            QCOMPARE(file->metadata().at("toy.tokens"), std::string("[3 strings]"));
            QCOMPARE(file->find("a").shapeText(), std::string("[2, 3]")); // written fastest first: 3, 2
            QCOMPARE(file->readAll(file->find("a")), (std::vector<float>{0, 1, 2, 3, 4, 5}));
            QCOMPARE(file->readAll(file->find("b")), (std::vector<float>{1, -2}));
            QCOMPARE(file->readAll(file->find("scalar")), (std::vector<float>{7}));
            auto& typed = dynamic_cast<GgufFile&>(*file);
            QCOMPARE(typed.texts("toy.tokens"), (std::vector<std::string>{"a", "", "bc"}));
            QCOMPARE(typed.numbers("toy.scores"), (std::vector<double>{0.5, -1}));
            QCOMPARE(typed.numbers("toy.types"), (std::vector<double>{-1, 2}));
            QVERIFY(errorOf([&] { typed.texts("toy.scores"); }).find("a.gguf: 'toy.scores' does not hold texts") !=
                    std::string::npos);
            QVERIFY(errorOf([&] { typed.numbers("toy.tokens"); }).find("does not hold numbers") != std::string::npos);
            QVERIFY(errorOf([&] { typed.numbers("toy.f32"); }).find("has no array 'toy.f32'") != std::string::npos);
        }
    }

    void partsOfBlocks() { // any part of a quantised tensor is the same part of the whole
        std::mt19937 random(5);
        for (const Stored type : {Stored::q8_0, Stored::q4_0, Stored::q4_k, Stored::q6_k}) {
            const StoredLayout& layout = layoutOf(type);
            std::string data(3 * layout.blockBytes, '\0');
            for (char& c : data) c = char(random() & 0x3f); // all scales are finite
            const unsigned code = type == Stored::q8_0 ? 8 : type == Stored::q4_0 ? 2 : type == Stored::q4_k ? 12 : 14;
            const auto file = openTensorFile(save(gguf::file({}, {{"w", {layout.blockElements, 3}, code, data}})));
            const StoredTensor& tensor = file->find("w");
            const std::vector<float> whole = file->readAll(tensor);
            QCOMPARE(whole, decode(type, data));
            for (int trial = 0; trial < 300; ++trial) {
                const std::size_t first = random() % (whole.size() + 1), count = random() % (whole.size() - first + 1);
                std::vector<float> part(count);
                file->readFloats(tensor, first, part);
                QVERIFY(std::equal(part.begin(), part.end(), whole.begin() + std::ptrdiff_t(first)));
            }
        }
    }

    void hostile_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const std::string& bytes, const char* says) {
            QTest::newRow(name) << QByteArray(bytes.data(), qsizetype(bytes.size())) << QString(says);
        };
        using namespace gguf;
        const auto keys = [&](const char* name, const std::vector<std::string>& list, const char* says) {
            row(name, file(list, {}), says);
        };
        const auto tensor = [&](const char* name, const Tensor& one, const char* says) { row(name, file({}, {one}), says); };
        const std::string start = "GGUF" + u32(3);
        row("magic only", "GGUF", "byte 4: the version needs 4 bytes");
        row("version 1", "GGUF" + u32(1) + u64(0), "version 1 is not 2 or 3");
        row("version 4", "GGUF" + u32(4) + u64(0), "version 4 is not 2 or 3");
        row("big endian", "GGUF" + std::string("\0\0\0\3", 4) + u64(0), "big-endian");
        row("2^60 tensors", start + u64(1ULL << 60) + u64(0) + std::string(100, '\0'), "1152921504606846976 tensors do not fit");
        row("2^64-1 keys", start + u64(0) + u64(UINT64_MAX), "18446744073709551615 keys do not fit");
        row("keys cut off", start + u64(0) + u64(2) + key("a", 4, u32(1)) + std::string(13, 'x'), "a key of");
        keys("key of 4 GB", {u64(1ULL << 32) + std::string(40, 'x')}, "a key of 4294967296 bytes");
        keys("value of unknown type", {key("k", 13, u64(0))}, "key 'k' has a value of unknown type 13");
        keys("text of 2^64-1 bytes", {key("k", 8, u64(UINT64_MAX))}, "a text needs 18446744073709551615 bytes");
        keys("array of unknown type", {key("k", 9, u32(99) + u64(1) + u64(0))}, "unknown type 99");
        keys("array of 2^63 numbers", {key("k", 9, u32(4) + u64(1ULL << 63))}, "9223372036854775808 values does not fit");
        keys("array that overflows", {key("k", 9, u32(10) + u64((1ULL << 61) + 1) + u64(0))}, "does not fit");
        keys("array of 2^40 texts", {key("k", 9, u32(8) + u64(1ULL << 40) + u64(0))}, "does not fit");
        keys("array with a long text", {key("k", 9, u32(8) + u64(1) + u64(1000))}, "a text needs 1000 bytes");
        std::string bomb;
        for (int i = 0; i < 50000; ++i) bomb += u32(9) + u64(1);
        keys("arrays in arrays", {key("k", 9, bomb)}, "nested deeper than 4");
        keys("key twice", {key("k", 4, u32(1)), key("k", 4, u32(1))}, "key 'k' is there twice");
        for (const std::uint32_t bad : {0U, 3U, 33U, 0x80000000U})
            keys(("alignment " + std::to_string(bad)).c_str(), {key("general.alignment", 4, u32(bad))}, "not a power of two");
        keys("alignment of another type", {key("general.alignment", 10, u64(32))}, "not a power of two");
        tensor("name of 65 bytes", {std::string(65, 'n'), {1}, 0, "1234"}, "name of 65 bytes");
        tensor("five dimensions", {"w", {1, 1, 1, 1, 1}, 0, "1234"}, "'w' has 5 dimensions");
        tensor("Q5_K", {"w", {256}, 13, std::string(176, '\0')}, "'w' is of type 13 (Q5_K)");
        tensor("type 4000000000", {"w", {1}, 4000000000U, "1234"}, "type 4000000000,");
        tensor("row of 33 in Q8_0", {"w", {33}, 8, std::string(68, '\0')}, "blocks of 32");
        tensor("rows of 16 in Q8_0", {"w", {16, 2}, 8, std::string(34, '\0')}, "rows cannot be cut");
        tensor("more than is there", {"w", {9}, 0, std::string(32, '\0')}, "'w' (F32 [9], byte 0): needs 36 bytes");
        tensor("overflow", {"w", {1ULL << 32, 1ULL << 32}, 0, "1234"}, "larger than any file");
        tensor("overflow to 0", {"w", {1ULL << 32, 1ULL << 32, 4}, 0, "1234"}, "larger than any file");
        tensor("2^62 blocks", {"w", {1ULL << 62}, 8, "1234"}, "larger than any file");
        row("tensor twice", file({}, {{"w", {1}, 0, "1234"}, {"w", {1}, 0, "1234"}}), "): is there twice");
        row("unaligned offset", file({}, {{"w", {1}, 0, "1234", 4}}), "not a multiple of the alignment, 32");
        row("offset outside", file({}, {{"w", {1}, 0, "1234", 1ULL << 40}}), "byte 1099511627776 of the data on");
        row("offset of 2^64-32", file({}, {{"w", {8}, 0, std::string(32, '\0'), UINT64_MAX - 31}}), "of the data on");
        row("overlap", file({}, {{"v", {16}, 0, std::string(64, '\0')}, {"w", {1}, 0, "1234", 32}}), "overlaps with 'v'");
        row("data cut off", file({}, {{"w", {8}, 0, ""}}), "there are 0");
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
        const std::string whole = gguf::sample(3);
        for (std::size_t length = 0; length < whole.size(); ++length) {
            const std::string path = save(whole.substr(0, length));
            QVERIFY2(!errorOf([&] { openTensorFile(path); }).empty(), qPrintable(QString::number(length)));
        }
    }

    void wrongSizes() { // of dequantise itself
        std::vector<float> values(33);
        const std::string bytes(68, '\0');
        QVERIFY(!errorOf([&] { dequantise(Stored::q8_0, std::as_bytes(std::span(bytes)), values); }).empty());
        values.resize(32);
        QVERIFY(!errorOf([&] { dequantise(Stored::q8_0, std::as_bytes(std::span(bytes)), values); }).empty());
        QVERIFY(!errorOf([&] { dequantise(Stored::f32, std::as_bytes(std::span(bytes)), values); }).empty());
    }
};

QTEST_GUILESS_MAIN(GgufTest)
#include "tst_gguf.moc"
