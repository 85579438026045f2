// SPDX-License-Identifier: GPL-3.0-or-later
// Signals made, drawn and read: generators against their formulas, files of every kind, and what is wrong with a bad one.
#include "engine/labs/statespace/fourier.h"
#include "engine/labs/statespace/recording.h"
#include "tests/statespace/support.h"

#include <QTemporaryDir>
#include <bit>
#include <numbers>

using namespace orrery;
using namespace orrery::statespace;
using namespace orrery::statespace::test;

namespace {

struct Bytes {
    std::vector<std::byte> all;
    template <class T>
    Bytes& number(T value) {
        for (std::size_t i = 0; i < sizeof(T); ++i) all.push_back(std::byte(std::uint64_t(value) >> (8 * i) & 0xFF));
        return *this;
    }
    Bytes& text(const char* s) {
        for (; *s; ++s) all.push_back(std::byte(*s));
        return *this;
    }
    Bytes& add(const Bytes& other) {
        all.insert(all.end(), other.all.begin(), other.all.end());
        return *this;
    }
};

struct Wav {
    std::uint16_t kind = 1, channels = 1, bits = 16;
    std::uint32_t rate = 44100;
    Bytes data;
    std::int64_t claimed = -1; ///< size of the data that the header states
    std::int32_t frame = -1;

    std::vector<std::byte> bytes() const {
        Bytes file;
        const std::uint16_t size = frame >= 0 ? std::uint16_t(frame) : std::uint16_t(channels * ((bits + 7) / 8));
        file.text("RIFF").number(std::uint32_t(36 + data.all.size())).text("WAVE");
        file.text("LIST").number(std::uint32_t(3)).text("abc").number(std::uint8_t(0)); // odd chunks are padded
        file.text("fmt ").number(std::uint32_t(16)).number(kind).number(channels).number(rate);
        file.number(std::uint32_t(rate * size)).number(size).number(bits);
        file.text("data").number(std::uint32_t(claimed >= 0 ? claimed : std::int64_t(data.all.size()))).add(data);
        return file.all;
    }
    Recording read() const { return readWav(bytes(), "x.wav"); }
};

std::string tableError(const char* text) {
    return errorOf([&] { readTable(text, "x.csv"); });
}

} // namespace

