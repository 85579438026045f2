// SPDX-License-Identifier: GPL-3.0-or-later
// t-SNE's kernels: a gradient and a step against float64, the grid against all pairs, fifty steps against the host, the same bits
// for every workgroup, and points that lie on each other.
#include "engine/labs/embedding/tsne_device.h"
#include "tests/embedding/reference.h"
#include "tests/support/test_main.h"

using namespace orrery;
using namespace orrery::embedding;
using namespace orrery::test;

namespace {

const DeviceShape alone{64, 1, 1}, teams{64, 8, 16}; // as on CPU devices, as on GPUs

Affinities lonely(std::int64_t n) { // points without an edge
    Affinities a;
    a.joint.n = n, a.joint.start.assign(std::size_t(n) + 1, 0);
    return a;
}

std::shared_ptr<const Affinities> graphOf(std::int64_t n) {
    if (n < 4) return std::make_shared<const Affinities>(lonely(n));
    return calibrated(mixture(n, 6, 4, 2).values, std::min(10.0, double(n - 1) / 3), false);
}

State moving(std::int64_t n, int dims, double size) {
    State s{cloud(n, dims, size, 3), cloud(n, dims, 0.1 * size, 4), PicturePoints(n, dims)};
    for (int d = 0; d < dims; ++d)
        for (std::int64_t i = 0; i < n; ++i) s.scale[d][i] = float(0.5 + 0.1 * double(i % 17));
    return s;
}

} // namespace

class TestDeviceTsne : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void gradientAgainstFloat64_data();
    void gradientAgainstFloat64();
    void oneStepAgainstFloat64_data();
    void oneStepAgainstFloat64();
    void gridIsAllPairs_data();
    void gridIsAllPairs();
    void gridIsTheHosts();
    void partsNeverOverflow();
    void fiftyStepsOfTheHost();
    void everyStepIsTheHosts();
    void theSameLoss();
    void theSameBits_data();
    void theSameBits();
    void aStateIsAllOfIt();
    void noneOneAndTwins();
    void tooManyPoints();
};

void TestDeviceTsne::gradientAgainstFloat64_data() {
    QTest::addColumn<int>("points");
    QTest::addColumn<int>("dims");
    QTest::addColumn<bool>("texel");
    for (const int points : {2, 5, 64, 1003})
        for (const int dims : {2, 3})
            for (const bool texel : {false, true})
                QTest::addRow("%d points, %d-D, %s", points, dims, texel ? "texel" : "storage") << points << dims << texel;
}

/// A sum of n float32 is off by n 2^-24 of the sizes of its terms at worst; by the root of n in the mean, and terms by 2^-22.
void TestDeviceTsne::gradientAgainstFloat64() {
    QFETCH(int, points);
    QFETCH(int, dims);
    QFETCH(bool, texel);
    static gpu::Instance instance;
    static gpu::Device storage(instance, {.pipelineCacheFile = "-", .forceReadPath = gpu::ReadPath::storage, .forceRead = true}),
        fetch(instance, {.pipelineCacheFile = "-", .forceReadPath = gpu::ReadPath::texel, .forceRead = true});
    const auto graph = graphOf(points);
    const State state = moving(points, dims, 5);
    const Gradient64 wanted = tsneGradient64(*graph, points64(state.y), 12);
    for (const DeviceShape& shape : {alone, teams}) {
        DeviceTsne tsne(texel ? fetch : storage, graph, Repulsion::exact, {}, shape);
        for (int again = 0; again < 2; ++again) { // into the same buffers
            PicturePoints found;
            QVERIFY(std::abs(tsne.gradient(state, 12, found) / wanted.z - 1) < 1e-5);
            for (int d = 0; d < dims; ++d)
                for (std::int64_t i = 0; i < points; ++i) {
                    const auto at = std::size_t(i), axis = std::size_t(d);
                    QVERIFY(std::abs(found[d][i] - wanted.slope[at][axis]) < 1e-5 * wanted.size[at][axis] + 1e-30);
                }
        }
        const Forces forces = tsne.forces(state, {}, 0, points / 2);
        for (std::size_t d = 0; d < std::size_t(dims); ++d)
            QVERIFY(std::abs(forces.attraction[d] + forces.repulsion[d] + wanted.slope[std::size_t(points / 2)][d]) <
                    1e-5 * wanted.size[std::size_t(points / 2)][d] + 1e-30);
    }
}

