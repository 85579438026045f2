// SPDX-License-Identifier: GPL-3.0-or-later
// Texts as words: what a word is, in any script; vocabularies; files that nobody vouches for; the grammar and its analogies.
#include "engine/labs/embedding/words_corpus.h"
#include "engine/philox.h"
#include "tests/embedding/words.h"
#include "tests/support/damage.h"
#include "tests/support/error_of.h"

#include <QtTest/QtTest>

#include <cmath>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

using namespace orrery;
using namespace orrery::embedding;
using test::errorOf;

namespace {

/// Words with blanks between, sentences with | between.
std::string scanned(std::string_view text, bool lowerCase = true) {
    std::string all;
    WordScan scan;
    scan(
        text, lowerCase,
        [&](std::string_view word) { all += std::string(all.empty() || all.back() == '|' ? "" : " ") + std::string(word); },
        [&] {
            if (!all.empty() && all.back() != '|') all += '|';
        });
    return all;
}

std::string fileWith(const QTemporaryDir& folder, const std::string& name, const std::string& content) {
    const std::string path = folder.filePath(QString::fromStdString(name)).toStdString();
    std::ofstream(path, std::ios::binary) << content;
    return path;
}

} // namespace

class TestWordsText : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void words_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("wanted");
        QTest::newRow("marks") << "The cat, (the dog); \"sat\"."
                               << "the cat the dog sat|";
        QTest::newRow("joints") << "Don't well-known e.g. 3.14 U.S. snake_case -dash' end-"
                                << "don't well-known e.g|3.14 u.s|snake_case dash end|";
        QTest::newRow("sentences") << "One. Two! Three?\nFour"
                                   << "one|two|three|four|";
        QTest::newRow("typographic") << QString::fromUtf8("It’s “fine” – or… not") << QString::fromUtf8("it’s fine or|not|");
        QTest::newRow("umlauts") << QString::fromUtf8("ÄÖÜ ÉCOLE Žižek Ÿ") << QString::fromUtf8("äöü école žižek ÿ|");
        QTest::newRow("Greek, Cyrillic") << QString::fromUtf8("ΑΘΗΝΑ ΜΟΣΚΒΑ Ёлка ЖУК")
                                         << QString::fromUtf8("αθηνα μοσκβα ёлка жук|");
        QTest::newRow("Han") << QString::fromUtf8("我爱北京。你好！abc字") << QString::fromUtf8("我 爱 北 京|你 好|abc 字|");
        QTest::newRow("other blanks") << QString::fromUtf8("a\u00A0b\u2003c\u3000d\u0085e") << "a b c d e|";
        QTest::newRow("nothing") << " ,;:- \n\t"
                                 << "";
    }
    void words() {
        QFETCH(QString, text);
        QFETCH(QString, wanted);
        QCOMPARE(QString::fromStdString(scanned(text.toStdString())), wanted);
    }
    void caseIsKept() { QCOMPARE(scanned("The CAT", false), std::string("The CAT|")); }
    void windows1252() { QCOMPARE(scanned("caf\xE9 na\xEFve \x93quoted\x94 it\x92s"), std::string("café naïve quoted it’s|")); }

    void vocabularies() {
        const auto corpus = test::corpusOf("b a a c a b\nd a\n\n\nc b", {});
        QCOMPARE(corpus->words, (std::vector<std::string>{"a", "b", "c", "d"}));
        QCOMPARE(corpus->counts, (std::vector<std::int64_t>{4, 3, 2, 1}));
        QCOMPARE(corpus->tokens, (std::vector<std::int32_t>{1, 0, 0, 2, 0, 1, 3, 0, 2, 1}));
        QCOMPARE(corpus->ends, (std::vector<std::int64_t>{6, 8, 10}));
        const auto fewer = test::corpusOf("b a a c a b\nd a\nd\nc b", {.minCount = 3});
        QCOMPARE(fewer->words, (std::vector<std::string>{"a", "b"}));
        QCOMPARE(fewer->tokens, (std::vector<std::int32_t>{1, 0, 0, 0, 1, 0, 1}));
        QCOMPARE(fewer->ends, (std::vector<std::int64_t>{5, 6, 7})); // the sentence of d alone is gone
        QCOMPARE(fewer->read, std::int64_t(11));
        QCOMPARE(test::corpusOf("a a b b c", {.mostWords = 2})->remarks.size(), std::size_t(1));
        QVERIFY(errorOf([] { test::corpusOf("a a a b", {.minCount = 2}); }).find("lower the least count") != std::string::npos);
    }

    /// Pieces of two megabytes are read side by side: as if it were one.
    void longTextsAreOneText() {
        std::string text;
        std::map<std::string, std::int64_t> counts;
        std::int64_t sentences = 0, words = 0;
        for (std::uint32_t i = 0; text.size() < 5'000'000; ++i) {
            const Philox4 draw = philox(3, i, 0, 0);
            const std::string word = "w" + std::to_string(int(5000 * std::pow(unitOpen(draw[0]), 3)));
            ++counts[word], ++words;
            text += word;
            const bool ends = draw[1] % 12 == 0;
            sentences += ends;
            text += ends ? '\n' : ' ';
        }
        const auto corpus = test::corpusOf(text);
        QCOMPARE(std::int64_t(corpus->tokens.size()), words);
        QCOMPARE(std::int64_t(corpus->ends.size()), sentences + (text.back() != '\n'));
        QCOMPARE(corpus->size(), std::int64_t(counts.size()));
        for (std::int64_t w = 0; w < corpus->size(); ++w)
            QCOMPARE(corpus->counts[std::size_t(w)], counts[corpus->words[std::size_t(w)]]);
        std::istringstream in(text); // the text in its order
        std::string word;
        for (std::size_t i = 0; in >> word; ++i)
            if (i % 97 == 0) QCOMPARE(corpus->words[std::size_t(corpus->tokens[i])], word);
    }

    void badFiles() {
        QTemporaryDir folder;
        Progress progress;
        const auto refused = [&](const std::string& name, const std::string& content, const char* word) {
            const std::string error = errorOf([&] { readCorpus(fileWith(folder, name, content), {}, progress); });
            QVERIFY2(error.find(word) != std::string::npos && error.find(name) != std::string::npos &&
                         error.find('\n') == std::string::npos,
                     error.c_str());
        };
        refused("empty.txt", "", "empty");
        refused("blank.txt", " \n\n", "empty");
        refused("utf16.txt",
                std::string("\xFF\xFE"
                            "a\0b\0",
                            6),
                "UTF-16");
        refused("zero.txt", std::string("ab\0cd ef", 8), "byte 2");
        refused("marks.txt", "... !!! ,,, \n", "different words");
        refused("one.txt", "word word word\n", "two are needed");
        QVERIFY(!errorOf([&] { readCorpus(folder.filePath("none.txt").toStdString(), {}, progress); }).empty());
        const Corpus bom = readCorpus(fileWith(folder, "bom.txt", "\xEF\xBB\xBFone two\r\nthree\r\n"), {}, progress);
        QCOMPARE(bom.words, (std::vector<std::string>{"one", "two", "three"}));
        QCOMPARE(bom.ends, (std::vector<std::int64_t>{2, 3}));
        const Corpus old = readCorpus(fileWith(folder, "old.txt", "caf\xE9 bar\ncaf\xE9\n"), {}, progress);
        QCOMPARE(old.words[0], std::string("café"));
        QCOMPARE(old.remarks.size(), std::size_t(1));
        const Corpus run = readCorpus(fileWith(folder, "run.txt", "a b " + std::string(1'000'000, 'x') + " c"), {}, progress);
        QCOMPARE(run.size(), std::int64_t(3));
        QVERIFY(run.remarks[0].find("no words") != std::string::npos);
    }

    /// Whatever the bytes: words that are UTF-8, tokens and ends that fit, or an Error of one line.
    void damagedTexts() {
        const std::string good = grammarText({.rounds = 1}) + "Älter – “größer”… 我爱你。 don't 3.14\n";
        for (std::uint64_t seed = 1; seed <= 300; ++seed) {
            test::Damage damage(seed, {"\xEF\xBB\xBF", "\xE2\x80\x99", "\xF0\x9F", "\x00", ".", "\xFF\xFE"});
            std::string text = good.substr(0, 600 + damage.below(400));
            for (std::size_t times = damage.times(); times > 0; --times) damage(text, good);
            const std::string error = errorOf([&] {
                const auto corpus = test::corpusOf(text);
                QVERIFY(corpus->ends.empty() || corpus->ends.back() == std::int64_t(corpus->tokens.size()));
                for (const std::int32_t token : corpus->tokens) QVERIFY(token >= 0 && token < corpus->size());
                for (const std::string& word : corpus->words) {
                    QVERIFY(!word.empty());
                    QCOMPARE(QString::fromUtf8(word.c_str(), qsizetype(word.size())).toUtf8(),
                             QByteArray(word.c_str(), qsizetype(word.size())));
                }
            });
            QVERIFY(error.find('\n') == std::string::npos);
        }
    }

    /// Each word of a grid meets its companion, each of its signs, and each other one of the grid exactly as often as any other
    /// word does: what makes rows of the PMI matrix sums of a part by row and a part by column.
    void grammarIsBalanced() {
        const auto corpus = test::grammar(4);
        std::map<std::pair<std::string, std::string>, int> meets;
        std::int64_t begin = 0;
        for (const std::int64_t end : corpus->ends) {
            QCOMPARE(end - begin, std::int64_t(3));
            const auto word = [&](int i) { return corpus->words[std::size_t(corpus->tokens[std::size_t(begin + i)])]; };
            ++meets[{word(1), word(0)}], ++meets[{word(1), word(2)}];
            begin = end;
        }
        for (const Grid& grid : grids()) {
            std::set<int> own, other, sign, wrongSign;
            for (std::size_t i = 0; i < grid.words.size(); ++i)
                for (std::size_t j = 0; j < grid.signs.size(); ++j) {
                    const std::string& word = grid.words[i][j];
                    for (std::size_t r = 0; r < grid.companions.size(); ++r)
                        (r == i ? own : other).insert(meets[{word, grid.companions[r]}]);
                    for (std::size_t c = 0; c < grid.signs.size(); ++c)
                        for (const std::string& each : grid.signs[c]) (c == j ? sign : wrongSign).insert(meets[{word, each}]);
                }
            QVERIFY(own.size() == 1 && other.size() == 1 && sign.size() == 1 && wrongSign.size() == 1);
            QVERIFY(*own.begin() > 5 * *other.begin() && *sign.begin() > 5 * *wrongSign.begin() && *other.begin() > 0 &&
                    *wrongSign.begin() > 0);
        }
        std::set<std::string> all; // no word has two places
        std::size_t words = 0;
        for (const Grid& grid : grids()) {
            for (const auto& row : grid.words) words += row.size(), all.insert(row.begin(), row.end());
            words += grid.companions.size(), all.insert(grid.companions.begin(), grid.companions.end());
            for (const auto& signs : grid.signs) words += signs.size(), all.insert(signs.begin(), signs.end());
        }
        QCOMPARE(all.size(), words);
        QCOMPARE(std::int64_t(all.size()), corpus->size());
    }

    void analogyFiles() {
        QCOMPARE(analogiesOf(": family\nKing queen man woman\n# no\n\n a  b\tc d \r\n", "q").size(), std::size_t(2));
        QCOMPARE(analogiesOf("King queen man woman", "q")[0], (Analogy{"king", "queen", "man", "woman"}));
        QVERIFY(errorOf([] { analogiesOf("a b c d\na b c\n", "q.txt"); }).starts_with("q.txt: line 2: 3 words"));
        QVERIFY(errorOf([] { analogiesOf(": only\n", "q.txt"); }).find("no analogy") != std::string::npos);
        const auto all = grammarAnalogies();
        QCOMPARE(all.size(), std::size_t(11 * 10 * 2 + 2 * 8 * 7 * 3 * 2));
        QCOMPARE(heldOut(all, true).size() + heldOut(all, false).size(), all.size());
        QVERIFY(heldOut(all, true).size() > all.size() / 3);
    }
};

QTEST_GUILESS_MAIN(TestWordsText)
#include "tst_words_text.moc"
