// SPDX-License-Identifier: GPL-3.0-or-later
// Training in the viewport: curves that grow, gradients that a hand moves, a policy that a click edits, one weight.
#include "engine/labs/precision/lab.h"
#include "tests/ui/rig.h"

using namespace orrery;
using namespace orrery::test;

namespace {

struct TrainingRig : Rig {
    explicit TrainingRig(int steps, const std::vector<std::pair<std::string, lab::Value>>& more = {},
                         const std::string& scenario = "three-curves")
        : Rig(1280, 720, "precision") {
        session.apply(lab::loadScenario(scenario, "precision"));
        session.transport().pause();
        session.set("train_steps", std::int64_t(steps));
        if (!more.empty()) session.set(more);
        session.transport().seek(steps);
        rest();
    }
    const precision::Twins& twins() const { return dynamic_cast<const precision::PrecisionLab&>(session.lab()).twins(); }
    Area spot(const std::string& name) const {
        Area area;
        if (!control(name, area)) qFatal("no spot %s", name.c_str());
        return area;
    }
};

bool vermillion(const Rgb& c) { return c.r > 170 && c.g > 60 && c.g < 130 && c.b < 60; }

} // namespace

class TestPrecisionTraining : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void theCurvesGrow() {
        TrainingRig rig(30);
        QCOMPARE(rig.twins().position(), 30);
        const TrainingRig::Area plot = rig.spot("curves");
        const ui::Picture all = rig.rest();
        const glm::dvec2 right = plot.at(0.7, 0);
        QVERIFY2(count(all, right, plot.high, vermillion) > 60, "the loss of FP16, among those of the others");
        rig.session.transport().seek(15);
        const ui::Picture early = rig.rest();
        QVERIFY(count(early, right, plot.high, vermillion) < count(all, right, plot.high, vermillion) / 2);
        rig.session.transport().seek(30);
        QCOMPARE(differing(all, rig.rest(), plot.low, plot.high, 0), 0);
        QVERIFY(rig.errors.empty());
    }

    void aClickOnARowWatches() {
        TrainingRig rig(5);
        rig.click(rig.spot("row fp16").at(0.2));
        QCOMPARE(rig.session.settings().text("watched"), std::string("fp16"));
        rig.rest();
        QCOMPARE(rig.twins().watched()->looked(), 5);
        rig.session.undo();
        QCOMPARE(rig.session.settings().text("watched"), std::string("mixed"));
    }

    void aHandMovesTheGradients() {
        TrainingRig rig(4, {}, "scale-by-hand");
        const TrainingRig::Area cell = rig.spot("1 2"), weights = rig.spot("1 0");
        const ui::Picture before = rig.rest();
        const double perOctave = (cell.high.x - cell.low.x) / (4 + 2 + 56); // 56 octaves of bins and the room beside them
        rig.drag(cell.at(0.5), cell.at(0.5) + glm::dvec2(12 * perOctave, 0), 6);
        QCOMPARE(rig.session.settings().integer("initial_scale"), std::int64_t(12));
        rig.move({640, 10});
        const ui::Picture after = rig.rest();
        QCOMPARE(rig.twins().watched()->step(4).scale, 4096.);
        QVERIFY(differing(before, after, cell.low, cell.high) > 2000);
        QVERIFY(differing(before, after, weights.low, weights.high) < differing(before, after, cell.low, cell.high) / 10);
        rig.session.undo();
        QCOMPARE(rig.session.settings().integer("initial_scale"), std::int64_t(0));
        QCOMPARE(differing(before, rig.rest(), cell.low, cell.high, 0), 0);
        rig.drag(weights.at(0.5), weights.at(0.8), 4);
        QCOMPARE(rig.session.settings().integer("initial_scale"), std::int64_t(0)); // weights have no scale
    }

    void aClickEditsThePolicy() {
        TrainingRig rig(12, {{"look", std::string("policy")}});
        const TrainingRig::Area row = rig.spot("op matmul");
        const double narrow = rig.twins().twin(tensor::Precision::mixed)->step(12).loss;
        const ui::Picture before = rig.rest();
        rig.click(row.at(0.15));
        QVERIFY(!rig.session.settings().flag("op_matmul"));
        rig.move({640, 10});
        const ui::Picture after = rig.rest();
        QVERIFY(differing(before, after, row.low, row.high) > 100);
        const double wide = rig.twins().twin(tensor::Precision::mixed)->step(12).loss;
        QVERIFY(wide != narrow);
        QCOMPARE(wide, rig.twins().twin(tensor::Precision::fp32)->step(12).loss);
        TrainingRig::Area none;
        QVERIFY2(!rig.control("op layer_norm", none), "the network has none");
        rig.session.undo();
        QVERIFY(rig.session.settings().flag("op_matmul"));
    }

    void oneWeightMoves() {
        TrainingRig rig(10, {{"look", std::string("weight")}});
        const TrainingRig::Area line = rig.spot("line"), way = rig.spot("way");
        const ui::Picture one = rig.rest();
        rig.session.set("weight", std::int64_t(100));
        const ui::Picture other = rig.rest();
        QVERIFY(differing(one, other, line.low, line.high) > 20);
        QVERIFY(differing(one, other, way.low, way.high) > 200);
        const auto all = rig.twins().watched();
        QCOMPARE(rig.twins().moved(10).after, double(all->look(10).weights[all->weightAt(100)]));
        rig.session.set("weight", std::int64_t(0));
        QCOMPARE(differing(one, rig.rest(), way.low, way.high, 0), 0);
    }

    void everyPageInBothThemesAndOddSizes() {
        for (const char* look : {"curves", "histograms", "weight", "policy"}) {
            TrainingRig rig(2, {{"look", std::string(look)}, {"train_bf16", true}, {"train_stochastic", true}});
            rig.stage.setTheme(true);
            rig.rest();
            Rig small(64, 48, "precision"), tall(200, 1200, "precision");
            for (Rig* each : {&small, &tall}) {
                each->session.apply(lab::loadScenario("three-curves", "precision"));
                each->session.transport().pause();
                each->session.set({{"train_steps", std::int64_t(2)}, {"look", std::string(look)}});
                each->frames(2); // nothing trained yet
                each->session.transport().seek(2);
                each->frames(20);
            }
            QVERIFY(rig.errors.empty() && small.errors.empty() && tall.errors.empty());
        }
    }

    void hoveringTells() {
        for (const auto& [look, spot] : {std::pair{"curves", "curves"},
                                         {"curves", "row mixed"},
                                         {"histograms", "2 3"},
                                         {"weight", "way"},
                                         {"policy", "op sum"}}) {
            TrainingRig rig(6, {{"look", std::string(look)}});
            const glm::dvec2 at = rig.spot(spot).at(0.5, 0.5);
            rig.move(at);
            const ui::Picture without = rig.frame();
            rig.frames(4, 0.1);
            const ui::Picture with = rig.frame();
            const auto card = [&](const Rgb& c) { return distance(c, rgb(rig.stage.theme().card)) <= 4; };
            const glm::dvec2 low = at - glm::dvec2(330, 220), high = at + glm::dvec2(330, 220);
            QVERIFY2(count(with, low, high, card) > count(without, low, high, card) + 4000, spot);
        }
    }
};

ORRERY_TEST_MAIN(TestPrecisionTraining)
#include "tst_precision_training.moc"
