// SPDX-License-Identifier: GPL-3.0-or-later
// A selection is a value: one line of text that brings the same rows back, however they are scattered, that undo and scenarios
// hold, and that is not taken for rows of another table.
#include "engine/lab/session.h"
#include "engine/labs/embedding/history.h"
#include "engine/labs/embedding/lab.h"
#include "tests/support/error_of.h"
#include "tests/support/test_main.h"

#include <random>

using namespace orrery;
using namespace orrery::test;
using namespace orrery::embedding;

namespace {

using Rows = std::vector<std::int64_t>;

Table named(std::int64_t n, const std::string& stem = "w") {
    Table table;
    table.values = Matrix(n, 1);
    for (std::int64_t i = 0; i < n; ++i) table.tokens.push_back(stem + std::to_string(i));
    return table;
}

/// Each row with probability p.
Rows scattered(std::int64_t n, double p, unsigned seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> share(0, 1);
    Rows rows;
    for (std::int64_t i = 0; i < n; ++i)
        if (share(random) < p) rows.push_back(i);
    return rows;
}

struct Run {
    Run() : session(device(), "embedding") {
        session.set({{"count", std::int64_t(300)}, {"method", std::string("pca")}});
        session.runTo(1);
    }
    EmbeddingLab& lab() { return dynamic_cast<EmbeddingLab&>(session.lab()); }
    const Table& table() { return *lab().cloud().problem()->table; }
    void select(const Rows& rows) { session.set({{"selection", selectionText(rows, table())}}, "lasso"); }
    lab::Session session;
};

} // namespace

