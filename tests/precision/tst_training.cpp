// SPDX-License-Identifier: GPL-3.0-or-later
// The training scene through the session, as the window and the command line run it: what it counts against the host's own
// counting, edits against bits, skipped steps against the weights before them.
#include "engine/lab/session.h"
#include "engine/labs/precision/lab.h"
#include "engine/tensor/tape.h"
#include "tests/support/test_main.h"

#include <cmath>

using namespace orrery;
using namespace orrery::test;
using namespace orrery::precision;
using tensor::Precision;
using Verdict = lab::Check::Verdict;

namespace {

struct Run {
    explicit Run(int steps, const std::vector<std::pair<std::string, lab::Value>>& more = {}) : session(device(), "precision") {
        session.apply(lab::loadScenario("three-curves", "precision"));
        session.set("train_steps", std::int64_t(steps));
        if (!more.empty()) session.set(more);
        session.runTo(steps);
    }
    const Twins& twins() { return dynamic_cast<PrecisionLab&>(session.lab()).twins(); }
    std::vector<double> losses(Precision p) {
        std::vector<double> all;
        for (int n = 1; n <= twins().position(); ++n) all.push_back(twins().twin(p)->step(n).loss);
        return all;
    }
    lab::Check check(const std::string& key) const {
        for (const lab::Check& check : session.lab().checks())
            if (check.key == key) return check;
        return {};
    }
    std::size_t samples(const char* key) const { return session.lab().series(key).size(); }
    lab::Session session;
};

bool inHalf(float w) { return tensor::roundTo(tensor::fp16, w) == w; }

} // namespace