class TestSignals : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void generatorsAreTheirFormulas() {
        const double pi = std::numbers::pi;
        const Signal s = sines({{2, 0.5, 0.3}, {5, 1, 0}}, 100, 0.01);
        WITHIN(std::abs(s.samples[7] - (0.5 * std::sin(2 * pi * 2 * 0.075 + 0.3) + std::sin(2 * pi * 5 * 0.075))), 1e-14);
        QCOMPARE(s.band, 5.0);
        const Signal c = chirp(1, 3, 1000, 0.01); // phase pi (2 · 1 t + 0.2 t^2)
        WITHIN(std::abs(c.samples[500] - std::sin(2 * pi * (5.005 + 0.1 * 5.005 * 5.005))), 1e-12);
        const Signal q = square(1, 8, 0.25);
        QCOMPARE(q.samples, (Vector{1, 1, -1, -1, 1, 1, -1, -1}));
        QCOMPARE(step(0.5, 4, 0.25).samples, (Vector{0, 0, 1, 1}));
        QVERIFY(errorOf([] { sines({}, 0, 1); }).find("0 samples") != std::string::npos);
        QVERIFY(errorOf([] { sines({}, 5, -1); }).find("positive") != std::string::npos);
    }

    void noiseIsBandLimitedAndSeeded() {
        const Signal u = noise(3, 0.5, 7, 1000, 0.01); // 10 s: 30 harmonics
        const ComplexVector spectrum = rfft(u.samples);
        double power = 0;
        for (std::size_t k = 0; k < spectrum.size(); ++k) {
            if (k == 0 || k > 30) WITHIN(std::abs(spectrum[k]), 1e-10);
            if (k > 0 && k <= 30) QVERIFY(std::abs(spectrum[k]) > 1e-6);
        }
        for (const double v : u.samples) power += v * v / 1000;
        WITHIN(std::abs(power - 0.25), 1e-12);
        QCOMPARE(noise(3, 0.5, 7, 1000, 0.01).samples, u.samples);
        QVERIFY(farthest(noise(3, 0.5, 8, 1000, 0.01).samples, u.samples) > 0.1);
        WITHIN(farthest(noiseAt(3, 0.5, 7, 10, Vector{0.005, 4.325}), Vector{u.samples[0], u.samples[432]}), 1e-12);
        QVERIFY(errorOf([] { noise(0.01, 1, 1, 100, 0.1); }).find("whole turn") != std::string::npos);
        QVERIFY(errorOf([] { noise(50, 1, 1, 100, 0.01); }).find("half the sampling rate") != std::string::npos);
    }

    void drawnLinesGoThroughTheirPoints() {
        const Signal s = drawn({{3, 1}, {1, -1}, {1, 0}}, 4, 1); // at 0.5, 1.5, 2.5, 3.5; the later of two at 1 holds
        WITHIN(farthest(s.samples, Vector{0, 0.25, 0.75, 1}), 1e-15);
        QVERIFY(errorOf([] { drawn({}, 4, 1); }).find("drag") != std::string::npos);
        QCOMPARE(drawn({{2, 5}}, 3, 1).samples, (Vector{5, 5, 5}));
    }

    void unusableSignalsAreNamed() {
        QVERIFY(errorOf([] { check({{}, 1, {}, 0}, "x"); }).find("no samples") != std::string::npos);
        QVERIFY(errorOf([] { check({{1, NAN}, 1, {}, 0}, "x"); }).find("sample 2: nan") != std::string::npos);
        QVERIFY(errorOf([] { check({{1, 2}, 0, {}, 0}, "x"); }).find("positive") != std::string::npos);
        QVERIFY(remark({{1}, 1, {}, 0}).find("single") != std::string::npos);
        QVERIFY(remark({{1, 1}, 1, {}, 0}).find("constant") != std::string::npos);
        QVERIFY(remark({{1, 2}, 1, {}, 0}).empty());
    }

    void resamplingKeepsWhatBothRatesHold() {
        // a tone of 5 turns, far below both half rates; soxr's first samples coincide, so the time of sample j is j dt + dt_0 / 2
        const Signal u = sines({{5, 1, 0.2}}, 4410, 1.0 / 4410);
        for (const std::int64_t count : {1000, 1600, 4410, 12000, 12345}) {
            const Signal v = resampledTo(u, count);
            QCOMPARE(std::int64_t(v.samples.size()), count);
            WITHIN(std::abs(v.duration() - 1), 1e-12);
            double most = 0;
            for (std::size_t j = std::size_t(count / 10); j < std::size_t(count * 9 / 10); ++j)
                most = std::max(
                    most, std::abs(v.samples[j] - std::sin(2 * std::numbers::pi * 5 * (double(j) * v.dt + u.dt / 2) + 0.2)));
            WITHIN(most, 1e-3); // the edges are mirrored and start within a thousandth of a sample
        }
        const Signal flat = resampledTo({Vector(300, 0.4), 0.1, {}, 0}, 77);
        for (const double v : flat.samples) WITHIN(std::abs(v - 0.4), 1e-6); // no sag at the ends
        QCOMPARE(resampled(u, 1.0 / 1000).samples.size(), std::size_t(1000));
        QCOMPARE(stretched({{1, 2}, 1, {}, 4}, 3).samples, (Vector{1, 1, 1, 2, 2, 2}));
        QCOMPARE(resampledTo({{2}, 1, {}, 0}, 5).samples.size(), std::size_t(5));
    }

    void wavOfEveryDepth() {
        Wav wav;
        wav.data.number(std::int16_t(16384)).number(std::int16_t(-32768));
        QCOMPARE(wav.read().channels[0], (Vector{0.5, -1}));
        QCOMPARE(wav.read().rate, 44100.0);
        wav = {.bits = 8, .data = {}};
        wav.data.number(std::uint8_t(192)).number(std::uint8_t(0));
        QCOMPARE(wav.read().channels[0], (Vector{0.5, -1}));
        wav = {.bits = 24, .data = {}};
        wav.data.number(std::uint16_t(0)).number(std::uint8_t(0x40)).number(std::uint16_t(0xFFFF)).number(std::uint8_t(0xFF));
        QCOMPARE(wav.read().channels[0], (Vector{0.5, -0x1p-23}));
        wav = {.bits = 32, .data = {}};
        wav.data.number(std::int32_t(1 << 30));
        QCOMPARE(wav.read().channels[0], Vector{0.5});
        wav = {.kind = 3, .bits = 32, .data = {}};
        wav.data.number(std::bit_cast<std::uint32_t>(0.25F));
        QCOMPARE(wav.read().channels[0], Vector{0.25});
        wav = {.kind = 3, .channels = 2, .bits = 64, .rate = 8000, .data = {}};
        for (const double v : {0.1, 0.2, 0.3, 0.4}) wav.data.number(std::bit_cast<std::uint64_t>(v));
        const Recording stereo = wav.read();
        QCOMPARE(stereo.names, (std::vector<std::string>{"left", "right"}));
        QCOMPARE(stereo.channels[1], (Vector{0.2, 0.4}));
        WITHIN(farthest(signalOf(stereo, -1, "x").samples, Vector{0.15, 0.35}), 1e-15);
        QCOMPARE(signalOf(stereo, 0, "x").dt, 1.0 / 8000);
        QVERIFY(errorOf([&] { signalOf(stereo, 2, "x"); }).find("left, right") != std::string::npos);
        wav = {.kind = 7, .bits = 8, .data = {}};
        wav.data.number(std::uint8_t(0xFF)).number(std::uint8_t(0x80)); // mu-law zero and its loudest, 32124
        QCOMPARE(wav.read().channels[0], (Vector{0, 32124 / 32768.0}));
        wav.kind = 6;
        QCOMPARE(wav.read().channels[0],
                 (Vector{848 / 32768.0, 5504 / 32768.0})); // 0x55 ^ 0xFF = 0xAA, 0x55 ^ 0x80 = 0xD5: by G.711
    }

    void wavBeyondFourGigabytesAndExtensible() {
        Bytes file;
        file.text("RF64").number(0xFFFFFFFFu).text("WAVE");
        file.text("ds64").number(28u).number(std::uint64_t(100)).number(std::uint64_t(4)).number(std::uint64_t(1)).number(0u);
        file.text("fmt ").number(40u).number(std::uint16_t(0xFFFE)).number(std::uint16_t(2)).number(8000u).number(32000u);
        file.number(std::uint16_t(4)).number(std::uint16_t(16)).number(std::uint16_t(22)).number(std::uint16_t(16)).number(3u);
        file.number(std::uint16_t(1)); // PCM, then the rest of its identifier
        for (int i = 0; i < 14; ++i) file.number(std::uint8_t(0));
        file.text("data").number(0xFFFFFFFFu).number(std::int16_t(8192)).number(std::int16_t(-8192));
        file.text("LIST").number(0u); // what comes behind is no sound
        const Recording r = readWav(file.all, "x.wav");
        QCOMPARE(r.channels, (std::vector<Vector>{{0.25}, {-0.25}}));
        QVERIFY(r.remarks.empty());
    }

    void lyingWavsAreTold() {
        Wav wav;
        wav.data.number(std::int16_t(1)).number(std::int16_t(2));
        const auto error = [](const Wav& w) { return errorOf([&] { w.read(); }); };
        Wav lie = wav;
        lie.claimed = 1000;
        QVERIFY2(error(lie).find("claims 1000 bytes of sound where the file holds 4") != std::string::npos, error(lie).c_str());
        lie = wav, lie.channels = 0;
        QVERIFY(error(lie).find("0 channels") != std::string::npos);
        lie = wav, lie.channels = 2, lie.frame = 2;
        QVERIFY(error(lie).find("contradicts itself") != std::string::npos);
        lie = wav, lie.rate = 0;
        QVERIFY(error(lie).find("rate of 0") != std::string::npos);
        lie = wav, lie.kind = 85;
        QVERIFY(error(lie).find("kind 85") != std::string::npos);
        lie = wav, lie.data = {};
        QVERIFY(error(lie).find("no samples") != std::string::npos);
        lie = {.kind = 3, .bits = 32, .data = {}};
        lie.data.number(std::bit_cast<std::uint32_t>(NAN));
        QVERIFY(error(lie).find("sample 1 of channel 1 is not a finite") != std::string::npos);
        lie = wav, lie.claimed = 0xFFFFFFFF; // a recorder that was cut off
        QCOMPARE(lie.read().channels[0].size(), std::size_t(2));
        QCOMPARE(lie.read().remarks.size(), std::size_t(1));
        lie = wav, lie.data.number(std::uint8_t(7));
        QCOMPARE(lie.read().remarks.size(), std::size_t(1));
        QVERIFY(errorOf([] { readWav({}, "x"); }).find("no WAV") != std::string::npos);
        // Cut anywhere: an Error or a shorter sound, never more.
        const std::vector<std::byte> whole = wav.bytes();
        for (std::size_t size = 0; size < whole.size(); ++size)
            QVERIFY2(!errorOf([&] { readWav(std::span(whole).first(size), "x"); }).empty(), qPrintable(QString::number(size)));
        // Every byte of the header damaged in turn: an Error or a recording that is not longer than the file.
        for (std::size_t i = 0; i < whole.size(); ++i)
            for (const int value : {0, 1, 127, 255}) {
                std::vector<std::byte> damaged = whole;
                damaged[i] = std::byte(value);
                const std::string why = errorOf([&] {
                    const Recording r = readWav(damaged, "x");
                    if (r.channels.at(0).size() > whole.size()) throw Error("longer than the file");
                });
                QVERIFY(why.find("longer") == std::string::npos);
            }
    }

    void tablesOfEveryKind() {
        QCOMPARE(readTable("1\n2\n3\n", "x").channels[0], (Vector{1, 2, 3}));
        const Recording named = readTable("\xEF\xBB\xBF# comment\ntime;left ear;\"right\"\n0;1;4\n0.5;2;5\r\n1.0;3;6\n", "x");
        QCOMPARE(named.rate, 2.0);
        QCOMPARE(named.names, (std::vector<std::string>{"left ear", "right"}));
        QCOMPARE(named.channels[1], (Vector{4, 5, 6}));
        QCOMPARE(readTable("1 2\n 3\t4\n", "x").channels.size(), std::size_t(2));
        const Recording one = readTable("0.5", "x");
        QCOMPARE(one.channels[0], Vector{0.5});
        QCOMPARE(one.remarks.size(), std::size_t(1));
    }

    void badTablesAreTold() {
        QVERIFY(tableError("a,b\n1,2\n3,\n").find("row 3: column 2 is empty") != std::string::npos);
        QVERIFY(tableError("1,2\n3,oops\n").find("'oops' is not a number") != std::string::npos);
        QVERIFY(tableError("1,2\n3\n").find("row 2: has 1 columns where the rows before have 2") != std::string::npos);
        QVERIFY(tableError("1\nnan\n").find("not a finite") != std::string::npos);
        QVERIFY(tableError("name\n").find("no numbers") != std::string::npos);
        QVERIFY(tableError("").find("no numbers") != std::string::npos);
        QVERIFY(tableError("t,u\n0,1\n1,2\n3,4\n").find("do not rise evenly") != std::string::npos);
    }

    void filesAreKnownByTheirContent() {
        const QTemporaryDir folder;
        const auto write = [&](const char* name, const QByteArray& bytes) {
            QFile file(folder.filePath(name));
            file.open(QIODevice::WriteOnly);
            file.write(bytes);
            return file.fileName().toStdString();
        };
        Wav wav;
        wav.data.number(std::int16_t(16384));
        const std::vector<std::byte> bytes = wav.bytes();
        QCOMPARE(
            readRecording(write("named.csv", {reinterpret_cast<const char*>(bytes.data()), qsizetype(bytes.size())})).channels[0],
            Vector{0.5});
        QCOMPARE(readRecording(write("named.wav", "1\n2\n")).channels[0], (Vector{1, 2}));
        QVERIFY(errorOf([&] { readRecording(write("empty", "")); }).find("is empty") != std::string::npos);
        QVERIFY(errorOf([&] { readRecording(write("binary", QByteArray("ab\0cd", 5))); }).find("neither") != std::string::npos);
        QVERIFY(errorOf([&] { readRecording(folder.filePath("none").toStdString()); }).find("cannot be opened") !=
                std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestSignals)
#include "tst_signals.moc"
