// SPDX-License-Identifier: GPL-3.0-or-later
// Convolutions and resizing beyond their rows in the generic op test: what they refuse, laws that tie them together, and that
// the paths through device and host agree where the choice is left to the size.
#include "engine/error.h"
#include "engine/tensor/ops/conv.h"
#include "engine/tensor/ops/resize.h"
#include "engine/tensor/tape.h"
#include "tests/support/error_of.h"
#include "tests/support/test_main.h"
#include "tests/tensor/op_bed.h"

using namespace orrery;
using namespace orrery::tensor;
using orrery::test::errorOf;

namespace {

Tensor random(Context& context, const Shape& shape, std::uint64_t seed) {
    const Input input{shape};
    return tensor::test::uploaded(context, tensor::test::filled(input, seed, false), input, false);
}

double dot(const std::vector<float>& a, const std::vector<float>& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += double(a[i]) * double(b[i]);
    return sum;
}

} // namespace

class TestConv : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void refusals() {
        Context c(orrery::test::device());
        const Tensor x = c.zeros({2, 6, 5, 7});
        const auto conv = [&](const Shape& w, const Conv2dOptions& o) { return errorOf([&] { conv2d(c, x, c.zeros(w), o); }); };
        for (const std::string& said : {
                 conv({4, 5, 3, 3}, {}),            // channels
                 conv({4, 6, 3}, {}),               // axes
                 conv({4, 3, 3, 3}, {.groups = 3}), // 4 outputs in 3 groups
                 conv({4, 6, 3, 3}, {.groups = 0}),
                 conv({4, 6, 6, 3}, {}), // larger than the image
                 conv({4, 6, 3, 3}, {.dilation = {1, 4}}),
                 conv({4, 6, 0, 3}, {}),
                 conv({4, 6, 3, 3}, {.stride = {0, 1}}),
                 conv({4, 6, 3, 3}, {.padding = {0, -1}}),
                 conv({4, 6, 3, 3}, {.bias = c.zeros({6})}),
             }) {
            QVERIFY2(said.starts_with("conv2d: ") && said.find("[2, 6, 5, 7]") != std::string::npos, said.c_str());
            QVERIFY2(said.find("weights of shape [4, ") != std::string::npos, said.c_str());
        }
        const auto transpose = [&](const Shape& w, const ConvTranspose2dOptions& o) {
            return errorOf([&] { convTranspose2d(c, x, c.zeros(w), o); });
        };
        for (const std::string& said :
             {transpose({4, 6, 3, 3}, {}), transpose({6, 4, 3, 3}, {.groups = 4}),
              transpose({6, 4, 3, 3}, {.stride = {2, 2}, .outputPadding = {2, 0}}), transpose({6, 4, 1, 1}, {.padding = {4, 4}})})
            QVERIFY2(said.starts_with("conv_transpose2d: ") && said.find("[2, 6, 5, 7]") != std::string::npos, said.c_str());
        QVERIFY(!errorOf([&] { resize(c, c.zeros({3}), 2, 2); }).empty());
        QVERIFY(!errorOf([&] { resize(c, c.zeros({2, 0, 3}), 2, 2); }).empty());
        QVERIFY(!errorOf([&] { resize(c, x, -1, 2); }).empty());
        QVERIFY(!errorOf([&] { resize(c, x, 1, std::int64_t(1) << 30); }).empty());
    }

    /// <conv2d(x), y> = <x, convTranspose2d(y)>: both sides are sums of the same products.
    void transposeIsTheAdjoint() {
        Context c(orrery::test::device());
        const Pair stride{3, 2}, padding{2, 1}, dilation{1, 3};
        const Tensor x = random(c, {2, 6, 16, 15}, 1), w = random(c, {9, 2, 5, 3}, 2);
        const Tensor y = conv2d(c, x, w, {.stride = stride, .padding = padding, .dilation = dilation, .groups = 3});
        const Tensor v = random(c, y.shape(), 3);
        const Pair more{(16 + 4 - 5) % 3, (15 + 2 - 7) % 2}; // rows that the stride leaves over
        const Tensor back = convTranspose2d(
            c, v, w, {.stride = stride, .padding = padding, .outputPadding = more, .dilation = dilation, .groups = 3});
        QVERIFY(back.shape() == x.shape());
        const double left = dot(c.read(y), c.read(v)), right = dot(c.read(x), c.read(back));
        // Some 10^4 products of size 1, each sum of 30 rounded to 2^-24 of itself: 1e-5 is ten times their random walk.
        QVERIFY2(std::abs(left - right) < 1e-3 && std::abs(left) > 1, qPrintable(QString("%1 and %2").arg(left).arg(right)));
    }

    /// Large enough for BLAS by itself: the same numbers as by the kernels, forward and backward.
    void hostAndDeviceAgree() {
        gpu::Device& device = orrery::test::device();
        if (!device.isCpu()) QSKIP("the host's BLAS needs a CPU device");
        std::vector<std::vector<float>> all[2];
        for (const Products products : {Products::automatic, Products::vulkan}) {
            Context c(device, {.products = products});
            const Tensor x = random(c, {2, 24, 37, 41}, 1), w = random(c, {20, 24, 3, 3}, 2), b = random(c, {20}, 3);
            Tape tape(c);
            for (const Tensor& t : {x, w, b}) tape.watch(t);
            const Tensor y = conv2d(c, x, w, {.padding = {1, 1}, .bias = b});
            Gradients g = tape.backward(y, random(c, y.shape(), 4));
            for (const Tensor& t : {y, g.of(x), g.of(w), g.of(b)}) all[products == Products::vulkan].push_back(c.read(t));
        }
        // Sums of K = 216 (w: 3034) products in two orders: each within sqrt(K) units of its root mean square sqrt(K), 2K u.
        const double allowed[] = {8 * 216 * 0x1p-24, 8 * 180 * 0x1p-24, 8 * 3034 * 0x1p-24, 8 * 3034 * 0x1p-24};
        for (std::size_t k = 0; k < 4; ++k)
            for (std::size_t i = 0; i < all[0][k].size(); ++i)
                QVERIFY2(std::abs(all[0][k][i] - all[1][k][i]) <= allowed[k],
                         qPrintable(QString("%1 at %2: %3 and %4").arg(k).arg(i).arg(all[0][k][i]).arg(all[1][k][i])));
    }

    void policyCasts() {
        Context c(orrery::test::device());
        const Tensor x = random(c, {1, 4, 6, 8}, 1), w = random(c, {4, 4, 1, 1}, 2);
        c.policy = {
            {"conv2d", {DType::f16}}, {"conv_transpose2d", {DType::f16}}, {"resize", {DType::f16}}, {"matmul", {DType::f32}}};
        QVERIFY(conv2d(c, x, w).type() == DType::f16);
        QVERIFY(convTranspose2d(c, x, w).type() == DType::f16);
        QVERIFY(resize(c, x, 3, 5).type() == DType::f16);
        c.policy = {{"matmul", {DType::f16}}}; // a product inside a convolution is none of its business
        const std::vector<float> inside = c.read(conv2d(c, x, w));
        c.policy.clear();
        QVERIFY(inside == c.read(conv2d(c, x, w)));
    }

    /// PyTorch's documentation of Upsample shows this one.
    void publishedExample() {
        Context c(orrery::test::device());
        const Tensor x = c.upload({2, 2}, std::span<const float>(std::array<float, 4>{1, 2, 3, 4}));
        const std::vector<float> half = {1,    1.25f, 1.75f, 2,    1.5f, 1.75f, 2.25f, 2.5f,
                                         2.5f, 2.75f, 3.25f, 3.5f, 3,    3.25f, 3.75f, 4};
        QVERIFY(c.read(resize(c, x, 4, 4)) == half);
        const std::vector<float> corners = c.read(resize(c, x, 4, 4, true));
        for (std::size_t i = 0; i < 16; ++i)
            QVERIFY(std::abs(corners[i] - (1 + 2 * float(i / 4) / 3 + float(i % 4) / 3)) < 1e-6f);
    }
};

ORRERY_TEST_MAIN(TestConv)
#include "tst_conv.moc"
