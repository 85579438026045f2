// SPDX-License-Identifier: GPL-3.0-or-later
// A network learns a score: on one Gaussian the linear one that is known, on two peaks with an error that falls; same seed, same
// bits; a saved run goes on as if it had never stopped; 16 bits with and without loss scaling; files that are none.
#include "engine/labs/diffusion/score_model.h"
#include "engine/labs/diffusion/step_watch.h"
#include "engine/labs/diffusion/training.h"
#include "engine/model/safetensors.h"
#include "engine/philox.h"
#include "tests/diffusion/support.h"
#include "tests/support/error_of.h"

#include <QTemporaryDir>

using namespace orrery;
using namespace orrery::diffusion;
using namespace orrery::diffusion::test;
using orrery::test::errorOf;

namespace {

std::shared_ptr<tensor::Context> context() {
    static const auto shared = std::make_shared<tensor::Context>(orrery::test::device());
    return shared;
}

LearnOptions small(Target target = Target::eps, bool preconditioned = false) {
    LearnOptions options;
    options.shape = {32, 2};
    options.target = target, options.preconditioned = preconditioned;
    options.batch = 256;
    return options;
}

ScoreTraining trainingOf(Mixture data, const LearnOptions& options) {
    return {*context(), std::make_shared<const Mixture>(std::move(data)), {}, options};
}

void train(ScoreTraining& training, int steps) {
    while (training.steps() < steps) training.step();
}

std::vector<std::vector<float>> valuesOf(const ScoreTraining& training, bool averaged = true) {
    std::vector<std::vector<float>> all;
    for (const tensor::Tensor& tensor : training.weights(averaged)) all.push_back(context()->read(tensor));
    return all;
}

ScoreNetReference referenceOf(const ScoreTraining& training) { return {training.options().shape, valuesOf(training)}; }

/// Mean over the floor's places of the learned loss above it, relative to the floor.
double gapOf(const ScoreTraining& training, const LossFloor& floor) {
    const ScoreNetReference net = referenceOf(training);
    std::vector<float> outputs;
    for (std::size_t i = 0; i < floor.places().size() / 2; ++i) {
        const LossFloor::Node& node = floor.all()[i / std::size_t(floor.perNode())];
        const auto output = net.at(floor.places()[2 * i], floor.places()[2 * i + 1], node.alpha, node.sigma);
        outputs.insert(outputs.end(), {float(output.value[0]), float(output.value[1])});
    }
    const LearnOptions& o = training.options();
    return floor.excess(o.target, o.preconditioned, outputs) / floor.floor(o.target, o.preconditioned).value;
}

LossFloor floorOf(const Mixture& mixture) {
    LossFloor floor(std::make_shared<const Mixture>(mixture), {});
    while (!floor.work(1e9)) {
    }
    return floor;
}

} // namespace

