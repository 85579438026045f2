// SPDX-License-Identifier: GPL-3.0-or-later
// Damaged recordings, WAV and tables: see tests/support/fuzz.h. Seeds are the files of tests/statespace/data.
#include "engine/labs/statespace/recording.h"
#include "tests/support/fuzz.h"

using namespace orrery;
using namespace orrery::statespace;
using namespace orrery::test;

namespace {

std::vector<Fuzz::Seed> seeds() {
    std::vector<Fuzz::Seed> all;
    QDir folder(ORRERY_TEST_DATA "/statespace/data");
    for (const QString& name : folder.entryList({"*.wav", "*.csv"}, QDir::Files, QDir::Name)) {
        QFile file(folder.filePath(name));
        if (!file.open(QIODevice::ReadOnly)) qFatal("cannot read %s", qPrintable(name));
        if (const QByteArray bytes = file.readAll(); !bytes.isEmpty())
            all.push_back({bytes.toStdString(), {}, name.toStdString()});
    }
    return all;
}

const std::vector<std::string> words = {"RIFF",
                                        "RF64",
                                        "WAVE",
                                        "fmt ",
                                        "data",
                                        "ds64",
                                        "LIST",
                                        ",",
                                        ";",
                                        "\t",
                                        " ",
                                        "\n",
                                        "\r\n",
                                        "#",
                                        "\"",
                                        "-",
                                        "+",
                                        "e",
                                        "1e308",
                                        "nan",
                                        "inf",
                                        "0x1p3",
                                        "time",
                                        "t",
                                        "\xEF\xBB\xBF",
                                        "\xFF",
                                        "\x80",
                                        std::string(1, '\0')};

/// What is read is whole: channels of one length, finite, no longer than the file can be.
void readAll(const std::string& path) {
    const Recording r = readRecording(path);
    const std::size_t size = std::size_t(QFileInfo(QString::fromStdString(path)).size());
    if (r.channels.empty() || r.names.size() != r.channels.size()) throw std::runtime_error("channels without names");
    for (const Vector& channel : r.channels) {
        if (channel.size() != r.channels[0].size() || channel.empty()) throw std::runtime_error("channels of several lengths");
        if (channel.size() * r.channels.size() > size) throw std::runtime_error("more samples than the file has bytes");
        for (const double u : channel)
            if (!std::isfinite(u)) throw std::runtime_error("a sample that is not finite");
    }
    if (!(r.rate >= 0) || !std::isfinite(r.rate)) throw std::runtime_error("no rate");
    // The sentence about a channel that is not there holds names from the file.
    try {
        signalOf(r, 100'000, path);
    } catch (const Error& error) {
        if (std::string(error.what()).size() > 4000) throw std::runtime_error("an error that nobody can read");
        if (!QString::fromUtf8(error.what()).contains("there is no channel")) throw;
        if (QString::fromUtf8(error.what()).contains(QChar::ReplacementCharacter)) throw;
    }
    signalOf(r, -1, path);
}

} // namespace

class FuzzRecordings : public QObject {
    Q_OBJECT

    Fuzz m_fuzz{seeds(), words, readAll};

 private Q_SLOTS:
    void fuzz_data() { Fuzz::rows(); }
    void fuzz() {
        QFETCH(int, seconds);
        QVERIFY(m_fuzz.seeds().size() > 30);
        const std::string finding = m_fuzz.run(seconds);
        QVERIFY2(finding.empty(), finding.c_str());
    }
};

int main(int argc, char** argv) { return fuzzMain<FuzzRecordings>(argc, argv); }
#include "tst_slow_fuzz.moc"
