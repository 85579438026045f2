// SPDX-License-Identifier: GPL-3.0-or-later
// What a view can draw from buffers that a lab filled on the GPU, without a round trip to the host.
// Every call names the affine map from its buffer's coordinates to data units; the camera does the rest.
#pragma once

#include "ui/render/colormap.h"
#include "ui/render/frame.h"

#include <memory>

namespace orrery::ui {

/// data = offset + scale * buffer coordinate
struct ToData {
    glm::dvec2 offset{0, 0};
    double scale = 1;
};

struct PointStyle {
    float diameterPx = 2.5f; ///< logical pixels, at a third of the brightness
    float light = 1;         ///< at the middle of one point, before tone mapping; 1 alone is clearly visible
};
/// A light per point with which any number of them neither vanishes nor burns out.
float lightPerPoint(std::uint64_t count);

struct HeatStyle {
    Colormap map = Colormap::magma;
    float low = 0, high = 1; ///< values at the two ends of the map
    bool exponential = true; ///< the buffer holds natural logarithms; show exp of it
    float opacity = 1;       ///< at the high end; the low end always melts into the ground
};

struct ContourStyle {
    glm::vec4 colour{1, 1, 1, 0.35};
    float widthPx = 1;    ///< logical pixels
    float perDecade = 2;  ///< lines per factor of ten of the density
    float lowest = -4.5f; ///< decimal logarithm of the density below which there are none
};

struct LineStyle {
    glm::vec4 colour{1, 1, 1, 1};
    float widthPx = 1.2f; ///< logical pixels
    float fade = 0;       ///< share of opacity lost at the oldest row
};

struct ArrowStyle {
    glm::vec4 colour{1, 1, 1, 0.6};
    float longestPx = 18, widthPx = 1; ///< logical pixels
    float half = 2;                    ///< magnitude that is drawn half as long as the longest
};

/// A grid of vec4 cells over a rectangle in buffer coordinates, row 0 at low y.
struct GridBuffer {
    gpu::Buffer cells;
    std::uint32_t width = 1, height = 1;
    Rect rect;
    ToData toData;
};

/// Pixels of four bytes, red first, rows from the top, over a rectangle in data units.
struct PictureBuffer {
    gpu::Buffer rgba;
    std::uint32_t width = 0, height = 0;
    Rect rect;
};

/// The pipelines behind the calls. Points gather light, light() lays it down; everything that light() or a later call
/// draws is played in the order of the calls. A call records what it computes, declares its buffers and notes what to
/// draw; the renderer plays the notes inside its pass. Calls throw Error when a buffer is smaller than what they are told
/// to read; vectors that are not finite draw nothing.
class Layers {
 public:
    Layers(gpu::Device& device, VkRenderPass pass);
    ~Layers();

    void points(const Frame& frame, const gpu::Buffer& vec2s, std::uint32_t count, const ToData& toData, const PointStyle& style);
    /// Lays the gathered light over the picture: tone mapped, `colour` where there is little, white where much
    /// (in the light theme: ink instead of light).
    void light(const Frame& frame, glm::vec3 colour);
    void heat(const Frame& frame, const GridBuffer& grid, const HeatStyle& style);        ///< channel z
    void contours(const Frame& frame, const GridBuffer& grid, const ContourStyle& style); ///< channel z, natural log
    void picture(const Frame& frame, const PictureBuffer& picture, float opacity = 1);
    void arrows(const Frame& frame, const GridBuffer& grid, const ArrowStyle& style); ///< channels x, y
    /// Polylines: column c runs over rows first…last of vec2[row * stride + firstColumn + c].
    void polylines(const Frame& frame, const gpu::Buffer& vec2s, std::uint32_t stride, std::uint32_t columns, int first, int last,
                   const ToData& toData, const LineStyle& style, std::uint32_t firstColumn = 0);

    /// For the renderer: a new frame, without light; and what it has noted, inside the pass.
    void begin(const Frame& frame);
    void play(VkCommandBuffer commands);

 private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery::ui
