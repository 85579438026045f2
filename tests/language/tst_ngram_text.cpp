// SPDX-License-Identifier: GPL-3.0-or-later
// From files of any bytes to counts, segmentation against exhaustive search, and what is read off the counts.
#include "engine/labs/language/ngram_features.h"
#include "engine/labs/language/ngram_generate.h"
#include "engine/labs/language/ngram_score.h"
#include "engine/labs/language/ngram_segment.h"
#include "engine/labs/language/ngram_tree.h"
#include "engine/labs/language/ngram_zipf.h"
#include "engine/philox.h"
#include "tests/language/ngram_support.h"
#include "tests/support/error_of.h"

#include <QtTest/QtTest>

#include <cmath>
#include <map>

using namespace orrery;
using namespace orrery::language;
using test::corpusOf;
using test::errorOf;

class TestNgramText : public QObject {
    Q_OBJECT

    static std::string randomBytes(unsigned seed, std::size_t size, unsigned alphabet) {
        std::string text;
        for (unsigned i = 0; i < size; ++i) {
            const auto words = philox(seed, i, 0, 0);
            text += words[0] % 19 == 0 ? '\n' : alphabet == 256 ? char(words[1] % 256) : char('a' + words[1] % alphabet);
        }
        return text;
    }
    static std::vector<std::string> words(const NgramCorpus& corpus, std::string_view line) {
        std::vector<std::string> result;
        for (const Token token : tokensOfLine(corpus.vocabulary, corpus.unit, line))
            result.emplace_back(corpus.vocabulary.text(token));
        return result;
    }
    static std::uint64_t count(const NgramCorpus& corpus, std::string_view line) {
        const std::vector<Token> tokens = tokensOfLine(corpus.vocabulary, corpus.unit, line);
        const Row row = corpus.counts->find(tokens);
        return row == noRow ? 0 : corpus.counts->count(int(tokens.size()) - 1, row);
    }

 private Q_SLOTS:
    void byteCountsAreThoseOfAMap() { // check 23
        for (const unsigned alphabet : {2u, 256u}) {
            const std::string text = randomBytes(alphabet, 5000, alphabet);
            const NgramCorpus corpus = corpusOf(text, Unit::byte, 6, 0, 7);
            std::map<std::string, std::uint64_t> plain;
            for (std::size_t at = 0; at < text.size(); ++at)
                for (std::size_t n = 1; n <= 6 && at + n <= text.size(); ++n) {
                    const std::string gram = text.substr(at, n);
                    if (gram.find('\n') == std::string::npos) ++plain[gram];
                }
            for (const auto& [gram, wanted] : plain) {
                std::vector<Token> tokens;
                for (const char byte : gram) tokens.push_back(Vocabulary::first + static_cast<unsigned char>(byte));
                const Row row = corpus.counts->find(tokens);
                QVERIFY(row != noRow && corpus.counts->count(int(gram.size()) - 1, row) == wanted);
            }
            std::uint64_t rows = 0;
            for (int level = 1; level < 6; ++level)
                for (Row row = 0; row < corpus.counts->size(level); ++row)
                    rows += !corpus.counts->marked(level, row) && corpus.counts->token(level, row) != Vocabulary::end;
            std::uint64_t longer = 0;
            for (const auto& [gram, wanted] : plain) longer += gram.size() > 1;
            QCOMPARE(rows, longer);
        }
    }

    void costsAreRatiosOfCounts() {
        const std::string text = "abcab\nabd\n";
        const NgramCorpus corpus = corpusOf(text, Unit::byte, 3);
        const ByteSegmenter segmenter(*corpus.counts, Vocabulary::first, 1);
        // 8 bytes, and 252 that were never seen count once: "ab" as one piece, "c" another, by hand
        const double total = 8 + 252;
        const std::vector<bool> begins{true, false, true};
        QVERIFY(std::abs(segmenter.scoreOf("abc", begins) - (std::log(3 / total) + std::log(3. / 3) + std::log(1 / total))) <
                1e-12);
        // all one piece: c after "ab" once in three times, and the last state goes on: "ca" after "bc" is one of one
        const std::vector<bool> one{true, false, false, false};
        QVERIFY(std::abs(segmenter.scoreOf("abca", one) -
                         (std::log(3 / total) + std::log(3. / 3) + std::log(1. / 3) + std::log(1. / 1))) < 1e-12);
        QVERIFY(std::isinf(ByteSegmenter(*corpus.counts, Vocabulary::first, 2).scoreOf("abc", one)));
    }

