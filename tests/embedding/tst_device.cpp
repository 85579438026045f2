// SPDX-License-Identifier: GPL-3.0-or-later
// The lab whose steps the device takes: the same loss, figures, forces and frames as with the host's, and its own bits again.
#include "engine/labs/embedding/projecting.h"
#include "tests/embedding/descent.h"
#include "tests/support/test_main.h"

using namespace orrery;
using namespace orrery::embedding;
using namespace orrery::test;

namespace {

struct Run {
    Projecting cloud{device()};
    lab::Jobs jobs;
    Request request;
    Run(Method method, Path path) {
        request.space.data.rows = 300, request.graph.method = request.start.method = method;
        request.graph.perplexity = 10, request.steps = 120, request.path = path;
        configure();
    }
    void configure() {
        cloud.configure(request, {.exaggerated = 50, .epochs = 120}, 12, 40, jobs);
        while (!jobs.empty()) jobs.run(50);
    }
    void to(int step, double budgetMs = 50) {
        while (!cloud.advance(step, budgetMs)) {
        }
    }
};

} // namespace

class TestDevice : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void aRunOnTheDevice_data();
    void aRunOnTheDevice();
    void fromHostToDeviceAndBack();
    void automaticGoesByTheDevice();
};

void TestDevice::aRunOnTheDevice_data() {
    QTest::addColumn<int>("method");
    QTest::newRow("t-SNE") << int(Method::tsne);
    QTest::newRow("UMAP") << int(Method::umap);
}

void TestDevice::aRunOnTheDevice() {
    QFETCH(int, method);
    Run host(Method(method), Path::host), first(Method(method), Path::vulkan), again(Method(method), Path::vulkan);
    host.to(120), first.to(120);
    QVERIFY2(std::abs(first.cloud.series("loss").back().value - host.cloud.series("loss").back().value) <
                 0.05 * host.cloud.series("loss").back().value,
             "rounding may choose another way, not another loss");
    for (const char* key : {"loss", "attraction", "repulsion_loss", "trust", "recall"}) {
        const auto ours = first.cloud.series(key), theirs = host.cloud.series(key);
        QCOMPARE(ours.size(), theirs.size());
        for (std::size_t i = 0; i < ours.size(); ++i) QCOMPARE(ours[i].step, theirs[i].step);
    }
    for (int step = 1; step <= 120; step += 7) again.to(step, 3); // in other slices
    again.to(120);
    QVERIFY(first.cloud.picture() == again.cloud.picture());
    const PicturePoints end = first.cloud.picture();
    first.to(60);
    const PicturePoints middle = first.cloud.picture();
    first.to(31), first.to(60);
    QVERIFY2(first.cloud.picture() == middle, "from a kept state");
    first.to(120);
    QVERIFY(first.cloud.picture() == end);
    const auto forces = first.cloud.forces(17);
    QVERIFY(forces && std::hypot(forces->attraction[0], forces->attraction[1]) > 0 &&
            std::hypot(forces->repulsion[0], forces->repulsion[1]) > 0);
    for (const lab::Check& check : first.cloud.checks())
        QVERIFY2(check.verdict == lab::Check::Verdict::matches, check.key.c_str());
    QVERIFY(first.cloud.how() == host.cloud.how() || Method(method) == Method::tsne);
}

/// The path is turned while it runs: the points go on where they are.
void TestDevice::fromHostToDeviceAndBack() {
    Run run(Method::tsne, Path::host);
    run.to(60);
    const PicturePoints at = run.cloud.picture();
    run.request.path = Path::vulkan;
    run.configure();
    QCOMPARE(run.cloud.position(), 60);
    QVERIFY(run.cloud.picture() == at);
    run.to(61);
    Run host(Method::tsne, Path::host);
    host.to(61);
    QVERIFY2(away(run.cloud.picture(), host.cloud.picture()) < 1e-5, "one step of the same law");
    QVERIFY(!(run.cloud.picture() == host.cloud.picture()));
    run.to(90), run.to(30);
    host.to(30);
    QVERIFY2(run.cloud.picture() == host.cloud.picture(), "what the host has done stays the host's");
}

void TestDevice::automaticGoesByTheDevice() {
    Run run(Method::umap, Path::automatic), host(Method::umap, Path::host);
    run.to(20), host.to(20);
    if (device().isCpu()) QVERIFY(run.cloud.picture() == host.cloud.picture());
}

ORRERY_TEST_MAIN(TestDevice)
#include "tst_device.moc"