class TestSelection : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void typedRowsAreRead_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QList<qint64>>("rows");
        QTest::newRow("nothing") << "" << QList<qint64>{};
        QTest::newRow("blanks") << "  " << QList<qint64>{};
        QTest::newRow("one") << "5" << QList<qint64>{5};
        QTest::newRow("list") << "3, 7 9" << QList<qint64>{3, 7, 9};
        QTest::newRow("range") << "3, 7-9" << QList<qint64>{3, 7, 8, 9};
        QTest::newRow("range with blanks") << "7 - 9" << QList<qint64>{7, 8, 9};
        QTest::newRow("twice and in any order") << "9,3,8-9,3" << QList<qint64>{3, 8, 9};
        QTest::newRow("headed") << "3 of 10 #ff: 1, 4-5" << QList<qint64>{1, 4, 5};
        // by hand: bytes 2 1 3 2 are a gap of 2, a run of 1, a gap of 3, a run of 2; 0x49 is bits 0, 3 and 6
        QTest::newRow("packed runs") << "3 of 10 #ff: ~rAgEDAg" << QList<qint64>{2, 6, 7};
        QTest::newRow("packed bits") << "3 of 8 #ff: ~bSQ" << QList<qint64>{0, 3, 6};
    }
    void typedRowsAreRead() {
        QFETCH(QString, text);
        QFETCH(QList<qint64>, rows);
        const Selection s = readSelection(text.toStdString());
        QCOMPARE(QList<qint64>(s.rows.begin(), s.rows.end()), rows);
    }

    void badTextIsRefusedInOneLine_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("says");
        QTest::newRow("word") << "king"
                              << "place 1: no row number";
        QTest::newRow("later word") << "3, x"
                                    << "place 4: no row number";
        QTest::newRow("backwards") << "9-3"
                                   << "ends before it begins";
        QTest::newRow("negative") << "3, -5"
                                  << "place 4: no row number";
        QTest::newRow("open range") << "3-"
                                    << "no row number";
        QTest::newRow("digits") << "99999999999999999999999"
                                << "too many digits";
        QTest::newRow("huge") << "0-999999999999"
                              << "numbers from 0 to 9999999";
        QTest::newRow("many ranges") << "0-9999999, 0-9999999"
                                     << "numbers from 0 to";
        QTest::newRow("count") << "4 of 10 #ff: 1, 2"
                               << "says it holds 4 rows and holds 2";
        QTest::newRow("beyond") << "1 of 10 #ff: 10"
                                << "beyond the 10";
        QTest::newRow("no of") << "3 in 10: 1"
                               << "'of' is missing";
        QTest::newRow("no mark") << "3 of 10: 1"
                                 << "'#' is missing";
        QTest::newRow("empty table") << "0 of 0 #ff: "
                                     << "a table has from 1";
        QTest::newRow("packed without table") << "~rAgE"
                                              << "does not say of how many";
        QTest::newRow("packed otherwise") << "1 of 9 #ff: ~zAgE"
                                          << "not known";
        QTest::newRow("not base64") << "1 of 9 #ff: ~rA!"
                                    << "none of base64";
        QTest::newRow("cut runs") << "1 of 9 #ff: ~rAg"
                                  << "cut off";
        QTest::newRow("endless number") << "1 of 9 #ff: ~r_____w"
                                        << "cut off";
        QTest::newRow("runs beyond") << "1 of 9 #ff: ~rCQE"
                                     << "beyond the 9";
        QTest::newRow("cut bits") << "1 of 900 #ff: ~bSQ"
                                  << "cut off";
    }
    void badTextIsRefusedInOneLine() {
        QFETCH(QString, text);
        QFETCH(QString, says);
        const QString error = QString::fromStdString(errorOf([&] { readSelection(text.toStdString()); }));
        QVERIFY2(error.contains(says) && !error.contains('\n'), qPrintable(error));
    }

    /// The bound: a bit for each row in base64 is a sixth of a byte, and the head is at most 2 x 8 digits, 8 of the mark and 12 more.
    void anySetComesBackAndIsSmall() {
        unsigned seed = 1;
        for (const std::int64_t n : {1, 7, 8, 9, 120, 10000, 1'000'000}) {
            const Table table = named(n);
            for (const double p : {0.0, 1e-4, 0.01, 0.1, 0.5, 0.9, 1.0}) {
                const Rows rows = scattered(n, p, ++seed);
                const std::string text = selectionText(rows, table);
                const Selection back = readSelection(text);
                QCOMPARE(back.rows, rows);
                QVERIFY2(double(text.size()) <= 60 + double(n) / 6 + 120,
                         qPrintable(QString("%1 of %2").arg(text.size()).arg(n)));
                QVERIFY(text.size() <= Selection::longestText);
                QVERIFY(misfit(back, table).empty());
            }
        }
        Rows lasso; // what a lasso takes of a table that is in order: runs
        for (std::int64_t i = 200'000; i < 700'000; ++i) lasso.push_back(i);
        QVERIFY(selectionText(lasso, named(1'000'000)).size() < 64);
    }

    void otherRowsAreNotTaken() {
        const Table table = named(100), longer = named(120), other = named(100, "v");
        const Selection s = readSelection(selectionText(Rows{3, 50}, table));
        QVERIFY(misfit(s, table).empty());
        QVERIFY(misfit(s, longer).find("a table of 100 rows; this one has 120") != std::string::npos);
        QVERIFY(misfit(s, other).find("another table with as many rows") != std::string::npos);
        QVERIFY(misfit(readSelection("100"), table).find("names row 100; this table has 100") != std::string::npos);
        QVERIFY(misfit(readSelection("99"), table).empty()); // typed: of any table that is long enough
        Table learned = named(100);                          // further trained: other numbers, the same words
        learned.values = Matrix(100, 1, std::vector<float>(100, 2.F));
        QCOMPARE(printOf(learned), printOf(table));
        Table numbers;
        numbers.values = Matrix(3, 2, {1, 2, 3, 4, 5, 6});
        const std::uint32_t before = printOf(numbers);
        numbers.values = Matrix(3, 2, {1, 2, 3, 4, 5, 7});
        QVERIFY(printOf(numbers) != before);
    }

    void setsCombine() {
        const Rows a{1, 2, 5}, b{2, 3, 5};
        QCOMPARE(combined(a, b, Combine::replace), b);
        QCOMPARE(combined(a, b, Combine::add), (Rows{1, 2, 3, 5}));
        QCOMPARE(combined(a, b, Combine::remove), Rows{1});
        QCOMPARE(combined(a, b, Combine::common), (Rows{2, 5}));
        QCOMPARE(inverted(a, 7), (Rows{0, 3, 4, 6}));
        QCOMPARE(inverted(inverted(a, 7), 7), a);
        QCOMPARE(inverted(Rows(), 3), (Rows{0, 1, 2}));
    }

    void undoAndRedoHoldIt() {
        Run run;
        run.select({3, 5});
        run.select({7, 8, 9});
        QCOMPARE(run.session.undoLabel(), std::string("lasso"));
        QCOMPARE(run.lab().selection(), (Rows{7, 8, 9}));
        run.session.undo();
        QCOMPARE(run.lab().selection(), (Rows{3, 5}));
        run.session.undo();
        QVERIFY(run.lab().selection().empty());
        run.session.redo(), run.session.redo();
        QCOMPARE(run.lab().selection(), (Rows{7, 8, 9}));
        const auto before = run.session.revision();
        run.select({7, 8, 9});
        QCOMPARE(run.session.revision(), before); // the same again is no step
        QVERIFY(errorOf([&] { run.session.set("selection", std::string("3, x")); }).find("place 4") != std::string::npos);
        QCOMPARE(run.lab().selection(), (Rows{7, 8, 9}));
    }

    void scenariosHoldItUnlessTheTableIsAnother() {
        Run run;
        const Rows rows = scattered(300, 0.4, 9);
        run.select(rows);
        const std::string json = lab::writeScenario(run.session.scenario("kept"));
        QVERIFY2(json.size() < 600, qPrintable(QString::number(json.size())));
        Run other;
        other.session.apply(lab::parseScenario(json, "kept.json"));
        other.session.runTo(1);
        QCOMPARE(other.lab().selection(), rows);
        // Another number of rows: the scenario opens, the selection is refused in a line, and comes back with its table.
        lab::Scenario changed = lab::parseScenario(json, "kept.json");
        changed.settings.set("count", std::int64_t(400));
        other.session.apply(changed);
        other.session.runTo(1);
        QCOMPARE(other.table().rows(), std::int64_t(400));
        QVERIFY(other.lab().selection().empty());
        QVERIFY(other.lab().picked().problem().find("a table of 300 rows; this one has 400") != std::string::npos);
        bool told = false;
        for (const lab::Check& check : other.session.lab().checks())
            told |= check.key == "selection" && check.because == other.lab().picked().problem();
        QVERIFY(told);
        const std::string refused = errorOf([&] { other.session.lab().save("selected", "/nowhere/s.csv"); });
        QVERIFY2(refused.find("a table of 300 rows") != std::string::npos, refused.c_str());
        other.session.undo();
        other.session.runTo(1);
        QCOMPARE(other.lab().selection(), rows);
    }

    /// A million rows, half of them at random: a scenario of 170 kB, not of megabytes.
    void aLargeSelectionDoesNotBlowUpAScenario() {
        const std::int64_t n = 1'000'000;
        const std::string text = selectionText(scattered(n, 0.5, 3), named(n));
        lab::Settings settings(*lab::find("embedding").declaration);
        settings.set("selection", text);
        QVERIFY(text.size() < 170'000);
        QCOMPARE(settings.text("selection"), text);
        QVERIFY(errorOf([&] { settings.set("find", std::string(257, 'a')); }).find("one line of text") != std::string::npos);
        QVERIFY(!errorOf([&] { settings.set("selection", std::string(Selection::longestText + 1, '1')); }).empty());
    }

    /// Steps are added while it runs: what is kept of the way stays within its memory, and every step can still be come back to.
    void keyFramesStayWithinTheirMemory() {
        const std::int64_t n = 64;
        const auto stateOf = [&](int step) {
            State state{PicturePoints(n, 2, float(step)), PicturePoints(n, 2), PicturePoints(n, 2)};
            return state;
        };
        const std::size_t one = 3 * sizeof(float) * 64 * 2;
        History history(10 * one + one / 2);
        history.begin(stateOf(0), {});
        std::size_t most = 0;
        for (int step = 1; step <= 20000; ++step) {
            history.keep(step, stateOf(step));
            most = std::max(most, history.bytes());
        }
        QVERIFY(most <= 10 * one);
        QVERIFY(history.bytes() >= 5 * one); // and uses it
        for (const int step : {0, 24, 25, 4999, 19999, 20000}) {
            const auto [at, state] = history.frame(step);
            QVERIFY(at <= step && step - at < history.gap());
            QCOMPARE(state.y[0][0], float(at));
        }
        QCOMPARE(history.gap(), 25 * 128); // 20000 / 3200 = 6 states after the first
        history.turn(3000, {});
        QVERIFY(history.bytes() == one);
        history.keep(3200, stateOf(1));
        QCOMPARE(history.frame(3300).first, 3200);
        History tiny(one / 2); // not even one: the first is kept, everything is replayed from there
        tiny.begin(stateOf(0), {});
        for (int step = 1; step <= 500; ++step) tiny.keep(step, stateOf(step));
        QCOMPARE(tiny.frame(500).first, 0);
    }

    void stepsCanBeAddedToARun() {
        lab::Session session(device(), "embedding");
        session.set({{"count", std::int64_t(300)},
                     {"perplexity", 10.0},
                     {"iterations", std::int64_t(50)},
                     {"exaggerated", std::int64_t(20)}});
        session.runTo(50);
        session.set("iterations", std::int64_t(200));
        session.runTo(200);
        const auto there = session.lab().array(device(), "coordinates").values;
        session.runTo(10);
        session.runTo(200);
        QVERIFY(session.lab().array(device(), "coordinates").values == there);
    }
};

ORRERY_TEST_MAIN(TestSelection)
#include "tst_selection.moc"
