// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of the embedding view that know rows, over made-up data: neighbours here and there, colours, search, the hand.
#include "engine/labs/embedding/colours.h"
#include "engine/labs/embedding/search.h"
#include "ui/labs/embedding/hands.h"
#include "ui/labs/embedding/neighbourhood.h"
#include "ui/labs/embedding/shown.h"
#include "ui/render/colormap.h"

#include <QElapsedTimer>
#include <QtTest/QtTest>
#include <random>
#include <set>

using namespace orrery;
using namespace orrery::ui;
using namespace orrery::ui::emb;

namespace {

embedding::PicturePoints pictureOf(const std::vector<glm::vec2>& places) {
    embedding::PicturePoints picture(std::int64_t(places.size()), 2);
    for (std::size_t i = 0; i < places.size(); ++i) picture[0][i] = places[i].x, picture[1][i] = places[i].y;
    return picture;
}

} // namespace

class EmbeddingRowsTest : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    // --- neighbours ----------------------------------------------------------------------------------------------------------
    void ranksAreThoseOfAllDistances() {
        std::mt19937 random(11);
        std::normal_distribution<float> normal;
        constexpr std::int64_t n = 500, k = 6, row = 42;
        std::vector<float> values;
        std::vector<glm::vec2> places;
        for (std::int64_t i = 0; i < n; ++i) {
            for (int d = 0; d < 5; ++d) values.push_back(normal(random));
            places.emplace_back(values[std::size_t(5 * i)], 0.3F * normal(random)); // one true axis: some neighbours are lies
        }
        places[7] = places[8]; // a tie
        const embedding::Matrix table(n, 5, values);
        embedding::Progress progress;
        const std::int64_t rows[] = {row};
        const embedding::PicturePoints picture = pictureOf(places);
        const embedding::Neighbours near = embedding::neighboursOf(table, rows, 2 * k, embedding::Metric::euclid, progress);
        const Neighbourhood found = neighbourhoodOf(picture, row, near, k);
        std::vector<std::pair<double, std::int64_t>> order;
        for (std::int64_t i = 0; i < n; ++i)
            if (i != row) {
                const glm::dvec2 away = glm::dvec2(places[std::size_t(i)]) - glm::dvec2(places[std::size_t(row)]);
                order.emplace_back(glm::dot(away, away), i);
            }
        std::sort(order.begin(), order.end());
        const auto rankOf = [&](std::int64_t r) {
            return std::find_if(order.begin(), order.end(), [&](const auto& each) { return each.second == r; }) - order.begin() +
                   1;
        };
        QCOMPARE(std::int64_t(found.inTable.size()), k);
        std::int64_t torn = 0, feigned = 0;
        for (std::size_t i = 0; i < found.inTable.size(); ++i) {
            const auto& each = found.inTable[i];
            QCOMPARE(each.row, std::int64_t(near.index[i]));
            QCOMPARE(each.tableDistance, double(near.distance[i]));
            QCOMPARE(each.shownRank, std::int64_t(rankOf(each.row)));
            QCOMPARE(each.lies, each.shownRank > 2 * k);
            torn += each.lies;
        }
        QCOMPARE(std::int64_t(found.shown.size()), k);
        for (std::size_t i = 0; i < found.shown.size(); ++i) {
            QCOMPARE(found.shown[i].row, order[i].second);
            const bool known = std::find(near.index.begin(), near.index.end(), std::int32_t(order[i].second)) != near.index.end();
            QCOMPARE(found.shown[i].lies, !known);
            feigned += !known;
        }
        QCOMPARE(found.torn, torn);
        QCOMPARE(found.feigned, feigned);
        QVERIFY(torn > 0 && feigned > 0);
        QCOMPARE(neighbourhoodOf(pictureOf({{0, 0}}), 0, {}, 3).row, std::int64_t(-1));
    }

    // --- colours -------------------------------------------------------------------------------------------------------------
    void categoriesKeepTheirColours() {
        for (const bool light : {false, true}) {
            std::set<std::uint32_t> known;
            for (std::size_t c = 0; c < 300; ++c) known.insert(makeMark(embedding::categoryColour(c, light)));
            QVERIFY2(known.size() > 290, qPrintable(QString::number(known.size()))); // hashed, not in turn: chance may repeat one
        }
        QVERIFY(glm::distance(embedding::categoryColour(2, false), categories[2]) < 1e-6);
        std::vector<float> values(300);
        std::vector<std::string> names;
        for (std::size_t i = 0; i < 300; ++i) values[i] = float(i), names.push_back("c" + std::to_string(i));
        const Colouring colouring = byColumn({"many", names, values}, darkTheme()); // more than a byte could count
        QCOMPARE(colouring.entries.size(), std::size_t(300));
        QVERIFY(colouring.colours[299] == embedding::categoryColour(299, false));
    }
    void theBackgroundTakesNoColour() {
        const Colouring colouring = byColumn({"object", {"background", "disk", "ring"}, {0, 1, 2}}, darkTheme());
        QVERIFY(colouring.colours[1] == embedding::categoryColour(0, false) &&
                colouring.colours[2] == embedding::categoryColour(1, false));
        const glm::vec3 ground = colouring.colours[0];
        QVERIFY(glm::distance(ground, glm::vec3(darkTheme().ground)) <
                glm::distance(colouring.colours[1], glm::vec3(darkTheme().ground)));
        QVERIFY(colouring.entries[0].name == "background" && colouring.entries[0].colour == ground);
    }
    void numbersHaveTheMapsColours() {
        std::vector<float> values;
        for (int i = 0; i <= 1000; ++i) values.push_back(float(i));
        values.push_back(1e9F), values.push_back(std::nanf(""));
        const Colouring colouring = byColumn({"size", {}, values}, darkTheme());
        QVERIFY(colouring.numbers && std::abs(colouring.low - 10) < 1.5 && std::abs(colouring.high - 990) < 15);
        QVERIFY(glm::distance(colouring.colours[500],
                              colour(Colormap::viridis, (500 - colouring.low) / (colouring.high - colouring.low))) < 0.01);
        QVERIFY(colouring.colours[1001] == colour(Colormap::viridis, 1));
        QVERIFY(colouring.colours[1002] != colouring.colours[0]); // not a number: faint, and no colour of the map
        const embedding::Column column{"size", {}, values};
        const std::vector<std::uint8_t> sizes = sizesBy(&column, 1003);
        QVERIFY(sizes[0] == 32 && sizes[1000] == 128 && sizes[500] > 70 && sizes[500] < 90);
    }
    void whatIsPickedOutStandsOut() {
        auto table = std::make_shared<embedding::Table>();
        table->values = embedding::Matrix(6, 2);
        table->columns.push_back({"kind", {"a", "b"}, {0, 0, 1, 1, 0, 1}});
        Shown shown;
        shown.setTable(table);
        shown.setPicture(pictureOf({{0, 0}, {1, 0}, {2, 0}, {3, 0}, {4, 0}, {5, 0}}));
        shown.refresh({}, darkTheme());
        QCOMPARE(shown.colouring().name, std::string("kind"));
        QCOMPARE(shown.nameOf(2), std::string("b"));
        QVERIFY(shown.rowsOf(1) == (std::vector<std::int64_t>{2, 3, 5}));
        const Mark full = shown.cloud().marks()[2];
        shown.setFound(std::vector<std::int64_t>{2, 4});
        shown.refresh({}, darkTheme());
        QVERIFY(glm::length(colourOf(shown.cloud().marks()[0])) < 0.6F * glm::length(colourOf(full)));
        QCOMPARE(shown.cloud().marks()[2] & 0xFFFFFF, full & 0xFFFFFF);
        shown.setSelection({1}); // goes before the search
        shown.refresh({.isolate = true}, darkTheme());
        QCOMPARE(shown.hidden(), std::int64_t(5));
        for (std::int64_t row = 0; row < 6; ++row) QCOMPARE(shown.visible(row), row == 1);
        shown.setSelection({}), shown.setFound(std::nullopt);
        shown.refresh({.isolate = true}, darkTheme());
        QCOMPARE(shown.hidden(), std::int64_t(0)); // nothing is picked out, so nothing is hidden
    }

    // --- search --------------------------------------------------------------------------------------------------------------
    void wordsAreFound_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("regex");
        QTest::addColumn<QString>("rows");
        QTest::newRow("a part, capitals aside") << "KING" << false << "0 3";
        QTest::newRow("signs are themselves") << ".*" << false << "4";
        QTest::newRow("whole words") << "^king$" << true << "0";
        QTest::newRow("alternatives") << "^(wo)?man$" << true << "1 2";
        QTest::newRow("a category") << "royal" << false << "0 3";
        QTest::newRow("beyond ASCII") << "\xC3\xBC" << false << "5";
        QTest::newRow("nothing") << "zebra" << false << "";
    }
    void wordsAreFound() {
        QFETCH(QString, text);
        QFETCH(bool, regex);
        QFETCH(QString, rows);
        auto table = std::make_shared<embedding::Table>();
        table->values = embedding::Matrix(6, 1);
        table->tokens = {"king", "man", "woman", "Kingdom", "a.*b", "gr\xC3\xBCn"};
        table->columns.push_back({"kind", {"royal", "other"}, {0, 1, 1, 0, 1, 1}});
        embedding::Search search(table, text.toStdString(), regex);
        while (!search.proceed(1)) {
        }
        QStringList found;
        for (const std::int64_t row : search.rows()) found << QString::number(row);
        QCOMPARE(found.join(' '), rows);
    }
    void aHostileExpressionNeitherHangsNorFalls() {
        auto table = std::make_shared<embedding::Table>();
        table->values = embedding::Matrix(2, 1);
        std::string almost(61, 'a');
        almost.back() = '!';
        table->tokens.assign(1, almost);
        table->tokens.emplace_back(1000000, 'a');
        QElapsedTimer clock;
        clock.start();
        embedding::Search search(table, "^(a*)*$", true); // exponential where an engine goes back
        while (!search.proceed(1)) {
        }
        QVERIFY(clock.elapsed() < 20000);
        QVERIFY(!search.rows().empty() && search.rows()[0] == 1);
        for (const char* wrong : {"(", "[a", "a{", "*", "a{3,1}", "[z-a]", "\\"}) {
            try {
                const embedding::Search bad(table, wrong, true);
                QFAIL(wrong);
            } catch (const Error& error) {
                const QString text = error.what();
                QVERIFY2(text.startsWith("no regular expression, place ") && !text.contains('\n'), qPrintable(text));
            }
        }
    }

    // --- hands ---------------------------------------------------------------------------------------------------------------
    void theHandDrawsAndTurns() {
        Hands hands;
        using embedding::Combine;
        const auto event = [](Input::Kind kind, glm::dvec2 px, bool shift = false, bool control = false, bool alt = false) {
            Input input;
            input.kind = kind, input.px = px, input.shift = shift, input.control = control, input.alt = alt;
            input.button = kind == Input::Kind::move ? Input::Button::none : Input::Button::left;
            return input;
        };
        const auto drag = [&](const std::string& key, bool spatial, bool shift, bool control, bool alt = false,
                              Combine how = Combine::replace) {
            const Hands::Tool tool{key, how};
            const bool used = hands.input(event(Input::Kind::press, {10, 10}, shift, control, alt), tool, spatial, {}, 1);
            for (const glm::dvec2 px : {glm::dvec2(50, 12), glm::dvec2(60, 60), glm::dvec2(12, 50)})
                hands.input(event(Input::Kind::move, px), tool, spatial, {}, 1);
            hands.input(event(Input::Kind::release, {12, 50}), tool, spatial, {}, 1);
            return used;
        };
        QVERIFY(!drag("move", false, false, false)); // the camera's
        QVERIFY(!hands.takeDrawn() && !hands.takeTurned());
        QVERIFY(drag("move", true, false, false));
        const auto turned = hands.takeTurned();
        QVERIFY(turned && std::abs(turned->turn - (Turn().turn - 0.7)) < 1e-9 &&
                std::abs(turned->tilt - (Turn().tilt + 14)) < 1e-9);
        QVERIFY(drag("box", false, false, true));
        auto drawn = hands.takeDrawn();
        QVERIFY(drawn && drawn->outline.size() == 4 && drawn->outline[2] == glm::dvec2(12, 50) && drawn->how == Combine::add);
        QVERIFY(drag("move", true, true, false)); // Shift: a lasso
        drawn = hands.takeDrawn();
        QVERIFY(drawn && drawn->outline.size() == 4 && drawn->outline[0] == glm::dvec2(10, 10) && drawn->how == Combine::replace);
        const auto how = [&](const char* tool, bool shift, bool control, bool alt, Combine asked = Combine::replace) {
            drag(tool, true, shift, control, alt, asked);
            return hands.takeDrawn()->how;
        };
        for (const char* tool : {"box", "lasso"}) {
            QCOMPARE(how(tool, false, false, false), Combine::replace);
            QCOMPARE(how(tool, true, false, false), Combine::add);
            QCOMPARE(how(tool, false, true, false), Combine::add);
            QCOMPARE(how(tool, false, false, true), Combine::remove);
            QCOMPARE(how(tool, true, false, true), Combine::common);
            QCOMPARE(how(tool, false, false, false, Combine::common), Combine::common); // as the buttons say
            QCOMPARE(how(tool, true, false, false, Combine::common), Combine::add);     // keys come first
        }
        QCOMPARE(how("move", true, true, false), Combine::add);
        QCOMPARE(how("move", true, false, true), Combine::remove);
        QCOMPARE(how("move", true, true, true), Combine::common);
        hands.input(event(Input::Kind::press, {10, 10}), {"lasso"}, false, {}, 1);
        hands.input(event(Input::Kind::release, {11, 10}), {"lasso"}, false, {}, 1);
        QVERIFY(hands.takeClick() && !hands.takeDrawn()); // a lasso that went nowhere is a click
    }

    /// An axis is dragged, or its two ends are clicked; Escape forgets the first.
    void theHandDrawsAnAxis() {
        Hands hands;
        const auto at = [&](Input::Kind kind, glm::dvec2 px) {
            Input input;
            input.kind = kind, input.px = px, input.key = kind == Input::Kind::key ? Input::Key::escape : Input::Key::none;
            input.button = kind == Input::Kind::press || kind == Input::Kind::release ? Input::Button::left : Input::Button::none;
            return hands.input(input, {"axis"}, true, {}, 1);
        };
        const auto click = [&](glm::dvec2 px) { at(Input::Kind::press, px), at(Input::Kind::release, px); };
        QVERIFY(at(Input::Kind::press, {10, 10}));
        at(Input::Kind::move, {60, 40});
        QVERIFY(hands.stroke() && hands.stroke()->to == glm::dvec2(60, 40));
        at(Input::Kind::release, {60, 40});
        auto stroke = hands.takeStroke();
        QVERIFY(stroke && stroke->from == glm::dvec2(10, 10) && stroke->to == glm::dvec2(60, 40));
        QVERIFY(!hands.takeStroke() && !hands.takeDrawn() && !hands.takeTurned() && !hands.takeClick());
        click({5, 5});
        QVERIFY(!hands.takeStroke());
        at(Input::Kind::move, {30, 30});
        QVERIFY(hands.stroke() && hands.stroke()->from == glm::dvec2(5, 5));
        click({30, 30});
        stroke = hands.takeStroke();
        QVERIFY(stroke && stroke->from == glm::dvec2(5, 5) && stroke->to == glm::dvec2(30, 30));
        click({5, 5});
        at(Input::Kind::key, {});
        QVERIFY(!hands.takeEscape() && !hands.stroke());
        at(Input::Kind::key, {});
        QVERIFY(hands.takeEscape());
    }
};

QTEST_GUILESS_MAIN(EmbeddingRowsTest)
#include "tst_embedding_rows.moc"