    void bestCutIsThatOfAllCuts() { // check 23
        const NgramCorpus corpus = corpusOf(randomBytes(3, 3000, 3), Unit::byte, 4);
        for (const std::uint64_t minimum : {1u, 2u, 40u}) {
            const ByteSegmenter segmenter(*corpus.counts, Vocabulary::first, minimum);
            for (unsigned trial = 0; trial < 60; ++trial) {
                std::string line;
                for (unsigned i = 0; i < 1 + philox(7, trial, 0, 0)[0] % 12; ++i)
                    line += char('a' + philox(7, trial, i + 1, 0)[0] % 4); // with a byte never seen
                double best = -1e300;
                for (unsigned cut = 0; cut < 1u << (line.size() - 1); ++cut) {
                    std::vector<bool> begins(line.size(), true);
                    for (std::size_t i = 1; i < line.size(); ++i) begins[i] = cut >> (i - 1) & 1;
                    best = std::max(best, segmenter.scoreOf(line, begins));
                }
                const ByteSegmenter::Result result = segmenter.segment(line);
                std::string joint;
                std::vector<bool> begins(line.size(), false);
                for (const std::string_view piece : result.pieces) begins[joint.size()] = true, joint += piece;
                QCOMPARE(joint, line);
                // the sums run in the same order; only their last bits may differ
                QVERIFY(std::abs(result.score - best) < 1e-12 * std::abs(best));
                QVERIFY(std::abs(segmenter.scoreOf(line, begins) - best) < 1e-12 * std::abs(best));
            }
        }
    }
    void piecesAreTheTextWhateverItIs() {
        const NgramCorpus corpus = corpusOf("the cat\nthe hat\nthat cat\nthe cat that\n", Unit::byte, 6);
        const ByteSegmenter segmenter(*corpus.counts, Vocabulary::first, 2);
        for (const unsigned alphabet : {4u, 256u}) {
            const std::string text = "the cat\n\n" + randomBytes(9, 500, alphabet);
            std::string joint;
            for (const std::string_view piece : segmenter.segment(text).pieces) joint += piece;
            QCOMPARE(joint, text);
        }
        QCOMPARE(std::string(segmenter.segment("the cat").pieces.front()).substr(0, 3), std::string("the"));
        QVERIFY(segmenter.segment("").pieces.empty());
    }

