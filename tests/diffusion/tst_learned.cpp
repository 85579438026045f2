// SPDX-License-Identifier: GPL-3.0-or-later
// The lab with a learned score: training between frames, particles that keep the network they turned back with, fields and
// probe that show the newest, actions, files, and checks that hold and break.
#include "engine/model/tensor_file.h"
#include "tests/diffusion/bed.h"

#include <QTemporaryDir>

using namespace orrery;
using namespace orrery::diffusion;
using namespace orrery::diffusion::test;

namespace {

Changes tiny(Changes more = {}) {
    Changes all = quick({{"data", std::string("mixture")},
                         {"score", std::string("learned")},
                         {"width", std::int64_t(32)},
                         {"depth", std::int64_t(2)},
                         {"batch", std::int64_t(256)},
                         {"train_steps", std::int64_t(40)}});
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

/// A frame of the window, and the numbers that came back.
bool frame(Bed& bed, double seconds = 0) {
    auto& device = orrery::test::device();
    bool changed = false;
    device.wait(device.run("frame", [&](gpu::Recorder& recorder) { changed = bed.session.update(recorder, seconds, 8); }));
    return changed;
}

std::vector<float> fieldOf(Bed& bed, bool difference) {
    auto& device = orrery::test::device();
    const FieldGrid grid{-2, -2, 2, 2, 24, 20};
    gpu::Recorder recorder = device.record("test");
    const gpu::Buffer field = difference ? bed.lab.difference(recorder, grid) : bed.lab.arrows(recorder, grid, false);
    const gpu::Download download = recorder.download({field, 0, 16ull * 24 * 20});
    device.wait(device.submit(std::move(recorder)));
    const auto values = download.as<float>();
    return {values.begin(), values.end()};
}

double last(Bed& bed, const char* key) {
    const auto samples = bed.lab.series(key);
    return samples.empty() ? NAN : samples.back().value;
}

std::string fact(Bed& bed, const std::string& label, double x, double y) {
    for (const lab::Fact& each : bed.lab.inspect(x, y))
        if (each.label == label) return each.text;
    return {};
}

bool hasFact(Bed& bed, const char* label) {
    return std::ranges::any_of(bed.lab.networkFacts(), [&](const lab::Fact& fact) { return fact.label == label; });
}

} // namespace

class TestLearned : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void everySamplerWalksByTheNetwork_data() {
        QTest::addColumn<QString>("method");
        QTest::addColumn<QString>("sde");
        QTest::addColumn<QString>("journey");
        QTest::addColumn<QString>("target");
        const auto row = [](const char* name, const char* method, const char* sde, const char* journey, const char* target) {
            QTest::newRow(name) << method << sde << journey << target;
        };
        for (const char* method : {"sde", "ode", "heun"}) row(method, method, "vp", "round", "eps");
        for (const char* target : {"x0", "v", "score", "flow"}) row(target, "heun", "vp", "reverse", target);
        row("ve", "heun", "ve", "reverse", "eps");
        row("subvp", "sde", "subvp", "reverse", "v");
    }
    void everySamplerWalksByTheNetwork() {
        QFETCH(QString, method);
        QFETCH(QString, sde);
        QFETCH(QString, journey);
        QFETCH(QString, target);
        Bed bed(tiny({{"method", method.toStdString()},
                      {"sde", sde.toStdString()},
                      {"journey", journey.toStdString()},
                      {"target", target.toStdString()},
                      {"preconditioned", target == "flow"}}));
        bed.run();
        QCOMPARE(bed.lab.networkVersion(), 40); // jobs come first
        QCOMPARE(bed.check("reference").verdict, Verdict::matches);
        const std::vector<float> learned = bed.particles();
        bed.session.set("score", std::string("mixture"));
        bed.run();
        QVERIFY(learned != bed.particles());
        QCOMPARE(bed.check("reference").verdict, Verdict::matches);
        QVERIFY(!bed.lab.hasNetwork());
    }

    void aParticleDoesNotDependOnTheOthers() {
        Bed few(tiny({{"particles", std::int64_t(300)}})), many(tiny({{"particles", std::int64_t(3000)}}));
        few.run(), many.run();
        std::vector<float> a = few.particles(), b = many.particles();
        b.resize(a.size());
        QCOMPARE(a, b);
    }

    void theSameRunTwice() {
        Bed a(tiny()), b(tiny());
        a.run(), b.run();
        QCOMPARE(a.particles(), b.particles());
        QCOMPARE(last(a, "loss"), last(b, "loss"));
        // Backward is what was there before.
        const int middle = a.lab.steps() * 3 / 4;
        b.run(middle);
        const std::vector<float> there = b.particles();
        b.run();
        QCOMPARE(b.particles(), a.particles());
        b.run(middle);
        QCOMPARE(b.particles(), there);
    }

