// SPDX-License-Identifier: GPL-3.0-or-later
// Neighbours on the device: the lists of the host bit for bit and those of a plain search in float64, for workgroups, parts and
// read paths of all kinds; NN-descent finds them, and the same ones every time.
#include "engine/labs/embedding/glyphs.h"
#include "engine/labs/embedding/neighbours_device.h"
#include "engine/labs/embedding/projecting.h"
#include "tests/embedding/plain.h"
#include "tests/support/error_of.h"
#include "tests/support/test_main.h"

using namespace orrery;
using namespace orrery::embedding;
using namespace orrery::test;

namespace {

struct Found {
    Neighbours lists;
    DeviceSearchReport report;
};

Found found(const Matrix& m, std::int64_t k, Metric metric, const DeviceSearchOptions& options = {}, gpu::Device& on = device()) {
    Found out;
    Progress progress;
    OwnTurns turns;
    out.lists = exactNeighbours(on, turns, m, k, metric, progress, options, &out.report);
    return out;
}

Found descended(const Matrix& m, std::int64_t k, Metric metric, const DeviceSearchOptions& options = {}) {
    Found out;
    Progress progress;
    OwnTurns turns;
    out.lists = approximateNeighbours(device(), turns, m, k, metric, 4, progress, options, &out.report);
    return out;
}

Neighbours host(const Matrix& m, std::int64_t k, Metric metric) {
    Progress progress;
    return exactNeighbours(m, k, metric, progress);
}

bool same(const Neighbours& a, const Neighbours& b) {
    return a.k == b.k && a.index == b.index &&
           std::memcmp(a.distance.data(), b.distance.data(), a.distance.size() * sizeof(float)) == 0;
}

Matrix changed(const Matrix& m, const std::function<double(std::int64_t row, double value)>& how) {
    std::vector<float> values;
    for (std::int64_t i = 0; i < m.rows(); ++i)
        for (const float v : m.row(i)) values.push_back(float(how(i, v)));
    return Matrix(m.rows(), m.columns(), std::move(values));
}

} // namespace

class TestDeviceNeighbours : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void exactIsExact_data();
    void exactIsExact();
    void theDeviceDoesIt();
    void workgroupsPartsAndReadPaths();
    void moreTiesThanAListHolds();
    void anyMagnitude();
    void largeLists();
    void digitsAndGlyphs();
    void descentFindsThemEveryTime();
    void turnsOfAnotherThread();
    void stopsWhenNobodyWaits();
    void aCloudAsksTheDevice();
};

void TestDeviceNeighbours::exactIsExact_data() {
    QTest::addColumn<int>("metric");
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("columns");
    QTest::addColumn<int>("k");
    QTest::addColumn<int>("levels"); // few: ties
    const struct {
        int rows, columns, k, levels;
    } shapes[] = {{700, 17, 20, 3},     {700, 17, 20, 1000}, {513, 1, 9, 40}, {300, 4, 15, 7},
                  {130, 66, 129, 1000}, {64, 5, 200, 3},     {2, 3, 1, 9}};
    for (const auto& [name, metric] : {std::pair{"euclid", Metric::euclid}, {"cosine", Metric::cosine}, {"dot", Metric::dot}})
        for (const auto& s : shapes)
            QTest::addRow("%s, %d x %d, k %d, %d levels", name, s.rows, s.columns, s.k, s.levels)
                << int(metric) << s.rows << s.columns << s.k << s.levels;
}

/// Check 13: recall 1 with the order of ties, and every distance rounded as the host rounds it.
void TestDeviceNeighbours::exactIsExact() {
    QFETCH(int, metric);
    QFETCH(int, rows);
    QFETCH(int, columns);
    QFETCH(int, k);
    QFETCH(int, levels);
    const Matrix m = lattice(rows, columns, levels);
    const Found all = found(m, k, Metric(metric));
    QVERIFY(all.report.onDevice);
    QVERIFY(same(all.lists, host(m, k, Metric(metric))));
    const Neighbours truth = naive(m, std::min(k, rows - 1), Metric(metric));
    if (Metric(metric) != Metric::cosine) // rounded cosines tie where exact ones do not, and the other way round
        QVERIFY(all.lists.index == truth.index);
    for (std::size_t i = 0; i < truth.distance.size(); ++i)
        QVERIFY(std::abs(all.lists.distance[i] - truth.distance[i]) <= 1e-6F * (1 + std::abs(truth.distance[i])));
}

/// And not the host in its place: of numbers that do not tie, nothing is left to it but what rounds either way, one in thousands.
void TestDeviceNeighbours::theDeviceDoesIt() {
    const Table table = mixture(1000, 30, 12, 2);
    for (const Metric metric : {Metric::euclid, Metric::cosine, Metric::dot}) {
        const Found all = found(table.values, 40, metric);
        QCOMPARE(all.report.doubtfulRows, std::int64_t(0));
        QVERIFY2(all.report.doubtfulPairs < 1000 * 40 / 1000, qPrintable(QString::number(all.report.doubtfulPairs)));
        QVERIFY(same(all.lists, host(table.values, 40, metric)));
    }
    const Matrix far =
        changed(table.values, [](std::int64_t, double v) { return v + 1024; }); // |x|^2 - 2xy + |y|^2 alone loses all
    const Found there = found(far, 15, Metric::euclid);
    QCOMPARE(there.report.doubtfulRows, std::int64_t(0));
    QVERIFY(same(there.lists, host(far, 15, Metric::euclid)));
}

