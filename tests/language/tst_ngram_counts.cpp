// SPDX-License-Identifier: GPL-3.0-or-later
// Counts against a plain map, and smoothings against the values that algebra gives for a text of three lines.
#include "engine/labs/language/ngram_counter.h"
#include "engine/labs/language/ngram_draft.h"
#include "engine/philox.h"
#include "tests/support/error_of.h"

#include <QtTest/QtTest>

#include <cmath>
#include <map>
#include <numeric>
#include <set>

using namespace orrery;
using namespace orrery::language;

class TestNgramCounts : public QObject {
    Q_OBJECT

    using Lines = std::vector<std::vector<Token>>;

    /// "I am Sam / Sam I am / I do not like green eggs and ham"; <unk> 0, <s> 1, </s> 2, then the words as they come.
    struct Sam {
        enum { I = 3, am, sam, do_, not_, like, green, eggs, and_, ham, size };
        Lines lines{{I, am, sam}, {sam, I, am}, {I, do_, not_, like, green, eggs, and_, ham}};
        Symbols symbols{size, 1, 2, 0};
    };

    static std::shared_ptr<const NgramCounts> counted(int order, Symbols symbols, const Lines& lines) {
        NgramCounter counter(order, symbols);
        for (const auto& line : lines) {
            counter.begin();
            for (const Token token : line) counter.add({&token, 1}); // in pieces
            counter.end();
        }
        return counter.finish();
    }
    static double perplexity(const NgramModel& model, const Lines& lines) {
        double sum = 0;
        std::size_t count = 0;
        for (const auto& line : lines) {
            NgramState state = model.start();
            for (const Token token : line) sum += std::log(model.step(state, token)), ++count;
            if (model.symbols().end != noToken) sum += std::log(model.step(state, model.symbols().end)), ++count;
        }
        return std::exp(-sum / double(count));
    }
    static CountedModel sam(int order, SmoothingOptions options) { return {counted(order, Sam().symbols, Sam().lines), options}; }
    static double after(const NgramModel& model, std::vector<Token> context, Token token) {
        NgramState state = model.after(context);
        return model.step(state, token);
    }
    static Lines random(unsigned seed, int size, int lines) {
        Lines result;
        for (int i = 0; i < lines; ++i) {
            const auto words = philox(seed, unsigned(i), 0, 0);
            result.emplace_back();
            for (unsigned j = 0; j < words[0] % 12; ++j) { // few tokens often, many rarely
                const double u = unitOpen(philox(seed, unsigned(i), j, 1)[0]);
                result.back().push_back(Token(3 + int((size - 3) * u * u * u)));
            }
        }
        return result;
    }

 private Q_SLOTS:
    void countsAreThoseOfAMap_data() {
        QTest::addColumn<int>("order");
        QTest::addColumn<int>("size");
        QTest::addColumn<bool>("ends");
        for (const int order : {1, 2, 3, 5, highestOrder})
            for (const int size : {4, 9, 300, 70000})
                for (const bool ends : {true, false})
                    QTest::addRow("order %d, %d tokens, ends %d", order, size, ends) << order << size << ends;
    }
    void countsAreThoseOfAMap() {
        QFETCH(int, order);
        QFETCH(int, size);
        QFETCH(bool, ends);
        const Symbols symbols{size, 1, ends ? 2 : noToken, 0};
        const Lines lines = random(unsigned(order), size, 400);
        const auto counts = counted(order, symbols, lines);
        std::map<std::vector<Token>, std::uint64_t> plain;
        std::map<std::vector<Token>, std::set<Token>> left;
        std::uint64_t tokens = 0;
        for (auto line : lines) {
            if (ends) line.push_back(2);
            tokens += line.size();
            line.insert(line.begin(), 1);
            for (std::size_t i = 0; i < line.size(); ++i)
                for (int k = 1; k <= order && i + std::size_t(k) <= line.size(); ++k) {
                    const std::vector<Token> gram(line.begin() + long(i), line.begin() + long(i) + k);
                    ++plain[gram];
                    if (i > 0) left[gram].insert(line[i - 1]);
                }
        }
        QCOMPARE(counts->tokens(), tokens);
        std::size_t found = 0;
        for (const auto& [gram, count] : plain) {
            const int level = int(gram.size()) - 1;
            const Row row = counts->find(gram);
            QVERIFY(row != noRow);
            QCOMPARE(counts->count(level, row), count);
            QCOMPARE(counts->tokensOf(level, row), gram);
            const bool raw = level == order - 1 || gram[0] == 1;
            QCOMPARE(counts->adjusted(level, row), raw ? count : left[gram].size());
            found += level > 0;
            if (level == order - 1) continue;
            // what followed, twice counted: as sums over the children and as the packed summaries
            std::uint64_t followers = 0;
            Continuation wanted;
            for (Row child = counts->children(level, row).from; child < counts->children(level, row).to; ++child) {
                followers += counts->count(level + 1, child);
                const std::uint64_t value = counts->adjusted(level + 1, child);
                wanted.total += value;
                ++wanted.kinds[std::min<std::uint64_t>(value, 3) - 1];
            }
            QCOMPARE(counts->followers(level, row), followers);
            if (followers == 0) continue;
            QCOMPARE(counts->continuation(level, row).total, wanted.total);
            QCOMPARE(counts->continuation(level, row).kinds, wanted.kinds);
        }
        std::size_t rows = 0;
        for (int level = 1; level < order; ++level) rows += counts->size(level);
        QCOMPARE(rows, found); // and nothing else
        QVERIFY(counts->find(std::vector<Token>{symbols.size}) == noRow);
    }

