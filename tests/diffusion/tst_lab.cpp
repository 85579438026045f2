// SPDX-License-Identifier: GPL-3.0-or-later
// The lab as window and command line drive it, through a session: every data shape, good and bad input, the past, the
// checks and what they catch.
#include "tests/diffusion/bed.h"

using namespace orrery;
using namespace orrery::diffusion::test;

class TestLab : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    QString file(const QString& name) const { return m_folder.filePath(name); }

 private Q_SLOTS:
    void everyShapeGoesThereAndBack_data() {
        QTest::addColumn<QString>("shape");
        QTest::addColumn<QString>("score");
        for (const char* shape : {"rings", "mixture", "moons", "swissroll", "checkerboard", "spiral", "drawn", "file"})
            for (const char* score : {"mixture", "empirical"}) QTest::addRow("%s, %s", shape, score) << shape << score;
    }
    void everyShapeGoesThereAndBack() {
        QFETCH(QString, shape);
        QFETCH(QString, score);
        write(file("circle.csv"), csv(300));
        Bed bed(quick({{"data", shape.toStdString()},
                       {"score", score.toStdString()},
                       {"points", std::int64_t(200)},
                       {"draws", std::int64_t(200)},
                       {"file", file("circle.csv").toStdString()},
                       {"drawn", Points{2, {0, 0, 1, 0.5, -0.3, 2}}}}));
        bed.run(30);
        QVERIFY(bed.sound());
        bed.run();
        QCOMPARE(bed.lab.particleCount(), 2000u);
        QVERIFY(bed.sound());
        for (const float x : bed.particles()) QVERIFY(std::isfinite(x));
    }

    void everyProcessIsSound_data() {
        QTest::addColumn<QString>("sde");
        QTest::addColumn<QString>("forward");
        QTest::addColumn<QString>("method");
        for (const char* sde : {"vp", "ve", "subvp"})
            for (const auto& [forward, method] : {std::pair{"em", "sde"}, {"chain", "ode"}, {"exact", "heun"}})
                QTest::addRow("%s %s %s", sde, forward, method) << sde << forward << method;
    }
    void everyProcessIsSound() {
        QFETCH(QString, sde);
        QFETCH(QString, forward);
        QFETCH(QString, method);
        for (const char* way : {"forward", "reverse", "round"}) {
            Bed bed(quick({{"sde", sde.toStdString()},
                           {"forward", forward.toStdString()},
                           {"method", method.toStdString()},
                           {"data", std::string("mixture")},
                           {"journey", std::string(way)}}));
            bed.run();
            QVERIFY2(bed.sound(), way);
            QCOMPARE(bed.lab.clock(bed.lab.steps()), std::string(way) == "forward" ? 1 : 0.001);
        }
    }

    void checksCatchMistakes_data() {
        QTest::addColumn<QString>("data");
        QTest::addRow("rings") << "rings";
        QTest::addRow("mixture") << "mixture";
    }
    void checksCatchMistakes() {
        QFETCH(QString, data);
        const auto disagreements = [&](const char* mistake) {
            Bed bed({{"journey", std::string("reverse")}, {"data", data.toStdString()}, {"mistake", std::string(mistake)}});
            bed.run();
            const std::vector<Verdict> all = bed.verdicts();
            if (all[0] == Verdict::disagrees) return -1; // the mistake is in the equation, not in the arithmetic
            return int(std::count(all.begin(), all.end(), Verdict::disagrees));
        };
        QCOMPARE(disagreements("none"), 0);
        for (const char* mistake : {"sign", "no_g2", "half"}) QVERIFY2(disagreements(mistake) > 0, mistake);
    }

    void fewStepsAreExplained() {
        Bed bed({{"journey", std::string("reverse")}, {"steps", std::int64_t(10)}, {"particles", std::int64_t(100000)}});
        bed.run();
        const lab::Check variance = bed.check("variance");
        QCOMPARE(variance.verdict, Verdict::explained);
        QVERIFY(std::abs(variance.measured - variance.expected) > variance.tolerance);
        QVERIFY(QString::fromStdString(variance.because).contains("step size"));
    }

    void tooFewStepsOfTheChainWarn() {
        Bed bed(
            quick({{"forward", std::string("chain")}, {"forward_steps", std::int64_t(15)}, {"journey", std::string("forward")}}));
        bed.run();
        QVERIFY(QString::fromStdString(bed.lab.status()).contains("0.999"));
        QVERIFY(bed.sound());
        bed.session.set("forward_steps", std::int64_t(100));
        QVERIFY(!QString::fromStdString(bed.lab.status()).contains("0.999"));
    }

    // --- data -------------------------------------------------------------------------------------------------------------

    /// The number of data points is a knob exactly where there is a data set that the lab makes.
    void knobsForDataPointsAct() {
        const auto act = [](const char* data, const char* score) {
            Bed bed(quick({{"data", std::string(data)},
                           {"score", std::string(score)},
                           {"points", std::int64_t(123)},
                           {"draws", std::int64_t(77)}}));
            const lab::Settings& s = bed.session.settings();
            bed.run(0);
            const auto rows = bed.lab.array(orrery::test::device(), "data").shape[0];
            return std::tuple(s.acts(*s.declaration().find("points")), s.acts(*s.declaration().find("draws")), int(rows));
        };
        QCOMPARE(act("checkerboard", "mixture"), std::tuple(true, false, 123));
        QCOMPARE(act("checkerboard", "empirical"), std::tuple(true, false, 123));
        QCOMPARE(act("moons", "mixture"), std::tuple(false, false, 128)); // Gaussians along the two arcs
        QCOMPARE(act("moons", "empirical"), std::tuple(false, true, 77));
        QCOMPARE(act("rings", "mixture"), std::tuple(false, false, 64));
        QCOMPARE(act("rings", "empirical"), std::tuple(false, true, 77));
        QCOMPARE(act("drawn", "empirical"), std::tuple(false, false, 0));
    }

    void trailsAreTailsOrPaths() {
        Bed noisy(quick()), smooth(quick({{"method", std::string("heun")}}));
        for (Bed* bed : {&noisy, &smooth}) bed->run(100);
        QCOMPARE(noisy.lab.trailLast(), 100);
        QCOMPARE(noisy.lab.trailFirst(), 90);
        QCOMPARE(smooth.lab.trailFirst(), 60);
        noisy.run(0);
        QCOMPARE(noisy.lab.trailFirst(), 0);
    }

    void nothingDrawnIsNoFailure() {
        Bed bed(quick({{"data", std::string("drawn")}}));
        bed.run();
        QCOMPARE(bed.lab.particleCount(), 0u);
        QVERIFY(QString::fromStdString(bed.lab.status()).contains("brush"));
        QVERIFY(bed.lab.checks().empty());
        QCOMPARE(bed.lab.array(orrery::test::device(), "particles").shape, (std::vector<std::uint64_t>{0, 2}));
        QVERIFY(bed.lab.array(orrery::test::device(), "density").values.size() == 128 * 128);
        QVERIFY(bed.lab.inspect(0, 0).size() >= 1);
        QCOMPARE(bed.lab.peakDensity(), 0.0);
        gpu::Recorder recorder = orrery::test::device().record("test");
        QVERIFY(bed.lab.field(recorder, {-1, -1, 1, 1, 8, 8}));
        orrery::test::device().submit(std::move(recorder));
        bed.session.set("drawn", Points{2, {1, 2, 3, 4}});
        bed.run();
        QCOMPARE(bed.lab.particleCount(), 2000u);
        bed.session.undo();
        bed.run(5);
        QCOMPARE(bed.lab.particleCount(), 0u);
    }

    void onePointIsEnough() {
        Bed bed(quick({{"data", std::string("drawn")}, {"drawn", Points{2, {12, -7}}}, {"steps", std::int64_t(400)}}));
        bed.run(0);
        for (const float x : bed.particles()) QVERIFY(std::abs(x - 12) < 1e-6 || std::abs(x + 7) < 1e-6);
        bed.run();
        QVERIFY(bed.sound());
        for (const float x : bed.particles()) QVERIFY(std::min(std::abs(x - 12), std::abs(x + 7)) < 0.5);
    }

    void oneParticleIsEnough() {
        Bed bed(quick({{"particles", std::int64_t(1)}}));
        bed.run();
        QCOMPARE(bed.particles().size(), std::size_t(2));
        QCOMPARE(bed.check("reference").verdict, Verdict::matches);
    }

    void filesSmallAndLarge() {
        write(file("small.csv"), csv(500));
        write(file("large.csv"), csv(120000)); // beyond 1 MiB: read by a job
        QVERIFY(QFileInfo(file("large.csv")).size() > (1 << 20));
        Bed bed({{"particles", std::int64_t(500)}, {"journey", std::string("forward")}, {"forward_steps", std::int64_t(10)}});
        bed.session.set({{"data", std::string("file")}, {"file", file("small.csv").toStdString()}});
        bed.run();
        QCOMPARE(bed.lab.array(orrery::test::device(), "data").shape, (std::vector<std::uint64_t>{500, 2}));
        bed.session.set("file", file("large.csv").toStdString());
        QCOMPARE(bed.lab.particleCount(), 0u);
        QVERIFY(!bed.lab.jobs().empty());
        QVERIFY(QString::fromStdString(bed.lab.status()).contains("reading"));
        bed.session.set("particles", std::int64_t(400)); // a change while it is read does not start it again
        QCOMPARE(bed.lab.jobs().all().size(), std::size_t(1));
        bed.run();
        QVERIFY(bed.lab.jobs().empty());
        QCOMPARE(bed.lab.particleCount(), 400u);
        QCOMPARE(bed.lab.array(orrery::test::device(), "data").shape, (std::vector<std::uint64_t>{120000, 2}));
        const diffusion::Frame2 frame = bed.lab.frame();
        QVERIFY(std::abs(frame.centreX - 5) < 0.01 && std::abs(frame.centreY + 3) < 0.01);
    }

    void readingCanBeCancelled() {
        write(file("large.csv"), csv(120000));
        Bed bed(quick({{"data", std::string("file")}, {"file", file("large.csv").toStdString()}}));
        QVERIFY(!bed.lab.jobs().empty());
        bed.lab.jobs().cancelAll();
        bed.run(3);
        QCOMPARE(bed.lab.particleCount(), 0u);
        QVERIFY(QString::fromStdString(bed.lab.status()).contains("choose it again"));
        bed.session.set("lambda", 0.5);
        QVERIFY(bed.lab.jobs().empty()); // not started again behind anybody's back
        bed.session.set("data", std::string("moons"));
        bed.run(3);
        QCOMPARE(bed.lab.particleCount(), 2000u);
    }

    void badInputIsRefusedAndNothingIsLost() {
        write(file("nan.csv"), "1,2\n3,nan\n");
        write(file("empty.csv"), "");
        write(file("huge.csv"), "1e300,0\n-1e300,0\n");
        Bed bed(quick());
        bed.run(40);
        const std::vector<float> before = bed.particles();
        const auto choose = [&](const char* name) {
            return errorOf([&] { bed.session.set({{"data", std::string("file")}, {"file", file(name).toStdString()}}); });
        };
        for (const char* name : {"nan.csv", "empty.csv", "huge.csv", "missing.csv"}) QVERIFY2(!choose(name).empty(), name);
        for (const Points& rows : {Points{4, {0, 0, -1, 1}}, Points{4, {0, 0, 1, -1}}, Points{4, {0, 0, 1, 0}}})
            QVERIFY(!errorOf([&] { bed.session.set({{"data", std::string("mixture")}, {"components", rows}}); }).empty());
        QCOMPARE(bed.lab.position(), 40);
        QCOMPARE(bed.particles(), before);
        QCOMPARE(bed.session.settings().text("data"), std::string("rings"));
    }

    void moreThanAMillionPointsAreRefused() {
        const int count = 1000001;
        QByteArray npy("\x93NUMPY\x01\x00", 8);
        QByteArray header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + QByteArray::number(count) + ", 2), }";
        header += QByteArray(118 - header.size() - 1, ' ') + "\n";
        npy += char(header.size() & 255);
        npy += char(header.size() >> 8);
        npy += header + QByteArray(8 * count, '\0');
        write(file("many.npy"), npy);
        Bed bed({{"data", std::string("file")}, {"file", file("many.npy").toStdString()}});
        const std::string words = errorOf([&] { bed.run(1); });
        QVERIFY2(QString::fromStdString(words).contains("1000001"), words.c_str());
        QCOMPARE(bed.session.settings().text("data"), std::string("rings")); // what was there before is back
        bed.run(1);
        QCOMPARE(bed.lab.particleCount(), 20000u);
    }

    void checksSpeakWhileTimeRuns() {
        Bed bed({{"data", std::string("rings")}});
        bed.run(40);
        gpu::Recorder recorder = test::device().record("run"); // one step on, whose results have not come back
        bed.lab.advance(recorder, 41, 30);
        test::device().wait(test::device().submit(std::move(recorder)));
        QCOMPARE(bed.lab.position(), 41);
        for (const lab::Check& check : bed.lab.checks())
            QVERIFY2(check.verdict == lab::Check::Verdict::matches, check.because.c_str());
    }

    // --- time ---------------------------------------------------------------------------------------------------------------

    void scrubbingShowsWhatWasThere() {
        Bed bed(quick());
        std::map<int, std::vector<float>> seen;
        for (const int step : {0, 17, 60, 61, 120}) {
            bed.run(step);
            seen[step] = bed.particles();
        }
        const auto samples = [&] { return bed.lab.series("variance").size(); };
        QCOMPARE(samples(), std::size_t(121));
        for (const int step : {61, 0, 120, 17, 60}) {
            bed.run(step);
            QCOMPARE(bed.particles(), seen[step]);
            QCOMPARE(samples(), std::size_t(121));
        }
    }

    void undoBringsBackTheSameBits() {
        Bed bed(quick());
        bed.run(100);
        const std::vector<float> before = bed.particles();
        bed.session.set("lambda", 0.2);
        bed.run(100);
        QVERIFY(bed.particles() != before);
        bed.session.undo();
        bed.run(100);
        QCOMPARE(bed.particles(), before);
        bed.session.setSeed(99);
        bed.run(100);
        QVERIFY(bed.particles() != before);
    }

    void changesOfTheViewLeaveTheRunAlone() {
        Bed bed(quick());
        bed.run(70);
        const gpu::Buffer places = bed.lab.particles();
        bed.session.set({{"brightness", 2.0}, {"trails", std::int64_t(3)}});
        QCOMPARE(bed.lab.position(), 70);
        QVERIFY(bed.lab.particles() == places);
    }

    void seriesAreSortedAndInDataUnits() {
        Bed bed(quick({{"data", std::string("mixture")},
                       {"components", Points{4, {10, 20, 0.5, 1}}},
                       {"journey", std::string("forward")}}));
        bed.run();
        for (const lab::Series& series : bed.lab.declaration().series) {
            const auto samples = bed.lab.series(series.key);
            if (!series.axis.empty()) { // of a network, which there is not
                QVERIFY(samples.empty());
                continue;
            }
            QCOMPARE(samples.size(), std::size_t(61));
            for (std::size_t i = 0; i < samples.size(); ++i) {
                QCOMPARE(samples[i].step, int(i));
                QCOMPARE(samples[i].clock, double(i) / 60);
            }
        }
        QVERIFY(std::abs(bed.lab.series("mean_x")[0].value - 10) < 5 * 0.5 / std::sqrt(2000));
        QVERIFY(std::abs(bed.lab.series("mean_y")[0].value - 20) < 5 * 0.5 / std::sqrt(2000));
        QVERIFY(std::abs(bed.lab.series("variance_theory")[0].value - 0.25) < 1e-12);
        QVERIFY(bed.lab.series("nonsense").empty());
    }

    void marksAndStatus() {
        Bed bed(quick());
        QCOMPARE(bed.lab.steps(), 120);
        const auto marks = bed.lab.marks();
        QCOMPARE(marks.size(), std::size_t(3));
        QCOMPARE(marks[1].step, 60);
        QCOMPARE(marks[1].label, std::string("noise t=1"));
        QCOMPARE(bed.lab.clock(60), 1.0);
        bed.run(30);
        QCOMPARE(bed.lab.status(), std::string("t = 0.500 \xC2\xB7 log-SNR -2.46 \xC2\xB7 step 30/120"));
        bed.run(0);
        QVERIFY(QString::fromStdString(bed.lab.status()).contains(QString::fromUtf8("\xE2\x88\x9E")));
    }

    /// A step is cut to the frame: with a small budget the picture keeps coming, and the end is the same.
    void workComesInSlices() {
        Bed bed({{"particles", std::int64_t(300000)}, {"journey", std::string("reverse")}, {"steps", std::int64_t(3)}});
        Bed whole({{"particles", std::int64_t(300000)}, {"journey", std::string("reverse")}, {"steps", std::int64_t(3)}});
        int frames = 0;
        bed.session.transport().seek(3);
        for (bool there = false; !there; ++frames) {
            gpu::Recorder recorder = orrery::test::device().record("test");
            there = bed.lab.advance(recorder, 3, 4);
            orrery::test::device().wait(orrery::test::device().submit(std::move(recorder)));
        }
        QVERIFY(frames > 3);
        whole.run();
        QCOMPARE(bed.particles(), whole.particles());
    }

    /// Whichever allocation of a change fails, the change is refused as a whole: the former run goes on, to the same bits.
    void anyAllocationMayFail() {
        const Changes other = {{"data", std::string("moons")}, {"particles", std::int64_t(5000)}, {"steps", std::int64_t(90)}};
        Bed bed(quick()), undisturbed(quick()), wanted(quick());
        undisturbed.run(40);
        wanted.session.set(other);
        wanted.run(40);
        int refused = 0;
        for (bool taken = false; !taken; refused += !taken) {
            bed.run(20);
            orrery::test::device().pretendFull(refused);
            taken = errorOf([&] { bed.session.set(other); }).empty();
            orrery::test::device().pretendFull(-1);
            if (!taken) QCOMPARE(bed.session.settings().text("data"), undisturbed.session.settings().text("data"));
            bed.run(40);
            QCOMPARE(bed.particles(), (taken ? wanted : undisturbed).particles());
            QVERIFY(bed.sound());
        }
        QVERIFY2(refused > 5, qPrintable(QString::number(refused)));
    }
};

ORRERY_TEST_MAIN(TestLab)
#include "tst_lab.moc"
