// SPDX-License-Identifier: GPL-3.0-or-later
// `orrery segment` with a small model: masks, objects, stages, prompts from a file, folders, and what it refuses.
#include "engine/labs/segmentation/objects.h"
#include "tests/cli/support.h"
#include "tests/segmentation/models.h"

using namespace orrery::segmentation;
using namespace orrery::segmentation::test;
using orrery::test::Outcome;

class SegmentTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    QString m_model, m_picture;

    QString path(const QString& name) const { return m_folder.path() + "/" + name; }
    std::string file(const char* name) const { return path(name).toStdString(); }
    Outcome segment(const QStringList& more) const {
        return orrery::test::orrery(QStringList{"segment", "--model", m_model} + more);
    }

 private Q_SLOTS:
    void initTestCase() {
        m_model = QString::fromStdString(saved(Case("vit"), file("vit.safetensors"), Form::metaSafetensors));
        m_picture = path("shown.png");
        const Picture p = picture(211, 300);
        saveCutout(file("shown.png"), p, Mask{211, 300, std::vector<std::uint8_t>(p.rgb.size() / 3, 1)});
        QVERIFY(loadPicture(file("shown.png")) == p);
    }

    void aMaskOfThePicturesSize() {
        const Outcome run = segment({m_picture, "--point", "84,90", "--out", path("mask.png"), "--stats"});
        QVERIFY2(run.code == 0, qPrintable(run.err));
        const Picture mask = loadPicture(file("mask.png"));
        QCOMPARE(mask.width, 211);
        QCOMPARE(mask.height, 300);
        std::int64_t white = 0;
        for (std::size_t i = 0; i < mask.rgb.size(); i += 3) {
            QVERIFY(mask.rgb[i] == 0 || mask.rgb[i] == 255);
            white += mask.rgb[i] == 255;
        }
        const Json stats = Json::parse(run.out.toStdString());
        QCOMPARE(stats["pictures"][0]["objects"][0]["area"].get<std::int64_t>(), white);
        QVERIFY(stats["pictures"][0]["encode_s"].get<double>() > 0 && stats["pictures"][0]["stages"].size() == 6);
        QVERIFY(stats["memory"]["planned_bytes"].get<double>() > 0);
    }
    void everyStageIsDumpedAsTheReferenceHasIt() {
        QVERIFY(segment({m_picture, "--point", "84.4,90", "--out", path("d.png"), "--dump", path("dump")}).code == 0);
        const orrery::model::NumpyFile right(dataPath("vit.npz"));
        std::size_t compared = 0;
        for (const QString& name : QDir(path("dump")).entryList({"*.npy"})) {
            QString stage = name.mid(4).chopped(4);
            if (right.has(("0." + stage).toStdString())) stage = "0." + stage;
            if (!right.has(stage.toStdString())) continue;
            const orrery::model::NumpyFile ours((path("dump") + "/" + name).toStdString());
            const std::vector<float> values = ours.readAll(ours.tensors()[0]);
            const std::vector<float> wanted = right.readAll(right.find(stage.toStdString()));
            const std::size_t step = ((values.size() + 399) / 400) | 1;
            double difference = 0, size = 1e-30;
            for (std::size_t i = 0; i < wanted.size(); ++i) {
                QVERIFY(i * step < values.size());
                difference += std::pow(double(values[i * step]) - double(wanted[i]), 2), size += std::pow(double(wanted[i]), 2);
            }
            QVERIFY2(std::sqrt(difference / size) < 1e-4, qPrintable(stage));
            ++compared;
        }
        QVERIFY(compared >= 18);
    }
    void objectsFromAFileOfPrompts() {
        std::ofstream(file("prompts.json"))
            << R"([{"label": "left", "points": [[50, 60], [150, 200, 0]]}, {"box": [10, 20, 100, 220]}])";
        const Outcome run = segment({m_picture, "--prompts", path("prompts.json"), "--out", path("o.json")});
        QVERIFY2(run.code == 0, qPrintable(run.err));
        const std::vector<Annotated> read = loadCoco(file("o.json"));
        QCOMPARE(read[0].objects.size(), std::size_t(2));
        QCOMPARE(read[0].objects[0].label, std::string("left"));
        QVERIFY(segment({m_picture, "--point", "50,60", "--point", "150,200,0", "--out", path("same.json")}).code == 0);
        QVERIFY(loadCoco(file("same.json"))[0].objects[0].mask == read[0].objects[0].mask);
        QVERIFY(segment({m_picture, "--point", "50,60", "--labelme", "--out", path("l.json")}).code == 0);
    }
    void foldersGiveAFileForEachPicture() {
        QDir().mkpath(path("many"));
        for (const char* name : {"many/a.png", "many/b.png"}) QFile::copy(m_picture, path(name));
        const QStringList ask{path("many"), "--point", "84,90", "--cache", path("cache"), "--stats", "--out", path("masks")};
        const Outcome first = segment(ask), again = segment(ask);
        QVERIFY2(first.code == 0 && again.code == 0, qPrintable(first.err));
        QVERIFY(loadPicture(file("masks/a.png")) == loadPicture(file("masks/b.png")));
        QVERIFY(Json::parse(again.out.toStdString())["pictures"][0].contains("from_cache"));
        QVERIFY(!Json::parse(first.out.toStdString())["pictures"][0].contains("from_cache"));
    }
    void objectsOfAFileAreTakenOver() {
        const QStringList ask{m_picture, "--point", "84,90", "--out"};
        QVERIFY(segment(ask + QStringList{path("made.json")}).code == 0);
        // Without a prompt nothing is asked: what was in the file comes out, in other forms.
        const QStringList take{m_picture, "--objects", path("made.json"), "--out"};
        const Outcome outlines = segment(take + QStringList{path("outlines.json"), "--polygons"});
        QVERIFY2(outlines.code == 0, qPrintable(outlines.err));
        const std::vector<Annotated> made = loadCoco(file("made.json")), read = loadCoco(file("outlines.json"));
        QVERIFY(read.at(0).objects.at(0).mask == made.at(0).objects.at(0).mask);
        QVERIFY(segment(take + QStringList{path("labels.png"), "--labels"}).code == 0);
        const Picture labels = loadPicture(file("labels.png"));
        const Mask mask = decoded(made[0].objects[0].mask);
        for (std::size_t i = 0; i < mask.pixels.size(); ++i) QCOMPARE(labels.rgb[3 * i], mask.pixels[i]);
        // and with one, the new object joins them
        QVERIFY(segment(take + QStringList{path("more.json"), "--point", "20,30", "--crisp"}).code == 0);
        QCOMPARE(loadCoco(file("more.json"))[0].objects.size(), std::size_t(2));
        const Outcome other = segment({m_picture, "--objects", m_picture, "--out", path("x.json")});
        QVERIFY2(other.code == 1 && other.oneLine() && other.err.contains("JSON"), qPrintable(other.err));
    }
    void everything() {
        const Outcome run = segment({m_picture, "--everything", "--grid", "2", "--out", path("all.json")});
        QVERIFY2(run.code == 0, qPrintable(run.err));
        loadCoco(file("all.json"));
    }
    void mistakesAreToldInOneLine_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("word");
        const QString out = path("x.png");
        QTest::newRow("nothing to cut") << QStringList{m_picture, "--out", out} << "--point";
        QTest::newRow("no point") << QStringList{m_picture, "--point", "1;2", "--out", out} << "1;2";
        QTest::newRow("no box") << QStringList{m_picture, "--box", "1,2,3", "--out", out} << "1,2,3";
        QTest::newRow("no picture") << QStringList{path("no.png"), "--point", "1,2", "--out", out} << "no.png";
        QTest::newRow("no picture inside") << QStringList{m_model, "--point", "1,2", "--out", out} << "PNG, JPEG or BMP";
        QTest::newRow("an unknown ending") << QStringList{m_picture, "--point", "1,2", "--out", path("x.tga")} << "x.tga";
        QTest::newRow("prompts that are none") << QStringList{m_picture, "--prompts", m_picture, "--out", out} << "shown.png";
    }
    void mistakesAreToldInOneLine() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, word);
        const Outcome run = segment(arguments);
        QVERIFY2(run.code == 1 && run.oneLine() && run.err.contains(word), qPrintable(run.err));
    }
    void otherModelsAreRefused() {
        const Outcome run =
            orrery::test::orrery({"segment", m_picture, "--model", m_picture, "--point", "1,2", "--out", path("x.png")});
        QVERIFY2(run.code == 1 && run.oneLine(), qPrintable(run.err));
    }
};

QTEST_GUILESS_MAIN(SegmentTest)
#include "tst_segment.moc"