    /// While it trains, frames go on, particles keep their network until they are before the turn, and the fields do not wait.
    void trainingGoesOnBetweenFrames() {
        Bed bed(
            tiny({{"train_steps", std::int64_t(100000)}, {"batch", std::int64_t(16384)}, {"journey", std::string("reverse")}}));
        bed.session.transport().seek(30);
        for (int i = 0; i < 400 && (bed.lab.networkVersion() < 8 || bed.lab.position() < 30); ++i) frame(bed);
        QCOMPARE(bed.lab.position(), 30);
        const std::vector<float> there = bed.particles(), field = fieldOf(bed, false);
        const int version = bed.lab.networkVersion();
        for (int i = 0; i < 3; ++i) frame(bed);
        QVERIFY(bed.lab.networkVersion() > version);
        QVERIFY(fieldOf(bed, false) != field);
        QCOMPARE(bed.particles(), there);
        QVERIFY(hasFact(bed, "in use"));
        // Back and forth beyond the turn: the old network's path, bit for bit.
        bed.session.transport().seek(20);
        for (int i = 0; i < 200 && bed.lab.position() != 20; ++i) frame(bed);
        bed.session.transport().seek(30);
        for (int i = 0; i < 200 && bed.lab.position() != 30; ++i) frame(bed);
        QCOMPARE(bed.particles(), there);
        // From the start the new one.
        bed.session.transport().seek(0);
        for (int i = 0; i < 200 && bed.lab.position() != 0; ++i) frame(bed);
        bed.lab.act("train_network");
        QVERIFY(bed.lab.jobs().empty());
        bed.session.transport().seek(30);
        for (int i = 0; i < 400 && bed.lab.position() != 30; ++i) frame(bed);
        QVERIFY(bed.particles() != there);
        QVERIFY(!hasFact(bed, "in use"));
    }

    /// Stopped at any step and gone on: the bits of a run without a stop.
    void stoppedAndResumed() {
        Bed whole(tiny()), parts(tiny());
        whole.run(0);
        for (int i = 0; i < 50 && parts.lab.networkVersion() < 5; ++i) frame(parts);
        parts.lab.act("train_network");
        const int at = parts.lab.networkVersion();
        for (int i = 0; i < 5; ++i) frame(parts);
        QCOMPARE(parts.lab.networkVersion(), at);
        parts.session.set("score", std::string("mixture")); // away and back: nothing is lost
        parts.session.set("score", std::string("learned"));
        QCOMPARE(parts.lab.networkVersion(), at);
        parts.lab.act("train_network");
        parts.run(0);
        QCOMPARE(parts.lab.networkVersion(), 40);
        QCOMPARE(fieldOf(parts, false), fieldOf(whole, false));
    }

    void whatMakesItBeginAgain() {
        Bed bed(tiny());
        bed.run(0);
        const std::vector<float> field = fieldOf(bed, false);
        for (const auto& [key, value] : Changes{{"particles", std::int64_t(500)},
                                                {"steps", std::int64_t(30)},
                                                {"lambda", 0.5},
                                                {"rate", 0.001},
                                                {"batch", std::int64_t(64)}}) {
            bed.session.set(key, value);
            QCOMPARE(bed.lab.networkVersion(), 40); // none of these
        }
        bed.session.set("rate", 0.005), bed.session.set("batch", std::int64_t(256));
        for (const auto& [key, value] : Changes{{"target", std::string("v")},
                                                {"width", std::int64_t(16)},
                                                {"sde", std::string("ve")},
                                                {"net_seed", std::int64_t(5)}}) {
            bed.session.set(key, value);
            QVERIFY2(bed.lab.networkVersion() == 0, key.c_str());
            QVERIFY(!bed.lab.jobs().empty());
            bed.session.undo();
            bed.run(0);
            QCOMPARE(fieldOf(bed, false), field); // and comes back to the same
        }
        bed.lab.act("reset_network");
        QCOMPARE(bed.lab.networkVersion(), 0);
        bed.run(0);
        QCOMPARE(fieldOf(bed, false), field);
        bed.lab.act("train_network"); // beyond its end: a thousand more
        frame(bed);
        QVERIFY(bed.lab.networkVersion() > 40);
    }

