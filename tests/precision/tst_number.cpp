// SPDX-License-Identifier: GPL-3.0-or-later
// What a person writes, and numbers taken apart, against the table of all numbers and double arithmetic.
#include "engine/error.h"
#include "engine/labs/precision/anatomy.h"
#include "engine/labs/precision/number.h"
#include "tests/tensor/oracle.h"

#include <QtTest/QtTest>

using namespace orrery;
using namespace orrery::precision;
using tensor::Format;
using tensor::test::Oracle;

class TestNumber : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void whatIsWritten_data();
    void whatIsWritten();
    void whatMakesNoSense_data();
    void whatMakesNoSense();
    void everyCodeHasAText();
    void theDefinitionGivesTheValue();
    void neighboursAndSpacing();
    void roundingAgainstTheTable();
    void chancesMakeTheMeanRight();
    void beyondTheGreatest();
};

void TestNumber::whatIsWritten_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<double>("value");
    QTest::newRow("decimal") << "0.1" << 0.1;
    QTest::newRow("scientific") << "-1.5e-8" << -1.5e-8;
    QTest::newRow("power") << "2^-12" << 0x1p-12;
    QTest::newRow("least of float64") << "2^-1074" << 0x1p-1074;
    QTest::newRow("sum") << "1 + 2^-11" << 1 + 0x1p-11;
    QTest::newRow("share") << "1/3" << 1. / 3;
    QTest::newRow("brackets") << "(2 - 2^-10) * 2^15" << 65504.;
    QTest::newRow("signs of print") << "\xE2\x88\x92"
                                       "3 \xC3\x97 2^\xE2\x88\x92"
                                       "12"
                                    << -3 * 0x1p-12;
    QTest::newRow("minus binds less than power") << "-2^2" << -4.;
    QTest::newRow("powers from the right") << "2^2^3" << 256.;
    QTest::newRow("hexadecimal") << "0x1.8p-3" << 0x1.8p-3;
    QTest::newRow("infinity") << "-INF" << -HUGE_VAL;
    QTest::newRow("code") << "fp16:0x3C01" << 1 + 0x1p-10;
    QTest::newRow("code of fp8") << "e4m3:7E" << 448.;
}

void TestNumber::whatIsWritten() {
    QFETCH(QString, text);
    QFETCH(double, value);
    QCOMPARE(read(text.toStdString()).value, value);
}

void TestNumber::whatMakesNoSense_data() {
    QTest::addColumn<QString>("text");
    for (const char* text :
         {"", " ", "1 +", "two", "2^", "(1", "1)", "1e999", "fp16:0x10000", "fp16:", "e4m3:1FF", "fp17:0", "0x", "--", "1,5"})
        QTest::newRow(text) << text;
    QTest::newRow("deep") << QString(5000, '(');
    QTest::newRow("long") << QString(5000, '-');
}

void TestNumber::whatMakesNoSense() {
    QFETCH(QString, text);
    QVERIFY_EXCEPTION_THROWN(read(text.toStdString()), Error);
}

void TestNumber::everyCodeHasAText() {
    for (const Format* format : tensor::test::narrow())
        for (std::uint64_t code = 0; code < std::uint64_t{1} << format->bits(); ++code) {
            const std::string text = textOf(*format, code);
            QVERIFY2(codeOf(read(text), *format) == code, text.c_str());
        }
    for (const std::uint32_t bits : tensor::test::floatBits())
        QVERIFY(codeOf(read(textOf(tensor::fp32, bits)), tensor::fp32) == bits);
    for (std::uint32_t i = 0; i < 100000; ++i) {
        const Philox4 w = philox(5, i, 0, 0);
        const std::uint64_t code = std::uint64_t(w[0]) << 32 | w[1];
        QVERIFY(codeOf(read(textOf(tensor::fp64, code)), tensor::fp64) == code);
    }
    QCOMPARE(hexadecimal(tensor::fp16, 0x3c), std::string("0x003C"));
    QCOMPARE(hexadecimal(tensor::fp64, 1), std::string("0x0000000000000001"));
}

