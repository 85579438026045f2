// SPDX-License-Identifier: GPL-3.0-or-later
// What the generic op test does not ask of attention and of the host's side: the same bits on any number of cores, functions
// of the host against float64, laws of a transformer block, errors that name the shapes.
#include "engine/error.h"
#include "engine/philox.h"
#include "engine/tensor/bench_vit.h"
#include "engine/tensor/host_epilogue.h"
#include "engine/tensor/host_threads.h"
#include "engine/tensor/host_vector.h"
#include "engine/tensor/ops/attention.h"
#include "tests/support/error_of.h"
#include "tests/support/test_main.h"

#include <atomic>
#include <cmath>
#include <numeric>
#include <thread>

using namespace orrery;
using namespace orrery::tensor;

namespace {

/// What an op says to arguments that do not fit.
template <class Work>
QString said(Work work) {
    return QString::fromStdString(orrery::test::errorOf(work));
}

ORRERY_INLINE void expAllBody(float* x, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) x[i] = host::expOf(x[i]);
}
ORRERY_VECTOR_LOOP(expAll, (float* x, std::int64_t count), (x, count))

std::vector<float> normals(std::size_t count, std::uint64_t seed) {
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i) values[i] = float(normalPair(philox(seed, std::uint32_t(i), 0, 0))[0]);
    return values;
}

Tensor random(Context& c, const Shape& shape, std::uint64_t seed) {
    const std::vector<float> values = normals(std::size_t(shape.count()), seed);
    return c.upload(shape, std::span<const float>(values));
}

} // namespace

