// SPDX-License-Identifier: GPL-3.0-or-later
// The embedding lab under the mouse, without a window: the cloud is where the numbers are, turns, is lassoed, searched, asked.
#include "engine/labs/embedding/lab.h"
#include "tests/ui/rig.h"

using namespace orrery;
using namespace orrery::test;
using embedding::EmbeddingLab;

class EmbeddingViewTest : public QObject {
    Q_OBJECT

    struct CloudRig : Rig {
        explicit CloudRig(const std::string& method = "pca", const std::string& dims = "2d") : Rig(1280, 720, "embedding") {
            session.set({{"count", std::int64_t(400)},
                         {"method", method},
                         {"dims", dims},
                         {"show_labels", false},
                         {"show_pictures", false}});
            if (!ready()) qFatal("no picture");
        }
        bool ready() {
            for (int i = 0; i < 20000; ++i) {
                frame();
                if (lab().cloud().problem() && !lab().cloud().preparing() && session.lab().jobs().empty()) break;
            }
            rest();
            return lab().cloud().problem() && !lab().cloud().preparing();
        }
        EmbeddingLab& lab() { return dynamic_cast<EmbeddingLab&>(session.lab()); }
        glm::dvec2 row(std::int64_t index) {
            Area area;
            return control("row " + std::to_string(index), area) ? area.at(0.5) : glm::dvec2(-1);
        }
        /// A row with none other within some pixels, and clear of panel, cards and HUD; −1: none.
        std::int64_t lonely(double px = 14, std::int64_t from = 0) {
            const std::int64_t n = lab().cloud().picture().n;
            for (std::int64_t i = from; i < n; ++i) {
                const glm::dvec2 at = row(i);
                if (at.x < 330 || at.x > 980 || at.y < 130 || at.y > 690) continue;
                bool alone = true;
                for (std::int64_t j = 0; j < n && alone; ++j) alone = j == i || glm::distance(row(j), at) > px;
                if (alone) return i;
            }
            return -1;
        }
    };

 private Q_SLOTS:
    void theCloudIsWhereTheNumbersAre() {
        CloudRig rig;
        const ui::Picture picture = rig.rest();
        const embedding::PicturePoints& y = rig.lab().cloud().picture();
        QCOMPARE(y.n, std::int64_t(400));
        const Rgb ground = rgb(ui::darkTheme().ground);
        int lit = 0, asked = 0;
        for (std::int64_t i = 0; i < 400; ++i) {
            const glm::dvec2 expected = rig.stage.camera().toPx({double(y[0][i]), double(y[1][i])});
            QVERIFY(glm::distance(rig.row(i), expected) < 0.05);
            if (expected.x < 330 || expected.x > 980 || expected.y < 130 || expected.y > 640) continue;
            ++asked;
            lit += distance(pixel(picture, int(expected.x), int(expected.y)), ground) > 60;
        }
        QVERIFY(asked > 100);
        QCOMPARE(lit, asked); // every point is drawn
        QVERIFY(rig.errors.empty());
    }

    void aClickChoosesAndListsNeighbours() {
        CloudRig rig;
        const std::int64_t row = rig.lonely();
        QVERIFY(row >= 0);
        const ui::Picture before = rig.rest();
        rig.click(rig.row(row));
        QCOMPARE(rig.session.settings().integer("chosen"), row);
        const ui::Picture after = rig.rest();
        QVERIFY(differing(before, after, {330, 130}, {980, 700}, 20) > 200); // lines and rings
        const embedding::Neighbours near = rig.lab().cloud().inTable(row, 8, embedding::Metric::euclid);
        Rig::Area area;
        QVERIFY(rig.control("neighbour 0", area) && rig.control("neighbour 7", area) && !rig.control("neighbour 8", area));
        QVERIFY(rig.control("neighbour 2", area));
        rig.move(area.at(0.5)), rig.frames(3); // a window of ImGui knows the pointer one frame later
        rig.click(area.at(0.5));
        rig.frames(3);
        QCOMPARE(rig.session.settings().integer("chosen"), std::int64_t(near.index[2]));
        rig.session.undo();
        QCOMPARE(rig.session.settings().integer("chosen"), row);
        rig.click({400, 690}); // nothing there
        QCOMPARE(rig.session.settings().integer("chosen"), std::int64_t(-1));
    }

