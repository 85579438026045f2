// SPDX-License-Identifier: GPL-3.0-or-later
// The picture: N points in the plane or in space, as one array for each axis, padded so that loops of eight need no end.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace orrery::embedding {

struct PicturePoints {
    std::int64_t n = 0;
    int dims = 2;
    std::array<std::vector<float>, 3> axis; ///< `padded()` values of each of the `dims` axes; what is beyond n is far away

    static constexpr float farAway = 1e18F; ///< its square is finite, and nothing is pushed from there

    PicturePoints() = default;
    PicturePoints(std::int64_t points, int dimensions, float value = 0) : n(points), dims(dimensions) {
        for (int d = 0; d < dims; ++d) axis[std::size_t(d)].assign(std::size_t(padded()), value), pad(d);
    }
    std::int64_t padded() const { return (n + 7) / 8 * 8; }
    void pad(int d) {
        for (std::int64_t i = n; i < padded(); ++i) axis[std::size_t(d)][std::size_t(i)] = farAway;
    }
    float* operator[](int d) { return axis[std::size_t(d)].data(); }
    const float* operator[](int d) const { return axis[std::size_t(d)].data(); }

    std::vector<float> interleaved() const { ///< [n, dims]
        std::vector<float> rows(std::size_t(n * dims));
        for (int d = 0; d < dims; ++d)
            for (std::int64_t i = 0; i < n; ++i) rows[std::size_t(i * dims + d)] = axis[std::size_t(d)][std::size_t(i)];
        return rows;
    }
    bool operator==(const PicturePoints&) const = default;
};

} // namespace orrery::embedding
