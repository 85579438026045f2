// SPDX-License-Identifier: GPL-3.0-or-later
// Trails of chosen particles: clicked on in the picture, by the parameter, undone; and a drag chooses nothing.
#include "engine/lab/scenario.h"
#include "tests/ui/rig.h"

#include <limits>

using namespace orrery;
using namespace orrery::test;
using ui::Input;

namespace {

constexpr glm::dvec2 low{60, 60}, high{1180, 640};
constexpr int last = 40, turn = 20; ///< steps there and steps back

bool brass(const Rgb& c) { return c.r > 60 && c.r > c.b + 30 && c.g > c.b; }

std::vector<double> chosen(const Rig& rig) { return rig.session.settings().points("chosen").values; }

/// Smooth paths, and nothing but them.
struct Scene : Rig {
    explicit Scene(int trails = 4) {
        stage.setPanelShown(false);
        stage.setHudShown(false);
        for (const char* key : {"show_particles", "show_density", "show_contours", "show_score", "show_marginals"})
            session.set(key, false);
        session.transport().pause();
        session.set({{"particles", std::int64_t(3000)},
                     {"forward_steps", std::int64_t(turn)},
                     {"steps", std::int64_t(last - turn)},
                     {"method", std::string("heun")},
                     {"trails", std::int64_t(trails)}});
        session.transport().seek(last);
        rest();
        const lab::HostArray array = session.lab().array(device(), "trails");
        paths.resize(array.shape[1]);
        for (std::size_t row = turn; row < array.shape[0]; ++row)
            for (std::size_t i = 0; i < paths.size(); ++i) {
                const std::size_t at = 2 * (row * paths.size() + i);
                paths[i].push_back(stage.camera().toPx({array.values[at], array.values[at + 1]}));
            }
    }

    double distance(glm::dvec2 px, std::size_t i) const {
        double least = std::numeric_limits<double>::max();
        for (std::size_t k = 0; k + 1 < paths[i].size(); ++k) {
            const glm::dvec2 a = paths[i][k], way = paths[i][k + 1] - a;
            const double length2 = std::max(glm::dot(way, way), 1e-12);
            least = std::min(least, glm::distance(px, a + way * std::clamp(glm::dot(px - a, way) / length2, 0., 1.)));
        }
        return least;
    }
    /// A place on the trail of `i`, half way between two steps, that is as far as possible from the other `trails`.
    glm::dvec2 placeOn(std::size_t i, std::size_t trails) const {
        glm::dvec2 best{0, 0};
        double clear = 0;
        for (std::size_t k = 4; k + 1 < paths[i].size(); ++k) {
            const glm::dvec2 px = (paths[i][k] + paths[i][k + 1]) / 2.;
            double away = std::numeric_limits<double>::max();
            for (std::size_t j = 0; j < trails; ++j)
                if (j != i) away = std::min(away, distance(px, j));
            if (away > clear) clear = away, best = px;
        }
        return clear > 12 ? best : glm::dvec2(-1, -1);
    }
    void click(glm::dvec2 px, bool shift = false) {
        Input event = pointer(Input::Kind::press, px);
        event.shift = shift;
        move(px), stage.input(event), frame();
        event.kind = Input::Kind::release;
        stage.input(event), frame();
    }
    /// Brass pixels, near the trail of `i` and elsewhere.
    std::pair<int, int> brassAlong(const std::vector<std::size_t>& trails) {
        const ui::Picture picture = rest();
        int near = 0, elsewhere = 0;
        for (int y = int(low.y); y < int(high.y); ++y)
            for (int x = int(low.x); x < int(high.x); ++x) {
                if (!brass(pixel(picture, x, y))) continue;
                const bool along = std::ranges::any_of(trails, [&](std::size_t i) {
                    return distance({x + 0.5, y + 0.5}, i) < 3;
                });
                ++(along ? near : elsewhere);
            }
        return {near, elsewhere};
    }

    std::vector<std::vector<glm::dvec2>> paths; ///< pixels, from the turn on
};

} // namespace

