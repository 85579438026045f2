// SPDX-License-Identifier: GPL-3.0-or-later
// Choice of a device, its errors, and what outlives it.
#include "engine/gpu/recorder.h"
#include "tests/support/test_main.h"

using namespace orrery::gpu;

namespace {

DeviceInfo fake(const char* name, DeviceKind kind, bool usable = true) {
    DeviceInfo info;
    info.name = name;
    info.kind = kind;
    info.usable = usable;
    info.whyNot = usable ? "" : "too old";
    return info;
}

} // namespace

class TestDevice : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void choice_data() {
        QTest::addColumn<QString>("wanted");
        QTest::addColumn<int>("index"); // -1: refused
        QTest::newRow("best usable one: the old discrete is passed over") << "" << 3;
        QTest::newRow("by index") << "1" << 1;
        QTest::newRow("index out of range") << "9" << -1;
        QTest::newRow("unusable by index") << "2" << -1;
        QTest::newRow("cpu") << "cpu" << 0;
        QTest::newRow("gpu: the first usable") << "GPU" << 1;
        QTest::newRow("part of a name") << "radeon" << 3;
        QTest::newRow("unknown name") << "voodoo" << -1;
    }
    void choice() {
        QFETCH(QString, wanted);
        QFETCH(int, index);
        const std::vector<DeviceInfo> devices{fake("llvmpipe", DeviceKind::cpu), fake("Intel UHD", DeviceKind::integrated),
                                              fake("GeForce 8800", DeviceKind::discrete, false),
                                              fake("AMD Radeon", DeviceKind::discrete)};
        if (index < 0) {
            QVERIFY_EXCEPTION_THROWN(chooseDevice(devices, wanted.toStdString()), NoVulkan);
            return;
        }
        const DeviceChoice choice = chooseDevice(devices, wanted.toStdString());
        QCOMPARE(int(choice.index), index);
        QVERIFY(!choice.reason.empty());
    }

    void refusalsNameWhatThereIs() {
        try {
            chooseDevice({fake("llvmpipe", DeviceKind::cpu)}, "voodoo");
            QFAIL("not refused");
        } catch (const NoVulkan& e) {
            QVERIFY(QString(e.what()).contains("llvmpipe"));
            QVERIFY(QString(e.what()).contains("voodoo"));
        }
        QVERIFY_EXCEPTION_THROWN(chooseDevice({}, ""), NoVulkan);
        QVERIFY_EXCEPTION_THROWN(chooseDevice({fake("a", DeviceKind::cpu, false)}, ""), NoVulkan);
    }

    void tooMuchMemoryIsOneClearError() {
        Device& device = orrery::test::device();
        const MemoryReport before = device.memory();
        try {
            device.buffer({.name = "monster", .size = std::uint64_t{1} << 46});
            QFAIL("the device gave 64 TiB");
        } catch (const orrery::Error& e) {
            QVERIFY2(QString(e.what()).contains("monster"), e.what());
        }
        QCOMPARE(device.memory().used, before.used);
    }

    void memoryReportCountsWhatLives() {
        Device& device = orrery::test::device();
        device.waitIdle();
        const std::uint64_t before = device.memory().used;
        constexpr std::uint64_t size = 10'000'000;
        {
            const Buffer a = device.buffer({.name = "a", .size = size}), b = device.buffer({.name = "b", .size = size});
            const double stated = double(device.memory().used - before);
            QVERIFY(std::abs(stated - 2 * double(size)) < 0.1 * 2 * double(size)); // the 10 %
            QVERIFY(device.memory().reserved >= device.memory().used);
        }
        device.waitIdle();
        QCOMPARE(device.memory().used, before);
    }

    void aLostDeviceSaysSoAndEverythingStillDies() {
        Buffer survivor;
        {
            Instance instance;
            Device device(instance, {.pipelineCacheFile = "-"});
            survivor = device.buffer({.name = "survivor", .size = 1000});
            Recorder recorder = device.record();
            recorder.fill(survivor, 1);
            device.pretendLost();
            QVERIFY_EXCEPTION_THROWN(device.submit(std::move(recorder)), DeviceLost);
            QVERIFY_EXCEPTION_THROWN(device.record(), DeviceLost);
            QVERIFY_EXCEPTION_THROWN(device.waitIdle(), DeviceLost);
            survivor = {}; // after the loss, before the device goes
        }
    }

    void buffersMayOutliveTheirDevice() {
        Instance instance;
        Buffer survivor;
        {
            Device device(instance, {.pipelineCacheFile = "-"});
            survivor = device.buffer({.name = "survivor", .size = 1000});
        }
        QCOMPARE(survivor.size(), std::uint64_t(1000));
        survivor = {};
    }

    void aForeignPipelineCacheIsRefused() {
        QTemporaryDir folder;
        const std::string file = (folder.path() + "/cache.bin").toStdString();
        {
            QFile garbage(QString::fromStdString(file));
            QVERIFY(garbage.open(QIODevice::WriteOnly));
            garbage.write(QByteArray(4096, 'x'));
        }
        { Device device(orrery::test::device().instance(), {.pipelineCacheFile = file}); }
        QFile written(QString::fromStdString(file)); // replaced by a real one
        QVERIFY(written.open(QIODevice::ReadOnly));
        QVERIFY(written.size() >= 32 && written.read(4) != QByteArray("xxxx"));
    }
};

ORRERY_TEST_MAIN(TestDevice)
#include "tst_device.moc"
