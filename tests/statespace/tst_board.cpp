// SPDX-License-Identifier: GPL-3.0-or-later
// The equality board with the device's paths on it, at odd lengths, and what planted mistakes make of it (checks A12, A14, A15).
#include "engine/lab/session.h"
#include "engine/labs/statespace/board.h"
#include "engine/labs/statespace/diagonal.h"
#include "engine/labs/statespace/fourier.h"
#include "engine/labs/statespace/kernel_device.h"
#include "engine/labs/statespace/legs_device.h"
#include "engine/labs/statespace/selective.h"
#include "engine/tensor/tape.h"
#include "tests/statespace/support.h"
#include "tests/support/test_main.h"

using namespace orrery;
using namespace orrery::statespace;
using namespace orrery::statespace::test;

namespace {

tensor::Context& context() {
    static tensor::Context context(orrery::test::device());
    return context;
}

QString told(const Board& board) {
    QString text;
    for (const Group& group : board.groups)
        for (const Pair& pair : group.pairs)
            if (!pair.agree())
                text += QString("%1: %2 (%3) and %4 (%5): %6 > %7\n")
                            .arg(group.name.c_str(), group.paths[pair.first].name.c_str(), group.paths[pair.first].where.c_str(),
                                 group.paths[pair.second].name.c_str(), group.paths[pair.second].where.c_str())
                            .arg(pair.residual)
                            .arg(pair.tolerance);
    return text;
}

tensor::Tensor uploaded(const tensor::Shape& shape, const Vector& x) {
    const std::vector<float> narrow(x.begin(), x.end());
    return context().upload(shape, std::span<const float>(narrow));
}
Vector read(const tensor::Tensor& t) {
    const std::vector<float> x = context().read(t);
    return {x.begin(), x.end()};
}

} // namespace

