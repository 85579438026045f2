// SPDX-License-Identifier: GPL-3.0-or-later
// The memory that a model is said to take before it is loaded, against what the device then holds at most: loading, encoding,
// asking with clicks and with a mask, and a look inside that waits half-way.
#include "engine/labs/segmentation/stand_in.h"
#include "tests/segmentation/held_memory.h"

using namespace orrery;
using namespace orrery::segmentation;
using namespace orrery::segmentation::test;

class TestMemory : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::string path(const char* name) const { return (m_folder.path() + '/' + name).toStdString(); }

 private Q_SLOTS:
    void thePlanIsKept_data() {
        // Networks of a megabyte drown in what no plan counts: staging of uploads, some hundred buffers of a few bytes.
        QTest::addColumn<QString>("file");
        QTest::addColumn<int>("slack"); // KiB
        for (const char* name : {"vit", "pruned", "tinyvit"})
            QTest::newRow(name) << QString::fromStdString(saved(Case(name), path(name) + ".safetensors", Form::metaSafetensors))
                                << 768;
        QTest::newRow("tinyprompt, small") << QString::fromStdString(dataPath("tiny.safetensors")) << 0;
        if (!builtinModels().empty())
            QTest::newRow("tinyprompt") << QString::fromStdString(builtinPrefix + builtinModels().front()) << 0;
    }
    void thePlanIsKept() {
        QFETCH(QString, file);
        const MemoryPlan plan = ModelPlan(file.toStdString()).memory();
        const Held held = heldBy(file.toStdString());
        tell(held, plan);
        QFETCH(int, slack);
        const auto more = std::uint64_t(slack) << 10;
        QVERIFY(within(held.weights, plan.weights, more));
        QVERIFY(within(held.answered, plan.total(), more));
        QVERIFY(within(held.looking, plan.total(true), more));
    }
    void halfTheWeightsAreHalfTheMemory() {
        const std::string file = saved(Case("vit"), path("half.safetensors"), Form::metaSafetensors);
        const MemoryPlan whole = ModelPlan(file).memory(), half = ModelPlan(file, tensor::DType::f16).memory();
        QVERIFY(half.weights < whole.weights && half.working == whole.working);
    }
    void standInsHaveThePublishedShapes() {
        writeStandIn(StandIn::mobileSam, path("mobile.safetensors"));
        const ModelPlan mobile(path("mobile.safetensors"));
        QCOMPARE(mobile.name(), std::string("MobileSAM"));
        QCOMPARE(mobile.encoder().side(), 1024);
        // The published one has 10.130 M, and batch norms two more numbers a channel.
        QVERIFY2(mobile.parameters() > 9'500'000 && mobile.parameters() < 10'200'000,
                 qPrintable(QString::number(mobile.parameters())));
    }
};

ORRERY_TEST_MAIN(TestMemory)
#include "tst_memory.moc"
