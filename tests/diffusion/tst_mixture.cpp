// SPDX-License-Identifier: GPL-3.0-or-later
// Mixtures in closed form: score, density, Stein's identities (T19), standardisation, sampling tables, shapes.
#include "engine/error.h"
#include "engine/labs/diffusion/datasets.h"
#include "tests/diffusion/support.h"

#include <functional>
#include <random>

using namespace orrery::diffusion;
using namespace orrery::diffusion::test;

namespace {

using Score = std::function<Marginal::Value(double x, double y)>;

/// E_p[s] = 0 and E_p[x . s] = -2 by the trapezoidal rule, which is exact to rounding for densities that fade out.
bool stein(const Score& score) {
    const double low = -8, h = 0.05;
    double mass = 0, sx = 0, sy = 0, xs = 0;
    for (double x = low; x <= 8; x += h)
        for (double y = low; y <= 8; y += h) {
            const Marginal::Value v = score(x, y);
            const double p = std::exp(v.logDensity) * h * h;
            mass += p, sx += p * v.score[0], sy += p * v.score[1], xs += p * (x * v.score[0] + y * v.score[1]);
        }
    return std::abs(mass - 1) < 1e-10 && std::abs(sx) < 1e-10 && std::abs(sy) < 1e-10 && std::abs(xs + 2) < 1e-9;
}

double isDerivative(const Marginal& m, double x, double y) {
    const double h = 1e-5;
    const auto logDensity = [&](double a, double b) { return m.at(a, b).logDensity; };
    const Marginal::Value v = m.at(x, y);
    const double sx = (logDensity(x + h, y) - logDensity(x - h, y)) / (2 * h);
    const double sy = (logDensity(x, y + h) - logDensity(x, y - h)) / (2 * h);
    const double hxx = (m.at(x + h, y).score[0] - m.at(x - h, y).score[0]) / (2 * h);
    const double hxy = (m.at(x, y + h).score[0] - m.at(x, y - h).score[0]) / (2 * h);
    const double hyy = (m.at(x, y + h).score[1] - m.at(x, y - h).score[1]) / (2 * h);
    return std::abs(sx - v.score[0]) + std::abs(sy - v.score[1]) + std::abs(hxx - v.hessian[0]) + std::abs(hxy - v.hessian[1]) +
           std::abs(hyy - v.hessian[2]);
}

} // namespace

