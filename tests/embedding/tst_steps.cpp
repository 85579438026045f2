// SPDX-License-Identifier: GPL-3.0-or-later
// What a step does to a picture, against the rules written afresh in float64 and against laws: t-SNE's rate, exaggeration, momentum,
// gains and cut; UMAP's pulls, pushes and Adam; where both begin.
#include "tests/embedding/descent.h"

#include <QtTest/QtTest>

using namespace orrery;
using namespace orrery::embedding;
using namespace orrery::test;

namespace {

using Rows = std::vector<std::vector<double>>; // [n][dims]

Rows rowsOf(const PicturePoints& y) {
    Rows rows;
    for (std::int64_t i = 0; i < y.n; ++i) {
        rows.emplace_back();
        for (int d = 0; d < y.dims; ++d) rows.back().push_back(y[d][i]);
    }
    return rows;
}
double squareOf(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0;
    for (std::size_t d = 0; d < a.size(); ++d) sum += (a[d] - b[d]) * (a[d] - b[d]);
    return sum;
}
/// Largest difference, as a share of the largest number.
double apart(const PicturePoints& found, const Rows& wanted) {
    double off = 0, size = 0;
    for (std::int64_t i = 0; i < found.n; ++i)
        for (int d = 0; d < found.dims; ++d) {
            const double want = wanted[std::size_t(i)][std::size_t(d)];
            off = std::max(off, std::abs(found[d][i] - want)), size = std::max(size, std::abs(want));
        }
    return off / size;
}

/// t-SNE as van der Maaten & Hinton 2008 and openTSNE's defaults have it, with every pair, in float64.
struct PlainTsne {
    Rows p, y, speed, gain;

    PlainTsne(const Affinities& a, const PicturePoints& start) : y(rowsOf(start)) {
        const std::size_t n = y.size();
        p.assign(n, std::vector<double>(n));
        for (std::size_t i = 0; i < n; ++i)
            for (std::int64_t e = a.joint.start[i]; e < a.joint.start[i + 1]; ++e)
                p[i][std::size_t(a.joint.index[std::size_t(e)])] = a.joint.weight[std::size_t(e)];
        speed.assign(n, std::vector<double>(y[0].size())), gain.assign(n, std::vector<double>(y[0].size(), 1));
    }

    void step(const Tuning& t, int number) {
        const std::size_t n = y.size(), dims = y[0].size();
        const double rho = number < t.exaggerated ? t.exaggeration : t.laterExaggeration;
        const double rate = t.rate > 0 ? t.rate : double(n) / (4 * std::max(1.0, rho));
        if (number == t.exaggerated && number > 0)
            for (auto& each : speed) std::fill(each.begin(), each.end(), 0.0);
        double z = 0;
        for (std::size_t i = 0; i < n; ++i)
            for (std::size_t j = 0; j < n; ++j)
                if (i != j) z += 1 / (1 + squareOf(y[i], y[j]));
        Rows next = y;
        for (std::size_t i = 0; i < n; ++i) {
            double length = 0;
            for (std::size_t d = 0; d < dims; ++d) {
                double slope = 0;
                for (std::size_t j = 0; j < n; ++j) {
                    const double w = 1 / (1 + squareOf(y[i], y[j]));
                    slope += 4 * (rho * p[i][j] - w / z) * w * (y[i][d] - y[j][d]);
                }
                double &v = speed[i][d], &g = gain[i][d];
                g = v * slope > 0 ? 0.8 * g + 0.01 : g + 0.2;
                v = t.momentum * v - rate * g * slope;
                length += v * v;
            }
            const double cut = std::min(1.0, 5 / std::sqrt(length));
            for (std::size_t d = 0; d < dims; ++d) next[i][d] += speed[i][d] *= cut;
        }
        for (std::size_t d = 0; d < dims; ++d) {
            double mean = 0;
            for (const auto& each : next) mean += each[d] / double(n);
            for (auto& each : next) each[d] -= mean;
        }
        y = next;
    }
};

/// UMAP's pull (or push) on `own` by `other`, as its paper and umap-learn have it, in float64.
std::vector<double> umapForce(const std::vector<double>& own, const std::vector<double>& other, const Tuning& t, bool pulls) {
    const double square = squareOf(own, other), curve = 1 + t.a * std::pow(square, t.b);
    const double factor =
        pulls ? -2 * t.a * t.b * std::pow(square, t.b - 1) / curve : 2 * t.repulsion * t.b / ((0.001 + square) * curve);
    std::vector<double> force;
    for (std::size_t d = 0; d < own.size(); ++d) force.push_back(std::clamp(factor * (own[d] - other[d]), -4.0, 4.0));
    return force;
}

} // namespace

