// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/cases.h"
#include "engine/tensor/ops/conv.h"

#include <cmath>

namespace orrery::tensor {

namespace {

using Index = std::int64_t;

struct Form {
    Shape x, w;
    Pair stride{1, 1}, padding{0, 0}, dilation{1, 1}, outputPadding{0, 0};
    Index groups = 1;
    bool bias = false;
};

/// One term of the sum for each weight and each place of the map: term(place in the image, in w, in the map).
/// `image` and `map` as in conv2d; the transpose goes the other way.
template <class Term>
void eachTerm(const Form& f, const Shape& image, const Shape& map, Term term) {
    const Index O = f.w[0], I = f.w[1], KH = f.w[2], KW = f.w[3];
    for (Index n = 0; n < image[0]; ++n)
        for (Index o = 0; o < O; ++o)
            for (Index c = 0; c < I; ++c)
                for (Index k = 0; k < KH * KW; ++k)
                    for (Index i = 0; i < map[2] * map[3]; ++i) {
                        const Index y = i / map[3] * f.stride[0] - f.padding[0] + k / KW * f.dilation[0];
                        const Index x = i % map[3] * f.stride[1] - f.padding[1] + k % KW * f.dilation[1];
                        if (y < 0 || y >= image[2] || x < 0 || x >= image[3]) continue;
                        const Index channel = o / (O / f.groups) * I + c;
                        term(std::size_t(((n * image[1] + channel) * image[2] + y) * image[3] + x),
                             std::size_t((o * I + c) * KH * KW + k), std::size_t((n * O + o) * map[2] * map[3] + i));
                    }
}

Shape mapOf(const Form& f) {
    const auto size = [&](std::size_t axis) {
        return (f.x[2 + axis] + 2 * f.padding[axis] - f.dilation[axis] * (f.w[2 + axis] - 1) - 1) / f.stride[axis] + 1;
    };
    return {f.x[0], f.w[0], size(0), size(1)};
}

Shape imageOf(const Form& f) {
    const auto size = [&](std::size_t axis) {
        return (f.x[2 + axis] - 1) * f.stride[axis] - 2 * f.padding[axis] + f.dilation[axis] * (f.w[2 + axis] - 1) +
               f.outputPadding[axis] + 1;
    };
    return {f.x[0], f.w[1] * f.groups, size(0), size(1)};
}

Expected reference(const Form& f, std::span<const Array> in, bool transposed) {
    const Shape shape = transposed ? imageOf(f) : mapOf(f);
    Expected e{Array(shape), Array(shape, 1e-37)};
    eachTerm(f, transposed ? shape : f.x, transposed ? f.x : shape, [&](std::size_t image, std::size_t w, std::size_t map) {
        const double v = in[1][w] * in[0][transposed ? map : image];
        e.value[transposed ? image : map] += v, e.scale[transposed ? image : map] += std::abs(v);
    });
    for (std::size_t i = 0; f.bias && i < e.value.size(); ++i) {
        const double b = in[2][i / std::size_t(shape[2] * shape[3]) % std::size_t(shape[1])];
        e.value[i] += b, e.scale[i] += std::abs(b);
    }
    return e;
}

std::string nameOf(const Form& f) {
    std::string name = f.x.text() + " " + f.w.text();
    const auto say = [&](const char* what, const Pair& p, Index usual) {
        if (p != Pair{usual, usual}) name += std::string(" ") + what + " " + std::to_string(p[0]) + "," + std::to_string(p[1]);
    };
    say("stride", f.stride, 1), say("padding", f.padding, 0), say("dilation", f.dilation, 1), say("more", f.outputPadding, 0);
    return name + (f.groups > 1 ? " groups " + std::to_string(f.groups) : "") + (f.bias ? " bias" : "");
}

Case base(const Form& f, bool transposed, Index channels) {
    Case row;
    row.inputs = {{f.x}, {f.w}};
    if (f.bias) row.inputs.push_back({{channels}});
    row.reference = [f, transposed](std::span<const Array> in) { return reference(f, in, transposed); };
    // As for a product: as many roundings of mixed sign as there are terms; their root in practice (Higham 2002, 3.5).
    const Index terms = (transposed ? f.w[0] / f.groups : f.w[1]) * f.w[2] * f.w[3];
    row.tolerance = 2 + 3 * std::sqrt(double(terms));
    return row;
}

Case convCase(const Form& f, ConvKernel kernel) {
    Case row = base(f, false, f.w[0]);
    row.name = nameOf(f) + (kernel == ConvKernel::direct ? " direct" : "");
    row.run = [f, kernel](Context& c, std::span<const Tensor> in) {
        Conv2dOptions o{.stride = f.stride, .padding = f.padding, .dilation = f.dilation, .groups = f.groups, .kernel = kernel};
        if (f.bias) o.bias = in[2];
        return conv2d(c, in[0], in[1], o);
    };
    return row;
}

Case transposeCase(const Form& f, ConvKernel kernel) {
    Case row = base(f, true, f.w[1] * f.groups);
    row.name = nameOf(f) + (kernel == ConvKernel::direct ? " direct" : "");
    row.run = [f, kernel](Context& c, std::span<const Tensor> in) {
        ConvTranspose2dOptions o{.stride = f.stride,
                                 .padding = f.padding,
                                 .outputPadding = f.outputPadding,
                                 .dilation = f.dilation,
                                 .groups = f.groups,
                                 .kernel = kernel};
        if (f.bias) o.bias = in[2];
        return convTranspose2d(c, in[0], in[1], o);
    };
    return row;
}

std::vector<Case> byBothKernels(const std::vector<Form>& forms, Case (*make)(const Form&, ConvKernel)) {
    std::vector<Case> rows;
    for (const Form& form : forms)
        for (const ConvKernel kernel : {ConvKernel::automatic, ConvKernel::direct}) rows.push_back(make(form, kernel));
    return rows;
}

Case bench(const std::string& name, const Form& f) {
    Case row = convCase(f, ConvKernel::automatic);
    row.name = name + (f.x[0] > 1 ? ", batch " + std::to_string(f.x[0]) : std::string{});
    const Shape map = mapOf(f);
    row.flops = 2.0 * double(map.count()) * double(f.w[1] * f.w[2] * f.w[3]);
    row.bytes = 4.0 * double(f.x.count() + f.w.count() + map.count());
    return row;
}

} // namespace

std::vector<Case> conv2dCases() {
    return byBothKernels(
        {
            {.x = {1, 3, 8, 8}, .w = {4, 3, 3, 3}, .padding = {1, 1}},
            {.x = {1, 1, 1, 1}, .w = {1, 1, 1, 1}, .bias = true},
            {.x = {2, 5, 7, 11}, .w = {7, 5, 3, 3}, .padding = {1, 1}, .bias = true},
            {.x = {2, 4, 9, 13}, .w = {6, 4, 3, 3}, .stride = {2, 2}, .padding = {1, 1}},
            {.x = {1, 3, 17, 19}, .w = {9, 3, 7, 5}, .stride = {2, 3}, .padding = {3, 1}, .bias = true},
            {.x = {1, 2, 13, 14}, .w = {3, 2, 3, 3}, .padding = {2, 4}, .dilation = {2, 4}},
            {.x = {1, 2, 13, 29}, .w = {3, 2, 3, 4}, .stride = {3, 2}, .padding = {1, 2}, .dilation = {2, 3}},
            {.x = {1, 3, 11, 5}, .w = {2, 3, 3, 3}, .padding = {6, 12}, .dilation = {6, 12}}, // few places in step
            {.x = {1, 2, 5, 23}, .w = {5, 2, 2, 3}, .stride = {2, 4}, .dilation = {4, 6}},
            {.x = {2, 6, 5, 9}, .w = {9, 2, 3, 3}, .padding = {1, 1}, .groups = 3, .bias = true},
            {.x = {2, 6, 5, 9}, .w = {9, 2, 3, 3}, .stride = {2, 1}, .padding = {1, 1}, .groups = 3},
            {.x = {1, 3, 2, 3}, .w = {4, 3, 5, 5}, .padding = {2, 2}}, // kernels larger than the image
            {.x = {1, 2, 1, 1}, .w = {2, 2, 4, 3}, .padding = {3, 1}},
            {.x = {2, 7, 5, 8}, .w = {5, 7, 1, 1}, .bias = true}, // 1 x 1
            {.x = {2, 6, 3, 5}, .w = {4, 3, 1, 1}, .groups = 2},
            {.x = {1, 3, 6, 7}, .w = {5, 3, 1, 1}, .stride = {2, 2}},
            {.x = {1, 3, 4, 4}, .w = {5, 3, 1, 1}, .padding = {1, 2}, .bias = true},
            {.x = {1, 3, 8, 12}, .w = {6, 3, 4, 4}, .stride = {4, 4}, .bias = true}, // patches
            {.x = {1, 4, 17, 9}, .w = {3, 4, 7, 1}, .padding = {3, 0}},              // k x 1 and 1 x k
            {.x = {1, 4, 9, 17}, .w = {3, 4, 1, 7}, .padding = {0, 3}, .bias = true},
            {.x = {2, 3, 9, 12}, .w = {3, 1, 3, 3}, .padding = {1, 1}, .groups = 3, .bias = true}, // depthwise
            {.x = {1, 3, 7, 6}, .w = {3, 1, 3, 3}, .stride = {2, 1}, .padding = {1, 0}, .dilation = {2, 1}, .groups = 3},
            {.x = {1, 3, 7, 9}, .w = {3, 1, 3, 3}, .stride = {2, 2}, .padding = {1, 1}, .groups = 3},
            {.x = {2, 3, 5, 7}, .w = {6, 1, 3, 2}, .padding = {1, 1}, .groups = 3, .bias = true},
            {.x = {1, 3, 19, 9}, .w = {3, 1, 7, 1}, .padding = {3, 0}, .groups = 3, .bias = true},
            {.x = {1, 2, 41, 5}, .w = {2, 1, 31, 1}, .padding = {15, 0}, .groups = 2},
            {.x = {1, 2, 23, 8}, .w = {2, 1, 5, 1}, .padding = {4, 0}, .dilation = {3, 2}, .groups = 2},
            {.x = {1, 2, 6, 8}, .w = {2, 1, 3, 1}, .padding = {1, 2}, .groups = 2},
            {.x = {1, 2, 4, 41}, .w = {2, 1, 1, 31}, .padding = {0, 15}, .groups = 2, .bias = true},
            {.x = {1, 2, 3, 9}, .w = {2, 1, 2, 11}, .padding = {5, 9}, .groups = 2},
            {.x = {1, 9, 5, 70}, .w = {18, 9, 3, 3}, .padding = {1, 1}}, // over the edges of tiles
            {.x = {0, 3, 5, 5}, .w = {2, 3, 3, 3}, .bias = true},
            {.x = {2, 0, 5, 5}, .w = {3, 0, 3, 3}, .bias = true},
            {.x = {2, 3, 5, 5}, .w = {0, 3, 3, 3}},
            {.x = {1, 2, 0, 3}, .w = {2, 2, 1, 1}, .padding = {1, 0}, .bias = true},
        },
        convCase);
}

std::vector<Case> convTranspose2dCases() {
    return byBothKernels(
        {
            {.x = {1, 3, 4, 4}, .w = {3, 4, 3, 3}, .padding = {1, 1}},
            {.x = {2, 5, 3, 5}, .w = {5, 3, 2, 2}, .stride = {2, 2}, .bias = true}, // as upsampling by two
            {.x = {2, 4, 5, 7}, .w = {4, 6, 3, 3}, .stride = {2, 2}, .padding = {1, 1}, .outputPadding = {1, 1}},
            {.x = {1, 3, 4, 5}, .w = {3, 2, 5, 4}, .stride = {3, 2}, .padding = {2, 1}, .outputPadding = {2, 0}, .bias = true},
            {.x = {1, 2, 5, 6}, .w = {2, 5, 3, 3}, .padding = {1, 0}, .dilation = {2, 3}},
            {.x = {1, 2, 5, 6}, .w = {2, 3, 3, 3}, .stride = {2, 4}, .dilation = {3, 6}, .outputPadding = {2, 5}},
            {.x = {1, 2, 3, 4}, .w = {2, 3, 1, 2}, .stride = {3, 5}, .bias = true}, // places that no tap meets
            {.x = {2, 6, 3, 5}, .w = {6, 2, 3, 3}, .stride = {2, 2}, .groups = 3, .bias = true},
            {.x = {2, 3, 5, 7}, .w = {3, 1, 3, 5}, .padding = {1, 2}, .groups = 3, .bias = true},
            {.x = {1, 3, 5, 7}, .w = {3, 1, 4, 1}, .dilation = {2, 1}, .groups = 3},
            {.x = {1, 3, 5, 7}, .w = {3, 2, 3, 3}, .padding = {2, 2}, .groups = 3},
            {.x = {2, 4, 5, 7}, .w = {4, 3, 1, 1}, .bias = true},
            {.x = {1, 2, 3, 3}, .w = {2, 3, 1, 1}, .dilation = {2, 2}, .outputPadding = {1, 1}},
            {.x = {1, 18, 5, 35}, .w = {18, 9, 2, 3}, .stride = {1, 2}, .padding = {0, 1}},
            {.x = {0, 3, 5, 5}, .w = {3, 2, 3, 3}, .bias = true},
        },
        transposeCase);
}

std::vector<Case> conv2dBenches(std::int64_t scale) {
    return {
        bench("conv2d 3x3 64 to 64 on 128x128", {.x = {scale, 64, 128, 128}, .w = {64, 64, 3, 3}, .padding = {1, 1}}),
        bench("conv2d 1x1 64 to 64 on 128x128", {.x = {scale, 64, 128, 128}, .w = {64, 64, 1, 1}}),
        bench("conv2d depthwise 31x1, 64 of 128x128",
              {.x = {scale, 64, 128, 128}, .w = {64, 1, 31, 1}, .padding = {15, 0}, .groups = 64}),
        bench("conv2d depthwise 1x31, 64 of 128x128",
              {.x = {scale, 64, 128, 128}, .w = {64, 1, 1, 31}, .padding = {0, 15}, .groups = 64}),
        bench("conv2d depthwise 3x3, 64 of 128x128",
              {.x = {scale, 64, 128, 128}, .w = {64, 1, 3, 3}, .padding = {1, 1}, .groups = 64}),
    };
}

} // namespace orrery::tensor
