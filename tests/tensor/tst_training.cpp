// SPDX-License-Identifier: GPL-3.0-or-later
// Optimisers against their formulas in float64, clipping, moving averages, checkpoints of blocks, parameters from and to files,
// and the mixed-precision step: scaling, overflow, master weights.
#include "engine/model/tensor_file.h"
#include "engine/philox.h"
#include "engine/tensor/modules.h"
#include "engine/tensor/ops/cast.h"
#include "engine/tensor/ops/elementwise.h"
#include "engine/tensor/ops/matmul.h"
#include "engine/tensor/ops/reduce.h"
#include "engine/tensor/precision.h"
#include "tests/support/error_of.h"
#include "tests/support/test_main.h"

#include <QTemporaryDir>

using namespace orrery;
using namespace orrery::tensor;
using orrery::test::errorOf;

namespace {

std::vector<float> draws(std::size_t count, std::uint32_t stream) {
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i) values[i] = float(normalPair(philox(3, std::uint32_t(i), 0, stream))[0]);
    return values;
}

using Method = OptimiserOptions::Kind;

/// A loss whose gradient is `g`: the sum of g w.
Tensor linearLoss(Context& c, const Tensor& w, const Tensor& g) { return sum(c, multiply(c, w, g)); }

} // namespace

class TestTraining : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void optimisersFollowTheirFormulas_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<double>("decay");
        for (const double decay : {0.0, 0.1}) {
            QTest::addRow("sgd %g", decay) << int(Method::sgd) << decay;
            QTest::addRow("adam %g", decay) << int(Method::adam) << decay;
            QTest::addRow("adamw %g", decay) << int(Method::adamw) << decay;
        }
    }
    void optimisersFollowTheirFormulas() {
        QFETCH(int, kind);
        QFETCH(double, decay);
        constexpr std::size_t count = 37, steps = 20;
        const OptimiserOptions o{.kind = Method(kind), .learningRate = 0.03, .decay = decay};
        Context c(test::device());
        Parameters parameters(c, 5);
        const Tensor w = parameters.add("w", {std::int64_t(count)}, Init::normal(1));
        Optimiser optimiser(c, parameters, o);
        const std::vector<float> start = c.read(w);
        std::vector<double> x(start.begin(), start.end()), m(count), v(count);
        for (std::size_t t = 1; t <= steps; ++t) {
            const std::vector<float> g = draws(count, std::uint32_t(t));
            Tape tape(c);
            tape.watch(w);
            optimiser.step(tape.backward(linearLoss(c, w, c.upload({std::int64_t(count)}, std::span<const float>(g))), 8), 0.125);
            for (std::size_t i = 0; i < count; ++i) {
                double slope = g[i];
                if (o.kind != Method::adamw) slope += decay * x[i];
                if (o.kind == Method::sgd) {
                    m[i] = o.momentum * m[i] + slope;
                    x[i] -= o.learningRate * m[i];
                    continue;
                }
                m[i] = o.beta1 * m[i] + (1 - o.beta1) * slope;
                v[i] = o.beta2 * v[i] + (1 - o.beta2) * slope * slope;
                if (o.kind == Method::adamw) x[i] -= o.learningRate * decay * x[i];
                x[i] -= o.learningRate * (m[i] / (1 - std::pow(o.beta1, double(t)))) /
                        (std::sqrt(v[i] / (1 - std::pow(o.beta2, double(t)))) + o.epsilon);
            }
        }
        // Some eight roundings a step, of weights up to 4 and of updates up to 0.3: 20 steps of 8 x 4 x 2^-24 at most.
        const std::vector<float> got = c.read(w);
        for (std::size_t i = 0; i < count; ++i)
            QVERIFY2(std::abs(got[i] - x[i]) < 4e-5, qPrintable(QString("%1: %2, not %3").arg(i).arg(got[i]).arg(x[i])));
        QCOMPARE(optimiser.steps(), std::int64_t(steps));
    }

    void clippingLeavesTheLengthAsked() {
        Context c(test::device());
        Parameters parameters(c, 1);
        const Tensor a = parameters.add("a", {3}, Init::zeros()), b = parameters.add("b", {2, 2}, Init::zeros());
        const std::vector<float> ga{3, 0, 4}, gb{0, 12, 0, 0};
        Tape tape(c);
        tape.watch(a), tape.watch(b);
        const Tensor loss = add(c, linearLoss(c, a, c.upload({3}, std::span<const float>(ga))),
                                linearLoss(c, b, c.upload({2, 2}, std::span<const float>(gb))));
        const Gradients gradients = tape.backward(loss);
        const GradientNorm norm = gradientNorm(c, gradients, parameters);
        QVERIFY(norm.finite);
        QCOMPARE(norm.norm, 13.0);
        Optimiser optimiser(c, parameters, {.kind = Method::sgd, .learningRate = 1, .momentum = 0});
        optimiser.step(gradients, clipFactor(norm.norm, 6.5));
        QVERIFY(std::abs(c.read(b)[1] + 6) < 1e-5 && std::abs(c.read(a)[2] + 2) < 1e-5);
        QCOMPARE(clipFactor(6, 6.5), 1.0);
        QCOMPARE(clipFactor(100, 0), 1.0);
    }

    void movingAverageIsTheClosedForm() {
        Context c(test::device());
        Parameters parameters(c, 1);
        const Tensor w = parameters.add("w", {5}, Init::ones());
        MovingAverage average(c, parameters, 0.9);
        c.assign(w, std::vector<float>(5, 3.F));
        for (int i = 0; i < 10; ++i) average.update(parameters);
        const double want = 3 + (1 - 3) * std::pow(0.9, 10);
        for (const float value : c.read(average.values()[0])) QVERIFY(std::abs(value - want) < 10 * 3 * 0x1p-23);
    }

    void aCheckpointedBlockGivesTheSameGradient() {
        Context c(test::device());
        Parameters parameters(c, 2);
        const Mlp mlp(parameters, "net", {6, 16, 16, 3}, Unary::silu);
        const Tensor x = c.upload({9, 6}, std::span<const float>(draws(54, 1)));
        std::vector<std::vector<float>> first;
        for (const bool checkpointed : {false, true}) {
            Tape tape(c);
            std::vector<Tensor> inputs{x};
            for (const Parameter& p : parameters.all()) inputs.push_back(p.value);
            for (const Tensor& input : inputs) tape.watch(input);
            const Block block = [&](Context& context, std::span<const Tensor> in) { return mlp(context, in[0]); };
            const Tensor y = checkpointed ? checkpoint(c, inputs, block) : block(c, inputs);
            if (checkpointed) QCOMPARE(tape.notes(), std::size_t(1)); // nothing of the inside is kept
            const Gradients gradients = tape.backward(sum(c, apply(c, Unary::square, y)));
            for (std::size_t i = 0; i < inputs.size(); ++i) {
                const std::vector<float> values = c.read(gradients.of(inputs[i]));
                if (checkpointed)
                    QCOMPARE(values, first[i]);
                else
                    first.push_back(values);
            }
        }
    }

    void parametersComeBackFromAFile() {
        QTemporaryDir folder;
        const std::string path = folder.filePath("net.safetensors").toStdString();
        Context c(test::device());
        Parameters a(c, 1), b(c, 2), wrong(c, 3);
        const Mlp first(a, "net", {2, 5, 1}, Unary::relu), second(b, "net", {2, 5, 1}, Unary::relu),
            other(wrong, "net", {2, 6, 1}, Unary::relu);
        QVERIFY(a.values() != b.values());
        a.save(path, {{"trained", "no"}});
        const auto file = model::openTensorFile(path);
        b.load(*file);
        QCOMPARE(b.values(), a.values()); // bit for bit
        const auto before = wrong.values();
        try {
            wrong.load(*file);
            QFAIL("another shape was taken");
        } catch (const Error& error) {
            QVERIFY2(QString(error.what()).contains("[5, 2]") && QString(error.what()).contains("[6, 2]"), error.what());
        }
        QCOMPARE(wrong.values(), before);
        QVERIFY_EXCEPTION_THROWN(a.load(*file, "model."), Error);
        QVERIFY_EXCEPTION_THROWN(a.add("net.0.weight", {1}, Init::zeros()), Error);
        QVERIFY_EXCEPTION_THROWN((void)a["nothing"], Error);
        QCOMPARE(a.count(), std::int64_t(10 + 5 + 5 + 1));
    }

    /// An infinity in the gradient leaves weights and moments as they were, bit for bit, and halves the scale.
    void overflowSkipsTheStep() {
        Context c(test::device());
        Parameters parameters(c, 1);
        const Tensor w = parameters.add("w", {4}, Init::normal(1));
        Training training(c, parameters,
                          {.precision = Precision::mixed, .scaler = ScalerOptions{.initial = 1024, .interval = 3}});
        const auto step = [&](float factor) {
            const std::vector<float> g{1, 2, factor, 4};
            return training.step(
                [&](Context& context) { return linearLoss(context, w, context.upload({4}, std::span<const float>(g))); });
        };
        QVERIFY(!step(3).skipped);
        const auto weights = c.read(w), first = c.read(training.optimiser().firstMoment(0)),
                   second = c.read(training.optimiser().secondMoment(0));
        for (const float bad : {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
            const double scale = training.scaler()->scale();
            QVERIFY(step(bad).skipped);
            QCOMPARE(c.read(w), weights);
            QCOMPARE(c.read(training.optimiser().firstMoment(0)), first);
            QCOMPARE(c.read(training.optimiser().secondMoment(0)), second);
            QCOMPARE(training.scaler()->scale(), scale / 2);
        }
        QCOMPARE(training.optimiser().steps(), std::int64_t(1));
        for (int i = 0; i < 3; ++i) QVERIFY(!step(3).skipped);
        QCOMPARE(training.scaler()->scale(), 512.0);
        QVERIFY(c.read(w) != weights);
    }

    /// Without a scaler the infinity goes through: what the skip is there for.
    void withoutAScalerOverflowIsTaken() {
        Context c(test::device());
        Parameters parameters(c, 1);
        const Tensor w = parameters.add("w", {2}, Init::ones());
        Training training(c, parameters, {});
        const std::vector<float> g{1, std::numeric_limits<float>::infinity()};
        training.step([&](Context& context) { return linearLoss(context, w, context.upload({2}, std::span<const float>(g))); });
        QVERIFY(std::isfinite(c.read(w)[0]) && !std::isfinite(c.read(w)[1]));
    }

    /// w = 1 and a thousand updates of 2^-12: fp16 alone stays at 1, an f32 master comes to 1.244140625, and stochastic rounding
    /// gets there on average.
    void masterWeights() {
        constexpr std::int64_t count = 4096;
        const auto run = [&](Precision precision, std::optional<bool> masters = {}) {
            Context c(test::device());
            Parameters parameters(c, 1);
            parameters.add("w", {count}, Init::ones());
            Training training(c, parameters,
                              {.precision = precision,
                               .optimiser = {.kind = Method::sgd, .learningRate = 0x1p-12, .momentum = 0},
                               .masters = masters});
            for (int i = 0; i < 1000; ++i)
                training.step([&](Context& context) {
                    const Tensor& w = parameters.all()[0].value;
                    return affine(context, sum(context, w), -1);
                });
            return c.read(parameters.all()[0].value);
        };
        for (const float w : run(Precision::fp16)) QCOMPARE(w, 1.F);
        for (const float w : run(Precision::mixed)) QCOMPARE(w, 1.244140625F);
        for (const float w : run(Precision::mixed, false)) QCOMPARE(w, 1.F); // the masters are what makes the difference
        for (const float w : run(Precision::bf16, false)) QCOMPARE(w, 1.F);
        for (const float w : run(Precision::fp16, true)) QCOMPARE(w, 1.244140625F);
        double mean = 0;
        for (const float w : run(Precision::stochastic)) mean += w / double(count);
        // A step moves by 2^-10 with probability 1/4: variance 2^-20 3/16 each, 1000 steps, 4096 weights; five sigma.
        QVERIFY2(std::abs(mean - 1.244140625) < 5 * std::sqrt(1000 * 0x1p-20 * 3 / 16 / count),
                 qPrintable(QString::number(mean, 'g', 9)));
    }

    void policiesDecideTheFormat() {
        Context c(test::device());
        const Tensor x = c.full({4, 4}, 1.0 + 0x1p-11 + 0x1p-12), one = c.full({4, 4}, 1);
        QCOMPARE(matmul(c, x, one).type(), DType::f32);
        c.policy = policyOf(fp16);
        QCOMPARE(matmul(c, x, one).type(), DType::f16);
        QCOMPARE(sum(c, cast(c, x, DType::f16)).type(), DType::f32);
        c.policy = policyOf(bf16);
        const Tensor rounded = matmul(c, x, one);
        QCOMPARE(rounded.type(), DType::f32);
        QCOMPARE(c.read(rounded)[0], 4.F); // 1 + 2^-11 + 2^-12 is 1 in bf16
        c.policy = {};
        QCOMPARE(c.read(matmul(c, x, one))[0], float(4 * (1.0 + 0x1p-11 + 0x1p-12)));
    }

    void shapesAreNamedInErrors() {
        Context c(test::device());
        const Tensor a = c.zeros({2, 3}), b = c.zeros({4, 5});
        const auto says = [](const std::function<void()>& work, const QStringList& words) {
            const QString told = QString::fromStdString(errorOf(work));
            return !told.isEmpty() && std::ranges::all_of(words, [&](const QString& word) { return told.contains(word); });
        };
        QVERIFY(says([&] { matmul(c, a, b); }, {"matmul", "[2, 3]", "[4, 5]"}));
        QVERIFY(says([&] { add(c, a, b); }, {"add", "[2, 3]", "[4, 5]"}));
        QVERIFY(says([&] { (void)c.upload({3}, std::span<const float>(std::vector<float>(4))); }, {"[3]", "3", "4"}));
        QVERIFY(says([&] { (void)a.reshaped({7}); }, {"[2, 3]", "[7]"}));
        QVERIFY(says([&] { (void)sum(c, a, {2}); }, {"[2, 3]", "2"}));
    }
};

ORRERY_TEST_MAIN(TestTraining)
#include "tst_training.moc"
