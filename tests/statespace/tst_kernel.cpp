// SPDX-License-Identifier: GPL-3.0-or-later
// The convolution view: S4's kernel, rational functions, convolution by transforms (checks A11 to A13).
#include "engine/labs/statespace/diagonal.h"
#include "engine/labs/statespace/fourier.h"
#include "engine/labs/statespace/kernel.h"
#include "tests/statespace/support.h"

#include <numbers>

using namespace orrery;
using namespace orrery::statespace;
using namespace orrery::statespace::test;

class TestKernel : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void a11DplrIsTheNaivePowers_data() {
        QTest::addColumn<int>("method");
        QTest::addColumn<int>("N");
        QTest::addColumn<int>("L");
        for (const int L : {1, 2, 7, 1023, 1024})
            QTest::newRow(qPrintable(QString("legs 64, %1").arg(L))) << int(Method::legs) << 64 << L;
        for (const Method method : {Method::legt, Method::lagt, Method::fout, Method::fourierWindow})
            for (const int N : {1, 2, 9, 24})
                QTest::newRow(qPrintable(QString("%1 %2").arg(toString(method)).arg(N))) << int(method) << N << 256;
    }
    void a11DplrIsTheNaivePowers() {
        QFETCH(int, method);
        QFETCH(int, N);
        QFETCH(int, L);
        const System s = hippo(Method(method), N);
        const Vector C = normals(std::size_t(N), 1);
        const Dplr d = dplr(s, C, 0.01, L);
        const Vector naive = kernelByPowers(discretise(s, Scheme::bilinear, 0.01), C, L);
        const Vector fast = kernelByDplr(d);
        WITHIN(relative(fast, naive), method == int(Method::legs) ? 1e-12 : 1e-11); // Fourier: K^(1) by a dense solve
        WITHIN(relative(kernelByPlainCauchy(d), naive), 1e-11);
    }

    void a11FailsWithAFlippedSign() {
        System s = hippo(Method::legs, 32);
        const Vector C = normals(32, 1), naive = kernelByPowers(discretise(s, Scheme::bilinear, 0.01), C, 128);
        Dplr d = dplr(s, C, 0.01, 128);
        for (Complex& p : d.P.values) p = -p; // P P* does not see a sign
        WITHIN(relative(kernelByDplr(d), naive), 1e-12);
        for (Complex& b : d.B) b = std::conj(b);
        QVERIFY(relative(kernelByDplr(d), naive) > 1e-3);
    }

    void thePoleAtMinusOne() {
        const System s = hippo(Method::legs, 16);
        const Vector C = normals(16, 2);
        const Dplr d = dplr(s, C, 0.02, 64);
        const Complex published = generatingByDplr(d, -1, CauchyForm::published), free = generatingByDplr(d, -1);
        QVERIFY(!std::isfinite(std::abs(published))); // a node of every even L
        const Complex exact = generating(discretise(s, Scheme::bilinear, 0.02), C, 64, -1);
        WITHIN(std::abs(free - exact), 1e-12 * (1 + std::abs(exact)));
        for (const double turn : {0.0, 0.1, 0.3, 0.49}) {
            const Complex z = std::polar(1.0, 2 * std::numbers::pi * turn);
            WITHIN(std::abs(generatingByDplr(d, z) - generatingByDplr(d, z, CauchyForm::published)), 1e-10);
        }
    }

    void theGeneratingFunctionIsTheSum() {
        const Discrete d = discretise(hippo(Method::legt, 10), Scheme::zoh, 0.02);
        const Vector C = normals(10, 3), kernel = kernelByPowers(d, C, 100);
        for (const Complex z : {Complex(1), Complex(-1), Complex(0), std::polar(1.0, 0.7), std::polar(0.9, 2.0)})
            WITHIN(std::abs(generating(d, C, 100, z) - generating(kernel, z)), 1e-11);
    }

    void a13KernelsGrowByDoublingTheOutput() {
        for (const Method method : {Method::legs, Method::fout}) {
            const System s = hippo(method, 32);
            const Vector C = normals(32, 4);
            const Vector grown = kernelByDplr(doubled(dplr(s, C, 0.01, 256), s)), direct = kernelByDplr(dplr(s, C, 0.01, 512));
            WITHIN(relative(grown, direct), 1e-12);
        }
    }

    void otherMethodsHaveNoSplit() {
        QVERIFY(errorOf([] { dplr(hippo(Method::lmu, 8), Vector(8), 0.1, 8); }).find("LMU") != std::string::npos);
        QVERIFY(errorOf([] { dplr(hippo(Method::legs, 8), Vector(7), 0.1, 8); }).find("7 weights") != std::string::npos);
    }

    void a12ConvolutionIsRecurrence_data() {
        QTest::addColumn<int>("L");
        for (const int L : {1, 2, 3, 1023, 1024, 1025}) QTest::newRow(qPrintable(QString::number(L))) << L;
    }
    void a12ConvolutionIsRecurrence() {
        QFETCH(int, L);
        const System s = hippo(Method::legs, 32);
        const Discrete d = discretise(s, Scheme::bilinear, 0.02);
        const Vector C = normals(32, 5), u = normals(std::size_t(L), 6), y = outputs(d, C, u), kernel = kernelByPowers(d, C, L);
        WITHIN(relative(convolveDirect(kernel, u), y), 1e-12);
        WITHIN(relative(convolve(kernel, u), y), 1e-12);
        WITHIN(relative(convolve(kernelByDplr(dplr(s, C, 0.02, L)), u), y), 1e-12);
        // Without padding the end wraps around to the start, and every length but 1 shows it.
        if (L > 1) QVERIFY(relative(convolve(kernel, u, Padding::none), y) > 1e-3);
    }

    void a12RationalFunctionsAreTheKernel_data() {
        QTest::addColumn<int>("L");
        for (const int L : {1, 2, 5, 64, 1023}) QTest::newRow(qPrintable(QString::number(L))) << L;
    }
    void a12RationalFunctionsAreTheKernel() {
        QFETCH(int, L);
        const Discrete d = discretise(hippo(Method::legt, 6), Scheme::bilinear, 0.2);
        const Vector C = normals(6, 7), u = normals(std::size_t(L), 8);
        WITHIN(relative(kernelByRational(d, C, L), kernelByPowers(d, C, L)), 1e-11);
        WITHIN(relative(outputs(rational(d, C), u), outputs(d, C, u)), 1e-11);
        // b by another way: b_m = K_m + a_1 K_(m-1) + …
        const Rational r = rational(d, C);
        const Vector kernel = kernelByPowers(d, C, 6);
        for (std::size_t m = 0; m < 6; ++m) {
            double b = kernel[m];
            for (std::size_t i = 0; i < m; ++i) b += r.a[i] * kernel[m - 1 - i];
            WITHIN(std::abs(r.b[m] - b), 1e-12);
        }
    }

    void aShiftRegisterIsStable() {
        const Rational shift{{0, 0, 0}, {0, 0, 1}};
        QCOMPARE(outputs(shift, Vector{1, 2, 3, 4}), (Vector{0, 0, 1, 2}));
        QCOMPARE(stabilityBound(shift), 0.0);
        QCOMPARE(stabilityBound({{0.5, -0.25}, {1, 0}}), 0.75);
    }

    void transformsAreTheirSums() {
        for (const int n : {1, 2, 5, 12}) {
            const Vector x = normals(std::size_t(n), 9);
            const ComplexVector spectrum = rfft(x);
            for (int k = 0; k <= n / 2; ++k) {
                Complex sum = 0;
                for (int i = 0; i < n; ++i) sum += x[std::size_t(i)] * std::polar(1.0, -2 * std::numbers::pi * i * k / n);
                WITHIN(std::abs(spectrum[std::size_t(k)] - sum), 1e-13);
            }
            WITHIN(farthest(irfft(spectrum, n), x), 1e-14);
        }
        QCOMPARE(fastSize(11), std::int64_t(12));
        QCOMPARE(fastSize(0), std::int64_t(1));
        QVERIFY(convolve(Vector{1}, Vector{}).empty());
        QVERIFY(errorOf([] { irfft(ComplexVector(3), 8); }).find("8 numbers") != std::string::npos);
    }

    void diagonalKernelsAreTheirRecurrence() {
        for (const DiagonalInit init : {DiagonalInit::lin, DiagonalInit::inv, DiagonalInit::real, DiagonalInit::legs})
            for (const Scheme scheme : {Scheme::zoh, Scheme::bilinear}) {
                const DiagonalSteps d = discretise(diagonal(init, 12, 3), scheme, 0.01);
                const Vector u = normals(301, 10), y = outputs(d, u);
                WITHIN(relative(convolve(kernelOf(d, 301), u), y), 1e-11);
                Vector C;
                const Discrete real = blocks(d, C);
                WITHIN(relative(outputs(real, C, u), y), 1e-11);
            }
        // ZOH against the dense matrix exponential, for a small |Delta lambda| too (the series)
        for (const double delta : {1e-6, 0.3}) {
            const Diagonal d{{Complex(-0.5, 2)}, {Complex(1)}, {Complex(1)}, true};
            Matrix A(2, 2);
            A(0, 0) = A(1, 1) = -0.5, A(0, 1) = -2, A(1, 0) = 2;
            const Discrete dense = discretise(A, Vector{1, 0}, Scheme::zoh, delta);
            const DiagonalSteps steps = discretise(d, Scheme::zoh, delta);
            WITHIN(std::abs(steps.a[0] - Complex(dense.A(0, 0), dense.A(1, 0))), 1e-15);
            WITHIN(std::abs(steps.b[0] - Complex(dense.B[0], dense.B[1])), 1e-15 * delta + 1e-22);
        }
        QVERIFY(errorOf([] { diagonal(DiagonalInit::lin, 7, 1); }).find("even") != std::string::npos);
    }

    void initialisationsAreAsPublished() {
        const Diagonal lin = diagonal(DiagonalInit::lin, 8, 1), inv = diagonal(DiagonalInit::inv, 8, 1),
                       legs = diagonal(DiagonalInit::legs, 64, 1);
        WITHIN(std::abs(lin.lambda[3] - Complex(-0.5, 3 * std::numbers::pi)), 1e-14);
        WITHIN(std::abs(inv.lambda[0] - Complex(-0.5, 8 / std::numbers::pi * 7)), 1e-13);
        WITHIN(std::abs(legs.lambda[0] - Complex(-0.5, 1303.273844)), 2e-6);
        QCOMPARE(diagonal(DiagonalInit::real, 4, 1).lambda[3], Complex(-4, 0));
    }
};

QTEST_GUILESS_MAIN(TestKernel)
#include "tst_kernel.moc"