class TestMixture : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void steinIdentities() {
        const Marginal m(uneven(), 0.9, 0.1);
        const Score exact = [&](double x, double y) { return m.at(x, y); };
        QVERIFY(stein(exact));
        const auto broken = [&](double factor, double shift) {
            return [&m, factor, shift](double x, double y) {
                Marginal::Value v = m.at(x, y);
                v.score[0] = factor * v.score[0] + shift, v.score[1] *= factor;
                return v;
            };
        };
        QVERIFY(!stein(broken(-1, 0)));
        QVERIFY(!stein(broken(0.5, 0)));
        QVERIFY(!stein(broken(1, 0.01)));
    }

    void scoreAndHessianAreDerivatives() {
        const Marginal m(uneven(), 0.7, 0.2);
        for (const auto& [x, y] : {std::pair{0.0, 0.0}, {0.5, -0.3}, {-1.2, 0.8}, {2.0, 2.0}})
            QVERIFY(isDerivative(m, x, y) < 1e-7);
    }

    /// T12 and the denoiser of two peaks: s(x) = (D(x) - x) / sigma^2.
    void twoPeaksInClosedForm() {
        const double s2 = 0.04, sigma2 = 0.5, a = 1;
        const Marginal m(twoPeaks(), 1, sigma2);
        for (const double x : {-2.0, -0.1, 0.7, 30.0}) {
            const double denoised = (s2 * x + sigma2 * a * std::tanh(a * x / (s2 + sigma2))) / (s2 + sigma2);
            QVERIFY(std::abs(m.at(x, 0).score[0] - (denoised - x) / sigma2) < 1e-12 * (1 + std::abs(x)));
        }
        const double critical = 0.9797958971;
        QVERIFY(Marginal(twoPeaks(), 1, critical * critical - 1e-8).at(0, 0).hessian[0] > 0);
        QVERIFY(Marginal(twoPeaks(), 1, critical * critical + 1e-8).at(0, 0).hessian[0] < 0);
    }

    /// P3: far beyond 13 deviations every weight underflows, and the score is still the nearest component's.
    void farAway() {
        const Marginal m(uneven(), 1, 1e-4);
        const auto holds = [](const Marginal::Value& v) {
            return std::isfinite(v.logDensity) && v.top == 1 && // the widest wins there
                   std::abs(v.score[0] / ((0.9 - 1e4) / (0.3 * 0.3 + 1e-4)) - 1) < 1e-12;
        };
        QVERIFY(holds(m.at(1e4, 0)));
        // Planted: the same sum without the shift by the largest exponent.
        Marginal::Value naive;
        double sum = 0;
        for (const Component& c : uneven().components) {
            const double width = c.s * c.s + 1e-4, dx = c.x - 1e4;
            const double w = c.weight / width * std::exp(-(dx * dx + c.y * c.y) / (2 * width));
            sum += w, naive.score[0] += w * dx / width;
        }
        naive.top = 1;
        naive.score[0] /= sum;
        naive.logDensity = std::log(sum);
        QVERIFY(!holds(naive));
    }

    /// 401 places: k squared units of rounding, relative to the largest term at a place (all terms are positive).
    void axisDensitiesStepByStep() {
        for (const double variance : {0.0, 1e-6, 0.05, 30.0}) {
            const Marginal m(uneven(), 0.8, variance);
            for (const int axis : {0, 1})
                for (const auto& [low, step] : {std::pair(-3.0, 0.015), {0.7, 0.01}, {-40.0, 0.1}}) {
                    const std::vector<double> densities = m.axisDensities(axis, low, step, 401);
                    QCOMPARE(densities.size(), std::size_t(401));
                    for (int i = 0; i < 401; ++i) {
                        const double want = m.axisDensity(axis, low + i * step);
                        const double allowed = 401 * 401 * 0x1p-52 * want + 1e-290; // below that, gradual underflow
                        QVERIFY2(std::abs(densities[std::size_t(i)] - want) <= allowed,
                                 qPrintable(
                                     QString("%1 at %2: %3, not %4").arg(axis).arg(i).arg(densities[std::size_t(i)]).arg(want)));
                    }
                }
        }
        QVERIFY(Marginal(uneven(), 0.8, 1).axisDensities(0, 0, 1, 0).empty());
    }

    void axisDensitiesIntegrateTheDensity() {
        const Marginal m(uneven(), 0.8, 0.05);
        for (const double x : {-1.0, 0.1, 0.6}) {
            double sum = 0, other = 0;
            for (double y = -6; y <= 6; y += 0.01) sum += 0.01 * m.density(x, y), other += 0.01 * m.density(y, x);
            QVERIFY(std::abs(sum - m.axisDensity(0, x)) < 1e-12);
            QVERIFY(std::abs(other - m.axisDensity(1, x)) < 1e-12);
        }
    }

    void standardise() {
        Mixture m = mixture({{10, -4, 0.5, 1}, {14, 0, 1, 3}, {3, 3, 0, 0}});
        QCOMPARE(m.components.size(), std::size_t(2));
        const Mixture before = m;
        const Frame2 frame = m.standardise();
        const Moments after = m.moments();
        for (int axis = 0; axis < 2; ++axis) QVERIFY(std::abs(after.mean[axis]) < 1e-14);
        QVERIFY(std::abs(after.variance[0] + after.variance[1] - 2) < 1e-13);
        for (std::size_t i = 0; i < 2; ++i) {
            QVERIFY(std::abs(frame.centreX + frame.scale * m.components[i].x - before.components[i].x) < 1e-13);
            QVERIFY(std::abs(frame.scale * m.components[i].s - before.components[i].s) < 1e-14);
        }
    }

    void nothingAndOnePoint() {
        Mixture none = pointCloud({});
        QVERIFY(none.empty());
        QCOMPARE(none.standardise().scale, 1.0);
        QCOMPARE(Marginal(none, 1, 0.1).at(0, 0).score[0], 0.0);
        Mixture one = pointCloud({0.1, -7.3});
        const Frame2 frame = one.standardise();
        QCOMPARE(frame.scale, 1.0);
        QCOMPARE(one.components[0].x, 0.0);
        Mixture same = pointCloud({0.1, 0.3, 0.1, 0.3, 0.1, 0.3}); // equal points leave a variance of rounding errors
        QCOMPARE(same.standardise().scale, 1.0);
        QVERIFY(std::abs(same.components[0].x) < 1e-15);
    }

    void refusesImpossibleMixtures() {
        QVERIFY_EXCEPTION_THROWN(mixture({{0, 0, 1, 1}, {0, 0, -1, 1}}), orrery::Error);
        QVERIFY_EXCEPTION_THROWN(mixture({{0, 0, 1, -1}}), orrery::Error);
        QVERIFY_EXCEPTION_THROWN(mixture({{0, 0, 1, 0}}), orrery::Error);
        QVERIFY(mixture({}).empty());
    }

    /// Each component's share of the 2^32 x 2^32 pairs of words is its weight, counted exactly.
    void aliasTableKeepsTheWeights() {
        std::mt19937 random(3);
        std::vector<Component> components;
        for (int i = 0; i < 37; ++i) components.push_back({0, 0, 1, std::uniform_real_distribution(0.01, 3.0)(random)});
        const Mixture m = mixture(components);
        const AliasTable table = aliasTable(m);
        std::vector<double> share(37);
        for (std::size_t j = 0; j < 37; ++j) {
            const double own = table.alias[j] == j ? 1 : table.threshold[j] * 0x1p-32;
            share[j] += own / 37;
            share[table.alias[j]] += (1 - own) / 37;
        }
        for (std::size_t j = 0; j < 37; ++j) QVERIFY(std::abs(share[j] - m.components[j].weight) < 1e-9);
        QCOMPARE(table.pick(0, 0), 0u);
        QVERIFY(table.pick(0xFFFFFFFF, 0xFFFFFFFF) < 37);
    }

    void shapes() {
        QCOMPARE(ringOfRings().size(), std::size_t(64));
        for (const std::string shape : {"moons", "swissroll", "checkerboard", "spiral"}) {
            const std::vector<double> all = shapePoints(shape, 500, 3), few = shapePoints(shape, 100, 3);
            QCOMPARE(all.size(), std::size_t(1000));
            QVERIFY(std::equal(few.begin(), few.end(), all.begin())); // a point does not depend on how many there are
            QVERIFY(shapePoints(shape, 500, 4) != all);
            for (const double v : all) QVERIFY(std::abs(v) < 4);
        }
        const std::vector<double> board = shapePoints("checkerboard", 4000, 1);
        int counts[4][4] = {};
        for (std::size_t i = 0; i < board.size(); i += 2)
            ++counts[std::min(3, int(board[i] + 2))][std::min(3, int(board[i + 1] + 2))];
        for (int i = 0; i < 4; ++i)
            for (int j = 0; j < 4; ++j) {
                if ((i + j) % 2 != 0)
                    QCOMPARE(counts[i][j], 0);
                else
                    QVERIFY(std::abs(counts[i][j] - 500) < 5 * std::sqrt(500 * 7 / 8.0));
            }
        QVERIFY_EXCEPTION_THROWN(shapePoints("teapot", 1, 1), orrery::Error);
    }

    void drawsHaveTheMoments() {
        const std::size_t count = 100000;
        const std::vector<double> xy = draw(uneven(), count, 5);
        const Moments law = uneven().moments(), sample = pointCloud(xy).moments();
        for (int axis = 0; axis < 2; ++axis) {
            QVERIFY(std::abs(sample.mean[axis] - law.mean[axis]) < meanBand(law, axis, count));
            QVERIFY(std::abs(sample.variance[axis] - law.variance[axis]) < varianceBand(law, axis, count));
        }
    }
};

QTEST_GUILESS_MAIN(TestMixture)
#include "tst_mixture.moc"