    void aLassoSelectsWhatItGoesRound() {
        CloudRig rig;
        rig.session.set("tool", std::string("lasso"));
        rig.rest();
        const glm::dvec2 low(520, 260), high(760, 520);
        rig.move(low), rig.press(low);
        for (const glm::dvec2 corner : {glm::dvec2(high.x, low.y), high, glm::dvec2(low.x, high.y)}) rig.move(corner);
        rig.release({low.x, high.y});
        rig.frames(2);
        std::vector<std::int64_t> expected;
        for (std::int64_t i = 0; i < 400; ++i) {
            const glm::dvec2 at = rig.row(i);
            if (std::min({std::abs(at.x - low.x), std::abs(at.x - high.x), std::abs(at.y - low.y), std::abs(at.y - high.y)}) < 1)
                continue;
            if (at.x > low.x && at.x < high.x && at.y > low.y && at.y < high.y) expected.push_back(i);
        }
        const std::vector<std::int64_t> selected = rig.lab().selection();
        QVERIFY(selected.size() > 20);
        QVERIFY(std::includes(selected.begin(), selected.end(), expected.begin(), expected.end()));
        QVERIFY(selected.size() <= expected.size() + 6); // those at the very edge

        const ui::Picture all = rig.rest();
        Rig::Area area;
        QVERIFY(rig.control("isolate", area));
        rig.move(area.at(0.5)), rig.frames(3), rig.click(area.at(0.5)), rig.frames(2);
        QVERIFY(rig.session.settings().flag("isolate"));
        const ui::Picture alone = rig.rest();
        int hidden = 0;
        for (std::int64_t i = 0; i < 400; ++i) {
            const glm::dvec2 at = rig.row(i);
            const bool within = at.x > low.x - 12 && at.x < high.x + 12 && at.y > low.y - 12 && at.y < high.y + 12;
            if (within || at.x < 330 || at.x > 980 || at.y < 130 || at.y > 640) continue;
            QVERIFY(distance(pixel(alone, int(at.x), int(at.y)), rgb(ui::darkTheme().ground)) < 8);
            ++hidden;
        }
        QVERIFY(hidden > 20);
        rig.key(ui::Input::Key::escape);
        QVERIFY(rig.lab().selection().empty() && !rig.session.settings().flag("isolate"));
    }

    void spaceIsTurnedByTheHand() {
        CloudRig rig("pca", "3d");
        const ui::Picture before = rig.rest();
        const glm::dvec2 first = rig.row(5);
        rig.drag({640, 400}, {740, 360});
        rig.rest();
        QVERIFY(std::abs(rig.session.settings().number("turn") - (35 - 35)) < 0.6);
        QVERIFY(std::abs(rig.session.settings().number("tilt") - (22 - 14)) < 0.6);
        QVERIFY(glm::distance(rig.row(5), first) > 5);
        QVERIFY(differing(before, rig.rest(), {330, 130}, {980, 700}, 20) > 500);
        rig.session.undo(); // one drag is one entry
        rig.rest();
        QVERIFY(glm::distance(rig.row(5), first) < 0.5);
        rig.drag({640, 400}, {700, 400}, 5, ui::Input::Button::right); // pans
        QVERIFY(glm::distance(rig.row(5), first + glm::dvec2(60, 0)) < 0.5);
        rig.key(ui::Input::Key::home); // and back
        rig.rest();
        QVERIFY(glm::distance(rig.row(5), first) < 0.5);
    }

    void wordsAndCategoriesAreFound() {
        CloudRig rig;
        const ui::Picture before = rig.rest();
        rig.session.set("find", std::string("digit"));
        const ui::Picture found = rig.rest();
        QVERIFY(differing(before, found, {330, 130}, {980, 700}, 30) > 100); // letters fade
        rig.session.set({{"find", std::string("([")}, {"find_as", std::string("regex")}});
        const ui::Picture wrong = rig.rest();
        const Rgb bad = rgb(ui::darkTheme().bad);
        Rig::Area lasso;
        QVERIFY(rig.control("lasso", lasso));
        QVERIFY(count(wrong, {1012, lasso.high.y}, {1270, lasso.high.y + 80},
                      [&](const Rgb& p) { return distance(p, bad) < 40; }) > 30);
        QVERIFY(rig.errors.empty());
    }