    void textsOfAllKinds() {
        using List = std::vector<std::string>;
        const std::string windows1252 = "caf\xe9 na\xefve \x93quoted\x94\n";
        NgramCorpus corpus = corpusOf("\xef\xbb\xbf" + windows1252 + "\n \t\r\n" + windows1252, Unit::word, 2, 0, 1);
        QCOMPARE(corpus.lines, std::uint64_t(2));
        QCOMPARE(words(corpus, windows1252), (List{"caf\xe9", "na\xefve", "\x93quoted\x94"}));
        QCOMPARE(tokenText(corpus.vocabulary, corpus.vocabulary.find("caf\xe9")), std::string("caf\\xE9"));
        QCOMPARE(corpus.vocabulary.text(3), std::string_view("caf\xe9")); // no byte-order mark in front of it
        corpus = corpusOf(windows1252, Unit::character, 2, 0, 1);
        QCOMPARE(corpus.broken, std::uint64_t(4));

        corpus = corpusOf(std::string("a\0b a\0b\r\nc\r\n", 12), Unit::word, 2); // NUL is no blank, "\r" is one
        QCOMPARE(corpus.counts->count(0, Row(corpus.vocabulary.find(std::string_view("a\0b", 3)))), std::uint64_t(2));
        QCOMPARE(corpus.vocabulary.size(), Vocabulary::first + 2);
        corpus = corpusOf("\u5929\u5730\r\n\u5929\n", Unit::character, 2, 0, 1);
        QCOMPARE(corpus.vocabulary.size(), Vocabulary::first + 2);
        QCOMPARE(count(corpus, "\u5929"), std::uint64_t(2));
        QCOMPARE(words(corpusOf("a\u00a0b c\u0085d", Unit::word, 1), "a\u00a0b c\u0085d"), (List{"a\u00a0b", "c\u0085d"}));
        corpus = corpusOf("a <s> b </s> <unk>\n", Unit::word, 2); // marks in a text are none
        QCOMPARE(corpus.counts->count(0, Vocabulary::unknown), std::uint64_t(3));
        QCOMPARE(corpus.counts->count(0, Vocabulary::begin), std::uint64_t(1));

        const std::string huge(3'000'000, 'x'); // one line, one word
        QCOMPARE(corpusOf(huge, Unit::word, 3, 0, 1000).counts->tokens(), std::uint64_t(2));
        QCOMPARE(corpusOf(huge, Unit::byte, 3, 0, 1 << 16).counts->tokens(), std::uint64_t(huge.size() + 1));

        QVERIFY(errorOf([] { corpusOf("", Unit::word, 2); }).find("is empty") != std::string::npos);
        QVERIFY(errorOf([] { corpusOf("\xef\xbb\xbf", Unit::word, 2); }).find("is empty") != std::string::npos);
        QVERIFY(errorOf([] { corpusOf(" \n\t\n", Unit::word, 2); }).find("blanks only") != std::string::npos);
        QVERIFY(errorOf([] {
                    corpusOf(std::string("\xff\xfe"
                                         "a\0",
                                         4),
                             Unit::word, 2);
                }).find("UTF-16") != std::string::npos);
        QVERIFY(errorOf([] { corpusOf("a\n", Unit::word, 2, 0.9999999999); }).find("hold out less") != std::string::npos);
    }

    void linesHeldOutAreNotCounted() {
        std::string text;
        for (int i = 0; i < 100; ++i) text += "w" + std::to_string(i) + "\n";
        const NgramCorpus corpus = corpusOf(text, Unit::word, 2, 0.1);
        QCOMPARE(corpus.heldOut.size(), std::size_t(10));
        QCOMPARE(corpus.counts->tokens(), std::uint64_t(180));
        const auto [from, to] = corpus.heldOut.front();
        QCOMPARE(text.substr(from, to - from), std::string("w9"));
        QCOMPARE(corpus.vocabulary.find("w9"), noToken);
    }

    void perplexityKnowsUnknownWords() {
        const NgramCorpus corpus = corpusOf(test::samText, Unit::word, 2);
        const CountedModel model(corpus.counts, {});
        const auto scores = scoreTokens(model, corpus.vocabulary, Unit::word, "Sam likes ham");
        QCOMPARE(scores.size(), std::size_t(4));
        QVERIFY(!scores[1].known && scores[2].known && scores[3].text == "</s>");
        const Perplexity sum = perplexityOf(scores);
        double all = 0, known = 0;
        for (const TokenScore& score : scores) all += score.log10, known += score.known ? score.log10 : 0;
        QVERIFY(std::abs(sum.value() - std::pow(10, -all / 4)) < 1e-9);
        QVERIFY(std::abs(sum.withoutUnknown() - std::pow(10, -known / 3)) < 1e-9);
        Perplexity line;
        addLine(line, model, corpus.vocabulary, Unit::word, "Sam likes ham");
        QVERIFY(std::abs(line.value() - sum.value()) < 1e-9 && line.unknown == 1);
        const CountedModel plain(corpus.counts, {Smoothing::mle});
        const Perplexity never = perplexityOf(scoreTokens(plain, corpus.vocabulary, Unit::word, "Sam likes ham"));
        QVERIFY(std::isinf(never.value()) && never.impossible == 1); // the unknown word; "ham" after it is counted by itself
    }

