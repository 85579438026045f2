// SPDX-License-Identifier: GPL-3.0-or-later
// The segmentation lab under the mouse.
#include "engine/lab/inputs.h"
#include "engine/labs/segmentation/lab.h"
#include "engine/labs/segmentation/objects.h"
#include "tests/segmentation/models.h"
#include "tests/ui/rig.h"

#include <QDir>

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

    void aClickCutsOut() {
        PictureRig rig(m_model);
        const ui::Picture before = rig.rest();
        rig.click(rig.place(170, 160));
        const ui::Picture after = rig.rest();
        QVERIFY((rig.session.settings().points("clicks").values == std::vector<double>{170, 160, 1, 1}));
        QCOMPARE(rig.session.lab().position(), 1);
        QVERIFY(rig.lab().answer(1));
        const segmentation::Mask mask = rig.lab().mask(1);
        const auto covered = [&](int x, int y) { return mask.pixels[std::size_t(y * 640 + x)] != 0; };
        int inside = 0, outside = 0; // what is covered changes colour, the rest stays
        for (int y = 5; y < 480; y += 25)
            for (int x = 5; x < 640; x += 25) {
                const glm::dvec2 px = rig.place(x, y);
                if (px.x < 320 || px.x > 900 || px.y < 120 || px.y >= 720) continue; // under panel or HUD
                if (glm::distance(px, rig.place(170, 160)) < 16) continue;
                bool edge = false; // there a line is drawn
                for (int dy = -3; dy <= 3; ++dy)
                    for (int dx = -3; dx <= 3; ++dx) edge = edge || covered(x + dx, y + dy) != covered(x, y);
                if (edge) continue;
                const bool changed = distance(pixel(before, int(px.x), int(px.y)), pixel(after, int(px.x), int(px.y))) > 6;
                if (covered(x, y))
                    inside += changed;
                else
                    outside += changed;
            }
        QVERIFY(inside > 20);
        QCOMPARE(outside, 0);
        rig.session.undo();
        rig.stage.input(Rig::pointer(ui::Input::Kind::move, rig.place(320, 520))); // over the picture it would try out its place
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
        rig.click(rig.place(320, 520)); // below the picture
        QCOMPARE(rig.session.settings().points("clicks").rows(), std::size_t(2));
        QVERIFY(rig.errors.empty());
    }

    void pagesOfAFolderAreTurned() {
        const std::string folder = (m_folder.path() + "/pages").toStdString();
        QDir().mkpath(QString::fromStdString(folder));
        for (int i = 1; i <= 2; ++i) {
            const segmentation::Picture p = segmentation::test::picture(300, 200 + 10 * i);
            segmentation::saveCutout(folder + '/' + std::to_string(i) + ".png", p,
                                     segmentation::Mask{p.width, p.height, std::vector<std::uint8_t>(p.rgb.size() / 3, 1)});
        }
        PictureRig rig(m_model);
        rig.session.set(lab::inputValues(rig.session.declaration(), folder));
        rig.rest();
        rig.click(rig.place(150, 100));
        rig.rest();
        const segmentation::Mask first = rig.lab().mask(1);
        const auto press = [&](const char* name) {
            Rig::Area area;
            QVERIFY2(rig.control(name, area), name);
            rig.click(area.at(0.5));
            rig.rest();
        };
        press("previous picture"); // there is none
        QCOMPARE(rig.lab().albumPlace(), std::size_t(0));
        press("next picture");
        QCOMPARE(rig.lab().albumPlace(), std::size_t(1));
        QCOMPARE(rig.lab().desk().picture().height, 220);
        QVERIFY(rig.lab().objects().empty()); // its own
        rig.click(rig.place(100, 120));
        rig.rest();
        const segmentation::Mask second = rig.lab().mask(1);
        rig.key(ui::Input::Key::pageUp);
        rig.rest();
        QCOMPARE(rig.lab().albumPlace(), std::size_t(0));
        QCOMPARE(rig.lab().mask(1), first); // as it was left
        rig.key(ui::Input::Key::pageDown);
        rig.rest();
        QCOMPARE(rig.lab().mask(1), second);
        rig.session.undo(); // of the turn
        rig.rest();
        QCOMPARE(rig.lab().mask(1), first);
        QVERIFY(rig.errors.empty());
    }
    void aSketchIsPaintedForTheModel() {
        PictureRig rig(m_model);
        rig.session.set({{"tool", std::string("sketch")}, {"brush", 20.0}});
        rig.rest();
        rig.drag(rig.place(150, 160), rig.place(200, 160));
        rig.rest();
        const lab::Points sketch = rig.session.settings().points("sketch");
        QVERIFY(sketch.rows() >= 2);
        QVERIFY(rig.session.settings().points("strokes").values.empty());
        QVERIFY(rig.lab().answer(1)); // the model was asked with it
        rig.session.set("zoom", true);
        rig.rest();
        QVERIFY(rig.errors.empty());
    }
};

ORRERY_TEST_MAIN(SegmentationViewTest)
#include "tst_segmentation.moc"
