// SPDX-License-Identifier: GPL-3.0-or-later
// Who is named where, of any number of rows: the pyramid against a plain count of its cells, standing labels while a cloud turns.
#include "ui/labs/embedding/pyramid.h"
#include "ui/labs/embedding/sight.h"
#include "ui/labs/embedding/standing.h"

#include <QtTest/QtTest>
#include <chrono>
#include <map>
#include <random>
#include <set>

using namespace orrery;
using namespace orrery::ui;
using namespace orrery::ui::emb;

namespace {

embedding::Progress progress;
const auto everything = [](glm::dvec3, glm::dvec3) { return true; };

Pyramid::Source scattered(std::size_t count, bool spatial, std::uint32_t seed = 1) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    Pyramid::Source source;
    for (std::size_t i = 0; i < count; ++i) {
        source.x.push_back(3 * normal(random)), source.y.push_back(2 * normal(random) + 1);
        if (spatial) source.z.push_back(normal(random) - 2);
        source.marks.push_back(makeMark({1, 1, 1}));
    }
    return source;
}

/// The cell of each row at a level, by division; the root's corner and edge are those of the rows.
std::vector<std::array<std::int64_t, 3>> cellsOf(const Pyramid::Source& s, int level) {
    glm::dvec3 low(1e9), high(-1e9);
    const int dims = s.z.empty() ? 2 : 3;
    const auto at = [&](std::size_t i) { return glm::dvec3(s.x[i], s.y[i], dims == 3 ? s.z[i] : 0); };
    for (std::size_t i = 0; i < s.x.size(); ++i) low = glm::min(low, at(i)), high = glm::max(high, at(i));
    const double edge = std::max({high.x - low.x, high.y - low.y, high.z - low.z}), cells = std::exp2(level);
    std::vector<std::array<std::int64_t, 3>> result;
    for (std::size_t i = 0; i < s.x.size(); ++i) {
        std::array<std::int64_t, 3> cell{};
        for (int d = 0; d < dims; ++d)
            cell[std::size_t(d)] = std::int64_t(std::min(std::floor((at(i)[d] - low[d]) / edge * cells), cells - 1));
        result.push_back(cell);
    }
    return result;
}

double edgeOf(const Pyramid::Source& s) {
    const auto range = [](const std::vector<float>& axis) {
        const auto [low, high] = std::minmax_element(axis.begin(), axis.end());
        return double(*high) - double(*low);
    };
    return std::max({range(s.x), range(s.y), s.z.empty() ? 0 : range(s.z)});
}

/// Names of a ball of points that turns by a degree in each frame.
struct Turning {
    explicit Turning(std::size_t count) : source(scattered(count, true, 5)) {}
    std::vector<Standing::Wanted> at(int frame) const {
        const Sight sight(extentOf(source.x, source.y, source.z), true, {double(frame), 20});
        Camera camera;
        camera.resize(1000, 700);
        camera.fit(sight.home());
        const ToPixels toPixels = sight.toPixels(camera, {1000, 700});
        std::vector<Standing::Wanted> wanted;
        for (std::size_t i = 0; i < source.x.size(); ++i)
            wanted.push_back(
                {std::int64_t(i), glm::vec2(toPixels(source.x[i], source.y[i], source.z[i])), {float(20 + i * 7 % 40), 8}});
        return wanted;
    }
    Pyramid::Source source;
};
bool meet(const Standing::Wanted& a, const Standing::Wanted& b) {
    const glm::vec2 away = glm::abs(a.middle - b.middle), room = a.half + b.half;
    return away.x < room.x && away.y < room.y;
}

} // namespace