    void zipfOfAKnownLaw() {
        std::string text; // the word of rank r stands 1000/r times
        for (int r = 1; r <= 200; ++r)
            for (int i = 0; i < 10000 / r; ++i) text += "w" + std::to_string(r) + " ";
        const Zipf zipf = zipfOf(*corpusOf(text, Unit::word, 1).counts, 1);
        QVERIFY(std::abs(zipf.slope + 1) < 0.01); // whole numbers instead of 10000/r: at most 1 in 50
        QVERIFY(std::abs(zipf.intercept - 4) < 0.02);
        QCOMPARE(zipf.kinds, std::uint64_t(200));
        QCOMPARE(zipf.points.front().count, 10000.0);
        QCOMPARE(zipf.points.back().rank, 200.0);
        QVERIFY(std::isnan(zipfOf(*corpusOf("a", Unit::word, 1).counts, 1).slope));
    }

    void keyGramsAreTheDimensions() {
        const NgramCorpus corpus = corpusOf("abab\nabc\n", Unit::byte, 2);
        const KeyGrams key(*corpus.counts, 2, 1, 10);
        QCOMPARE(key.dimensions(), std::size_t(3)); // ab 3, ba 1, bc 1
        QCOMPARE(key.count(0), std::uint64_t(3));
        std::vector<float> vector(3);
        QCOMPARE(key.addTo(vector, tokensOfLine(corpus.vocabulary, Unit::byte, "ababxbc")), std::size_t(4));
        QCOMPARE(vector, (std::vector<float>{2, 1, 1}));
        QCOMPARE(KeyGrams(*corpus.counts, 2, 2, 10).dimensions(), std::size_t(1));
        const KeyGrams most(*corpus.counts, 2, 1, 2);
        QVERIFY(most.dimensions() == 2 && most.above() == 3);
    }

    void treeShowsWhatFollowedMost() {
        const NgramCorpus corpus = corpusOf(test::samText, Unit::word, 3);
        const std::vector<int> widths{2, 2};
        const auto tree = countTree(*corpus.counts, {}, widths);
        QCOMPARE(tree[0].count, std::uint64_t(17));
        QCOMPARE(corpus.vocabulary.text(tree[1].token), std::string_view("</s>"));
        QCOMPARE(corpus.vocabulary.text(tree[2].token), std::string_view("I"));
        QCOMPARE(tree[2].kinds, std::uint64_t(2));
        QCOMPARE(tree[3].parent, 2); // "am" after "I"
        QVERIFY(tree[3].count == 2 && std::abs(tree[3].share - 2.0 / 3) < 1e-15);
        const std::vector<Token> context{corpus.vocabulary.find("green"), corpus.vocabulary.find("I")};
        QCOMPARE(countTree(*corpus.counts, context, widths).size(), std::size_t(1));
    }

    void drawsFollowTheDistribution() {
        const NgramCorpus corpus = corpusOf(test::samText, Unit::word, 2);
        const CountedModel model(corpus.counts, {});
        std::vector<double> p(std::size_t(model.symbols().size));
        model.distribution(model.start(), p);
        std::vector<double> seen(p.size());
        constexpr int draws = 20000;
        for (int i = 0; i < draws; ++i)
            ++seen[std::size_t(drawText(model, model.start(), {.seed = std::uint64_t(i), .most = 1})[0])];
        for (std::size_t token = 0; token < p.size(); ++token) // 5 sigma
            QVERIFY(std::abs(seen[token] / draws - p[token]) <= 5 * std::sqrt(p[token] * (1 - p[token]) / draws));
        QCOMPARE(joined(corpus.vocabulary, Unit::word, drawText(model, model.start(), {.temperature = 0, .most = 3})),
                 std::string("I am Sam"));
        const auto text = drawText(model, model.start(), {.seed = 4, .most = 3}),
                   longer = drawText(model, model.start(), {.seed = 4, .most = 9});
        QVERIFY(std::equal(text.begin(), text.end(), longer.begin()));
        QCOMPARE(likeliest(p, 1)[0].token, corpus.vocabulary.find("I"));
    }
};

QTEST_GUILESS_MAIN(TestNgramText)
#include "tst_ngram_text.moc"
