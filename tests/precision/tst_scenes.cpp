// SPDX-License-Identifier: GPL-3.0-or-later
// Sums, gradients and random roundings through the session, as the window and the command line run them: published figures,
// exact values, and the same steps with the table of numbers.
#include "engine/error.h"
#include "engine/lab/session.h"
#include "engine/labs/precision/lab.h"
#include "engine/labs/precision/number.h"
#include "engine/tensor/gradient_sample.h"
#include "tests/support/test_main.h"
#include "tests/tensor/oracle.h"

using namespace orrery;
using namespace orrery::test;
using namespace orrery::precision;
using Verdict = lab::Check::Verdict;

namespace {

struct Run {
    explicit Run(const std::string& scenario) : session(device(), "precision") {
        session.apply(lab::loadScenario(scenario, "precision"));
    }
    PrecisionLab& lab() { return dynamic_cast<PrecisionLab&>(session.lab()); }
    void end() { session.runTo(session.lab().steps()); }
    double last(const char* key) const { return session.lab().series(key).back().value; }
    lab::Check check(const std::string& key) const {
        for (const lab::Check& check : session.lab().checks())
            if (check.key == key) return check;
        return {};
    }
    bool disagrees() const {
        for (const lab::Check& check : session.lab().checks())
            if (check.verdict == Verdict::disagrees) return true;
        return false;
    }
    lab::Session session;
};

std::size_t rowOf(const char* key) {
    const auto& keys = formatKeys();
    return std::size_t(std::find(keys.begin(), keys.end(), key) - keys.begin());
}

} // namespace

class TestScenes : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void theMasterWeightExample();
    void whereSumsOfOnesStick_data();
    void whereSumsOfOnesStick();
    void sumsAgainstTheTable();
    void theReferenceIsExact();
    void checksHoldEverywhere_data();
    void checksHoldEverywhere();
    void goingBackShowsWhatWasThere();
    void thePublishedGradients();
    void aScaleMovesTheBars();
    void randomRoundingsMeanTheNumber();
    void textIsReadOrRefused();
    void bitsComeAsAnArray();
};

void TestScenes::theMasterWeightExample() {
    Run run("swallowed");
    run.end();
    const Sums& sums = run.lab().sums();
    QCOMPARE(sums.inFormat(rowOf("fp16"), 1000), 1.);
    QCOMPARE(sums.inFloat32(rowOf("fp16"), 1000), 1.244140625);
    QCOMPARE(sums.exact(1000), 1.244140625);
    QCOMPARE(sums.swallowed(rowOf("fp16"), 1000), 1000);
    QCOMPARE(run.last("sum"), 1.);
    QCOMPARE(run.last("sum_fp32"), 1.244140625);
    QVERIFY(run.check("in_format").verdict == Verdict::explained && run.check("sticks").verdict == Verdict::matches);
    QVERIFY(run.check("master").verdict == Verdict::matches);
    run.session.set("term", std::string("3 * 2^-12")); // three quarters of a spacing: every step is rounded up
    run.end();
    QCOMPARE(sums.inFormat(rowOf("fp16"), 1000), 1 + 1000 * 0x1p-10);
}

void TestScenes::whereSumsOfOnesStick_data() {
    QTest::addColumn<QString>("format");
    QTest::addColumn<double>("wall");
    QTest::newRow("fp16") << "fp16" << 2048.;
    QTest::newRow("bf16") << "bf16" << 256.;
    QTest::newRow("e4m3") << "e4m3" << 16.;
    QTest::newRow("e5m2") << "e5m2" << 8.;
    QTest::newRow("fp32") << "fp32" << 4096.; // the whole sum: its wall is at 2^24
}

void TestScenes::whereSumsOfOnesStick() {
    QFETCH(QString, format);
    QFETCH(double, wall);
    Run run("sticking");
    run.session.set("format", format.toStdString());
    run.end();
    QCOMPARE(run.last("sum"), wall);
    QCOMPARE(run.last("sum_fp32"), 4096.);
    QVERIFY(!run.disagrees());
    const double predicted = Sums::sticksAt(formatOf(format.toStdString()), 0, 1);
    QCOMPARE(predicted, format == "fp32" ? 0x1p24 : wall);
    QVERIFY(format == "fp32" ? run.check("sticks").key.empty() : run.check("sticks").expected == wall);
}

