// SPDX-License-Identifier: GPL-3.0-or-later
// shaders/common/formats.glsl is engine/tensor/formats.h, bit for bit; and what the device's own
// conversions do is reported, never relied on.
#include "engine/gpu/recorder.h"
#include "tests/support/test_main.h"
#include "tests/tensor/oracle.h"

using namespace orrery;
using namespace orrery::tensor;
using orrery::tensor::test::floatBits;
using orrery::tensor::test::isNan;
using orrery::tensor::test::narrow;

namespace {

using Words = std::vector<std::uint32_t>;

/// Six uvec4 per word, see shaders/test/formats.comp.
Words ask(const Words& words, const Words& randoms, Rounding::Mode mode, bool saturate) {
    gpu::Device& device = orrery::test::device();
    const auto count = std::uint32_t(words.size());
    const gpu::Kernel kernel(device, {.name = "test/formats",
                                      .bindings = {{"words", gpu::Access::read, gpu::Element::u32},
                                                   {"randoms", gpu::Access::read, gpu::Element::u32},
                                                   {"answers", gpu::Access::write, gpu::Element::uvec4}},
                                      .pushBytes = 12});
    const gpu::Buffer in = device.buffer({.name = "words", .size = count * 4ull}),
                      random = device.buffer({.name = "randoms", .size = count * 4ull}),
                      answers = device.buffer({.name = "answers", .size = count * 96ull});
    gpu::Recorder recorder = device.record("test");
    recorder.upload(in, words);
    recorder.upload(random, randoms);
    const std::array<std::uint32_t, 3> push{count, std::uint32_t(mode), saturate};
    recorder.dispatch(kernel, {in, random, answers}, push, {kernel.groups(count), 1, 1});
    const gpu::Download got = recorder.download(answers);
    device.wait(device.submit(std::move(recorder)));
    return {got.as<std::uint32_t>().begin(), got.as<std::uint32_t>().end()};
}

/// A random word each; every other one sits at the threshold of one of the formats, or just below, where the answer changes.
Words randomsFor(const Words& words) {
    Words randoms;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const Philox4 w = philox(9, std::uint32_t(i), 0, 0);
        const Format& f = *narrow()[w[1] % 4];
        const double x = std::abs(double(std::bit_cast<float>(words[i])));
        const bool edge = i % 2 && x < f.maxFinite; // false for NaN
        const double over = edge ? (x - decode(f, encode(f, x, Rounding::towardZero()))) / spacing(f, x) : 0;
        const auto threshold = std::uint32_t(std::floor(over * 0x1p32)); // over < 1
        randoms.push_back(edge ? threshold - (w[2] & 1u) : w[0]);
    }
    return randoms;
}

std::uint32_t bitsOf(float value) { return std::bit_cast<std::uint32_t>(value); }

bool subnormalFloat(std::uint32_t bits) { return (bits & 0x7F800000u) == 0 && (bits & 0x7FFFFFu) != 0; }

/// float32 bits equal, where the device may flush a float32 subnormal to a zero of that sign.
bool same(std::uint32_t got, std::uint32_t want) { return got == want || (subnormalFloat(want) && got == (want & 0x80000000u)); }

QByteArray text(const char* what, std::size_t k, std::uint32_t word, std::uint32_t got, std::uint64_t want) {
    return QString("%1 %2 of %3: %4, not %5")
        .arg(what, narrow()[k]->name)
        .arg(word, 8, 16)
        .arg(got, 8, 16)
        .arg(want, 8, 16)
        .toUtf8();
}

} // namespace