class TestTraining : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    /// The device's network against float64, within the bound that the reference gives for float32.
    void theDeviceComputesTheNetwork_data() {
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("depth");
        QTest::newRow("32 x 2") << 32 << 2;
        QTest::newRow("128 x 3") << 128 << 3;
        QTest::newRow("20 x 1") << 20 << 1;
    }
    void theDeviceComputesTheNetwork() {
        QFETCH(int, width);
        QFETCH(int, depth);
        const NetShape shape{width, depth};
        auto& device = orrery::test::device();
        ScoreNet net(*context(), shape, 9);
        std::vector<tensor::Tensor> weights;
        for (const auto& parameter : net.parameters().all()) weights.push_back(parameter.value);
        ScoreModel model(context(), kernels(device), shape, Target::eps, false);
        model.take(weights, 3);
        QCOMPARE(model.version(), 3);
        const ScoreNetReference reference(shape, model.values());
        std::vector<float> places;
        const std::uint32_t count = model.rows() + 100; // more than a piece
        for (std::uint32_t i = 0; i < count; ++i) {
            const auto [x, y] = normalPair(philox(4, i, 0, 0));
            places.insert(places.end(), {float(2 * x), float(2 * y)});
        }
        const gpu::Buffer buffer = device.buffer({.name = "places", .size = places.size() * 4});
        model.recorder().upload(buffer, places);
        for (const std::uint32_t first : {0U, model.rows()}) {
            const std::vector<float> got = context()->read(model.outputs(buffer, first, count, 0.6, 0.8));
            for (std::uint32_t i = 0; i < std::min(model.rows(), count - first); i += 7) {
                const auto want = reference.at(places[2 * (first + i)], places[2 * (first + i) + 1], 0.6, 0.8);
                for (const std::size_t axis : {0, 1})
                    QVERIFY(std::abs(got[2 * i + axis] - want.value[axis]) <= want.rounding[axis]);
            }
        }
    }

    /// What a batch asks for, at its own x, has the mean that the exact posterior says: the gradient points to the score.
    void batchesAskForTheScore_data() {
        QTest::addColumn<int>("target");
        for (const Target target : {Target::eps, Target::x0, Target::v, Target::score, Target::flow})
            QTest::newRow(toString(target)) << int(target);
    }
    void batchesAskForTheScore() {
        QFETCH(int, target);
        LearnOptions options = small(Target(target));
        options.batch = 4096;
        const ScoreTraining training = trainingOf(gaussian(0, 0.5), options);
        const Schedule schedule;
        double sum = 0, squares = 0, size = 0;
        for (int step = 0; step < 8; ++step) {
            const ScoreTraining::Batch batch = training.batch(step);
            for (std::size_t i = 0; i < std::size_t(options.batch); ++i) {
                const double t = trainedFrom + (1 - trainedFrom) * (double(i) + 0.5) / options.batch; // within its part
                const double alpha = schedule.alpha(t), sigma = schedule.sigma(t), spread2 = alpha * alpha * 0.25 + sigma * sigma;
                const double x = batch.features[i * ScoreNet::features] / ScoreNet::placeScale(alpha, sigma);
                const Head head = headOf(Target(target), false, alpha, sigma);
                const double exact = std::sqrt(head.weight) * (head.targetOfPlace * x - head.targetOfScore * x / spread2);
                const double product = (batch.wanted[2 * i] - exact) * exact; // uncorrelated with any function of x
                sum += product, squares += product * product, size += exact * exact;
            }
        }
        const double band = 5 * std::sqrt(squares);
        QVERIFY2(std::abs(sum) < band, qPrintable(QString("%1, band %2").arg(sum).arg(band)));
        QVERIFY(size > band); // a wrong sign or a missing sigma would leave the band
    }

    /// One Gaussian: the score is -x / S^2, and the network's must be it where the data is.
    void itLearnsTheLinearScore_data() {
        QTest::addColumn<int>("target");
        QTest::addColumn<bool>("preconditioned");
        for (const Target target : {Target::eps, Target::x0, Target::v, Target::score, Target::flow})
            QTest::newRow(toString(target)) << int(target) << false;
        QTest::newRow("preconditioned") << int(Target::x0) << true;
    }
    void itLearnsTheLinearScore() {
        QFETCH(int, target);
        QFETCH(bool, preconditioned);
        LearnOptions options = small(Target(target), preconditioned);
        options.rate = 0.005;
        ScoreTraining training = trainingOf(gaussian(0, 0.5), options);
        train(training, 600);
        const ScoreNetReference net = referenceOf(training);
        const Schedule schedule;
        // At middle noise, within two deviations: the score times sigma is off by less than 0.2, where it reaches 2. A wrong
        // sign is off by up to 4, a division by sigma that is left out by as much at t = 0.2, where sigma is 0.65.
        for (const double t : {0.1, 0.2, 0.4}) {
            const double alpha = schedule.alpha(t), sigma = schedule.sigma(t);
            const double spread = std::sqrt(alpha * alpha * 0.25 + sigma * sigma);
            const Head head = headOf(Target(target), preconditioned, alpha, sigma);
            double worst = 0;
            for (int k = 0; k < 24; ++k) {
                const double angle = 0.7 * k, radius = 2 * spread * std::sqrt(k / 23.0);
                const double x = radius * std::cos(angle), y = radius * std::sin(angle);
                const auto s = scoreOf(net, head, x, y, alpha, sigma);
                worst =
                    std::max(worst, sigma * std::hypot(s.value[0] + x / (spread * spread), s.value[1] + y / (spread * spread)));
            }
            QVERIFY2(worst < 0.2, qPrintable(QString("t = %1: off by %2 of 1/sigma").arg(t).arg(worst)));
        }
    }

    void theErrorFallsAsItLearns() {
        const Mixture data = uneven();
        const LossFloor floor = floorOf(data);
        LearnOptions options = small();
        options.rate = 0.004;
        ScoreTraining training = trainingOf(data, options);
        std::vector<double> gaps;
        for (const int steps : {0, 60, 250, 1000}) {
            train(training, steps);
            gaps.push_back(gapOf(training, floor));
        }
        QVERIFY2(gaps[0] > 1, qPrintable(QString::number(gaps[0]))); // it begins with loss 1 and more, far above the floor
        for (std::size_t i = 1; i < gaps.size(); ++i)
            QVERIFY2(gaps[i] < 0.7 * gaps[i - 1], qPrintable(QString("%1 after %2").arg(gaps[i]).arg(gaps[i - 1])));
    }

    void sameSeedSameBits() {
        ScoreTraining a = trainingOf(uneven(), small()), b = trainingOf(uneven(), small());
        train(a, 15), train(b, 15);
        QCOMPARE(valuesOf(a, false), valuesOf(b, false));
        QCOMPARE(valuesOf(a, true), valuesOf(b, true));
        LearnOptions other = small();
        other.seed = 2;
        ScoreTraining c = trainingOf(uneven(), other);
        train(c, 15);
        QVERIFY(valuesOf(a, false) != valuesOf(c, false));
    }

    /// Saved after 12 steps and gone on elsewhere: the bits of 30 steps without a break.
    void aSavedRunGoesOn_data() {
        QTest::addColumn<int>("precision");
        QTest::newRow("fp32") << int(tensor::Precision::fp32);
        QTest::newRow("fp16") << int(tensor::Precision::fp16);
        QTest::newRow("mixed") << int(tensor::Precision::mixed);
    }
    void aSavedRunGoesOn() {
        QFETCH(int, precision);
        QTemporaryDir folder;
        const std::string path = folder.filePath("net.safetensors").toStdString();
        LearnOptions options = small(Target::v);
        options.precision = tensor::Precision(precision);
        ScoreTraining whole = trainingOf(uneven(), options), first = trainingOf(uneven(), options);
        train(whole, 30), train(first, 12);
        first.save(path);
        options.seed = 1;
        ScoreTraining second = trainingOf(uneven(), options);
        second.load(path);
        QCOMPARE(second.steps(), 12);
        QCOMPARE(valuesOf(second, true), valuesOf(first, true));
        QCOMPARE(second.scale(), first.scale());
        train(second, 30);
        QCOMPARE(valuesOf(second, false), valuesOf(whole, false));
        QCOMPARE(valuesOf(second, true), valuesOf(whole, true));
    }

    void filesThatAreNone() {
        QTemporaryDir folder;
        const auto path = [&](const char* name) { return folder.filePath(name).toStdString(); };
        ScoreTraining training = trainingOf(uneven(), small());
        train(training, 3);
        const auto before = valuesOf(training, false);
        const auto refused = [&](const std::string& file) {
            const QString error = QString::fromStdString(errorOf([&] { training.load(file); }));
            return valuesOf(training, false) == before && training.steps() == 3 && !error.contains('\n') ? error : QString();
        };
        QVERIFY(refused(path("missing.safetensors")).contains("missing.safetensors"));
        QFile junk(folder.filePath("junk.safetensors"));
        QVERIFY(junk.open(QIODevice::WriteOnly));
        junk.write("this is not a network");
        junk.close();
        QVERIFY(refused(path("junk.safetensors")).contains("junk.safetensors"));
        LearnOptions wide = small();
        wide.shape.width = 64;
        trainingOf(uneven(), wide).save(path("wide.safetensors"));
        QVERIFY2(refused(path("wide.safetensors")).contains("set width to 64"), qPrintable(refused(path("wide.safetensors"))));
        trainingOf(uneven(), small(Target::x0)).save(path("x0.safetensors"));
        QVERIFY(refused(path("x0.safetensors")).contains("set target to x0"));
        const float one = 1;
        const model::TensorToWrite lone{"net.0.weight", model::Stored::f32, {1}, std::as_bytes(std::span(&one, 1))};
        model::writeSafetensors(path("lone.safetensors"), std::span(&lone, 1));
        QVERIFY2(refused(path("lone.safetensors")).contains("net.0.weight"), qPrintable(refused(path("lone.safetensors"))));
        QVERIFY(!errorOf([&] { training.save(path("no/such/folder.safetensors")); }).empty());
    }

    /// A file from elsewhere holds only weights, by the names of a torch Sequential in a module "net".
    void plainWeightsAreTaken() {
        QTemporaryDir folder;
        const std::string path = folder.filePath("plain.safetensors").toStdString();
        ScoreTraining from = trainingOf(uneven(), small());
        train(from, 5);
        from.net().parameters().save(path);
        ScoreTraining to = trainingOf(uneven(), small());
        to.load(path);
        QCOMPARE(to.steps(), 0);
        QCOMPARE(valuesOf(to, false), valuesOf(from, false));
        QCOMPARE(valuesOf(to, true), valuesOf(from, false));
    }

    /// All in FP16 and nothing scaled, squares of gradients below 2e-4 vanish from the second moments and steps explode; scaled,
    /// with FP32 weights, it follows FP32.
    void sixteenBitsNeedCare() {
        const Mixture data = uneven();
        const LossFloor floor = floorOf(data);
        double gaps[3];
        for (int i = 0; i < 3; ++i) {
            LearnOptions options; // of the usual size: a smaller network has larger gradients
            options.precision =
                std::array{tensor::Precision::fp32, tensor::Precision::mixed, tensor::Precision::fp16}[std::size_t(i)];
            ScoreTraining training = trainingOf(data, options);
            if (i == 1) QCOMPARE(training.scale(), 65536.0);
            train(training, 60);
            gaps[i] = gapOf(training, floor);
        }
        QVERIFY2(gaps[1] < 1.5 * gaps[0], qPrintable(QString("mixed %1, fp32 %2").arg(gaps[1]).arg(gaps[0])));
        QVERIFY2(!(gaps[2] < 3 * gaps[0]), qPrintable(QString("fp16 %1, fp32 %2").arg(gaps[2]).arg(gaps[0])));
    }
};

ORRERY_TEST_MAIN(TestTraining)
#include "tst_training.moc"
