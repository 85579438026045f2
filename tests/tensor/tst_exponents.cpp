// SPDX-License-Identifier: GPL-3.0-or-later
// Exponent counts of the device against precisionStats() of the host: the same numbers, for any scale and format.
#include "engine/error.h"
#include "engine/tensor/ops/exponents.h"
#include "tests/tensor/op_bed.h"
#include "tests/tensor/oracle.h"

using namespace orrery;
using namespace orrery::tensor;
using orrery::tensor::test::deviceOf;

class TestExponents : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void countsAreThoseOfTheHost_data() {
        QTest::addColumn<int>("path");
        QTest::addColumn<int>("format");
        QTest::addColumn<double>("scale");
        for (const gpu::ReadPath path : {gpu::ReadPath::texel, gpu::ReadPath::storage}) {
            for (const double scale : {1.0, 32768.0, 0x1p-20, 3.7, -1.0, 1e-3, 1e300, 0x1p-1074, 0x1p-100})
                QTest::addRow("fp16 scale %g by path %d", scale, int(path)) << int(path) << 2 << scale;
            for (int format = 0; format < int(formats.size()); ++format)
                QTest::addRow("%s by path %d", formats[std::size_t(format)]->name, int(path)) << int(path) << format << 1.5;
        }
    }
    void countsAreThoseOfTheHost() {
        QFETCH(int, path);
        QFETCH(int, format);
        QFETCH(double, scale);
        std::vector<float> values;
        for (const std::uint32_t bits : tensor::test::floatBits()) values.push_back(std::bit_cast<float>(bits));
        for (int e = -45; e < 20; ++e) // around each boundary of the bins and of fp16
            for (const double x : {std::ldexp(1.0, e) / scale, 65520 / scale, 0x1p-25 / scale, (0x1p-14 - 0x1p-25) / scale})
                for (const float y : {float(x), std::nextafter(float(x), 0.0f), std::nextafter(float(x), 1e38f)})
                    values.push_back(y);
        Context context(deviceOf(gpu::ReadPath(path)), {.guarded = true});
        const Tensor x = context.upload({std::int64_t(values.size())}, std::span<const float>(values));
        const Format& into = *formats[std::size_t(format)];
        QVERIFY(exponentCounts(context, x, scale, into).read(context) == precisionStats(values, scale, into));
        QVERIFY(context.checkGuards().empty());
    }

    void allHalves() {
        std::vector<float> values;
        for (std::uint32_t code = 0; code < 65536; ++code) values.push_back(floatFromHalf(std::uint16_t(code)));
        for (const gpu::ReadPath path : {gpu::ReadPath::texel, gpu::ReadPath::storage}) {
            Context context(deviceOf(path));
            const Tensor x = context.upload({256, 256}, std::span<const float>(values), DType::f16);
            for (const double scale : {1.0, 0.01, 4096.0}) {
                const PrecisionStats got = exponentCounts(context, x, scale).read(context);
                QVERIFY(got == precisionStats(values, scale));
                QCOMPARE(got.count(), std::uint64_t(65536));
            }
        }
    }

    void nothingHasNoCounts() {
        Context context(deviceOf(gpu::ReadPath::texel));
        QVERIFY(exponentCounts(context, context.zeros({0, 3})).read(context) == PrecisionStats());
        for (const double scale : {0.0, double(NAN), double(INFINITY)})
            QVERIFY_THROWS_EXCEPTION(Error, exponentCounts(context, context.zeros({3}), scale));
    }
};

ORRERY_TEST_MAIN(TestExponents)
#include "tst_exponents.moc"