    void theDifferenceIsLearnedMinusExact() {
        Bed bed(tiny());
        bed.run(90);
        const std::vector<float> learned = fieldOf(bed, false), difference = fieldOf(bed, true);
        bed.session.set("score", std::string("mixture"));
        bed.run(90);
        const std::vector<float> exact = fieldOf(bed, false);
        double largest = 0;
        for (std::size_t i = 0; i < learned.size(); i += 4) {
            const double size =
                std::hypot(double(learned[i]), double(learned[i + 1])) + std::hypot(double(exact[i]), double(exact[i + 1]));
            for (const std::size_t axis : {0, 1}) {
                const double off = difference[i + axis] - (double(learned[i + axis]) - double(exact[i + axis]));
                QVERIFY(std::abs(off) < 1e-5 * (1 + size)); // two subtractions and a fused one of float32
            }
            const double length = std::hypot(double(difference[i]), double(difference[i + 1]));
            QVERIFY(std::abs(difference[i + 2] - std::log(length)) < 1e-4);
            largest = std::max(largest, length);
        }
        QVERIFY(largest > 0.05); // after 40 steps it is far from exact
    }

    void theProbeSaysBoth() {
        Bed bed(tiny());
        bed.run(90);
        QVERIFY(!fact(bed, "score", 0.3, 0.2).empty() && !fact(bed, "learned score", 0.3, 0.2).empty());
        QVERIFY(fact(bed, "learned score", 0.3, 0.2) != fact(bed, "score", 0.3, 0.2));
        QVERIFY(QString::fromStdString(fact(bed, "off by", 0.3, 0.2)).contains("/\xCF\x83)"));
        bed.session.set("score", std::string("mixture"));
        QVERIFY(fact(bed, "learned score", 0.3, 0.2).empty());
    }

    void seriesAndTheLossCheck() {
        Bed bed(tiny({{"train_steps", std::int64_t(400)}, {"averaged", false}}));
        bed.run(0);
        QCOMPARE(bed.lab.series("loss").size(), std::size_t(400));
        QCOMPARE(bed.lab.series("loss").back().step, 400);
        const double floor = last(bed, "loss_floor");
        QVERIFY(floor > 0.01 && floor < 1);
        QVERIFY(last(bed, "loss_smooth") > 0.9 * floor);
        QVERIFY(last(bed, "gap") < bed.lab.series("gap").front().value);
        QVERIFY(bed.lab.series("scale").empty());
        QCOMPARE(bed.check("loss").verdict, Verdict::matches);
        bed.session.set("precision", std::string("mixed"));
        bed.run(0);
        QCOMPARE(bed.lab.series("scale").front().value, 16.0); // log2 of 65536
    }

    void aWrongSignIsFound() {
        Bed bed(tiny({{"mistake", std::string("sign")}, {"train_steps", std::int64_t(300)}}));
        bed.run();
        QCOMPARE(bed.check("density").verdict, Verdict::disagrees);
    }

    void savedAndLoadedAgain() {
        QTemporaryDir folder;
        const std::string path = folder.filePath("net.safetensors").toStdString();
        Bed bed(tiny());
        bed.run(0);
        const std::vector<float> field = fieldOf(bed, false);
        bed.lab.save("network", path);
        QVERIFY(model::openTensorFile(path)->has("net.0.weight") && model::openTensorFile(path)->has("ema.net.4.bias"));
        Bed other(tiny({{"network", path}}));
        QCOMPARE(other.lab.networkVersion(), 40);
        QVERIFY(other.lab.jobs().empty());
        QCOMPARE(fieldOf(other, false), field);
        const std::string bad = folder.filePath("bad.safetensors").toStdString();
        write(QString::fromStdString(bad), "nothing of the kind");
        const std::string error = errorOf([&] { other.session.set("network", bad); });
        QVERIFY2(QString::fromStdString(error).contains("bad.safetensors"), error.c_str());
        QCOMPARE(other.session.settings().text("network"), path);
        QCOMPARE(fieldOf(other, false), field);
        QVERIFY(
            QString::fromStdString(errorOf([&] { other.session.set("width", std::int64_t(16)); })).contains("set width to 32"));
        other.session.set("score", std::string("mixture"));
        QVERIFY(!errorOf([&] { other.lab.save("network", path); }).empty());
        QVERIFY(!errorOf([&] { other.lab.save("nothing", path); }).empty());
        QVERIFY(!errorOf([&] { other.lab.act("train_network"); }).empty());
    }

    void withoutDataThereIsNothingToLearn() {
        Bed bed({{"data", std::string("drawn")}, {"score", std::string("learned")}});
        QVERIFY(!bed.lab.hasNetwork() && bed.lab.jobs().empty());
        bed.run();
        bed.session.set("drawn", Points{2, {0, 0, 1, 1, 0, 1}});
        QVERIFY(bed.lab.hasNetwork() && !bed.lab.jobs().empty());
        bed.session.set("data", std::string("file"));
        QVERIFY(!bed.lab.hasNetwork() && bed.lab.jobs().empty());
    }
};

ORRERY_TEST_MAIN(TestLearned)
#include "tst_learned.moc"
