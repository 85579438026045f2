// SPDX-License-Identifier: GPL-3.0-or-later
// The matrices and what they mean: eigenvalues, closed forms of e^(tA)B, Padé, similarity, normal parts (checks A6 to A9, trap T2).
#include "engine/labs/statespace/discretise.h"
#include "engine/labs/statespace/legendre.h"
#include "engine/labs/statespace/memory.h"
#include "engine/labs/statespace/structure.h"
#include "tests/statespace/support.h"

#include <numbers>

using namespace orrery;
using namespace orrery::statespace;
using namespace orrery::statespace::test;

namespace {

constexpr Method all[] = {Method::legsScaled, Method::legs, Method::legt,          Method::lmu,           Method::lagt,
                          Method::glagt,      Method::fout, Method::fourierWindow, Method::fourierHistory};

double factorial(int n) { return std::tgamma(n + 1.0); }

/// C (s I - A)^-1 B as a power series in s: -C A^(-j-1) B; against e^-s, each coefficient times j!.
Vector padeErrors(std::int64_t N, int orders) {
    const System s = hippo(Method::legt, N);
    Vector C(static_cast<std::size_t>(N));
    const double age = 1;
    basis(s, {&age, 1}, 0, C);
    Vector x = s.B, errors;
    for (int j = 0; j <= orders; ++j) {
        x = solved(s.A, x);
        double sum = 0;
        for (std::size_t n = 0; n < x.size(); ++n) sum -= C[n] * x[n];
        errors.push_back(std::abs(sum * factorial(j) - (j % 2 == 0 ? 1 : -1)));
    }
    return errors;
}

} // namespace