class TestSteps : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void jointProbabilities();
    void tsneBeginsSmall();
    void tsneFollowsItsRules_data();
    void tsneFollowsItsRules();
    void aMirroredStartGivesTheMirroredPicture();
    void theLossIsNotExaggerated();
    void umapPullsAndPushes_data();
    void umapPullsAndPushes();
    void umapMovesByAdam();
    void umapBeginsBetweenZeroAndTen();
};

/// P = (p_(j|i) + p_(i|j)) / 2n: adds up to 1, the same from both sides to the bit, no point is its own neighbour.
void TestSteps::jointProbabilities() {
    const Table table = mixture(150, 8, 3, 2);
    const Neighbours n = near(table.values, 30);
    const Affinities a = affinities(n, 10);
    std::vector<std::vector<double>> conditional(150, std::vector<double>(150));
    for (std::int64_t i = 0; i < 150; ++i) {
        std::vector<double> squared, p(30);
        for (const float d : n.distances(i)) squared.push_back(double(d) * d);
        calibrate(squared, 10, p);
        double sum = 0, entropy = 0;
        for (std::size_t s = 0; s < 30; ++s) {
            conditional[std::size_t(i)][std::size_t(n.of(i)[s])] = p[s];
            sum += p[s], entropy -= p[s] * std::log(p[s]);
            if (s > 0) // p is e^(-beta d^2) of its own row
                QVERIFY(std::abs(std::log(p[0] / p[s]) - a.rows[std::size_t(i)].beta * (squared[s] - squared[0])) < 1e-9);
        }
        QVERIFY(std::abs(sum - 1) < 1e-12 && std::abs(std::exp(entropy) - 10) < 1e-5);
    }
    double all = 0;
    for (std::size_t i = 0; i < 150; ++i)
        for (std::int64_t e = a.joint.start[i]; e < a.joint.start[i + 1]; ++e) {
            const auto j = std::size_t(a.joint.index[std::size_t(e)]);
            const double p = a.joint.weight[std::size_t(e)], wanted = (conditional[i][j] + conditional[j][i]) / 300;
            QVERIFY(i != j && std::abs(p - wanted) <= 3e-7 * wanted); // float32 of a sum of two
            all += p;
        }
    QVERIFY(std::abs(all - 1) < 1e-6);
    QVERIFY(a.joint.start.back() >= 150 * 30 && a.joint.start.back() <= 2 * 150 * 30);
}

void TestSteps::tsneBeginsSmall() {
    const Matrix first = leading(mixture(500, 9, 4, 2).values, 3);
    const State s = tsneStart(first);
    double squares = 0, sum = 0;
    for (std::int64_t i = 0; i < 500; ++i) squares += std::pow(double(s.y[0][i]), 2), sum += s.y[0][i];
    QVERIFY(std::abs(std::sqrt(squares / 500) / 1e-4 - 1) < 1e-5 && std::abs(sum) < 1e-7);
    for (int d = 1; d < 3; ++d) // one scale for all axes
        for (const std::int64_t i : {3, 400})
            QVERIFY(std::abs(s.y[d][i] / s.y[0][i] / (first.row(i)[std::size_t(d)] / first.row(i)[0]) - 1) < 1e-3);
    for (int d = 0; d < 3; ++d)
        for (std::int64_t i = 0; i < 500; ++i) QVERIFY(s.speed[d][i] == 0 && s.scale[d][i] == 1);
}

void TestSteps::tsneFollowsItsRules_data() {
    QTest::addColumn<int>("dims");
    QTest::addColumn<double>("rate");
    QTest::addColumn<double>("later");
    QTest::addColumn<int>("steps");
    QTest::newRow("plane, rate by itself") << 2 << 0.0 << 1.0 << 12;
    QTest::newRow("space, rate by itself") << 3 << 0.0 << 1.0 << 12;
    QTest::newRow("given rate, exaggerated to the end") << 2 << 3.0 << 1.5 << 12;
    QTest::newRow("steps that are cut") << 2 << 4000.0 << 1.0 << 1;
}

