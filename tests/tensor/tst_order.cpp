// SPDX-License-Identifier: GPL-3.0-or-later
// Scans, sorts and histograms beyond what the generic op test asks: special values, errors, and laws.
#include "engine/error.h"
#include "engine/tensor/ops/histogram.h"
#include "engine/tensor/ops/scan.h"
#include "engine/tensor/ops/sort.h"
#include "tests/tensor/op_bed.h"

#include <algorithm>
#include <limits>

using namespace orrery;
using namespace orrery::tensor;
using orrery::tensor::test::deviceOf;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity(), nan_ = std::numeric_limits<float>::quiet_NaN();

Tensor row(Context& context, const std::vector<float>& values, DType type = DType::f32) {
    return context.upload({std::int64_t(values.size())}, std::span<const float>(values), type);
}

template <class Call>
void throwsNaming(Call call, std::initializer_list<const char*> parts) {
    try {
        call();
    } catch (const Error& e) {
        for (const char* part : parts) QVERIFY2(QString(e.what()).contains(part), e.what());
        return;
    }
    QFAIL("nothing was thrown");
}

} // namespace

class TestOrder : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    /// NaNs last both ways and in their order; the zeros are equal; infinities are numbers.
    void specialValuesHaveTheirPlaces_data() {
        QTest::addColumn<int>("size");
        QTest::addColumn<bool>("half");
        QTest::addColumn<int>("kernel");
        for (const int size : {9, 1000}) // by ranks, by radix
            for (const bool half : {false, true})
                for (int kernel = 1; kernel <= 2; ++kernel)
                    QTest::addRow("%d %d %d", size, int(half), kernel) << size << half << kernel;
    }
    void specialValuesHaveTheirPlaces() {
        QFETCH(int, size);
        QFETCH(bool, half);
        QFETCH(int, kernel);
        std::vector<float> values = {nan_, 0.0f, infinity, -0.0f, -1.5f, -nan_, -infinity, 0.0f, 0x1p-24f};
        values.resize(std::size_t(size), 1.0f);
        for (const bool descending : {false, true}) {
            std::vector<std::int32_t> want(values.size());
            std::iota(want.begin(), want.end(), 0);
            std::ranges::stable_sort(want, [&](std::int32_t i, std::int32_t j) {
                const float a = values[std::size_t(i)], b = values[std::size_t(j)];
                if (std::isnan(a) || std::isnan(b)) return !std::isnan(a) && std::isnan(b);
                return descending ? a > b : a < b;
            });
            Context context(deviceOf(gpu::ReadPath::texel), {.guarded = true});
            const Tensor x = row(context, values, half ? DType::f16 : DType::f32);
            const Sorted s = sort(context, x, descending, SortKernel(kernel));
            QVERIFY(context.readInts(s.indices) == want);
            QVERIFY(s.values.type() == x.type());
            const std::vector<float> got = context.read(s.values);
            for (std::size_t i = 0; i < got.size(); ++i) {
                const float w = values[std::size_t(want[i])];
                QVERIFY(std::isnan(w) ? std::isnan(got[i]) : got[i] == w && std::signbit(got[i]) == std::signbit(w));
            }
            const Sorted top = topK(context, x, 4, !descending, SortKernel(kernel));
            QVERIFY(context.readInts(top.indices) == std::vector<std::int32_t>(want.begin(), want.begin() + 4));
        }
    }

    void largeSorts() { // several blocks in several rows, all bits of the keys in use
        constexpr std::size_t rows = 2, size = 30011;
        std::vector<float> values(rows * size);
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = std::bit_cast<float>(philox(3, std::uint32_t(i), 0, 0)[0]);
        for (const SortKernel kernel : {SortKernel::invocation, SortKernel::workgroup}) {
            Context context(deviceOf(gpu::ReadPath::texel));
            const Tensor x = context.upload({rows, size}, std::span<const float>(values));
            const std::vector<std::int32_t> got = context.readInts(sort(context, x, false, kernel).indices);
            for (std::size_t r = 0; r < rows; ++r) {
                std::vector<bool> seen(size);
                for (std::size_t i = 0; i < size; ++i) {
                    const auto at = std::size_t(got[r * size + i]);
                    QVERIFY(at < size && !seen[at]);
                    seen[at] = true;
                    if (i == 0) continue;
                    const auto before = std::size_t(got[r * size + i - 1]);
                    const float a = values[r * size + before], b = values[r * size + at];
                    const bool inOrder = std::isnan(b) ? !std::isnan(a) || before < at : a < b || (a == b && before < at);
                    QVERIFY(inOrder);
                }
            }
        }
    }

    void histogramsKnowEdgesAndWhatIsOutside() {
        Context context(deviceOf(gpu::ReadPath::texel), {.guarded = true});
        const std::vector<float> edges = histogramEdges(10, 0, 1);
        std::vector<float> values = {nan_, -infinity, infinity, -0x1p-140f, 1.0f, std::nextafter(1.0f, 0.0f), -0.0f};
        std::vector<std::int32_t> want(13);
        want[9] = 1, want[0] = 1, want[10] = 2, want[11] = 2, want[12] = 1;
        for (std::size_t k = 0; k < 10; ++k) { // each edge belongs to the bin that it begins
            values.push_back(edges[k]), values.push_back(std::nextafter(edges[k + 1], 0.0f));
            want[k] += 2;
        }
        for (const Counters counters : {Counters::global, Counters::invocation, Counters::workgroup})
            QVERIFY(context.readInts(histogram(context, row(context, values), 10, 0, 1, counters)) == want);
    }

    /// A scan cut anywhere and carried on is the same scan; constant coefficients have a closed form.
    void recurrencesHoldTheirLaws() {
        Context context(deviceOf(gpu::ReadPath::texel));
        const std::vector<float> ones(3000, 1.0f), nines(3000, 0.9f);
        for (const ScanKernel kernel : {ScanKernel::invocation, ScanKernel::workgroup}) {
            const ScanOptions options{.kernel = kernel};
            const std::vector<float> h = context.read(linearScan(context, row(context, nines), row(context, ones), options));
            for (std::size_t t = 0; t < h.size(); ++t)
                QVERIFY(std::abs(h[t] - 10 * (1 - std::pow(double(0.9f), double(t + 1)))) < 1e-4);
            const std::vector<float> sums = context.read(cumsum(context, row(context, ones), 0, {.kernel = kernel}));
            for (std::size_t t = 0; t < sums.size(); ++t) QCOMPARE(sums[t], float(t + 1)); // exact: whole numbers
        }
    }

    void errorsNameShapes() {
        Context context(deviceOf(gpu::ReadPath::texel));
        const Tensor a = context.zeros({3, 4}), b = context.zeros({4, 3}), one = context.zeros({});
        throwsNaming([&] { linearScan(context, a, b); }, {"linear scan", "[3, 4]", "[4, 3]"});
        throwsNaming([&] { linearScan(context, a, a, {.initial = context.zeros({3})}); }, {"[3]", "[3, 4]", "[4]"});
        throwsNaming([&] { linearScan(context, a, a, {.complexPairs = true}); }, {"complex", "[3, 4]"});
        throwsNaming([&] { cumsum(context, a, 2); }, {"[3, 4]", "2"});
        throwsNaming([&] { sort(context, one); }, {"sort"});
        throwsNaming([&] { topK(context, a, 5); }, {"top-k", "5", "[3, 4]"});
        throwsNaming([&] { sort(context, context.zeros({3}, DType::i32)); }, {"sort", "i32"});
        throwsNaming([&] { histogram(context, a, 0, 0, 1); }, {"histogram", "0 bins"});
        throwsNaming([&] { histogram(context, a, 3, 1, 1); }, {"histogram"});
        throwsNaming([&] { histogram(context, a, 3, 0, nan_); }, {"histogram"});
    }
};

ORRERY_TEST_MAIN(TestOrder)
#include "tst_order.moc"
