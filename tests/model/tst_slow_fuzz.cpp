// SPDX-License-Identifier: GPL-3.0-or-later
// Damages model files of every format at random (the same way for the same ORRERY_FUZZ_SEED) for ORRERY_FUZZ_SECONDS,
// 600 by default. Each either opens and can be read, or throws orrery::Error with one line that names the file; within
// five seconds. To be run under the sanitizers: tests/run --sanitize --slow -R fuzz. An input that does anything else is
// kept as fuzz-finding-NUMBER in the working folder, and belongs into the rows of the other tests here.
#include "tests/model/ggufs.h"
#include "tests/model/pickles.h"

#include <QElapsedTimer>

#include <ctime>
#include <functional>
#include <random>

using namespace orrery;
using namespace orrery::model;
using namespace orrery::test;

class FuzzTest : public QObject {
    Q_OBJECT

    // In memory where there is such a folder: a disk waits for every file.
    QTemporaryDir m_folder{(QDir("/dev/shm").exists() ? QString("/dev/shm") : QDir::tempPath()) + "/orrery-fuzz-XXXXXX"};
    std::mt19937_64 m_random;
    int m_findings = 0;

    /// What is damaged, and what is put around it afterwards: a length, a checksum and a directory that are right let the
    /// damage reach the code behind them.
    struct Seed {
        std::string payload;
        std::function<std::string(const std::string&)> wrap = [](const std::string& bytes) { return bytes; };
        const char* name = "a.bin";
    };

    static std::string data(const std::string& name) { return loadFile(ORRERY_TEST_DATA "/model/data/" + name); }

    std::vector<Seed> seeds() const {
        const std::string header =
            "{\"__metadata__\":{\"format\":\"pt\"},\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
            "\"b\":{\"dtype\":\"BF16\",\"shape\":[4],\"data_offsets\":[24,32]}} ";
        const std::string floats(32, '\x3f');
        const std::string npy = std::string("\x93NUMPY\x01\0", 8) + u16(118) +
                                "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }" + std::string(59, ' ') + "\n" +
                                std::string(24, '\x3f');
        const std::string index =
            "{\"metadata\":{\"total_size\":32},\"weight_map\":{\"a\":\"shard-1.safetensors\",\"b\":\"shard-1.safetensors\"}}";
        const std::string twoTensors =
            pickle::dict(pickle::text("state_dict") + "}(" + pickle::text("w") + "q\1" +
                         pickle::tensor(pickle::storage("0", 6), 0, {2, 3}, {1, 2}) + "q\2" + pickle::text("v") + "h\2" + "u" +
                         pickle::text("loss") + "G\x3f\xf0\1\1\1\1\1\1" + pickle::text("list") + "](K\1M\1\1\x8a\2\1\1\x88Ne");
        std::string quantised;
        for (int i = 0; i < 210; ++i) quantised += char(i * 37 & 0x3f);
        return {
            {safetensors(header, floats)},
            {header, [=](const std::string& json) { return safetensors(json, floats); }},
            {index, {}, "model.safetensors.index.json"},
            {gguf::sample(3)},
            {gguf::file({gguf::key("k", 9, u32(8) + u64(1) + gguf::text("x"))}, {{"q4k", {256}, 12, quantised.substr(0, 144)},
                                                                                 {"q6k", {256}, 14, quantised},
                                                                                 {"q8", {32}, 8, quantised.substr(0, 34)},
                                                                                 {"q4", {32}, 2, quantised.substr(0, 18)}})},
            {pickle::oneTensor(0, {2, 3}, {1, 2})},
            {zipOf({{"a/data.pkl", pickle::dict(pickle::text("w") + pickle::tensor(pickle::storage("0", 8), 0, {8}, {1}))},
                    {"a/data/0", floats}},
                   true)},
            {twoTensors, pickle::checkpoint},
            {twoTensors, pickle::checkpoint},
            {data("state.pt")},
            {data("training.pth")},
            {data("list.pt")},
            {data("old.pt")},
            {data("stored.npz")},
            {data("packed.npz")},
            {npy},
            {npy,
             [](const std::string& array) {
                 return zipOf({{"x.npy", array, true}, {"y.npy", array}});
             }},
        };
    }

    std::size_t below(std::size_t limit) { return limit ? m_random() % limit : 0; }