    void coloursFollowTheColumn() {
        CloudRig rig;
        const ui::Picture signs = rig.rest();
        Rig::Area area;
        QVERIFY(rig.control("column kind", area));
        rig.move(area.at(0.5)), rig.frames(3), rig.click(area.at(0.5)), rig.frames(2);
        QCOMPARE(rig.session.settings().text("column"), std::string("kind"));
        const ui::Picture kinds = rig.rest();
        QVERIFY(differing(signs, kinds, {330, 130}, {980, 700}, 30) > 200);
        rig.session.set("column", std::string("slant")); // numbers
        const ui::Picture slant = rig.rest();
        QVERIFY(differing(slant, kinds, {330, 130}, {980, 700}, 30) > 200);
        rig.session.set("show_contours", true);
        QVERIFY(differing(slant, rig.rest(), {330, 130}, {980, 700}, 10) > 500);
    }

    void picturesAppearWhereThereIsRoom() {
        CloudRig rig;
        const ui::Picture bare = rig.rest();
        rig.session.set("show_pictures", true);
        const ui::Picture with = rig.rest();
        QVERIFY(differing(bare, with, {330, 130}, {980, 700}, 40) > 300);
        QVERIFY(differing(with, rig.rest(), {0, 0}, {1280, 720}, 0) == 0); // and stand still
    }

    void aPlaceIsKeptAndFoundAgain() {
        CloudRig rig;
        const std::int64_t row = rig.lonely();
        rig.session.set("chosen", row);
        rig.stage.camera().zoomAt({640, 400}, 2);
        ui::Input wheel;
        wheel.kind = ui::Input::Kind::wheel, wheel.px = {640, 400}, wheel.wheel = 3;
        rig.stage.input(wheel), rig.rest();
        const glm::dvec2 there = rig.row(row);
        Rig::Area area;
        QVERIFY(rig.control("keep place", area));
        rig.move(area.at(0.5)), rig.frames(3), rig.click(area.at(0.5)), rig.frames(2);
        QCOMPARE(rig.session.settings().points("bookmarks").rows(), std::size_t(1));
        rig.key(ui::Input::Key::home);
        rig.session.set("chosen", std::int64_t(-1));
        rig.rest();
        QVERIFY(glm::distance(rig.row(row), there) > 20);
        QVERIFY(rig.control("bookmark 1", area));
        rig.move(area.at(0.5)), rig.frames(3), rig.click(area.at(0.5)), rig.frames(2);
        rig.rest();
        QCOMPARE(rig.session.settings().integer("chosen"), row);
        QVERIFY2(glm::distance(rig.row(row), there) < 1, qPrintable(QString::number(glm::distance(rig.row(row), there))));
    }

    void everyStepIsDrawn() {
        CloudRig rig("tsne");
        QVERIFY(rig.session.lab().steps() > 20);
        rig.session.transport().seek(0);
        const ui::Picture start = rig.rest();
        for (int step = 1; step <= 3; ++step) {
            const std::uint64_t before = rig.lab().cloud().revision();
            rig.session.transport().seek(step * 15);
            rig.rest();
            QVERIFY(rig.lab().cloud().revision() > before);
            const embedding::PicturePoints& y = rig.lab().cloud().picture();
            QVERIFY(glm::distance(rig.row(7), rig.stage.camera().toPx({double(y[0][7]), double(y[1][7])})) < 0.05);
        }
        QVERIFY(differing(start, rig.rest(), {330, 130}, {980, 700}, 30) > 300);
        rig.session.set({{"chosen", std::int64_t(7)}, {"show_forces", true}, {"show_lines", false}});
        const ui::Picture forces = rig.rest();
        rig.session.set("show_forces", false);
        QVERIFY(differing(forces, rig.rest(), {330, 130}, {980, 700}, 30) > 20); // two arrows
        QVERIFY(rig.errors.empty());
    }
};

ORRERY_TEST_MAIN(EmbeddingViewTest)
#include "tst_embedding.moc"