    void plainEstimatesOfSam() { // anchors: check 19
        const Lines lines = Sam().lines;
        const CountedModel mle = sam(2, {Smoothing::mle});
        QVERIFY(std::abs(perplexity(mle, lines) - std::pow(3.0, 6.0 / 17)) < 1e-12);
        QVERIFY(std::abs(perplexity(mle, lines) - 1.4736547) < 1e-7);
        QVERIFY(std::abs(after(mle, {1}, Sam::I) - 2.0 / 3) < 1e-15);
        QVERIFY(std::abs(after(mle, {Sam::am}, Sam::sam) - 0.5) < 1e-15);
        QVERIFY(std::abs(perplexity(sam(1, {Smoothing::mle}), lines) - 9.7999215) < 1e-7);
        QVERIFY(std::abs(perplexity(sam(2, {Smoothing::addK, 1, true}), lines) - 5.8684798) < 1e-7);
        QVERIFY(std::abs(perplexity(sam(2, {Smoothing::addK, 0.1, true}), lines) - 2.2756222) < 1e-7);
        // V with the unknown word, or with the mark of the beginning, is another number
        QVERIFY(std::abs(perplexity(sam(2, {Smoothing::addK, 1, false}), lines) - 5.8684798) > 0.1);
        QVERIFY(test::errorOf([] { sam(2, {Smoothing::addK, 0}); }).find("above 0") != std::string::npos);
    }

    void kneserNeyOfSam() { // check 20
        const CountedModel model = sam(2, {});
        QVERIFY(!model.discounts(0).fallback && model.discounts(1).fallback);
        const std::array<double, 3> unigram{2.0 / 3, 1, 3};
        for (std::size_t i = 0; i < 3; ++i) QVERIFY(std::abs(model.discounts(0).d[i] - unigram[i]) < 1e-14);
        QVERIFY(std::abs(model.gamma() - 0.6888889) < 1e-7);
        QVERIFY(std::abs(after(model, {}, 0) - 0.0574074) < 1e-7);
        QVERIFY(std::abs(after(model, {}, Sam::sam) - 0.1240741) < 1e-7);
        QVERIFY(std::abs(std::log10(after(model, {Sam::am}, Sam::sam)) + 0.5057939) < 1e-7);
        QVERIFY(std::abs(std::log10(after(model, {Sam::am}, Sam::green)) + 1.3999553) < 1e-7);
        QVERIFY(std::abs(perplexity(model, Sam().lines) - 2.5783095) < 1e-7);
        // the way there: "am" was followed by three tokens, "green" not among them; alone, "green" has one left word
        NgramState state = model.after(std::vector<Token>{Sam::am});
        std::vector<Rung> path;
        const double p = model.step(state, Sam::green, &path);
        QCOMPARE(path.size(), std::size_t(2));
        QVERIFY(path[0].length == 1 && path[0].seen && !path[0].found && path[0].total == 2);
        QVERIFY(path[1].length == 0 && path[1].found && path[1].count == 1);
        QCOMPARE(path[0].probability, p);
        QVERIFY(std::abs(path[0].own + path[0].passed * path[1].probability - p) < 1e-15);
    }