class EmbeddingLabelsTest : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void oneSpeaksForEachCell_data() {
        QTest::addColumn<bool>("spatial");
        QTest::newRow("plane") << false;
        QTest::newRow("space") << true;
    }
    /// At every fineness: in each cell that has a row exactly its most prominent one, and nobody else.
    void oneSpeaksForEachCell() {
        QFETCH(bool, spatial);
        const Pyramid::Source source = scattered(5000, spatial);
        const Pyramid pyramid(source, progress);
        QCOMPARE(pyramid.count(), std::size_t(5000));
        const double edge = edgeOf(source);
        std::set<std::int64_t> before;
        for (int level = 0; level <= 9; ++level) {
            std::map<std::array<std::int64_t, 3>, std::int64_t> best;
            const auto cells = cellsOf(source, level);
            for (std::size_t row = 0; row < cells.size(); ++row)
                best.emplace(cells[row], std::int64_t(row)); // the first row stays
            std::set<std::int64_t> expected;
            for (const auto& [cell, row] : best) expected.insert(row);
            const std::vector<std::int64_t> rows = pyramid.speakers(edge * std::exp2(-level), everything, 1000000);
            const std::set<std::int64_t> found(rows.begin(), rows.end());
            QCOMPARE(rows.size(), found.size());
            QVERIFY2(found == expected, qPrintable(QString::number(level)));
            QVERIFY(std::includes(found.begin(), found.end(), before.begin(), before.end())); // finer only adds
            QCOMPARE(rows[0], std::int64_t(0));
            before = found;
        }
        QCOMPARE(pyramid.speakers(edge * 1e-12, everything, 1000000).size(), std::size_t(5000)); // far enough in, all speak
        QCOMPARE(pyramid.speakers(edge * 1e-12, everything, 70).size(), std::size_t(70));
        QVERIFY(!pyramid.allSpeakers(edge * 1e-12, 4999)); // more than that
        QVERIFY(*pyramid.allSpeakers(edge / 64, 5000) == pyramid.speakers(edge / 64, everything, 5000));
        QCOMPARE(pyramid.levelOf(edge / 64), 6);
        QCOMPARE(pyramid.levelOf(edge / 65), 7);
    }

    /// Only cells that are seen are asked, and those all.
    void onlyWhatIsSeenIsAsked() {
        const Pyramid::Source source = scattered(5000, false);
        const Pyramid pyramid(source, progress);
        const glm::dvec2 low(0.5, 0), high(1.5, 1.25);
        const auto seen = [&](glm::dvec3 a, glm::dvec3 b) { return b.x > low.x && a.x < high.x && b.y > low.y && a.y < high.y; };
        const double edge = edgeOf(source) / 256;
        const std::vector<std::int64_t> all = pyramid.speakers(edge, everything, 1000000);
        const std::vector<std::int64_t> some = pyramid.speakers(edge, seen, 1000000);
        std::set<std::int64_t> found(some.begin(), some.end()), inside;
        for (const std::int64_t row : all) {
            const auto i = std::size_t(row);
            if (double(source.x[i]) > low.x && double(source.x[i]) < high.x && double(source.y[i]) > low.y &&
                double(source.y[i]) < high.y)
                inside.insert(row);
        }
        QVERIFY(inside.size() > 30);
        QVERIFY(std::includes(found.begin(), found.end(), inside.begin(), inside.end()));
        QVERIFY(found.size() < all.size() / 4);
    }

    void whatIsLargerIsMoreProminent() {
        Pyramid::Source source = scattered(100, false);
        source.marks[70] = makeMark({1, 1, 1}, 90), source.marks[0] = makeMark({1, 1, 1}, 0);
        source.x[5] = std::nanf(""), source.y[6] = INFINITY;
        const Pyramid pyramid(source, progress);
        QCOMPARE(pyramid.count(), std::size_t(97)); // one is hidden, two are nowhere
        const std::vector<std::int64_t> first = pyramid.speakers(1e9, everything, 10);
        QCOMPARE(first, std::vector<std::int64_t>{70});
        source.ranked = false;
        const std::vector<std::uint32_t> hashed = byProminence(source.marks, false), some = byProminence(source.marks, false, 9);
        QCOMPARE(hashed.size(), std::size_t(99));
        QCOMPARE(hashed[0], 70u);
        QVERIFY(!std::is_sorted(hashed.begin(), hashed.end()));
        QVERIFY(std::equal(some.begin(), some.end(), hashed.begin()) && some.size() == 9);
    }
    void oddPictures() {
        QVERIFY(Pyramid({}, progress).speakers(1, everything, 10).empty());
        Pyramid::Source heap;
        for (int i = 0; i < 50; ++i) heap.x.push_back(2), heap.y.push_back(3), heap.marks.push_back(makeMark({1, 1, 1}));
        QCOMPARE(Pyramid(heap, progress).speakers(1e-30, everything, 10), std::vector<std::int64_t>{0}); // one place, one name
        embedding::Progress stopped;
        stopped.stop();
        QVERIFY_EXCEPTION_THROWN(Pyramid(scattered(100, true), stopped), embedding::Stopped);
    }
    /// Not a check: what a million rows cost here.
    void speed() {
        const auto ms = [](auto&& work) {
            const auto start = std::chrono::steady_clock::now();
            work();
            return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
        };
        for (const bool spatial : {false, true}) {
            const Pyramid::Source source = scattered(1000000, spatial);
            std::unique_ptr<Pyramid> pyramid;
            const double making = ms([&] { pyramid = std::make_unique<Pyramid>(source, progress); });
            std::size_t count = 0;
            const double asking = ms([&] { count = pyramid->speakers(edgeOf(source) / 24, everything, 3000).size(); });
            qInfo("a million rows in %s: made in %.0f ms, asked in %.2f ms (%d speak)", spatial ? "space" : "the plane", making,
                  asking, int(count));
        }
    }

    // --- standing ----------------------------------------------------------------------------------------------------------
    void whatStandsNeverMeets() {
        const Turning turning(600);
        Standing standing;
        // The first frame: simply the most prominent first.
        const std::vector<Standing::Wanted> first = turning.at(0);
        std::vector<std::size_t> greedy;
        for (std::size_t i = 0; i < first.size(); ++i)
            if (std::none_of(greedy.begin(), greedy.end(), [&](std::size_t j) {
                    Standing::Wanted grown = first[i];
                    grown.half += 5.F; // where nothing stands yet all must keep the margin
                    return meet(grown, first[j]);
                }))
                greedy.push_back(i);
        std::vector<std::size_t> found;
        for (const Standing::Shown& each : standing.place(first, 5, 0, 10000)) found.push_back(each.index);
        QCOMPARE(found, greedy);
        QVERIFY(greedy.size() > 30 && standing.settled());
        for (int frame = 1; frame < 90; ++frame) {
            const std::vector<Standing::Wanted> wanted = turning.at(frame);
            std::vector<std::size_t> stands;
            for (const Standing::Shown& each : standing.place(wanted, 5, 0, 10000)) stands.push_back(each.index);
            for (std::size_t a = 0; a < stands.size(); ++a)
                for (std::size_t b = 0; b < a; ++b) QVERIFY(!meet(wanted[stands[a]], wanted[stands[b]]));
        }
    }

    /// Names that come back at once after they went: with a memory hardly any, without one many.
    void nothingFlickers() {
        const Turning turning(600);
        const auto blinks = [&](bool forgets) {
            Standing standing;
            std::map<std::int64_t, int> wentAt;
            std::set<std::int64_t> before;
            int count = 0;
            for (int frame = 0; frame < 180; ++frame) {
                const std::vector<Standing::Wanted> wanted = turning.at(frame);
                if (forgets) standing.forget();
                std::set<std::int64_t> now;
                for (const Standing::Shown& each : standing.place(wanted, forgets ? 0 : 5, 0, 10000))
                    now.insert(wanted[each.index].item);
                for (const std::int64_t item : now)
                    if (!before.contains(item) && wentAt.contains(item) && frame - wentAt[item] <= 4) ++count;
                for (const std::int64_t item : before)
                    if (!now.contains(item)) wentAt[item] = frame;
                before = now;
            }
            return count;
        };
        const int without = blinks(true), with = blinks(false);
        qInfo("names that come back within four frames of 180: %d, without a memory %d", with, without);
        QVERIFY(without > 25);
        QVERIFY2(with * 10 < without, qPrintable(QString::number(with)));
    }

    void fadesTakeTheirTime() {
        Standing standing;
        const std::vector<Standing::Wanted> one{{7, {100, 100}, {20, 8}}};
        auto shown = standing.place(one, 5, Standing::fadeSeconds / 2, 10);
        QCOMPARE(shown.size(), std::size_t(1));
        QVERIFY(std::abs(shown[0].opacity - 0.5F) < 1e-5F && !standing.settled());
        shown = standing.place(one, 5, Standing::fadeSeconds, 10);
        QVERIFY(shown[0].opacity == 1 && standing.settled());
        const std::vector<Standing::Wanted> two{{3, {100, 100}, {20, 8}}, {7, {100, 100}, {20, 8}}}; // 3 is more prominent
        shown = standing.place(two, 5, Standing::fadeSeconds / 4, 10);
        QCOMPARE(shown.size(), std::size_t(1)); // but 7 stands
        QCOMPARE(shown[0].index, std::size_t(1));
        shown = standing.place(one, 5, Standing::fadeSeconds / 4, 0); // no room for any
        QVERIFY(std::abs(shown[0].opacity - 0.75F) < 1e-5F && !standing.settled());
        QVERIFY(standing.place({}, 5, 0.01, 10).empty());
    }
};

QTEST_GUILESS_MAIN(EmbeddingLabelsTest)
#include "tst_embedding_labels.moc"
