// SPDX-License-Identifier: GPL-3.0-or-later
// Weights read from a file in pieces: the same bits as at once, whatever the size of the pieces; nothing changes when a name
// or a shape does not fit.
#include "engine/model/safetensors.h"
#include "engine/model/tensor_file.h"
#include "engine/tensor/ops/cast.h"
#include "engine/tensor/parameter_loader.h"
#include "tests/support/error_of.h"
#include "tests/support/test_main.h"

#include <QTemporaryDir>

using namespace orrery;
using namespace orrery::tensor;
using orrery::test::errorOf;

namespace {

std::vector<float> numbers(std::size_t count, float first) { // exact in f16
    std::vector<float> all(count);
    for (std::size_t i = 0; i < count; ++i) all[i] = first + 0.25F * float(i % 97);
    return all;
}

/// Three parameters, one without numbers, one in an odd number of them.
struct Net {
    explicit Net(Context& context) : parameters(context) {
        parameters.add("a.weight", {7, 5}, Init::zeros());
        parameters.add("none", {0, 3}, Init::zeros());
        parameters.add("b.weight", {1001}, Init::ones());
    }
    Parameters parameters;
};

} // namespace

class TestParameterLoader : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::vector<float> m_a = numbers(35, -3), m_b = numbers(1001, 2);

    std::string path(const char* name) const { return (m_folder.path() + '/' + name).toStdString(); }
    void write(const char* name, const std::string& prefix, std::vector<std::uint64_t> shapeB) const {
        const auto bytes = [](const std::vector<float>& v) { return std::as_bytes(std::span(v)); };
        const std::vector<model::TensorToWrite> all = {{prefix + "b.weight", model::Stored::f32, shapeB, bytes(m_b)},
                                                       {prefix + "extra", model::Stored::f32, {35}, bytes(m_a)},
                                                       {prefix + "none", model::Stored::f32, {0, 3}, {}},
                                                       {prefix + "a.weight", model::Stored::f32, {7, 5}, bytes(m_a)}};
        model::writeSafetensors(path(name), all);
    }

 private Q_SLOTS:
    void piecesMakeTheWhole_data() {
        QTest::addColumn<int>("numbers");
        QTest::addColumn<bool>("half");
        for (const int n : {1, 2, 34, 35, 36, 1000, 1 << 20})
            for (const bool half : {false, true}) QTest::addRow("%d at a time%s", n, half ? ", f16" : "") << n << half;
    }
    void piecesMakeTheWhole() {
        QFETCH(int, numbers);
        QFETCH(bool, half);
        write("net.safetensors", "model.", {1001});
        const auto file = model::openTensorFile(path("net.safetensors"));
        Context context(orrery::test::device(), {.guarded = true});
        Net net(context);
        if (half) net.parameters.convert(DType::f16);
        ParameterLoader loader(context, net.parameters, *file, "model.");
        QCOMPARE(loader.total(), std::uint64_t(35 + 1001));
        double before = 0;
        int steps = 0;
        while (!loader.finished()) {
            const double now = loader.step(std::uint64_t(numbers));
            QVERIFY(now > before && now <= 1);
            QCOMPARE(now == 1, loader.finished());
            before = now, ++steps;
        }
        QVERIFY(numbers > 1000 || steps > 1);
        QCOMPARE(context.read(net.parameters["a.weight"]), m_a);
        QCOMPARE(context.read(net.parameters["b.weight"]), m_b);
        const std::vector<std::string> broken = context.checkGuards();
        QVERIFY2(broken.empty(), broken.empty() ? "" : broken[0].c_str());
    }

    void nothingChangesWhenSomethingDoesNotFit() {
        write("flat.safetensors", "", {7, 143});
        const auto file = model::openTensorFile(path("flat.safetensors"));
        Context context(orrery::test::device());
        Net net(context);
        const std::string shape = errorOf([&] { net.parameters.load(*file); });
        QVERIFY2(shape.find("b.weight") != std::string::npos && shape.find("[7, 143]") != std::string::npos &&
                     shape.find("[1001]") != std::string::npos,
                 shape.c_str());
        const std::string name = errorOf([&] { net.parameters.load(*file, "encoder."); });
        QVERIFY2(name.find("encoder.a.weight") != std::string::npos, name.c_str());
        QCOMPARE(context.read(net.parameters["a.weight"]), std::vector<float>(35, 0.F));
    }

    void partsStayInsideATensor() {
        Context context(orrery::test::device());
        const Tensor x = context.zeros({4}), y = context.zeros({4}, DType::f16);
        const std::vector<float> two = {1, 2};
        QVERIFY(!errorOf([&] { context.assignPart(x, 3, two); }).empty());
        QVERIFY(!errorOf([&] { context.assignPart(x, -1, two); }).empty());
        QVERIFY(!errorOf([&] { context.assignPart(y, 1, two); }).empty()); // would share a word with a neighbour
        context.assignPart(x, 2, two);
        QCOMPARE(context.read(x), (std::vector<float>{0, 0, 1, 2}));
    }
};

ORRERY_TEST_MAIN(TestParameterLoader)
#include "tst_parameter_loader.moc"