    void probabilitiesSumToOne_data() { // check 22
        QTest::addColumn<int>("method");
        QTest::addColumn<int>("order");
        QTest::addColumn<bool>("ends");
        for (const int method : {0, 1, 2})
            for (const int order : {1, 2, 4})
                for (const bool ends : {true, false})
                    QTest::addRow("method %d order %d ends %d", method, order, ends) << method << order << ends;
    }
    void probabilitiesSumToOne() {
        QFETCH(int, method);
        QFETCH(int, order);
        QFETCH(bool, ends);
        const Symbols symbols{40, 1, ends ? 2 : noToken, 0};
        const CountedModel model(counted(order, symbols, random(3, 40, 300)), {Smoothing(method), 0.3});
        std::vector<double> all(std::size_t(symbols.size));
        for (unsigned trial = 0; trial < 400; ++trial) {
            const auto words = philox(9, trial, 0, 0);
            std::vector<Token> context;
            for (unsigned i = 0; i < words[0] % 5; ++i) context.push_back(Token(philox(9, trial, i + 1, 0)[0] % 40));
            if (words[1] % 3 == 0) context.insert(context.begin(), 1);
            const NgramState state = model.after(context);
            model.distribution(state, all);
            // 40 float64 terms, each off by a few units in the last place
            QVERIFY(std::abs(std::accumulate(all.begin(), all.end(), 0.0) - 1) < 1e-13);
            QCOMPARE(all[1], 0.0);
            for (Token token = 0; token < symbols.size; ++token) {
                NgramState moving = state;
                QVERIFY(std::abs(model.step(moving, token) - all[std::size_t(token)]) < 1e-15);
            }
        }
    }

    void uniformAndMonotone() { // check 22
        Lines each;             // every token once, in one text without an end: all alike
        each.emplace_back(50);
        std::iota(each[0].begin(), each[0].end(), 0);
        const Symbols symbols = symbolsOf(50);
        QVERIFY(std::abs(perplexity(CountedModel(counted(1, symbols, each), {Smoothing::mle}), each) - 50) < 1e-11);
        const Lines lines = random(5, 60, 200);
        double before = 1e300;
        for (int order = 1; order <= 6; ++order) {
            const double now = perplexity(CountedModel(counted(order, {60, 1, 2, 0}, lines), {Smoothing::mle}), lines);
            QVERIFY(now <= before * (1 + 1e-14));
            before = now;
        }
    }

    void aDraftHasItsOwnDistribution() {
        const Lines documents{{5, 6, 7, 5, 6, 8}, {5, 6, 7}, {}};
        const auto model = countDocuments(3, 9, documents);
        const std::vector<double> q = model->distribution(std::vector<Token>{5, 6});
        QCOMPARE(q.size(), std::size_t(10));
        QVERIFY(q[7] > q[8] && q[8] > q[0] && q[0] > 0 && q[9] == 0);
        // a context that was never seen gives what its ending gives
        QCOMPARE(model->distribution(std::vector<Token>{0, 1}), model->distribution(std::vector<Token>{1}));
        QVERIFY(test::errorOf([&] { countDocuments(3, 7, documents); }).find("token 7") != std::string::npos);
        QVERIFY(test::errorOf([&] { countDocuments(11, 9, documents); }).find("order 11") != std::string::npos);
        // nothing counted at all: every token alike
        const auto nothing = countDocuments(3, 4, Lines{});
        const std::vector<double> alike = nothing->distribution(std::vector<Token>{2});
        for (const double p : std::span(alike).first(4)) QVERIFY(std::abs(p - 0.25) < 1e-15);
    }
};

QTEST_GUILESS_MAIN(TestNgramCounts)
#include "tst_ngram_counts.moc"
