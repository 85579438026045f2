// SPDX-License-Identifier: GPL-3.0-or-later
// Anchor check 15: an embedding layer is a fully connected layer on one-hot input, forward and backward, by the tensor engine's ops.
#include "engine/labs/embedding/words_onehot.h"
#include "engine/philox.h"
#include "tests/support/error_of.h"
#include "tests/support/test_main.h"

#include <cmath>
#include <limits>

using namespace orrery;
using orrery::embedding::OneHot;
using orrery::embedding::oneHot;

namespace {

std::vector<float> normals(std::size_t count, std::uint64_t seed) {
    std::vector<float> all(count);
    for (std::size_t i = 0; i < count; ++i) all[i] = float(normalPair(philox(seed, std::uint32_t(i), 0, 0))[0]);
    return all;
}

} // namespace

class TestWordsOneHot : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void productIsLookUp() {
        tensor::Context context(test::device());
        const std::int64_t V = 37, d = 12;
        const std::vector<std::int32_t> ids{3, 36, 0, 3, 17, 8, 9, 0}; // two of them twice: a sum of two has one order
        const std::vector<float> table = normals(std::size_t(V * d), 1), dy = normals(ids.size() * std::size_t(d), 2);
        const OneHot r = oneHot(context, table, V, ids, dy);
        QVERIFY(r.forwardSame && r.backwardSame);
        for (std::size_t b = 0; b < ids.size(); ++b)
            for (std::int64_t j = 0; j < d; ++j)
                QCOMPARE(r.product[b * std::size_t(d) + std::size_t(j)], table[std::size_t(ids[b] * d + j)]);
        for (std::int64_t w = 0; w < V; ++w)
            for (std::int64_t j = 0; j < d; ++j) { // added, not overwritten
                float sum = 0;
                for (std::size_t b = 0; b < ids.size(); ++b)
                    if (ids[b] == w) sum += dy[b * std::size_t(d) + std::size_t(j)];
                QCOMPARE(r.byScatter[std::size_t(w * d + j)], sum);
            }
        QCOMPARE(r.multiplications, 8.0 * 37 * 12);
        QCOMPARE(r.copies, 8.0 * 12);
    }

    /// Many of one word: exact in whole numbers, where no order rounds; else within a rounding for each addition.
    void manyOfOneWord() {
        tensor::Context context(test::device());
        const std::int64_t V = 5, d = 4, B = 100;
        std::vector<std::int32_t> ids;
        std::vector<float> whole;
        for (std::int64_t b = 0; b < B; ++b) {
            ids.push_back(b % 3 == 0 ? 2 : 4);
            for (int j = 0; j < d; ++j)
                whole.push_back(float(int(philox(5, std::uint32_t(b), std::uint32_t(j), 0)[0] % 2001) - 1000));
        }
        QVERIFY(oneHot(context, normals(std::size_t(V * d), 1), V, ids, whole).backwardSame);
        const std::vector<float> dy = normals(std::size_t(B * d), 3);
        const OneHot r = oneHot(context, normals(std::size_t(V * d), 1), V, ids, dy);
        QVERIFY(r.forwardSame);
        double size = 0;
        for (const float x : dy) size += std::abs(double(x));
        for (std::size_t i = 0; i < r.byProduct.size(); ++i)
            QVERIFY(std::abs(double(r.byProduct[i]) - double(r.byScatter[i])) <= 2 * B * 0x1p-24 * size / d);
    }

    /// Where the two differ: a NaN in a row that nobody asked for.
    void aRowThatIsNoNumber() {
        tensor::Context context(test::device());
        std::vector<float> table = normals(24, 1);
        table[5 * 4 + 1] = std::numeric_limits<float>::quiet_NaN();
        const std::vector<std::int32_t> ids{0, 2};
        const OneHot r = oneHot(context, table, 6, ids, normals(8, 2));
        QVERIFY(!r.forwardSame);
        QVERIFY(std::isnan(r.product[1]) && std::isnan(r.product[5]) && !std::isnan(r.looked[1]) && !std::isnan(r.looked[5]));
        QVERIFY(r.product[0] == r.looked[0]);
    }

    void refused() {
        tensor::Context context(test::device());
        const std::vector<std::int32_t> ids{0, 6};
        const std::string error = test::errorOf([&] { oneHot(context, normals(24, 1), 6, ids, normals(8, 2)); });
        QVERIFY2(error.find('6') != std::string::npos, error.c_str());
    }
};

int main(int argc, char** argv) { return test::run<TestWordsOneHot>(argc, argv); }
#include "tst_words_onehot.moc"
