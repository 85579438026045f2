// SPDX-License-Identifier: GPL-3.0-or-later
// Fourier transforms too large for a direct sum: tones, whose spectrum is known, every way there and back, and the host's
// library beside our kernels.
#include "engine/error.h"
#include "engine/tensor/ops/fft.h"
#include "tests/tensor/op_bed.h"

#include <numbers>

using namespace orrery;
using namespace orrery::tensor;
using orrery::tensor::test::deviceOf;

namespace {

/// e^(2 pi i f k / n), exact in the product f k.
std::vector<float> tone(std::int64_t n, std::int64_t f) {
    std::vector<float> values;
    for (std::int64_t k = 0; k < n; ++k) {
        const double angle = 2 * std::numbers::pi * double(f * k % n) / double(n);
        values.push_back(float(std::cos(angle))), values.push_back(float(std::sin(angle)));
    }
    return values;
}

std::vector<float> noise(std::int64_t count) {
    std::vector<float> values;
    for (std::int64_t i = 0; i < count; ++i) values.push_back(float(normalPair(philox(11, std::uint32_t(i), 0, 0))[0]));
    return values;
}

/// Of the norm: 7 log2 N units (Higham 2002, 24.1), thrice that where a chirp is transformed as well.
double allowed(std::int64_t n) { return 3 * 7 * (2 + std::log2(double(n))) * tensor::test::unit32; }

} // namespace

class TestFft : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void tonesAreOneCoefficient_data() {
        QTest::addColumn<qint64>("n");
        QTest::addColumn<bool>("host");
        for (const qint64 n : {1 << 20, 823543, 531441, 1000000, 65537, 4096})
            for (const bool host : {false, true}) QTest::addRow("%lld %s", n, host ? "host" : "vulkan") << n << host;
    }
    void tonesAreOneCoefficient() {
        QFETCH(qint64, n);
        QFETCH(bool, host);
        if (host && !deviceOf(gpu::ReadPath::texel).isCpu()) QSKIP("the host's FFTW needs a CPU device");
        Context context(deviceOf(gpu::ReadPath::texel), {.products = host ? Products::host : Products::vulkan, .guarded = true});
        const std::int64_t f = n / 3 + 1;
        const std::vector<float> values = tone(n, f);
        const Tensor x = context.upload({n, 2}, std::span<const float>(values)), spectrum = fft(context, x);
        std::vector<float> got = context.read(spectrum);
        got[std::size_t(2 * f)] -= float(n);
        double power = 0;
        for (const float v : got) power += double(v) * v;
        QVERIFY2(std::sqrt(power) < allowed(n) * double(n), qPrintable(QString::number(std::sqrt(power) / double(n))));
        const std::vector<float> back = context.read(ifft(context, spectrum));
        double error = 0;
        for (std::size_t i = 0; i < back.size(); ++i) error += std::pow(double(back[i]) - values[i], 2);
        QVERIFY(std::sqrt(error / double(n)) < 2 * allowed(n));
        QVERIFY(context.checkGuards().empty());
    }

    /// The same numbers by FFTW and by our kernels, and there and back again.
    void hostAndKernelsAgree_data() {
        QTest::addColumn<qint64>("rows");
        QTest::addColumn<qint64>("n");
        QTest::addRow("1 x 2^17") << qint64(1) << qint64(1 << 17);
        QTest::addRow("100 x 1000") << qint64(100) << qint64(1000);
        QTest::addRow("30 x 3^7") << qint64(30) << qint64(2187);
        QTest::addRow("3 x 10007, a prime") << qint64(3) << qint64(10007);
    }
    void hostAndKernelsAgree() {
        QFETCH(qint64, rows);
        QFETCH(qint64, n);
        const std::vector<float> values = noise(rows * n);
        std::vector<float> spectra[3];
        const FftOptions options[] = {{}, {FftKernel::passes}, {FftKernel::workgroup}};
        for (int way = 0; way < 3; ++way) {
            Context context(deviceOf(gpu::ReadPath::texel));
            const Tensor x = context.upload({rows, n}, std::span<const float>(values));
            const Tensor spectrum = rfft(context, x, options[way]);
            spectra[way] = context.read(spectrum);
            const std::vector<float> back = context.read(irfft(context, spectrum, n, options[way]));
            double error = 0;
            for (std::size_t i = 0; i < back.size(); ++i) error += std::pow(double(back[i]) - values[i], 2);
            QVERIFY(std::sqrt(error / double(rows * n)) < 2 * allowed(n));
        }
        for (int way = 1; way < 3; ++way) {
            double error = 0, power = 0;
            for (std::size_t i = 0; i < spectra[0].size(); ++i) {
                error += std::pow(double(spectra[way][i]) - spectra[0][i], 2);
                power += double(spectra[0][i]) * spectra[0][i];
            }
            QVERIFY(std::sqrt(error / power) < 2 * allowed(n));
        }
    }

    void errorsNameShapes() {
        Context context(deviceOf(gpu::ReadPath::texel));
        const Tensor x = context.zeros({3, 4});
        for (const auto& call : std::vector<std::function<void()>>{[&] { fft(context, x); },
                                                                   [&] {
                                                                       irfft(context, context.zeros({5, 2}), 7);
                                                                   },
                                                                   [&] {
                                                                       rfft(context, context.zeros({2, 0}));
                                                                   },
                                                                   [&] {
                                                                       ifft(context, context.zeros({0, 2}));
                                                                   },
                                                                   [&] { rfft(context, context.zeros({4}, DType::i32)); }})
            QVERIFY_THROWS_EXCEPTION(Error, call());
    }
};

ORRERY_TEST_MAIN(TestFft)
#include "tst_fft.moc"
