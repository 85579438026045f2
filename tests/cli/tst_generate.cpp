// SPDX-License-Identifier: GPL-3.0-or-later
// `orrery generate`: the text alone, the report, one text whatever drafts, and what it refuses.
#include "tests/cli/support.h"
#include "tests/language/storyteller.h"

#include <nlohmann/json.hpp>

using namespace orrery::language::test;
using orrery::test::Outcome;
using Json = nlohmann::json;

class GenerateTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<Storyteller> m_teller;

    Outcome generate(const QStringList& more) const {
        return orrery::test::orrery(QStringList{"generate", "--model", m_folder.path() + "/config.json", "--draft",
                                                m_folder.path() + "/draft", "--prompt", "Once upon a time"} +
                                    more);
    }

 private Q_SLOTS:
    void initTestCase() { m_teller = std::make_unique<Storyteller>(m_folder.path().toStdString()); }

    void theTextAloneAndTheSameWhateverDrafts() {
        for (const char* temperature : {"0", "0.9"}) {
            const Outcome plain = generate({"--tokens", "24", "--temperature", temperature, "--seed", "5"});
            QVERIFY2(plain.code == 0, qPrintable(plain.err));
            QVERIFY(plain.out.size() > 10 && plain.out.endsWith('\n'));
            for (const char* strategy : {"draft", "lookup", "ngram", "medusa"}) {
                const Outcome drafted =
                    generate({"--tokens", "24", "--temperature", temperature, "--seed", "5", "--strategy", strategy});
                QVERIFY2(drafted.code == 0, qPrintable(drafted.err));
                QCOMPARE(drafted.out, plain.out);
            }
        }
    }

    void theReport() {
        const Outcome run = generate(
            {"--tokens", "20", "--strategy", "draft", "--tree", "2x2", "--rule", "distinct", "--temperature", "1", "--json"});
        QVERIFY2(run.code == 0, qPrintable(run.err));
        const Json report = Json::parse(run.out.toStdString());
        QCOMPARE(report["strategy"].get<std::string>(), std::string("draft"));
        QCOMPARE(report["rule"].get<std::string>(), std::string("distinct"));
        QVERIFY(report["lossless"].get<bool>());
        QCOMPARE(report["token_ids"].size(), std::size_t(20));
        QCOMPARE(report["decoding"]["tokens"].get<int>(), 20);
        QVERIFY(report["decoding"]["rounds"].get<int>() <= 20);
        QVERIFY(report["decoding"]["ms"]["verify"].get<double>() > 0);
        QCOMPARE(report["ended_by"].get<std::string>(), std::string("tokens"));
        const Outcome typical =
            generate({"--tokens", "20", "--strategy", "draft", "--rule", "typical", "--temperature", "1", "--json"});
        const Json lossy = Json::parse(typical.out.toStdString());
        QVERIFY(!lossy["lossless"].get<bool>());
        QVERIFY(lossy["changed_law"]["kl_per_token"].get<double>() >= 0);
    }

    void theContextEndsIt() {
        const Outcome run = generate({"--tokens", "100000", "--json"});
        QVERIFY2(run.code == 0, qPrintable(run.err));
        const Json report = Json::parse(run.out.toStdString());
        QCOMPARE(report["ended_by"].get<std::string>(), std::string("context"));
    }

    void whatIsWrongIsSaidInOneLine_data() {
        QTest::addColumn<QStringList>("more");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("named");
        QTest::newRow("no model") << QStringList{"--model", "/nowhere"} << 1 << "/nowhere";
        QTest::newRow("no heads") << QStringList{"--strategy", "mtp"} << 1 << "mtp.safetensors";
        QTest::newRow("strategy") << QStringList{"--strategy", "magic"} << 2 << "magic";
        QTest::newRow("rule") << QStringList{"--rule", "magic"} << 1 << "magic";
        QTest::newRow("tree") << QStringList{"--strategy", "draft", "--tree", "0;1,0"} << 1 << "1,0";
        QTest::newRow("too deep") << QStringList{"--strategy", "medusa", "--tree", "chain4"} << 1 << "2 tokens ahead";
        QTest::newRow("drawn, dynamic") << QStringList{"--strategy", "draft", "--tree", "dynamic", "--rule", "iid"} << 1
                                        << "dynamic";
        QTest::newRow("tokens") << QStringList{"--tokens", "0"} << 2 << "0";
        QTest::newRow("temperature") << QStringList{"--temperature", "-1"} << 2 << "-1";
        QTest::newRow("seed") << QStringList{"--seed", "-3"} << 2 << "-3";
        QTest::newRow("prompt file") << QStringList{"--prompt-file", "/nowhere.txt"} << 2 << "prompt";
    }
    void whatIsWrongIsSaidInOneLine() {
        QFETCH(QStringList, more);
        QFETCH(int, code);
        QFETCH(QString, named);
        QStringList arguments = {"generate", "--prompt", "Once"};
        if (!more.contains("--model")) arguments += QStringList{"--model", m_folder.path()};
        const Outcome run = orrery::test::orrery(arguments + more);
        QCOMPARE(run.code, code);
        QVERIFY2(run.oneLine(), qPrintable(run.err + run.out));
        QVERIFY2(run.err.contains(named), qPrintable(run.err));
    }

    void anEmptyPromptNeedsAMarkToBeginWith() {
        const Outcome run = orrery::test::orrery({"generate", "--model", m_folder.path(), "--tokens", "3"});
        QCOMPARE(run.code, 1);
        QVERIFY2(run.oneLine() && run.err.contains("word"), qPrintable(run.err));
    }
};

QTEST_GUILESS_MAIN(GenerateTest)
#include "tst_generate.moc"
