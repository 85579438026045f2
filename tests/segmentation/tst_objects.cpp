// SPDX-License-Identifier: GPL-3.0-or-later
// Masks to runs, polygons and files and back.
#include "engine/labs/segmentation/contour.h"
#include "engine/labs/segmentation/everything.h"
#include "engine/labs/segmentation/objects.h"
#include "engine/philox.h"
#include "tests/support/error_of.h"

#include <QtTest/QtTest>

#include <nlohmann/json.hpp>

#include <QTemporaryDir>

using namespace orrery;
using namespace orrery::segmentation;
using orrery::test::errorOf;

namespace {

/// From rows of '.' and '#'.
Mask drawn(const std::vector<std::string>& rows) {
    Mask mask{std::int64_t(rows[0].size()), std::int64_t(rows.size()), {}};
    for (const std::string& row : rows)
        for (const char c : row) mask.pixels.push_back(c == '#');
    return mask;
}

/// Blobs and specks: by thresholded noise, smoothed the more the larger `grain`.
Mask noisy(std::int64_t width, std::int64_t height, std::uint32_t seed, std::int64_t grain) {
    Mask mask{width, height, {}};
    for (std::int64_t y = 0; y < height; ++y)
        for (std::int64_t x = 0; x < width; ++x)
            mask.pixels.push_back(philox(seed, std::uint32_t(y / grain * 4096 + x / grain), 0, 7)[0] % 2);
    return mask;
}

} // namespace

