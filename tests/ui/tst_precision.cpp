// SPDX-License-Identifier: GPL-3.0-or-later
// The precision lab in the viewport: bits under the pointer, number lines, sums, bars that a hand moves.
#include "engine/labs/precision/lab.h"
#include "tests/ui/rig.h"

using namespace orrery;
using namespace orrery::test;

namespace {

struct PrecisionRig : Rig {
    explicit PrecisionRig(const std::string& scenario) : Rig(1280, 720, "precision") {
        session.apply(lab::loadScenario(scenario, "precision"));
        session.transport().pause();
        session.transport().seek(session.lab().steps());
        rest();
    }
    const precision::PrecisionLab& lab() const { return dynamic_cast<const precision::PrecisionLab&>(session.lab()); }
    Area spot(const std::string& name) const {
        Area area;
        if (!control(name, area)) qFatal("no spot %s", name.c_str());
        return area;
    }
    glm::dvec2 bit(int index) const { return spot("bit " + std::to_string(index)).at(0.5); }
    std::string value() const { return session.settings().text("value"); }
};

} // namespace

class TestPrecision : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void aClickFlipsABit() {
        PrecisionRig rig("bits");
        QCOMPARE(rig.lab().bits().number().code, std::uint64_t(0x2E66));
        const PrecisionRig::Area cell = rig.spot("bit 10");
        const ui::Picture before = rig.rest();
        rig.click(cell.at(0.5));
        QCOMPARE(rig.lab().bits().number().code, std::uint64_t(0x2A66)); // the exponent's lowest bit: half the number
        QCOMPARE(rig.value(), std::string("0.04998779296875"));
        rig.move({640, 700});
        const ui::Picture after = rig.rest();
        // The cell was sky blue and has the ground of a zero now; its neighbour stays.
        const glm::dvec2 corner = cell.at(0.25, 0.2);
        const Rgb one = pixel(before, int(corner.x), int(corner.y)), zero = pixel(after, int(corner.x), int(corner.y));
        QVERIFY2(one.b > one.r + 60, "a one of the exponent is blue");
        QVERIFY(distance(zero, rgb(rig.stage.theme().raised)) <= 2);
        const PrecisionRig::Area beside = rig.spot("bit 11");
        QCOMPARE(differing(before, after, beside.low, beside.high, 2), 0);
        rig.session.undo();
        QCOMPARE(rig.value(), std::string("0.1"));
        QVERIFY(rig.errors.empty());
    }

    void aDragPaintsBits() {
        PrecisionRig rig("bits");
        rig.session.set("value", std::string("1"));
        rig.rest();
        rig.drag(rig.bit(9), rig.bit(4), 12);
        QCOMPARE(rig.lab().bits().number().code, std::uint64_t(0x3C00 | 0x3F0));
        rig.session.undo();
        QVERIFY2(rig.value() == "1", "one stroke, one entry of the history");
        // A stroke that begins with a one clears: also those that it has just set.
        rig.session.redo();
        rig.rest();
        rig.drag(rig.bit(6), rig.bit(0), 12);
        QCOMPARE(rig.lab().bits().number().code, std::uint64_t(0x3C00 | 0x380));
        const glm::dvec2 place = rig.stage.camera().toData({640, 600});
        QVERIFY2(rig.stage.camera().toData({640, 600}) == place, "the camera stands still");
    }

    void everyBitOfEveryFormat() {
        PrecisionRig rig("bits");
        for (const char* format : {"fp64", "fp32", "fp16", "bf16", "e4m3", "e5m2"}) {
            rig.session.set({{"format", std::string(format)}, {"value", std::string("1.5")}});
            rig.rest();
            const int bits = rig.lab().bits().format().bits();
            for (int bit = 0; bit<bits; bit += bits> 16 ? 7 : 1) {
                const std::uint64_t before = rig.lab().bits().number().code;
                rig.click(rig.bit(bit));
                QCOMPARE(rig.lab().bits().number().code, before ^ std::uint64_t{1} << bit);
            }
        }
        QVERIFY(rig.errors.empty());
    }

    void nanAndInfinityAreShown() {
        PrecisionRig rig("bits");
        for (const char* value : {"inf", "-nan", "0", "-0", "fp16:0x7C01", "2^-1074", "1e308"})
            for (const char* line : {"log", "linear"})
                for (const char* format : {"fp64", "fp16", "e4m3"}) {
                    rig.session.set(
                        {{"value", std::string(value)}, {"line", std::string(line)}, {"format", std::string(format)}});
                    rig.frames(2);
                }
        QVERIFY(rig.errors.empty());
    }

    void aClickOnALineTakesItsNumber() {
        PrecisionRig rig("spacing");
        QCOMPARE(rig.value(), std::string("2048"));
        // Three spacings of FP16 to the right of 2048: 2054.
        const PrecisionRig::Area lane = rig.spot("lane fp16");
        const double x = rig.stage.camera().toPx({3.2, 0}).x;
        rig.click({x, lane.at(0, 0.6).y});
        QCOMPARE(rig.value(), std::string("2054"));
        rig.click(rig.spot("name bf16").at(0.5));
        QCOMPARE(rig.session.settings().text("format"), std::string("bf16"));
        QCOMPARE(rig.value(), std::string("2054"));
        QCOMPARE(rig.lab().bits().number().value, 2048.);
    }

    void theWheelZoomsTheLines() {
        PrecisionRig rig("bits");
        const PrecisionRig::Area lane = rig.spot("lane e4m3");
        const ui::Picture before = rig.rest();
        ui::Input wheel = Rig::pointer(ui::Input::Kind::wheel, lane.at(0.5));
        wheel.wheel = 6;
        rig.stage.input(wheel);
        const ui::Picture after = rig.rest();
        QVERIFY(differing(before, after, lane.low, lane.high) > 200);
        QVERIFY2(differing(before, after, {310, 100}, {1270, 160}) == 0, "the bits stay");
        // Another page has nothing of that place: it is fitted.
        rig.session.set("show", std::string("sums"));
        rig.rest();
        const PrecisionRig::Area plot = rig.spot("curves");
        const glm::dvec2 corner = rig.stage.camera().toPx({0, 0});
        QVERIFY2(glm::distance(corner, glm::dvec2(plot.low.x, plot.high.y)) < 1.5,
                 qPrintable(QString("%1 %2 beside %3 %4").arg(corner.x).arg(corner.y).arg(plot.low.x).arg(plot.high.y)));
    }

    void sumsGrowToTheirWall() {
        PrecisionRig rig("sticking");
        rig.session.set({{"format", std::string("fp16")}, {"count", std::int64_t(4096)}});
        rig.session.transport().seek(4096);
        const ui::Picture all = rig.rest();
        QCOMPARE(rig.lab().sums().position(), 4096);
        const PrecisionRig::Area plot = rig.spot("curves");
        // The heavy vermillion line of FP16 lies half way up at the right, where float64 is at the top.
        const auto vermillion = [](const Rgb& c) { return c.r > 170 && c.g > 60 && c.g < 130 && c.b < 60; };
        const double top = 0.06 / 1.12, middle = plot.low.y + (1 - (top + 0.5 / 1.12)) * (plot.high.y - plot.low.y);
        const double right = plot.low.x + 0.8 * (plot.high.x - plot.low.x);
        QVERIFY(count(all, {right, middle - 3}, {plot.high.x - 10, middle + 4}, vermillion) > 100);
        rig.session.transport().seek(2999); // many points to a curve: none too many for a draw list
        rig.rest();
        rig.session.transport().seek(1000);
        const ui::Picture early = rig.rest();
        QCOMPARE(count(early, {right, plot.low.y}, {plot.high.x - 10, plot.high.y}, vermillion), 0);
        rig.session.transport().seek(4096);
        QCOMPARE(differing(all, rig.rest(), plot.low, plot.high, 0), 0);
    }

    void aHandMovesTheBars() {
        PrecisionRig rig("gradients");
        const PrecisionRig::Area bars = rig.spot("bars");
        const double perOctave = 1 / rig.stage.camera().unitsPerPx();
        const ui::Picture before = rig.rest();
        rig.drag(bars.at(0.3), bars.at(0.3) + glm::dvec2(15 * perOctave, 0), 8);
        QCOMPARE(rig.session.settings().integer("log2_scale"), std::int64_t(15));
        rig.move({640, 10});
        const ui::Picture after = rig.rest();
        QVERIFY(differing(before, after, bars.low, bars.high) > 20000);
        const auto lost = [](const Rgb& c) { return c.r > 160 && c.g < 120 && c.b < 60; };
        const int red = count(before, bars.low, bars.high, lost);
        QVERIFY2(red > 20000 && count(after, bars.low, bars.high, lost) < red / 3, "what was lost is held");
        rig.session.undo();
        QCOMPARE(rig.session.settings().integer("log2_scale"), std::int64_t(0));
        QCOMPARE(differing(before, rig.rest(), bars.low, bars.high, 0), 0);
    }

    void bothThemesAndOddSizes() {
        for (const char* scenario : {"bits", "sticking", "gradients"}) {
            PrecisionRig rig(scenario);
            rig.stage.setTheme(true);
            const ui::Picture light = rig.rest();
            QVERIFY(distance(pixel(light, 1275, 715), rgb(ui::lightTheme().ground)) <= 1);
            Rig small(64, 48, "precision"), tall(200, 1200, "precision");
            for (Rig* each : {&small, &tall}) {
                each->session.apply(lab::loadScenario(scenario, "precision"));
                each->frames(3);
            }
            QVERIFY(rig.errors.empty() && small.errors.empty() && tall.errors.empty());
        }
    }

    void hoveringTells() {
        for (const auto& [scenario, spot] : {std::pair{"bits", "bit 14"},
                                             {"bits", "lane fp32"},
                                             {"bits", "name bf16"},
                                             {"dot", "curves"},
                                             {"gradients", "bars"}}) {
            PrecisionRig rig(scenario);
            const glm::dvec2 at = rig.spot(spot).at(0.5, 0.5);
            rig.move(at);
            const ui::Picture without = rig.frame();
            rig.frames(4, 0.1);
            const ui::Picture with = rig.frame();
            const auto card = [&](const Rgb& c) { return distance(c, rgb(rig.stage.theme().card)) <= 4; };
            const glm::dvec2 low = at - glm::dvec2(330, 160), high = at + glm::dvec2(330, 160);
            QVERIFY2(count(with, low, high, card) > count(without, low, high, card) + 4000, spot);
        }
    }
};

ORRERY_TEST_MAIN(TestPrecision)
#include "tst_precision.moc"
