// SPDX-License-Identifier: GPL-3.0-or-later
// What comes in and goes out beside clicks: objects of a COCO file, all the forms of export, sketches told to the model, folders
// with the next picture encoded ahead, and the model's own switches.
#include "engine/labs/segmentation/album.h"
#include "engine/labs/segmentation/given.h"
#include "engine/labs/segmentation/mask_prompt.h"
#include "tests/segmentation/session.h"

#include <QDir>
#include <QFile>

using namespace orrery;
using namespace orrery::segmentation;
using namespace orrery::segmentation::test;

class TestTakeover : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::string m_model, m_picture;
    int m_caches = 0;
    std::string path(const std::string& name) const { return m_folder.path().toStdString() + '/' + name; }

    static std::string savedPicture(const std::string& path, const Picture& p) {
        saveCutout(path, p, Mask{p.width, p.height, std::vector<std::uint8_t>(p.rgb.size() / 3, 1)});
        return path;
    }
    std::vector<Object> two() const {
        return {{"cat", encoded(block(211, 300, 20, 30, 60, 80)), 0.5, 0.75},
                {"mat, red", encoded(block(211, 300, 100, 200, 90, 70)), 0, 0}};
    }
    std::string coco(const char* name, const std::vector<Annotated>& all, CocoMasks masks = CocoMasks::runs) const {
        saveJson(path(name), cocoOf(all, masks));
        return path(name);
    }

 private Q_SLOTS:
    void init() { qputenv("XDG_CACHE_HOME", m_folder.filePath("cache" + QString::number(++m_caches)).toUtf8()); }
    void initTestCase() {
        m_model = saved(Case("vit"), path("vit.safetensors"), Form::metaSafetensors);
        m_picture = savedPicture(path("shown.png"), picture(211, 300));
    }

    void objectsOfAFileAppear() {
        Run run(m_model);
        run.drop(m_picture);
        run.end();
        run.click(5, 5, true, 7);
        run.drop(coco("two.json", {{"shown.png", 211, 300, two()}, {"other.png", 50, 60, {}}}));
        QCOMPARE(run.lab().objects(), (std::vector<int>{1, 2})); // what was clicked before has made room
        QCOMPARE(run.lab().nameOf(1), std::string("cat"));
        QCOMPARE(run.lab().nameOf(2), std::string("mat, red"));
        QCOMPARE(run.lab().mask(1), decoded(two()[0].mask));
        run.session.set("names", std::string("lion"));
        QCOMPARE(run.lab().nameOf(1), std::string("lion"));
        QCOMPARE(run.lab().nameOf(2), std::string("mat, red"));
        run.lab().save("objects", path("again.json"));
        const auto again = loadCoco(path("again.json"));
        QCOMPARE(again[0].objects.size(), std::size_t(2));
        QCOMPARE(again[0].objects[1], two()[1]);
        QCOMPARE(again[0].objects[0].predictedIou, 0.5);
        QCOMPARE(again[0].objects[0].stability, 0.75);
        run.session.set("own", lab::Points{3, {1, -1, 2}}); // left out
        QCOMPARE(run.lab().objects(), std::vector<int>{2});
        run.session.undo();
        QCOMPARE(run.lab().objects(), (std::vector<int>{1, 2}));
        const Mask before = run.lab().mask(2);
        run.session.undo(), run.session.undo();
        QCOMPARE(run.lab().objects(), std::vector<int>{7}); // and back: what was clicked
        run.session.redo();
        QCOMPARE(run.lab().mask(2), before);
        run.drop(m_picture); // another picture is opened: its objects are none of these
        QVERIFY(run.lab().objects().empty());
    }

    void aClickCorrectsAnObjectOfAFile() {
        Run run(m_model);
        run.drop(m_picture);
        run.drop(coco("two.json", {{"shown.png", 211, 300, two()}}));
        run.click(50, 60);
        run.end();
        const Answer* answer = run.lab().answer(1);
        QVERIFY(answer);
        // The file's mask went to the model with the click: as asked by hand.
        tensor::Context context(orrery::test::device());
        const auto model = Model::load(context, ModelPlan(m_model));
        const Picture p = loadPicture(m_picture);
        const Fit fit = fitInto(p.width, p.height, model->side());
        Encoding encoding = model->encode(context, p);
        while (!encoding.step(context, 1e3)) continue;
        const Embedded embedded = model->embedded(context, *encoding.features, fit);
        Prompt prompt{{{50, 60, true}}, {}, maskPrompt(decoded(two()[0].mask), fit, model->maskSide())};
        QVERIFY(model->ask(context, embedded, prompt).logits == answer->logits);
        prompt.mask.clear();
        QVERIFY(model->ask(context, embedded, prompt).logits != answer->logits);
        QCOMPARE(run.lab().mask(2), decoded(two()[1].mask)); // the other is as the file has it
        run.session.undo();
        run.end();
        QCOMPARE(run.lab().mask(1), decoded(two()[0].mask));
    }

    void filesThatDoNotFitAreRefused_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("word");
        const auto q = [](const std::string& text) { return QString::fromStdString(text); };
        QTest::newRow("another picture") << q(coco("a.json", {{"x.png", 10, 10, {}}, {"y.png", 10, 10, {}}})) << "'x.png'";
        QTest::newRow("another size") << q(coco("b.json", {{"shown.png", 10, 10, {}}})) << "10 x 10";
        QTest::newRow("one of another name and size") << q(coco("c.json", {{"x.png", 10, 10, {}}})) << "'shown.png'";
        const auto raw = [&](const char* name, const char* text) {
            std::ofstream(path(name)) << text;
            return q(path(name));
        };
        QTest::newRow("no JSON") << raw("d.json", "{\"images\": [") << "no JSON";
        QTest::newRow("no COCO") << raw("e.json", "{\"images\": 3}") << "images";
        QTest::newRow("a list") << raw("f.json", "[1, 2]") << "COCO";
        QTest::newRow("there is none") << q(path("none.json")) << "no such file";
        std::vector<Object> many(std::size_t(mostObjects) + 1, Object{"dot", encoded(block(211, 300, 0, 0, 1, 1)), 0, 0});
        QTest::newRow("too many") << q(coco("g.json", {{"shown.png", 211, 300, many}})) << "at most 999";
    }
    void filesThatDoNotFitAreRefused() {
        QFETCH(QString, file);
        QFETCH(QString, word);
        Run run;
        run.drop(m_picture);
        run.click(20, 20);
        const std::string said = errorOf([&] { run.drop(file.toStdString()); });
        QVERIFY2(QString::fromStdString(said).contains(word) && QString::fromStdString(said).contains("json"), said.c_str());
        QVERIFY(said.find('\n') == std::string::npos);
        QCOMPARE(run.lab().objects(), std::vector<int>{1}); // nothing was lost
        QCOMPARE(run.session.settings().text("coco"), std::string());
    }
    void aFileOfOnePictureFitsWhateverItsName() {
        Run run;
        run.drop(m_picture);
        run.drop(coco("one.json", {{"renamed.png", 211, 300, two()}}, CocoMasks::outlines));
        QCOMPARE(run.lab().mask(2), decoded(two()[1].mask));
    }

    void everyExportHoldsTheSameMasks() {
        Run run;
        run.drop(m_picture);
        // A ring, so that an outline needs a hole; and a second object over it.
        run.session.set("strokes", lab::Points{5, {80, 100, 40, 1, 1, 80, 100, 15, 0, 1, 150, 200, 20, 1, 2}});
        run.session.set("names", std::string("ring, dot"));
        const Mask ring = run.lab().mask(1), dot = run.lab().mask(2);
        QVERIFY(!ring.pixels[100 * 211 + 80] && ring.pixels[100 * 211 + 110]);
        for (const char* form : {"objects", "polygons"}) {
            run.lab().save(form, path(std::string(form) + ".json"));
            const auto read = loadCoco(path(std::string(form) + ".json"));
            QCOMPARE(read[0].objects[0].label, std::string("ring"));
            QCOMPARE(decoded(read[0].objects[0].mask), ring);
            QCOMPARE(decoded(read[0].objects[1].mask), dot);
        }
        std::ifstream polygons(path("polygons.json"));
        QVERIFY(Json::parse(polygons)["annotations"][0]["segmentation"].is_array());
        run.lab().save("labelme", path("labelme.json"));
        std::ifstream in(path("labelme.json"));
        const Json labelMe = Json::parse(in);
        QCOMPARE(labelMe["shapes"].size(), std::size_t(2));
        QCOMPARE(labelMe["shapes"][1]["label"].get<std::string>(), std::string("dot"));
        QCOMPARE(labelMe["imageHeight"].get<int>(), 300);
        run.lab().save("labels", path("labels.png"));
        const Picture labels = loadPicture(path("labels.png"));
        for (std::size_t i = 0; i < ring.pixels.size(); ++i)
            QCOMPARE(int(labels.rgb[3 * i]), dot.pixels[i] ? 2 : ring.pixels[i] ? 1 : 0);
        run.session.set("object", std::int64_t(2));
        run.lab().save("mask", path("mask.png"));
        run.lab().save("cutout", path("cutout.png"));
        const Picture mask = loadPicture(path("mask.png"));
        for (std::size_t i = 0; i < dot.pixels.size(); ++i) QCOMPARE(mask.rgb[3 * i] == 255, dot.pixels[i] != 0);
        for (const lab::Output& output : run.session.declaration().outputs) // all that is declared can be saved
            if (output.extension != "npy") run.lab().save(output.key, path("any." + output.extension)); // rows: tst_sending
    }

    void aSketchIsAMaskPrompt() {
        Run run(m_model);
        run.drop(m_picture);
        run.session.set("sketch", lab::Points{4, {60, 80, 30, 1, 90, 80, 30, 1}});
        run.end();
        const Answer* answer = run.lab().answer(1);
        QVERIFY(answer);
        Mask drawn = block(211, 300, 0, 0, 0, 0);
        const std::vector<Dab> dabs{{60, 80, 30, true}, {90, 80, 30, true}};
        paint(drawn, dabs);
        tensor::Context context(orrery::test::device());
        const auto model = Model::load(context, ModelPlan(m_model));
        const Picture p = loadPicture(m_picture);
        const Fit fit = fitInto(p.width, p.height, model->side());
        Encoding encoding = model->encode(context, p);
        while (!encoding.step(context, 1e3)) continue;
        const Embedded embedded = model->embedded(context, *encoding.features, fit);
        QVERIFY(model->ask(context, embedded, {{}, {}, maskPrompt(drawn, fit, model->maskSide())}).logits == answer->logits);
        const std::vector<float> alone = answer->logits;
        run.click(60, 80);
        run.end();
        const Prompt both{{{60, 80, true}}, {}, maskPrompt(drawn, fit, model->maskSide())};
        QVERIFY(model->ask(context, embedded, both).logits == run.lab().answer(1)->logits);
        run.session.set("sketch", lab::Points{4, {60, 80, 12, 1}}); // another sketch: asked anew
        run.end();
        QVERIFY(run.lab().answer(1)->logits != alone);
        run.session.undo(), run.session.undo();
        run.end();
        QVERIFY(run.lab().answer(1)->logits == alone);
    }
    void tinyPromptIsToldASketchWithAClick() {
        if (builtinModels().empty()) QSKIP("no built-in model");
        Run run;
        run.session.set("sketch", lab::Points{4, {170, 160, 60, 1}}); // on the disk of the still life, which has a radius of 80
        run.end();
        Mask disk = block(640, 480, 0, 0, 0, 0);
        const std::vector<Dab> truth{{170.5, 160.5, 80, true}};
        paint(disk, truth);
        QVERIFY(run.lab().answer(1));
        // The sketch alone has an IoU of (60 / 80)^2 = 0.56 with the disk; what is made of it shall not be another thing.
        const double iou = iouOf(run.lab().mask(1), disk);
        QVERIFY2(iou > 0.5, qPrintable(QString::number(iou)));
    }

    void namesAreInTheirOrder() {
        QDir().mkpath(m_folder.filePath("many"));
        for (const char* name : {"b10.png", "b9.png", "a.JPG", "note.txt", "b09x.bmp"}) {
            QFile file(m_folder.filePath(QString("many/") + name));
            QVERIFY(file.open(QIODevice::WriteOnly));
        }
        QDir().mkpath(m_folder.filePath("many/folder.png"));
        std::vector<std::string> names;
        for (const std::string& each : picturesIn(path("many")))
            names.push_back(QFileInfo(QString::fromStdString(each)).fileName().toStdString());
        QCOMPARE(names, (std::vector<std::string>{"a.JPG", "b9.png", "b09x.bmp", "b10.png"}));
        QCOMPARE(picturesIn("/x/2.png\n/x/1.png"), (std::vector<std::string>{"/x/2.png", "/x/1.png"}));
        QDir().mkpath(m_folder.filePath("empty"));
        QVERIFY(errorOf([&] { picturesIn(path("empty")); }).find("no PNG") != std::string::npos);
        QVERIFY(errorOf([&] { picturesIn(path("nowhere")); }).find("nowhere") != std::string::npos);
    }

    void aFolderIsTurnedLikePages() {
        QDir().mkpath(m_folder.filePath("album"));
        for (int i = 1; i <= 3; ++i) savedPicture(path("album/" + std::to_string(i) + ".png"), picture(100 + 20 * i, 90));
        Run run(m_model);
        run.drop(path("album"));
        QCOMPARE(run.session.settings().text("source"), std::string("folder"));
        QCOMPARE(run.lab().album().size(), std::size_t(3));
        QCOMPARE(run.lab().desk().picture().width, 120);
        run.click(30, 30);
        run.end();
        QVERIFY(!run.lab().desk().fromCache());
        const Mask first = run.lab().mask(1);
        QVERIFY(run.session.lab().jobs().empty()); // the second has been encoded ahead
        run.session.set({{"number", std::int64_t(2)}, {"clicks", lab::Points{4, {}}}});
        QVERIFY(run.lab().desk().embedded() != nullptr); // and is there at once
        QVERIFY(run.lab().desk().fromCache());
        QCOMPARE(run.lab().desk().picture().width, 140);
        run.click(50, 50);
        run.end();
        // What was left is in the file of all of them.
        run.lab().save("objects", path("album.json"));
        const auto all = loadCoco(path("album.json"));
        QCOMPARE(all.size(), std::size_t(2));
        QCOMPARE(all[0].file, std::string("1.png"));
        QCOMPARE(decoded(all[0].objects.at(0).mask), first);
        QCOMPARE(decoded(all[1].objects.at(0).mask), run.lab().mask(1));
        run.session.undo(), run.session.undo();
        QVERIFY(run.lab().desk().embedded() != nullptr && run.lab().desk().fromCache()); // back: not encoded again
        run.end();
        QCOMPARE(run.lab().mask(1), first);
        run.session.set("number", std::int64_t(77)); // beyond the last: the last
        QCOMPARE(run.lab().albumPlace(), std::size_t(2));
        std::ofstream(path("broken.png")) << "no picture";
        run.drop(path("album/3.png") + '\n' + path("broken.png")); // the next cannot be read: told only when it is opened
        run.end();
        QCOMPARE(run.lab().album().size(), std::size_t(2));
        const std::string said = errorOf([&] { run.session.set("number", std::int64_t(2)); });
        QVERIFY2(said.find("broken.png") != std::string::npos, said.c_str());
        QCOMPARE(run.lab().albumPlace(), std::size_t(0));
    }
    void anEncodingBegunAheadIsGoneOnWith() {
        QDir().mkpath(m_folder.filePath("pair"));
        for (int i = 1; i <= 2; ++i) savedPicture(path("pair/" + std::to_string(i) + ".png"), picture(100 + 20 * i, 90));
        Run run(m_model);
        run.drop(path("pair"));
        auto& jobs = run.session.lab().jobs();
        while (!jobs.empty()) jobs.run(0); // the first picture
        run.session.lab().collect();       // begins the second
        QCOMPARE(jobs.all().size(), std::size_t(1));
        while (jobs.all().front()->fraction() < 0.01) jobs.run(0);
        QVERIFY(!jobs.empty());
        run.session.set("number", std::int64_t(2));
        QVERIFY(run.lab().desk().encoding() && run.lab().desk().encoding()->fraction() > 0);
        run.end();
        Run fresh(m_model);
        qputenv("XDG_CACHE_HOME", m_folder.filePath("fresh").toUtf8());
        fresh.drop(path("pair/2.png"));
        fresh.end();
        QVERIFY(run.array("embedding") == fresh.array("embedding"));
    }

    void theGlobalBlockIsSwitched() {
        if (builtinModels().empty()) QSKIP("no built-in model");
        Run run;
        run.click(170, 160);
        run.session.set("show", std::string("embedding"));
        run.end();
        const std::vector<float> with = run.array("embedding");
        const std::size_t stages = run.lab().inside().stages().size();
        run.session.set("gcn", false);
        run.end();
        QVERIFY(run.array("embedding") != with);
        QCOMPARE(run.lab().inside().stages().size(), stages - 1);
        QVERIFY(!run.array("pca").empty());
        run.session.undo();
        run.end();
        QVERIFY(run.lab().desk().fromCache()); // neither meets the other's embedding
        QVERIFY(run.array("embedding") == with);
    }

    void stagesAndHeadsGoAsFarAsTheModels() {
        Run run(m_model);
        const auto highest = [&](const char* key) { return run.session.declaration().find(key)->high; };
        run.end();
        const auto stages = ModelPlan(m_model).encoder().stages();
        QCOMPARE(highest("stage"), double(stages.size() - 1));
        QCOMPARE(highest("head"), double(stages[1].heads));
        if (builtinModels().empty()) return;
        run.session.set("model", std::string("tinyprompt"));
        QCOMPARE(highest("stage"), double(ModelPlan(builtinPrefix + builtinModels().front()).encoder().stages().size() - 1));
        QCOMPARE(highest("head"), 1.0);
    }

    void theDeclarationNamesTheThresholds() {
        Run run;
        const auto& choices = run.session.declaration().find("thresholds")->choices;
        const Thresholds sam = thresholdsOf(ModelPlan(m_model));
        for (const double value : {sam.iou, sam.stability})
            QVERIFY(choices[0].meaning.find(QString::number(value, 'f', 2).toStdString()) != std::string::npos);
        if (builtinModels().empty()) return;
        const Thresholds own = thresholdsOf(ModelPlan(builtinPrefix + builtinModels().front()));
        for (const double value : {own.iou, own.stability})
            QVERIFY(choices[0].meaning.find(QString::number(value, 'f', 2).toStdString()) != std::string::npos);
    }
    void theButtonFindsMasksAtOnce() {
        if (builtinModels().empty()) QSKIP("no built-in model");
        Run run;
        run.session.set("points_per_side", std::int64_t(8));
        run.end();
        run.session.lab().act("everything");
        run.end();
        QVERIFY2(run.lab().found().size() >= 4, qPrintable(QString::number(run.lab().found().size())));
        // Of the four things of the still life the disk at least is among them.
        Mask disk = block(640, 480, 0, 0, 0, 0);
        const std::vector<Dab> truth{{170.5, 160.5, 80, true}};
        paint(disk, truth);
        QVERIFY(std::ranges::any_of(run.lab().found(), [&](const Found& f) { return iouOf(decoded(f.mask), disk) > 0.75; }));
        run.session.set({{"thresholds", std::string("own")}, {"iou_threshold", 1.0}});
        run.session.lab().act("everything");
        run.end();
        QVERIFY(run.lab().found().empty()); // one's own thresholds count
    }
};

ORRERY_TEST_MAIN(TestTakeover)
#include "tst_takeover.moc"
