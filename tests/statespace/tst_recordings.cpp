// SPDX-License-Identifier: GPL-3.0-or-later
// Recordings as a person opens them: the corpus, each file as its name says; large ones by a job, which shows what was there
// until all is read, can be cancelled, and takes a bad file back.
#include "engine/lab/session.h"
#include "engine/labs/statespace/lab.h"
#include "tests/support/error_of.h"
#include "tests/support/test_main.h"

#include <QElapsedTimer>
#include <QTemporaryDir>

using namespace orrery;
using namespace orrery::test;
using namespace orrery::statespace;

namespace {

/// A ramp as WAV of 16 bits.
QByteArray ramp(int channels, int frames, int missing = 0) {
    QByteArray data;
    for (int i = 0; i < frames; ++i)
        for (int c = 0; c < channels; ++c) data += char(i & 255), data += char((i >> 8) & 127);
    const auto number = [](quint32 v, int bytes) {
        QByteArray out;
        for (int i = 0; i < bytes; ++i) out += char(v >> (8 * i) & 255);
        return out;
    };
    const quint32 size = quint32(data.size());
    data.chop(missing);
    return "RIFF" + number(36 + size, 4) + "WAVEfmt " + number(16, 4) + number(1, 2) + number(quint32(channels), 2) +
           number(8000, 4) + number(quint32(16000 * channels), 4) + number(quint32(2 * channels), 2) + number(16, 2) + "data" +
           number(size, 4) + data;
}

struct Bed {
    Bed() : session(device(), "statespace") {
        session.apply(lab::loadScenario("memory", "statespace"));
        session.set({{"samples", std::int64_t(600)}, {"states", std::int64_t(4)}, {"use_fout", false}, {"use_lagt", false}});
        session.runTo(600);
    }
    const Remember& memory() { return dynamic_cast<StatespaceLab&>(session.lab()).memory(); }
    std::string write(const char* name, const QByteArray& bytes) {
        QFile file(folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) qFatal("cannot write");
        return file.fileName().toStdString();
    }
    void open(const std::string& path) { session.set({{"signal", std::string("file")}, {"file", path}}); }
    /// One frame; the milliseconds that it took.
    double frame() {
        QElapsedTimer timer;
        timer.start();
        device().wait(device().run("frame", [&](gpu::Recorder& r) { session.update(r, 0.016, 8); }));
        return double(timer.nsecsElapsed()) / 1e6;
    }
    std::vector<float> state() { return session.lab().array(device(), "state").values; }
    QTemporaryDir folder;
    lab::Session session;
};

} // namespace

constexpr int samples = 500'000;

