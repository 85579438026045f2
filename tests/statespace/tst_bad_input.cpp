// SPDX-License-Identifier: GPL-3.0-or-later
// What a person may bring: damaged recordings, tables with gaps, signals of one sample, the least and the most states. Each is
// a sentence or a picture, and never the loss of what was there.
#include "engine/lab/session.h"
#include "engine/labs/statespace/lab.h"
#include "tests/support/error_of.h"
#include "tests/support/test_main.h"

#include <QTemporaryDir>

using namespace orrery;
using namespace orrery::test;
using namespace orrery::statespace;

namespace {

struct Bed {
    Bed() : session(device(), "statespace") {
        session.apply(lab::loadScenario("memory", "statespace"));
        session.set({{"samples", std::int64_t(600)}, {"states", std::int64_t(8)}});
        session.runTo(session.lab().steps());
    }
    const Remember& memory() { return dynamic_cast<StatespaceLab&>(session.lab()).memory(); }
    std::string write(const char* name, const QByteArray& bytes) {
        QFile file(folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write");
        file.write(bytes);
        return file.fileName().toStdString();
    }
    std::string open(const std::string& path) {
        return errorOf([&] { session.set({{"signal", std::string("file")}, {"file", path}}); });
    }
    QTemporaryDir folder;
    lab::Session session;
};

QByteArray wav(int rate, int channels, int bits, int frames, int claimed = -1) {
    QByteArray data;
    for (int i = 0; i < frames * channels; ++i)
        for (int byte = 0; byte < bits / 8; ++byte) data += char(byte == bits / 8 - 1 ? (i * 7) % 100 : i);
    const auto number = [](quint32 v, int bytes) {
        QByteArray out;
        for (int i = 0; i < bytes; ++i) out += char(v >> (8 * i) & 255);
        return out;
    };
    const quint32 size = claimed < 0 ? quint32(data.size()) : quint32(claimed);
    return "RIFF" + number(36 + size, 4) + "WAVEfmt " + number(16, 4) + number(1, 2) + number(quint32(channels), 2) +
           number(quint32(rate), 4) + number(quint32(rate * channels * bits / 8), 4) + number(quint32(channels * bits / 8), 2) +
           number(quint32(bits), 2) + "data" + number(size, 4) + data;
}

} // namespace

class TestBadInput : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void badFilesAreSentences_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("word");
        QTest::newRow("a gap") << QByteArray("1\n2\n\n,\n3\n") << "";
        QTest::newRow("a word") << QByteArray("u\n1\n2\nthree\n4\n") << "three";
        QTest::newRow("nan") << QByteArray("1\nnan\n3\n") << "nan";
        QTest::newRow("inf") << QByteArray("1\ninf\n3\n") << "inf";
        QTest::newRow("ragged") << QByteArray("1,2\n3\n") << "";
        QTest::newRow("empty") << QByteArray() << "";
        QTest::newRow("header alone") << QByteArray("u,v\n") << "";
        QTest::newRow("no WAV") << QByteArray("RIFF\x10\0\0\0WAVE", 12) << "";
        QTest::newRow("WAV without samples") << wav(8000, 1, 16, 0) << "";
        QTest::newRow("WAV of no channels") << wav(8000, 0, 16, 0) << "";
    }
    void badFilesAreSentences() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, word);
        Bed bed;
        const std::vector<float> before = bed.session.lab().array(device(), "state").values;
        const std::string message = bed.open(bed.write("bad.csv", bytes));
        QVERIFY2(message.find("bad.csv") != std::string::npos && message.find(word.toStdString()) != std::string::npos,
                 message.c_str());
        QVERIFY(message.find('\n') == std::string::npos);
        QCOMPARE(bed.session.settings().text("signal"), std::string("noise"));
        QVERIFY2(bed.session.lab().array(device(), "state").values == before, "nothing is lost");
    }

    void recordingsOfEveryKind_data() {
        QTest::addColumn<int>("rate");
        QTest::addColumn<int>("channels");
        QTest::addColumn<int>("bits");
        for (const auto& [rate, channels, bits] :
             {std::tuple{8000, 1, 8}, {11025, 2, 16}, {44100, 6, 24}, {96000, 1, 32}, {1, 1, 16}})
            QTest::addRow("%d Hz, %d x %d bits", rate, channels, bits) << rate << channels << bits;
    }
    void recordingsOfEveryKind() {
        QFETCH(int, rate);
        QFETCH(int, channels);
        QFETCH(int, bits);
        Bed bed;
        bed.session.set({{"use_legt", false}, {"use_lagt", false}, {"use_fout", false}}); // what is remembered is not at stake
        const std::string path = bed.write("tone.wav", wav(rate, channels, bits, 500));
        QCOMPARE(bed.open(path), std::string());
        QCOMPARE(bed.memory().steps(), 500);
        QVERIFY(std::abs(bed.memory().signal().duration() - 500.0 / rate) < 1e-9);
        bed.session.runTo(500);
        QVERIFY(!bed.memory().state(0).empty());
        bed.session.set({{"resample", true}, {"samples", std::int64_t(300)}});
        QCOMPARE(bed.memory().steps(), 300);
        const std::string refused = errorOf([&] { bed.session.set("channel", std::int64_t(channels + 1)); });
        QVERIFY2(refused.find("channel") != std::string::npos, refused.c_str());
    }

    void aLyingHeaderIsToldOrReadAsFarAsItGoes() {
        Bed bed;
        const std::string message = bed.open(bed.write("lying.wav", wav(8000, 1, 16, 100, 1 << 30)));
        QVERIFY2(!message.empty() || (bed.memory().steps() == 100 && !bed.memory().request().source->remark.empty()),
                 message.c_str());
    }

    void fewSamplesAreAPictureWithARemark() {
        Bed bed;
        QCOMPARE(bed.open(bed.write("one.csv", "0.5\n")), std::string());
        QCOMPARE(bed.memory().steps(), 1);
        QVERIFY(bed.memory().request().source->remark.find("single sample") != std::string::npos);
        bed.session.runTo(1);
        QVERIFY(std::abs(bed.memory().state(0)[0] - 0.5) < 1e-12);
        QCOMPARE(bed.open(bed.write("flat.csv", "2\n2\n2\n2\n2\n2\n")), std::string());
        QVERIFY(bed.memory().request().source->remark.find("constant") != std::string::npos);
        bed.session.set({{"signal", std::string("sines")}, {"samples", std::int64_t(1)}});
        bed.session.runTo(1);
        QCOMPARE(bed.memory().position(), 1);
    }

    void theLeastAndTheMostStates() {
        Bed bed;
        for (const int N : {1, 512}) {
            bed.session.set({{"states", std::int64_t(N)}, {"use_lmu", N == 1}});
            bed.session.runTo(600);
            QCOMPARE(bed.memory().position(), 600);
            for (std::size_t i = 0; i < bed.memory().count(); ++i) {
                QVERIFY2(bed.memory().trouble(i).empty(), bed.memory().trouble(i).c_str());
                QCOMPARE(bed.memory().state(i).size(), std::size_t(N));
                for (const double x : bed.memory().state(i)) QVERIFY(std::isfinite(x));
            }
        }
    }

    void aMillionSamplesAreRememberedAndScrubbed() {
        Bed bed;
        bed.session.set({{"samples", std::int64_t(1'000'000)}, {"use_legt", false}, {"use_lagt", false}, {"use_fout", false}});
        bed.session.runTo(1'000'000);
        QCOMPARE(bed.memory().position(), 1'000'000);
        const Vector end = bed.memory().state(0);
        bed.session.runTo(3);
        bed.session.runTo(1'000'000);
        QVERIFY2(bed.memory().state(0) == end && largestMagnitude(end) > 0, "the very same numbers");
        const std::string refused = errorOf([&] { bed.session.set("samples", std::int64_t(1'000'001)); });
        QVERIFY2(refused.find("samples") != std::string::npos, refused.c_str());
    }

    void settingsThatMakeNoSignalAreRefused() {
        Bed bed;
        const std::string slow = errorOf([&] { bed.session.set({{"frequency", 0.01}, {"duration", 1.0}}); });
        QVERIFY2(slow.find("Hz") != std::string::npos, slow.c_str());
        const std::string coarse = errorOf([&] { bed.session.set({{"frequency", 900.0}}); });
        QVERIFY2(coarse.find("samples") != std::string::npos, coarse.c_str());
        QCOMPARE(bed.session.settings().number("frequency"), 1.0);
    }
};

ORRERY_TEST_MAIN(TestBadInput)
#include "tst_bad_input.moc"
