// SPDX-License-Identifier: GPL-3.0-or-later
// The commands that describe, and every kind of bad input that the command line can meet.
#include "tests/cli/support.h"

#include <QtTest/QtTest>

using orrery::test::Outcome;

class CliTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    QString path(const QString& name) const { return m_folder.path() + "/" + name; }
    QString save(const QString& name, const QByteArray& bytes) const {
        QFile file(path(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) qFatal("cannot save %s", qPrintable(name));
        return file.fileName();
    }
    static QByteArray npy(const QByteArray& dict, const QByteArray& data) {
        QByteArray bytes("\x93NUMPY\x01\x00", 8);
        bytes += char(dict.size());
        bytes += '\0';
        return bytes + dict + data;
    }
    Outcome quickRun(const QStringList& more) const {
        return orrery::test::orrery(QStringList{"run", "diffusion", "--out", path("out"), "--set", "particles=100", "--set",
                                                "forward_steps=4", "--set", "steps=4"} +
                                    more);
    }

 private Q_SLOTS:
    void help() {
        const Outcome all = orrery::test::orrery({"--help"});
        QCOMPARE(all.code, 0);
        for (const char* command : {"devices", "labs", "describe", "run", "project", "segment", "generate", "train", "bench"})
            QVERIFY2(all.out.contains(command), command);
        const Outcome run = orrery::test::orrery({"run", "--help"});
        QCOMPARE(run.code, 0);
        for (const char* option :
             {"--scenario", "--set", "--input", "--steps", "--seed", "--device", "--render", "--size", "--out"})
            QVERIFY2(run.out.contains(option), option);
        const Outcome version = orrery::test::orrery({"--version"});
        QCOMPARE(version.code, 0);
        QVERIFY(version.out.startsWith("orrery 0."));
    }

    void labsAndDescribe() {
        const Outcome labs = orrery::test::orrery({"labs"});
        QCOMPARE(labs.code, 0);
        QVERIFY(labs.out.startsWith("diffusion") && labs.out.contains("ring-of-rings"));
        const Outcome json = orrery::test::orrery({"describe", "diffusion", "--json"});
        QCOMPARE(json.code, 0);
        const QJsonObject lab = QJsonDocument::fromJson(json.out.toUtf8()).object();
        const Outcome text = orrery::test::orrery({"describe", "diffusion"});
        QCOMPARE(text.code, 0);
        int described = 0;
        for (const char* list : {"parameters", "actions", "series", "arrays"})
            for (const QJsonValue& row : lab[list].toArray()) {
                QVERIFY2(text.out.contains(row["key"].toString()), qPrintable(row["key"].toString()));
                QVERIFY2(text.out.contains(row["meaning"].toString()), qPrintable(row["meaning"].toString()));
                ++described;
            }
        QVERIFY(described > 30);
        for (const QJsonValue& row : lab["parameters"].toArray()) {
            QVERIFY(row["default"].type() != QJsonValue::Undefined);
            if (row["type"] == "number") QVERIFY(row["low"].toDouble() < row["high"].toDouble());
            if (row["type"] == "choice") QVERIFY(!row["choices"].toArray().isEmpty());
        }
    }

    void devices() {
        const Outcome devices = orrery::test::orrery({"devices"});
        QCOMPARE(devices.code, 0);
        QVERIFY2(devices.out.contains("usable") && devices.out.contains("\nused: ") && devices.out.contains("\nreads: "),
                 qPrintable(devices.out));
        QCOMPARE(orrery::test::orrery({"devices", "--device", "0"}).code, 0);
    }

    void commandLine_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QStringList>("says");
        const QString out = path("out");
        const auto row = [](const char* name, QStringList arguments, QStringList says) {
            QTest::newRow(name) << arguments << says;
        };
        row("nothing", {}, {"subcommand", "--help"});
        row("unknown command", {"rnu"}, {"'rnu'", "did you mean 'run'"});
        row("unknown option", {"run", "diffusion", "--out", out, "--fast"}, {"--fast", "run --help"});
        row("no lab", {"describe"}, {"lab", "describe --help"});
        row("no out", {"run", "diffusion"}, {"--out"});
        row("set without =", {"run", "diffusion", "--out", out, "--set", "steps"}, {"key=value", "'steps'"});
        row("steps not a number", {"run", "diffusion", "--out", out, "--steps", "many"}, {"--steps", "many"});
        row("steps negative", {"run", "diffusion", "--out", out, "--steps", "-3"}, {"--steps"});
        row("seed negative", {"run", "diffusion", "--out", out, "--seed", "-3"}, {"--seed", "'-3'"});
        row("seed too large", {"run", "diffusion", "--out", out, "--seed", "99999999999999999999"}, {"--seed"});
        row("size", {"run", "diffusion", "--out", out, "--size", "0x0"}, {"WIDTHxHEIGHT", "'0x0'"});
        row("size huge", {"run", "diffusion", "--out", out, "--size", "99999x9"}, {"WIDTHxHEIGHT"});
        row("theme", {"run", "diffusion", "--out", out, "--theme", "pink"}, {"--theme", "pink"});
    }
    void commandLine() {
        QFETCH(QStringList, arguments);
        QFETCH(QStringList, says);
        const Outcome outcome = orrery::test::orrery(arguments);
        QCOMPARE(outcome.code, 2);
        QVERIFY2(outcome.oneLine(), qPrintable(outcome.err + outcome.out));
        for (const QString& part : says) QVERIFY2(outcome.err.contains(part), qPrintable(outcome.err));
    }

    void badInput_data() {
        QTest::addColumn<QStringList>("more");
        QTest::addColumn<QStringList>("says");
        const auto row = [](const char* name, QStringList more, QStringList says) { QTest::newRow(name) << more << says; };
        const auto file = [&](const char* name, const char* fileName, const QByteArray& bytes, QStringList says) {
            row(name, {"--input", save(fileName, bytes)}, says << fileName);
        };
        row("wrong key", {"--set", "beta_mx=3"}, {"'beta_mx'", "did you mean 'beta_max'"});
        row("out of range", {"--set", "beta_max=300"}, {"beta_max", "300", "0.1 to 50"});
        row("nan", {"--set", "beta_max=nan"}, {"beta_max", "nan"});
        row("line break in a value", {"--set", "beta_max=1\n2"}, {"beta_max"});
        row("unknown choice", {"--set", "sde=vq"}, {"sde", "vp, ve, subvp"});
        row("points", {"--set", "drawn=[[1,2],[3]]"}, {"drawn", "row 2"});
        row("steps beyond the end", {"--steps", "9"}, {"--steps 9", "8 steps"});
        row("points nested deep", {"--set", "drawn=" + QString(60000, '[') + QString(60000, ']')}, {"drawn", "rows of"});
        row("no such device", {"--device", "abacus"}, {"abacus", "there is: 0 "});
        row("no such device number", {"--device", "99"}, {"'99'", "there is: 0 "});

        file("csv malformed", "bad.csv", "1,2\n3,four\n", {"row 2", "column 2", "'four'"});
        file("csv nan", "nan.csv", "1,2\nnan,4\n", {"row 2", "finite"});
        file("csv empty", "empty.csv", "", {"empty"});
        file("csv one column", "one.csv", "1\n2\n", {"1 column"});
        file("csv ragged", "ragged.csv", "1,2\n3,4,5\n", {"row 2"});
        file("csv binary", "binary.csv", QByteArray("\x89PNG\0\0\0", 7), {"table in text"});
        file("npy hostile", "hostile.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 2), }\n", "1234"),
             {"byte", "needs"});
        file("npy cut off", "cut.npy", QByteArray("\x93NUMPY\x01", 7), {"byte 0"});
        file("npy shape", "shape.npy", npy("{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }\n", "1234"), {"[N, 2]"});
        file("npy nan", "nan.npy",
             npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }\n", QByteArray("\0\0\xc0\x7f\0\0\0\0", 8)),
             {"row 1", "finite"});
        file("wrong kind", "cat.png", "x", {"csv"});
        row("no such file", {"--input", path("none.csv")}, {"none.csv", "no such file"});

        const auto scenario = [&](const char* name, const QByteArray& json, QStringList says) {
            row(name, {"--scenario", save(QString(name).replace(' ', '-') + ".json", json)}, says);
        };
        scenario("scenario version", R"({"orrery": 7, "lab": "diffusion"})", {"version 7", "reads version 1"});
        scenario("scenario key", R"({"orrery": 1, "lab": "diffusion", "sed": 1})", {"'sed'", "did you mean 'seed'"});
        scenario("scenario parameter", R"({"orrery": 1, "lab": "diffusion", "parameters": {"stpes": 1}})",
                 {"'stpes'", "did you mean 'steps'"});
        scenario("scenario cut off", R"({"orrery": 1, "lab")", {"JSON", "line 1"});
        scenario("scenario nested deep", R"({"orrery":)" + QByteArray(100000, '[') + QByteArray(100000, ']') + "}", {"nested"});
        row("scenario missing", {"--scenario", "no-such-thing"}, {"'no-such-thing'"});

        row("out is a file", {"--out", save("file", "x")}, {"file", "folder"});
        row("out is below a file", {"--out", path("file") + "/out"}, {"file/out", "folder"});
        row("out is in the kernel's own tree", {"--out", "/proc/self/out"}, {"/proc/self/out", "folder"});
        row("out is the kernel's own", {"--out", "/proc/self"}, {"/proc/self", "cannot be written"}); // exists; root may not
        row("out cannot be made", {"--out", "/proc/orrery"}, {"/proc/orrery"});
        QDir(m_folder.path()).mkdir("read-only");
        if (QFile::setPermissions(path("read-only"), QFile::ReadOwner | QFile::ExeOwner) &&
            !QFile(path("read-only") + "/x").open(QIODevice::WriteOnly)) // root may write everywhere
            row("out is read-only", {"--out", path("read-only")}, {"read-only", "written"});
        row("picture nowhere", {"--render", path("no/such/view.png")}, {"view.png", "written"});
    }
    void badInput() {
        QFETCH(QStringList, more);
        QFETCH(QStringList, says);
        const Outcome outcome =
            more.contains("--out") ? orrery::test::orrery(QStringList{"run", "diffusion"} + more) : quickRun(more);
        QVERIFY2(outcome.code == 1, qPrintable(outcome.err + outcome.out));
        QVERIFY2(outcome.oneLine(), qPrintable(outcome.err + outcome.out));
        for (const QString& part : says) QVERIFY2(outcome.err.contains(part), qPrintable(outcome.err));
        QVERIFY(!QFile::exists(path("out/summary.json"))); // only complete results have one
    }

    void unknownLabAndBench() {
        const Outcome lab = orrery::test::orrery({"describe", "difusion"});
        QVERIFY2(lab.code == 1 && lab.oneLine() && lab.err.contains("did you mean 'diffusion'"), qPrintable(lab.err));
        const Outcome bench = orrery::test::orrery({"bench", "celings"});
        QVERIFY2(bench.code == 1 && bench.oneLine() && bench.err.contains("did you mean 'ceilings'"), qPrintable(bench.err));
    }

    void noVulkanDevice() {
        const Outcome outcome = orrery::test::orrery(
            {"devices"}, {{"VK_ICD_FILENAMES", "/nonexistent.json"}, {"VK_DRIVER_FILES", "/nonexistent.json"}});
        QCOMPARE(outcome.code, 1);
        QVERIFY2(outcome.oneLine() && outcome.err.contains("mesa-vulkan-drivers"), qPrintable(outcome.err));
    }

    /// The linker finds a library that is none before the real one.
    void noVulkanLoader() {
        save("libvulkan.so.1", {}), save("libvulkan.so", {});
        const QByteArray folder = m_folder.path().toUtf8();
        const Outcome outcome = orrery::test::orrery({"devices"}, {{"LD_LIBRARY_PATH", folder.constData()}});
        QCOMPARE(outcome.code, 1);
        QVERIFY2(outcome.oneLine() && outcome.err.contains("no Vulkan loader") && outcome.err.contains("libvulkan1"),
                 qPrintable(outcome.err));
        QVERIFY(!outcome.err.contains("validation"));
    }

    void noSuchDeviceByTheVariable() {
        const Outcome outcome = orrery::test::orrery({"run", "diffusion", "--out", path("out")}, {{"ORRERY_DEVICE", "abacus"}});
        QVERIFY2(outcome.code == 1 && outcome.oneLine() && outcome.err.contains("'abacus'"), qPrintable(outcome.err));
    }

    /// What was trained into a file is what a run begins with; bad files and words are refused in one line.
    void trainAndUse() {
        const QStringList small = {"--set", "width=8", "--set", "depth=1", "--set", "batch=32", "--set", "train_steps=6"};
        const auto train = [&](const QStringList& more) { return orrery::test::orrery(QStringList{"train"} + more); };
        const Outcome trained = train(QStringList{"diffusion", "--out", path("net.safetensors")} + small);
        QVERIFY2(trained.code == 0 && trained.errors().isEmpty(), qPrintable(trained.err));
        QVERIFY2(trained.out.contains("after 6 steps"), qPrintable(trained.out));
        const QStringList use = {"--set", "score=learned", "--set", "network=" + path("net.safetensors")};
        const Outcome run = quickRun(use + small);
        QVERIFY2(run.code == 0 && run.errors().isEmpty(), qPrintable(run.err));
        const auto refused = [](const Outcome& outcome, const QString& word) {
            return outcome.code == 1 && outcome.oneLine() && outcome.err.contains(word);
        };
        QVERIFY(refused(quickRun(use), "set width to 8"));
        QVERIFY(refused(quickRun({"--set", "score=learned", "--set", "network=" + save("bad.safetensors", "none")}),
                        "bad.safetensors"));
        QVERIFY(refused(train({"diffusion", "--out", path("net.png")}), ".safetensors"));
        QVERIFY(refused(train({"precision", "--out", path("net.safetensors")}), "trains nothing"));
        QVERIFY(refused(train({"diffusion", "--out", path("no/folder/net.safetensors")}), "net.safetensors"));
        QVERIFY(refused(train({"diffusion", "--set", "data=drawn", "--out", path("none.safetensors")}), "no network"));
    }

    void onePoint() {
        const Outcome outcome = quickRun({"--input", save("point.csv", "3,4\n")});
        QVERIFY2(outcome.code == 0 && outcome.errors().isEmpty(), qPrintable(outcome.err));
    }

    /// Works, or is refused in one line; either way within the time and memory of a test.
    void tenMillionPoints() {
        QByteArray thousand;
        for (int i = 0; i < 1000; ++i) thousand += QByteArray::number(i) + "," + QByteArray::number(i * 7 % 1000) + "\n";
        QFile file(path("many.csv"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        for (int i = 0; i < 10000; ++i) file.write(thousand);
        file.close();
        const Outcome outcome = quickRun({"--input", file.fileName(), "--steps", "1"});
        QVERIFY2(outcome.code == 0 || (outcome.code == 1 && outcome.oneLine() && outcome.err.contains("many.csv")),
                 qPrintable(outcome.err));
        file.remove();
    }
};

QTEST_GUILESS_MAIN(CliTest)
#include "tst_cli.moc"