class TestObjects : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void runsGoDownTheColumnsAndBeginWithZeros() {
        const Rle rle = encoded(drawn({"#..", "##.", ".#."})); // columns: 110, 011, 000
        QVERIFY((rle.counts == std::vector<std::uint32_t>{0, 2, 2, 2, 3}));
        QCOMPARE(rle.area(), 4);
        // Letters by hand: 0, 2, 2, then the differences 2 - 2 = 0 and 3 - 2 = 1.
        QCOMPARE(compressed(rle), std::string("02201"));
        QVERIFY((encoded(drawn({"..", ".."})).counts == std::vector<std::uint32_t>{4}));
    }
    void runsComeBack() {
        for (std::uint32_t seed = 0; seed < 30; ++seed) {
            const Mask mask = noisy(1 + seed * 7 % 83, 1 + seed * 13 % 61, seed, 1 + seed % 9);
            const Rle rle = encoded(mask);
            QVERIFY(decoded(rle) == mask);
            QCOMPARE(rle.area(), mask.area());
            QVERIFY(uncompressed(compressed(rle), rle.width, rle.height) == rle);
        }
        Rle large{3000, 5000, {1234567, 7654321, 6111112}};
        QVERIFY(uncompressed(compressed(large), 3000, 5000) == large);
    }
    void brokenRunsAreRefused() {
        QVERIFY(!errorOf([] { decoded({4, 4, {3, 3}}); }).empty());
        QVERIFY(!errorOf([] { decoded({4, 4, {3, 30}}); }).empty());
        QVERIFY(!errorOf([] { decoded({std::int64_t(1) << 40, std::int64_t(1) << 40, {}}); }).empty());
        for (const char* text : {"oooooooooooo", "0\x7f", "P", "0 1"})
            QVERIFY2(!errorOf([&] { decoded(uncompressed(text, 4, 4)); }).empty(), text);
    }
    void boundsHoldTheMask() {
        QVERIFY((boundsOf(drawn({"....", "..#.", ".#..", "...."})) == std::array<std::int64_t, 4>{1, 1, 2, 2}));
        QVERIFY((boundsOf(drawn({"..", ".."})) == std::array<std::int64_t, 4>{}));
    }

    void polygonsAreTheMaskAgain() {
        for (std::uint32_t seed = 0; seed < 40; ++seed) {
            const Mask mask = noisy(40 + seed, 37, seed, 1 + seed % 6);
            QVERIFY(rasterised(polygonsOf(mask), mask.width, mask.height) == mask);
        }
    }
    void holesBelongToTheirParts() {
        const std::vector<Polygon> parts =
            polygonsOf(drawn({"#######..", "#.....#..", "#.###.#.#", "#.#.#.#..", "#.###.#..", "#.....#..", "#######.."}));
        QCOMPARE(parts.size(), std::size_t(3));
        QCOMPARE(parts[0].holes.size(), std::size_t(1)); // the frame
        std::size_t ring = 0;
        for (const Polygon& part : parts) ring += part.holes.size() == 1 && areaOf(part.outer) == 9;
        QCOMPARE(ring, std::size_t(1)); // the ring within it
        QCOMPARE(areaOf(parts[0].outer), 49.0);
        QCOMPARE(areaOf(parts[0].holes[0]), -25.0);
        QCOMPARE(parts[0].outer.size(), std::size_t(4)); // corners only
    }
    void aSeamKeepsHoles() {
        for (std::uint32_t seed = 0; seed < 20; ++seed) {
            const Mask mask = noisy(30, 30, seed, 3);
            std::vector<Polygon> seamed;
            for (const Polygon& polygon : polygonsOf(mask)) seamed.push_back({keyhole(polygon), {}});
            QVERIFY(rasterised(seamed, 30, 30) == mask);
        }
    }
    void simplifyingStaysNear() {
        Mask disk{200, 200, {}};
        for (int y = 0; y < 200; ++y)
            for (int x = 0; x < 200; ++x) disk.pixels.push_back(std::hypot(x - 99.5, y - 99.5) < 80);
        const Ring ring = polygonsOf(disk)[0].outer, less = simplified(ring, 1);
        QVERIFY(less.size() < ring.size() / 4 && less.size() > 8);
        QVERIFY(iouOf(rasterised({{less, {}}}, 200, 200), disk) >= 0.98); // a band of a pixel around 500 of 20,000
    }

    void cocoComesBack() {
        const std::vector<Annotated> pictures = {
            {"a.jpg",
             50,
             40,
             {{"cat", encoded(noisy(50, 40, 1, 4)), 0.9, 0.95}, {"dog", encoded(noisy(50, 40, 2, 9)), 0.8, 0.7}}},
            {"b.png", 13, 21, {{"cat", encoded(noisy(13, 21, 3, 2)), 0.5, 0.25}}}};
        QTemporaryDir folder;
        const std::string path = folder.filePath("o.json").toStdString();
        saveJson(path, cocoOf(pictures));
        QVERIFY(loadCoco(path) == pictures);
        const auto json = nlohmann::json::parse(cocoOf(pictures).dump());
        QCOMPARE(json["annotations"][0]["area"], pictures[0].objects[0].mask.area());
        QCOMPARE(json["categories"].size(), std::size_t(2));
    }
    void cocoOfOthersIsRead() {
        const auto json = nlohmann::json::parse(R"({"images":[{"id":7,"file_name":"x.jpg","width":10,"height":8}],
            "annotations":[{"id":1,"image_id":7,"category_id":3,"segmentation":[[1,1,5,1,5,4,1,4],[7,6,9,6,9,8,7,8]]},
                           {"id":2,"image_id":7,"segmentation":{"size":[8,10],"counts":[8,4,68]}}],
            "categories":[{"id":3,"name":"box"}]})");
        const std::vector<Annotated> read = fromCoco(json, "f");
        QCOMPARE(read[0].objects[0].label, std::string("box"));
        QCOMPARE(read[0].objects[0].mask.area(), 16);
        QCOMPARE(read[0].objects[1].mask.area(), 4);
    }
    void brokenCocoIsRefusedByPlace() {
        const std::string head = R"({"images":[{"id":1,"file_name":"x","width":10,"height":8}],"annotations":[)";
        for (const char* row :
             {R"({"image_id":2,"segmentation":[]})", R"({"image_id":1})", R"({"image_id":1,"segmentation":[[1,2,3]]})",
              R"({"image_id":1,"segmentation":{"size":[8,9],"counts":[80]}})",
              R"({"image_id":1,"segmentation":{"size":[8,10],"counts":[81]}})",
              R"({"image_id":1,"segmentation":{"size":[8,10],"counts":"~~"}})"}) {
            const std::string said = errorOf([&] { fromCoco(nlohmann::json::parse(head + row + "]}"), "f.json"); });
            QVERIFY2(said.find("f.json: annotation 1") == 0, said.c_str());
        }
        QVERIFY(!errorOf([] {
                     fromCoco(nlohmann::json::parse(
                                  R"({"images":[{"id":1,"file_name":"x","width":1000000,"height":1000000}],"annotations":[]})"),
                              "f");
                 }).empty());
        QVERIFY(!errorOf([] { fromCoco(nlohmann::json::parse("[]"), "f"); }).empty());
    }
    void labelMeHoldsEveryPart() {
        const Mask mask = drawn({"##..", "##..", "....", "..##"});
        const auto json = nlohmann::json::parse(labelMeOf({"x.png", 4, 4, {{"thing", encoded(mask), 1, 1}}}).dump());
        QCOMPARE(json["shapes"].size(), std::size_t(2));
        QCOMPARE(json["shapes"][0]["group_id"], json["shapes"][1]["group_id"]);
        QCOMPARE(json["shapes"][0]["points"].size(), std::size_t(4));
        QCOMPARE(json["imageWidth"], 4);
    }
    void picturesAreWritten() {
        QTemporaryDir folder;
        const auto path = [&](const char* name) { return folder.filePath(name).toStdString(); };
        const Mask mask = noisy(17, 9, 5, 2);
        saveMask(path("m.png"), mask);
        const Picture colours{17, 9, std::vector<std::uint8_t>(17 * 9 * 3, 99)};
        saveCutout(path("c.png"), colours, mask);
        const Picture read = loadPicture(path("m.png"));
        for (std::size_t i = 0; i < mask.pixels.size(); ++i) QCOMPARE(int(read.rgb[3 * i]), mask.pixels[i] != 0 ? 255 : 0);
        QVERIFY(loadPicture(path("c.png")) == colours);
        QVERIFY(!errorOf([&] { saveMask("/nowhere/at/all.png", mask); }).empty());
    }

    void cropsAreSams() { // build_all_layer_point_grids and generate_crop_boxes of SAM, by hand for 1500 x 1000
        const std::vector<Crop> crops = cropsOf(1500, 1000, {.cropLayers = 2});
        QCOMPARE(crops.size(), std::size_t(1 + 4 + 16));
        QVERIFY((crops[0] == Crop{0, 0, 1500, 1000, 0}));
        // overlap = int(512/1500 * 1000 * 2/2) = 341; width = ceil((341 + 1500) / 2) = 921, height = ceil(1341 / 2) = 671
        QVERIFY((crops[1] == Crop{0, 0, 921, 671, 1}));
        QVERIFY((crops[2] == Crop{0, 330, 921, 670, 1}));
        QVERIFY((crops[3] == Crop{580, 0, 920, 671, 1}));
    }
    void doublesGoBestFirst() {
        const std::vector<std::array<double, 4>> boxes{{0, 0, 10, 10}, {0, 0, 10, 9}, {20, 20, 30, 30}, {0, 0, 5, 5}};
        const std::vector<double> scores{0.5, 0.9, 0.1, 0.6};
        QVERIFY((withoutDoubles(boxes, scores, 0.7) == std::vector<std::size_t>{1, 3, 2}));
        QVERIFY((withoutDoubles(boxes, scores, 0.95) == std::vector<std::size_t>{1, 3, 0, 2}));
    }
    void smallRegionsGo() {
        Mask mask = drawn({"####..#", "#..#...", "####...", "......."}); // a hole of two, a speck
        QVERIFY(withoutSmall(mask, 3, true));
        QVERIFY(mask == drawn({"####..#", "####...", "####...", "......."}));
        QVERIFY(withoutSmall(mask, 3, false));
        QVERIFY(mask == drawn({"####...", "####...", "####...", "......."}));
        QVERIFY(!withoutSmall(mask, 3, false));
        Mask speck = drawn({"#..", "...", "..#"});
        withoutSmall(speck, 5, false); // all are small: one stays
        QCOMPARE(speck.area(), 1);
    }
    void aCornerJoins() {
        Mask mask = drawn({"##..", "##..", "..##", "..##"}); // eight neighbours: one region
        QVERIFY(!withoutSmall(mask, 5, false));
    }
};

QTEST_GUILESS_MAIN(TestObjects)
#include "tst_objects.moc"
