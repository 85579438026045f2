// SPDX-License-Identifier: GPL-3.0-or-later
// Zoom to the object: the crop, the prompts in its pixels, the mask pasted back; and that the built-in model then finds the edges
// of small things better than in the whole picture, and loses none.
#include "engine/labs/segmentation/mask_prompt.h"
#include "engine/labs/segmentation/metrics.h"
#include "engine/labs/segmentation/scene_cases.h"
#include "tests/segmentation/session.h"

using namespace orrery;
using namespace orrery::segmentation;
using namespace orrery::segmentation::test;

namespace {

/// A large picture, softly shaded, with one small thing of known outline; `turn` moves and shapes it.
struct Scene {
    Picture picture;
    Mask truth;
    Click click;
};
Scene scene(int turn) {
    constexpr std::int64_t width = 1200, height = 900;
    Scene s{{width, height, {}}, block(width, height, 0, 0, 0, 0), {}};
    const double cx = 250 + 130 * turn, cy = 300 + 90 * (turn % 4), size = 30 + 4 * (turn % 3);
    s.click = {std::floor(cx), std::floor(cy), true};
    for (std::int64_t y = 0; y < height; ++y)
        for (std::int64_t x = 0; x < width; ++x) {
            const double dx = double(x) + 0.5 - cx, dy = double(y) + 0.5 - cy, angle = std::atan2(dy, dx);
            const bool in = std::hypot(dx, dy) < size * (1 + 0.3 * std::cos(double(3 + turn % 3) * angle));
            s.truth.pixels[std::size_t(y * width + x)] = in;
            const double grain = double((x * 73 + y * 151 + x * y % 97) % 23) - 11, light = 1.1 - double(x + y) / 6000;
            const double ground[3] = {168, 164, 150}, thing[3] = {60.0 + 20 * turn, 92, 170.0 - 20 * turn};
            for (int c = 0; c < 3; ++c)
                s.picture.rgb.push_back(std::uint8_t(std::clamp(light * (in ? thing[c] : ground[c]) + grain, 0.0, 255.0)));
        }
    return s;
}

/// Mean distance, in pixels, from the edge pixels of each mask to the other's edge.
double edgeError(const Mask& a, const Mask& b) {
    const auto edge = [](const Mask& m) {
        Mask e{m.width, m.height, std::vector<std::uint8_t>(m.pixels.size())};
        for (std::int64_t y = 1; y + 1 < m.height; ++y)
            for (std::int64_t x = 1; x + 1 < m.width; ++x) {
                const auto at = std::size_t(y * m.width + x);
                e.pixels[at] = m.pixels[at] && !(m.pixels[at - 1] && m.pixels[at + 1] && m.pixels[at - std::size_t(m.width)] &&
                                                 m.pixels[at + std::size_t(m.width)]);
            }
        return e;
    };
    const Mask ea = edge(a), eb = edge(b);
    double sum = 0, count = 0;
    for (const auto& [from, to] : {std::pair{&ea, &eb}, std::pair{&eb, &ea}}) {
        const std::vector<double> far = squaredDistanceTo({to->width, to->height, to->pixels});
        for (std::size_t i = 0; i < far.size(); ++i)
            if (from->pixels[i]) sum += std::sqrt(far[i]), ++count;
    }
    return sum / count;
}

} // namespace

