// SPDX-License-Identifier: GPL-3.0-or-later
// PyTorch checkpoints: files of PyTorch 1.13 (data/generate.py), files made by hand, and the hostile ones.
#include "tests/model/pickles.h"

#include <ctime>

using namespace orrery;
using namespace orrery::model;
using namespace orrery::test;

class TorchTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    static std::string data(const std::string& name) { return ORRERY_TEST_DATA "/model/data/" + name; }
    std::string save(const std::string& bytes) const { return saveFile(m_folder, "a.pt", bytes); }
    static std::vector<float> ramp(std::size_t count, float scale = 8, float first = -3) {
        std::vector<float> values;
        for (std::size_t i = 0; i < count; ++i) values.push_back((float(i) + first) / scale);
        return values;
    }

 private Q_SLOTS:
    void stateDict() {
        const auto file = openTensorFile(data("state.pt"));
        QCOMPARE(file->format(), std::string("PyTorch checkpoint"));
        QCOMPARE(file->tensors().front().name, std::string("f32"));
        QCOMPARE(file->tensors().size(), std::size_t(16));
        for (const char* name : {"f32", "tied"}) QCOMPARE(file->readAll(file->find(name)), ramp(6));
        for (const char* name : {"f16", "bf16", "f64"}) QCOMPARE(file->readAll(file->find(name)), ramp(3));
        for (const char* name : {"i64", "i32", "i16"}) QCOMPARE(file->readAll(file->find(name)), ramp(3, 1));
        QCOMPARE(file->readAll(file->find("i8")), ramp(5, 1));
        QCOMPARE(file->readAll(file->find("u8")), ramp(3, 1, 0));
        QCOMPARE(file->readAll(file->find("bool")), (std::vector<float>{0, 1}));
        QCOMPARE(file->readAll(file->find("scalar")), std::vector<float>{0.5F});
        QCOMPARE(file->find("empty").shapeText(), std::string("[0, 4]"));
        QCOMPARE(file->readAll(file->find("empty")).size(), std::size_t(0));
        QCOMPARE(file->readAll(file->find("parameter")), ramp(4));
        QCOMPARE(file->find("f32").shapeText(), std::string("[2, 3]"));
        QVERIFY(file->find("f32").strides.empty());
        QCOMPARE(int(file->find("bf16").dtype), int(Stored::bf16));
    }

    void stridesBecomeRowMajor() {
        const auto file = openTensorFile(data("state.pt"));
        const StoredTensor& transposed = file->find("transposed"); // [4, 3] of values 0..11 laid down as [3, 4]
        std::vector<float> expected;
        for (int i = 0; i < 4; ++i)
            for (int j = 0; j < 3; ++j) expected.push_back((float(j * 4 + i) - 3) / 8);
        QCOMPARE(file->readAll(transposed), expected);
        for (std::size_t first = 0; first < 12; ++first) { // and every part of it
            std::vector<float> part(12 - first);
            file->readFloats(transposed, first, part);
            QCOMPARE(part, std::vector<float>(expected.begin() + std::ptrdiff_t(first), expected.end()));
        }
        // ramp(6, 5)[1:4, 1::2]: rows 1 to 3, columns 1 and 3
        expected.clear();
        for (int i = 1; i < 4; ++i)
            for (int j = 1; j < 5; j += 2) expected.push_back((float(i * 5 + j) - 3) / 8);
        QCOMPARE(file->readAll(file->find("window")), expected);
    }

    void aTrainingCheckpoint() { // the model is taken from it, numbers beside it are metadata
        const auto file = openTensorFile(data("training.pth"));
        QCOMPARE(file->readAll(file->find("0.weight")), ramp(6));
        QCOMPARE(file->readAll(file->find("0.bias")), ramp(2));
        QCOMPARE(file->readAll(file->find("1.num_batches_tracked")), std::vector<float>{1});
        QCOMPARE(file->metadata().at("epoch"), std::string("12"));
        QCOMPARE(file->metadata().at("loss"), std::string("0.25"));
        QCOMPARE(file->metadata().at("note"), std::string("x"));
        QVERIFY(!file->has("optimizer.state.0.momentum_buffer"));
    }

    void nested() {
        const auto file = openTensorFile(data("list.pt"));
        QCOMPARE(file->readAll(file->find("0")), ramp(2));
        QCOMPARE(file->readAll(file->find("1.a")), ramp(3));
    }

    void byHand() {
        for (const bool zip64 : {false, true}) { // another prefix, a big-endian mark, state_dict, Zip64
            const std::string pkl =
                pickle::dict(pickle::text("epoch") + "K\7" + pickle::text("state_dict") + "}(" + pickle::text("w") +
                             pickle::tensor(pickle::storage("x", 2, "ShortStorage"), 0, {2}, {1}) + "u");
            const std::string bytes = zipOf(
                {{"my model/data.pkl", pkl}, {"my model/byteorder", "big"}, {"my model/data/x", std::string("\0\1\xff\xfe", 4)}},
                zip64);
            const auto file = openTensorFile(save(bytes));
            QCOMPARE(file->readAll(file->find("w")), (std::vector<float>{1, -2}));
            QCOMPARE(file->metadata().at("epoch"), std::string("7"));
        }
        QCOMPARE(readEverything(save(pickle::oneTensor(0, {2, 3}, {3, 1}))),
                 std::uint64_t(6)); // the rows below start from a good one
        // Strides of extents of one are never used, so they may be anything.
        QCOMPARE(readEverything(save(pickle::oneTensor(5, {1, 1}, {1000, 77}))), std::uint64_t(1));
        // A comment behind the archive is allowed.
        std::string commented = pickle::oneTensor(0, {6}, {1});
        commented[commented.size() - 2] = 5;
        QCOMPARE(readEverything(save(commented + "hello")), std::uint64_t(6));
    }

    void hostile_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const std::string& bytes, const char* says) {
            QTest::newRow(name) << QByteArray(bytes.data(), qsizetype(bytes.size())) << QString(says);
        };
        using namespace pickle;
        const auto pkl = [&](const char* name, const std::string& body, const char* says) {
            row(name, checkpoint(whole(body)), says);
        };
        const std::string good = tensor(storage("0", 6), 0, {6}, {1});

        // Code
        pkl("os.system", global("os", "system") + "(" + text("touch /tmp/owned") + "tR",
            "'os.system', which is not data; nothing was run");
        pkl("posix.system", global("posix", "system") + text("id") + "\x85R", "'posix.system'");
        pkl("builtins.eval", global("builtins", "eval") + text("1") + "\x85R", "'builtins.eval'");
        pkl("a near name", global("collections", "OrderedDictX") + ")R", "'collections.OrderedDictX'");
        pkl("a dot in the module", global("torch._utils._rebuild_tensor_v2", "") + ")R", "'torch._utils._rebuild_tensor_v2.'");
        pkl("a name with an escape", global("o\x1b[31m", "x"), "'o?[31m.x'");
        pkl("a name without end", "c" + std::string(100000, 'a'), "longer than 256");
        pkl("calls a text", text("w") + ")R", "calls what is no function");
        pkl("calls without a tuple", global("collections", "OrderedDict") + text("w") + "R", "calls what is no function");
        pkl("OrderedDict from arguments", global("collections", "OrderedDict") + "(K\1tR", "OrderedDict made from arguments");
        pkl("state of a list", "]}(" + text("_metadata") + "}ub", "more than data");
        pkl("other state", "}}(" + text("__class__") + "}ub", "more than data");
        pkl("state is a text", "}" + text("x") + "b", "more than data");
        pkl("INST", "(ios\nsystem\n", "instruction 105 ");
        pkl("OBJ", "(o", "instruction 111 ");
        pkl("EXT1", "\x82\x01", "instruction 130 ");
        pkl("STACK_GLOBAL", text("os") + text("system") + "\x93", "instruction 147 ");
        pkl("parameter of a text", global("torch._utils", "_rebuild_parameter") + "(" + text("x") + "tR",
            "parameter without a tensor");
        row("protocol 4", checkpoint("\x80\x04" + good + "."), "protocol 4");
        row("a whole module", loadFile(data("whole_module.pt")), "'torch.nn.modules.container.Sequential'");
        row("TorchScript", zipOf({{"net/data.pkl", whole("}")}, {"net/constants.pkl", whole(")")}}), "TorchScript");
        row("before 1.6", loadFile(data("old.pt")), "before PyTorch 1.6");

        // The machine
        pkl("nothing", "", "ends with 0 values");
        pkl("two values", "NN", "ends with 2 values");
        pkl("an open mark", "N(", "ends with 1 values");
        row("no end", checkpoint("\x80\x02N"), "next instruction needs 1 bytes, but 0");
        pkl("empty stack", "R", "empty stack");
        pkl("below a mark", "N(\x85", "empty stack");
        pkl("below a mark, many", "](a", "empty stack");
        pkl("no mark", "}u", "mark is missing");
        pkl("memo", "h\5", "memo has no value 5");
        pkl("adds to a number", "K\1K\1a", "no container");
        pkl("key without value", "}(K\1u", "key has no value");
        pkl("text beyond the end", "X" + u32(1000), "a text needs 1000 bytes");
        pkl("text of 4 GB", "X" + u32(0xffffffff), "limit of 1 MiB");
        pkl("number of 255 bytes", "\x8a\xff", "number of 255 bytes");
        row("deep stack",
            checkpoint("N" +
                       [] {
                           std::string s("q\0", 2);
                           for (int i = 0; i < 1'000'001; ++i) s += std::string("h\0", 2);
                           return s;
                       }()),
            "beyond a million");
        row("many values", checkpoint(std::string(1'000'001, 'N')), "than a million values");
        row("many marks", checkpoint(std::string(1'000'001, '(')), "than a million marks");
        row("memo bomb",
            checkpoint("N" +
                       [] {
                           std::string s;
                           for (unsigned i = 0; i < 1'000'001; ++i) s += "r" + u32(i);
                           return s;
                       }()),
            "memo grows beyond a million");

        // Containers that contain themselves, a list of ten times the list before, twenty times over
        row("a list in itself", checkpoint(whole(std::string("]q\0h\0a", 6))), "there is no tensor");
        row("a dict in itself", checkpoint(whole(std::string("}q\0K\1h\0s", 8))), "there is no tensor");
        std::string bomb = std::string("]q\0", 3), chain = "N";
        for (int i = 1; i < 20; ++i) {
            bomb += "](";
            for (int j = 0; j < 10; ++j) bomb += std::string("h") + char(i - 1);
            bomb += std::string("eq") + char(i);
        }
        for (int i = 0; i < 100000; ++i) chain += "\x85";
        row("billion laughs", checkpoint(whole("(" + bomb + "t")), "there is no tensor"); // each list is walked once
        pkl("tuples in tuples", chain, "deeper than 16 levels");
        std::string wide = "](" + std::string(100000, 'N') + std::string("tq\0a]", 5);
        for (int i = 0; i < 100000; ++i) wide += std::string("h\0Q", 3);
        pkl("a wide persistent id, often", wide, "persistent id");
        pkl("a tensor of a million arguments",
            global("torch._utils", "_rebuild_tensor_v2") + "(" + std::string(100000, 'N') + "tR", "100000 arguments");

        // Tensors
        pkl("persistent id of two",
            "(" + text("storage") +
                "Nt"
                "Q",
            "persistent id");
        pkl("persistent id, negative", storage("0", -1), "persistent id");
        pkl("a quantised storage", storage("0", 6, "QInt8Storage"), "'torch.QInt8Storage'");
        pkl("no tensor", "}", "there is no tensor");
        pkl("a storage alone", storage("0", 6), "there is no tensor");
        pkl("tensor of a text", global("torch._utils", "_rebuild_tensor_v2") + "(" + text("x") + integer(0) + "))\x89}tR",
            "(storage, offset, size, stride, ...)");
        row("numel lies up", checkpoint(dict(text("w") + tensor(storage("0", 7), 0, {6}, {1}))), "tensor 'w'");
        row("numel lies down", checkpoint(dict(text("w") + tensor(storage("0", 5), 0, {5}, {1}))),
            "should have 5 values, but entry 'archive/data/0' has 24 bytes");
        row("other type", checkpoint(dict(text("w") + tensor(storage("0", 6, "DoubleStorage"), 0, {6}, {1}))),
            "should have 6 values");
        row("no such storage", checkpoint(dict(text("w") + tensor(storage("9", 6), 0, {6}, {1}))),
            "'archive/data/9' is not in the archive");
        row("storage outside", checkpoint(dict(text("w") + tensor(storage("../version", 6), 0, {6}, {1}))),
            "'archive/data/../version' is not in");
        row("twice", checkpoint(dict(text("w") + good + text("w") + good)), "): is there twice");
        row("stride escape", oneTensor(0, {2, 3}, {4, 1}), "'w' (F32 [2, 3], byte 0): its offset and strides lead out");
        row("offset escape", oneTensor(1, {6}, {1}), "lead out");
        row("offset at the end", oneTensor(6, {}, {}), "lead out");
        row("stride overflow", oneTensor(0, {3}, {INT64_MAX}), "lead out");
        row("stride overflow back to 0", oneTensor(0, {5, 5}, {1LL << 62, 1LL << 62}), "lead out");
        row("strides that add up to 2^64", oneTensor(1, {3, 2}, {1LL << 62, INT64_MAX}), "lead out");
        row("negative stride", oneTensor(5, {6}, {-1}), "stride must be whole numbers from 0 on");
        row("negative size", oneTensor(0, {-6}, {1}), "size must be whole");
        row("negative offset", oneTensor(-1, {1}, {1}), "offset is negative");
        row("stride missing", oneTensor(0, {2, 3}, {1}), "has 1 strides");
        row("a trillion from one", oneTensor(0, {1LL << 40}, {0}), "repeats the 6 values");
        row("a huge shape without values", oneTensor(0, {0, INT64_MAX, INT64_MAX}, {1, 1, 1}), "larger than any file");
        row("65 dimensions", oneTensor(0, std::vector<std::int64_t>(65, 1), std::vector<std::int64_t>(65, 1)),
            "more than 64 dimensions");
        row("a size of texts",
            checkpoint(dict(text("w") + global("torch._utils", "_rebuild_tensor_v2") + "(" + storage("0", 6) + integer(0) +
                            text("a") + "\x85" + numbers({1}) + "\x89}tR")),
            "size must be whole");
        row("name of 2000 bytes", checkpoint(dict(text(std::string(2000, 'n')) + good)), "longer than 1024");

        // The zip
        const std::string zip = oneTensor(0, {6}, {1});
        row("cut in half", zip.substr(0, zip.size() / 2), "it is cut off");
        row("cut by one byte", zip.substr(0, zip.size() - 1), "it is cut off");
        row("begins like a zip", "PK\3\4", "it has only 4 bytes");
        row("deflated pickle", zipOf({{"a/data.pkl", whole("}"), true}}), "'a/data.pkl' is compressed (method 8)");
        row("deflated storage",
            zipOf({{"archive/data.pkl", dict(text("w") + good)}, {"archive/data/0", std::string(24, '\0'), true}}),
            "'archive/data/0' is compressed");
        row("entry twice", zipOf({{"a/data.pkl", whole("}")}, {"a/data.pkl", whole("N")}}), "'a/data.pkl' is there twice");
        const auto changed = [&](const std::string& mark, std::size_t at, const std::string& with) {
            std::string bytes = zip;
            return bytes.replace(bytes.find(mark) + at, with.size(), with);
        };
        const std::string entry = "PK\1\2", end = "PK\5\6";
        row("entry points outside", changed(entry, 42, u32(0x7fffffff)), "'archive/data.pkl' points outside");
        row("entry points into the directory", changed(entry, 42, u32(zip.find(entry))), "points outside");
        row("entry points at other bytes", changed(entry, 42, u32(1)), "'archive/data.pkl' has no header at byte 1");
        row("entry too long", changed(entry, 20, u32(0x7fffffff) + u32(0x7fffffff)), "'archive/data.pkl' needs 2147483647 bytes");
        row("entry of two sizes", changed(entry, 24, u32(1)), "of two sizes");
        row("entry that eats the next", changed(entry, 20, u32(300) + u32(300)), "overlaps with 'archive/data.pkl'");
        row("encrypted", changed(entry, 8, u16(1)), "is encrypted");
        row("Zip64 field missing", changed(entry, 20, u32(0xffffffff) + u32(0xffffffff)), "needs 4294967295 bytes");
        row("name beyond the directory", changed(entry, 28, u16(65535)), "the name of an entry needs 65535 bytes");
        row("directory outside", changed(end, 16, u32(0x7fffffff)), "directory lies outside");
        row("directory too long", changed(end, 12, u32(0x7fffffff)), "directory lies outside");
        row("directory elsewhere", changed(end, 16, u32(3)), "entry 0 has no mark");
        row("60000 entries", changed(end, 8, u16(60000) + u16(60000)), "60000 entries do not fit");
        row("second disk", changed(end, 4, u16(1) + u16(1)), "several disks");
        std::string wide64 = zipOf({{"a/data.pkl", whole("}")}}, true);
        row("Zip64 locator outside", std::string(wide64).replace(wide64.find("PK\6\7") + 8, 8, u64(UINT64_MAX)),
            "Zip64 record lies outside");
        row("Zip64 record elsewhere", std::string(wide64).replace(wide64.find("PK\6\7") + 8, 8, u64(0)),
            "Zip64 record is not there");
        row("Zip64 entries", std::string(wide64).replace(wide64.find("PK\6\6") + 32, 8, u64(UINT64_MAX)), "entries do not fit");
        row("Zip64 offset", std::string(wide64).replace(wide64.find("PK\6\6") + 48, 8, u64(UINT64_MAX - 3)),
            "directory lies outside");
    }
    void hostile() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, says);
        const std::string path = save(bytes.toStdString());
        const std::clock_t begun = std::clock(); // of the processor, for the machine may have other work
        const QString error = QString::fromStdString(errorOf([&] { openTensorFile(path); }));
        QVERIFY2(error.startsWith(QString::fromStdString(path)) && error.contains(says) && !error.contains('\n') &&
                     error.contains(';'),
                 qPrintable(error));
        const double seconds = double(std::clock() - begun) / CLOCKS_PER_SEC;
        QVERIFY2(seconds < 5, qPrintable(QString::number(seconds))); // 1 s is promised; sanitizers take their share
    }

    void everyCutIsRefused() {
        for (const std::string& whole : {loadFile(data("list.pt")), pickle::oneTensor(0, {2}, {3})})
            for (std::size_t length = 0; length < whole.size(); ++length) {
                const std::string path = save(whole.substr(0, length));
                QVERIFY(!errorOf([&] { openTensorFile(path); }).empty());
            }
    }
};

QTEST_GUILESS_MAIN(TorchTest)
#include "tst_torch.moc"