class TestTraining : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void seriesFollowTheTwins() {
        Run run(20);
        QCOMPARE(run.session.lab().position(), 20);
        for (const char* key :
             {"loss_fp32", "loss_mixed", "loss_fp16", "scale", "weight", "weight_16", "swallowed", "gradients_lost"})
            QCOMPARE(run.samples(key), std::size_t(20));
        QCOMPARE(run.samples("ms_fp32"), std::size_t(18)); // the first two make kernels
        QCOMPARE(run.samples("loss_bf16"), std::size_t(0));
        QCOMPARE(run.samples("accuracy_mixed"), std::size_t(20 / Twin::evaluateEvery));
        const auto losses = run.session.lab().series("loss_fp32");
        QVERIFY(std::abs(losses.front().value - std::log(2.)) < 0.05); // two classes, nothing learned yet
        QVERIFY(losses.back().value < losses.front().value);
        Twin alone(device(), run.twins().request().setups[0]);
        for (const lab::Sample& sample : losses) {
            alone.forward();
            QCOMPARE(sample.value, alone.step(sample.step).loss);
        }
        const lab::HostArray array = run.session.lab().array(device(), "losses");
        QCOMPARE(array.shape, (std::vector<std::uint64_t>{20, 5}));
        QCOMPARE(double(array.values[5 * 19]), double(float(losses.back().value)));
        QVERIFY(std::isnan(array.values[5 * 19 + 2])); // BF16 does not train
    }

    /// Weights that come as an array, counted by the host.
    void histogramsAreThoseOfTheHost() {
        Run run(5, {{"watched", std::string("fp32")}});
        for (const char* format : {"fp16", "e4m3", "bf16"}) {
            run.session.set("format", std::string(format));
            run.session.runTo(5);
            const lab::HostArray weights = run.session.lab().array(device(), "weights");
            QCOMPARE(weights.values.size(), std::size_t(2 * 64 + 64 + 64 * 64 + 64 + 64 + 1));
            const precision::Look& look = *run.twins().look();
            const std::size_t from[] = {0, 192, 4352}, count[] = {128, 4096, 64}; // behind each weight comes its bias
            for (std::size_t layer = 0; layer < 3; ++layer) {
                const std::span<const float> own = std::span(weights.values).subspan(from[layer], count[layer]);
                QVERIFY(look.layers[layer].of[LayerStats::weights] ==
                        tensor::precisionStats(own, 1, *run.twins().request().format));
                QCOMPARE(look.layers[layer].of[LayerStats::activations].count(), std::uint64_t(512) * (layer < 2 ? 64 : 1));
                QCOMPARE(look.layers[layer].of[LayerStats::weightGradients].count(), count[layer]);
            }
            QVERIFY(run.check("bins").verdict == Verdict::matches);
        }
    }

    /// A scale of 2^k moves every gradient of mixed precision by k octaves.
    void aScaleMovesTheGradients() {
        const auto centre = [](int scale) {
            Run run(1,
                    {{"scaling", std::string("fixed")}, {"initial_scale", std::int64_t(scale)}, {"format", std::string("fp32")}});
            const tensor::PrecisionStats& s = run.twins().look()->layers[1].of[LayerStats::weightGradients];
            double sum = 0, count = 0;
            for (int k = 0; k < tensor::PrecisionStats::bins; ++k)
                sum += (2. * k) * double(s.histogram[std::size_t(k)]), count += double(s.histogram[std::size_t(k)]);
            return sum / count;
        };
        // Bins of two octaves and rounding to FP16 on the way: well within a tenth of an octave.
        QVERIFY2(std::abs(centre(12) - centre(8) - 4) < 0.1, qPrintable(QString::number(centre(12) - centre(8))));
    }

    /// Without products in 16 bits nothing in mixed precision rounds, and a power of two is exact: the bits of FP32.
    void thePolicyDecidesTheBits() {
        Run run(12, {{"op_matmul", false}});
        QCOMPARE(run.losses(Precision::mixed), run.losses(Precision::fp32));
        run.session.set("op_matmul", true);
        run.session.runTo(12);
        const std::vector<double> narrow = run.losses(Precision::mixed);
        QVERIFY(narrow != run.losses(Precision::fp32));
        run.session.set("op_sum", true);
        run.session.runTo(12);
        QVERIFY(run.losses(Precision::mixed) != narrow);
        run.session.undo();
        run.session.runTo(12);
        QCOMPARE(run.losses(Precision::mixed), narrow);
    }

    void theEditableOpsAreThoseThatAct() {
        const std::vector<std::string> every = opsOf();
        for (const char* name : {"spirals", "drawings"}) {
            std::vector<std::string> acting;
            for (const tensor::OpRow& row : tensor::opTable()) {
                tensor::Context context(device());
                const auto network = makeNetwork(name, context, 7);
                context.policy = {{row.op, {tensor::DType::f16}}};
                tensor::Tape tape(context);
                for (const tensor::Parameter& p : network->parameters().all()) tape.watch(p.value);
                bool casts = false;
                tape.onGradient = [&](const char* op, const tensor::Tensor&, const tensor::Tensor&) {
                    casts = casts || std::string(op) == "cast";
                };
                tape.backward(network->loss(context));
                if (casts) acting.emplace_back(row.op);
            }
            std::vector<std::string> told = opsOf(name);
            std::ranges::sort(acting), std::ranges::sort(told);
            QCOMPARE(acting, told);
            for (const std::string& op : told) QVERIFY(std::ranges::find(every, op) != every.end());
        }
    }

    void withoutMastersWeightsStick() {
        Run with(15), without(15, {{"masters", std::string("none")}});
        const lab::HostArray kept = with.session.lab().array(device(), "weights");
        const lab::HostArray rounded = without.session.lab().array(device(), "weights");
        QVERIFY(!std::ranges::all_of(kept.values, inHalf));
        QVERIFY(std::ranges::all_of(rounded.values, inHalf));
        for (Run* run : {&with, &without}) QVERIFY(run->check("updates").verdict == Verdict::matches);
        // What stays does not move at all: without masters, a weight that FP16 holds.
        const precision::Look &before = without.twins().watched()->look(14), &after = without.twins().watched()->look(15);
        std::size_t stayed = 0;
        for (std::size_t i = 0; i < after.weights.size(); ++i)
            stayed += after.updates[i] != 0 && before.weights[i] == after.weights[i];
        QCOMPARE(after.stayed, stayed);
        QVERIFY2(stayed > 0 && stayed < after.wanted, qPrintable(QString::number(stayed)));
        QVERIFY(with.losses(Precision::fp16) == without.losses(Precision::fp16)); // it had none
        QVERIFY(with.losses(Precision::mixed) != without.losses(Precision::mixed));
        Run both(15, {{"masters", std::string("both")}});
        QVERIFY(both.losses(Precision::fp16) != with.losses(Precision::fp16));
    }

    void theScaleGrowsAndFallsByItsRule() {
        Run grows(20, {{"interval", std::int64_t(5)}});
        const Twin& twin = *grows.twins().twin(Precision::mixed);
        for (int n = 1; n <= 20; ++n) QCOMPARE(twin.step(n).scale, std::ldexp(1.0, 16 + (n - 1) / 5));
        QVERIFY(grows.check("scale").verdict == Verdict::matches);
        // From 2^30 on: the gradient of the last product, about 1/512, overflows until S is below some 2^25.
        Run falls(20, {{"initial_scale", std::int64_t(30)}});
        const Twin& skipping = *falls.twins().twin(Precision::mixed);
        int skipped = 0;
        for (int n = 1; n <= 20; ++n) {
            const Look& look = skipping.look(n);
            const std::vector<float>& before = n > 1 ? skipping.look(n - 1).weights : skipping.initialWeights();
            QCOMPARE(skipping.step(n).skipped, look.weights == before);
            skipped += skipping.step(n).skipped;
        }
        QVERIFY2(skipped >= 3 && skipped <= 12 && !skipping.step(20).skipped, qPrintable(QString::number(skipped)));
        QCOMPARE(skipping.step(20).scale, std::ldexp(1.0, 30 - skipped));
        QVERIFY(falls.check("scale").verdict == Verdict::matches && falls.check("updates").verdict == Verdict::matches);
        Run none(3, {{"scaling", std::string("none")}});
        QCOMPARE(none.twins().twin(Precision::mixed)->step(3).scale, 1.);
        QVERIFY(none.check("scale").verdict == Verdict::pending);
    }

    void infinityAndScalingAreTried() {
        for (const char* network : {"spirals", "drawings"}) {
            Run run(3, {{"network", std::string(network)}});
            for (const char* key : {"infinity", "halved", "unscaled"}) {
                const lab::Check check = run.check(key);
                QVERIFY2(check.verdict == Verdict::matches,
                         qPrintable(QString("%1: %2 beside %3").arg(key).arg(check.measured).arg(check.expected)));
            }
            QCOMPARE(run.check("infinity").measured, 0.);
            QCOMPARE(run.check("halved").measured, 15.); // of 2^16
        }
    }

    /// What has nothing to do with a change goes on where it was; what has begins again and catches up.
    void aChangeTouchesOnlyItsTwin() {
        Run run(10);
        const Twin *full = run.twins().twin(Precision::fp32), *mixed = run.twins().twin(Precision::mixed);
        const auto sample = [&] { return run.session.lab().series("ms_fp32").front().value; };
        const double measured = sample();
        run.session.set("initial_scale", std::int64_t(10));
        run.session.runTo(10);
        QVERIFY(run.twins().twin(Precision::fp32) == full);
        QCOMPARE(sample(), measured); // a time would not come out the same again
        QCOMPARE(run.twins().twin(Precision::mixed)->step(1).scale, 1024.);
        (void)mixed;
        run.session.set("train_bf16", true);
        QCOMPARE(run.session.lab().position(), 0);
        run.session.runTo(10);
        QCOMPARE(run.samples("loss_bf16"), std::size_t(10));
        QVERIFY(run.twins().emulated(Precision::bf16) && !run.twins().emulated(Precision::fp32));
    }

    void goingBackShowsWhatWasThere() {
        Run run(12);
        const lab::HostArray end = run.session.lab().array(device(), "weights");
        run.session.runTo(5);
        const lab::HostArray there = run.session.lab().array(device(), "weights");
        const lab::HostArray layers = run.session.lab().array(device(), "layers");
        QVERIFY(there.values != end.values);
        Run fresh(5);
        QVERIFY(fresh.session.lab().array(device(), "weights").values == there.values);
        QVERIFY(fresh.session.lab().array(device(), "layers").values == layers.values);
        // Another twin is looked at: its steps are done again, to the same losses.
        const std::vector<double> half = run.losses(Precision::fp16);
        run.session.set("watched", std::string("fp16"));
        run.session.runTo(12);
        QCOMPARE(run.twins().watched()->looked(), 12);
        QVERIFY(run.check("replay").verdict == Verdict::matches);
        QCOMPARE(run.samples("weight"), std::size_t(12));
        for (const lab::Sample& sample : run.session.lab().series("weight"))
            QCOMPARE(sample.value, run.twins().moved(sample.step).after);
        run.session.runTo(5);
        QCOMPARE(run.losses(Precision::fp16), half);
        run.session.set("watched", std::string("mixed"));
        run.session.runTo(12);
        QVERIFY(run.session.lab().array(device(), "weights").values == end.values);
        run.session.setSeed(8);
        run.session.runTo(12);
        QVERIFY(run.session.lab().array(device(), "weights").values != end.values);
    }

    void checksHoldEverywhere_data() {
        QTest::addColumn<QString>("scenario");
        for (const lab::Scenario& scenario : lab::embeddedScenarios("precision"))
            if (scenario.settings.text("show") == "training") QTest::newRow(scenario.name.c_str()) << scenario.name.c_str();
    }
    void checksHoldEverywhere() {
        QFETCH(QString, scenario);
        lab::Session session(device(), "precision");
        session.apply(lab::loadScenario(scenario.toStdString(), "precision"));
        session.set("train_steps", std::int64_t(20));
        for (const tensor::Precision p : Twins::all) {
            session.set("watched", std::string(tensor::toString(p)));
            for (const int step : {0, 1, 10, 20}) {
                session.runTo(step);
                int told = 0;
                for (const lab::Check& check : session.lab().checks()) {
                    QVERIFY2(check.verdict != Verdict::disagrees,
                             qPrintable(QString("%1 %2 step %3: %4 beside %5")
                                            .arg(tensor::toString(p), QString::fromStdString(check.key))
                                            .arg(step)
                                            .arg(check.measured)
                                            .arg(check.expected)));
                    told += check.verdict == Verdict::matches;
                }
                QVERIFY(step == 0 || told >= 5);
            }
        }
    }
};

ORRERY_TEST_MAIN(TestTraining)
#include "tst_training.moc"
