// SPDX-License-Identifier: GPL-3.0-or-later
// Every op of the registry against its float64 reference: both read paths, f32 and f16, forward and backward, with NaN in
// fresh memory and guards behind every tensor.
#include "tests/tensor/op_bed.h"

#include <algorithm>

using namespace orrery;
using namespace orrery::tensor;
using orrery::tensor::test::Bed;
using orrery::tensor::test::deviceOf;

namespace {

struct Way {
    const char* name;
    gpu::ReadPath path;
    Products products;
    bool half;
};
constexpr Way ways[] = {{"texel f32", gpu::ReadPath::texel, Products::vulkan, false},
                        {"texel f16", gpu::ReadPath::texel, Products::vulkan, true},
                        {"storage f32", gpu::ReadPath::storage, Products::vulkan, false},
                        {"storage f16", gpu::ReadPath::storage, Products::vulkan, true},
                        {"host f32", gpu::ReadPath::texel, Products::host, false}};

} // namespace

class TestOps : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void forward_data() { rows(); }
    void forward() { check(&Bed::forward); }

    void backward_data() { rows(); }
    void backward() {
        QFETCH(int, op);
        QFETCH(int, row);
        if (ops()[std::size_t(op)].cases()[std::size_t(row)].gradient == 0) return;
        check(&Bed::gradients);
    }

    /// A reference that is off by little more than the tolerance must be noticed, in the value and in the slope.
    void plantedFaultsAreSeen() {
        for (std::size_t o = 0; o < ops().size(); ++o) {
            if (!mine(o)) continue;
            const Op& op = ops()[o];
            Case row = op.cases().front();
            const auto reference = row.reference;
            row.reference = [reference](std::span<const Array> in) {
                Expected e = reference(in);
                for (double& value : e.value.values) value *= 1.01;
                return e;
            };
            Context context(deviceOf(gpu::ReadPath::texel), {.guarded = true});
            QVERIFY2(!Bed(context, row, false).forward().isEmpty(), op.name);
            if (row.gradient > 0) QVERIFY2(!Bed(context, row, false).gradients().isEmpty(), op.name);
        }
    }

    void guardsAreSeen() {
        Context context(deviceOf(gpu::ReadPath::texel), {.guarded = true});
        const Tensor x = context.zeros({5});
        QVERIFY(context.checkGuards().empty());
        context.recorder().fill({x.buffer(), x.paddedBytes(), 4}, 0); // a word beside it
        QCOMPARE(context.checkGuards().size(), std::size_t(1));
    }

    void sameBitsAgain() {
        for (std::size_t o = 0; o < ops().size(); ++o)
            for (const Case& row : ops()[o].cases()) {
                if (!mine(o)) continue;
                std::vector<float> first;
                for (int run = 0; run < 2; ++run) {
                    Context context(deviceOf(gpu::ReadPath::texel));
                    Bed bed(context, row, false);
                    const Tensor y = row.run(context, bed.tensors);
                    const std::vector<float> values = context.read(y);
                    if (run == 0)
                        first = values;
                    else
                        QVERIFY2(std::ranges::equal(std::as_bytes(std::span(first)), std::as_bytes(std::span(values))),
                                 row.name.c_str());
                }
            }
    }

 private:
    /// The suite runs this executable in parts: ORRERY_PART=k/n takes every nth op from the kth on.
    static bool mine(std::size_t op) {
        const QStringList part = qEnvironmentVariable("ORRERY_PART", "0/1").split('/');
        return op % part.value(1).toUInt() == part.value(0).toUInt();
    }

    static void rows() {
        QTest::addColumn<int>("op");
        QTest::addColumn<int>("row");
        QTest::addColumn<int>("way");
        for (std::size_t o = 0; o < ops().size(); ++o) {
            const auto cases = ops()[o].cases();
            for (std::size_t r = 0; r < cases.size(); ++r) {
                if (!mine(o)) continue;
                for (std::size_t w = 0; w < std::size(ways); ++w) {
                    if (ways[w].half && !cases[r].half) continue;
                    QTest::addRow("%s %s, %s", ops()[o].name, cases[r].name.c_str(), ways[w].name) << int(o) << int(r) << int(w);
                }
            }
        }
    }

    static void check(QString (Bed::*what)()) {
        QFETCH(int, op);
        QFETCH(int, row);
        QFETCH(int, way);
        const Way& by = ways[way];
        const Case tried = ops()[std::size_t(op)].cases()[std::size_t(row)];
        gpu::Device& device = deviceOf(by.path);
        if (by.products == Products::host && !device.isCpu()) QSKIP("the host's BLAS needs a CPU device");
        Context context(device, {.products = by.products, .guarded = true});
        Bed bed(context, tried, by.half);
        const QString wrong = (bed.*what)();
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
    }
};

ORRERY_TEST_MAIN(TestOps)
#include "tst_ops.moc"