class TestAttention : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void exponentialOfTheHost() {
        std::vector<float> x;
        for (float v = -86.9F; v < 80; v += 0.00731F) x.push_back(v);
        std::vector<float> y = x;
        expAll(y.data(), std::int64_t(y.size()));
        double worst = 0;
        for (std::size_t i = 0; i < x.size(); ++i) {
            const double want = std::exp(double(x[i]));
            worst = std::max(worst, std::abs(y[i] - want) / want);
        }
        QVERIFY2(worst < 2 * 0x1p-23, qPrintable(QString::number(worst / 0x1p-23)));
        std::vector<float> edges = {0.0F, -0.0F, -88.0F, -INFINITY, std::nanf("")};
        expAll(edges.data(), 5);
        QCOMPARE(edges[0], 1.0F);
        QCOMPARE(edges[1], 1.0F);
        QCOMPARE(edges[2], 0.0F);
        QCOMPARE(edges[3], 0.0F);
        QVERIFY(std::isnan(edges[4]));
    }

    /// GELU in the middle, in the tails and at the seam; bias; rows of any length.
    void epilogueOfTheHost() {
        for (const std::int64_t columns : {1, 7, 64, 1001}) {
            const std::int64_t rows = 5;
            std::vector<float> x = normals(std::size_t(rows * columns), 3), bias = normals(std::size_t(columns), 4);
            for (float& v : x) v *= 3;
            for (const auto activation : {std::optional<Unary>(Unary::gelu), std::optional<Unary>(Unary::relu),
                                          std::optional<Unary>(Unary::silu), std::optional<Unary>()}) {
                std::vector<float> y = x;
                host::epilogue(y.data(), rows, columns, bias.data(), activation);
                for (std::size_t i = 0; i < y.size(); ++i) {
                    const double sum = double(x[i] + bias[i % std::size_t(columns)]);
                    const double want = activation == Unary::gelu   ? sum * 0.5 * std::erfc(-sum / std::sqrt(2.0))
                                        : activation == Unary::relu ? std::max(sum, 0.0)
                                        : activation == Unary::silu ? sum / (1 + std::exp(-sum))
                                                                    : sum;
                    QVERIFY2(std::abs(y[i] - want) <= 8 * 0x1p-24 * (std::abs(want) + std::abs(sum) * 0.1) + 1e-30,
                             qPrintable(QString("%1: %2, not %3").arg(sum).arg(double(y[i])).arg(want)));
                }
            }
        }
    }

    void tasksRunOnceAndThrow() {
        for (const int cores : {1, 2, 5}) {
            host::useCores(cores);
            std::vector<int> count(1000, 0);
            host::parallel(1000, [&](std::int64_t task, int) { ++count[std::size_t(task)]; });
            QVERIFY(std::ranges::all_of(count, [](int n) { return n == 1; }));
            const auto fails = [] {
                host::parallel(10, [](std::int64_t t, int) {
                    if (t == 7) throw Error("seven");
                });
            };
            QCOMPARE(said(fails), QString("seven"));
            host::parallel(0, [](std::int64_t, int) { throw Error("none was asked for"); });
        }
        host::useCores(0);
    }

    /// The threads are kept between calls and belong to one of them at a time: calls within tasks, from other threads and with
    /// another number of workers still do each task once, by workers that are there.
    void tasksWithinTasksAndFromOtherThreads() {
        const auto sum = [](std::int64_t count) {
            std::atomic<std::int64_t> total{0};
            std::atomic<bool> strangers{false};
            host::parallel(count, [&](std::int64_t task, int worker) {
                if (worker < 0 || worker >= host::workers(count)) strangers = true;
                total += task;
            });
            return strangers ? -1 : total.load();
        };
        std::atomic<int> wrong{0};
        for (int round = 0; round < 200; ++round) {
            host::useCores(round % 2 ? 5 : 2);
            std::vector<std::jthread> callers;
            for (int c = 0; c < 3; ++c)
                callers.emplace_back([&] {
                    host::parallel(4, [&](std::int64_t, int) { wrong += sum(50) != 1225; });
                    wrong += sum(10) != 45;
                });
            wrong += sum(100) != 4950;
        }
        host::useCores(0);
        QCOMPARE(wrong.load(), 0);
    }

    void sameBitsOnAnyNumberOfCores() {
        if (!test::device().isCpu()) QSKIP("the host's side needs a CPU device");
        std::vector<float> first;
        for (const int cores : {1, 2, 5}) {
            host::useCores(cores);
            Context context(test::device(), {.products = Products::host});
            const Tensor qkv = random(context, {2, 300, 3 * 2 * 16}, 1);
            const std::vector<float> y = context.read(attention(context, qkv, 2, 2, {.causal = 0}));
            if (first.empty()) first = y;
            QVERIFY(std::memcmp(first.data(), y.data(), 4 * y.size()) == 0);
        }
        host::useCores(0);
    }

    /// One query after another over a cache whose rows lie in any order gives what all queries at once give.
    void aCacheGivesWhatAllAtOnceGives() {
        Context context(test::device());
        const std::int64_t T = 9, room = 16, heads = 4, keyHeads = 2, D = 8;
        const Tensor q = random(context, {1, heads, T, D}, 1);
        std::vector<float> k = normals(std::size_t(keyHeads * T * D), 2), v = normals(k.size(), 3);
        const Tensor whole = attention(context, q, context.upload({1, keyHeads, T, D}, std::span<const float>(k)),
                                       context.upload({1, keyHeads, T, D}, std::span<const float>(v)), {.causal = 0});
        const std::vector<float> want = context.read(whole), queries = context.read(q);
        std::vector<float> far(std::size_t(keyHeads * room * D), std::nanf("")), wide = far; // rows never named are never read
        std::vector<std::int32_t> rows;
        for (std::int64_t t = 0; t < T; ++t) {
            rows.push_back(std::int32_t((5 * t + 2) % room));
            for (std::int64_t h = 0; h < keyHeads; ++h)
                for (std::int64_t d = 0; d < D; ++d) {
                    const auto to = std::size_t((h * room + rows.back()) * D + d), from = std::size_t((h * T + t) * D + d);
                    far[to] = k[from], wide[to] = v[from];
                }
            std::vector<float> one;
            for (std::int64_t h = 0; h < heads; ++h)
                one.insert(one.end(), queries.begin() + (h * T + t) * D, queries.begin() + (h * T + t + 1) * D);
            std::vector<std::int32_t> map = rows;
            map.resize(std::size_t(room), -7);
            AttentionOptions o{.rows = context.upload({room}, std::span<const std::int32_t>(map)), .length = t + 1};
            const auto upload = [&](const std::vector<float>& x) {
                return context.upload({1, keyHeads, room, D}, std::span<const float>(x));
            };
            const std::vector<float> got = context.read(
                attention(context, context.upload({1, heads, 1, D}, std::span<const float>(one)), upload(far), upload(wide), o));
            for (std::int64_t h = 0; h < heads; ++h)
                for (std::int64_t d = 0; d < D; ++d) // both sums are right to some units of the largest value
                    QVERIFY(std::abs(got[std::size_t(h * D + d)] - want[std::size_t((h * T + t) * D + d)]) < 4e-6F);
        }
    }

    /// A window as large as the grid is attention over all tokens; both sides of the seam agree.
    void aBlockByWindowsAndByBothSides() {
        std::vector<float> first;
        for (const std::int64_t window : {0, 10})
            for (const Products side : {Products::vulkan, Products::host}) {
                if (side == Products::host && !test::device().isCpu()) continue;
                Context context(test::device(), {.products = side});
                const VitBlock block(context, {.width = 24, .heads = 3, .hidden = 40, .grid = 10, .window = window});
                const std::vector<float> y = context.read(block(context, block.input(context)));
                if (first.empty()) first = y;
                for (std::size_t i = 0; i < y.size(); ++i) QVERIFY(std::abs(y[i] - first[i]) < 2e-5F);
            }
        // Windows that do not divide the grid, by both sides.
        first.clear();
        for (const Products side : {Products::vulkan, Products::host}) {
            if (side == Products::host && !test::device().isCpu()) continue;
            Context context(test::device(), {.products = side});
            const VitBlock block(context, {.width = 24, .heads = 3, .hidden = 40, .grid = 10, .window = 4});
            const std::vector<float> y = context.read(block(context, block.input(context)));
            if (first.empty()) first = y;
            for (std::size_t i = 0; i < y.size(); ++i) QVERIFY(std::abs(y[i] - first[i]) < 2e-5F);
        }
    }

    void errorsNameTheShapes() {
        Context context(test::device());
        const Tensor q = context.zeros({1, 4, 3, 8}), k = context.zeros({1, 2, 5, 8}), odd = context.zeros({1, 3, 5, 8});
        const auto with = [&](const AttentionOptions& o) { return said([&] { attention(context, q, k, k, o); }); };
        QVERIFY(said([&] { attention(context, q, odd, odd); }).contains("[1, 4, 3, 8], [1, 3, 5, 8]"));
        QVERIFY(said([&] { attention(context, q, k, odd); }).contains("[1, 2, 5, 8] and [1, 3, 5, 8]"));
        QVERIFY(with({.bias = context.zeros({3, 4})}).contains("a bias of shape [3, 4] for [1, 4, 3, 5] scores"));
        QVERIFY(with({.relH = context.zeros({1, 4, 3, 2}), .relW = context.zeros({1, 4, 3, 2})}).contains("[1, 4, 3, 2]"));
        QVERIFY(with({.relH = context.zeros({1, 4, 3, 5})}).contains("none"));
        QVERIFY(with({.mask = context.zeros({3, 6}, DType::i32)}).contains("a mask of i32 [3, 6]"));
        QVERIFY(with({.mask = context.zeros({3, 5})}).contains("a mask of f32 [3, 5]"));
        QVERIFY(with({.length = 6}).contains("for 6 keys"));
        QVERIFY(with({.rows = context.zeros({3})}).contains("f32 [3]"));
        QVERIFY(said([&] { attention(context, context.zeros({1, 3, 50}), 4, 2); }).contains("[1, 3, 50]"));
    }
};

ORRERY_TEST_MAIN(TestAttention)
#include "tst_attention.moc"