void TestNumber::theDefinitionGivesTheValue() {
    for (const Format* format : tensor::test::narrow()) {
        const Oracle oracle(*format);
        for (std::size_t code = 0; code < oracle.end(); ++code) {
            const Anatomy a = anatomy(*format, code), minus = anatomy(*format, code | format->signBit());
            QVERIFY(byDefinition(a) == oracle.plain(code) && a.value == oracle.plain(code));
            QVERIFY(minus.negative && minus.value == -a.value && byDefinition(minus) == -a.value);
            // A planted fault: one bit of the fraction more, and the definition says another number.
            Anatomy wrong = a;
            wrong.fraction ^= 1;
            QVERIFY(byDefinition(wrong) != a.value);
        }
    }
    const Anatomy tenth = anatomy(tensor::fp16, 0x2E66);
    QCOMPARE(tenth.field, 11);
    QCOMPARE(int(tenth.fraction), 614);
    QCOMPARE(tenth.value, 0.0999755859375);
    QVERIFY(fieldOf(tensor::fp16, 15) == Field::sign && fieldOf(tensor::fp16, 14) == Field::exponent);
    QVERIFY(fieldOf(tensor::fp16, 10) == Field::exponent && fieldOf(tensor::fp16, 9) == Field::fraction);
}

void TestNumber::neighboursAndSpacing() {
    for (const Format* format : tensor::test::narrow()) {
        const Oracle oracle(*format);
        for (std::size_t code = 1; code + 1 < oracle.end(); ++code) {
            const Anatomy a = anatomy(*format, code);
            QVERIFY(a.next.below == oracle.plain(code - 1) && a.next.above == oracle.plain(code + 1));
            QVERIFY(a.spacing == oracle.plain(code + 1) - oracle.plain(code));
        }
    }
}

void TestNumber::roundingAgainstTheTable() {
    for (const Format* format : tensor::test::narrow()) {
        const Oracle oracle(*format);
        for (const std::uint32_t bits : tensor::test::floatBits()) {
            const double x = double(std::bit_cast<float>(bits));
            if (!std::isfinite(x) || std::abs(x) > format->maxFinite) continue;
            const Rounded r = rounded(*format, x);
            QVERIFY(r.code == oracle.encode(x));
            const auto toward = std::size_t(oracle.encode(std::abs(x), tensor::Rounding::towardZero()));
            QVERIFY(std::abs(r.toward) == oracle.plain(toward));
            const bool held = oracle.plain(toward) == std::abs(x);
            QVERIFY(std::abs(r.away) == (held                        ? oracle.plain(toward)
                                         : toward + 1 < oracle.end() ? oracle.plain(toward + 1)
                                                                     : HUGE_VAL) ||
                    toward + 1 == oracle.end());
            QVERIFY(held == (r.up == 0));
            QVERIFY2(std::abs(r.ulps) <= 0.5, "nearest is half a spacing off at most");
            QVERIFY(r.absolute == r.value - x);
        }
    }
}

/// toward (1 - p) + away p is the number itself: that is what stochastic rounding is for.
void TestNumber::chancesMakeTheMeanRight() {
    for (const Format* format : tensor::test::narrow())
        for (std::uint32_t i = 0; i < 20000; ++i) {
            const double x = std::ldexp(unitOpen(philox(9, i, 0, 0)[0]) - 0.5, int(i % 20) - 10);
            const Rounded r = rounded(*format, x);
            if (!std::isfinite(r.away)) continue;
            const double mean = r.toward * (1 - r.up) + r.away * r.up;
            QVERIFY(std::abs(mean - x) <= 0x1p-50 * std::max(std::abs(x), std::abs(r.away)));
        }
}

void TestNumber::beyondTheGreatest() {
    const Rounded over = rounded(tensor::fp16, 65520), under = rounded(tensor::fp16, 65519),
                  tiny = rounded(tensor::fp16, 0x1p-25);
    QVERIFY(std::isinf(over.value) && over.toward == 65504 && over.up == 0.5 && std::isinf(over.away));
    QCOMPARE(under.value, 65504.);
    QCOMPARE(tiny.value, 0.);
    QCOMPARE(tiny.relative, -1.);
    QCOMPARE(rounded(tensor::fp16, 1e9).up, 1.);
    QVERIFY(std::isnan(rounded(tensor::e4m3, 500).value));
    QVERIFY(rounded(tensor::fp64, 0.1).absolute == 0 && rounded(tensor::fp16, HUGE_VAL).absolute == 0);
}

QTEST_GUILESS_MAIN(TestNumber)
#include "tst_number.moc"
