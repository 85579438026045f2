// SPDX-License-Identifier: GPL-3.0-or-later
// What a person types for rows, words and columns need not be exact, and what cannot be read is said with its place.
#include "engine/lab/inputs.h"
#include "engine/labs/embedding/problem.h"
#include "engine/labs/embedding/search_pattern.h"
#include "engine/labs/embedding/spelling.h"
#include "engine/labs/embedding/words_expression.h"
#include "tests/support/error_of.h"

#include <QtTest/QtTest>

using namespace orrery;
using namespace orrery::test;
using namespace orrery::embedding;

namespace {

const std::vector<std::string> words = {
    "king", "queen", "King", "quest", "Paris", "US", "us", "paRis", "well-known", "7", "\xC3\x89t\xC3\xA9"};

Table named() {
    Table table;
    table.values = Matrix(std::int64_t(words.size()), 2);
    table.tokens = words;
    table.columns = {{"Sign", {"a", "b"}, std::vector<float>(words.size())}, {"width", {}, std::vector<float>(words.size())}};
    return table;
}

} // namespace

class TestSpelling : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void aWordIsFoundAsAPersonWritesIt() {
        const auto at = [](const char* typed) { return spelled(words, typed).at; };
        QCOMPARE(at("king"), 0);
        QCOMPARE(at("King"), 2); // as written comes first
        QCOMPARE(at("KING"), 0); // then small letters
        QCOMPARE(at("Us"), 6);
        QCOMPARE(at("PARIS"), -1); // Paris or paRis
        QCOMPARE(spelled(words, "PARIS").several, (std::vector<std::string>{"Paris", "paRis"}));
        QCOMPARE(at("quee"), 1); // the only one that begins so
        QCOMPARE(at("WELL"), 8);
        QCOMPARE(at("que"), -1);
        QCOMPARE(spelled(words, "que").several, (std::vector<std::string>{"queen", "quest"}));
        QCOMPARE(at("kingdom"), -1);
        QCOMPARE(at("\xC3\x89t"), 10);
    }

    void whatIsNotThereBringsTheNearest() {
        QCOMPARE(spelledAlike(words, "qeen", 3), (std::vector<std::string>{"queen"}));
        QCOMPARE(spelledAlike(words, "Kign", 2), (std::vector<std::string>{})); // two edits of four letters are too many
        QCOMPARE(spelledAlike(words, "kinh", 2), (std::vector<std::string>{"king", "King"}));
        QCOMPARE(spellingHint(words, "que"), std::string("; begin with it: queen, quest"));
        QCOMPARE(spellingHint(words, "qeen"), std::string("; spelt like it: queen"));
        QCOMPARE(spellingHint(words, "zzzzz"), std::string());
    }

    void rowsAreNamedByWordsAndNumbers() {
        const Table table = named();
        QCOMPARE(rowsNamed(table, "queen, 3,QUES"), (std::vector<std::int64_t>{1, 3, 3}));
        QCOMPARE(rowsNamed(table, "7"), (std::vector<std::int64_t>{9})); // a word before a number
        QCOMPARE(rowsNamed(table, "#7"), (std::vector<std::int64_t>{7}));
        const std::string error = errorOf([&] { rowsNamed(table, "king, qeen"); });
        QVERIFY2(error.find("'qeen'; spelt like it: queen; rows have numbers from 0 to 10") != std::string::npos, error.c_str());
        QVERIFY(errorOf([&] { rowsNamed(table, "11"); }).find("no row is called '11'") != std::string::npos);
        QVERIFY(errorOf([&] { rowsNamed(table, " , "); }).find("name a row") != std::string::npos);
        for (std::int64_t row = 0; row < table.rows(); ++row)
            QCOMPARE(rowsNamed(table, nameOfRow(table, row)), std::vector<std::int64_t>{row});
        QCOMPARE(nameOfRow(table, 1), std::string("queen"));
        Table twice = named();
        twice.tokens[4] = "queen", twice.tokens[5] = "a, b", twice.tokens[6] = " c ";
        for (const std::int64_t row : {4, 5, 6}) {
            QCOMPARE(nameOfRow(twice, row), "#" + std::to_string(row));
            QCOMPARE(rowsNamed(twice, nameOfRow(twice, row)), std::vector<std::int64_t>{row});
        }
    }

    void columnsAndExpressionsAsWell() {
        const Table table = named();
        QCOMPARE(table.find("sign"), &table.columns[0]);
        QCOMPARE(table.find("wid"), &table.columns[1]);
        QVERIFY(!table.find("height") && !table.find(""));
        const WordIndex index(words);
        const auto terms = parseExpression("KING - quee + well-known", index);
        QCOMPARE(terms.size(), std::size_t(3));
        QCOMPARE(terms[1].row, std::int64_t(1));
        QCOMPARE(terms[1].word, std::string("queen"));
        const std::string error = errorOf([&] { parseExpression("king - que", index); });
        QVERIFY2(error.find("place 8") != std::string::npos && error.find("begin with it: queen, quest") != std::string::npos,
                 error.c_str());
    }

    void aBadExpressionIsSaidWithItsPlace_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("place");
        QTest::addColumn<QString>("says");
        QTest::newRow("not closed") << "a(b" << 2 << "parenthesis";
        QTest::newRow("the outer one") << "(a(b)" << 1 << "parenthesis";
        QTest::newRow("not opened") << "ab)c" << 3 << "parenthesis";
        QTest::newRow("bracket") << "ab[cd" << 3 << "bracket";
        QTest::newRow("bracket after an escaped one") << "\\[a[b" << 4 << "bracket";
        QTest::newRow("range") << "x[c-a]" << 3 << "range";
        QTest::newRow("class") << "x[[:nix:]]" << 3 << "class";
        QTest::newRow("repeat first") << "*a" << 1 << "nothing to repeat";
        QTest::newRow("repeat in a group") << "a(+b)" << 3 << "nothing to repeat";
        QTest::newRow("repeat after a bar") << "ab|?c" << 4 << "nothing to repeat";
        QTest::newRow("count") << "ab{x}" << 3 << "count";
        QTest::newRow("backslash last") << "ab\\" << 3 << "backslash";
        QTest::newRow("letters of two bytes") << QString::fromUtf8("\xC3\xA9\xC3\xA9(") << 3 << "parenthesis";
    }
    void aBadExpressionIsSaidWithItsPlace() {
        QFETCH(QString, text);
        QFETCH(int, place);
        QFETCH(QString, says);
        const QString error = QString::fromStdString(errorOf([&] { pattern(text.toStdString()); }));
        QVERIFY2(error.startsWith(QString("no regular expression, place %1: ").arg(place)) && error.contains(says),
                 qPrintable(error));
    }
    void goodExpressionsAreNone() {
        for (const char* good :
             {"^king$", "(wo)?man", "s$", "a{2,3}?", "[[:alpha:]]+", "a|b", "(?:a|b)*", "\\(x\\)", "[]a]|[^]]", "\\bx\\d"})
            pattern(good);
    }

    /// Labels by hand: what a person would call prose and what a table.
    void proseIsToldFromNumbers() {
        for (const char* prose : {"Once upon a time there was a king.\nHe had 3 daughters.\n", "word",
                                  "Chapter 1\n\nIt was 1812, and cold.\nThey left.", "# A heading\n\n* one\n* two"})
            QVERIFY2(lab::isProse(prose), prose);
        for (const char* table :
             {"king 0.1 -0.2 0.3\nqueen 0.2 .5 -1e-3\n", "2 3\nking 0.1 0.2 0.3\nqueen 1 2 3\n", "1,2,3\n4,5,6\n",
              "a,b\n1,2\n3,4\n", "name\tcity\nAnn\tRome\nBob\tParis\n", "", "New York 0.1 0.2 0.3 0.4\n"})
            QVERIFY2(!lab::isProse(table), table);
    }
};

QTEST_GUILESS_MAIN(TestSpelling)
#include "tst_spelling.moc"
