// SPDX-License-Identifier: GPL-3.0-or-later
// Number formats against their definition: the vectors of anchors/engine.md 3, every half and every FP8 code, a search in
// double arithmetic (oracle.h), the processor's own conversions, and the arithmetic that makes 16 bits fail.
#include "engine/error.h"
#include "tests/tensor/oracle.h"

#include <QtTest/QtTest>

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define ORRERY_F16C 1
#endif

using namespace orrery;
using namespace orrery::tensor;
using orrery::tensor::test::floatBits;
using orrery::tensor::test::isNan;
using orrery::tensor::test::narrow;
using orrery::tensor::test::Oracle;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

struct Vector {
    double value, rounded;
};
/// anchors/engine.md 3 and the edges around them, in fp16.
const std::vector<Vector> halves{{0, 0},
                                 {1, 1},
                                 {65504, 65504},
                                 {65519, 65504},
                                 {65520, infinity},
                                 {65535, infinity},
                                 {1 + 0x1p-11, 1},
                                 {1 + 3 * 0x1p-11, 1 + 0x1p-9},
                                 {1 + 0x1p-11 + 0x1p-23, 1 + 0x1p-10},
                                 {1 - 0x1p-12, 1},
                                 {0x1p-14, 0x1p-14},
                                 {0x1p-14 - 0x1p-26, 0x1p-14},
                                 {0x1p-14 - 0x1p-24, 0x1p-14 - 0x1p-24},
                                 {0x1p-24, 0x1p-24},
                                 {0x1p-25, 0},
                                 {0x1p-25 + 0x1p-48, 0x1p-24},
                                 {3 * 0x1p-25, 0x1p-23},
                                 {0x1p-30, 0},
                                 {2049, 2048},
                                 {2051, 2052},
                                 {infinity, infinity}};

/// How many of them a rounding gets wrong, with both signs.
template <class Round>
int wrong(const Round& round) {
    int count = 0;
    for (const Vector& v : halves)
        for (const double sign : {1.0, -1.0}) {
            const double got = round(sign * v.value), want = sign * v.rounded;
            count += got != want || std::signbit(got) != std::signbit(want);
        }
    return count;
}

double half(double value, Rounding rounding = {}) { return decode(fp16, encode(fp16, value, rounding)); }

#ifdef ORRERY_F16C
__attribute__((target("f16c"))) std::uint16_t hardwareHalf(float x) { return _cvtss_sh(x, _MM_FROUND_TO_NEAREST_INT); }
__attribute__((target("f16c"))) std::uint16_t hardwareTruncated(float x) { return _cvtss_sh(x, _MM_FROUND_TO_ZERO); }
__attribute__((target("f16c"))) float hardwareFloat(std::uint16_t code) { return _cvtsh_ss(code); }
#endif

} // namespace

