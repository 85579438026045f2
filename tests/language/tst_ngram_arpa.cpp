// SPDX-License-Identifier: GPL-3.0-or-later
// ARPA files: KenLM's own test, there and back, and files that are damaged.
#include "engine/labs/language/ngram_arpa.h"
#include "engine/labs/language/ngram_score.h"
#include "tests/language/ngram_support.h"
#include "tests/support/damage.h"
#include "tests/support/error_of.h"

#include <QtTest/QtTest>

#include <cmath>
#include <fstream>
#include <numeric>
#include <sstream>

using namespace orrery;
using namespace orrery::language;
using test::errorOf;

class TestNgramArpa : public QObject {
    Q_OBJECT

    static std::string kenlm() {
        std::ifstream in(ORRERY_TEST_DATA "/language/data/kenlm.arpa", std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    static std::string written(const CountedModel& model, const Vocabulary& vocabulary) {
        std::ostringstream out;
        writeArpa(out, model, vocabulary);
        return out.str();
    }

    /// log10 p of each word in turn, and the order that gave it.
    struct Step {
        const char* word;
        int order;
        double log10;
    };
    static void follow(NgramState state, const ArpaModel& arpa, const std::vector<Step>& steps) {
        for (const Step& step : steps) {
            const Token token = arpa.vocabulary.find(step.word);
            std::vector<Rung> path;
            const double p = arpa.model->step(state, token == noToken ? Vocabulary::unknown : token, &path);
            // KenLM's test asks for a hundred-thousandth; its numbers have six digits
            QVERIFY2(std::abs(std::log10(p) - step.log10) < 1e-5 * std::abs(step.log10), step.word);
            const auto found = std::find_if(path.begin(), path.end(), [](const Rung& rung) { return rung.found; });
            QVERIFY(found != path.end());
            QCOMPARE(found->length + 1, step.order);
        }
    }

 private Q_SLOTS:
    void scoresAreKenlms() { // check 21
        const ArpaModel arpa = readArpa("kenlm.arpa", kenlm());
        QCOMPARE(arpa.model->order(), 5);
        QCOMPARE(arpa.model->ngrams(), std::uint64_t(37 + 47 + 11 + 6 + 4));
        const std::vector<Step> known{
            {"looking", 2, -0.484652}, {"on", 3, -0.348837}, {"a", 4, -0.0155266}, {"little", 5, -0.00306122}};
        std::vector<Step> away = known, on = known;
        for (const Step& step : {Step{"the", 1, -4.04005},
                                 {"biarritz", 1, -1.9889},
                                 {"not_found", 1, -2.29666},
                                 {"more", 1, -21.20632},
                                 {".", 2, -0.51363},
                                 {"</s>", 3, -0.0191651}})
            away.push_back(step);
        for (const Step& step : {Step{"more", 5, -0.00181395}, {"loin", 5, -0.0432557}}) on.push_back(step);
        follow(arpa.model->start(), arpa, away);
        follow(arpa.model->start(), arpa, on);
        follow(arpa.model->start(), arpa, {{",", 1, -1.383514 - 0.4149733}});
        follow(arpa.model->start(), arpa, {{"this_is_not_found", 1, -1.995635 - 0.4149733}});
        // "would consider" is listed only inside longer ones
        follow({}, arpa, {{"also", 1, -1.687872}, {"would", 2, -2}, {"consider", 3, -3}, {"higher", 4, -4}, {"looking", 5, -5}});
        follow({}, arpa,
               {{"also", 1, -1.687872}, {"would", 2, -2}, {"consider", 3, -3}, {"not_found", 1, -1.995635 - 7.0 - 0.30103}});
        follow({}, arpa, {{"higher", 1, -1.509559}, {"looking", 1, -1.285941 - 0.30103}, {"consider", 1, -1.687872 - 0.4771212}});
    }

    void distributionIsWhatStepsGive() {
        const ArpaModel arpa = readArpa("kenlm.arpa", kenlm());
        for (const char* context : {"", "also would consider", "on a", "higher looking", "<unk> however"}) {
            NgramState state;
            std::istringstream words(context);
            for (std::string word; words >> word;) arpa.model->advance(state, arpa.vocabulary.find(word));
            std::vector<double> all(std::size_t(arpa.vocabulary.size()));
            arpa.model->distribution(state, all);
            for (Token token = 0; token < arpa.vocabulary.size(); ++token) {
                NgramState moving = state;
                QVERIFY(std::abs(arpa.model->step(moving, token) - all[std::size_t(token)]) < 1e-12);
            }
        }
    }

    void thereAndBack() {
        for (const Unit unit : {Unit::word, Unit::byte, Unit::character}) {
            const NgramCorpus corpus = test::corpusOf(test::samText + "\u5929 \u5730\n<0x20>\n", unit, 3);
            const CountedModel model(corpus.counts, {});
            const ArpaModel arpa = readArpa("own.arpa", written(model, corpus.vocabulary));
            QCOMPARE(arpa.vocabulary.size(), corpus.vocabulary.size());
            const auto theirs = [&](Token token) {
                return token < Vocabulary::first ? token : arpa.vocabulary.find(arpaWord(corpus.vocabulary.text(token)));
            };
            for (const char* line : {"I am Sam", "green Sam eggs and ham I am", "do \u5929", ""}) {
                NgramState here = model.start(), there = arpa.model->start();
                std::vector<Token> tokens = tokensOfLine(corpus.vocabulary, unit, line);
                tokens.push_back(Vocabulary::end);
                for (const Token token : tokens) {
                    const double mine = model.step(here, token), back = arpa.model->step(there, theirs(token));
                    QVERIFY(std::abs(std::log10(mine) - std::log10(back)) < 1e-5); // float32 logarithms, up to three added
                    std::vector<double> all(std::size_t(arpa.vocabulary.size()));
                    arpa.model->distribution(there, all);
                    QVERIFY(std::abs(std::accumulate(all.begin(), all.end(), 0.0) - 1) < 1e-5);
                }
            }
        }
        const NgramCorpus corpus = test::corpusOf(test::samText, Unit::word, 2);
        QVERIFY(errorOf([&] { written(CountedModel(corpus.counts, {Smoothing::mle}), corpus.vocabulary); }).find("Kneser-Ney") !=
                std::string::npos);
        // the golden numbers of the anchors are in the file
        const std::string text = written(CountedModel(corpus.counts, {}), corpus.vocabulary);
        QVERIFY(text.find("\n-0.50579") != std::string::npos && text.find("\tam Sam") != std::string::npos);
        QVERIFY(text.find("\n-99\t<s>\t") != std::string::npos);
    }

    void damagedFilesGiveOneLine_data() {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<QString>("said");
        const auto row = [](const char* name, const char* from, const char* to, const char* said) {
            QTest::newRow(name) << QByteArray(from) << QByteArray(to) << said;
        };
        row("no data", "\\data\\", "data", "there is no \\data\\");
        row("count too large", "ngram 1=37", "ngram 1=38", "says 38 1-grams, but 37 are there");
        row("count beyond 64 bits", "ngram 1=37", "ngram 1=99999999999999999999", "'ngram 1=COUNT' is expected");
        row("order skipped", "ngram 2=47", "ngram 3=47", "line 4: 'ngram 2=COUNT' is expected");
        row("section missing", "\\2-grams:", "", "line 49: '.' is no logarithm of a back-off");
        row("section twice", "\\2-grams:", "\\1-grams:", "\\2-grams: is expected");
        row("positive", "-1.383514\t,", "1.383514\t,", "'1.383514' is no logarithm");
        row("no number", "-1.383514\t,", "-1.3x\t,", "'-1.3x' is no logarithm");
        row("not a number", "-1.383514\t,", "nan\t,", "'nan' is no logarithm");
        row("infinite back-off", "bar\t3.0", "bar\tinf", "'inf' is no logarithm of a back-off");
        row("too few words", "-3\talso would consider", "-3\talso would", "'-7' is not among the 1-grams");
        row("too many words", "-5\talso would", "-5\talso would would would", "5 words are");
        row("stranger", "-3\talso would consider", "-3\talso would wonder", "'wonder' is not among the 1-grams");
        row("twice", "-2\talso would\t-6", "-2\talso call\t-6", "'also call' is listed twice");
        row("word twice", "\tbaz\t", "\talso\t", "'also' is listed twice");
        row("no end", "\\end\\", "", "\\end\\ is expected");
    }
    void damagedFilesGiveOneLine() {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QFETCH(QString, said);
        QByteArray text = QByteArray::fromStdString(kenlm());
        const qsizetype at = text.indexOf(from);
        QVERIFY(at >= 0);
        text.replace(at, from.size(), to);
        const QString error = QString::fromStdString(errorOf([&] { readArpa("x.arpa", text.toStdString()); }));
        QVERIFY2(error.contains(said), qPrintable(error));
        QVERIFY(error.startsWith("x.arpa: ") && !error.contains('\n'));
    }

    void damageDoesNoHarm() {
        test::Damage damage(
            3, {"\\data\\", "\n", "\t", "ngram 1=", "-1", "<s>", "<unk>", "\\3-grams:", "\\end\\", std::string(1, '\0')});
        const std::string good = kenlm();
        int read = 0;
        for (int i = 0; i < 3000; ++i) {
            std::string bytes = good;
            for (std::size_t k = damage.times(); k > 0; --k) damage(bytes, good);
            try {
                const ArpaModel arpa = readArpa("x.arpa", bytes);
                ++read;
                NgramState state = arpa.model->start();
                for (Token token = 0; token < arpa.vocabulary.size(); ++token) arpa.model->step(state, token);
            } catch (const Error& error) {
                const std::string text = error.what();
                QVERIFY(text.starts_with("x.arpa: ") && text.find('\n') == std::string::npos);
            }
        }
        QVERIFY(read > 0 && read < 3000);
    }

    void otherBeginnings() {
        const std::string one =
            "\xef\xbb\xbf"
            "a comment\r\n\\data\\\r\nngram 1 = 2\r\n\r\n\\1-grams:\r\n-0.5 a\r\n-0.2 b -0.1\r\n\\end\\\r\n";
        QVERIFY(errorOf([&] { readArpa("x", one); }).find("line 7") != std::string::npos); // no back-off at the last order
        const std::string two = "a comment\r\n\\data\\\r\nngram 1 = 2\r\n\r\n\\1-grams:\r\n-0.5 a\r\n-0.2 b\r\n\\end\\\r\n";
        const ArpaModel arpa = readArpa("x", two);
        NgramState state;
        QVERIFY(std::abs(arpa.model->step(state, arpa.vocabulary.find("b")) - std::pow(10, -0.2)) < 1e-7);
        QCOMPARE(arpa.model->step(state, Vocabulary::unknown), 0.0);
        QVERIFY(errorOf([&] { readArpa("x", ""); }).find("there is no \\data\\") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestNgramArpa)
#include "tst_ngram_arpa.moc"
