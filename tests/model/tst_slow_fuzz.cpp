// SPDX-License-Identifier: GPL-3.0-or-later
// Damaged model files of every format: see tests/support/fuzz.h.
#include "tests/model/ggufs.h"
#include "tests/model/pickles.h"
#include "tests/support/fuzz.h"

using namespace orrery;
using namespace orrery::model;
using namespace orrery::test;

namespace {

std::string data(const std::string& name) { return loadFile(ORRERY_TEST_DATA "/model/data/" + name); }

std::vector<Fuzz::Seed> seeds() {
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

const std::vector<std::string> words = {"[",     "]",        "{",   "}",      "\"",     ",",
                                        ":",     "-",        "0",   "9",      "1e9",    "18446744073709551615",
                                        "null",  "[[[[[[[[", "../", "F64",    "Q4_K",   "True",
                                        "(",     ")",        "R",   "Q",      "b",      "t",
                                        "(t",    "h\1",      "q\1", "\x81",   "\x85",   "cos\nsystem\n",
                                        "u",     "e",        ".",   "PK\1\2", "PK\3\4", "PK\5\6",
                                        "PK\6\6"};

/// Opens and reads; of large tensors only pieces, so that a second suffices for a file that only claims much.
void readAll(const std::string& path) {
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

} // namespace

class FuzzTest : public QObject {
    Q_OBJECT

    Fuzz m_fuzz{seeds(), words, readAll};

 private Q_SLOTS:
    void fuzz_data() { Fuzz::rows(); }
    void fuzz() {
        QFETCH(int, seconds);
        writeBytes(m_fuzz.path("shard-1.safetensors"), m_fuzz.seeds()[0].payload);
        for (const Fuzz::Seed& one : m_fuzz.seeds()) { // undamaged, all but one can be read
            const std::string path = writeBytes(m_fuzz.path(one.name), one.wrap ? one.wrap(one.payload) : one.payload);
            const std::string error = errorOf([&] { readAll(path); });
            QVERIFY2(error.empty() || error.find("1.6") != std::string::npos, error.c_str());
        }
        const std::string finding = m_fuzz.run(seconds);
        QVERIFY2(finding.empty(), finding.c_str());
    }
};

int main(int argc, char** argv) { return fuzzMain<FuzzTest>(argc, argv); }
#include "tst_slow_fuzz.moc"
