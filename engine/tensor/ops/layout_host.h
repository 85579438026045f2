// SPDX-License-Identifier: GPL-3.0-or-later
// shaders/tensor/layout.comp on the host: where a run of words stays together it is copied as one, which a kernel that goes
// word by word cannot do.
#pragma once

#include <array>
#include <cstdint>

namespace orrery::tensor::host {

/// Element (i0 … i5) comes from base + sum of (i - low) stride, or is zero where i - low lies outside [0, high).
struct Gather {
    std::int64_t base = 0;
    std::array<std::int32_t, 6> size{}, stride{}, low{}, high{};
};
void gather(const Gather& how, const std::uint32_t* from, std::uint32_t* to);

} // namespace orrery::tensor::host
