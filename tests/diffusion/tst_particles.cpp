// SPDX-License-Identifier: GPL-3.0-or-later
// The particles' manners: a path depends on (seed, index) alone, the past is what it was, and no slicing shows.
#include "tests/diffusion/support.h"

using namespace orrery;
using namespace orrery::diffusion;
using namespace orrery::diffusion::test;

namespace {

Journey journey(int steps = 30) { return journeyOf(Way::round, steps); }

bool startsWith(const std::vector<float>& all, const std::vector<float>& few) {
    return std::equal(few.begin(), few.end(), all.begin());
}

} // namespace

class TestParticles : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void pathsDoNotDependOnHowManyThereAre() {
        std::vector<float> all;
        for (const std::uint32_t count : {100000u, 1000u, 257u, 64u, 3u, 1u}) {
            Run run(uneven(), journey(), count);
            const std::vector<float> places = run.at(60);
            QCOMPARE(places.size(), std::size_t(2 * count));
            if (all.empty())
                all = places;
            else
                QVERIFY(startsWith(all, places));
        }
        Run other(uneven(), journey(), 1000, 8);
        QVERIFY(!startsWith(all, other.at(60)));
    }

    void sameBitsOnTwoRuns() {
        Run a(uneven(), journey(), 5000), b(uneven(), journey(), 5000);
        QCOMPARE(a.at(60), b.at(60));
    }

    void scrubbingBackIsBitIdentical() {
        // 8 MB a frame: 256 MiB hold 32 of 81 states, so that some of what is asked for is replayed.
        Run run(uneven(), journey(40), 1000000);
        QVERIFY(run.particles().keyFrameSpacing() > 1);
        std::map<int, std::vector<float>> seen;
        for (const int step : {0, 1, 13, 40, 41, 59, 80}) seen[step] = run.at(step, 20000);
        for (const int step : {59, 13, 80, 0, 41, 40, 1, 59}) {
            QCOMPARE(run.at(step, 20000), seen[step]);
            QCOMPARE(run.particles().position(), step);
        }
    }

    void everyStateIsKeptWhereItFits() {
        Run run(uneven(), journey(), 20000);
        QCOMPARE(run.particles().keyFrameSpacing(), 1);
        Run few(uneven(), journeyOf(Way::forward, 10000), 100);
        QVERIFY(10001 / few.particles().keyFrameSpacing() <= Particles::mostKeyFrames);
        const std::vector<float> late = few.at(9999);
        few.to(0);
        QCOMPARE(few.at(9999), late);
    }

    void slicesDoNotShow() {
        Run whole(uneven(), journey(), 20000), sliced(uneven(), journey(), 20000);
        const std::vector<float> want = whole.at(60);
        int calls = 0;
        for (bool there = false; !there; ++calls) {
            gpu::Recorder recorder = orrery::test::device().record("test");
            there = sliced.particles().advance(recorder, 60, 1e-6); // however fast the device is
            orrery::test::device().submit(std::move(recorder));
        }
        QVERIFY(calls > 60); // less than a step at a time
        QCOMPARE(sliced.places(), want);
    }

    /// A change of mind in the middle of a step leaves nothing behind.
    void turningBackWithinAStep() {
        Run run(uneven(), journey(), 20000), plain(uneven(), journey(), 20000);
        run.to(45);
        gpu::Recorder recorder = orrery::test::device().record("test");
        QVERIFY(!run.particles().advance(recorder, 46, 0.01));
        QCOMPARE(run.particles().position(), 45);
        orrery::test::device().submit(std::move(recorder));
        QCOMPARE(run.at(31), plain.at(31));
        QCOMPARE(run.at(46), plain.at(46));
    }

    void bothReadPathsAgree() {
        gpu::DeviceOptions options{.pipelineCacheFile = "-"};
        options.forceRead = true;
        options.forceReadPath =
            orrery::test::device().readPath() == gpu::ReadPath::texel ? gpu::ReadPath::storage : gpu::ReadPath::texel;
        gpu::Device other(orrery::test::device().instance(), options);
        for (const Method method : {Method::sde, Method::heun}) {
            const Journey way = journeyOf(Way::round, 20, method);
            Run here(uneven(), way, 1000), there(uneven(), way, 1000, 7, other);
            for (const int step : {0, 20, 40}) QCOMPARE(there.at(step), here.at(step));
        }
    }

    void trailsHoldEveryStep() {
        Run run(uneven(), journey(), 1000);
        std::vector<std::vector<float>> rows;
        for (int step = 0; step <= 60; ++step) rows.push_back(run.at(step, 64));
        gpu::Recorder recorder = orrery::test::device().record("test");
        const gpu::Download download = recorder.download(run.particles().trails());
        orrery::test::device().wait(orrery::test::device().submit(std::move(recorder)));
        const auto values = download.as<float>();
        for (std::size_t step = 0; step <= 60; ++step)
            QVERIFY(std::equal(rows[step].begin(), rows[step].end(), values.begin() + std::ptrdiff_t(128 * step)));
    }

    void arrivalsComeOnceAndInOrder() {
        Run run(uneven(), journey(), 1000);
        std::vector<int> arrivals;
        for (const int target : {20, 5, 40, 10, 60}) {
            gpu::Recorder recorder = orrery::test::device().record("test");
            QVERIFY(run.particles().advance(recorder, target, 1000, [&](gpu::Recorder&, int step) { arrivals.push_back(step); }));
            orrery::test::device().submit(std::move(recorder));
        }
        QCOMPARE(arrivals.size(), std::size_t(61));
        for (int step = 0; step <= 60; ++step) QCOMPARE(arrivals[std::size_t(step)], step);
    }

    void noParticlesNoWork() {
        Run run(uneven(), journey(), 0);
        run.to(60);
        QCOMPARE(run.particles().position(), 60);
    }
};

ORRERY_TEST_MAIN(TestParticles)
#include "tst_particles.moc"
