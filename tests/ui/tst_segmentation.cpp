// SPDX-License-Identifier: GPL-3.0-or-later
// The picture layer against the pixels it is given, and the segmentation lab under the mouse.
#include "engine/labs/segmentation/lab.h"
#include "tests/segmentation/models.h"
#include "tests/support/canvas.h"
#include "tests/ui/rig.h"

using namespace orrery;
using namespace orrery::test;
using segmentation::SegmentationLab;

class SegmentationViewTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::string m_model;

    struct PictureRig : Rig {
        explicit PictureRig(const std::string& model) : Rig(1280, 720, "segmentation") {
            session.set({{"model", std::string("file")}, {"weights", model}});
            rest();
        }
        SegmentationLab& lab() { return dynamic_cast<SegmentationLab&>(session.lab()); }
        glm::dvec2 place(double x, double y) { return stage.camera().toPx({x + 0.5, -y - 0.5}); }
    };

 private Q_SLOTS:
    void initTestCase() {
        m_model = segmentation::test::saved(segmentation::test::Case("vit"), (m_folder.path() + "/vit.safetensors").toStdString(),
                                            segmentation::test::Form::metaSafetensors);
    }

    void thePictureIsItsPixels() {
        Canvas canvas(64, 48);
        std::vector<std::uint32_t> pixels;
        const auto value = [](std::uint32_t x, std::uint32_t y) { return glm::uvec3(40 * x + 10, 60 * y + 20, 200 - 30 * x); };
        for (std::uint32_t y = 0; y < 3; ++y)
            for (std::uint32_t x = 0; x < 4; ++x)
                pixels.push_back(value(x, y).r | value(x, y).g << 8 | value(x, y).b << 16 | 0xFF000000U);
        const ui::PictureBuffer shown{bufferOf(pixels), 4, 3, {{0, 0}, {64, 48}}};
        const ui::Picture drawn = canvas.draw({}, [&](const ui::Frame& f, ui::Layers& l) { l.picture(f, shown); });
        for (std::uint32_t y = 0; y < 48; ++y)
            for (std::uint32_t x = 0; x < 64; ++x) {
                const glm::vec3 wanted = glm::vec3(value(x / 16, y / 16)) / 255.f;
                QVERIFY(glm::length(orrery::test::pixel(drawn, x, y) - wanted) < 0.01F);
            }
        QVERIFY_THROWS_EXCEPTION(Error, canvas.draw({}, [&](const ui::Frame& f, ui::Layers& l) {
            l.picture(f, {shown.rgba, 40, 30, shown.rect});
        }));
    }

    void aClickCutsOut() {
        PictureRig rig(m_model);
        const ui::Picture before = rig.rest();
        rig.click(rig.place(170, 160));
        const ui::Picture after = rig.rest();
        QVERIFY((rig.session.settings().points("clicks").values == std::vector<double>{170, 160, 1, 1}));
        QCOMPARE(rig.session.lab().position(), 1);
        QVERIFY(rig.lab().answer(1));
        const segmentation::Mask mask = rig.lab().mask(1);
        int inside = 0, outside = 0; // what is covered changes colour, the rest stays
        for (int y = 5; y < 480; y += 25)
            for (int x = 5; x < 640; x += 25) {
                const glm::dvec2 px = rig.place(x, y);
                if (px.x < 320 || px.x > 900 || px.y < 120 || px.y >= 720) continue; // under panel or HUD
                if (glm::distance(px, rig.place(170, 160)) < 16) continue;
                const bool changed = distance(pixel(before, int(px.x), int(px.y)), pixel(after, int(px.x), int(px.y))) > 6;
                if (mask.pixels[std::size_t(y * 640 + x)] != 0)
                    inside += changed;
                else
                    outside += changed;
            }
        QVERIFY(inside > 20);
        QVERIFY(outside <= 3); // at an edge the screen mixes pixels
        rig.session.undo();
        const ui::Picture undone = rig.rest();
        QCOMPARE(differing(before, undone, {320, 120}, {900, 720}, 0), 0); // below the HUD
    }
    void withShiftItDoesNotBelong() {
        PictureRig rig(m_model);
        rig.click(rig.place(300, 200));
        for (const auto kind : {ui::Input::Kind::press, ui::Input::Kind::release}) {
            ui::Input event = Rig::pointer(kind, rig.place(400, 300));
            event.shift = true;
            rig.stage.input(event), rig.frame();
        }
        rig.rest();
        QVERIFY((rig.session.settings().points("clicks").values == std::vector<double>{300, 200, 1, 1, 400, 300, 0, 1}));
        QCOMPARE(rig.session.lab().position(), 2);
        rig.click(rig.place(-30, 200)); // beside the picture
        QCOMPARE(rig.session.settings().points("clicks").rows(), std::size_t(2));
        QVERIFY(rig.errors.empty());
    }
};

ORRERY_TEST_MAIN(SegmentationViewTest)
#include "tst_segmentation.moc"
