// SPDX-License-Identifier: GPL-3.0-or-later
// The lab through its session, as the window and the command line run it.
#include "engine/lab/session.h"
#include "engine/labs/segmentation/lab.h"
#include "tests/segmentation/models.h"

using namespace orrery;
using namespace orrery::segmentation;
using namespace orrery::segmentation::test;

class TestLab : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::string m_model;
    int m_caches = 0;
    std::string path(const char* name) const { return (m_folder.path() + '/' + name).toStdString(); }

    struct Run {
        explicit Run(const std::string& model) : session(orrery::test::device(), "segmentation") {
            if (!model.empty()) session.set({{"model", std::string("file")}, {"weights", model}});
        }
        SegmentationLab& lab() { return dynamic_cast<SegmentationLab&>(session.lab()); }
        void click(double x, double y, bool belongs = true, int object = 1) {
            lab::Points points = session.settings().points("clicks");
            for (const double v : {x, y, belongs ? 1.0 : 0.0, double(object)}) points.values.push_back(v);
            session.set("clicks", points);
        }
        void end() { session.runTo(session.lab().steps()); }
        std::vector<float> array(const char* key) { return session.lab().array(orrery::test::device(), key).values; }
        lab::Session session;
    };

 private Q_SLOTS:
    void init() { // embeddings of one test only
        qputenv("XDG_CACHE_HOME", m_folder.filePath(QString::number(++m_caches)).toUtf8());
    }
    void initTestCase() { m_model = saved(Case("vit"), path("vit.safetensors"), Form::metaSafetensors); }

    void withoutAModelThereIsThePicture() {
        Run run("");
        run.end();
        QCOMPARE(run.array("picture").size(), std::size_t(640 * 480 * 3));
        if (!builtinModels().empty()) return; // then TinyPrompt answers
        run.click(100, 100);
        run.end();
        QVERIFY(run.array("mask").empty());
    }
    void clicksAreCountedThatTheMaskRespects() {
        Run run(m_model);
        const lab::Points three{4, {170, 160, 1, 1, 400, 150, 0, 1, 320, 400, 1, 1}};
        run.session.set("clicks", three);
        run.end();
        const Mask mask = run.lab().mask(1);
        int respected = 0;
        for (std::size_t row = 0; row < 3; ++row) {
            const double* c = &three.values[4 * row];
            respected += (mask.pixels[std::size_t(std::int64_t(c[1]) * 640 + std::int64_t(c[0]))] != 0) == (c[2] != 0);
        }
        const auto checks = run.session.lab().checks();
        QCOMPARE(checks.size(), std::size_t(1));
        QCOMPARE(checks[0].expected, 3.0);
        QCOMPARE(checks[0].measured, double(respected));
        QCOMPARE(checks[0].verdict, respected == 3 ? lab::Check::Verdict::matches : lab::Check::Verdict::explained);
        // A field that is linear is met exactly between its cells, and stays as it is beyond the outer ones.
        const Fit fit = fitInto(640, 480, 64);
        std::vector<float> field;
        for (int y = 0; y < 16; ++y)
            for (int x = 0; x < 16; ++x) field.push_back(float(3 * x - 2 * y));
        const auto cells = [](double pixels) { return pixels / 640 * 16 - 0.5; };
        QVERIFY(std::abs(logitAt(field, 16, fit, 300, 200) - (3 * cells(300) - 2 * cells(200))) < 1e-9);
        QCOMPARE(logitAt(field, 16, fit, 0, 0), 0.0);
    }

    void everyObjectHasItsOwnAnswer() {
        Run run(m_model);
        run.session.set("clicks", lab::Points{4, {170, 160, 1, 1, 400, 150, 1, 2}});
        run.end();
        const Mask second = run.lab().mask(2);
        run.session.set("own", lab::Points{3, {1, 3, 0}});
        run.end();
        const Answer* first = run.lab().answer(1);
        QCOMPARE(run.lab().request().chosen(1, *first), std::size_t(3));
        QCOMPARE(run.lab().mask(1), maskOf(first->of(3), first->side, run.lab().desk().fit()));
        QCOMPARE(run.lab().mask(2), second);
        run.session.set("own", lab::Points{3, {1, 60, 1}}); // more masks than there are: the last
        QCOMPARE(run.lab().request().chosen(1, *first), std::size_t(first->masks - 1));
        QVERIFY(run.lab().request().hidden(1) && !run.lab().request().hidden(2));
    }

    void strokesAreDisksInTheirOrder() {
        Run run("");
        run.session.set("strokes", lab::Points{5, {100.5, 80, 10, 1, 2, 104, 80, 4, 0, 2}});
        run.end();
        const Mask mask = run.lab().mask(2);
        for (std::int64_t y = 0; y < 480; ++y)
            for (std::int64_t x = 0; x < 640; ++x) {
                const double px = double(x) + 0.5, py = double(y) + 0.5;
                const bool in = std::hypot(px - 100.5, py - 80) <= 10 && std::hypot(px - 104, py - 80) > 4;
                QCOMPARE(mask.pixels[std::size_t(y * 640 + x)] != 0, in);
            }
        QCOMPARE(run.lab().objects(), std::vector<int>{2});
        run.lab().save("objects", path("strokes.json"));
        const auto read = loadCoco(path("strokes.json"));
        QVERIFY(std::ranges::any_of(read.at(0).objects, [&](const Object& o) { return decoded(o.mask) == mask; }));
        QVERIFY_THROWS_EXCEPTION(Error, run.session.set("strokes", lab::Points{5, {1, 1, 1, 1, 1000}})); // no such object
    }

    void aClickGivesTheModelsMask() {
        Run run(m_model);
        run.click(170, 160);
        run.end();
        QCOMPARE(run.session.lab().position(), 1);
        tensor::Context context(orrery::test::device());
        const auto model = Model::load(context, ModelPlan(m_model));
        const Picture p = shapes();
        const Fit fit = fitInto(p.width, p.height, model->side());
        Encoding encoding = model->encode(context, p);
        while (!encoding.step(context, 1e3)) continue;
        const Embedded embedded = model->embedded(context, *encoding.features, fit);
        const Answer answer = model->ask(context, embedded, {{{170, 160, true}}, {}, {}});
        QVERIFY(run.array("logits") == answer.logits);
        QVERIFY(run.array("iou") == answer.iou);
        const Mask mask = maskOf(answer.of(answer.chosen), answer.side, fit);
        QVERIFY(run.array("mask") == std::vector<float>(mask.pixels.begin(), mask.pixels.end()));
        QCOMPARE(run.array("embedding").size(), std::size_t(32 * 10 * 10));
        QCOMPARE(run.array("patches").size(), std::size_t(100 * 48));
        QCOMPARE(run.session.lab().series("iou").size(), std::size_t(1));
    }
    void undoBringsTheBitsBack() {
        Run run(m_model);
        run.click(170, 160);
        run.end();
        const std::vector<float> one = run.array("logits");
        run.click(500, 400, false);
        run.end();
        const std::vector<float> two = run.array("logits");
        QVERIFY(one != two);
        run.session.undo();
        run.end();
        QVERIFY(run.array("logits") == one);
        run.session.redo();
        run.end();
        QVERIFY(run.array("logits") == two);
        run.session.runTo(1); // the clock stands after the first click
        QVERIFY(run.array("logits") == one);
        run.session.runTo(2);
        QVERIFY(run.array("logits") == two);
        QCOMPARE(run.session.lab().series("iou").size(), std::size_t(2));
    }
    void feedingBackIsAMaskPrompt() {
        Run run(m_model);
        run.click(170, 160);
        run.click(300, 300);
        run.end();
        const std::vector<float> plain = run.array("logits");
        run.session.set("refine", true);
        run.end();
        QVERIFY(run.array("logits") != plain);
        run.session.undo();
        run.end();
        QVERIFY(run.array("logits") == plain);
    }
    void objectsAreSavedAndComeBack() {
        Run run(m_model);
        run.session.set("names", std::string("disk, ring"));
        run.click(170, 160);
        run.click(392, 150, true, 2);
        run.session.set("boxes", lab::Points{5, {100, 250, 300, 450, 3}});
        run.end();
        QVERIFY((run.lab().objects() == std::vector<int>{1, 2, 3}));
        const std::string file = path("objects.json");
        run.session.lab().save("objects", file);
        const std::vector<Annotated> read = loadCoco(file);
        QCOMPARE(read.at(0).objects.size(), std::size_t(3));
        QCOMPARE(read[0].objects[1].label, std::string("ring"));
        QCOMPARE(read[0].objects[2].label, std::string("object 3"));
        for (int i = 1; i <= 3; ++i) QVERIFY(decoded(read[0].objects[std::size_t(i - 1)].mask) == run.lab().mask(i));
        run.session.lab().save("mask", path("mask.png"));
        run.session.lab().save("cutout", path("cutout.png"));
        QCOMPARE(loadPicture(path("mask.png")).width, 640);
        run.session.set("object", std::int64_t(9));
        QVERIFY(!errorOf([&] { run.session.lab().save("mask", path("none.png")); }).empty());
    }
    void anEmbeddingIsMadeOnce() {
        Run run(m_model);
        saveCutout(path("other.png"), picture(64, 48), Mask{64, 48, std::vector<std::uint8_t>(64 * 48, 1)});
        run.click(20, 20);
        run.end();
        const std::vector<float> before = run.array("logits");
        QVERIFY(!run.lab().desk().fromCache());
        run.session.set({{"source", std::string("file")}, {"picture", path("other.png")}});
        run.end();
        QVERIFY(run.array("logits") != before);
        QCOMPARE(run.array("mask").size(), std::size_t(64 * 48));
        run.session.undo();
        run.end();
        QVERIFY(run.lab().desk().fromCache());
        QVERIFY(run.array("logits") == before);
        QVERIFY(!run.array("patches").empty());
        Run another(m_model); // from the disk
        another.click(20, 20);
        another.end();
        QVERIFY(another.lab().desk().fromCache());
        QVERIFY(another.array("logits") == before);
    }
    void badFilesChangeNothing() {
        Run run(m_model);
        run.click(20, 20);
        run.end();
        const std::vector<float> before = run.array("logits");
        std::ofstream(path("broken.png")) << "\x89PNG no";
        QVERIFY(!errorOf([&] { run.session.set({{"source", std::string("file")}, {"picture", path("broken.png")}}); }).empty());
        QVERIFY(!errorOf([&] { run.session.set("weights", path("broken.png")); }).empty());
        Case sick("vit"); // its shapes are right; only loading finds out
        sick.tensors.back().values[0] = NAN;
        const std::string file = saved(sick, path("sick.safetensors"), Form::metaSafetensors);
        const std::string said = errorOf([&] {
            run.session.set("weights", file);
            run.end();
        });
        QVERIFY2(said.find("not finite") != std::string::npos, said.c_str());
        run.end();
        QCOMPARE(run.session.settings().text("weights"), m_model);
        QVERIFY(run.array("logits") == before);
        QVERIFY(!errorOf([&] { run.session.set("clicks", lab::Points{4, {1, 1, 1, 1000}}); }).empty());
    }
    void workCanBeStopped() {
        Run run(m_model);
        run.click(20, 20);
        QVERIFY(!run.session.lab().jobs().empty());
        run.session.lab().jobs().run(0.001);
        run.session.lab().act("stop");
        QVERIFY(run.session.lab().jobs().empty());
        QVERIFY(!run.lab().desk().embedded());
        run.click(30, 30); // asked again, it goes on
        run.end();
        QCOMPARE(run.session.lab().position(), 2);
    }
    void everythingIsAJob() {
        Run run(m_model);
        QVERIFY(!errorOf([&] { run.session.lab().act("everything"); }).empty()); // nothing is encoded yet
        run.session.set({{"points_per_side", std::int64_t(3)}, {"iou_threshold", 0.0}, {"stability_threshold", 0.0}});
        run.end();
        run.session.lab().act("everything");
        QCOMPARE(run.session.lab().jobs().all().size(), std::size_t(1));
        run.end();
        const std::size_t found = run.lab().found().size();
        run.session.lab().save("objects", path("all.json"));
        QCOMPARE(loadCoco(path("all.json"))[0].objects.size(), found);
        run.session.lab().act("forget");
        QVERIFY(run.lab().found().empty());
    }
    void theNewestPlaceIsTried() {
        Run run(m_model);
        run.end();
        run.lab().tryOut(Click{100, 100});
        run.lab().tryOut(Click{200, 200}); // the former is never asked
        run.end();
        QVERIFY(run.lab().triedOut());
        const std::vector<float> tried = run.lab().triedOut()->logits;
        run.click(200, 200);
        run.end();
        QVERIFY(run.array("logits") == tried);
        run.lab().tryOut({});
        QVERIFY(!run.lab().triedOut());
    }
};

ORRERY_TEST_MAIN(TestLab)
#include "tst_lab.moc"