/// Over the end of the exaggeration. A step's rounding is some 1e-6 of it; what comes after multiplies that a few times.
void TestSteps::tsneFollowsItsRules() {
    QFETCH(int, dims);
    QFETCH(double, rate);
    QFETCH(double, later);
    QFETCH(int, steps);
    const Table table = mixture(60, 6, 3, 2);
    const auto a = calibrated(table.values, 8, false);
    const Tuning tuning{.exaggerated = 5, .laterExaggeration = later, .rate = rate, .momentum = 0.7};
    Tsne tsne(a, Repulsion::exact);
    State state{cloud(60, dims, 1.5), PicturePoints(60, dims), PicturePoints(60, dims, 1)};
    PlainTsne plain(*a, state.y);
    for (int number = 0; number < steps; ++number) {
        tsne.step(state, tuning, number), plain.step(tuning, number);
        QVERIFY2(apart(state.y, plain.y) < 5e-5, qPrintable(QString("step %1: %2").arg(number).arg(apart(state.y, plain.y))));
        QVERIFY(apart(state.scale, plain.gain) < 1e-5);
    }
    QVERIFY2(apart(state.y, rowsOf(cloud(60, dims, 1.5))) > 0.01, "it moved");
}

/// To the bit, since every sum changes its sign only.
void TestSteps::aMirroredStartGivesTheMirroredPicture() {
    const Table table = mixture(90, 6, 3, 2);
    const auto a = calibrated(table.values, 8, false);
    State one = tsneStart(leading(table.values, 2)), other = one;
    for (std::int64_t i = 0; i < 90; ++i) other.y[0][i] = -other.y[0][i];
    Tsne tsne(a, Repulsion::exact);
    one = descend(tsne, one, {.exaggerated = 20}, 60), other = descend(tsne, other, {.exaggerated = 20}, 60);
    for (std::int64_t i = 0; i < 90; ++i) QVERIFY(one.y[0][i] == -other.y[0][i] && one.y[1][i] == other.y[1][i]);
}

/// What is shown as loss is KL whatever the exaggeration is at that moment.
void TestSteps::theLossIsNotExaggerated() {
    const Table table = mixture(120, 6, 3, 2);
    const auto a = calibrated(table.values, 8, true);
    Tsne tsne(a, Repulsion::exact);
    const State state{cloud(120, 2, 3), {}, {}};
    QCOMPARE(tsne.loss(state, {.exaggeration = 12}).total, tsne.loss(state, {.exaggeration = 1}).total);
    QVERIFY(std::abs(tsne.loss(state, {}).total - divergence(*a, state.y)) < 1e-5);
}

void TestSteps::umapPullsAndPushes_data() {
    QTest::addColumn<int>("dims");
    QTest::addColumn<double>("size");
    QTest::addColumn<double>("repulsion");
    QTest::addColumn<int>("negatives");
    QTest::newRow("plane") << 2 << 2.0 << 1.0 << 5;
    QTest::newRow("plane, so near that most is clipped") << 2 << 0.1 << 1.0 << 5;
    QTest::newRow("space, twice the push, of three") << 3 << 2.0 << 2.0 << 3;
}