class TestHippo : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void everyMethodIsStableAtAnySize() {
        for (const Method method : all)
            for (const std::int64_t N : {1, 2, 3, 8, 33}) {
                const System s = hippo(method, N);
                QCOMPARE(s.A.rows, N);
                for (const Complex lambda : eigenvalues(s.A)) WITHIN(lambda.real(), 1e-9);
            }
    }

    void sizesAndParametersOutOfRangeAreNamed() {
        QVERIFY(errorOf([] { hippo(Method::legs, 0); }).find("1 to 512") != std::string::npos);
        QVERIFY(errorOf([] { hippo(Method::legs, 513); }).find("513") != std::string::npos);
        QCOMPARE(hippo(Method::legsScaled, 512).A.rows, std::int64_t(512));
        QVERIFY(errorOf([] { hippo(Method::legt, 4, {.theta = 0}); }).find("positive") != std::string::npos);
        QVERIFY(errorOf([] { hippo(Method::glagt, 4, {.alpha = 1}); }).find("alpha") != std::string::npos);
        QVERIFY(errorOf([] { hippo(Method::glagt, 4, {.beta = 0}); }).find("beta") != std::string::npos);
    }

    void a7LegsHasWholeEigenvalues() {
        const ComplexVector values = eigenvalues(hippo(Method::legs, 40).A);
        for (std::size_t n = 0; n < values.size(); ++n) QCOMPARE(values[n], Complex(-double(n + 1), 0));
    }
    void a7LegtHasItsPolynomial() {
        ComplexVector c{1};
        for (const Complex root : eigenvalues(hippo(Method::legt, 4).A)) {
            c.push_back(0);
            for (std::size_t i = c.size() - 1; i > 0; --i) c[i] -= root * c[i - 1];
        }
        const double golden[] = {1, 16, 120, 480, 840};
        for (std::size_t i = 0; i < 5; ++i) WITHIN(std::abs(c[i] - golden[i]), 1e-10 * golden[i]);
    }
    void a7NormalPartsHaveTheirFrequencies() {
        const auto frequencies = [](std::int64_t N) {
            const Split parts = split(hippo(Method::legs, N));
            return skewEigenvectors(combined(0.5, parts.normal, -0.5, transposed(parts.normal))).frequencies;
        };
        const Vector four = frequencies(4), many = frequencies(64);
        const double small[] = {4.603293, 0.556501, -0.556501, -4.603293},
                     top[] = {1303.273844, 433.030757, 258.152210, 182.620411};
        for (std::size_t i = 0; i < 4; ++i) WITHIN(std::abs(four[i] - small[i]), 6e-7); // six printed digits
        for (std::size_t i = 0; i < 4; ++i) WITHIN(std::abs(many[i] - top[i]), 2e-6);   // 9 digits
    }
    void a7FourierHistoryDecaysAsOne() {
        const ComplexVector three = eigenvalues(hippo(Method::fourierHistory, 3).A);
        double highest = 0;
        for (const Complex lambda : three) {
            WITHIN(std::abs(lambda.real() + 1), 1e-12);
            highest = std::max(highest, lambda.imag());
        }
        WITHIN(std::abs(highest - 3.1015), 6e-5); // as printed
        for (const Complex lambda : eigenvalues(hippo(Method::fourierHistory, 33).A)) WITHIN(std::abs(lambda.real() + 1), 1e-9);
    }

    void a6ImpulsesFollowTheClosedForm() {
        const Vector times{0, 0.01, 0.3, 1, 2.5};
        for (const Method method : {Method::legs, Method::lagt}) {
            const System s = hippo(method, 12);
            const Matrix closed = impulseStates(s, times);
            for (std::size_t i = 0; i < times.size(); ++i) {
                const Vector x = product(exponential(combined(times[i], s.A, 0, s.A)), s.B);
                // e^(tA) of norm 1 applied to |B| = N or so: a few roundings of that
                for (std::int64_t n = 0; n < s.N; ++n)
                    WITHIN(std::abs(x[std::size_t(n)] - closed(n, std::int64_t(i))), 2e-14 * 12);
            }
        }
        // e^(-v/2) L_2(v) = e^(-v/2) (1 - 2 v + v^2 / 2), and s_2 P_2(2 e^-t - 1) e^-t
        const double v = 0.7, r = std::exp(-v), x = 2 * r - 1;
        WITHIN(std::abs(impulseStates(hippo(Method::lagt, 3), Vector{v})(2, 0) - std::exp(-v / 2) * (1 - 2 * v + v * v / 2)),
               1e-15);
        WITHIN(std::abs(impulseStates(hippo(Method::legs, 3), Vector{v})(2, 0) - std::sqrt(5) * (3 * x * x - 1) / 2 * r), 1e-15);
    }

    void laguerreFunctionsReachFarOut() {
        // Below v = 4N the sum of phi_n^2 is near sqrt(4N / v - 1) / (2 pi) (the density of Laguerre's zeros), beyond it is
        // nothing. At v = 1000 and 2400 the way of scaling changes.
        const std::int64_t N = 512;
        const Vector v{999, 1001, 1500, 2000, 2399.9, 2400.1};
        Vector out(std::size_t(N) * v.size());
        laguerre(v, 0, N, out);
        for (std::size_t i = 0; i < v.size(); ++i) {
            double kernel = 0;
            for (std::size_t n = 0; n < std::size_t(N); ++n) kernel += out[n * v.size() + i] * out[n * v.size() + i];
            const double density = v[i] < 2048 ? std::sqrt(4.0 * double(N) / v[i] - 1) / (2 * std::numbers::pi) : 0;
            if (v[i] < 1900) WITHIN(std::abs(kernel / density - 1), 0.05);
            if (v[i] > 2399) QVERIFY(kernel > 0 && kernel < 1e-20);
        }
        WITHIN(std::abs(std::log(out[511 * 6 + 4] / out[511 * 6 + 5])), 0.3); // across the seam, a tenth of a unit apart
        WITHIN(std::abs(out[0 + 1] - std::exp(-500.5)), 1e-12 * std::exp(-500.5));
    }

    void a8LegtIsThePadeOfADelay_data() {
        QTest::addColumn<int>("N");
        for (const int N : {2, 4, 6}) QTest::newRow(qPrintable(QString::number(N))) << N;
    }
    void a8LegtIsThePadeOfADelay() {
        QFETCH(int, N);
        const Vector errors = padeErrors(N, 2 * N);
        for (int j = 0; j < 2 * N; ++j) WITHIN(errors[std::size_t(j)], 1e-7); // coefficients times up to 11!
        // [N - 1 / N] misses the next one by (N - 1)! N! / (2N - 1)!, times (2N)! / (2N)!
        const double gap = factorial(N - 1) * factorial(N) / factorial(2 * N - 1);
        WITHIN(std::abs(errors[std::size_t(2 * N)] / gap - 1), 1e-4);
    }

    void lmuIsLegtInAnotherBasis() {
        const System lmu = hippo(Method::lmu, 9, {.theta = 2}), legt = hippo(Method::legt, 9, {.theta = 2});
        const auto D = [](std::int64_t n) { return (n % 2 == 0 ? 1 : -1) * rootOf(n); };
        for (std::int64_t i = 0; i < 9; ++i) {
            WITHIN(std::abs(lmu.B[std::size_t(i)] - D(i) * legt.B[std::size_t(i)]), 1e-14);
            for (std::int64_t j = 0; j < 9; ++j) WITHIN(std::abs(lmu.A(i, j) - D(i) * legt.A(i, j) / D(j)), 2e-14);
        }
    }

    void generalisedLaguerreContainsHippos() {
        const System s = hippo(Method::glagt, 6, {.beta = 1}); // alpha 0, beta 1: -tril(1), B = 1
        for (std::int64_t i = 0; i < 6; ++i) {
            WITHIN(std::abs(s.B[std::size_t(i)] - 1), 1e-14);
            for (std::int64_t j = 0; j < 6; ++j) WITHIN(std::abs(s.A(i, j) - (j <= i ? -1 : 0)), 1e-13);
        }
    }

    void constantsAreFixedPoints() {
        // A e_0 = -B where the state of a constant is e_0: what gives the first state x_1 = u_0 e_0.
        for (const Method method : {Method::legsScaled, Method::legs, Method::fourierHistory}) {
            const System s = hippo(method, 11);
            for (std::int64_t n = 0; n < 11; ++n) WITHIN(std::abs(s.A(n, 0) + s.B[std::size_t(n)]), 1e-12);
        }
    }

    void basesAreOrthonormalUnderTheirWeights_data() {
        QTest::addColumn<int>("method");
        for (const Method method : all) QTest::newRow(toString(method)) << int(method);
    }
    void basesAreOrthonormalUnderTheirWeights() {
        QFETCH(int, method);
        const System s =
            hippo(Method(method), 6, {.theta = 1.5, .alpha = method == int(Method::glagt) ? -0.3 : 0.0, .beta = 0.4});
        // Gauss's points on cells as far as functions reach; weights fall like e^(-age / theta) or slower
        const Quadrature q = gaussLegendre(8);
        const double reach = s.scaled || s.method == Method::legt || s.method == Method::lmu || s.method == Method::fout ||
                                     s.method == Method::fourierWindow
                                 ? 1.5
                                 : 1.5 * 120;
        constexpr int cells = 2000;
        Matrix gram(6, 6);
        Vector rows(6);
        for (int cell = 0; cell < cells; ++cell)
            for (std::size_t i = 0; i < 8; ++i) {
                // ages as fourth powers, for the sake of the power at age zero
                const double x = (cell + q.nodes[i]) / cells, age = reach * x * x * x * x;
                const double w = 4 * x * x * x * reach / cells * q.weights[i] * weight(s, age, 1.5);
                basis(s, {&age, 1}, 1.5, rows);
                for (std::int64_t n = 0; n < 6; ++n)
                    for (std::int64_t k = 0; k < 6; ++k) gram(n, k) += w * rows[std::size_t(n)] * rows[std::size_t(k)];
            }
        // x^1.8 at zero is integrated to 2000^-2.8, the others to rounding and e^-60
        const double tolerance = s.method == Method::glagt ? 1e-8 : 1e-11;
        for (std::int64_t n = 0; n < 6; ++n)
            for (std::int64_t k = 0; k < 6; ++k) WITHIN(std::abs(gram(n, k) - (n == k ? basisNorm(s, n) : 0)), tolerance);
    }

    void weightsAddUp() {
        for (const Method method : all) {
            const System s = hippo(method, 4, {.theta = 2, .alpha = 0, .beta = 0.5});
            if (method == Method::lagt) continue; // flat for ever
            WITHIN(std::abs(weightBetween(s, 0, 400, 3) - 1), 1e-12);
            WITHIN(std::abs(weightBetween(s, 0.5, 0.500001, 3) / 1e-6 - weight(s, 0.5000005, 3)), 1e-6);
        }
    }

    void normalPartsAreNormal() {
        for (const Method method : {Method::legs, Method::legt, Method::lagt, Method::fout, Method::fourierWindow}) {
            const Split parts = split(hippo(method, 20, {.theta = 0.7}));
            QVERIFY(parts.known);
            QCOMPARE(parts.P.columns, std::int64_t(method == Method::legt ? 2 : 1));
            WITHIN(parts.residual, 1e-14);
            WITHIN(parts.commutator, 1e-14);
        }
        QVERIFY(!split(hippo(Method::fourierHistory, 5)).known);
    }

    void aFlippedSignBreaksTheNormalPart() {
        System s = hippo(Method::legs, 20);
        s.A(13, 4) = -s.A(13, 4);
        QVERIFY(split(s).residual > 1e-2);
    }

    void t2EigenvectorsOfLegsAreHopeless() {
        const auto largest = [](std::int64_t N) { return conditioning(hippo(Method::legs, N)).log10Largest; };
        WITHIN(std::abs(largest(32) - std::log10(1.1e12)), 0.03);
        WITHIN(std::abs(largest(64) - std::log10(1.8e25)), 0.03);
        WITHIN(std::abs(largest(256) - std::log10(1.6e105)), 0.03);
        QVERIFY(!conditioning(hippo(Method::legs, 8)).hopeless);
        const Conditioning many = conditioning(hippo(Method::legs, 64));
        QVERIFY(many.hopeless);
        QVERIFY(many.sentence.find("no digit") != std::string::npos);
    }

    void horizonsAndKnees() {
        const System legs = hippo(Method::legsScaled, 256);
        QCOMPARE(horizon(legs, 100).age, 100.0);
        WITHIN(std::abs(kneeStates(legs, 1, 100) - 314.159), 1e-3);                              // N = pi f T
        WITHIN(std::abs(kneeStates(hippo(Method::fout, 64, {.theta = 2}), 5, 100) - 21), 1e-12); // 1, and cos and sin of 10 turns
        QCOMPARE(horizon(hippo(Method::legt, 16, {.theta = 3}), 100).age, 3.0);
    }
};

QTEST_GUILESS_MAIN(TestHippo)
#include "tst_hippo.moc"