void TestDeviceTsne::oneStepAgainstFloat64_data() {
    QTest::addColumn<int>("dims");
    QTest::addColumn<int>("number");
    QTest::addRow("exaggerated") << 2 << 3;
    QTest::addRow("velocity forgotten") << 2 << 20;
    QTest::addRow("later, in space") << 3 << 40;
}

/// The step's error is that of the gradient, 1e-5 of its sizes, times rate and gain; a gain is one of two by a sign, which is left
/// out where rounding could turn it.
void TestDeviceTsne::oneStepAgainstFloat64() {
    QFETCH(int, dims);
    QFETCH(int, number);
    const std::int64_t n = 400;
    const auto graph = graphOf(n);
    const double rate = 200;
    const Tuning tuning{.exaggeration = 6, .exaggerated = 20, .rate = rate, .momentum = 0.7};
    State state = moving(n, dims, 2);
    Points64 y = points64(state.y), v = points64(state.speed);
    const Points64 gains = points64(state.scale);
    const Gradient64 g = tsneGradient64(*graph, y, number < 20 ? 6 : 1);
    DeviceTsne tsne(device(), graph, Repulsion::exact);
    tsne.step(state, tuning, number);
    Points64 allowed(std::size_t(n), {0, 0, 0});
    std::array<double, 3> mean{};
    int clipped = 0;
    for (std::size_t i = 0; i < std::size_t(n); ++i) {
        double square = 0;
        bool known = true;
        for (std::size_t d = 0; d < std::size_t(dims); ++d) {
            if (number == 20) v[i][d] = 0;
            known = known && std::abs(g.slope[i][d]) > 1e-5 * g.size[i][d];
            const double gain = g.slope[i][d] * v[i][d] > 0 ? 0.8 * gains[i][d] + 0.01 : gains[i][d] + 0.2;
            if (known) QVERIFY(std::abs(state.scale[int(d)][std::int64_t(i)] - gain) < 1e-6);
            v[i][d] = 0.7 * v[i][d] - rate * gain * g.slope[i][d];
            square += v[i][d] * v[i][d];
            allowed[i][d] = known ? 1e-5 * (rate * gain * g.size[i][d] + std::abs(v[i][d]) + std::abs(y[i][d])) : 1e9;
        }
        clipped += square > 25;
        for (std::size_t d = 0; d < std::size_t(dims); ++d) {
            if (square > 25) v[i][d] *= 5 / std::sqrt(square);
            y[i][d] += v[i][d], mean[d] += y[i][d] / double(n);
        }
    }
    for (std::size_t d = 0; d < std::size_t(dims); ++d)
        for (std::size_t i = 0; i < std::size_t(n); ++i) {
            const auto at = std::int64_t(i);
            QVERIFY(std::abs(state.speed[int(d)][at] - v[i][d]) < allowed[i][d]);
            QVERIFY(std::abs(state.y[int(d)][at] - (y[i][d] - mean[d])) < allowed[i][d] + 1e-5);
        }
    QVERIFY2(number >= 20 || (clipped > 0 && clipped < n), "long steps and short ones");
}

void TestDeviceTsne::gridIsAllPairs_data() {
    QTest::addColumn<int>("dims");
    QTest::addColumn<double>("size");
    for (const double size : {1e-4, 0.5, 3.0, 25.0}) QTest::addRow("plane, size %g", size) << 2 << size;
    for (const double size : {1e-4, 2.0}) QTest::addRow("space, size %g", size) << 3 << size;
}

