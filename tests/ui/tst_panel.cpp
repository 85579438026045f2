// SPDX-License-Identifier: GPL-3.0-or-later
// The parameter panel with pointer and keys, and the picture that results.
#include "tests/ui/rig.h"
#include "ui/panels/actions.h"

using namespace orrery;
using namespace orrery::test;
using ui::Input;

namespace {

/// The middle of the picture, right of the panel, left of the marginals.
constexpr glm::dvec2 dataLow{320, 130}, dataHigh{1080, 560};

lab::Session& standStill(lab::Session& session) {
    session.transport().pause();
    session.set("particles", std::int64_t(2000));
    session.set("forward_steps", std::int64_t(20));
    session.set("steps", std::int64_t(20));
    session.transport().seek(6);
    return session;
}

} // namespace

class TestPanel : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void everyParameterThatActsHasAControl() {
        Rig rig(1280, 1700); // tall enough for all of them
        const lab::Declaration& declaration = rig.session.declaration();
        QVERIFY(declaration.parameters.size() > 20);
        int seen = 0;
        // Each choice of each parameter in turn shows what only then acts.
        for (const lab::Parameter& outer : declaration.parameters) {
            if (outer.type != lab::Type::choice) continue;
            for (const lab::Choice& choice : outer.choices) {
                if (outer.key == "data" && choice.key == "file") continue; // a data set of its own: below
                rig.session.set(outer.key, choice.key);
                rig.frames(2);
                Rig::Area area;
                for (const lab::Parameter& p : declaration.parameters) {
                    QVERIFY2(rig.control(p.key, area) == rig.session.settings().acts(p),
                             (outer.key + "=" + choice.key + ": " + p.key).c_str());
                    if (!rig.session.settings().acts(p)) continue;
                    QVERIFY2(area.high.x > area.low.x + 10 && area.high.y > area.low.y + 10, p.key.c_str());
                    ++seen;
                }
            }
            rig.session.set(outer.key, outer.fallback);
        }
        QVERIFY(seen > 100);
        for (const lab::Action& action : declaration.actions) {
            Rig::Area area;
            QCOMPARE(rig.control(action.key, area), rig.session.settings().acts(action));
        }
        for (const auto& [key, choice, action] :
             {std::array{"data", "drawn", "clear_drawn"}, {"score", "learned", "train_network"}}) {
            Rig::Area area;
            QVERIFY(!rig.control(action, area));
            rig.session.set(key, std::string(choice));
            rig.frames(2);
            QVERIFY2(rig.control(action, area), action);
        }
    }

    void longLabelsEndBeforeTheirControls_data() {
        QTest::addColumn<QString>("lab");
        for (const char* lab : {"diffusion", "embedding", "statespace"}) QTest::newRow(lab) << lab;
    }
    /// Left of each slider there is a gap in which nothing is written, however long its label is.
    void longLabelsEndBeforeTheirControls() {
        QFETCH(QString, lab);
        Rig rig(1280, 2400, lab.toStdString());
        if (lab == "embedding")
            rig.session.set({{"count", std::int64_t(100)}, {"method", std::string("pca")}, {"dims", std::string("3d")}});
        const ui::Picture picture = rig.frames(3);
        const Rgb ground = rgb(ui::darkTheme().dock);
        int looked = 0;
        for (const lab::Parameter& p : rig.session.declaration().parameters) {
            Rig::Area area;
            if ((p.type != lab::Type::number && p.type != lab::Type::integer) || !rig.control(p.key, area)) continue;
            ++looked;
            for (int y = int(area.low.y) + 2; y < int(area.high.y) - 2; ++y)
                for (int x = int(area.low.x) - 5; x < int(area.low.x); ++x)
                    QVERIFY2(distance(pixel(picture, x, y), ground) < 20, p.key.c_str());
        }
        QVERIFY(looked >= 3);
    }

    void controlsDoNotOverlap() {
        Rig rig(1280, 1700);
        rig.frames(3);
        std::vector<Rig::Area> areas;
        for (const lab::Parameter& p : rig.session.declaration().parameters) {
            Rig::Area area;
            if (rig.control(p.key, area)) areas.push_back(area);
        }
        for (std::size_t i = 0; i < areas.size(); ++i)
            for (std::size_t k = 0; k < i; ++k) {
                const bool apart = areas[i].low.x >= areas[k].high.x || areas[k].low.x >= areas[i].high.x ||
                                   areas[i].low.y >= areas[k].high.y || areas[k].low.y >= areas[i].high.y;
                QVERIFY(apart);
            }
    }

    void draggingASliderChangesParameterAndPicture() {
        Rig rig;
        standStill(rig.session);
        const ui::Picture before = rig.rest();
        Rig::Area area;
        QVERIFY(rig.control("beta_max", area));
        rig.drag(area.at(0.4), area.at(0.1), 6);
        const double value = rig.session.settings().number("beta_max");
        // Taken by its knob, it moves by the whole pixels of the hand, on a track less the knob's 11 px.
        const double moved = (std::floor(area.at(0.1).x) - std::floor(area.at(0.4).x)) / (area.high.x - area.low.x - 11);
        QVERIFY2(std::abs(value - (20 + moved * 49.9)) < 0.1, std::to_string(value).c_str());
        rig.session.transport().seek(6);
        const ui::Picture after = rig.rest();
        QVERIFY2(differing(before, after, dataLow, dataHigh) > 2000, "beta is what the noise grows by");

        // One drag is one entry, and undo brings back parameter and picture.
        rig.session.undo();
        QCOMPARE(rig.session.settings().number("beta_max"), 20.);
        rig.session.transport().seek(6);
        rig.move({640, 700});
        const ui::Picture again = rig.rest();
        QCOMPARE(differing(before, again, dataLow, dataHigh, 0), 0);
        QVERIFY(rig.errors.empty());
    }

    void choicesAndFlags() {
        Rig rig;
        standStill(rig.session);
        rig.frames(2);
        Rig::Area area;
        QVERIFY(rig.control("sde", area));
        rig.click(area.at(0.5));
        QCOMPARE(rig.session.settings().text("sde"), std::string("ve"));
        rig.click(area.at(0.9));
        QCOMPARE(rig.session.settings().text("sde"), std::string("subvp"));
        rig.stage.revealControl("show_density");
        rig.frames(2);
        QVERIFY(rig.control("show_density", area));
        rig.click(area.at(0.1));
        QVERIFY(!rig.session.settings().flag("show_density"));
        rig.click(area.at(0.1), Input::Button::right);
        QVERIFY2(rig.session.settings().flag("show_density"), "a right click brings the default back");
    }

    void pressAndReleaseBetweenTwoFramesIsAClick() {
        Rig rig;
        rig.frames(2);
        Rig::Area area;
        QVERIFY(rig.control("sde", area));
        rig.stage.input(Rig::pointer(Input::Kind::move, area.at(0.5)));
        rig.stage.input(Rig::pointer(Input::Kind::press, area.at(0.5)));
        rig.stage.input(Rig::pointer(Input::Kind::release, area.at(0.5)));
        rig.frames(4);
        QCOMPARE(rig.session.settings().text("sde"), std::string("ve"));
    }

    void typingANumber() {
        Rig rig;
        rig.frames(2);
        Rig::Area area;
        QVERIFY(rig.control("beta_max", area));
        const auto type = [&](const std::string& text) {
            rig.click(area.high + glm::dvec2(30, -10)); // the number at the right of the slider
            glm::dvec2 px;
            rig.frames(4);
            QVERIFY(rig.stage.textCursor(px));
            QVERIFY2(px.y > area.low.y - 10 && px.y < area.high.y + 10 && px.x > area.high.x,
                     "where an input method shall appear");
            rig.type(text);
            rig.key(Input::Key::enter);
            rig.frames(2);
            QVERIFY(!rig.stage.textCursor(px));
        };
        type("12,5");
        QCOMPARE(rig.session.settings().number("beta_max"), 12.5);
        QVERIFY(rig.errors.empty());
        type("1000");
        QCOMPARE(rig.session.settings().number("beta_max"), 12.5);
        QVERIFY(!rig.errors.empty());
        QVERIFY2(rig.errors.back().find("beta_max") != std::string::npos && rig.errors.back().find("50") != std::string::npos,
                 rig.errors.back().c_str());
        type("abc");
        QVERIFY(rig.errors.back().find("abc") != std::string::npos);
        QCOMPARE(rig.session.settings().number("beta_max"), 12.5);
    }

    void keysWalkAndChange() {
        Rig rig;
        rig.frames(2);
        Rig::Area area;
        QVERIFY(rig.control("sde", area));
        rig.click(area.at(0.1)); // touched, not changed
        QCOMPARE(rig.session.settings().text("sde"), std::string("vp"));
        rig.key(Input::Key::down); // beta_min
        rig.key(Input::Key::down); // beta_max
        rig.key(Input::Key::right);
        QVERIFY(rig.session.settings().number("beta_max") > 20);
        rig.key(Input::Key::left);
        QCOMPARE(rig.session.settings().number("beta_max"), 20.);
        rig.key(Input::Key::up);
        rig.key(Input::Key::up);
        rig.key(Input::Key::right);
        QCOMPARE(rig.session.settings().text("sde"), std::string("ve"));
    }

    void tabFoldsThePanel() {
        Rig rig;
        standStill(rig.session);
        rig.rest();
        Rig::Area area;
        QVERIFY(rig.control("beta_max", area));
        const ui::Picture open = rig.frame();
        rig.key(Input::Key::tab);
        QVERIFY(!rig.stage.panelShown());
        QVERIFY(!rig.control("beta_max", area));
        const ui::Picture folded = rig.rest();
        QVERIFY(differing(open, folded, {16, 100}, {290, 600}) > 5000);
        // The fitted camera moves into the room that has become free.
        QVERIFY(rig.stage.camera().toPx({0, 0}).x < 620);
        rig.key(Input::Key::tab);
        QVERIFY(rig.stage.panelShown());
        QCOMPARE(differing(open, rig.rest(), {0, 0}, {300, 720}, 0), 0);
    }

    void groupsFoldAndAreRemembered() {
        Rig rig(1280, 1700);
        rig.frames(3);
        Rig::Area area, first;
        QVERIFY(rig.control("sde", area) && rig.control("journey", first));
        rig.click({area.low.x - 80, first.low.y - 40}); // the head "Process", above its first label
        rig.frames(2);
        QCOMPARE(rig.stage.foldedGroups(), std::set<std::string>{"Process"});
        QVERIFY(!rig.control("sde", area));
        Rig other;
        other.stage.setFoldedGroups(rig.stage.foldedGroups());
        other.frames(2);
        QVERIFY(!other.control("beta_max", area));
        other.stage.revealControl("beta_max");
        other.frames(3);
        QVERIFY(other.control("beta_max", area));
    }

    void lowWindowScrolls() {
        Rig rig(900, 420);
        rig.frames(3);
        Rig::Area area;
        QVERIFY(rig.control("data", area) && !rig.control("follow", area));
        rig.stage.revealControl("follow");
        rig.frames(4);
        QVERIFY(rig.control("follow", area) && area.high.y < 420);
        QVERIFY(!rig.control("data", area));
    }

    void pointsTableAddsRemovesAndDrags() {
        Rig rig(1280, 1200);
        rig.session.set("data", std::string("mixture"));
        rig.frames(3);
        Rig::Area area;
        QVERIFY(rig.control("components", area));
        const lab::Points before = rig.session.settings().points("components");
        // First cell of the first row: 10 px are 10 steps of 0.01.
        const glm::dvec2 cell = area.low + glm::dvec2(30, 16 + 10);
        rig.drag(cell, cell + glm::dvec2(10, 0), 5);
        lab::Points expected = before;
        expected.values[0] += 0.1;
        const lab::Points moved = rig.session.settings().points("components");
        QVERIFY2(std::abs(moved.values[0] - expected.values[0]) < 1e-9, std::to_string(moved.values[0]).c_str());
        rig.session.undo();
        QVERIFY2(rig.session.settings().points("components") == before, "one drag, one entry");
        rig.click({area.high.x - 9, area.low.y + 16 + 10}); // the cross of the first row
        QCOMPARE(rig.session.settings().points("components").rows(), before.rows() - 1);
        QCOMPARE(rig.session.settings().points("components").values[0], before.values[4]);
        rig.frames(2);
        QVERIFY(rig.control("components", area));
        rig.click({area.high.x - 30, area.high.y - 14}); // Add row
        QCOMPARE(rig.session.settings().points("components").rows(), before.rows());
        QVERIFY(rig.errors.empty());
    }

    void actionsAct() {
        Rig rig;
        standStill(rig.session);
        rig.frames(3);
        Rig::Area area;
        const std::uint64_t seed = rig.session.seed();
        QVERIFY(rig.control("reseed", area));
        rig.click(area.at(0.5));
        QCOMPARE(rig.session.seed(), seed + 1);
        rig.session.undo();
        QCOMPARE(rig.session.seed(), seed);
        rig.session.set({{"data", std::string("drawn")}, {"drawn", lab::Points{2, {0, 0, 1, 1}}}});
        rig.frames(2);
        QVERIFY(rig.control("clear_drawn", area));
        rig.click(area.at(0.5));
        QCOMPARE(rig.session.settings().points("drawn").rows(), std::size_t(0));
        QVERIFY(rig.errors.empty());
    }
};

ORRERY_TEST_MAIN(TestPanel)
#include "tst_panel.moc"