class TestFormats : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void facts_data() {
        QTest::addColumn<int>("index");
        QTest::addColumn<double>("max");
        QTest::addColumn<double>("minNormal");
        QTest::addColumn<double>("minSubnormal");
        QTest::addColumn<double>("epsilon");
        QTest::newRow("fp64") << 0 << std::numeric_limits<double>::max() << std::numeric_limits<double>::min()
                              << std::numeric_limits<double>::denorm_min() << std::numeric_limits<double>::epsilon();
        QTest::newRow("fp32") << 1 << double(std::numeric_limits<float>::max()) << double(std::numeric_limits<float>::min())
                              << double(std::numeric_limits<float>::denorm_min())
                              << double(std::numeric_limits<float>::epsilon());
        QTest::newRow("fp16") << 2 << 65504.0 << 0x1p-14 << 0x1p-24 << 0x1p-10;
        QTest::newRow("bf16") << 3 << 0x1.fep127 << 0x1p-126 << 0x1p-133 << 0x1p-7;
        QTest::newRow("e4m3") << 4 << 448.0 << 0x1p-6 << 0x1p-9 << 0.125; // OCP OFP8, table 2
        QTest::newRow("e5m2") << 5 << 57344.0 << 0x1p-14 << 0x1p-16 << 0.25;
    }
    void facts() {
        QFETCH(int, index);
        QFETCH(double, max);
        QFETCH(double, minNormal);
        QFETCH(double, minSubnormal);
        QFETCH(double, epsilon);
        const Format& f = *formats[std::size_t(index)];
        QCOMPARE(f.maxFinite, max);
        QCOMPARE(decode(f, f.maxFiniteCode()), max);
        QCOMPARE(f.minNormal(), minNormal);
        QCOMPARE(f.minSubnormal(), minSubnormal);
        QCOMPARE(decode(f, 1), minSubnormal);
        QCOMPARE(decode(f, f.implicitOne()), minNormal);
        QCOMPARE(spacing(f, 1), epsilon);
        QCOMPARE(spacing(f, 0), minSubnormal);
        QCOMPARE(spacing(f, -max), max - neighbours(f, max).below);
        QCOMPARE(spacing(f, infinity), infinity);
        QCOMPARE(classify(f, f.implicitOne() - 1), Kind::subnormal);
        QCOMPARE(classify(f, f.implicitOne()), Kind::normal);
        QCOMPARE(classify(f, f.maxFiniteCode() | f.signBit()), Kind::normal);
        QCOMPARE(classify(f, f.overflowCode()), f.hasInfinity ? Kind::infinity : Kind::nan);
        QCOMPARE(classify(f, f.signBit()), Kind::zero);
        QCOMPARE(neighbours(f, 0).above, minSubnormal);
        QCOMPARE(neighbours(f, 0).below, -minSubnormal);
        QCOMPARE(neighbours(f, minNormal).below, minNormal - minSubnormal);
        QCOMPARE(neighbours(f, 1).above, 1 + epsilon);
        QCOMPARE(neighbours(f, -1).above, -1 + epsilon / 2);
        const double beyond = neighbours(f, max).above;
        QVERIFY(f.hasInfinity ? beyond == infinity : std::isnan(beyond));
        QCOMPARE(neighbours(f, -infinity).above, -max);
        QVERIFY(isSubnormal(f, minSubnormal) && isSubnormal(f, -(minNormal - minSubnormal)) && !isSubnormal(f, minNormal));
        if (&f != &fp64) { // between two numbers
            QCOMPARE(neighbours(f, 1 + epsilon / 4).below, 1.0);
            QCOMPARE(neighbours(f, 1 + epsilon / 4).above, 1 + epsilon);
            QCOMPARE(neighbours(f, -minSubnormal / 4).below, -minSubnormal);
            QCOMPARE(neighbours(f, -minSubnormal / 4).above, 0.0);
            QCOMPARE(neighbours(f, 2 * max).below, max);
        }
    }

    /// Each rounding that is wrong in one way only misses some of the vectors: they would notice.
    void vectors() {
        QCOMPARE(wrong([](double x) { return half(x); }), 0);
        QCOMPARE(wrong([](double x) { return double(floatFromHalf(halfFromFloat(float(x)))); }), 0);
        QCOMPARE(wrong([](double x) { return double(roundTo(fp16, float(x))); }), 0);
        QVERIFY(wrong([](double x) { return half(x, Rounding::towardZero()); }) > 10);
        QVERIFY(wrong([](double x) { return half(x, Rounding{}.saturating()); }) >= 4);
        QVERIFY(wrong([](double x) { // ties away from zero
                    const double r = half(x), gap = std::abs(x) < 0x1p-14 ? 0x1p-24 : std::ldexp(1.0, std::ilogb(x) - 10);
                    return std::abs(x) - std::abs(r) == gap / 2 ? r + std::copysign(gap, x) : r;
                }) >= 6);
        QVERIFY(wrong([](double x) { // subnormals flushed
                    return std::abs(half(x)) < 0x1p-14 ? std::copysign(0, x) : half(x);
                }) >= 6);
        QVERIFY(wrong([](double x) { return std::signbit(x) ? -half(-x) + 0.0 : half(x); }) > 0); // the sign of zero lost
    }

    void everyHalfReturns() {
        const Oracle oracle(fp16);
        for (std::uint32_t code = 0; code < 65536; ++code) {
            const auto bits = std::uint16_t(code);
            const double value = decode(fp16, code);
            const float quick = floatFromHalf(bits);
            if (std::isnan(value)) { // comes back quiet, sign and payload kept
                QVERIFY((code & 0x7FFF) > 0x7C00 && std::isnan(quick));
                QCOMPARE(encode(fp16, value), std::uint64_t(code | 0x200));
                QCOMPARE(halfFromFloat(quick), std::uint16_t(code | 0x200));
                continue;
            }
            const double plain = (code & 0x7FFF) == 0x7C00 ? infinity : oracle.plain(code & 0x7FFF);
            QCOMPARE(value, code & 0x8000 ? -plain : plain);
            QCOMPARE(std::signbit(value), code >= 0x8000);
            QVERIFY(double(quick) == value && std::signbit(quick) == std::signbit(value));
            QCOMPARE(encode(fp16, value), std::uint64_t(code));
            QCOMPARE(halfFromFloat(quick), bits);
            for (const Rounding r : {Rounding::towardZero(), Rounding::stochastic(0), Rounding::stochastic(~0u)})
                QCOMPARE(encode(fp16, value, r), std::uint64_t(code));
        }
    }

    void everyFp8() {
        for (const Format* f : {&e4m3, &e5m2})
            for (std::uint64_t code = 0; code < 256; ++code) { // the OCP's formula, in its own words
                const int e = int(code & 127) >> f->mantissaBits, m = int(code) & ((1 << f->mantissaBits) - 1);
                const double fraction = m / double(1 << f->mantissaBits), sign = code & 128 ? -1 : 1;
                const double value = decode(*f, code);
                const bool nan = f == &e4m3 ? (code & 127) == 127 : e == 31 && m > 0, inf = f == &e5m2 && e == 31 && m == 0;
                QCOMPARE(std::isnan(value), nan);
                QCOMPARE(std::signbit(value), sign < 0);
                if (nan) continue;
                QCOMPARE(value, inf ? sign * infinity : sign * std::pow(2.0, std::max(e, 1) - f->bias) * (fraction + (e > 0)));
                QCOMPARE(encode(*f, value), code);
            }
        const double nan = std::numeric_limits<double>::quiet_NaN();
        QCOMPARE(encode(e4m3, 464.0), std::uint64_t(0x7E)); // the tie: 448's fraction is even
        QCOMPARE(encode(e4m3, std::nextafter(464.0, 500.0)), std::uint64_t(0x7F));
        QCOMPARE(encode(e4m3, -infinity), std::uint64_t(0xFF));
        QCOMPARE(encode(e4m3, -1e9, Rounding{}.saturating()), std::uint64_t(0xFE));
        QCOMPARE(encode(e4m3, infinity, Rounding{}.saturating()), std::uint64_t(0x7E));
        QCOMPARE(encode(e4m3, nan, Rounding{}.saturating()), std::uint64_t(0x7F));
        QCOMPARE(encode(e4m3, 1e9, Rounding::towardZero()), std::uint64_t(0x7E));
        QCOMPARE(encode(e5m2, std::nextafter(61440.0, 0.0)), std::uint64_t(0x7B));
        QCOMPARE(encode(e5m2, 61440.0), std::uint64_t(0x7C));
        QCOMPARE(encode(e5m2, infinity, Rounding{}.saturating()), std::uint64_t(0x7B));
        QCOMPARE(encode(e5m2, nan), std::uint64_t(0x7E));
    }

    void agreesWithTheSearch_data() {
        QTest::addColumn<int>("index");
        QTest::addColumn<int>("mode");
        for (int i = 2; i < 6; ++i)
            for (int mode = 0; mode < 3; ++mode)
                QTest::newRow(qPrintable(QString("%1 %2").arg(formats[std::size_t(i)]->name).arg(mode))) << i << mode;
    }
    void agreesWithTheSearch() {
        QFETCH(int, index);
        QFETCH(int, mode);
        const Format& format = *formats[std::size_t(index)];
        const Oracle oracle(format);
        std::uint32_t i = 0, moved = 0;
        for (const std::uint32_t bits : floatBits()) {
            if (isNan(bits)) continue;
            const float value = std::bit_cast<float>(bits);
            const Philox4 words = philox(4, ++i, 0, 0);
            for (const Rounding r :
                 {Rounding{Rounding::Mode(mode), words[0], false}, Rounding{Rounding::Mode(mode), words[1], true}}) {
                const std::uint64_t want = oracle.encode(value, r);
                QCOMPARE(encode(format, value, r), want);
                QCOMPARE(encode(format, double(value), r), want);
                if (mode != 1) moved += want != oracle.encode(value, {Rounding::Mode::towardZero, 0, r.saturate});
            }
        }
        QVERIFY(mode == 1 || moved > 10000); // truncation would be noticed that often
    }

    /// Doubles between floats: no double rounding on the way.
    void doublesRoundOnce() {
        const Oracle oracle(fp16);
        for (std::uint32_t i = 0; i < 50000; ++i) {
            const Philox4 w = philox(5, i, 0, 0);
            const double tie = oracle.plain(w[0] % 31743) / 2 + oracle.plain(w[0] % 31743 + 1) / 2;
            const double value = tie * (1 + (int(w[1] % 3) - 1) * 0x1p-50); // a float takes this for the tie
            QCOMPARE(encode(fp16, value), oracle.encode(value));
        }
        QCOMPARE(half(1 + 0x1p-11 + 0x1p-50), 1 + 0x1p-10);
        QCOMPARE(half(double(float(1 + 0x1p-11 + 0x1p-50))), 1.0);
        QCOMPARE(encode(fp16, std::numeric_limits<double>::denorm_min()), std::uint64_t(0));
        QCOMPARE(encode(fp16, -1e-300, Rounding::stochastic(0)), std::uint64_t(0x8000));
    }

    /// fp32 is the compiler's float, fp64 its double.
    void wideFormats() {
        for (std::uint32_t i = 0; i < 100000; ++i) {
            const Philox4 w = philox(6, i, 0, 0);
            const double near = std::ldexp(1 + w[1] * 0x1p-32 + w[2] * 0x1p-60, int(w[0] % 300) - 160);
            for (const double value : {std::bit_cast<double>(std::uint64_t(w[0]) << 32 | w[1]), near}) {
                if (std::isnan(value)) continue;
                QCOMPARE(encode(fp64, value), std::bit_cast<std::uint64_t>(value));
                QCOMPARE(decode(fp64, std::bit_cast<std::uint64_t>(value)), value);
                QCOMPARE(encode(fp32, value), std::uint64_t(std::bit_cast<std::uint32_t>(float(value))));
            }
            const float f = std::bit_cast<float>(w[3]);
            if (std::isnan(f)) continue;
            QCOMPARE(decode(fp32, w[3]), double(f));
            if (std::isinf(f)) continue;
            const Neighbours n = neighbours(fp32, f);
            QCOMPARE(n.above, double(std::nextafter(f, std::numeric_limits<float>::infinity())));
            QCOMPARE(n.below, double(std::nextafter(f, -std::numeric_limits<float>::infinity())));
            QCOMPARE(roundTo(fp32, f), f);
        }
    }

    /// The quick ways, bit for bit, NaN payloads included.
    void quickWaysAgree() {
        for (const std::uint32_t bits : floatBits()) {
            const float value = std::bit_cast<float>(bits);
            const std::uint64_t h = encode(fp16, value), b = encode(bf16, value);
            QCOMPARE(std::uint64_t(halfFromFloat(value)), h);
            QCOMPARE(std::uint64_t(bf16FromFloat(value)), b);
            QCOMPARE(std::bit_cast<std::uint32_t>(floatFromBf16(std::uint16_t(b))),
                     std::bit_cast<std::uint32_t>(roundTo(bf16, value)));
            QCOMPARE(std::bit_cast<std::uint32_t>(floatFromHalf(std::uint16_t(h))),
                     std::bit_cast<std::uint32_t>(roundTo(fp16, value)));
        }
        std::vector<float> values{1, 65520, -0x1p-24f}, back(3);
        std::vector<std::uint16_t> codes(3);
        halfFromFloat(values, codes);
        QCOMPARE(codes, (std::vector<std::uint16_t>{0x3C00, 0x7C00, 0x8001}));
        floatFromHalf(codes, back);
        QCOMPARE(back[2], -0x1p-24f);
        codes.pop_back();
        QVERIFY_EXCEPTION_THROWN(halfFromFloat(values, codes), Error);
    }

    /// Intel's vcvtps2ph and vcvtph2ps, and the compiler's _Float16 (a library of its own where the processor has none).
    void agreesWithTheProcessor() {
#ifdef __FLT16_MAX__
        for (const std::uint32_t bits : floatBits()) {
            if (isNan(bits)) continue;
            const float value = std::bit_cast<float>(bits);
            QCOMPARE(halfFromFloat(value), std::bit_cast<std::uint16_t>(_Float16(value)));
        }
#endif
#ifdef ORRERY_F16C
        if (!__builtin_cpu_supports("f16c")) QSKIP("this processor has no F16C");
        for (const std::uint32_t bits : floatBits()) {
            const float value = std::bit_cast<float>(bits);
            QCOMPARE(halfFromFloat(value), hardwareHalf(value));
            if (!isNan(bits)) QCOMPARE(encode(fp16, value, Rounding::towardZero()), std::uint64_t(hardwareTruncated(value)));
        }
        for (std::uint32_t code = 0; code < 65536; ++code) // a NaN's quiet bit is the processor's business
            if (!isNan(std::bit_cast<std::uint32_t>(floatFromHalf(std::uint16_t(code)))))
                QCOMPARE(floatFromHalf(std::uint16_t(code)), hardwareFloat(std::uint16_t(code)));
#else
        QSKIP("no F16C from this compiler");
#endif
    }

    /// Mean over words is the value (five deviations), for numbers in the middle, among subnormals and at the end.
    void stochasticIsUnbiased_data() {
        QTest::addColumn<int>("index");
        QTest::addColumn<double>("value");
        QTest::newRow("fp16") << 2 << 1 + 0.3 * 0x1p-10;
        QTest::newRow("fp16 negative") << 2 << -(3 + 0.9 * 0x1p-9);
        QTest::newRow("fp16 subnormal") << 2 << 5.7 * 0x1p-24;
        QTest::newRow("fp16 under the least") << 2 << 0.02 * 0x1p-24;
        QTest::newRow("bf16") << 3 << 1e-3;
        QTest::newRow("bf16 tie") << 3 << 1 + 0x1p-8;
        QTest::newRow("e4m3") << 4 << 3.3;
        QTest::newRow("e5m2") << 5 << -1000.0;
    }
    void stochasticIsUnbiased() {
        QFETCH(int, index);
        QFETCH(double, value);
        const Format& f = *formats[std::size_t(index)];
        const Neighbours n = neighbours(f, value);
        const double gap = n.above - n.below, p = (value - n.below) / gap; // of the upper one
        constexpr int draws = 200000;
        double sum = 0;
        int upper = 0, nearest = 0;
        for (std::uint32_t i = 0; i < draws / 4; ++i)
            for (const std::uint32_t word : philox(7, i, 0, 0)) {
                const double got = decode(f, encode(f, value, Rounding::stochastic(word)));
                QVERIFY(got == n.above || got == n.below);
                upper += got == n.above;
                nearest += decode(f, encode(f, value)) == n.above;
                sum += (got - value) / gap;
            }
        const double band = 5 * std::sqrt(p * (1 - p) / draws);
        QVERIFY2(std::abs(sum / draws) < band, qPrintable(QString("%1 of %2").arg(sum / draws).arg(band)));
        QVERIFY(std::abs(double(upper) / draws - p) < band);
        QVERIFY(std::abs(double(nearest) / draws - p) > band); // rounding to nearest is biased here, as truncation is
    }

    /// (5) of engine.md: an update under half a spacing is swallowed each time; the master adds them all up exactly.
    void masterWeight() {
        double fp16Only = 1;
        float master = 1;
        for (int i = 0; i < 1000; ++i) {
            fp16Only = half(fp16Only + 0x1p-12);
            master += 0x1p-12f;
        }
        QCOMPARE(fp16Only, 1.0);
        QCOMPARE(master, 1.244140625f);
        QCOMPARE(half(master), 1.244140625); // 1000 x 2^-12 = 250 x 2^-10
        // llm.c's way without a master: each update is kept with probability 1/4, 2^-10 at a time.
        double stochastic = 1;
        for (std::uint32_t i = 0; i < 1000; ++i)
            stochastic = half(stochastic + 0x1p-12, Rounding::stochastic(philox(8, i, 0, 0)[0]));
        QVERIFY(std::abs(stochastic - 1.244140625) < 5 * 0x1p-10 * std::sqrt(1000 * 0.25 * 0.75));
    }

    /// (6): 2048 + 1 is a tie and goes back to 2048; under truncation it sticks there too, so 2050 + 1 tells them apart.
    void sumOfOnesSticks() {
        double sum = 0, bf = 0, accumulated = 0;
        for (int i = 0; i < 5000; ++i) {
            sum = half(sum + 1);
            bf = decode(bf16, encode(bf16, bf + 1));
            accumulated += 1;
            if (i < 2048) QCOMPARE(sum, double(i + 1));
        }
        QCOMPARE(sum, 2048.0);
        QCOMPARE(bf, 256.0);
        QCOMPARE(half(accumulated), 5000.0);
        QCOMPARE(half(2050.0 + 1), 2052.0);
    }

    /// (3): powers of two commute with rounding where nothing leaves the range, so scaling costs no bit; 1000 and back does.
    void scaleAndUnscale() {
        int others = 0;
        for (std::uint32_t code = 0x400; code < 0x7C00; ++code) { // normal numbers
            const double g = decode(fp16, code);
            for (int n = -20; n <= 20; ++n) {
                const double scaled = std::ldexp(g, n);
                if (scaled < fp16.minNormal() || scaled > fp16.maxFinite) continue;
                QCOMPARE(std::ldexp(half(scaled), -n), g);
            }
            if (g * 1000 <= fp16.maxFinite) others += half(half(g * 1000) * half(0.001)) != g;
        }
        QVERIFY(others > 1000);
        QCOMPARE(std::ldexp(half(std::ldexp(0x1.8p-27, 15)), -15), 0x1.8p-27); // what was lost at S = 1 survives
        QCOMPARE(half(0x1.8p-27), 0.0);
        QVERIFY(std::ldexp(half(std::ldexp(0x1.004p-14, -5)), 5) != 0x1.004p-14); // left the range: bits are lost
    }
};

QTEST_GUILESS_MAIN(TestFormats)
#include "tst_formats.moc"