/// What the host's grid is held to (tst_tsne.cpp).
void TestDeviceTsne::gridIsAllPairs() {
    QFETCH(int, dims);
    QFETCH(double, size);
    const State state{cloud(1500, dims, size), PicturePoints(1500, dims), PicturePoints(1500, dims, 1)};
    const auto none = std::make_shared<const Affinities>(lonely(1500));
    const Gradient64 wanted = tsneGradient64(*none, points64(state.y), 0);
    for (const DeviceShape& shape : {alone, teams}) {
        DeviceTsne grid(device(), none, Repulsion::grid, {}, shape);
        PicturePoints found, exact(1500, dims);
        const double z = grid.gradient(state, 0, found);
        QVERIFY(grid.how().starts_with("grid"));
        for (int d = 0; d < dims; ++d)
            for (std::int64_t i = 0; i < 1500; ++i) exact[d][i] = float(wanted.slope[std::size_t(i)][std::size_t(d)]);
        QVERIFY2(std::abs(z / wanted.z - 1) < 1e-4, qPrintable(QString::number(z / wanted.z - 1)));
        QVERIFY2(away(found, exact) < 1e-3, qPrintable(QString::number(away(found, exact))));
        const State other{cloud(1500, dims, 2 * size, 9), PicturePoints(1500, dims), PicturePoints(1500, dims, 1)};
        PicturePoints passing, again;
        grid.gradient(other, 0, passing), grid.gradient(state, 0, again); // what it did before leaves no trace
        QVERIFY(again == found);
    }
}

/// The same splines on the same nodes: what differs is rounding to parts (grid_device.cpp: 2 q for each pair, here 2e-7 of it) and
/// that of transforms of 2^18 numbers in float32, a few 2^-24 log2 of the field's mean square, in a slope that is smaller.
void TestDeviceTsne::gridIsTheHosts() {
    for (const double size : {0.2, 3.0, 25.0}) {
        const State state{cloud(1500, 2, size), PicturePoints(1500, 2), PicturePoints(1500, 2, 1)};
        const auto none = std::make_shared<const Affinities>(lonely(1500));
        PicturePoints host, found;
        Tsne(none, Repulsion::grid).gradient(state, 0, host);
        DeviceTsne(device(), none, Repulsion::grid).gradient(state, 0, found);
        QVERIFY2(away(found, host) < 1e-4, qPrintable(QString::number(away(found, host))));
    }
}

/// All points in one place put at most 151/315 of each along an axis on a node, rounded up.
void TestDeviceTsne::partsNeverOverflow() {
    for (const std::int64_t n : {std::int64_t(1), std::int64_t(300), std::int64_t(100000), std::int64_t(3000000)})
        for (const int dims : {2, 3}) {
            const double parts = DeviceGrid::parts(n, dims);
            QVERIFY(double(n) * std::floor(std::pow(151.0 / 315, dims) * parts + 0.5) < 0x1p32);
            QVERIFY2(2 * parts > 0x1p24 || double(n) * (std::pow(151.0 / 315, dims) * 2 * parts + 0.5) >= 0x1p32 - 1,
                     "no finer one");
        }
    // and in truth: 70,000 points on one node, which are an even number from end to end, and two in each corner
    const std::int64_t n = 70000;
    State state{PicturePoints(n, 2, 0.125F), PicturePoints(n, 2), PicturePoints(n, 2, 1)};
    for (std::int64_t i = 0; i < 8; ++i) state.y[0][i] = i % 2 ? 9.0F : -9.0F, state.y[1][i] = i < 4 ? 9.0F : -9.0F;
    PicturePoints found;
    DeviceTsne grid(device(), std::make_shared<const Affinities>(lonely(n)), Repulsion::grid);
    const double z = grid.gradient(state, 0, found), m = double(n - 8);
    double wanted = m * (m - 1) + 8 * (1 + 4.0 / 325 + 2.0 / 649);
    for (const double x : {8.875, 9.125})
        for (const double y : {8.875, 9.125}) wanted += 2 * 2 * m / (1 + x * x + y * y);
    QVERIFY2(std::abs(z / wanted - 1) < 1e-4, qPrintable(QString::number(z / wanted - 1)));
}

