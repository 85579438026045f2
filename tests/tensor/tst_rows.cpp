// SPDX-License-Identifier: GPL-3.0-or-later
// What the generic op test cannot say of norms, softmax, losses, look-ups, rotations and random tensors: masks, targets and
// indices that name nothing, laws that hold between results, and errors.
#include "engine/error.h"
#include "engine/tensor/ops/gather.h"
#include "engine/tensor/ops/loss.h"
#include "engine/tensor/ops/norm.h"
#include "engine/tensor/ops/random.h"
#include "engine/tensor/ops/reduce.h"
#include "engine/tensor/ops/rotary.h"
#include "engine/tensor/ops/softmax.h"
#include "tests/support/error_of.h"
#include "tests/tensor/op_bed.h"

#include <limits>

using namespace orrery;
using namespace orrery::tensor;
using orrery::tensor::test::deviceOf;
using orrery::test::errorOf;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr RowMapping mappings[] = {RowMapping::invocation, RowMapping::workgroup};
constexpr gpu::ReadPath paths[] = {gpu::ReadPath::texel, gpu::ReadPath::storage};

Tensor up(Context& context, const Shape& shape, const std::vector<float>& values, DType type = DType::f32) {
    return context.upload(shape, std::span<const float>(values), type);
}
Tensor ints(Context& context, const Shape& shape, const std::vector<std::int32_t>& values) {
    return context.upload(shape, std::span<const std::int32_t>(values));
}

} // namespace

