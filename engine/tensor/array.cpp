// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/array.h"

namespace orrery::tensor {

std::size_t broadcastIndex(const Shape& small, const Shape& shape, std::size_t i) {
    const auto strides = small.strides();
    std::size_t at = 0;
    for (std::size_t axis = 1; axis <= shape.rank(); ++axis) {
        const auto size = std::size_t(shape[shape.rank() - axis]), index = i % size;
        i /= size;
        if (axis <= small.rank() && small[small.rank() - axis] != 1) at += index * std::size_t(strides[small.rank() - axis]);
    }
    return at;
}

} // namespace orrery::tensor
