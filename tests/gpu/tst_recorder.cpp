// SPDX-License-Identifier: GPL-3.0-or-later
// Kernels, barriers, transfers and timings on the real device, on both read paths.
#include "engine/gpu/recorder.h"
#include "tests/support/test_main.h"

#include <numeric>

using namespace orrery::gpu;

namespace {

struct Push {
    std::uint32_t count;
    float scale, offset;
};

Kernel affine(Device& device) {
    return {device,
            {.name = "test/affine",
             .bindings = {{"values", Access::read, Element::vec4}, {"result", Access::write, Element::vec4}},
             .pushBytes = sizeof(Push)}};
}

} // namespace

class TestRecorder : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void chainsOfDependentDispatchesKeepTheirOrder_data() {
        QTest::addColumn<int>("path");
        QTest::newRow("storage reads") << int(ReadPath::storage);
        QTest::newRow("texel reads") << int(ReadPath::texel);
    }
    void chainsOfDependentDispatchesKeepTheirOrder() {
        QFETCH(int, path);
        Device device(orrery::test::device().instance(),
                      {.pipelineCacheFile = "-", .forceReadPath = ReadPath(path), .forceRead = true});
        QCOMPARE(device.readPath(), ReadPath(path));
        const Kernel kernel = affine(device);
        constexpr std::uint32_t count = 10007; // a prime: the last workgroup is partial
        Buffer a = device.buffer({.name = "a", .size = count * 16}), b = device.buffer({.name = "b", .size = count * 16});
        std::vector<float> start(count * 4);
        std::iota(start.begin(), start.end(), 0.0f);
        Recorder recorder = device.record();
        recorder.upload(a, start);
        for (int i = 0; i < 20; ++i) { // x -> x/2 + 1, twenty times there and back
            recorder.dispatch(kernel, {a, b}, Push{count, 0.5f, 1}, {kernel.groups(count), 1, 1});
            std::swap(a, b);
        }
        const Download result = recorder.download(a);
        device.wait(device.submit(std::move(recorder)));
        QVERIFY(result.ready());
        const auto values = result.as<float>();
        for (std::size_t i = 0; i < start.size(); ++i) {
            float expected = start[i];
            for (int k = 0; k < 20; ++k) expected = 0.5f * expected + 1; // exact: halving and small sums in order
            QVERIFY(std::abs(values[i] - expected) <= 2e-7f * (1 + std::abs(start[i])));
        }
    }

    void transfersOfEverySize() {
        Device& device = orrery::test::device();
        for (std::size_t size : {1u, 3u, 4u, 15u, 16u, 17u, 65535u, 65537u, 5'000'003u}) {
            std::vector<std::uint8_t> bytes(size);
            for (std::size_t i = 0; i < size; ++i) bytes[i] = std::uint8_t(i * 7 + i / 251);
            const Buffer buffer = device.buffer({.name = "bytes", .size = size});
            Recorder recorder = device.record();
            recorder.upload(buffer, bytes);
            const Download back = recorder.download(buffer);
            QVERIFY(!back.ready());
            device.wait(device.submit(std::move(recorder)));
            QVERIFY(std::equal(bytes.begin(), bytes.end(), back.as<std::uint8_t>().begin()));
            QCOMPARE(back.as<std::uint8_t>().size(), size);
        }
    }

    void partsOfABufferAreAddressedInBytes() {
        Device& device = orrery::test::device();
        const Buffer buffer = device.buffer({.name = "words", .size = 64});
        Recorder recorder = device.record();
        recorder.fill(buffer, 0);
        recorder.fill({buffer, 16, 8}, 0xABCDEF01);
        recorder.copy({buffer, 16, 4}, {buffer, 60, 4});
        const Download back = recorder.download(buffer);
        device.wait(device.submit(std::move(recorder)));
        std::vector<std::uint32_t> expected(16, 0);
        expected[4] = expected[5] = expected[15] = 0xABCDEF01;
        QVERIFY(std::equal(expected.begin(), expected.end(), back.as<std::uint32_t>().begin()));
    }

    void wrongCallsAreRefusedWithTheKernelsName() {
        Device& device = orrery::test::device();
        const Kernel kernel = affine(device);
        const Buffer buffer = device.buffer({.name = "x", .size = 16});
        Recorder recorder = device.record();
        QVERIFY_EXCEPTION_THROWN(recorder.dispatch(kernel, {buffer}, Push{}, {1, 1, 1}), orrery::Error);
        QVERIFY_EXCEPTION_THROWN(recorder.dispatch(kernel, {buffer, buffer}, 1.0f, {1, 1, 1}), orrery::Error);
        QVERIFY_EXCEPTION_THROWN(recorder.dispatch(kernel, {buffer, buffer}, Push{}, {~0u, 1, 1}), orrery::Error);
        QVERIFY_EXCEPTION_THROWN(recorder.upload(buffer, std::vector<float>(5)), orrery::Error);
        QVERIFY_EXCEPTION_THROWN(Kernel(device, {.name = "x", .bindings = {}, .pushBytes = 129}), orrery::Error);
        QVERIFY_EXCEPTION_THROWN(Kernel(device, {.name = "x", .bindings = {}, .local = {1u << 20, 1, 1}}), orrery::Error);
        QVERIFY_EXCEPTION_THROWN(embeddedShader("no/such"), orrery::Error);
    }

    void aKernelThatCannotBeMadeLeavesTheDeviceWhole() {
        Device device(orrery::test::device().instance(), {.pipelineCacheFile = "-"});
        const Kernel broken(device, {.name = "no/such", .bindings = {{"a", Access::write, Element::vec4}}});
        const Buffer a = device.buffer({.name = "a", .size = 16});
        for (int again = 0; again < 2; ++again) {
            Recorder recorder = device.record();
            QVERIFY_EXCEPTION_THROWN(recorder.dispatch(broken, {a}, std::uint32_t(0), {1, 1, 1}), orrery::Error);
        }
    } // its pipelines are destroyed here

    /// What all the other tests rely on: with a barrier left out, the validation layer speaks. The two fills are recorded
    /// past the recorder, which therefore knows nothing of them.
    void aMissingBarrierIsReported() {
        Device& device = orrery::test::device();
        const Buffer a = device.buffer({.name = "a", .size = 1024});
        QVERIFY(validationMessages().empty());
        Recorder recorder = device.record("hazard");
        vkCmdFillBuffer(recorder.commands(), a.handle(), 0, 1024, 1);
        vkCmdFillBuffer(recorder.commands(), a.handle(), 512, 512, 2);
        recorder.keep(a);
        device.wait(device.submit(std::move(recorder)));
        const std::vector<std::string> messages = takeValidationMessages();
        QVERIFY2(!messages.empty(), "run with ORRERY_VALIDATION=sync");
        QVERIFY2(messages[0].find("SYNC-HAZARD-WRITE") != std::string::npos, messages[0].c_str());

        Recorder declared = device.record("no hazard");
        declared.fill({a, 0, 1024}, 1);
        declared.fill({a, 512, 512}, 2);
        device.wait(device.submit(std::move(declared)));
        QVERIFY(validationMessages().empty());
    }

    void workIsTimedByName() {
        Device& device = orrery::test::device();
        const Kernel kernel = affine(device);
        constexpr std::uint32_t count = 1 << 20;
        const Buffer a = device.buffer({.name = "a", .size = count * 16}), b = device.buffer({.name = "b", .size = count * 16});
        Recorder recorder = device.record("timed");
        recorder.dispatch(kernel, {a, b}, Push{count, 1, 0}, {kernel.groups(count), 1, 1});
        recorder.beginStretch("both");
        recorder.dispatch(kernel, {a, b}, Push{count, 1, 0}, {kernel.groups(count), 1, 1});
        recorder.dispatch(kernel, {a, b}, Push{count, 1, 0}, {kernel.groups(count), 1, 1});
        recorder.endStretch();
        device.wait(device.submit(std::move(recorder)));
        const std::vector<Timing> timings = device.timings("timed");
        QCOMPARE(timings.size(), std::size_t(2));
        QCOMPARE(timings[0].name, std::string("test/affine"));
        QCOMPARE(timings[1].name, std::string("both"));
        QVERIFY(timings[0].milliseconds > 0 && timings[1].milliseconds > 0);
        QVERIFY(device.timings("never").empty());
    }

    void droppedWorkLeavesNothingBehind() {
        Device& device = orrery::test::device();
        device.waitIdle();
        const std::uint64_t before = device.memory().used;
        {
            Recorder recorder = device.record();
            recorder.fill(device.buffer({.name = "x", .size = 1 << 20}), 1);
        }
        device.waitIdle();
        QCOMPARE(device.memory().used, before);
    }
};

ORRERY_TEST_MAIN(TestRecorder)
#include "tst_recorder.moc"
