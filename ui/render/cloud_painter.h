// SPDX-License-Identifier: GPL-3.0-or-later
// How a cloud becomes sums: the numbers that kernel (shaders/draw/cloud.comp) and host share, and the painting by the host.
#pragma once

#include "ui/render/cloud.h"

#include <algorithm>
#include <cmath>
#include <memory>

namespace orrery::ui {

struct CloudPush { ///< as the shaders have it
    std::array<glm::vec4, 3> rows;
    glm::ivec2 size; ///< pixels
    std::uint32_t points;
    float radius;  ///< pixels, of a full-sized point at W = 1
    float centre;  ///< units of the sum at the middle of a point
    float perUnit; ///< depth of one unit
    float farDepth, reach;

    /// Radius and units of a point at pixel `x`, `y`; false: not drawn.
    bool shape(float x, float y, float w, std::uint32_t markSize, float& r, float& c) const;
};

/// `scale`: pixels per logical pixel.
CloudPush cloudPush(std::size_t count, const ToPixels& toPixels, const CloudStyle& style, glm::ivec2 size, float scale);

// Where a disc (1 - r^2/R^2)^2 has fallen to a third; below the least radius the sum over pixels depends on where between them a
// point lies (twinkling); a greatest one keeps a wrong number from taking seconds.
inline constexpr float cloudRadiusPerDiameter = 0.77F, leastCloudRadius = 1.25F, greatestCloudRadius = 96;

inline bool CloudPush::shape(float x, float y, float w, std::uint32_t markSize, float& r, float& c) const {
    if (markSize == 0 || !(w > 0.02F)) return false;
    const float wanted = radius * float(markSize) * (1.F / fullSize) / w;
    r = std::clamp(wanted, leastCloudRadius, greatestCloudRadius);
    if (!(std::abs(x - 0.5F * float(size.x)) < 0.5F * float(size.x) + r) ||
        !(std::abs(y - 0.5F * float(size.y)) < 0.5F * float(size.y) + r))
        return false;                             // outside, or not finite
    const float kept = std::min(wanted / r, 1.F); // too small a disc is drawn larger and dimmer
    c = centre * kept * kept;
    if (reach > 0) c *= 1 + (farDepth - 1) * std::clamp((w - 1) / reach * 0.5F + 0.5F, 0.F, 1.F);
    return true;
}

/// By the cores of the host: on a CPU device they are the same cores, and its atomics cost ten times these additions. Points go to
/// the tiles of the picture that their discs touch; a tile then gathers its own, in memory that stays in the cache, and nobody
/// else writes there.
class CloudPainter {
 public:
    static constexpr int tilePx = 64; ///< of a side, as in shaders/draw/tiles.glsl
    struct Points {
        std::span<const float> x, y, z;
        std::span<const Mark> marks;
    };

    /// Colour and opacity of every pixel, in blocks of 4 x 4, and behind them a flag for each tile: what shaders/draw/cloud.frag
    /// reads as PACKED. `picture` has words() of them.
    void paint(const Points& points, const CloudPush& push, std::span<std::uint32_t> picture);
    static std::size_t words(std::uint32_t width, std::uint32_t height);

    struct Splat { ///< a point on the screen: pixel from the upper left corner, W
        float x, y, w;
        Mark mark;
    };
    /// Red, green, blue and depth of a tile; behind each row room for what reaches over its edge.
    struct Sums {
        static constexpr int pitch = tilePx + 8;
        alignas(64) std::array<std::array<std::uint32_t, std::size_t(pitch* tilePx)>, 4> channel{};
    };

 private:
    /// Splats of one thread, by tile, in chunks that are used again in the next frame.
    class Bins {
     public:
        void clear(std::size_t tiles);
        void put(std::size_t tile, const Splat& splat) {
            Bin& bin = m_bins[tile];
            if (bin.next == bin.end) open(bin);
            *bin.next++ = splat;
        }
        std::size_t count(std::size_t tile) const;
        template <class Take>
        void each(std::size_t tile, Take&& take) const; ///< with each chunk's splats

     private:
        static constexpr std::uint32_t perChunk = 64, chunksPerSlab = 1024, none = ~0u;
        struct Bin {
            Splat *next = nullptr, *end = nullptr;
            std::uint32_t chunk = none, chunks = 0;
        };
        void open(Bin& bin);
        Splat* at(std::uint32_t chunk) const {
            return m_slabs[chunk / chunksPerSlab].get() + std::size_t(chunk % chunksPerSlab) * perChunk;
        }
        std::vector<Bin> m_bins;
        std::vector<std::uint32_t> m_before; ///< of each chunk: the one of the same tile that was filled before it
        std::vector<std::unique_ptr<Splat[]>> m_slabs;
    };
    struct Worker {
        Bins bins;
        Sums sums;
    };
    void sort(const Points& points, const CloudPush& push);
    std::vector<std::unique_ptr<Worker>> m_workers;
};

} // namespace orrery::ui
