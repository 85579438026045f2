// SPDX-License-Identifier: GPL-3.0-or-later
// Segmentation in the real window: a picture is dropped, clicked, corrected, undone; a second object; a box by dragging; COCO out
// and in again; and the scenario brings all of it back, bit for bit.
#include "engine/labs/segmentation/lab.h"
#include "engine/labs/segmentation/objects.h"
#include "tests/support/window_test.h"

#include <nlohmann/json.hpp>

#include <QDir>
#include <QFile>
#include <QPainter>

using namespace orrery;
using namespace orrery::test;

namespace {

struct Lab {
    explicit Lab(Window& window) : window(window) { window.openLab("segmentation"); }
    segmentation::SegmentationLab& operator*() { return dynamic_cast<segmentation::SegmentationLab&>(window.session().lab()); }
    segmentation::SegmentationLab* operator->() { return &**this; }
    /// Encoded, and all clicks are answered.
    bool answered() {
        return QTest::qWaitFor([this] { return (*this)->desk().embedded() != nullptr; }, patience) && window.rest();
    }
    std::size_t clicks() { return window.settings().points("clicks").rows(); }
    double click(std::size_t row, std::size_t column) { return window.settings().points("clicks").values[4 * row + column]; }
    Window& window;
};

/// 160 x 96, white, with a red disk at (48, 48) and a blue square around (120, 48).
QString drawn(const QTemporaryDir& folder) {
    QImage image(160, 96, QImage::Format_RGB32);
    image.fill(QColor(236, 234, 228));
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(190, 40, 40));
    painter.drawEllipse(QPointF(48, 48), 26, 26);
    painter.setBrush(QColor(40, 70, 170));
    painter.drawRect(98, 26, 44, 44);
    painter.end();
    const QString path = folder.filePath("two.png");
    return image.save(path) ? path : QString();
}

} // namespace

