// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of every kind come in upright and whole or are refused in one line; resizing is Pillow's to the bit.
#include "tests/segmentation/support.h"

#include <zlib.h>

using namespace orrery;
using namespace orrery::segmentation;
using namespace orrery::segmentation::test;

namespace {

Picture replaced(Picture p, bool grey) {
    for (std::size_t i = 0; grey && i < p.rgb.size(); i += 3) p.rgb[i + 1] = p.rgb[i + 2] = p.rgb[i];
    return p;
}

std::string bytesOf(const std::string& path) { return orrery::test::loadFile(path); }
Picture decode(const std::string& bytes) { return decodePicture(std::as_bytes(std::span(bytes.data(), bytes.size())), "it"); }

/// A BMP header that promises so many pixels.
std::string bmpOf(std::uint32_t width, std::uint32_t height) {
    using namespace orrery::test;
    return "BM" + u32(1000) + u32(0) + u32(54) + u32(40) + u32(width) + u32(height) + u16(1) + u16(24) + u32(0) + u32(0) +
           u32(0) + u32(0) + u32(0) + u32(0) + std::string(946, '\0');
}

} // namespace

class TestPictures : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void everyKindOfFileGivesItsPixels_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<bool>("grey");
        for (const char* file : {"rgb.png", "rgb.bmp", "alpha.png", "rgb16.png"}) QTest::newRow(file) << file << false;
        for (const char* file : {"grey.png", "grey-alpha.png", "grey16.png"}) QTest::newRow(file) << file << true;
    }
    void everyKindOfFileGivesItsPixels() {
        QFETCH(QString, file);
        QFETCH(bool, grey);
        QVERIFY(loadPicture(dataPath(file.toStdString())) == replaced(picture(23, 31), grey));
    }

    void exifTurnsThePicture_data() {
        QTest::addColumn<int>("orientation");
        for (int i = 1; i <= 8; ++i) QTest::addRow("%d", i) << i;
    }
    void exifTurnsThePicture() {
        QFETCH(int, orientation);
        const Picture p = loadPicture(dataPath("exif" + std::to_string(orientation) + ".jpg"));
        QCOMPARE(p.width, 64);
        QCOMPARE(p.height, 40);
        const std::array<std::array<int, 5>, 4> corners{
            {{8, 8, 230, 20, 20}, {56, 8, 20, 220, 20}, {8, 32, 20, 20, 230}, {56, 32, 230, 220, 30}}};
        for (const auto& [x, y, r, g, b] : corners) {
            const std::uint8_t* pixel = p.rgb.data() + 3 * (y * 64 + x);
            QVERIFY(std::abs(pixel[0] - r) + std::abs(pixel[1] - g) + std::abs(pixel[2] - b) < 24); // JPEG is not exact
        }
    }

    void resizingIsPillows() {
        std::ifstream in(dataPath("pillow.json"));
        std::size_t rows = 0;
        for (const Json& row : Json::parse(in)) {
            const Picture resized = resizeBilinear(picture(row[0], row[1]), row[2], row[3]);
            QCOMPARE(std::uint32_t(crc32(0, resized.rgb.data(), uInt(resized.rgb.size()))), row[4].get<std::uint32_t>());
            ++rows;
        }
        QVERIFY(rows >= 9);
    }

    void clicksFollowTheirAxis() {
        // 683 of 1024: 682.67 is rounded up, so that the axes differ in scale.
        const Fit fit = fitInto(1000, 667, 1024);
        QCOMPARE(fit.newWidth, 1024);
        QCOMPARE(fit.newHeight, 683);
        QCOMPARE(fit.toModel(500, 333.5)[0], 512.0);
        QCOMPARE(fit.toModel(500, 333.5)[1], 341.5);
        QCOMPARE(fitInto(3000, 1, 1024).newHeight, 1);
        QCOMPARE(fitInto(1, 1, 1024).newHeight, 1024);
    }

    void paddingIsTheMeanColour() {
        const Picture p = picture(40, 20);
        const Fit fit = fitInto(40, 20, 64);
        const std::vector<float> values = normalised(resizeBilinear(p, fit.newWidth, fit.newHeight), fit);
        for (std::int64_t c = 0; c < 3; ++c)
            for (std::int64_t y = 32; y < 64; ++y)
                for (std::int64_t x = 0; x < 64; ++x) QCOMPARE(values[std::size_t((c * 64 + y) * 64 + x)], 0.0F);
    }

    void badPicturesAreRefusedInOneLine() {
        const std::string png = bytesOf(dataPath("rgb.png")), jpeg = bytesOf(dataPath("exif6.jpg"));
        const auto said = [](const std::string& bytes) { return errorOf([&] { decode(bytes); }); };
        QVERIFY(said("GIF89a").find("PNG, JPEG or BMP") != std::string::npos);
        QVERIFY(said("").find("it:") == 0);
        QVERIFY(said(png.substr(0, 20)).find("header") != std::string::npos);
        QVERIFY(!said(png.substr(0, png.size() / 2)).empty());
        QVERIFY(said(bmpOf(30000, 20000)).find("30000 by 20000") != std::string::npos);
        QVERIFY(!said(bmpOf(0, 0)).empty());
        QVERIFY(!said(bmpOf(0xFFFFFFFF, 0x7FFFFFFF)).empty());
        for (std::size_t at = 2; at < 200 && at < jpeg.size(); ++at) // an EXIF block gone wrong costs the turn at most
            for (const int flip : {1, 0x80, 0xFF}) {
                std::string damaged = jpeg;
                damaged[at] = char(damaged[at] ^ flip);
                exifOrientation(std::as_bytes(std::span(damaged.data(), damaged.size())));
            }
        QCOMPARE(exifOrientation(std::as_bytes(std::span(jpeg.data(), std::size_t(30)))), 1);
        QVERIFY(errorOf([] { loadPicture("/nowhere/at/all.png"); }).find("/nowhere/at/all.png") == 0);
    }

    void otherPixelsHaveAnotherHash() {
        Picture a = picture(20, 30), b = a;
        b.rgb[1000] ^= 1;
        QVERIFY(hashOf(a) != hashOf(b));
        std::swap(b.width, b.height);
        b.rgb[1000] ^= 1;
        QVERIFY(hashOf(a) != hashOf(b));
    }
};

QTEST_GUILESS_MAIN(TestPictures)
#include "tst_pictures.moc"