/// A step of the device differs from the host's by rounding: by some 2^-23 of it where pairs are added up, by up to 1e-5 where the
/// forces of a small picture come through transforms in float32 (the host's are as far from those of all pairs). What fifty steps
/// make of such a difference, runs of the host show that begin so far apart, as early as can be. A few rows whose gains turn the
/// other way have most of it: the worst of six.
void TestDeviceTsne::fiftyStepsOfTheHost() {
    const Table table = mixture(300, 10, 5, 2);
    const auto graph = calibrated(table.values, 10, false);
    const State begin = tsneStart(leading(table.values, 2));
    for (const Repulsion repulsion : {Repulsion::exact, Repulsion::grid}) {
        Tsne host(graph, repulsion);
        DeviceTsne onDevice(device(), graph, repulsion);
        const Tuning tuning{.exaggerated = 30};
        const State wanted = descend(host, begin, tuning, 50);
        const float step = repulsion == Repulsion::exact ? 0x1p-23F : 0x1p-17F;
        double spread = 0;
        for (std::uint32_t way = 0; way < 6; ++way) {
            State nudged = begin;
            for (int d = 0; d < 2; ++d)
                for (std::int64_t i = 0; i < 300; ++i)
                    nudged.y[d][i] *= philox(5, std::uint32_t(i), std::uint32_t(d), way)[0] % 2 ? 1 + step : 1 - step;
            spread = std::max(spread, away(descend(host, nudged, tuning, 50).y, wanted.y));
        }
        State state = begin;
        onDevice.run(state, tuning, 0, 50);
        const double found = away(state.y, wanted.y);
        qInfo("host from %.2g beside: %.2g, device: %.2g", double(step), spread, found);
        QVERIFY2(found < spread, qPrintable(QString::number(found)));
        QVERIFY2(spread < 0.3, "a bound that says something");
        QVERIFY(std::abs(onDevice.loss(state, tuning).total - host.loss(state, tuning).total) < 1e-3);
    }
}

/// Along the host's way, every step from where the host is: within what the gradient's rounding, 1e-5 of it, is of its two parts,
/// which cancel to a tenth or so.
void TestDeviceTsne::everyStepIsTheHosts() {
    const Table table = mixture(300, 10, 5, 2);
    const auto graph = calibrated(table.values, 10, false);
    for (const Repulsion repulsion : {Repulsion::exact, Repulsion::grid}) {
        Tsne host(graph, repulsion);
        DeviceTsne onDevice(device(), graph, repulsion);
        const Tuning tuning{.exaggerated = 30};
        State state = tsneStart(leading(table.values, 2));
        double worst = 0;
        for (int i = 0; i < 60; ++i) {
            const State before = state;
            State other = state;
            host.step(state, tuning, i), onDevice.step(other, tuning, i);
            double off = 0, moved = 0;
            for (int d = 0; d < 2; ++d)
                for (std::int64_t k = 0; k < 300; ++k)
                    off += std::abs(double(other.y[d][k]) - state.y[d][k]),
                        moved += std::abs(double(state.y[d][k]) - before.y[d][k]);
            worst = std::max(worst, off / moved);
        }
        qInfo("%s: %.2g of a step", repulsion == Repulsion::exact ? "pairs" : "grid", worst);
        QVERIFY2(worst < 1e-4, qPrintable(QString::number(worst)));
    }
}

/// Rounding may choose another way, not another loss.
void TestDeviceTsne::theSameLoss() {
    const Table table = mixture(500, 10, 5, 2);
    const auto graph = calibrated(table.values, 15, false);
    const State begin = tsneStart(leading(table.values, 2));
    const Tuning tuning{.exaggerated = 100};
    Tsne host(graph, Repulsion::exact);
    DeviceTsne onDevice(device(), graph, Repulsion::exact), byGrid(device(), graph, Repulsion::grid);
    const double wanted = host.loss(descend(host, begin, tuning, 400), tuning).total;
    for (DeviceTsne* const tsne : {&onDevice, &byGrid}) {
        State state = begin;
        tsne->run(state, tuning, 0, 400);
        const Loss ours = tsne->loss(state, tuning), theirs = host.loss(state, tuning);
        QVERIFY2(std::abs(ours.total - wanted) < 0.03 * wanted, qPrintable(QString::number(ours.total / wanted)));
        QVERIFY(std::abs(ours.attraction - theirs.attraction) < 1e-5 * (1 + theirs.attraction));
        QVERIFY(std::abs(ours.repulsion - theirs.repulsion) < 1e-4);
    }
}

void TestDeviceTsne::theSameBits_data() {
    QTest::addColumn<int>("dims");
    QTest::addColumn<bool>("grid");
    QTest::addColumn<bool>("asGpu");
    for (const int dims : {2, 3})
        for (const bool grid : {false, true})
            for (const bool asGpu : {false, true})
                QTest::addRow("%d-D, %s, %s", dims, grid ? "grid" : "pairs", asGpu ? "teams" : "alone") << dims << grid << asGpu;
}