class TestRecordings : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void theCorpus_data() {
        QTest::addColumn<QString>("path");
        QDir data(ORRERY_TEST_DATA "/statespace/data");
        for (const QString& name : data.entryList({"good-*", "lie-*"}, QDir::Files))
            QTest::newRow(qPrintable(name)) << data.filePath(name);
        QVERIFY(data.entryList({"good-*"}).size() >= 15 && data.entryList({"lie-*"}).size() >= 20);
    }
    void theCorpus() {
        QFETCH(QString, path);
        const std::string file = path.toStdString();
        const std::string why = errorOf([&] {
            for (const Vector& channel : readRecording(file).channels)
                for (const double u : channel) QVERIFY(std::isfinite(u));
        });
        if (path.contains("good-")) {
            QCOMPARE(why, std::string());
        } else {
            QVERIFY2(why.starts_with(file + ": ") || why.starts_with(file + ", row "), why.c_str());
            QVERIFY2(why.size() < 400 && std::none_of(why.begin(), why.end(), [](char c) { return c >= 0 && c < 32; }),
                     why.c_str());
            QVERIFY2(QString::fromStdString(why).toStdString() == why, "UTF-8");
        }
    }

    /// Progress is told all along, and told to stop a reading does so at once.
    void progressIsToldAndHeeded() {
        Bed bed;
        for (const auto& path :
             {bed.write("a.wav", ramp(2, 300'000)), bed.write("a.csv", QByteArray("0.25\n").repeated(200'000))}) {
            std::vector<double> told;
            readRecording(path, [&](double fraction) { return told.push_back(fraction), true; });
            QVERIFY2(told.size() >= 5 && std::is_sorted(told.begin(), told.end()) && told.back() <= 1, path.c_str());
            QVERIFY(told.back() > 0.8);
            int calls = 0;
            const std::string why = errorOf([&] { readRecording(path, [&](double) { return ++calls < 3; }); });
            QVERIFY2(calls == 3 && why.find("not read to its end") != std::string::npos, why.c_str());
        }
    }

    /// Half a million samples: no frame waits for them, what was there stays until they are, and they can be scrubbed then.
    void aLargeRecordingIsReadByAJob() {
        Bed bed;
        const std::vector<float> before = bed.state();
        const std::string path = bed.write("large.wav", ramp(2, samples));
        QElapsedTimer timer;
        timer.start();
        bed.open(path);
        const double opened = double(timer.nsecsElapsed()) / 1e6;
        QVERIFY2(opened < 100, qPrintable(QString::number(opened)));
        QCOMPARE(bed.session.lab().jobs().all().size(), std::size_t(1));
        QVERIFY(bed.session.lab().jobs().all()[0]->name() == "Reading large.wav");
        QVERIFY2(bed.state() == before, "what was there is still to be seen");
        std::vector<double> frames;
        double most = 0;
        while (!bed.session.lab().jobs().empty()) {
            most = std::max(most, bed.session.lab().jobs().all()[0]->fraction());
            frames.push_back(bed.frame());
            QVERIFY(frames.size() < 100'000);
        }
        QCOMPARE(bed.memory().steps(), samples);
        std::sort(frames.begin(), frames.end());
        qInfo("opened in %.1f ms, %zu frames, median %.1f ms, longest %.1f ms", opened, frames.size(), frames[frames.size() / 2],
              frames.back());
        QVERIFY2(frames[frames.size() / 2] < 60, "8 ms are asked for; a machine under load is given more");
        bed.session.runTo(samples / 2);
        QVERIFY(!bed.memory().state(0).empty());
        // Another channel of the same file is no new reading; resampling it is one.
        bed.session.set("channel", std::int64_t(2));
        QVERIFY(bed.session.lab().jobs().empty());
        bed.session.set({{"resample", true}, {"samples", std::int64_t(5000)}});
        QVERIFY(!bed.session.lab().jobs().empty());
        bed.session.runTo(5000);
        QCOMPARE(bed.memory().steps(), 5000);
    }

    /// The header lies at the end of megabytes: the job finds out, and the change is taken back.
    void aLargeLieIsTakenBack_data() {
        QTest::addColumn<bool>("wav");
        QTest::newRow("WAV that is cut short") << true;
        QTest::newRow("CSV with a word at its end") << false;
    }
    void aLargeLieIsTakenBack() {
        QFETCH(bool, wav);
        Bed bed;
        const std::vector<float> before = bed.state();
        const std::string path = wav ? bed.write("cut.wav", ramp(1, 400'000, 1000))
                                     : bed.write("word.csv", QByteArray("0.25\n").repeated(100'000) + "oops\n");
        bed.open(path);
        const std::string why = errorOf([&] { bed.session.runTo(600); });
        QVERIFY2(why.find(path) == 0 && why.find(wav ? "cut short" : "row 100001") != std::string::npos, why.c_str());
        QCOMPARE(bed.session.settings().text("signal"), std::string("noise"));
        QVERIFY(bed.session.lab().jobs().empty());
        QVERIFY2(bed.state() == before, "nothing is lost");
        QVERIFY(bed.memory().request().source->missing.empty());
    }

    void aReadingCanBeCancelled() {
        Bed bed;
        const std::string path = bed.write("large.wav", ramp(2, samples));
        bed.open(path);
        bed.session.lab().jobs().cancelAll(); // before a frame: a fast machine may have read it by then
        for (int i = 0; i < 3; ++i) bed.frame();
        QVERIFY(bed.memory().request().source->missing.find("not read to its end") != std::string::npos);
        bed.session.set("states", std::int64_t(5));
        QVERIFY2(bed.session.lab().jobs().empty(), "it is not begun again by a slider");
        bed.session.undo(), bed.session.undo();
        bed.frame();
        QVERIFY2(bed.memory().request().source->missing.empty() && bed.memory().steps() == 600, "back to what was there");
        bed.open(path); // and asked for again it is read
        bed.session.runTo(10);
        QCOMPARE(bed.memory().steps(), samples);
    }

    void anotherFileTakesTheReadingsPlace() {
        Bed bed;
        const std::string large = bed.write("large.wav", ramp(1, 400'000)), small = bed.write("small.wav", ramp(1, 700));
        bed.open(large);
        bed.session.set("states", std::int64_t(6)); // a slider does not disturb it
        QCOMPARE(bed.session.lab().jobs().all().size(), std::size_t(1));
        bed.session.set("file", small);
        QVERIFY(bed.session.lab().jobs().empty());
        QCOMPARE(bed.memory().steps(), 700);
        bed.session.runTo(700);
        QCOMPARE(bed.memory().position(), 700);
    }

    void theConvolutionPageReadsItToo() {
        Bed bed;
        const std::string path = bed.write("large.wav", ramp(1, 400'000));
        bed.session.set({{"show", std::string("kernel")}, {"signal", std::string("file")}, {"file", path}});
        QVERIFY(!bed.session.lab().jobs().empty());
        bed.session.runTo(256);
        const auto& it = dynamic_cast<StatespaceLab&>(bed.session.lab()).convolving();
        QVERIFY(largestMagnitude(it.signal()) > 0.5);
    }
};

ORRERY_TEST_MAIN(TestRecordings)
#include "tst_recordings.moc"
