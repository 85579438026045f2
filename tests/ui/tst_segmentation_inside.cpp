// SPDX-License-Identifier: GPL-3.0-or-later
// Looking inside the segmentation model in the viewport: a stage's tokens have the colours of their components, a stage is
// chosen by a click, and the token under the pointer is the one that is compared.
#include "engine/labs/segmentation/lab.h"
#include "tests/ui/rig.h"

using namespace orrery;
using namespace orrery::test;

namespace {

struct InsideRig : Rig {
    explicit InsideRig(const std::string& scenario) : Rig(1280, 720, "segmentation") {
        session.apply(lab::loadScenario(scenario, "segmentation"));
        rest();
    }
    const segmentation::SegmentationLab& lab() const { return dynamic_cast<const segmentation::SegmentationLab&>(session.lab()); }
    Area spot(const std::string& name) const {
        Area area;
        if (!control(name, area)) qFatal("no spot %s", name.c_str());
        return area;
    }
};

} // namespace

class TestSegmentationInside : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void tokensHaveTheColoursOfTheirComponents() {
        InsideRig rig("once");
        const ui::Picture shown = rig.rest();
        const segmentation::Components* components = rig.lab().inside().components();
        QVERIFY(components);
        const segmentation::Picture& photograph = rig.lab().desk().picture();
        const InsideRig::Area canvas = rig.spot("canvas");
        // The model's square spans the longer side, here the width.
        const double cell = double(photograph.width) / double(components->grid);
        int compared = 0;
        for (std::int64_t y = 1; y + 1 < components->rows; y += 3)
            for (std::int64_t x = 1; x + 1 < components->columns; x += 3, ++compared) {
                const glm::dvec2 pixelOf((double(x) + 0.5) * cell, (double(y) + 0.5) * cell);
                const glm::dvec2 px = canvas.at(pixelOf.x / double(photograph.width), pixelOf.y / double(photograph.height));
                const auto token = components->colour(y, x);
                const std::uint8_t* under =
                    &photograph.rgb[std::size_t(std::int64_t(pixelOf.y) * photograph.width + std::int64_t(pixelOf.x)) * 3];
                const auto over = [&](int c) { return int(std::lround(0.88 * token[std::size_t(c)] + 0.12 * under[c])); };
                const Rgb seen = pixel(shown, int(px.x), int(px.y));
                // The photograph's edges and grain, seen through at an eighth, differ by a pixel's place; rounding twice.
                QVERIFY2(distance(seen, {over(0), over(1), over(2)}) <= 20,
                         qPrintable(QString("token %1, %2: %3 %4 %5").arg(x).arg(y).arg(seen.r).arg(seen.g).arg(seen.b)));
            }
        QVERIFY(compared > 100);
    }

    void aStageIsClicked() {
        InsideRig rig("once");
        const std::vector<float> before = rig.session.lab().array(device(), "pca").values;
        rig.click(rig.spot("stage 3").at(0.5));
        rig.rest();
        QCOMPARE(rig.session.settings().integer("stage"), std::int64_t(3));
        QVERIFY(rig.session.lab().array(device(), "pca").values != before);
        rig.session.undo();
        rig.rest();
        QVERIFY(rig.session.lab().array(device(), "pca").values == before);
        QVERIFY(rig.errors.empty());
    }

    void thePointerChoosesTheToken() {
        InsideRig rig("likeness");
        const InsideRig::Area canvas = rig.spot("canvas");
        rig.move(canvas.at(0.27, 0.33)); // on the disk
        const ui::Picture one = rig.frames(3);
        const std::int64_t grid = rig.lab().inside().tokens()->grid;
        const auto token = rig.lab().pointedToken(grid);
        QVERIFY(std::abs(double(token[0]) - 0.27 * double(grid)) <= 1);
        QVERIFY(std::abs(double(token[1]) - 0.33 * 0.75 * double(grid)) <= 1); // the picture is three quarters of the square
        rig.move(canvas.at(0.05, 0.9));
        const ui::Picture two = rig.frames(3);
        QVERIFY(rig.lab().pointedToken(grid) != token);
        QVERIFY(differing(one, two, canvas.low, canvas.high) > 2000);
    }

    void aStageWithoutAttentionShowsItsAffinity() {
        InsideRig rig("likeness");
        const InsideRig::Area canvas = rig.spot("canvas");
        const ui::Picture affinity = rig.rest();
        rig.session.set("show", std::string("attention"));
        const ui::Picture attention = rig.rest();
        QVERIFY(rig.session.lab().array(device(), "attention").values.empty());
        QCOMPARE(differing(affinity, attention, canvas.low, canvas.high), 0);
    }

    void receptiveFieldsAreAPage() {
        InsideRig rig("reach");
        const ui::Picture shown = rig.rest();
        const segmentation::Kernels& kernels = rig.lab().kernels();
        for (std::size_t kind = 0; kind < 4; ++kind) {
            const segmentation::ReceptiveField* field = kernels.field(segmentation::wides[kind]);
            QVERIFY(field);
            const InsideRig::Area area = rig.spot(std::array{"field stack", "field dense", "field gcn", "field dilated"}[kind]);
            const double side = double(field->side);
            int lit = 0, seen = 0;
            for (std::int64_t y = 0; y < field->side; ++y)
                for (std::int64_t x = 0; x < field->side; ++x) {
                    // a quarter from the cell's corner: rings and frame run through few of these places
                    const glm::dvec2 px = area.at((double(x) + 0.3) / side, (double(y) + 0.3) / side);
                    const Rgb ink = pixel(shown, int(px.x), int(px.y));
                    const bool energy = field->energy[std::size_t(y * field->side + x)] > 0;
                    seen += energy, lit += energy && ink.r > 25 && ink.r + ink.g / 2 > ink.b;
                    if (!energy && (x == 0 || y == 0))
                        QVERIFY2(ink.r < 40,
                                 qPrintable(
                                     QString("%1: %2, %3 is %4 %5 %6").arg(kind).arg(x).arg(y).arg(ink.r).arg(ink.g).arg(ink.b)));
                }
            QCOMPARE(seen, kind == 3 ? 9 : 225);
            if (kind == 1 || kind == 2) QVERIFY2(lit > 0.8 * seen, qPrintable(QString::number(lit)));
        }
        rig.session.set("kernel", std::int64_t(7));
        const ui::Picture other = rig.rest();
        const InsideRig::Area area = rig.spot("field stack");
        QVERIFY(differing(shown, other, area.low, area.high) > 500);
        QCOMPARE(kernels.field(segmentation::Wide::dense)->side, std::int64_t(11));
        for (const lab::Check& check : rig.session.lab().checks()) QCOMPARE(check.verdict, lab::Check::Verdict::matches);
        rig.session.set("wide_weights", std::string("random"));
        rig.rest();
        for (const lab::Check& check : rig.session.lab().checks()) // 24 draws scatter by some percent
            QVERIFY2(std::abs(check.measured / check.expected - 1) < 0.25, check.label.c_str());
        QVERIFY(rig.errors.empty());
    }

    void logitsAreShownBeforeTheirThreshold() {
        InsideRig rig("band");
        const segmentation::Answer* answer = rig.lab().answer(1);
        QVERIFY(answer);
        const InsideRig::Area canvas = rig.spot("canvas");
        const ui::Picture shown = rig.rest();
        const std::span<const float> logits = answer->of(answer->chosen);
        int sure = 0;
        for (std::int64_t y = 2; y < answer->side * 3 / 4 - 2; ++y) // far below 0 it is blue
            for (std::int64_t x = 2; x < answer->side - 2; ++x) {
                if (logits[std::size_t(y * answer->side + x)] > -7) continue;
                const glm::dvec2 px =
                    canvas.at((double(x) + 0.5) / double(answer->side), (double(y) + 0.5) / double(answer->side) / 0.75);
                const Rgb seen = pixel(shown, int(px.x), int(px.y));
                QVERIFY2(seen.b > seen.r + 30, qPrintable(QString("%1, %2").arg(x).arg(y)));
                ++sure;
            }
        QVERIFY(sure > 100);
    }
};

ORRERY_TEST_MAIN(TestSegmentationInside)
#include "tst_segmentation_inside.moc"