class TestBoard : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void everythingAgrees_data() {
        QTest::addColumn<int>("L");
        for (const int L : {1, 2, 3, 1023, 1024, 1025}) QTest::newRow(qPrintable(QString::number(L))) << L;
    }
    void everythingAgrees() {
        QFETCH(int, L);
        const Board board = equalityBoard({.length = L}, &context());
        QCOMPARE(board.groups.size(), std::size_t(4));
        for (const Group& group : board.groups) {
            const std::size_t n = group.paths.size();
            QVERIFY(n >= 6);
            QCOMPARE(group.pairs.size(), n * (n - 1) / 2); // every pair, once
            qInfo("L = %d, %s: float64 %.1e of %.1e, float32 %.1e of %.1e", L, group.name.c_str(), group.worst(false),
                  group.pairs[0].tolerance, group.worst(true), group.pairs.back().tolerance);
        }
        QVERIFY2(board.agree(), qPrintable(told(board)));
    }

    void everyMistakeShows_data() {
        QTest::addColumn<int>("fault");
        QTest::addColumn<int>("groups"); // how many must show it
        QTest::newRow("sign") << int(Planted::signFlip) << 3;
        QTest::newRow("delta") << int(Planted::deltaSwap) << 4;
        QTest::newRow("padding") << int(Planted::unpaddedFft) << 2;
        QTest::newRow("exclusive") << int(Planted::exclusiveScan) << 2;
    }
    void everyMistakeShows() {
        QFETCH(int, fault);
        QFETCH(int, groups);
        const Board board = equalityBoard({.length = 257, .planted = Planted(fault)});
        int shown = 0;
        for (const Group& group : board.groups) {
            if (group.agree()) continue;
            ++shown;
            QVERIFY(group.worst(false) > 1e-4); // and not by a hair
        }
        QCOMPARE(shown, groups);
    }

    void scansOnTheDevice_data() {
        QTest::addColumn<int>("L");
        for (const int L : {1, 2, 1023, 1025, 70001}) QTest::newRow(qPrintable(QString::number(L))) << L;
    }
    void scansOnTheDevice() {
        QFETCH(int, L);
        Vector a = normals(std::size_t(L), 1), b = normals(std::size_t(L), 2);
        ComplexVector ca, cb;
        for (std::size_t i = 0; i < a.size(); ++i) {
            a[i] = std::tanh(a[i]);
            ca.push_back(std::polar(0.95, 3 * a[i])), cb.emplace_back(b[i], -b[i]);
        }
        const Vector want = scanned(a, b);
        const ComplexVector complex = scanned(ca, cb);
        for (const tensor::ScanKernel kernel : {tensor::ScanKernel::invocation, tensor::ScanKernel::workgroup}) {
            WITHIN(relative(scannedOnDevice(context(), a, b, kernel), want), 1e-5);
            const ComplexVector got = scannedOnDevice(context(), ca, cb, kernel);
            double error = 0, size = 0;
            for (std::size_t i = 0; i < got.size(); ++i) error += std::norm(got[i] - complex[i]), size += std::norm(complex[i]);
            WITHIN(std::sqrt(error / size), 1e-5);
            QVERIFY(L < 3 || endsMixedUp(scannedOnDevice(context(), a, b, kernel), want).empty());
        }
    }

    void convolutionOnTheDevice_data() { scansOnTheDevice_data(); }
    void convolutionOnTheDevice() {
        QFETCH(int, L);
        const Vector kernel = normals(std::size_t(std::min(L, 999)), 3), u = normals(std::size_t(L), 4),
                     want = convolve(kernel, u);
        tensor::Context byKernels(orrery::test::device(), {.products = tensor::Products::vulkan});
        for (tensor::Context* way : {&context(), &byKernels}) {
            const auto up = [&](const Vector& x) {
                const std::vector<float> narrow(x.begin(), x.end());
                return way->upload({std::int64_t(x.size())}, std::span<const float>(narrow));
            };
            const auto convolved = [&](Padding padding) {
                const std::vector<float> y = way->read(convolve(*way, up(kernel), up(u), padding));
                return Vector(y.begin(), y.end());
            };
            WITHIN(relative(convolved(Padding::doubled), want), 1e-5); // log2 of the size roundings
            if (L > 999 && L < 2000) {
                QVERIFY(relative(convolved(Padding::none), want) > 1e-2);
                WITHIN(relative(convolved(Padding::none), convolve(kernel, u, Padding::none)), 1e-5);
            }
            tensor::Tape tape(*way); // of other ops
            WITHIN(relative(convolved(Padding::doubled), want), 1e-5);
        }
        QVERIFY(errorOf([&] { convolve(context(), uploaded({5}, Vector(5)), uploaded({4}, Vector(4))); }).find("kernel of 5") !=
                std::string::npos);
    }

    void a11KernelsOnTheDevice_data() {
        QTest::addColumn<int>("L");
        for (const int L : {1, 2, 1023, 1024}) QTest::newRow(qPrintable(QString::number(L))) << L;
    }
    void a11KernelsOnTheDevice() {
        QFETCH(int, L);
        const System s = hippo(Method::legs, 64);
        const Dplr d = dplr(s, normals(64, 6), 0.01, L);
        const Vector want = kernelByDplr(d);
        WITHIN(relative(read(kernelByDplr(context(), d)), want), 1e-4); // 1303 · 2^-24 / (1/2), see the header
        Dplr flipped = d;
        for (Complex& b : flipped.B) b = -b;
        QVERIFY(relative(read(kernelByDplr(context(), flipped)), want) > 1);
        QVERIFY(errorOf([&] { kernelByDplr(context(), dplr(hippo(Method::legt, 8), Vector(8), 0.1, 8)); }).find("one vector") !=
                std::string::npos);
    }

    void selectiveScanOnTheDevice_data() {
        QTest::addColumn<int>("channels");
        QTest::addColumn<int>("states");
        QTest::addColumn<int>("L");
        QTest::newRow("one") << 1 << 4 << 1;
        QTest::newRow("odd") << 13 << 16 << 131;
        QTest::newRow("wide") << 70 << 64 << 33;
    }
    void selectiveScanOnTheDevice() {
        QFETCH(int, channels);
        QFETCH(int, states);
        QFETCH(int, L);
        const SelectiveLayer layer = selective({.channels = channels, .states = states}, 1);
        const Matrix u = normalMatrix(L, channels, 2);
        const Gates g = gates(layer, u);
        const Matrix want = selectiveScan(layer, g, u);
        WITHIN(relative(selectiveScanOnDevice(context(), layer, g, u).values, want.values), 1e-5);
        Gates swapped = g;
        for (double& step : swapped.delta.values) step *= 2;
        if (L > 1) QVERIFY(relative(selectiveScanOnDevice(context(), layer, swapped, u).values, want.values) > 1e-3);
        const SelectiveLayer odd = selective({.channels = 2, .states = 6}, 1);
        QVERIFY(errorOf([&] {
                    selectiveScanOnDevice(context(), odd, gates(odd, Matrix(2, 2)), Matrix(2, 2));
                }).find("6 states") != std::string::npos);
    }

    void legsOnTheDevice_data() {
        QTest::addColumn<int>("N");
        QTest::addColumn<int>("L");
        QTest::newRow("smallest") << 1 << 1;
        QTest::newRow("odd") << 33 << 301;
        QTest::newRow("short") << 256 << 5;
        QTest::newRow("usual") << 256 << 700;
        QTest::newRow("largest") << 512 << 40;
    }
    void legsOnTheDevice() {
        QFETCH(int, N);
        QFETCH(int, L);
        const Vector u = normals(std::size_t(3 * L), 5);
        for (const LegsStep step : {LegsStep::bilinear, LegsStep::midpoint})
            for (const LegsKernel kernel : {LegsKernel::automatic, LegsKernel::pipe}) {
                const Vector got = read(legsStates(context(), uploaded({3, L}, u), N, step, kernel));
                for (int row = 0; row < 3; ++row) {
                    Vector x(static_cast<std::size_t>(N));
                    Vector samples(u.begin() + row * L, u.begin() + (row + 1) * L);
                    for (double& v : samples) v = double(float(v));
                    advance(step, x, samples, 0);
                    WITHIN(relative(std::span(got).subspan(std::size_t(row * N), std::size_t(N)), x), 2e-5);
                }
            }
        QVERIFY(errorOf([&] {
                    legsStates(context(), uploaded({1, 4}, Vector(4)), 4, LegsStep::exact);
                }).find("exact") != std::string::npos);
        QVERIFY(errorOf([&] { legsStates(context(), uploaded({4}, Vector(4)), 4); }).find("[signals, samples]") !=
                std::string::npos);
    }

    void a22EnergyIsAccountedForInFloat32() {
        const std::int64_t L = 300, N = 64;
        const Vector u = normals(std::size_t(L), 7);
        const auto after = [&](std::int64_t k) {
            return read(legsStates(context(), uploaded({1, k}, Vector(u.begin(), u.begin() + k)), N, LegsStep::midpoint,
                                   LegsKernel::pipe));
        };
        for (const std::int64_t k : {2, 50, 299}) {
            const Vector before = after(k), now = after(k + 1);
            const Energy e = energy(before, now, double(float(u[std::size_t(k)])), stepSize(LegsStep::midpoint, k));
            WITHIN(std::abs(e.residual()), 1e-5 * (norm(now) * norm(now) + e.input + e.misfit));
        }
    }

    /// A frame waits for one path of the device at most. The first of a kernel costs its compilation as well, so the second
    /// board is looked at; under load a frame may take longer than the 30 ms that are asked for.
    void noFrameWaitsForAGroup() {
        orrery::lab::Session session(orrery::test::device(), "statespace");
        std::vector<double> frames;
        for (const std::int64_t length : {1023, 1022}) {
            session.set({{"show", std::string("board")}, {"board_length", length}});
            session.transport().seek(session.lab().steps());
            frames.clear();
            while (session.lab().position() < session.lab().steps()) {
                QElapsedTimer timer;
                timer.start();
                orrery::gpu::Device& device = orrery::test::device();
                device.wait(device.run("frame", [&](orrery::gpu::Recorder& r) { session.update(r, 0.016, 8); }));
                frames.push_back(double(timer.nsecsElapsed()) / 1e6);
                QVERIFY(frames.size() < 100'000);
            }
        }
        std::sort(frames.begin(), frames.end());
        qInfo("%zu frames, median %.1f ms, longest %.1f ms", frames.size(), frames[frames.size() / 2], frames.back());
        QVERIFY2(frames[frames.size() / 2] < 30 && frames.back() < 150, qPrintable(QString::number(frames.back())));
    }

    void badLengthsAreNamed() {
        QVERIFY(errorOf([] { equalityBoard({.length = 0}); }).find("1 to 65536") != std::string::npos);
    }
};

ORRERY_TEST_MAIN(TestBoard)
#include "tst_board.moc"
