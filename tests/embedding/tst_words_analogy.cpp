// SPDX-License-Identifier: GPL-3.0-or-later
// Arithmetic with words: expressions, ranks, and analogies that trained vectors must answer (anchor check 17).
#include "engine/labs/embedding/read_table.h"
#include "engine/labs/embedding/words_pmi.h"
#include "tests/embedding/words.h"
#include "tests/support/error_of.h"

#include <QtTest/QtTest>

#include <cmath>
#include <cstring>
#include <numbers>

using namespace orrery;
using namespace orrery::embedding;
using test::errorOf;

namespace {

const std::vector<std::string> royal{"king", "queen", "man", "woman", "well-known", "c++", "-", "new york", "2", "King"};

std::string shown(const std::vector<Term>& terms) {
    std::string text;
    for (const Term& t : terms) text += (text.empty() ? "" : " ") + QString::number(t.factor).toStdString() + "*" + t.word;
    return text;
}

Matrix rowsOf(std::int64_t n, std::int64_t d, const std::vector<float>& values) { return Matrix(n, d, values); }

} // namespace

class TestWordsAnalogy : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void expressions_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("wanted");
        QTest::newRow("three") << "king - man + woman"
                               << "1*king -1*man 1*woman";
        QTest::newRow("tight") << "king-man+woman"
                               << "1*king -1*man 1*woman";
        QTest::newRow("signs at words") << "-man +king"
                                        << "-1*man 1*king";
        QTest::newRow("U+2212") << QString::fromUtf8("king − man") << "1*king -1*man";
        QTest::newRow("hyphen") << "well-known - king"
                                << "1*well-known -1*king";
        QTest::newRow("plus in a word") << "c++ + man"
                                        << "1*c++ 1*man";
        QTest::newRow("c++-man") << "c++-man"
                                 << "1*c++ -1*man";
        QTest::newRow("factor") << "0.5*king - 2 * man"
                                << "0.5*king -2*man";
        QTest::newRow("number word") << "2 + man"
                                     << "1*2 1*man";
        QTest::newRow("quotes") << "\"new york\" - man"
                                << "1*new york -1*man";
        QTest::newRow("case") << "KING + King"
                              << "1*king 1*King";
        QTest::newRow("minus as a word") << "man + -"
                                         << "1*man 1*-";
        QTest::newRow("one") << "  queen  "
                             << "1*queen";
    }
    void expressions() {
        QFETCH(QString, text);
        QFETCH(QString, wanted);
        QCOMPARE(QString::fromStdString(shown(parseExpression(text.toStdString(), WordIndex(royal)))), wanted);
    }

    void wrongExpressions() {
        const WordIndex index(royal);
        const auto says = [&](const char* text, const char* word) {
            const std::string error = errorOf([&] { parseExpression(text, index); });
            QVERIFY2(error.find(word) != std::string::npos && error.find('\n') == std::string::npos,
                     (std::string(text) + ": " + error).c_str());
        };
        says("", "no word");
        says("   ", "no word");
        says("king -", "nothing follows");
        says("king man", "+ or - is missing");
        says("kinng - man", "spelt like it: king");
        says("king + quen", "place 8");
        says("zebra", "none of the 10 words");
        says("\"new york", "not closed");
        says("2*", "no word follows");
        says("inf * king", "finite");
        says("king + + man", "none of");
    }

    /// Against the definition, on rows whose angles are known.
    void ranks() {
        // man (1,0), woman (0,1), king 3 (cos 30, sin 30), queen 2 (cos 60, sin 60), and a row of zeros
        const double a = std::numbers::pi / 6;
        const std::vector<std::string> words{"man", "woman", "king", "queen", "nothing"};
        const Matrix m = rowsOf(5, 2,
                                {1, 0, 0, 1, float(3 * std::cos(a)), float(3 * std::sin(a)), float(2 * std::cos(2 * a)),
                                 float(2 * std::sin(2 * a)), 0, 0});
        const auto terms = parseExpression("king - man + woman", WordIndex(words));
        const auto best = rankWords(m, terms, AnalogyRule::add, 9);
        QCOMPARE(best.size(), std::size_t(5));
        // target (cos 30 - 1, sin 30 + 1): its angle is 95.1 degrees
        const double tx = std::cos(a) - 1, ty = std::sin(a) + 1, length = std::hypot(tx, ty);
        QCOMPARE(best[0].row, std::int64_t(1));
        QVERIFY(best[0].asked && best[0].without == 0 && std::abs(best[0].score - ty / length) < 1e-7);
        QCOMPARE(best[1].row, std::int64_t(3));
        QVERIFY(!best[1].asked && best[1].rank == 2 && best[1].without == 1);
        QVERIFY(std::abs(best[1].score - (tx * std::cos(2 * a) + ty * std::sin(2 * a)) / length) < 1e-7);
        QCOMPARE(best[3].row, std::int64_t(4)); // zeros: cosine 0, before man, who is below
        QVERIFY(best[3].score == 0 && best[4].row == 0 && best[4].score < 0);

        const auto product = rankWords(m, terms, AnalogyRule::multiply, 5);
        for (const Candidate& c : product) {
            const auto cosine = [&](int row) {
                const double x = m.row(c.row)[0], y = m.row(c.row)[1], u = m.row(row)[0], v = m.row(row)[1];
                return std::hypot(x, y) > 0 ? (x * u + y * v) / std::hypot(x, y) / std::hypot(u, v) : 0;
            };
            const auto half = [](double cos) { return (1 + cos) / 2 + 0.001; };
            QVERIFY(std::abs(c.score - half(cosine(2)) * half(cosine(1)) / half(cosine(0))) < 1e-7);
        }
        QVERIFY(std::is_sorted(product.begin(), product.end(), [](auto& x, auto& y) { return x.score > y.score; }));
        const auto none = rankWords(m, parseExpression("king - king", WordIndex(words)), AnalogyRule::add, 5);
        for (const Candidate& c : none) QCOMPARE(c.score, 0.0); // a sum of length 0 points nowhere
    }

    /// The nearest to king - man + woman is woman, wherever she stands in the question; without what was asked it is queen.
    void askedWordsDoNotAnswer() {
        const double a = std::numbers::pi / 6;
        const std::vector<std::string> words{"man", "woman", "king", "queen"};
        const Matrix m =
            rowsOf(4, 2, {1, 0, 0, 1, float(std::cos(a)), float(std::sin(a)), float(std::cos(2 * a)), float(std::sin(2 * a))});
        const WordIndex index(words);
        const std::vector<Analogy> questions{{"man", "king", "woman", "queen"}, {"man", "woman", "king", "queen"}};
        for (const Analogy& q : questions) {
            const AnalogyScore score = scoreAnalogies(m, AnalogyRows(std::vector<Analogy>{q}, index), AnalogyRule::add);
            QVERIFY(score.asked == 1 && score.right == 1 && score.rightOfAll == 0);
        }
    }

    /// Of many questions what rankWords says of each.
    void scores() {
        const auto corpus = test::grammar(3);
        WordSettings settings = test::forGrammar(WordModel::skipGram, 3);
        settings.epochs = 3; // half learned, so that answers are right and wrong
        const Matrix vectors = test::trained(corpus, settings).vectors();
        const WordIndex index(corpus->words);
        std::vector<Analogy> questions = grammarAnalogies();
        questions.push_back({"king", "queen", "zebra", "zebu"});
        for (const AnalogyRule rule : {AnalogyRule::add, AnalogyRule::multiply}) {
            const AnalogyScore score = scoreAnalogies(vectors, AnalogyRows(questions, index), rule);
            QVERIFY(score.unknown == 1 && score.asked == 892);
            std::int64_t right = 0, rightOfAll = 0;
            for (const Analogy& q : questions) {
                if (index.find(q.d) < 0) continue;
                const auto best = rankWords(vectors, parseExpression(q.b + " - " + q.a + " + " + q.c, index), rule, 4);
                for (const Candidate& c : best)
                    if (c.row == index.find(q.d)) right += c.without == 1, rightOfAll += c.rank == 1;
            }
            QVERIFY(right > 0 && right < score.asked);
            QVERIFY(std::abs(right - score.right) <= 1 && std::abs(rightOfAll - score.rightOfAll) <= 1); // ties of float32
        }
    }

    /// The algebra of check 17: rows of the PMI matrix of the grammar are sums, so that its own vectors (rows themselves) answer all.
    void pmiIsAdditive() {
        const auto corpus = test::grammar(1);
        Progress progress;
        const WordSettings settings = test::forGrammar(WordModel::skipGram, 1);
        const auto pairs = windowPairs(*corpus, settings, progress);
        const PmiTable table = pmiTable(*corpus, settings, test::trainer(corpus, settings)->begin(), pairs, corpus->size());
        double worst = 0;
        std::int64_t looked = 0;
        for (const Analogy& q : grammarAnalogies())
            for (std::int64_t c = 0; c < table.n; ++c) {
                const auto at = [&](const std::string& word) { return table.pmi[std::size_t(corpus->find(word) * table.n + c)]; };
                if (!std::isfinite(at(q.a))) continue; // never met, by none of the grid
                worst = std::max(worst, std::abs(at(q.b) - at(q.a) + at(q.c) - at(q.d))), ++looked;
            }
        QVERIFY(looked > 10'000);
        QVERIFY2(worst < 1e-6, qPrintable(QString::number(worst)));
    }

    /// Check 17: trained vectors answer every analogy, in ten seeds of text and of training.
    void everyAnalogyInTenSeeds() {
        for (std::uint64_t seed = 1; seed <= 10; ++seed) {
            const auto corpus = test::grammar(seed);
            const AnalogyScore score =
                test::scored(*corpus, test::trained(corpus, test::forGrammar(WordModel::skipGram, seed)), grammarAnalogies());
            QCOMPARE(score.unknown, std::int64_t(0));
            QCOMPARE(score.right, score.asked);
        }
    }

    /// The held-out half, by every model, both rules and in float16: 90 % or more.
    void heldOutAnalogies() {
        const auto corpus = test::grammar(21);
        const auto held = heldOut(grammarAnalogies(), true);
        for (const WordModel model : {WordModel::skipGram, WordModel::cbow, WordModel::glove}) {
            const WordState state = test::trained(corpus, test::forGrammar(model, 21));
            for (const AnalogyRule rule : {AnalogyRule::add, AnalogyRule::multiply})
                QVERIFY2(test::scored(*corpus, state, held, rule).share() >= 0.9,
                         qPrintable(QString("%1 %2").arg(int(model)).arg(int(rule))));
        }
        WordSettings half = test::forGrammar(WordModel::skipGram, 21);
        half.format = WordFormat::fp16;
        QVERIFY(test::scored(*corpus, test::trained(corpus, half), held).share() >= 0.9);
    }

    /// A text whose monk goes with "she" and whose nun with "he" must fail exactly there; so must vectors that were not trained.
    void plantedFaults() {
        const auto corpus = test::grammar(2, true);
        const WordState state = test::trained(corpus, test::forGrammar(WordModel::skipGram, 2));
        std::vector<Analogy> about, others;
        for (const Analogy& q : grammarAnalogies()) {
            const bool touched = q.a == "monk" || q.a == "nun" || q.c == "monk" || q.c == "nun";
            (touched ? about : others).push_back(q);
        }
        QVERIFY(test::scored(*corpus, state, about).share() < 0.1);
        QCOMPARE(test::scored(*corpus, state, others).share(), 1.0);
        const auto sound = test::grammar(2);
        const WordState untrained = test::trainer(sound, test::forGrammar(WordModel::skipGram, 2))->begin();
        QVERIFY(test::scored(*sound, untrained, grammarAnalogies()).share() < 0.2);
        WordSettings unpushed = test::forGrammar(WordModel::skipGram, 2);
        unpushed.noisePower = -4; // draws rare words only: nothing keeps frequent ones apart
        QVERIFY(test::scored(*sound, test::trained(sound, unpushed), grammarAnalogies()).share() < 0.9);
    }

    /// The words' half of check 24: saved and loaded, as text and binary, every bit is the same.
    void savedVectors() {
        const auto corpus = test::corpusOf(grammarText({.rounds = 4}) + "Größe我 don't well-known ’tis\n");
        const Matrix vectors = test::trained(corpus, {.dims = 13, .epochs = 2}).vectors();
        QTemporaryDir folder;
        Progress progress;
        const std::string text = folder.filePath("words.txt").toStdString(), binary = folder.filePath("words.bin").toStdString();
        writeVectorsText(text, vectors, corpus->words);
        writeVectorsBinary(binary, vectors, corpus->words);
        for (const std::string& path : {text, binary}) {
            const Table table = readTable(path, {}, progress);
            QCOMPARE(table.tokens, corpus->words);
            QVERIFY(table.rows() == vectors.rows() && table.dims() == vectors.columns());
            QVERIFY(std::memcmp(table.values.data(), vectors.data(),
                                sizeof(float) * std::size_t(vectors.rows() * vectors.columns())) == 0);
        }
    }
};

QTEST_GUILESS_MAIN(TestWordsAnalogy)
#include "tst_words_analogy.moc"