/// Twice, for three workgroups, step by step, and from a state kept on the way.
void TestDeviceTsne::theSameBits() {
    QFETCH(int, dims);
    QFETCH(bool, grid);
    QFETCH(bool, asGpu);
    const Table table = mixture(300, 10, 5, 2);
    const auto graph = calibrated(table.values, 10, false);
    const State begin = tsneStart(leading(table.values, dims));
    const Tuning tuning{.exaggerated = 7};
    std::optional<State> first;
    for (const std::uint32_t group : {64U, 8U, 128U}) {
        DeviceShape shape = asGpu ? teams : alone;
        shape.group = group;
        DeviceTsne tsne(device(), graph, grid ? Repulsion::grid : Repulsion::exact, {}, shape);
        State state = begin;
        tsne.run(state, tuning, 0, 12);
        if (!first) {
            first = state;
            State stepped = begin;
            for (int i = 0; i < 12; ++i) {
                tsne.step(stepped, tuning, i);
                if (i == 5) { // taken up elsewhere
                    State later = stepped;
                    DeviceTsne other(device(), graph, grid ? Repulsion::grid : Repulsion::exact, {}, shape);
                    other.run(later, tuning, 6, 6);
                    QVERIFY(later == state);
                }
            }
            QVERIFY(stepped == state);
        }
        QVERIFY2(state == *first, qPrintable(QString::number(group)));
    }
    QVERIFY(!(*first == begin));
}

/// The same places with other velocities, or other gains, are another state.
void TestDeviceTsne::aStateIsAllOfIt() {
    const auto graph = graphOf(100);
    const State begin = moving(100, 2, 2);
    State faster = begin, keener = begin;
    faster.speed[1][99] += 1, keener.scale[0][0] += 1;
    DeviceTsne tsne(device(), graph, Repulsion::exact);
    for (const State& state : {begin, faster, keener, begin}) {
        State wanted = state, found = state;
        DeviceTsne(device(), graph, Repulsion::exact).step(wanted, {}, 0);
        PicturePoints slope;
        tsne.gradient(state, 1, slope); // brings it there
        tsne.step(found, {}, 0);
        QVERIFY(found == wanted);
        tsne.gradient(begin, 1, slope);
    }
}

void TestDeviceTsne::noneOneAndTwins() {
    for (const Repulsion repulsion : {Repulsion::exact, Repulsion::grid, Repulsion::automatic})
        for (const std::int64_t n : {0, 1, 2, 50}) { // all in one place
            DeviceTsne tsne(device(), std::make_shared<const Affinities>(lonely(n)), repulsion);
            State state{PicturePoints(n, 2, 3), PicturePoints(n, 2), PicturePoints(n, 2, 1)};
            tsne.run(state, {}, 0, 3);
            for (const float v : state.y.interleaved()) QCOMPARE(v, 0.0F); // centred, and nothing pulls or pushes
            if (n > 1) QVERIFY(std::abs(tsne.loss(state, {}).repulsion - std::log(double(n * (n - 1)))) < 1e-6);
        }
    std::vector<float> values(std::size_t(200 * 4), 1.0F);
    for (std::size_t i = 0; i < 100; ++i) values[4 * i] = float(i % 3); // many equal rows
    const Matrix m(200, 4, std::move(values));
    for (const Repulsion repulsion : {Repulsion::exact, Repulsion::grid}) {
        DeviceTsne tsne(device(), calibrated(m, 10, false), repulsion);
        State state = tsneStart(leading(m, 2));
        tsne.run(state, {}, 0, 60);
        for (const float v : state.y.interleaved()) QVERIFY(std::isfinite(v));
    }
}

void TestDeviceTsne::tooManyPoints() {
    QVERIFY(deviceRefusal(device(), 1000000).empty());
    const std::string why = deviceRefusal(device(), std::int64_t(1) << 33);
    QVERIFY2(why.find("8589934592 points") != std::string::npos && why.find("MiB") != std::string::npos, why.c_str());
}

ORRERY_TEST_MAIN(TestDeviceTsne)
#include "tst_device_tsne.moc"
