// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/cases.h"
#include "engine/tensor/ops/rotary.h"

#include <cmath>

namespace orrery::tensor {

namespace {

struct Form {
    Shape shape{};
    RotaryOptions options{};
    Shape positions{}; ///< a scalar's: none
    std::int64_t below = 100;
};

Expected turned(const Form& f, std::span<const Array> in) {
    const Array& x = in[0];
    const RotaryOptions& o = f.options;
    const std::size_t axis = x.shape.axis(o.axis), size = std::size_t(x.shape.at(-1));
    const auto turned = std::size_t(o.turned == 0 ? x.shape.at(-1) : o.turned), half = turned / 2;
    const auto inner = std::size_t(x.shape.product(axis + 1, x.shape.rank())), length = std::size_t(x.shape[axis]);
    Expected e{x, x};
    for (std::size_t i = 0; i < x.size(); ++i) {
        e.scale[i] = std::abs(x[i]) + 1e-37;
        const std::size_t k = i % size, place = i / inner % length;
        if (k >= turned) continue;
        double at = double(place);
        if (f.positions.rank() == 1) at = in[1][place];
        if (f.positions.rank() == 2) at = in[1][i / std::size_t(x.shape.product(1, x.shape.rank())) * length + place];
        at += o.offset;
        const bool split = o.pairs == RotaryPairs::halves, second = split ? k >= half : k % 2 == 1;
        const std::size_t pair = split ? k % half : k / 2,
                          other = split ? (second ? i - half : i + half) : (second ? i - 1 : i + 1);
        const double angle = at * std::pow(o.base, -2 * double(pair) / double(turned));
        e.value[i] = x[i] * std::cos(angle) + (second ? x[other] : -x[other]) * std::sin(angle);
        e.scale[i] = std::abs(x[i]) + std::abs(x[other]) + 1e-37;
    }
    return e;
}

Case rotaryCase(const Form& f) {
    Case row;
    row.name = std::string(f.options.pairs == RotaryPairs::halves ? "halves of " : "pairs of ") + f.shape.text() +
               (f.options.turned > 0 ? " turned " + std::to_string(f.options.turned) : "") +
               (f.positions.rank() > 0 ? " at " + f.positions.text() : "") +
               (f.options.offset != 0 ? " from " + std::to_string(f.options.offset) : "") +
               (f.options.axis == -2 ? "" : " axis " + std::to_string(f.options.axis)) +
               (f.options.mapping == RowMapping::workgroup ? " by workgroups" : "");
    row.inputs = {{f.shape}};
    if (f.positions.rank() > 0) row.inputs.push_back({f.positions, Fill::index, f.below, false, false});
    row.run = [f](Context& c, std::span<const Tensor> in) {
        RotaryOptions options = f.options;
        if (f.positions.rank() > 0) options.positions = in[1];
        return rotary(c, in[0], options);
    };
    row.reference = [f](std::span<const Array> in) { return turned(f, in); };
    row.tolerance = 5; // cos and sin within 1.5e-7, 2.5 units; two products and a sum
    return row;
}

} // namespace

std::vector<Case> rotaryCases() {
    std::vector<Case> rows;
    for (const RotaryPairs pairs : {RotaryPairs::interleaved, RotaryPairs::halves}) {
        for (const RowMapping mapping : {RowMapping::invocation, RowMapping::workgroup}) {
            rows.push_back(rotaryCase({{2, 5, 16}, {.pairs = pairs, .mapping = mapping}}));
            rows.push_back(rotaryCase({{2, 5, 7}, {.pairs = pairs, .turned = 6, .mapping = mapping}}));
        }
        rows.push_back(rotaryCase({{3, 20}, {.pairs = pairs, .base = 500000, .turned = 8}}));
        rows.push_back(rotaryCase({{3, 12}, {.pairs = pairs, .turned = 10}})); // ends inside a group of four
        // Far out: a single-precision angle would be off by some hundredths there.
        rows.push_back(rotaryCase({{2, 3, 4, 8}, {.pairs = pairs, .axis = -3, .offset = 1000000}, {2, 3}, 100}));
        rows.push_back(rotaryCase({{2, 2, 3, 8}, {.pairs = pairs, .offset = -40}, {3}, 30}));
        rows.push_back(rotaryCase({{0, 3, 8}, {.pairs = pairs}}));
    }
    return rows;
}

std::vector<Case> rotaryBenches(std::int64_t scale) {
    std::vector<Case> rows;
    for (const RotaryPairs pairs : {RotaryPairs::interleaved, RotaryPairs::halves}) {
        Case row = rotaryCase({{4 * scale, 12, 1024, 64}, {.pairs = pairs}});
        row.name = std::string(pairs == RotaryPairs::halves ? "rotary halves " : "rotary pairs ") + std::to_string(4 * scale) +
                   "x12x1024x64";
        row.bytes = 8.0 * double(scale) * 4 * 12 * 1024 * 64;
        rows.push_back(row);
    }
    return rows;
}

} // namespace orrery::tensor