class TestZoom : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void theCropHoldsTheObjectAndAir() {
        const Mask mask = block(400, 300, 100, 120, 30, 12);
        const auto crop = cropAround(mask, {});
        QVERIFY(crop.has_value());
        QCOMPARE(crop->width, 50); // 30 and a third of it on each side
        QCOMPARE(crop->height, 50);
        QCOMPARE(crop->x, 90);
        QCOMPARE(crop->y, 101); // 19 of the 38 rows above
        const auto clicked = cropAround(mask, {{{40, 200, true}, {5, 5, false}}, {}, {}});
        QVERIFY(clicked->x <= 40 && clicked->y + clicked->height > 200);
        QVERIFY(clicked->x > 5); // a click that does not belong need not be there
        const auto corner = cropAround(block(400, 300, 0, 290, 20, 10), {});
        QVERIFY(corner->x == 0 && corner->y + corner->height == 300);
        QVERIFY(!cropAround(block(400, 300, 20, 20, 350, 100), {})); // most of the picture already
        QVERIFY(!cropAround(block(400, 300, 0, 0, 0, 0), {}));
        const Picture part = cutOut(picture(40, 30), {7, 5, 12, 9, 1});
        for (std::int64_t y = 0; y < 9; ++y)
            for (std::int64_t x = 0; x < 12 * 3; ++x)
                QCOMPARE(part.rgb[std::size_t(y * 36 + x)], picture(40, 30).rgb[std::size_t((y + 5) * 120 + 21 + x)]);
    }

    void promptsMoveWithTheCrop() {
        const Crop crop{100, 60, 80, 80, 1};
        Coarse coarse{{{{120, 90, true}, {20, 20, false}, {170, 130, false}}, Box{105, 70, 150, 110}, {}}, {}, 0, {}};
        coarse.fit = fitInto(400, 300, 64);
        coarse.answer.side = 16, coarse.answer.masks = 1;
        for (int v = 0; v < 16; ++v) // linear in the picture: the crop's cells must say the same at the same places
            for (int u = 0; u < 16; ++u) coarse.answer.logits.push_back(float(u) - float(2 * v));
        const Fit fit = fitInto(80, 80, 64);
        const Prompt prompt = promptIn(coarse, crop, fit, 16, true);
        QCOMPARE(prompt.clicks.size(), std::size_t(2)); // the one far away is gone
        QCOMPARE(prompt.clicks[0], (Click{20, 30, true}));
        QCOMPARE(prompt.clicks[1], (Click{70, 70, false}));
        QCOMPARE(*prompt.box, (Box{5, 10, 50, 50}));
        QCOMPARE(prompt.mask.size(), std::size_t(256));
        for (int v = 0; v < 16; ++v)
            for (int u = 0; u < 16; ++u) {
                const double x = 100 + (u + 0.5) * 5, y = 60 + (v + 0.5) * 5; // pixels of the picture; 25 of them are a cell
                const double expected = (x / 25 - 0.5) - 2 * (y / 25 - 0.5);
                QVERIFY2(std::abs(double(prompt.mask[std::size_t(v * 16 + u)]) - expected) < 1e-4,
                         qPrintable(QString("%1 %2").arg(u).arg(v)));
            }
        QVERIFY(promptIn(coarse, crop, fit, 16, false).mask.empty()); // a model that takes none
        coarse.prompt.clicks.resize(1), coarse.prompt.box.reset();
        QVERIFY(promptIn(coarse, crop, fit, 16, true).mask.empty()); // one click was never trained with a former answer
    }

    void theRestOfTheMaskStays() {
        const Mask coarse = block(100, 80, 10, 10, 60, 50);
        Zoomed zoomed{{20, 20, 30, 20, 1}, fitInto(30, 20, 64), {}, 0, 1};
        zoomed.answer.side = 16, zoomed.answer.masks = 1, zoomed.answer.logits.assign(256, -1.0F); // nothing of the crop
        const Mask mask = pasted(coarse, zoomed);
        for (std::int64_t y = 0; y < 80; ++y)
            for (std::int64_t x = 0; x < 100; ++x) {
                const bool in = x >= 20 && x < 50 && y >= 20 && y < 40;
                QCOMPARE(mask.pixels[std::size_t(y * 100 + x)], in ? std::uint8_t(0) : coarse.pixels[std::size_t(y * 100 + x)]);
            }
    }

    /// Mean over eight scenes. A cell of the whole picture covers (picture / crop) times the pixels of a cell of the crop, here
    /// some ten, so that the error of the edge must fall well below; and no object may be lost.
    void smallThingsGetCrispEdges() {
        tensor::Context context(orrery::test::device());
        const auto model = Model::load(context, ModelPlan(builtinPrefix + builtinModels().front()));
        double before = 0, after = 0, errorBefore = 0, errorAfter = 0;
        constexpr int scenes = 6;
        for (int turn = 0; turn < scenes; ++turn) {
            const Scene s = scene(turn);
            Encoding encoding = model->encode(context, s.picture);
            while (!encoding.step(context, 1e3)) continue;
            const Fit fit = fitInto(s.picture.width, s.picture.height, model->side());
            const Embedded embedded = model->embedded(context, *encoding.features, fit);
            const Prompt prompt{{s.click}, {}, {}};
            const Answer answer = model->ask(context, embedded, prompt);
            std::size_t best = 0; // as a person would choose
            double iou = -1;
            for (std::size_t m = 0; m < std::size_t(answer.masks); ++m)
                if (const double each = iouOf(maskOf(answer.of(m), answer.side, fit), s.truth); each > iou) iou = each, best = m;
            const Mask coarse = maskOf(answer.of(best), answer.side, fit);
            const auto crop = cropAround(coarse, prompt);
            Mask fine = coarse;
            if (crop) {
                Zooming zooming(context, *model, s.picture, coarse, {prompt, answer, best, fit}, *crop);
                while (zooming.step(1e3) < 1) continue;
                if (zooming.result()->agreement >= leastAgreement) fine = pasted(coarse, *zooming.result());
                qInfo("scene %d: crop %lld of 1200, agreement %.2f, IoU %.3f -> %.3f, edge %.2f -> %.2f px", turn,
                      (long long)crop->width, zooming.result()->agreement, iou, iouOf(fine, s.truth), edgeError(coarse, s.truth),
                      edgeError(fine, s.truth));
            }
            before += iou / scenes, after += iouOf(fine, s.truth) / scenes;
            errorBefore += edgeError(coarse, s.truth) / scenes, errorAfter += edgeError(fine, s.truth) / scenes;
        }
        qInfo("IoU %.3f -> %.3f, edge %.2f -> %.2f px", before, after, errorBefore, errorAfter);
        QVERIFY(after >= before);
        QVERIFY(errorAfter < 0.7 * errorBefore);
    }

    void aMaskIsToldByTheShareOfItsCells() {
        // A square of 64 over 128 x 96: two pixels to one; a mask side of 16: cells of 8 x 8 pixels, 12 rows of picture.
        const Fit fit = fitInto(128, 96, 64);
        const std::vector<float> told = maskPrompt(block(128, 96, 8, 16, 20, 8), fit, 16);
        const auto at = [&](int u, int v) { return double(told[std::size_t(v * 16 + u)]); };
        QCOMPARE(at(1, 2), toldLogit);
        QCOMPARE(at(2, 2), toldLogit);
        QCOMPARE(at(3, 2), 0.0); // half covered
        QCOMPARE(at(4, 2), -toldLogit);
        QCOMPARE(at(1, 1), -toldLogit);
        QCOMPARE(at(1, 15), -toldLogit); // not of the picture
        double area = 0;
        for (const float logit : maskPrompt(block(128, 96, 3, 5, 77, 41), fit, 16))
            area += (double(logit) / toldLogit + 1) / 2 * 64;
        QVERIFY(std::abs(area - 77 * 41) < 1e-2);
        QCOMPARE(*clickFor(block(128, 96, 10, 20, 9, 9)), (Click{14, 24, true}));
        QVERIFY(!clickFor(block(128, 96, 0, 0, 0, 0)));
    }
};

ORRERY_TEST_MAIN(TestZoom)
#include "tst_zoom.moc"
