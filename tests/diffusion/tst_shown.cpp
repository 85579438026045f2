// SPDX-License-Identifier: GPL-3.0-or-later
// What the lab gives to be drawn, hovered and saved: arrays, histograms, marginals, peaks, facts.
#include "tests/diffusion/bed.h"

using namespace orrery;
using namespace orrery::diffusion::test;
using diffusion::DiffusionLab;

class TestShown : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    QString file(const QString& name) const { return m_folder.filePath(name); }

 private Q_SLOTS:
    void arraysHaveTheirShapes() {
        Bed bed(quick());
        bed.run(50);
        const auto shape = [&](const char* key) { return bed.lab.array(orrery::test::device(), key).shape; };
        QCOMPARE(shape("particles"), (std::vector<std::uint64_t>{2000, 2}));
        QCOMPARE(shape("data"), (std::vector<std::uint64_t>{64, 2}));
        QCOMPARE(shape("trails"), (std::vector<std::uint64_t>{51, 64, 2}));
        QCOMPARE(shape("density"), (std::vector<std::uint64_t>{128, 128}));
        QCOMPARE(shape("score"), (std::vector<std::uint64_t>{128, 128, 2}));
        for (const char* key : {"particles", "data", "trails", "density", "score"}) {
            const lab::HostArray array = bed.lab.array(orrery::test::device(), key);
            std::uint64_t count = 1;
            for (const std::uint64_t n : array.shape) count *= n;
            QCOMPARE(std::uint64_t(array.values.size()), count);
        }
        const lab::HostArray trails = bed.lab.array(orrery::test::device(), "trails");
        const std::vector<float> now = bed.particles();
        QVERIFY(std::equal(now.begin(), now.begin() + 128, trails.values.end() - 128));
        // The density is one: its sum over the fitted square, cell by cell.
        const double cell = 6 * bed.lab.spread() * bed.lab.frame().scale / 128;
        double mass = 0;
        for (const float p : bed.lab.array(orrery::test::device(), "density").values) mass += p * cell * cell;
        QVERIFY(std::abs(mass - 1) < 0.01);
    }

    void histogramCountsEveryParticle() {
        Bed bed(quick());
        bed.run(0);
        const double low[2] = {-5, -5}, high[2] = {5, 5};
        QVERIFY(bed.lab.histogram().counts[0].empty());
        gpu::Recorder recorder = orrery::test::device().record("test");
        bed.lab.requestHistogram(recorder, low, high, 40);
        orrery::test::device().wait(orrery::test::device().submit(std::move(recorder)));
        bed.lab.collect();
        const DiffusionLab::Histogram& histogram = bed.lab.histogram();
        const diffusion::Frame2 frame = bed.lab.frame();
        const std::vector<float> places = bed.particles();
        for (int axis = 0; axis < 2; ++axis) {
            QCOMPARE(histogram.counts[axis].size(), std::size_t(40));
            std::vector<std::uint32_t> want(40);
            for (std::size_t i = std::size_t(axis); i < places.size(); i += 2) {
                const double x = (places[i] - (axis == 0 ? frame.centreX : frame.centreY)) / frame.scale;
                ++want[std::size_t((x + 5) * 4)];
            }
            int apart = 0; // a place on an edge may fall to either side after its way through data units
            for (std::size_t i = 0; i < 40; ++i) apart += std::abs(int(want[i]) - int(histogram.counts[axis][i]));
            QVERIFY(apart <= 4);
            QCOMPARE(std::accumulate(histogram.counts[axis].begin(), histogram.counts[axis].end(), 0u), 2000u);
        }
    }

    void marginalsAndPeakAreOfTheShownTime() {
        Bed bed(quick({{"data", std::string("mixture")}}));
        for (const int step : {0, 30, 60}) {
            bed.run(step);
            std::vector<double> places;
            for (int i = -600; i <= 600; ++i) places.push_back(0.01 * i);
            for (int axis = 0; axis < 2; ++axis) {
                double mass = 0, second = 0;
                const std::vector<double> density = bed.lab.marginal(axis, -6, 0.01, int(places.size()));
                for (std::size_t i = 0; i < places.size(); ++i)
                    mass += 0.01 * density[i], second += 0.01 * density[i] * places[i] * places[i];
                QVERIFY(std::abs(mass - 1) < 1e-6);
                if (axis == 0) continue;
                QVERIFY(second > 0);
            }
            gpu::Recorder recorder = orrery::test::device().record("test");
            const gpu::Download cells = recorder.download(bed.lab.field(recorder, {-3, -3, 3, 3, 200, 200}));
            orrery::test::device().wait(orrery::test::device().submit(std::move(recorder)));
            double most = 0;
            for (std::size_t i = 0; i < 40000; ++i) most = std::max(most, std::exp(double(cells.as<float>()[4 * i + 2])));
            QVERIFY(bed.lab.peakDensity() <= 1.02 * most && bed.lab.peakDensity() > 0.8 * most);
        }
    }

    /// Very many points: the curve at the edge from gathered points is the curve from all of them.
    void gatheredMarginalsAgree() {
        Bed bed(
            quick({{"data", std::string("checkerboard")}, {"points", std::int64_t(4000)}, {"journey", std::string("forward")}}));
        bed.run(6);
        const std::vector<double> all = bed.lab.marginal(0, -1.5, 0.65, 5);
        const auto data = bed.lab.array(orrery::test::device(), "data").values;
        Points doubled{2, {}}; // the same points, each twice, come through the file and are gathered
        QByteArray text;
        for (int copy = 0; copy < 2; ++copy)
            for (std::size_t i = 0; i < data.size(); i += 2)
                text += QByteArray::number(data[i], 'g', 9) + "," + QByteArray::number(data[i + 1], 'g', 9) + "\n";
        write(file("doubled.csv"), text);
        bed.session.set({{"data", std::string("file")}, {"file", file("doubled.csv").toStdString()}});
        bed.run(6);
        const std::vector<double> gathered = bed.lab.marginal(0, -1.5, 0.65, 5);
        for (std::size_t i = 0; i < all.size(); ++i) QVERIFY(std::abs(gathered[i] / all[i] - 1) < 0.005);
    }

    void hoverTellsFacts() {
        Bed bed(quick({{"data", std::string("mixture")}, {"components", Points{4, {0, 0, 1, 1, 10, 0, 1, 1}}}}));
        bed.run(0);
        const diffusion::Frame2 frame = bed.lab.frame();
        const auto facts = bed.lab.inspect((10.5 - frame.centreX) / frame.scale, 0);
        QCOMPARE(facts.size(), std::size_t(4));
        QCOMPARE(facts[0].text, std::string("(10.5, 0)"));
        QVERIFY(std::abs(std::stod(facts[1].text) - 0.5 / (2 * M_PI) * std::exp(-0.125)) < 1e-4);
        QCOMPARE(facts[2].text, std::string("(-0.5, 0)"));
        QCOMPARE(facts[3].text, std::string("Gaussian 2 (100 %)"));
        const std::vector<float> places = bed.particles();
        const double x = (places[14] - frame.centreX) / frame.scale, y = (places[15] - frame.centreY) / frame.scale;
        QCOMPARE(bed.lab.nearestTrail(x, y, 0.01), 7);
        QCOMPARE(bed.lab.nearestTrail(1e6, 0, 0.01), -1);
    }
};

ORRERY_TEST_MAIN(TestShown)
#include "tst_shown.moc"