void TestDeviceNeighbours::workgroupsPartsAndReadPaths() {
    const Matrix m = lattice(389, 21, 30);
    const Neighbours truth = host(m, 31, Metric::euclid);
    for (const auto& [tile, group, part] : {std::tuple{32U, 8U, 64}, {64U, 128U, 320}, {64U, 8U, 0}, {32U, 64U, 128}})
        QVERIFY(same(found(m, 31, Metric::euclid, {.tile = tile, .group = group, .partRows = part}).lists, truth));
    const auto& limits = device().info().limits;
    if (limits.maxComputeWorkGroupInvocations >= 256 && limits.maxComputeSharedMemorySize >= 20u << 10)
        QVERIFY(same(found(m, 31, Metric::euclid, {.tile = 128}).lists, truth));
    gpu::Instance instance;
    for (const gpu::ReadPath path : {gpu::ReadPath::storage, gpu::ReadPath::texel}) {
        if (path == gpu::ReadPath::texel && limits.maxTexelBufferElements < 1U << 24) continue;
        gpu::Device forced(instance, {.pipelineCacheFile = "-", .forceReadPath = path, .forceRead = true});
        for (const Metric metric : {Metric::euclid, Metric::cosine})
            QVERIFY(same(found(m, 31, metric, {.partRows = 256}, forced).lists, host(m, 31, metric)));
    }
}

/// Then the device cannot say which of them come first, and says so.
void TestDeviceNeighbours::moreTiesThanAListHolds() {
    const Matrix m = changed(lattice(900, 6, 50), [](std::int64_t row, double v) { return row % 3 == 0 ? 7 : v; });
    const Found all = found(m, 20, Metric::euclid);
    QVERIFY(all.report.doubtfulRows >= 300 && all.report.doubtfulRows < 450); // and some that have the 300 among their nearest
    QVERIFY(all.lists.index == naive(m, 20, Metric::euclid).index);
    const Matrix zeros = changed(lattice(400, 6, 50), [](std::int64_t row, double v) { return row % 2 == 0 ? 0 : v; });
    for (const Metric metric : {Metric::cosine, Metric::dot})
        QVERIFY(same(found(zeros, 12, metric).lists, host(zeros, 12, metric)));
    const Matrix alike(200, 3, std::vector<float>(600, 2.5F));
    QVERIFY(same(found(alike, 250, Metric::euclid).lists, host(alike, 250, Metric::euclid)));
    QVERIFY(errorOf([] { found(Matrix(1, 3), 4, Metric::euclid); }).find("two rows") != std::string::npos);
}

/// Squares of these overflow float32, or vanish in it.
void TestDeviceNeighbours::anyMagnitude() {
    const Matrix m = lattice(400, 7, 1000);
    for (const double times : {1e30, 1e-30, 0x1p-100}) {
        const Matrix scaled = changed(m, [times](std::int64_t, double v) { return v * times; });
        for (const Metric metric : {Metric::euclid, Metric::cosine}) {
            const Found all = found(scaled, 12, metric);
            QVERIFY(same(all.lists, host(scaled, 12, metric)));
            QCOMPARE(all.report.doubtfulRows, std::int64_t(0));
        }
        QVERIFY(host(scaled, 12, Metric::euclid).index == naive(scaled, 12, Metric::euclid).index);
    }
    const Matrix mixed = changed(m, [](std::int64_t row, double v) { return row % 2 ? v : v * 1e-25; });
    for (const Metric metric : {Metric::euclid, Metric::cosine})
        QVERIFY(same(found(mixed, 12, metric).lists, host(mixed, 12, metric)));
}

void TestDeviceNeighbours::largeLists() {
    const Table table = mixture(1010, 9, 5, 2);
    for (const std::int64_t k : {200, 700}) {
        const Found all = found(table.values, k, Metric::euclid);
        QVERIFY(all.report.onDevice);
        QVERIFY(same(all.lists, host(table.values, k, Metric::euclid)));
    }
    const Found most = found(table.values, 1000, Metric::euclid); // beyond a list of 1,024: the host's
    QVERIFY(!most.report.onDevice);
    QVERIFY(same(most.lists, host(table.values, 1000, Metric::euclid)));
}