    void damage(std::string& bytes, const std::string& other) {
        static const std::uint64_t interesting[] = {0,
                                                    1,
                                                    2,
                                                    7,
                                                    8,
                                                    31,
                                                    32,
                                                    63,
                                                    64,
                                                    127,
                                                    128,
                                                    255,
                                                    256,
                                                    32767,
                                                    32768,
                                                    65535,
                                                    65536,
                                                    0x7fffffff,
                                                    0x80000000,
                                                    0xfffffffe,
                                                    0xffffffff,
                                                    1ULL << 32,
                                                    1ULL << 40,
                                                    1ULL << 61,
                                                    (1ULL << 61) + 1,
                                                    1ULL << 62,
                                                    INT64_MAX,
                                                    1ULL << 63,
                                                    UINT64_MAX - 31,
                                                    UINT64_MAX};
        static const char* words[] = {"[",     "]",        "{",   "}",      "\"",     ",",
                                      ":",     "-",        "0",   "9",      "1e9",    "18446744073709551615",
                                      "null",  "[[[[[[[[", "../", "F64",    "Q4_K",   "True",
                                      "(",     ")",        "R",   "Q",      "b",      "t",
                                      "(t",    "h\1",      "q\1", "\x81",   "\x85",   "cos\nsystem\n",
                                      "u",     "e",        ".",   "PK\1\2", "PK\3\4", "PK\5\6",
                                      "PK\6\6"};
        const std::size_t at = below(bytes.size() + 1);
        const std::uint64_t number =
            interesting[below(std::size(interesting))] + (below(4) ? 0 : below(5)) - (below(4) ? 0 : below(5));
        switch (below(11)) {
            case 0:
            case 1:
                if (at < bytes.size()) bytes[at] = char(bytes[at] ^ 1 << below(8));
                return;
            case 2:
                if (at < bytes.size()) bytes[at] = char(m_random());
                return;
            case 3:
            case 4: { // a number of 1, 2, 4 or 8 bytes
                const std::size_t size = std::size_t(1) << below(4);
                if (at + size <= bytes.size()) bytes.replace(at, size, u64(number).substr(0, size));
                return;
            }
            case 5:
                bytes.erase(at, below(std::size_t(1) << below(8)));
                return;
            case 6:
                bytes.insert(at, words[below(std::size(words))]);
                return;
            case 7: { // digits become other digits
                const std::size_t digit = bytes.find_first_of("0123456789", at);
                if (digit != std::string::npos)
                    bytes.replace(digit, 1, below(2) ? std::to_string(number) : std::to_string(below(10)));
                return;
            }
            case 8: // a piece again, somewhere else
                bytes.insert(below(bytes.size() + 1), bytes.substr(at, below(64)));
                return;
            case 9:
                if (below(4) == 0) bytes.resize(at);
                return;
            default: // a piece of another file
                bytes.insert(at, other.substr(below(other.size()), below(64)));
        }
    }

    /// Opens and reads; of large tensors only pieces, so that a second suffices for a file that only claims much.
    static void read(const std::string& path) {
        const auto file = openTensorFile(path);
        std::vector<float> part(300);
        for (const StoredTensor& tensor : file->tensors()) {
            const std::span<float> out = std::span(part).first(std::min<std::uint64_t>(part.size(), tensor.count));
            file->readFloats(tensor, 0, out);
            file->readFloats(tensor, (tensor.count - out.size()) / 2, out);
            file->readFloats(tensor, tensor.count - out.size(), out);
            if (file->bytes(tensor).size() != tensor.size) throw std::runtime_error("bytes() is not of the tensor's size");
        }
    }

 private Q_SLOTS:
    /// Slices of a minute, so that one sees it go on.
    void fuzz_data() {
        bool given = false;
        const int asked = qEnvironmentVariableIntValue("ORRERY_FUZZ_SECONDS", &given), seconds = given ? asked : 600;
        m_random.seed(std::uint64_t(qEnvironmentVariableIntValue("ORRERY_FUZZ_SEED")));
        QTest::addColumn<int>("seconds");
        for (int from = 0; from < seconds; from += 60) QTest::addRow("from %d s", from) << std::min(60, seconds - from);
    }
    void fuzz() {
        QFETCH(int, seconds);
        const qint64 milliseconds = 1000LL * seconds;
        const std::vector<Seed> all = seeds();
        saveFile(m_folder, "shard-1.safetensors", all[0].payload);
        for (const Seed& one : all) { // undamaged, all but one can be read
            const std::string path = saveFile(m_folder, one.name, one.wrap ? one.wrap(one.payload) : one.payload);
            const std::string error = errorOf([&] { read(path); });
            QVERIFY2(error.empty() || error.find("1.6") != std::string::npos, error.c_str());
        }
        QElapsedTimer clock;
        clock.start();
        std::uint64_t count = 0, opened = 0;
        for (; clock.elapsed() < milliseconds; ++count) {
            const Seed& one = all[below(all.size())];
            std::string bytes = one.payload;
            for (std::size_t i = 0, times = 1 + below(std::size_t(1) << below(4)); i < times; ++i)
                damage(bytes, all[below(all.size())].payload);
            if (one.wrap) bytes = one.wrap(bytes);
            const std::string path = saveFile(m_folder, one.name, bytes);
            std::string trouble;
            const std::clock_t begun = std::clock(); // of the processor
            try {
                read(path);
                ++opened;
            } catch (const Error& error) {
                const std::string text = error.what();
                if (!text.starts_with(path) && !text.starts_with(m_folder.path().toStdString()))
                    trouble = "the error does not name the file: " + text;
                if (text.find('\n') != std::string::npos) trouble = "more than one line: " + text;
            } catch (const std::exception& error) {
                trouble = std::string("another exception: ") + error.what();
            }
            const double took = double(std::clock() - begun) / CLOCKS_PER_SEC;
            if (took > 5) trouble = "it took " + std::to_string(took) + " s";
            if (trouble.empty()) continue;
            const std::string kept = "fuzz-finding-" + std::to_string(m_findings++);
            std::ofstream(kept, std::ios::binary) << bytes;
            QFAIL((trouble + "; kept as " + kept).c_str());
        }
        qInfo("%llu files, of which %llu could be read", static_cast<unsigned long long>(count),
              static_cast<unsigned long long>(opened));
        QVERIFY(opened > 0 && opened < count);
    }
};

int main(int argc, char** argv) {
    // QtTest ends a function that takes longer than five minutes, all its rows together.
    if (!qEnvironmentVariableIsSet("QTEST_FUNCTION_TIMEOUT")) qputenv("QTEST_FUNCTION_TIMEOUT", "86400000");
    QCoreApplication application(argc, argv);
    FuzzTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_slow_fuzz.moc"
