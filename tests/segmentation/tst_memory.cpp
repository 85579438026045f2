// SPDX-License-Identifier: GPL-3.0-or-later
// The memory that a model is said to take before it is loaded, against what the device then holds at most: loading, encoding,
// asking with clicks and with a mask, and a look inside that waits half-way.
#include "engine/labs/segmentation/stand_in.h"
#include "tests/segmentation/models.h"

using namespace orrery;
using namespace orrery::segmentation;
using namespace orrery::segmentation::test;

class TestMemory : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::string path(const char* name) const { return (m_folder.path() + '/' + name).toStdString(); }

    struct Held {
        std::uint64_t weights = 0, answered = 0, looking = 0;
    };
    /// A pool gives nothing back, so that what is held at the end is the most at once.
    static Held heldBy(const std::string& file) {
        gpu::Device& device = orrery::test::device();
        const std::uint64_t before = device.memory().used;
        const auto now = [&] { return device.memory().used - before; };
        Held held;
        tensor::Context context(device);
        const ModelPlan plan(file);
        const auto model = Model::load(context, plan);
        held.weights = now();
        const Picture p = picture(160, 120);
        const Fit fit = fitInto(p.width, p.height, model->side());
        Encoding encoding = model->encode(context, p);
        while (!encoding.step(context, 1e3)) continue;
        const Embedded embedded = model->embedded(context, *encoding.features, fit);
        encoding.features.reset();
        const auto ask = [&] {
            Answer answer = model->ask(context, embedded, {{{40, 40, true}}, {}, {}});
            Prompt again{{{40, 40, true}, {90, 60, false}}, {}, {}};
            if (model->prompts().takesMasks()) again.mask.assign(answer.of(0).begin(), answer.of(0).end());
            answer = model->ask(context, embedded, again);
        };
        ask();
        held.answered = now();
        Encoding look = model->encode(context, p); // as Inside does it
        while (look.fraction() < 0.5) look.step(context, 0);
        ask();
        held.looking = now();
        return held;
    }

 private Q_SLOTS:
    void thePlanIsKept_data() {
        QTest::addColumn<QString>("file");
        for (const char* name : {"vit", "pruned", "tinyvit"})
            QTest::newRow(name) << QString::fromStdString(saved(Case(name), path(name) + ".safetensors", Form::metaSafetensors));
        QTest::newRow("tinyprompt, small") << QString::fromStdString(dataPath("tiny.safetensors"));
        if (!builtinModels().empty())
            QTest::newRow("tinyprompt") << QString::fromStdString(builtinPrefix + builtinModels().front());
    }
    void thePlanIsKept() {
        QFETCH(QString, file);
        const MemoryPlan plan = ModelPlan(file.toStdString()).memory();
        const Held held = heldBy(file.toStdString());
        qInfo("weights %.3f of %.3f, answered %.3f of %.3f, looking %.3f of %.3f MiB", double(held.weights) / 1048576,
              double(plan.weights) / 1048576, double(held.answered) / 1048576, double(plan.total()) / 1048576,
              double(held.looking) / 1048576, double(plan.total(true)) / 1048576);
        const auto within = [](std::uint64_t measured, std::uint64_t planned) {
            return std::abs(double(measured) - double(planned)) <= 0.1 * double(planned);
        };
        QVERIFY(within(held.weights, plan.weights));
        QVERIFY(within(held.answered, plan.total()));
        QVERIFY(within(held.looking, plan.total(true)));
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
        // mobile_sam.pt holds 10,130,092 numbers (sam.md 3.8), batch norms and one unused head with them
        QVERIFY2(mobile.parameters() > 9'500'000 && mobile.parameters() < 10'200'000,
                 qPrintable(QString::number(mobile.parameters())));
    }
};

ORRERY_TEST_MAIN(TestMemory)
#include "tst_memory.moc"