void TestDeviceNeighbours::digitsAndGlyphs() {
    Progress progress;
    const Table signs = glyphs(900, 1, progress);
    const Neighbours truth = host(signs.values, 15, Metric::euclid);
    QVERIFY(same(found(signs.values, 15, Metric::euclid).lists, truth));
    const Found signsFound = descended(signs.values, 15, Metric::euclid);
    QVERIFY2(recall(signsFound.lists, truth) >= 0.95, qPrintable(QString::number(recall(signsFound.lists, truth))));
    const auto table = digits();
    NEEDS_SKLEARN(table);
    const Neighbours figures = host(table->values, 15, Metric::euclid);
    QVERIFY(figures.index == naive(table->values, 15, Metric::euclid).index);
    QVERIFY(same(found(table->values, 15, Metric::euclid).lists, figures));
    const Found figuresFound = descended(table->values, 15, Metric::euclid);
    QVERIFY2(recall(figuresFound.lists, figures) >= 0.95, qPrintable(QString::number(recall(figuresFound.lists, figures))));
}

/// And in whatever workgroups; every list is in order, without the row itself and without anybody twice.
void TestDeviceNeighbours::descentFindsThemEveryTime() {
    const Table table = mixture(1500, 20, 12, 2);
    for (const Metric metric : {Metric::euclid, Metric::cosine}) {
        const Found first = descended(table.values, 15, metric), again = descended(table.values, 15, metric),
                    wide = descended(table.values, 15, metric, {.group = 16});
        QVERIFY(first.report.onDevice && first.report.rounds > 1);
        QVERIFY(recall(first.lists, host(table.values, 15, metric)) >= 0.95);
        QVERIFY(same(first.lists, again.lists) && same(first.lists, wide.lists));
        for (std::int64_t i = 0; i < first.lists.n; ++i)
            for (std::int64_t j = 0; j < 15; ++j) {
                const std::int32_t other = first.lists.of(i)[std::size_t(j)];
                const float away = first.lists.distances(i)[std::size_t(j)];
                QVERIFY(other >= 0 && other < 1500 && other != i);
                QVERIFY(std::abs(away - plain(metric, table.values.row(i), table.values.row(other))) < 1e-5 * (1 + away));
                if (j > 0) QVERIFY(away >= first.lists.distances(i)[std::size_t(j - 1)]);
                QCOMPARE(std::count(first.lists.of(i).begin(), first.lists.of(i).end(), other), 1);
            }
    }
    // of lists so long that what a row looks at does not fit behind them at once
    const Found longer = descended(table.values, 100, Metric::euclid),
                narrow = descended(table.values, 100, Metric::euclid, {.group = 32});
    QVERIFY(recall(longer.lists, host(table.values, 100, Metric::euclid)) >= 0.95 && same(longer.lists, narrow.lists));
}

void TestDeviceNeighbours::turnsOfAnotherThread() {
    const Matrix m = lattice(1500, 12, 1000);
    const auto turns = std::make_shared<SharedTurns>();
    Neighbours lists;
    std::string failed;
    const std::thread::id own = std::this_thread::get_id();
    bool here = true;
    Background work([&](Progress& progress) {
        lists = exactNeighbours(device(), *turns, m, 10, Metric::euclid, progress);
        turns->take(progress, [&] { here = std::this_thread::get_id() == own; });
        try {
            turns->take(progress, [] { throw Error("out of room"); });
        } catch (const Error& error) {
            failed = error.what();
        }
    });
    while (!work.finished(0)) turns->give(5);
    QVERIFY(here && same(lists, host(m, 10, Metric::euclid)));
    QCOMPARE(failed, std::string("out of room"));
}

/// Within tens of milliseconds, with everything given back.
void TestDeviceNeighbours::stopsWhenNobodyWaits() {
    const Table table = mixture(6000, 40, 6, 2);
    device().waitIdle();
    const std::uint64_t before = device().memory().used;
    for (const bool descent : {false, true}) {
        const auto turns = std::make_shared<SharedTurns>();
        Background work([&](Progress& progress) {
            if (descent)
                approximateNeighbours(device(), *turns, table.values, 30, Metric::euclid, 1, progress);
            else
                exactNeighbours(device(), *turns, table.values, 30, Metric::euclid, progress);
        });
        for (int i = 0; i < 20 && work.fraction() < 0.06; ++i) turns->give(20);
        QVERIFY(work.running());
        work.stop();
    }
    device().waitIdle();
    QCOMPARE(device().memory().used, before);
}

void TestDeviceNeighbours::aCloudAsksTheDevice() {
    const auto problem = [](bool onDevice) {
        Projecting cloud(device(), onDevice);
        lab::Jobs jobs;
        Request request;
        request.space.data.rows = 1200, request.graph.perplexity = 10, request.steps = 1;
        cloud.configure(request, {}, 12, 0, jobs);
        while (!jobs.empty()) jobs.run(50);
        return cloud.problem();
    };
    const auto there = problem(true), here = problem(false);
    QCOMPARE(there->search, std::string("all pairs, on the device"));
    QCOMPARE(here->search, std::string("all pairs"));
    QCOMPARE(here->components, std::string("exact"));
    QCOMPARE(there->components, std::string("exact")); // of 256 columns, and so quick
    QVERIFY(same(*there->neighbours, *here->neighbours));
}

ORRERY_TEST_MAIN(TestDeviceNeighbours)
#include "tst_device_neighbours.moc"
