// SPDX-License-Identifier: GPL-3.0-or-later
// `orrery run --send`: what a window sends to the embedding lab, without one; read by `orrery project`, which knows only the files.
#include "tests/cli/support.h"

#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QtTest/QtTest>

using orrery::test::Outcome;

class SendTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    QString path(const QString& name) const { return m_folder.filePath(name); }
    QByteArray bytesOf(const QString& name) const {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

 private Q_SLOTS:
    void tokensOfTheShippedModel() {
        const Outcome outcome = orrery::test::orrery(
            {"run", "language", "--scenario", "plain", "--steps", "0", "--send", "token-table", "--out", path("sent")});
        QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
        QVERIFY(outcome.out.contains("token-table.npy"));
        const QJsonObject sent = QJsonDocument::fromJson(bytesOf("sent/summary.json"))
                                     .object()
                                     .value("sent")
                                     .toObject()
                                     .value("token-table")
                                     .toObject();
        QCOMPARE(sent["file"].toString(), QString("token-table.npy"));
        QCOMPARE(sent["rows"].toInt(), 2048);
        const QByteArray rows = bytesOf("sent/token-table.npy"), array = bytesOf("sent/table.npy");
        QCOMPARE(rows.right(2048 * sent["dims"].toInt() * 4), array.right(2048 * sent["dims"].toInt() * 4));
        QCOMPARE(bytesOf("sent/token-table.labels.tsv").count('\n'), 2049);
        const Outcome projected =
            orrery::test::orrery({"project", path("sent/token-table.npy"), "--method", "pca", "--out", path("points.csv")});
        QVERIFY2(projected.code == 0, qPrintable(projected.err));
        const QList<QByteArray> lines = bytesOf("points.csv").split('\n');
        QVERIFY2(lines[0].contains("kind") && lines[0].contains("count"), lines[0].constData());
        QVERIFY(bytesOf("points.csv").contains("word start"));
    }

    void patchesOfThePicture() {
        const Outcome outcome = orrery::test::orrery({"run", "segmentation", "--send", "image-tokens", "--out", path("patches")});
        QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
        for (const char* ending : {".npy", ".labels.tsv", ".thumbs.png"})
            QVERIFY(!bytesOf(QString("patches/image-tokens") + ending).isEmpty());
        QVERIFY(bytesOf("patches/image-tokens.labels.tsv").startsWith("name\tobject\trow\tcolumn\t"));
    }

    void whatCannotBeSentIsOneLine() {
        const Outcome unknown = orrery::test::orrery({"run", "language", "--send", "tokens", "--out", path("no")});
        QVERIFY(unknown.code == 1 && unknown.oneLine());
        QVERIFY2(unknown.err.contains("token-table, output-table"), qPrintable(unknown.err));
        QVERIFY(!QDir(path("no")).exists());
        const Outcome none = orrery::test::orrery({"run", "precision", "--send", "rows", "--out", path("no")});
        QVERIFY2(none.code == 1 && none.oneLine() && none.err.contains("nothing to send"), qPrintable(none.err));
        const Outcome tied = orrery::test::orrery(
            {"run", "language", "--scenario", "plain", "--steps", "0", "--send", "output-table", "--out", path("tied")});
        QVERIFY2(tied.code == 1 && tied.oneLine() && tied.err.contains("are its token embeddings"), qPrintable(tied.err));
        QVERIFY(!QFile::exists(path("tied/summary.json"))); // only beside results that are complete
    }

    void describeTellsOfIt() {
        const Outcome text = orrery::test::orrery({"describe", "segmentation"});
        QVERIFY(text.out.contains("--send") && text.out.contains("image-tokens"));
        const Outcome json = orrery::test::orrery({"describe", "language", "--json"});
        bool sent = false;
        for (const auto& output : QJsonDocument::fromJson(json.out.toUtf8()).object().value("outputs").toArray()) {
            const QJsonObject each = output.toObject();
            sent |= each.value("key").toString() == "token-table" && each.value("sent").toBool();
        }
        QVERIFY(sent);
    }
};

QTEST_GUILESS_MAIN(SendTest)
#include "tst_send.moc"
