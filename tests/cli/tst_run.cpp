// SPDX-License-Identifier: GPL-3.0-or-later
// What `orrery run` and `orrery bench` leave behind, read by other means than those that wrote it.
#include "tests/cli/png.h"
#include "tests/cli/support.h"

#include <QtTest/QtTest>

#include <cmath>
#include <cstring>
#include <map>

using orrery::test::Outcome;
using orrery::test::Png;

namespace {

struct Npy {
    QByteArray shape; ///< as it stands in the header, without blanks: "500,2,"
    std::vector<float> values;
};

Npy readNpy(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return {};
    const QByteArray bytes = file.readAll();
    if (!bytes.startsWith("\x93NUMPY\x01") || !bytes.contains("'<f4'") || !bytes.contains("'fortran_order': False")) return {};
    Npy npy;
    const qsizetype open = bytes.indexOf('(') + 1;
    npy.shape = bytes.mid(open, bytes.indexOf(')') - open).replace(" ", "");
    const qsizetype data = 10 + quint8(bytes[8]) + 256 * quint8(bytes[9]);
    npy.values.resize(std::size_t(bytes.size() - data) / 4);
    std::memcpy(npy.values.data(), bytes.constData() + data, npy.values.size() * 4);
    return npy;
}

std::size_t count(const QByteArray& shape) {
    std::size_t product = 1;
    for (const QByteArray& extent : shape.split(','))
        if (!extent.isEmpty()) product *= extent.toULongLong();
    return product;
}

} // namespace

class RunTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    QString path(const QString& name) const { return m_folder.path() + "/" + name; }
    Outcome run(const QString& out, const QStringList& more = {}) const {
        const QStringList seed = more.contains("--seed") ? QStringList() : QStringList{"--seed", "5"};
        return orrery::test::orrery(
            QStringList{"run", "diffusion", "--out", path(out), "--set", "forward_steps=6", "--set", "steps=8"} + seed + more);
    }
    QJsonObject summary(const QString& out) const {
        QFile file(path(out) + "/summary.json");
        return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object() : QJsonObject();
    }
    std::vector<float> particles(const QString& out) const { return readNpy(path(out) + "/particles.npy").values; }

 private Q_SLOTS:
    void everythingIsWritten() {
        const Outcome outcome = run("new/folder", {"--set", "particles=500", "--render", path("view.png"), "--size", "640x360"});
        QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
        QVERIFY2(outcome.errors().isEmpty(), qPrintable(outcome.err));
        QVERIFY(outcome.out.contains("summary.json"));

        const QJsonObject all = summary("new/folder");
        QVERIFY(all["orrery"].toString().startsWith("0."));
        QCOMPARE(all["lab"].toString(), QString("diffusion"));
        QCOMPARE(all["scenario"].toString(), QString("ring-of-rings"));
        QCOMPARE(all["seed"].toInt(), 5);
        QCOMPARE(all["step"].toInt(), all["steps"].toInt());
        QCOMPARE(all["parameters"]["particles"]["value"].toInt(), 500);
        QCOMPARE(all["parameters"]["steps"]["value"].toInt(), 8);
        QCOMPARE(all["parameters"]["point_size"]["unit"].toString(), QString("px"));
        QVERIFY(!all["device"]["name"].toString().isEmpty() && !all["device"]["why"].toString().isEmpty());
        QVERIFY(all["device"]["memory_used_bytes"].toDouble() > 500 * 8);
        QVERIFY(all["timings"]["run_seconds"].toDouble() > 0);
        QVERIFY(!all["checks"].toArray().isEmpty());
        for (const QJsonValue& check : all["checks"].toArray())
            QVERIFY(QStringList({"pending", "matches", "explained", "disagrees"}).contains(check["verdict"].toString()));

        QVERIFY(!all["arrays"].toObject().isEmpty());
        for (const QString& key : all["arrays"].toObject().keys()) {
            const Npy npy = readNpy(path("new/folder/" + key + ".npy"));
            if (key == "learned_score") { // there is no network
                QCOMPARE(npy.shape, QByteArray("0,0,2,"));
                continue;
            }
            QVERIFY2(!npy.values.empty() && npy.values.size() == count(npy.shape), qPrintable(key));
            for (const float value : npy.values) QVERIFY2(std::isfinite(value), qPrintable(key));
        }
        QCOMPARE(readNpy(path("new/folder/particles.npy")).shape, QByteArray("500,2,"));
    }

    void seriesAgreeWithTheSummary() {
        QFile file(path("new/folder/series.csv"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QList<QByteArray> lines = file.readAll().trimmed().split('\n');
        const QList<QByteArray> header = lines.first().split(',');
        QCOMPARE(header.mid(0, 2), (QList<QByteArray>{"step", "clock"}));
        const QJsonObject all = summary("new/folder");
        const QList<QByteArray> trained = {"loss", "loss_smooth", "loss_floor", "gap", "scale"}; // in a table of their own
        QCOMPARE(header.size(), qsizetype(2 + all["series"].toObject().size() - trained.size()));
        QFile other(path("new/folder/series_training_step.csv"));
        QVERIFY(other.open(QIODevice::ReadOnly));
        QCOMPARE(other.readAll(), "step,axis," + trained.join(',') + "\n"); // nothing was trained
        QVERIFY(lines.size() > 2);
        int before = -1;
        for (const QByteArray& line : lines.mid(1)) {
            const QList<QByteArray> cells = line.split(',');
            QCOMPARE(cells.size(), header.size());
            QVERIFY(cells[0].toInt() > before);
            before = cells[0].toInt();
        }
        QCOMPARE(before, all["steps"].toInt());
        for (qsizetype i = 2; i < header.size(); ++i) {
            const QJsonValue last = all["series"][QString(header[i])]["final"];
            QCOMPARE(lines.last().split(',')[i].toDouble(), last.toDouble());
        }
    }

    void pictureShowsSomething() {
        const Png png = orrery::test::readPng(path("view.png"));
        QCOMPARE(png.width, 640u);
        QCOMPARE(png.height, 360u);
        std::map<std::uint32_t, int> colours;
        for (const std::uint32_t pixel : png.pixels) ++colours[pixel];
        int most = 0;
        for (const auto& [colour, times] : colours) most = std::max(most, times);
        QVERIFY2(colours.size() > 100, qPrintable(QString::number(colours.size())));
        QVERIFY(most < int(png.pixels.size()) * 9 / 10);
    }

    void themeChangesThePicture() {
        const auto brightness = [&](const QString& theme) {
            const Outcome outcome = run("theme", {"--set", "particles=100", "--steps", "2", "--render", path(theme + ".png"),
                                                  "--size", "320x200", "--theme", theme, "--set", "show_density=false"});
            const Png png = orrery::test::readPng(path(theme + ".png"));
            double sum = outcome.code == 0 && !png.pixels.empty() ? 0 : NAN;
            for (const std::uint32_t pixel : png.pixels) sum += (pixel & 255) + ((pixel >> 8) & 255) + (pixel >> 16);
            return sum / (3.0 * 320 * 200);
        };
        const double dark = brightness("dark"), light = brightness("light");
        QVERIFY2(dark < 90 && light > 150, qPrintable(QString("%1 %2").arg(dark).arg(light)));
    }

    void sameSeedSameBits() {
        QCOMPARE(run("a", {"--set", "particles=300"}).code, 0);
        QCOMPARE(run("b", {"--set", "particles=300"}).code, 0);
        QCOMPARE(run("c", {"--set", "particles=200"}).code, 0);
        QCOMPARE(run("d", {"--set", "particles=300", "--seed", "6"}).code, 0);
        const auto a = particles("a"), c = particles("c");
        QCOMPARE(a.size(), std::size_t(600));
        QVERIFY(a == particles("b"));
        QVERIFY(a != particles("d"));
        QVERIFY(std::equal(c.begin(), c.end(), a.begin())); // a path does not depend on how many there are
    }

    void stepsAndScenarioFile() {
        QFile file(path("mine.json"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(R"({"orrery":1,"lab":"diffusion","title":"Mine","seed":9,
                       "parameters":{"data":"file","score":"empirical","file":"points.csv","particles":50}})");
        file.close();
        QFile points(path("points.csv"));
        QVERIFY(points.open(QIODevice::WriteOnly));
        points.write("x,y\n10,20\n11,20\n10,21\n11,21\n");
        points.close();
        const Outcome outcome =
            orrery::test::orrery({"run", "diffusion", "--scenario", path("mine.json"), "--steps", "0", "--out", path("e")});
        QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
        const QJsonObject all = summary("e");
        QCOMPARE(all["seed"].toInt(), 9);
        QCOMPARE(all["step"].toInt(), 0);
        QCOMPARE(all["scenario"].toString(), QString("mine"));
        QCOMPARE(readNpy(path("e/data.npy")).shape, QByteArray("4,2,"));
        // At data t = 0 every particle stands on one of the four points, in the file's own units.
        const auto values = particles("e");
        QCOMPARE(values.size(), std::size_t(100));
        for (std::size_t i = 0; i < values.size(); i += 2) {
            QVERIFY(std::abs(values[i] - 10) < 1e-4 || std::abs(values[i] - 11) < 1e-4);
            QVERIFY(std::abs(values[i + 1] - 20) < 1e-4 || std::abs(values[i + 1] - 21) < 1e-4);
        }
    }

    /// How many samples there are is known once a job has read the file: it runs to their end, not to the end of what was there.
    void aLargeRecordingIsRunToItsEnd() {
        const QByteArray rows = QByteArray("0.25\n-0.5\n").repeated(40'000);
        QFile table(path("large.csv"));
        QVERIFY(table.open(QIODevice::WriteOnly) && table.write(rows) == rows.size());
        table.close();
        const QStringList arguments = {"run",      "statespace",     "--input",        path("large.csv"), "--set",
                                       "states=4", "--set",          "use_lagt=false", "--set",           "use_fout=false",
                                       "--set",    "use_legt=false", "--out"};
        const Outcome outcome = orrery::test::orrery(arguments + QStringList{path("large")});
        QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
        QCOMPARE(summary("large")["step"].toInt(), 80'000);
        const Outcome beyond = orrery::test::orrery(arguments + QStringList{path("beyond"), "--steps", "80001"});
        QVERIFY2(beyond.code == 1 && beyond.errors().contains("this run has 80000 steps"), qPrintable(beyond.err));
    }

    void benchCeilings() {
        const Outcome outcome = orrery::test::orrery({"bench", "ceil", "--json"});
        QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
        const QJsonArray figures = QJsonDocument::fromJson(outcome.out.toUtf8()).array();
        QCOMPARE(figures.size(), 5);
        for (const QJsonValue& figure : figures) {
            QVERIFY(figure["value"].toDouble() > 0.01);
            QCOMPARE(figure.toObject().keys(), QStringList({"limit", "name", "ratio", "unit", "value"}));
        }
    }
};

QTEST_GUILESS_MAIN(RunTest)
#include "tst_run.moc"
