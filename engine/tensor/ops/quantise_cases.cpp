// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/philox.h"
#include "engine/tensor/ops/cases.h"
#include "engine/tensor/ops/quantise.h"

namespace orrery::tensor {

std::vector<Case> quantiseCases() {
    std::vector<Case> rows;
    for (const Format* format : {&fp16, &bf16, &e4m3, &e5m2})
        for (const bool stochastic : {false, true}) {
            Case row;
            row.name = std::string(format->name) + (stochastic ? " stochastic" : "");
            row.inputs = {{{103}, Fill::spread}};
            const RoundingNoise noise{11, 2, 3};
            row.run = [=](Context& c, std::span<const Tensor> in) {
                return quantise(c, in[0], *format, stochastic ? &noise : nullptr);
            };
            row.reference = [=](std::span<const Array> in) {
                Expected e{Array(in[0].shape)};
                for (std::size_t i = 0; i < in[0].size(); ++i) {
                    const std::uint32_t word = philox(noise.seed, std::uint32_t(i), noise.step, noise.stream)[0];
                    e.value[i] = decode(*format, encode(*format, in[0][i], stochastic ? Rounding::stochastic(word) : Rounding{}));
                }
                return e;
            };
            row.tolerance = 0; // bit for bit
            row.gradient = 0;  // a staircase has none: what is sent back is a convention
            row.half = false;
            rows.push_back(row);
        }
    return rows;
}

} // namespace orrery::tensor