/// An edge of weight w is due in w / w_max of the steps, to within one step, and pulls twice (it stands in both its rows, and in each
/// it moves both ends). Each time it is due so many points are drawn that push: their mean over many steps is that over all points,
/// within five standard deviations.
void TestSteps::umapPullsAndPushes() {
    QFETCH(int, dims);
    QFETCH(double, size);
    QFETCH(double, repulsion);
    QFETCH(int, negatives);
    const std::int64_t n = 200;
    const Table table = mixture(n, 6, 3, 2);
    const auto graph = std::make_shared<const FuzzyGraph>(fuzzyGraph(near(table.values, 9)));
    Umap umap(graph, 7);
    const Tuning tuning{.a = 1.3, .b = 0.8, .repulsion = repulsion, .negatives = negatives};
    const State state{cloud(n, dims, size), {}, {}};
    const Rows y = rowsOf(state.y);
    const Graph& g = graph->graph;
    const double most = *std::max_element(g.weight.begin(), g.weight.end());
    constexpr int steps = 3000;
    for (const std::int64_t i : {0, 77, 199}) {
        std::vector<double> pull(std::size_t(dims), 0.0), push = pull;
        for (int number = 0; number < steps; ++number) {
            const Forces f = umap.forces(state, tuning, number, i);
            for (std::size_t d = 0; d < std::size_t(dims); ++d)
                pull[d] += f.attraction[d] / steps, push[d] += f.repulsion[d] / steps;
        }
        std::vector<double> wanted(std::size_t(dims), 0.0), slack = wanted, mean = wanted, squares = wanted;
        double due = 0;
        for (std::int64_t e = g.start[std::size_t(i)]; e < g.start[std::size_t(i) + 1]; ++e) {
            const double share = g.weight[std::size_t(e)] / most;
            const auto f = umapForce(y[std::size_t(i)], y[std::size_t(g.index[std::size_t(e)])], tuning, true);
            due += share;
            for (std::size_t d = 0; d < f.size(); ++d) wanted[d] += 2 * share * f[d], slack[d] += 2 * std::abs(f[d]) / steps;
        }
        for (std::int64_t j = 0; j < n; ++j) {
            const auto f = umapForce(y[std::size_t(i)], y[std::size_t(j)], tuning, false);
            for (std::size_t d = 0; d < f.size(); ++d) mean[d] += f[d] / double(n), squares[d] += f[d] * f[d] / double(n);
        }
        for (std::size_t d = 0; d < std::size_t(dims); ++d) {
            QVERIFY2(std::abs(pull[d] - wanted[d]) < slack[d] + 1e-4 * std::abs(wanted[d]),
                     qPrintable(QString("%1 for %2").arg(pull[d]).arg(wanted[d])));
            const double draws = due * negatives, deviation = std::sqrt(draws * squares[d] / steps);
            QVERIFY2(std::abs(push[d] - draws * mean[d]) < 5 * deviation,
                     qPrintable(QString("%1 for %2 +- %3").arg(push[d]).arg(draws * mean[d]).arg(deviation)));
        }
    }
}

/// Adam with 0.5 and 0.9, the rate falling in a line from 1 to 0 (Kingma & Ba 2015; uwot's batches).
void TestSteps::umapMovesByAdam() {
    const std::int64_t n = 120;
    const Table table = mixture(n, 6, 3, 2);
    Umap umap(std::make_shared<const FuzzyGraph>(fuzzyGraph(near(table.values, 9))), 7);
    const Tuning tuning{.epochs = 9};
    State state{cloud(n, 2, 2), PicturePoints(n, 2), PicturePoints(n, 2)};
    Rows y = rowsOf(state.y), mean(std::size_t(n), std::vector<double>(2)), squares = mean;
    for (int number = 0; number < 9; ++number) {
        for (std::int64_t i = 0; i < n; ++i) {
            const Forces f = umap.forces(state, tuning, number, i);
            for (std::size_t d = 0; d < 2; ++d) {
                const double force = f.attraction[d] + f.repulsion[d];
                double &m = mean[std::size_t(i)][d], &s = squares[std::size_t(i)][d];
                m = 0.5 * m + 0.5 * force, s = 0.9 * s + 0.1 * force * force;
                y[std::size_t(i)][d] += (1 - number / 9.0) * m / (1 - std::pow(0.5, number + 1)) /
                                        (std::sqrt(s / (1 - std::pow(0.9, number + 1))) + 1e-7);
            }
        }
        umap.step(state, tuning, number);
        QVERIFY2(apart(state.y, y) < 1e-5, qPrintable(QString("step %1: %2").arg(number).arg(apart(state.y, y))));
    }
    const State last = state;
    umap.step(state, tuning, 9);
    QVERIFY2(state.y == last.y, "after its epochs the rate is 0");
}

void TestSteps::umapBeginsBetweenZeroAndTen() {
    const Matrix first = leading(mixture(300, 9, 4, 2).values, 2);
    const State s = umapStart(first, 3);
    for (int d = 0; d < 2; ++d) {
        double low = 1e9, high = -1e9;
        for (std::int64_t i = 0; i < 300; ++i) low = std::min<double>(low, s.y[d][i]), high = std::max<double>(high, s.y[d][i]);
        QVERIFY(std::abs(low) < 0.006 && std::abs(high - 10) < 0.006); // noise of deviation 1e-3
    }
    const State twin = umapStart(Matrix(300, 2), 3);
    QVERIFY2(twin.y[0][1] != twin.y[0][2], "points that lie on each other are parted");
}

QTEST_GUILESS_MAIN(TestSteps)
#include "tst_steps.moc"