class TestFormatsGpu : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void encodes_data() {
        QTest::addColumn<int>("mode");
        QTest::addColumn<bool>("saturate");
        for (const bool saturate : {false, true})
            for (int mode = 0; mode < 3; ++mode)
                QTest::newRow(qPrintable(QString("mode %1%2").arg(mode).arg(saturate ? " saturating" : ""))) << mode << saturate;
    }
    /// All exponents, ties, subnormals, overflow edges, NaN, in integers from end to end: nothing may differ.
    void encodes() {
        QFETCH(int, mode);
        QFETCH(bool, saturate);
        const Words words = floatBits(), randoms = randomsFor(words);
        const Words got = ask(words, randoms, Rounding::Mode(mode), saturate);
        std::size_t truncated = 0;
        for (std::size_t i = 0; i < words.size(); ++i)
            for (std::size_t k = 0; k < 4; ++k) {
                const Rounding rounding{Rounding::Mode(mode), randoms[i], saturate};
                const float value = std::bit_cast<float>(words[i]);
                const std::uint64_t want = encode(*narrow()[k], value, rounding);
                if (got[24 * i + k] != want) QFAIL(text("code", k, words[i], got[24 * i + k], want));
                truncated += want != encode(*narrow()[k], value, {Rounding::Mode::towardZero, 0, saturate});
            }
        QVERIFY(mode == 1 ? truncated == 0 : truncated > words.size() / 4); // a truncating device would be seen here
    }

    /// All 65,536 halves and bf16, all FP8 codes.
    void decodes() {
        Words words(65536);
        for (std::uint32_t i = 0; i < 65536; ++i) words[i] = i;
        const Words got = ask(words, words, Rounding::Mode::nearestEven, false);
        for (std::uint32_t i = 0; i < 65536; ++i) {
            QCOMPARE(got[24 * i + 4], bitsOf(floatFromHalf(std::uint16_t(i))));
            QCOMPARE(got[24 * i + 5], bitsOf(floatFromBf16(std::uint16_t(i))));
            QCOMPARE(got[24 * i + 15], bitsOf(floatFromHalf(std::uint16_t(i))));
            for (const std::size_t k : {2u, 3u}) QCOMPARE(got[24 * i + 4 + k], bitsOf(decodeToFloat(*narrow()[k], i & 255)));
        }
    }

    /// The functions of floats, which kernels use to emulate a format.
    void roundsFloats() {
        const Words words = floatBits(), randoms = randomsFor(words);
        const Words got = ask(words, randoms, Rounding::Mode::nearestEven, false);
        for (std::size_t i = 0; i < words.size(); ++i) {
            const float value = std::bit_cast<float>(words[i]);
            const std::uint32_t* answer = &got[24 * i];
            for (std::size_t k = 0; k < 4; ++k) {
                const Format& f = *narrow()[k];
                if (k == 1 && subnormalFloat(words[i])) continue; // the device may have flushed it before we saw it
                const std::uint32_t nearest = bitsOf(roundTo(f, value)),
                                    random = bitsOf(roundTo(f, value, Rounding::stochastic(randoms[i])));
                if (!same(answer[8 + k], nearest)) QFAIL(text("nearest", k, words[i], answer[8 + k], nearest));
                if (!same(answer[16 + k], random)) QFAIL(text("stochastic", k, words[i], answer[16 + k], random));
            }
            if (answer[12] != halfFromFloat(value)) QFAIL(text("half", 0, words[i], answer[12], halfFromFloat(value)));
            QCOMPARE(answer[13], std::uint32_t(bf16FromFloat(value)));
            if (!subnormalFloat(words[i])) QCOMPARE(answer[14], std::uint32_t(bf16FromFloat(value)));
        }
    }

    /// Not a check: Vulkan leaves the rounding of packHalf2x16 to the device.
    void whatTheDeviceDoes() {
        const Words words = floatBits();
        const Words got = ask(words, words, Rounding::Mode::nearestEven, false);
        std::size_t numbers = 0, nearest = 0, zero = 0, flushed = 0, read = 0;
        for (std::size_t i = 0; i < words.size(); ++i) {
            if (isNan(words[i]) || subnormalFloat(words[i])) continue;
            if (isNan(bitsOf(floatFromHalf(std::uint16_t(words[i]))))) continue; // may become quiet
            const float value = std::bit_cast<float>(words[i]);
            const std::uint32_t packed = got[24 * i + 20] & 0xFFFFu, code = halfFromFloat(value);
            ++numbers;
            nearest += packed == code;
            zero += packed == encode(fp16, value, Rounding::towardZero());
            flushed += packed != code && (code & 0x7C00u) == 0 && (packed & 0x7FFFu) == 0;
            read += got[24 * i + 21] == bitsOf(floatFromHalf(std::uint16_t(words[i])));
        }
        qInfo(
            "%s: packHalf2x16 of %zu floats: %.2f %% as to nearest even, %.2f %% as toward zero, %zu subnormals flushed; "
            "unpackHalf2x16: %.2f %% exact",
            orrery::test::device().info().name.c_str(), numbers, 100.0 * double(nearest) / double(numbers),
            100.0 * double(zero) / double(numbers), flushed, 100.0 * double(read) / double(numbers));
    }
};

ORRERY_TEST_MAIN(TestFormatsGpu)
#include "tst_formats_gpu.moc"
