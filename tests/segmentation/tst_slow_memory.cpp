// SPDX-License-Identifier: GPL-3.0-or-later
// The plan of memory at full size: MobileSAM's shape, on a square of 1024 pixels.
#include "engine/labs/segmentation/stand_in.h"
#include "tests/segmentation/held_memory.h"

using namespace orrery;
using namespace orrery::segmentation;
using namespace orrery::segmentation::test;

class TestSlowMemory : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void thePlanIsKeptAtFullSize() {
        QTemporaryDir folder;
        const std::string file = (folder.path() + "/mobile.safetensors").toStdString();
        writeStandIn(StandIn::mobileSam, file);
        const MemoryPlan plan = ModelPlan(file).memory();
        const Held held = heldBy(file);
        tell(held, plan);
        QVERIFY(within(held.answered, plan.total()));
        QVERIFY(within(held.looking, plan.total(true)));
    }
};

ORRERY_TEST_MAIN(TestSlowMemory)
#include "tst_slow_memory.moc"