class TestRows : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void maskedSoftmax() {
        for (const gpu::ReadPath path : paths)
            for (const RowMapping mapping : mappings)
                for (const std::int64_t size : {4, 5}) { // groups of four and single elements
                    Context context(deviceOf(path), {.guarded = true});
                    std::vector<float> x(std::size_t(3 * size), -infinity), want(x.size(), 0);
                    x[std::size_t(size)] = 3, x[std::size_t(size) + 2] = 3; // row 1: two of them; row 0: none
                    want[std::size_t(size)] = want[std::size_t(size) + 2] = 0.5;
                    x[std::size_t(2 * size) + 1] = NAN;
                    const Tensor t = up(context, {3, size}, x);
                    const auto y = context.read(softmax(context, t, {.mapping = mapping}));
                    const auto z = context.read(logSoftmax(context, t, {.mapping = mapping}));
                    for (std::size_t i = 0; i < std::size_t(2 * size); ++i) {
                        QCOMPARE(y[i], want[i]);
                        if (want[i] == 0)
                            QCOMPARE(z[i], -infinity);
                        else
                            QVERIFY(std::abs(z[i] + std::log(2)) < 1e-6);
                    }
                    for (std::size_t i = std::size_t(2 * size); i < y.size(); ++i) QVERIFY(std::isnan(y[i]) && std::isnan(z[i]));
                    QVERIFY(context.checkGuards().empty());
                }
    }

    /// A masked element gets no gradient, a row of them none at all.
    void maskedSoftmaxGradient() {
        Context context(deviceOf(gpu::ReadPath::texel));
        const Tensor x = up(context, {2, 4}, {-infinity, 1, 2, -infinity, -infinity, -infinity, -infinity, -infinity});
        Tape tape(context);
        tape.watch(x);
        const Gradients gradients = tape.backward(softmax(context, x), up(context, {2, 4}, {1, 2, 3, 4, 5, 6, 7, 8}));
        const auto dx = context.read(gradients.of(x));
        const double p = 1 / (1 + std::exp(1.0)), q = 1 - p;
        QVERIFY(std::abs(dx[1] + p * q) < 1e-6 && std::abs(dx[2] - p * q) < 1e-6);
        for (const std::size_t i : {0, 3, 4, 5, 6, 7}) QCOMPARE(dx[i], 0.0f);
    }

    void targetsThatNameNothing() {
        for (const RowMapping mapping : mappings) {
            Context context(deviceOf(gpu::ReadPath::texel));
            const Tensor x = up(context, {4, 3}, {1, 2, 3, 0, 0, 0, 5, 6, 7, -infinity, 0, -infinity});
            const Tensor targets = ints(context, {4}, {-100, 3, -1, 1});
            const CrossEntropyOptions options{.reduction = LossReduction::none, .ignore = -100, .mapping = mapping};
            Tape tape(context);
            tape.watch(x);
            const Tensor loss = crossEntropy(context, x, targets, options);
            const auto values = context.read(loss);
            QCOMPARE(values[0], 0.0f);
            QVERIFY(std::isnan(values[1]) && std::isnan(values[2]));
            QCOMPARE(values[3], 0.0f); // certain, and right
            const auto dx = context.read(tape.backward(loss, up(context, {4}, {1, 1, 1, 1})).of(x));
            for (std::size_t i = 0; i < 3; ++i) QCOMPARE(dx[i], 0.0f);
            for (std::size_t i = 3; i < 9; ++i) QVERIFY(std::isnan(dx[i]));
            for (std::size_t i = 9; i < 12; ++i) QCOMPARE(dx[i], 0.0f);
        }
    }

    /// The mean over all rows but the ignored ones, and a probability of 0 for what happened is an infinite loss.
    void crossEntropyByHand() {
        Context context(deviceOf(gpu::ReadPath::texel));
        const Tensor x = up(context, {3, 2}, {0, 0, 7, 7, 1, -infinity});
        QVERIFY(std::abs(context.readScalar(crossEntropy(context, x, ints(context, {3}, {1, 9, 0}), {.ignore = 9})) -
                         std::log(2) / 2) < 1e-7);
        QCOMPARE(context.readScalar(crossEntropy(context, x, ints(context, {3}, {1, 1, 1}))), infinity);
    }

    void indicesThatNameNothing() {
        for (const std::int64_t size : {4, 3}) {
            Context context(deviceOf(gpu::ReadPath::texel), {.guarded = true});
            const Tensor table = context.full({3, size}, 2), indices = ints(context, {5}, {2, 3, -1, 0, 2});
            Tape tape(context);
            tape.watch(table);
            const Tensor y = embedding(context, table, indices);
            const auto values = context.read(y);
            for (std::size_t i = 0; i < values.size(); ++i) {
                const std::size_t row = i / std::size_t(size);
                if (row == 1 || row == 2)
                    QVERIFY(std::isnan(values[i]));
                else
                    QCOMPARE(values[i], 2.0f);
            }
            const auto d = context.read(tape.backward(y, context.full(y.shape(), 1)).of(table));
            for (std::size_t i = 0; i < d.size(); ++i) QCOMPARE(d[i], (std::array{1.0f, 0.0f, 2.0f}[i / std::size_t(size)]));
            QVERIFY(context.checkGuards().empty());
        }
    }

    /// The sum of a chain goes by places: in another order of f32 additions it would not be these bits.
    void embeddingGradientAddsInOrder() {
        Context context(deviceOf(gpu::ReadPath::storage));
        const std::size_t count = 500, size = 8;
        std::vector<float> dy(count * size);
        std::vector<std::int32_t> indices(count);
        std::vector<float> want(3 * size, 0);
        for (std::size_t i = 0; i < count; ++i) {
            indices[i] = std::int32_t(philox(9, std::uint32_t(i), 0, 0)[0] % 3);
            for (std::size_t k = 0; k < size; ++k) {
                dy[i * size + k] = float(normalPair(philox(8, std::uint32_t(i), std::uint32_t(k), 0))[0]);
                want[std::size_t(indices[i]) * size + k] += dy[i * size + k];
            }
        }
        const Tensor table = context.zeros({3, size});
        Tape tape(context);
        tape.watch(table);
        const Tensor y = embedding(context, table, ints(context, {std::int64_t(count)}, indices));
        QCOMPARE(context.read(tape.backward(y, up(context, y.shape(), dy)).of(table)), want);
    }

    /// Rotations keep lengths, and products of queries and keys depend on the distance of their positions only (the law that
    /// RoPE is made for), also a million positions out.
    void rotaryIsRelative() {
        for (const RotaryPairs pairs : {RotaryPairs::interleaved, RotaryPairs::halves}) {
            Context context(deviceOf(gpu::ReadPath::texel));
            const Tensor q = randomNormal(context, {1, 64}, {1}), k = randomNormal(context, {1, 64}, {2});
            const Tensor frequencies = rotaryFrequencies(context, 64);
            const auto product = [&](std::int32_t at, std::int32_t other) {
                const auto a = context.read(rotary(context, q, {.pairs = pairs, .offset = at, .frequencies = frequencies}));
                const auto b = context.read(rotary(context, k, {.pairs = pairs, .offset = other, .frequencies = frequencies}));
                return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
            };
            const double here = product(17, 5);
            QVERIFY(std::abs(product(12, 0) - here) < 1e-5);
            QVERIFY(std::abs(product(1000017, 1000005) - here) < 1e-5);
            QVERIFY(std::abs(product(0, -12) - here) < 1e-5);
            QVERIFY(std::abs(product(17, 6) - here) > 1e-3);
        }
    }

    void rotaryForAnyHeads() { // [B, T, heads, D] and [B, heads, T, D] are the same
        Context context(deviceOf(gpu::ReadPath::texel));
        const Tensor x = randomNormal(context, {2, 3, 1, 8}, {4});
        QCOMPARE(context.read(rotary(context, x, {.axis = -3})), context.read(rotary(context, x.reshaped({2, 1, 3, 8}))));
    }

    void randomGoesByPlaceAndKey() {
        const RandomKey key{.seed = 77, .step = 2, .stream = 9};
        std::vector<float> whole;
        for (const gpu::ReadPath path : paths) {
            Context context(deviceOf(path));
            whole = context.read(randomNormal(context, {40, 25}, key));
            const auto part = context.read(randomNormal(context, {111}, key));
            QVERIFY(std::equal(part.begin(), part.end(), whole.begin()));
        }
        Context context(deviceOf(gpu::ReadPath::texel));
        for (const RandomKey& other :
             {RandomKey{78, 2, 9}, RandomKey{77 + (1ull << 32), 2, 9}, RandomKey{77, 3, 9}, RandomKey{77, 2, 10}}) {
            const auto values = context.read(randomNormal(context, {1000}, other));
            int same = 0;
            for (std::size_t i = 0; i < values.size(); ++i) same += values[i] == whole[i];
            QVERIFY(same < 5);
        }
    }

    /// Means and mean squares of a million in bands of five deviations; the ends of (0, 1) are never reached.
    void randomMoments() {
        Context context(deviceOf(gpu::ReadPath::texel));
        const double n = 1 << 20;
        const Tensor u = randomUniform(context, {1 << 20}, {3}), z = randomNormal(context, {1 << 20}, {3, 1});
        const auto extreme = [&](Reduction what) { return context.readScalar(reduce(context, what, u)); };
        QVERIFY(extreme(Reduction::minimum) > 0 && extreme(Reduction::maximum) < 1);
        const auto band = [&](const Tensor& t, Reduction what, double mean, double deviation) {
            return std::abs(context.readScalar(reduce(context, what, t)) / n - mean) < 5 * deviation / std::sqrt(n);
        };
        QVERIFY(band(u, Reduction::sum, 0.5, std::sqrt(1 / 12.0)));
        QVERIFY(band(u, Reduction::sumOfSquares, 1 / 3.0, std::sqrt(4 / 45.0)));
        QVERIFY(band(z, Reduction::sum, 0, 1));
        QVERIFY(band(z, Reduction::sumOfSquares, 1, std::sqrt(2.0)));
    }

    /// The share that goes is the rate, what stays is scaled, and the gradient has the same holes.
    void dropoutDropsItsShare() {
        Context context(deviceOf(gpu::ReadPath::texel));
        const Tensor x = context.full({1 << 16}, 1);
        Tape tape(context);
        tape.watch(x);
        const Tensor y = dropout(context, x, 0.25, {5});
        const auto values = context.read(y);
        const auto zeros = double(std::ranges::count(values, 0.0f));
        QVERIFY(std::abs(zeros / 65536 - 0.25) < 5 * std::sqrt(0.25 * 0.75 / 65536));
        QVERIFY(std::ranges::all_of(values, [](float v) { return v == 0 || std::abs(v - 4 / 3.0) < 1e-6; }));
        QCOMPARE(context.read(tape.backward(y, context.full({1 << 16}, 1)).of(x)), values);
    }

    /// A word (found by search) that f32 would round to one: the kernel stops short of it.
    void uniformNeverReachesOne() {
        const RandomKey key{.seed = 2871038};
        QCOMPARE(float(uniformAt(key, 2)), 1.0f);
        for (const gpu::ReadPath path : paths) {
            Context context(deviceOf(path));
            QCOMPARE(context.read(randomUniform(context, {4}, key))[2], std::nextafter(1.0f, 0.0f));
        }
    }

    void policiesCast() {
        Context context(deviceOf(gpu::ReadPath::texel));
        context.policy = {{"layer_norm", {DType::f32}}, {"rotary", {DType::f16}}};
        const Tensor x = up(context, {2, 4}, {1, 2, 3, 4, 5, 6, 7, 9}, DType::f16);
        QCOMPARE(int(layerNorm(context, x).type()), int(DType::f32));
        QCOMPARE(int(rmsNorm(context, x).type()), int(DType::f16));
        QCOMPARE(int(softmax(context, x).type()), int(DType::f32));
        QCOMPARE(int(rotary(context, context.zeros({2, 4})).type()), int(DType::f16));
    }

    void errorsNameShapes() {
        Context context(deviceOf(gpu::ReadPath::texel));
        const Tensor x = context.zeros({2, 6, 4}), w = context.zeros({5}), whole = ints(context, {2}, {0, 1});
        const auto says = [](const std::string& text, std::initializer_list<const char*> parts) {
            return std::ranges::all_of(parts, [&](const char* part) { return text.find(part) != text.npos; });
        };
        QVERIFY(says(errorOf([&] { layerNorm(context, x, w); }), {"layer_norm", "[5]", "[2, 6, 4]"}));
        QVERIFY(says(errorOf([&] { groupNorm(context, x, 2, {}, w); }), {"group_norm", "bias", "[5]", "[2, 6, 4]"}));
        QVERIFY(says(errorOf([&] { groupNorm(context, x, 4); }), {"group_norm", "4 groups", "[2, 6, 4]"}));
        QVERIFY(says(errorOf([&] { softmax(context, context.zeros({})); }), {"softmax", "scalar"}));
        QVERIFY(says(errorOf([&] { softmax(context, whole); }), {"softmax", "i32"}));
        QVERIFY(says(errorOf([&] { crossEntropy(context, x, whole); }), {"cross_entropy", "[2]", "[2, 6, 4]", "[2, 6]"}));
        QVERIFY(says(errorOf([&] { meanSquaredError(context, x, w); }), {"squared_error", "[5]", "[2, 6, 4]"}));
        QVERIFY(says(errorOf([&] { embedding(context, x, whole); }), {"embedding", "[2, 6, 4]", "[2]"}));
        QVERIFY(says(errorOf([&] { embedding(context, context.zeros({2, 3}), w); }), {"embedding", "f32"}));
        QVERIFY(says(errorOf([&] { rotary(context, x, {.turned = 3}); }), {"rotary", "3 turned", "[2, 6, 4]"}));
        QVERIFY(says(errorOf([&] { rotary(context, x, {.positions = whole}); }), {"rotary", "[2]", "[2, 6, 4]"}));
        QVERIFY(says(errorOf([&] { dropout(context, x, 1, {}); }), {"dropout", "rate"}));
        const std::vector<std::int32_t> beyond{0, 4, 7};
        QVERIFY(says(errorOf([&] { uploadIndices(context, {3}, beyond, 7, "tokens"); }), {"tokens", "number 2", "7", "0 to 6"}));
        QCOMPARE(context.readInts(uploadIndices(context, {3}, beyond, 8, "tokens")), beyond);
    }
};

ORRERY_TEST_MAIN(TestRows)
#include "tst_rows.moc"