/// The same additions by a search in the table of all numbers; random terms and products too.
void TestScenes::sumsAgainstTheTable() {
    for (const char* terms : {"uniform", "dot"}) {
        Run run("dot");
        run.session.set({{"terms", std::string(terms)}, {"count", std::int64_t(500)}});
        run.end();
        const Sums& sums = run.lab().sums();
        for (const tensor::Format* format : tensor::test::narrow()) {
            const tensor::test::Oracle oracle(*format);
            const auto in = [&](double v) { return tensor::decode(*format, oracle.encode(v)); };
            const std::size_t row =
                std::size_t(std::find(tensor::formats.begin(), tensor::formats.end(), format) - tensor::formats.begin());
            double sum = 0;
            float master = 0;
            for (int n = 1; n <= 500; ++n) {
                const Philox4 words = philox(run.session.seed(), std::uint32_t(n), 0, 0x53554D53);
                const auto normal = normalPair(words);
                const bool dot = std::string(terms) == "dot";
                const double x = in(dot ? double(float(normal[0])) : double(float(unitOpen(words[0]))));
                const double y = in(dot ? double(float(normal[1])) : 1);
                sum = in(sum + in(x * y));
                master += float(x * y);
                QCOMPARE(sums.inFormat(row, n), sum);
                QCOMPARE(sums.inFloat32(row, n), double(master));
            }
        }
    }
}

/// Terms of 24 bits each, between 2^-24 and 1: their sum is a whole number of 2^-48 and fits 64 bits and a few.
void TestScenes::theReferenceIsExact() {
    Run run("dot");
    run.session.set({{"terms", std::string("uniform")}, {"count", std::int64_t(20000)}});
    run.end();
    long double exact = 0;
    for (int n = 1; n <= 20000; ++n) {
        exact += static_cast<long double>(float(unitOpen(philox(run.session.seed(), std::uint32_t(n), 0, 0x53554D53)[0])));
        QVERIFY(std::abs(run.lab().sums().exact(n) - double(exact)) <= 0x1p-52 * double(exact));
    }
}

void TestScenes::checksHoldEverywhere_data() {
    QTest::addColumn<QString>("scenario");
    for (const lab::Scenario& scenario : lab::embeddedScenarios("precision"))
        if (scenario.settings.text("show") != "training") // that has tests of its own
            QTest::newRow(scenario.name.c_str()) << scenario.name.c_str();
}

void TestScenes::checksHoldEverywhere() {
    QFETCH(QString, scenario);
    Run run(scenario.toStdString());
    for (const std::string& format : formatKeys()) {
        run.session.set("format", format);
        for (const double share : {0., 0.01, 0.5, 1.}) {
            run.session.runTo(int(share * run.session.lab().steps()));
            for (const lab::Check& check : run.session.lab().checks())
                QVERIFY2(check.verdict != Verdict::disagrees,
                         qPrintable(QString::fromStdString(format + " " + check.key + ": " + check.because)));
        }
    }
}

void TestScenes::goingBackShowsWhatWasThere() {
    Run run("dot");
    run.session.runTo(100);
    const double there = run.lab().sums().inFormat(rowOf("bf16"), run.session.lab().position());
    run.end();
    run.session.runTo(100);
    QCOMPARE(run.session.lab().position(), 100);
    QCOMPARE(run.lab().sums().inFormat(rowOf("bf16"), 100), there);
    QCOMPARE(run.session.lab().array(device(), "sums").shape[0], std::uint64_t(101));
    Run again("dot");
    again.end();
    QVERIFY2(again.session.lab().array(device(), "sums").values == (run.end(), run.session.lab().array(device(), "sums").values),
             "same seed, same bits");
    run.session.setSeed(run.session.seed() + 1);
    run.end();
    QVERIFY(again.session.lab().array(device(), "sums").values != run.session.lab().array(device(), "sums").values);
}

void TestScenes::thePublishedGradients() {
    Run run("gradients");
    run.end();
    const tensor::PrecisionStats& s = run.lab().gradients().stats();
    QCOMPARE(s.count(), std::uint64_t(Gradients::pieces) * Gradients::perPiece);
    QCOMPARE(s.byFate(), s.count());
    // Five standard deviations of 262,144 draws: 0.46 and 0.45 points.
    QVERIFY(std::abs(100 * s.share(s.zero) - 66.8) < 0.46);
    QVERIFY(std::abs(100 * s.share(s.lost) - 31) < 0.45);
    QVERIFY(!run.disagrees());
    run.session.set("log2_scale", std::int64_t(15));
    run.end();
    const tensor::PrecisionStats& scaled = run.lab().gradients().stats();
    QVERIFY2(100 * scaled.share(scaled.lost) <= 0.1 && scaled.overflow == 0,
             qPrintable(QString::number(scaled.share(scaled.lost))));
    QVERIFY(!run.disagrees());
    run.session.set("log2_scale", std::int64_t(32));
    run.end();
    QVERIFY(scaled.overflow > 0 && run.check("overflow").verdict == Verdict::matches);
}

