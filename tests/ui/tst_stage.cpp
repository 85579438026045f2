// SPDX-License-Identifier: GPL-3.0-or-later
// The viewport as a whole: layers on and off, brush and handles, camera, themes, languages, empty states, odd sizes.
#include "tests/ui/rig.h"

using namespace orrery;
using namespace orrery::test;
using ui::Input;

namespace {

constexpr glm::dvec2 dataLow{320, 130}, dataHigh{1080, 560};

void small(lab::Session& session, int step) {
    session.transport().pause();
    session.set("particles", std::int64_t(3000));
    session.set("forward_steps", std::int64_t(20));
    session.set("steps", std::int64_t(20));
    session.transport().seek(step);
}

void allOff(lab::Session& session) {
    for (const char* key : {"show_particles", "show_density", "show_contours", "show_score", "show_marginals"})
        session.set(key, false);
    session.set("trails", std::int64_t(0));
}

bool isGround(const Rgb& c, const ui::Theme& theme) { return distance(c, rgb(theme.ground)) <= 1; }

} // namespace

class TestStage : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void withEverythingOffTheGroundIsTheThemes() {
        Rig rig;
        allOff(rig.session);
        small(rig.session, 6);
        for (const bool light : {false, true}) {
            rig.stage.setTheme(light);
            const ui::Picture picture = rig.rest();
            const int area = int((dataHigh.x - dataLow.x) * (dataHigh.y - dataLow.y));
            QCOMPARE(count(picture, dataLow, dataHigh, [&](const Rgb& c) { return isGround(c, rig.stage.theme()); }), area);
            QCOMPARE(distance(pixel(picture, 700, 300), light ? Rgb{0xFB, 0xFA, 0xF7} : Rgb{0x0A, 0x0F, 0x1D}), 0);
        }
    }

    void eachLayerShowsItself() {
        Rig rig;
        allOff(rig.session);
        small(rig.session, 6);
        const ui::Picture nothing = rig.rest();
        for (const char* key : {"show_particles", "show_density", "show_contours", "show_score"}) {
            rig.session.set(key, true);
            rig.session.transport().seek(6);
            const int changed = differing(nothing, rig.rest(), dataLow, dataHigh);
            QVERIFY2(changed > 1500, (std::string(key) + " " + std::to_string(changed)).c_str());
            rig.session.set(key, false);
            QCOMPARE(differing(nothing, rig.rest(), dataLow, dataHigh, 0), 0);
        }
        rig.session.set("trails", std::int64_t(12));
        const auto brass = [&](const Rgb& c) { return c.r > 60 && c.r > c.b + 30 && c.g > c.b; };
        QVERIFY(count(nothing, dataLow, dataHigh, brass) == 0);
        QVERIFY(count(rig.rest(), dataLow, dataHigh, brass) > 300);
        rig.session.set("trails", std::int64_t(0));
        rig.session.set("show_marginals", true);
        const ui::Picture marginals = rig.rest();
        QVERIFY2(differing(nothing, marginals, {400, 640}, {1000, 698}) > 1500, "the x marginal stands on the x axis");
        QVERIFY2(differing(nothing, marginals, {1180, 200}, {1236, 500}) > 1000, "the y marginal stands on the y axis");
    }

    void densityIsBrightWhereTheMixtureIs() {
        Rig rig;
        allOff(rig.session);
        small(rig.session, 0);
        rig.session.set({{"data", std::string("mixture")},
                         {"components", lab::Points{4, {-1, 0, 0.2, 1, 1, 0.5, 0.2, 1}}},
                         {"show_density", true}});
        const ui::Picture picture = rig.rest();
        const auto brightness = [&](glm::dvec2 data) {
            const glm::dvec2 px = rig.stage.camera().toPx(data);
            const Rgb c = pixel(picture, int(px.x), int(px.y));
            return c.r + c.g + c.b;
        };
        // Handles cover the very centres: half a standard deviation beside them.
        for (const glm::dvec2 centre : {glm::dvec2(-1, 0), glm::dvec2(1, 0.5)})
            QVERIFY(brightness(centre + glm::dvec2(0.1, 0.1)) > 350);
        QVERIFY(brightness({0, 0.25}) < 120);
        QVERIFY2(brightness({-1, 0.8}) < 120, "up is up");
    }

    void brushAddsPointsWhereDrawn() {
        Rig rig;
        rig.session.set("data", std::string("drawn"));
        small(rig.session, 0);
        const ui::Picture empty = rig.rest();
        const glm::dvec2 from{500, 300}, to{800, 420};
        rig.drag(from, to, 12);
        const lab::Points points = rig.session.settings().points("drawn");
        QVERIFY(points.rows() > 100);
        const double reach = 5 * 6 * rig.stage.camera().unitsPerPx();
        const glm::dvec2 a = rig.stage.camera().toData(from), b = rig.stage.camera().toData(to);
        for (std::size_t i = 0; i < points.rows(); ++i) {
            const glm::dvec2 p(points.values[2 * i], points.values[2 * i + 1]);
            const double along = std::clamp(glm::dot(p - a, b - a) / glm::dot(b - a, b - a), 0., 1.);
            QVERIFY(glm::distance(p, glm::mix(a, b, along)) < reach);
        }
        // The particles stand on the points, and the hint is gone.
        const ui::Picture drawn = rig.rest();
        QVERIFY(differing(empty, drawn, {480, 280}, {820, 440}, 20) > 1500);
        QVERIFY2(rig.stage.camera().toData(from) == a, "the camera stands still under the brush");

        Input erase = Rig::pointer(Input::Kind::press, from);
        erase.shift = true;
        rig.stage.input(erase);
        rig.frame();
        rig.release(from);
        const std::size_t left = rig.session.settings().points("drawn").rows();
        QVERIFY(left < points.rows() && left > points.rows() / 2);
        rig.session.undo();
        QVERIFY(rig.session.settings().points("drawn") == points);
        rig.session.undo();
        QVERIFY2(rig.session.settings().points("drawn").rows() == 0, "one stroke, one entry");
        QVERIFY(rig.errors.empty());
    }

    void emptyStatesTeach() {
        Rig rig;
        small(rig.session, 0);
        rig.stage.setPanelShown(false);
        rig.session.set("data", std::string("drawn"));
        const glm::dvec2 low{350, 280}, high{900, 440};
        const auto ink = [&](const Rgb& c) { return distance(c, rgb(ui::darkTheme().text)) < 40; };
        QVERIFY2(count(rig.rest(), low, high, ink) > 300, "words in the middle");
        rig.session.set("data", std::string("rings"));
        allOff(rig.session);
        QCOMPARE(count(rig.rest(), low, high, ink), 0);
    }

    void handlesMoveAGaussian() {
        Rig rig;
        rig.session.set("data", std::string("mixture"));
        small(rig.session, 4);
        rig.rest();
        const lab::Points before = rig.session.settings().points("components");
        const glm::dvec2 centre = rig.stage.camera().toPx({before.values[0], before.values[1]});
        const glm::dvec2 to = centre + glm::dvec2(60, 30);
        const glm::dvec2 wanted = rig.stage.camera().toData(to);
        rig.drag(centre, to, 8);
        const lab::Points after = rig.session.settings().points("components");
        QVERIFY(std::abs(after.values[0] - wanted.x) < 0.02 && std::abs(after.values[1] - wanted.y) < 0.02);
        QCOMPARE(std::vector<double>(after.values.begin() + 2, after.values.end()),
                 std::vector<double>(before.values.begin() + 2, before.values.end()));
        rig.session.undo();
        QVERIFY2(rig.session.settings().points("components") == before, "one drag, one entry");
    }

    void cameraPansZoomsFits() {
        Rig rig;
        small(rig.session, 0);
        rig.rest();
        const glm::dvec2 place = rig.stage.camera().toData({700, 300});
        rig.drag({700, 300}, {760, 350}, 4);
        QVERIFY(glm::distance(rig.stage.camera().toData({760, 350}), place) < 1e-9);
        const glm::dvec2 under = rig.stage.camera().toData({500, 200});
        Input wheel = Rig::pointer(Input::Kind::wheel, {500, 200});
        wheel.wheel = 2;
        rig.stage.input(wheel);
        rig.frame();
        QVERIFY(glm::distance(rig.stage.camera().toData({500, 200}), under) < 1e-9);
        const double height = rig.stage.camera().height();
        rig.key(Input::Key::home);
        QVERIFY(rig.stage.camera().height() > height);
        QVERIFY2(std::abs(rig.stage.camera().toPx({0, 0}).x - (292 + (1280 - 96)) / 2.) < 20,
                 "fitted into what the panel leaves free");

        // Over the panel the wheel scrolls and the picture stays.
        const double fitted = rig.stage.camera().height();
        rig.stage.input(Rig::pointer(Input::Kind::move, {100, 200}));
        rig.frame();
        wheel.px = {100, 200};
        rig.stage.input(wheel);
        rig.frame();
        QCOMPARE(rig.stage.camera().height(), fitted);
    }

    void theViewFollowsGrowingNoise() {
        Rig rig;
        rig.session.set("sde", std::string("ve"));
        small(rig.session, 0);
        rig.rest();
        const double near = rig.stage.camera().height();
        const lab::CameraState state = rig.stage.cameraState();
        rig.session.transport().seek(20);
        rig.rest();
        // sigma_max = 10 beside a spread of 1: sqrt(1 + 100), within what the data's own spread differs from 1.
        QVERIFY2(std::abs(rig.stage.camera().height() / near - std::sqrt(101.)) < 0.6,
                 std::to_string(rig.stage.camera().height() / near).c_str());
        QVERIFY2(std::abs(rig.stage.cameraState().height - state.height) < 1e-9 * state.height,
                 "a scenario keeps the height without it");
    }

    void losingTheFocusLetsGo() {
        Rig rig;
        small(rig.session, 0);
        rig.rest();
        Rig::Area area;
        QVERIFY(rig.control("beta_max", area));
        rig.move(area.at(0.4)), rig.press(area.at(0.4)), rig.move(area.at(0.2));
        Input lost;
        lost.kind = Input::Kind::focusLost;
        rig.stage.input(lost);
        rig.frames(2);
        const double value = rig.session.settings().number("beta_max");
        rig.move(area.at(0.9));
        QCOMPARE(rig.session.settings().number("beta_max"), value);
        const glm::dvec2 corner = rig.stage.camera().toData({0, 0});
        rig.move({700, 300}), rig.press({700, 300});
        rig.stage.input(lost);
        rig.move({800, 300});
        QVERIFY(rig.stage.camera().toData({0, 0}) == corner);
    }

    void oddSizesAndScales() {
        {
            Rig rig(1, 1);
            rig.frames(3);
        }
        {
            Rig rig(64, 2000);
            rig.frames(3);
        }
        Rig rig(1920, 1080);
        rig.scale = 1.5f;
        small(rig.session, 5);
        rig.rest();
        Rig::Area area;
        QVERIFY(rig.control("beta_max", area));
        QVERIFY2(area.high.y - area.low.y > 34, "24 logical pixels");
        gpu::Recorder recorder = device().record("frame");
        rig.stage.frame(recorder, {}, 1, 0.016); // a window without an area draws nothing
        device().wait(device().submit(std::move(recorder)));
        QVERIFY(rig.errors.empty());
    }

    void thePictureIsTheWindows() {
        Rig rig;
        small(rig.session, 9);
        const ui::Picture window = rig.rest();
        const ui::Picture picture = ui::renderPicture(device(), rig.session, 1280, 720);
        QCOMPARE(picture.width, 1280u);
        // All but the HUD, whose milliseconds are of the moment.
        QCOMPARE(differing(window, picture, dataLow, dataHigh, 0), 0);
        QCOMPARE(differing(window, picture, {0, 200}, {1280, 720}, 0), 0);
        QVERIFY_EXCEPTION_THROWN(ui::renderPicture(device(), rig.session, 0, 100), Error);
        QVERIFY_EXCEPTION_THROWN(ui::renderPicture(device(), rig.session, 1u << 20, 100), Error);
    }

    void wordsInAnotherLanguage() {
        Rig rig;
        small(rig.session, 0);
        const ui::Picture english = rig.rest();
        rig.stage.setTranslate(
            [](const std::string& text) { return text == "Particles" ? std::string("\xE7\xB2\x92\xE5\xAD\x90") : text; });
        const ui::Picture chinese = rig.rest();
        Rig::Area area;
        QVERIFY(rig.control("particles", area));
        QVERIFY(differing(english, chinese, {area.low.x - 100, area.low.y}, {area.low.x, area.high.y}, 40) > 20);
        QVERIFY(rig.errors.empty());
    }

    /// A frame that fails anywhere costs that frame: what the lab had recorded in it is not lost with it.
    void framesMayFail() {
        const lab::Scenario scenario = lab::loadScenario("ring-of-rings", "diffusion");
        lab::Session undisturbed(device(), "diffusion");
        undisturbed.apply(scenario);
        undisturbed.runTo(60);
        Rig rig;
        rig.session.apply(scenario);
        int failed = 0;
        for (int frame = 0; rig.session.lab().position() < 60 && frame < 600; ++frame) {
            rig.session.transport().seek(std::min(60, rig.session.lab().position() + 2));
            device().pretendFull(frame % 9);
            try {
                rig.frame();
            } catch (const gpu::OutOfMemory&) {
                ++failed;
            }
            device().pretendFull(-1);
        }
        QVERIFY2(failed > 5, qPrintable(QString::number(failed)));
        rig.session.runTo(60);
        QVERIFY(rig.session.lab().array(device(), "particles").values == undisturbed.lab().array(device(), "particles").values);
    }
};

ORRERY_TEST_MAIN(TestStage)
#include "tst_stage.moc"