class TestTrails : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void aClickChoosesOne() {
        Scene scene;
        const auto [all, none] = scene.brassAlong({0, 1, 2, 3});
        QVERIFY2(all > 300 && none == 0, "without a choice the first four");
        for (const std::size_t i : {1u, 2u}) {
            const glm::dvec2 px = scene.placeOn(i, 4);
            QVERIFY(px.x > 0);
            scene.click(px + glm::dvec2(2, 2));
            QCOMPARE(chosen(scene), std::vector<double>{double(i)});
            const auto [along, elsewhere] = scene.brassAlong({i});
            QVERIFY2(along > 60, qPrintable(QString::number(along)));
            QCOMPARE(elsewhere, 0);
            // The others are still there, faintly, to be clicked on.
            const glm::dvec2 other = scene.placeOn(3, 4);
            const ui::Picture picture = scene.rest();
            const auto lit = [&](const Rgb& c) { return test::distance(c, rgb(scene.stage.theme().ground)) > 8; };
            QVERIFY(count(picture, other - 3., other + 3., lit) > 2);
            QVERIFY(count(picture, other - 3., other + 3., brass) == 0);
        }
        QVERIFY(scene.errors.empty());
    }

    void shiftAddsAndTakesAway() {
        Scene scene;
        scene.click(scene.placeOn(2, 4));
        scene.click(scene.placeOn(0, 4), true);
        QCOMPARE(chosen(scene), (std::vector<double>{0, 2}));
        const auto [along, elsewhere] = scene.brassAlong({0, 2});
        QVERIFY(along > 120 && elsewhere == 0);
        scene.click(scene.placeOn(2, 4), true);
        QCOMPARE(chosen(scene), std::vector<double>{0});
        scene.click({80, 80}, true);
        QCOMPARE(chosen(scene), std::vector<double>{0});
        scene.session.undo();
        QCOMPARE(chosen(scene), (std::vector<double>{0, 2}));
    }

    void emptyGroundClears() {
        Scene scene;
        const ui::Picture before = scene.rest();
        scene.click(scene.placeOn(3, 4));
        QVERIFY(differing(before, scene.rest(), low, high) > 100);
        scene.click({80, 80});
        QVERIFY(chosen(scene).empty());
        QCOMPARE(differing(before, scene.rest(), low, high, 0), 0);
        const std::string label = scene.session.undoLabel();
        scene.session.undo();
        QCOMPARE(chosen(scene), std::vector<double>{3});
        QCOMPARE(label, std::string("Chosen trails"));
    }

    void aDragMovesThePicture() {
        Scene scene;
        const glm::dvec2 px = scene.placeOn(1, 4), place = scene.stage.camera().toData(px);
        scene.drag(px, px + glm::dvec2(40, 30));
        QVERIFY(chosen(scene).empty());
        QVERIFY(glm::distance(scene.stage.camera().toPx(place), px + glm::dvec2(40, 30)) < 1e-6);
        scene.press(px, Input::Button::right), scene.release(px, Input::Button::right);
        QVERIFY(chosen(scene).empty());
    }

    /// Any of the trailed particles, where it is now, while particles are drawn.
    void aClickOnAParticle() {
        Scene scene(0);
        std::size_t lonely = 64;
        for (std::size_t i = 20; i < 64 && lonely == 64; ++i) {
            bool alone = true;
            for (std::size_t j = 0; j < 64; ++j)
                alone = alone && (j == i || glm::distance(scene.paths[i].back(), scene.paths[j].back()) > 10);
            if (alone) lonely = i;
        }
        QVERIFY(lonely < 64);
        const glm::dvec2 px = scene.paths[lonely].back();
        scene.click(px);
        QVERIFY2(chosen(scene).empty(), "what is not drawn cannot be clicked on");
        scene.session.set("show_particles", true);
        scene.rest();
        scene.click(px);
        QCOMPARE(chosen(scene), std::vector<double>{double(lonely)});
        scene.session.set("show_particles", false);
        const auto [along, elsewhere] = scene.brassAlong({lonely});
        QVERIFY(along > 60 && elsewhere == 0);
    }

    void theParameterDoesTheSame() {
        Scene scene;
        scene.click(scene.placeOn(1, 4));
        const ui::Picture clicked = scene.rest();
        const std::string json = lab::writeScenario(scene.session.scenario("chosen"));
        scene.session.set("chosen", lab::Points{1, {}});
        scene.session.apply(lab::parseScenario(json, "chosen"));
        QCOMPARE(chosen(scene), std::vector<double>{1});
        QCOMPARE(differing(clicked, scene.rest(), low, high, 0), 0);
        lab::Settings settings = scene.session.settings();
        settings.setText("chosen", "[63, 5, 5]");
        scene.session.set("chosen", settings.value("chosen"));
        const auto [along, elsewhere] = scene.brassAlong({5, 63});
        QVERIFY(along > 120 && elsewhere == 0);
        QVERIFY_EXCEPTION_THROWN(settings.setText("chosen", "[64]"), Error);
        // Of particles that there are not, there is no trail.
        scene.session.set("particles", std::int64_t(3));
        QCOMPARE(scene.brassAlong({0, 1, 2}).second, 0);
        QVERIFY(scene.errors.empty());
    }
};

ORRERY_TEST_MAIN(TestTrails)
#include "tst_trails.moc"