void TestScenes::aScaleMovesTheBars() {
    Run run("gradients");
    run.end();
    const auto before = run.lab().gradients().histogram();
    std::uint64_t sum = run.lab().gradients().stats().zero;
    for (const std::uint64_t n : before) sum += n;
    QVERIFY2(sum == run.lab().gradients().count(), "every gradient stands in a bar");
    const auto values = tensor::ssdLikeGradients(Gradients::pieces * Gradients::perPiece, run.session.seed());
    for (int k = 0; k < Gradients::bins; ++k) {
        const double low = std::ldexp(1, Gradients::lowest + 2 * k);
        const auto count =
            std::count_if(values.begin(), values.end(), [&](float g) { return std::abs(g) >= low && std::abs(g) < 4 * low; });
        QCOMPARE(before[std::size_t(k)], std::uint64_t(count));
    }
    run.session.set("log2_scale", std::int64_t(7));
    run.end();
    QVERIFY(run.lab().gradients().histogram() == before);
    const lab::HostArray array = run.session.lab().array(device(), "histogram");
    QCOMPARE(array.values[2], float(Gradients::lowest + 7));
}

void TestScenes::randomRoundingsMeanTheNumber() {
    Run run("spacing");
    run.session.set("value", std::string("2048.5"));
    run.end();
    const lab::Check check = run.check("mean");
    QVERIFY(check.verdict == Verdict::matches && check.expected == 0);
    QVERIFY(std::abs(run.last("mean")) < 5 * std::sqrt(0.25 * 0.75 / Bits::draws));
    QVERIFY2(run.last("nearest") == -0.25 && run.lab().bits().number().value == 2048,
             "while nearest rounding is always a quarter of a spacing off");
    run.session.set("format", std::string("fp32"));
    run.end();
    QCOMPARE(run.last("mean"), 0.);
    run.session.set("value", std::string("65519.9"));
    run.session.set("format", std::string("fp16"));
    run.end();
    QVERIFY2(run.check("mean").verdict == Verdict::pending, "half of its roundings are infinite");
}

void TestScenes::textIsReadOrRefused() {
    Run run("bits");
    QCOMPARE(run.lab().bits().number().code, std::uint64_t(0x2E66));
    QVERIFY_EXCEPTION_THROWN(run.session.set("value", std::string("a tenth")), Error);
    QVERIFY_EXCEPTION_THROWN(run.session.set("term", std::string("inf")), Error);
    QVERIFY_EXCEPTION_THROWN(run.session.set("value", std::string("1\n2")), Error);
    QVERIFY_EXCEPTION_THROWN(run.session.set("value", 0.5), Error);
    QCOMPARE(run.session.settings().text("value"), std::string("0.1"));
    QCOMPARE(run.lab().bits().number().code, std::uint64_t(0x2E66));
    run.session.set("value", std::string("fp16:0x7D01")); // a signalling NaN keeps its code
    QCOMPARE(run.lab().bits().number().code, std::uint64_t(0x7D01));
    const lab::Scenario saved = run.session.scenario("saved");
    const lab::Scenario back = lab::parseScenario(lab::writeScenario(saved), "saved");
    QCOMPARE(back.settings.text("value"), std::string("fp16:0x7D01"));
    run.session.set("format", std::string("bf16"));
    QVERIFY(std::isnan(run.lab().bits().number().value));
    run.session.undo();
    run.session.undo();
    QCOMPARE(run.session.settings().text("value"), std::string("0.1"));
    const lab::Scenario number =
        lab::parseScenario(R"({"orrery": 1, "lab": "precision", "title": "t", "parameters": {"value": 0.25}})", "number");
    QCOMPARE(number.settings.text("value"), std::string("0.25"));
}

void TestScenes::bitsComeAsAnArray() {
    Run run("bits");
    const lab::HostArray bits = run.session.lab().array(device(), "bits");
    QCOMPARE(bits.values, (std::vector<float>{0, 0, 1, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0}));
    QCOMPARE(run.session.lab().array(device(), "sums").shape, std::vector<std::uint64_t>{0});
    const lab::HostArray rounded = run.session.lab().array(device(), "rounded");
    QCOMPARE(rounded.shape, (std::vector<std::uint64_t>{6, 5}));
    QCOMPARE(rounded.values[2 * 5], 0.0999755859375f);
}

ORRERY_TEST_MAIN(TestScenes)
#include "tst_scenes.moc"
