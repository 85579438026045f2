// SPDX-License-Identifier: GPL-3.0-or-later
// What a view can draw from buffers that a lab filled on the GPU, without a round trip to the host.
// Every call names the affine map from its buffer's coordinates to data units; the camera does the rest.
#pragma once

#include "ui/render/cloud.h"
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

struct Sprite {
    glm::vec2 middle{0, 0}; ///< pixels from the upper left corner
    float half = 8;         ///< of its longer side, pixels
    float picture = 0;      ///< which of the sheet's, row by row
    glm::vec4 ink{1, 1, 1, 1};
};

/// Pictures of one size side by side in a texture.
struct SpriteSheet {
    int width = 0, height = 0;    ///< texels of one
    bool inked = false;           ///< the red channel is how much of the sprite's ink there is
    glm::vec4 ground{0, 0, 0, 0}; ///< under the ink
    float opacity = 1;
};

struct CloudPush;

struct MaskStyle {
    glm::vec4 fill{1, 1, 1, 0.4}, edge{1, 1, 1, 1};
    glm::vec4 bandFill{0, 0, 0, 0};      ///< within `band` of the threshold
    float edgePx = 1.5f;                 ///< logical pixels
    float threshold = 0, band = 0;       ///< of the values
    glm::dvec2 from{0, 0}, to{1e9, 1e9}; ///< the part of the field that is drawn, in its cells from the upper left corner
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
    /// Coloured points; what was made of an unchanged cloud for an unchanged camera is shown again at no cost.
    void cloud(const Frame& frame, PointCloud& cloud, const ToPixels& toPixels, const CloudStyle& style);
    void heat(const Frame& frame, const GridBuffer& grid, const HeatStyle& style);        ///< channel z
    void contours(const Frame& frame, const GridBuffer& grid, const ContourStyle& style); ///< channel z, natural log
    void arrows(const Frame& frame, const GridBuffer& grid, const ArrowStyle& style);     ///< channels x, y
    /// Polylines: column c runs over rows first…last of vec2[row * stride + firstColumn + c].
    void polylines(const Frame& frame, const gpu::Buffer& vec2s, std::uint32_t stride, std::uint32_t columns, int first, int last,
                   const ToData& toData, const LineStyle& style, std::uint32_t firstColumn = 0);
    /// A picture (Texel::rgba8) over a rectangle in data units, its upper row at high y; pixels stay sharp when they are enlarged.
    void picture(const Frame& frame, const gpu::Image& picture, const Rect& rect, float opacity = 1);
    /// The side of a field of numbers (Texel::f32, between its cells bilinear, its upper row at high y) that lies above a
    /// threshold, and its edge.
    void mask(const Frame& frame, const gpu::Image& field, const Rect& rect, const MaskStyle& style);

    void sprites(const Frame& frame, const std::vector<Sprite>& sprites, const gpu::Image& sheet, const SpriteSheet& cut);

    /// For the renderer: a new frame, without light; and what it has noted, inside the pass.
    void begin(const Frame& frame);
    void play(VkCommandBuffer commands);

 private:
    void gatherOnDevice(const Frame& frame, PointCloud& cloud, const CloudPush& push);

    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery::ui