class TestWindowSegmentation : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    /// The picture dropped, no click on it yet.
    void open(Window& window, Lab& lab) {
        QVERIFY(window.drop(drawn(m_folder)));
        QCOMPARE(window.notice(), QString());
        QCOMPARE(lab.clicks(), std::size_t(0)); // those of the picture before are gone
        window.session().set("names", std::string("disk, square"));
        QVERIFY(lab.answered());
        QCOMPARE(lab->desk().picture().width, 160);
    }

 private Q_SLOTS:
    void fromThePictureToTheFileAndBack() {
        Window window({}, false);
        QVERIFY(window.drawn());
        Lab lab(window);
        QVERIFY(window.drawn());
        open(window, lab);
        const QImage empty = window.picture();

        window.click(window.control("canvas", 0.3, 0.5));
        QCOMPARE(lab.clicks(), std::size_t(1));
        QVERIFY(std::abs(lab.click(0, 0) - 48) <= 1 && std::abs(lab.click(0, 1) - 48) <= 1 && lab.click(0, 2) == 1);
        QVERIFY(lab.answered() && lab->answer(1));
        QVERIFY(difference(empty, window.picture(), 20) > 0.001);
        const segmentation::Mask first = lab->mask(1);

        QTest::mouseMove(&window.view(), window.control("canvas", 0.1, 0.9));
        window.frames(2);
        QTest::mouseClick(&window.view(), Qt::LeftButton, Qt::ShiftModifier, window.control("canvas", 0.1, 0.9));
        window.frames(2);
        QCOMPARE(lab.clicks(), std::size_t(2));
        QCOMPARE(lab.click(1, 2), 0.0); // does not belong
        QVERIFY(lab.answered());
        QCOMPARE(lab->position(), 2);
        window.transport().seek(1); // a click of the clock back: exactly what was there
        QVERIFY(window.rest());
        QCOMPARE(lab->mask(1), first);
        window.transport().seek(2);
        QVERIFY(window.rest());
        window.trigger("edit.undo");
        QCOMPARE(lab.clicks(), std::size_t(1));
        QVERIFY(lab.answered());
        QCOMPARE(lab->position(), 1);
        QCOMPARE(lab->mask(1), first);

        window.click(window.control("new object"));
        QCOMPARE(window.settings().integer("object"), std::int64_t(2));
        window.drag(window.control("canvas", 94.0 / 160, 22.0 / 96), window.control("canvas", 146.0 / 160, 74.0 / 96));
        const lab::Points boxes = window.settings().points("boxes");
        QCOMPARE(boxes.rows(), std::size_t(1));
        const double wanted[] = {94, 22, 146, 74, 2};
        for (std::size_t i = 0; i < 5; ++i)
            QVERIFY2(std::abs(boxes.values[i] - wanted[i]) <= 1.5, qPrintable(QString::number(i)));
        QVERIFY(lab.answered() && lab->answer(2));
        QCOMPARE(lab->objects(), (std::vector<int>{1, 2}));

        const std::string coco = m_folder.filePath("objects.json").toStdString();
        window.session().lab().save("objects", coco);
        const auto read = segmentation::loadCoco(coco);
        QCOMPARE(read.size(), std::size_t(1));
        QCOMPARE(read[0].objects.size(), std::size_t(2));
        QCOMPARE(read[0].objects[0].label, std::string("disk"));
        for (int object : {1, 2}) QCOMPARE(decoded(read[0].objects[std::size_t(object - 1)].mask), lab->mask(object));

        const lab::Scenario kept = window.session().scenario("kept");
        const segmentation::Mask square = lab->mask(2);
        window->bench().openLab("diffusion");
        window.transport().pause();
        window->bench().openScenario(kept);
        QVERIFY(lab.answered());
        QCOMPARE(lab->mask(1), first);
        QCOMPARE(lab->mask(2), square);
    }

    void aFileOfObjectsIsDroppedAndAFolderToo() {
        Window window({}, false);
        QVERIFY(window.drawn());
        Lab lab(window);
        QVERIFY(window.drawn());
        open(window, lab);
        window.session().set("names", std::string());
        segmentation::Mask bar{160, 96, std::vector<std::uint8_t>(160 * 96)};
        for (std::size_t x = 20; x < 90; ++x) bar.pixels[50 * 160 + x] = bar.pixels[51 * 160 + x] = 1;
        const QString coco = m_folder.filePath("bar.json");
        segmentation::saveJson(coco.toStdString(), segmentation::cocoOf({{"two.png", 160, 96, {{"bar", encoded(bar), 0, 0}}}}));
        const QImage before = window.picture();
        QVERIFY(window.drop(coco)); // no scenario: the lab that is open takes it
        QCOMPARE(window.notice(), QString());
        QVERIFY(window.rest());
        QCOMPARE(lab->objects(), std::vector<int>{1});
        QCOMPARE(lab->nameOf(1), std::string("bar"));
        QCOMPARE(lab->mask(1), bar);
        QVERIFY(difference(before, window.picture(), 20) > 0.0005);
        window.click(window.control("delete 1"));
        QVERIFY(window.rest());
        QVERIFY(lab->objects().empty());
        window.trigger("edit.undo");
        QCOMPARE(lab->mask(1), bar);
        for (const char* form : {"objects", "polygons", "labelme", "labels", "mask", "cutout"})
            window.session().lab().save(form, m_folder.filePath(QString("saved-") + form).toStdString());

        QDir().mkpath(m_folder.filePath("folder"));
        for (const char* name : {"1.png", "2.png"})
            QVERIFY(QFile::copy(m_folder.filePath("two.png"), m_folder.filePath(QString("folder/") + name)));
        QVERIFY(window.drop(m_folder.filePath("folder")));
        QCOMPARE(window.notice(), QString());
        QVERIFY(lab.answered());
        QCOMPARE(lab->album().size(), std::size_t(2));
        QVERIFY(lab->objects().empty());
        window.click(window.control("next picture"));
        QVERIFY(lab.answered());
        QCOMPARE(lab->albumPlace(), std::size_t(1));
    }

    void clicksAreMovedAndDeleted() {
        Window window({}, false);
        QVERIFY(window.drawn());
        Lab lab(window);
        QVERIFY(window.drawn());
        open(window, lab);
        window.click(window.control("canvas", 0.3, 0.5));
        window.drag(window.control("canvas", 0.3, 0.5), window.control("canvas", 0.4, 0.5), 8);
        QCOMPARE(lab.clicks(), std::size_t(1));
        QVERIFY2(std::abs(lab.click(0, 0) - 64) <= 1.5, qPrintable(QString::number(lab.click(0, 0))));
        window.trigger("edit.undo"); // the whole drag is one entry
        QVERIFY(std::abs(lab.click(0, 0) - 48) <= 1);

        const QPoint beside = window.control("canvas", 0.2, 0.9);
        QTest::mouseMove(&window.view(), beside);
        window.frames(2);
        QTest::mouseClick(&window.view(), Qt::RightButton, {}, beside);
        window.frames(2);
        QCOMPARE(lab.clicks(), std::size_t(2));
        QCOMPARE(lab.click(1, 2), 0.0);
        QTest::keyClick(&window.view(), Qt::Key_Delete); // the one under the pointer
        window.frames(2);
        QCOMPARE(lab.clicks(), std::size_t(1));
        QCOMPARE(lab.click(0, 2), 1.0);
        window.click(window.control("delete 1"));
        QCOMPARE(lab.clicks(), std::size_t(0));
        QVERIFY(window.rest());
        QVERIFY(lab->objects().empty());
    }

    void aMaskIsMendedByHandAndHidden() {
        Window window({}, false);
        QVERIFY(window.drawn());
        Lab lab(window);
        QVERIFY(window.drawn());
        open(window, lab);
        const QImage empty = window.picture();
        window.session().set("brush", 6.0);
        window.click(window.control("brush"));
        QVERIFY(window.rest());
        QCOMPARE(window.settings().text("tool"), std::string("brush"));
        window.drag(window.control("canvas", 0.25, 0.75), window.control("canvas", 0.75, 0.75), 6);
        QVERIFY(window.rest());
        // A bar of 12 pixels from 40 to 120 with two half disks, at row 72; the hand is no finer than a pixel of the screen.
        const segmentation::Mask bar = lab->mask(1);
        const double area = 80 * 12 + 3.14159 * 36;
        QVERIFY2(std::abs(double(bar.area()) - area) < 0.06 * area, qPrintable(QString::number(bar.area())));
        QVERIFY(bar.pixels[std::size_t(72 * 160 + 80)] && !bar.pixels[std::size_t(60 * 160 + 80)]);
        const QImage there = window.picture();
        QVERIFY(difference(empty, there, 20) > 0.005);
        window.click(window.control("eraser"));
        window.drag(window.control("canvas", 0.5, 0.6), window.control("canvas", 0.5, 0.9), 6);
        QVERIFY(window.rest());
        QVERIFY(!lab->mask(1).pixels[std::size_t(72 * 160 + 80)]);
        window.trigger("edit.undo"); // a stroke is one entry
        QVERIFY(window.rest());
        QCOMPARE(lab->mask(1), bar);
        QTest::mouseMove(&window.view(), window.control("hide 1"));
        window.click(window.control("hide 1"));
        QVERIFY(window.rest());
        QVERIFY(lab->request().hidden(1));
        QCOMPARE(lab->mask(1), bar); // hidden, not lost
    }

    void thePointerTriesOutAPlaceAndAnswersAreChosen() {
        Window window({}, false);
        QVERIFY(window.drawn());
        Lab lab(window);
        QVERIFY(window.drawn());
        open(window, lab);
        QTest::mouseMove(&window.view(), window.control("canvas", 0.7, 0.5));
        QVERIFY(QTest::qWaitFor([&] { return window.view().wake(), lab->triedOut() != nullptr; }, patience));
        QCOMPARE(lab.clicks(), std::size_t(0)); // tried, not clicked
        window.click(window.control("canvas", 0.75, 0.5));
        QVERIFY(lab.answered());
        for (const int mask : {1, 3}) {
            window.click(window.control("answer " + std::to_string(mask)));
            QVERIFY(window.rest());
            QCOMPARE(lab->request().chosen(1, *lab->answer(1)), std::size_t(mask));
            QCOMPARE(lab->mask(1),
                     segmentation::maskOf(lab->answer(1)->of(std::size_t(mask)), lab->answer(1)->side, lab->desk().fit()));
        }
        QVERIFY(!lab->triedOut());
    }
};

ORRERY_WINDOW_TEST_MAIN(TestWindowSegmentation)
#include "tst_window_segmentation.moc"
