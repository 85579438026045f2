// SPDX-License-Identifier: GPL-3.0-or-later
// Kernels against the host: all pairs of the repulsion, on both read paths and for workgroups of several sizes.
#include "engine/labs/embedding/projecting.h"
#include "engine/labs/embedding/repulsion_device.h"
#include "tests/embedding/descent.h"
#include "tests/support/test_main.h"

using namespace orrery;
using namespace orrery::embedding;
using namespace orrery::test;

class TestDevice : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void pairsAgreeWithTheHost_data();
    void pairsAgreeWithTheHost();
    void workgroupsChangeNothing();
    void aRunOnTheDevice();
};

void TestDevice::pairsAgreeWithTheHost_data() {
    QTest::addColumn<int>("points");
    QTest::addColumn<int>("dims");
    for (const int points : {2, 5, 64, 1003})
        for (const int dims : {2, 3}) QTest::addRow("%d points, %d-D", points, dims) << points << dims;
}

/// Two orders of a sum of n float32: n 2^-24 at worst, in the mean its root.
void TestDevice::pairsAgreeWithTheHost() {
    QFETCH(int, points);
    QFETCH(int, dims);
    gpu::Instance instance;
    for (const gpu::ReadPath path : {gpu::ReadPath::storage, gpu::ReadPath::texel}) {
        gpu::Device forced(instance, {.pipelineCacheFile = "-", .forceReadPath = path, .forceRead = true});
        const PicturePoints y = cloud(points, dims, 5);
        PicturePoints host(points, dims), found(points, dims);
        const double z = exactRepulsion(y, host);
        DeviceRepulsion onDevice(forced);
        QVERIFY(std::abs(onDevice.run(y, found) - z) < 1e-5 * (z + 1));
        QVERIFY(away(found, host) < 1e-5);
        QVERIFY(std::abs(onDevice.run(y, found) - z) < 1e-5 * (z + 1)); // into the same buffers
    }
}

/// Check 14, for kernels.
void TestDevice::workgroupsChangeNothing() {
    const PicturePoints y = cloud(777, 2, 4);
    PicturePoints a(777, 2), b = a;
    DeviceRepulsion narrow(device(), 8), wide(device(), 128);
    QCOMPARE(narrow.run(y, a), wide.run(y, b));
    QVERIFY(a == b);
}

/// Steps whose pairs are the device's reach the same loss as those of the host, and repeat their bits.
void TestDevice::aRunOnTheDevice() {
    const auto run = [](bool onDevice) {
        Projecting cloud(device(), onDevice);
        lab::Jobs jobs;
        Request request;
        request.space.data.rows = 300, request.graph.perplexity = 10, request.steps = 120, request.repulsion = Repulsion::exact;
        cloud.configure(request, {.exaggerated = 50}, 12, 40, jobs);
        while (!jobs.empty()) jobs.run(50);
        while (!cloud.advance(120, 50)) {
        }
        return std::pair(cloud.series("loss").back().value, cloud.picture());
    };
    const auto host = run(false), first = run(true), again = run(true);
    QVERIFY2(std::abs(first.first - host.first) < 0.05 * host.first, "rounding may choose another way, not another loss");
    QVERIFY(first.second == again.second);
}

ORRERY_TEST_MAIN(TestDevice)
#include "tst_device.moc"
