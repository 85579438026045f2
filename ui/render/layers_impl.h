// SPDX-License-Identifier: GPL-3.0-or-later
// What the layers share; each has a file of its own (points.cpp, light.cpp, …).
#pragma once

#include "ui/render/layers.h"
#include "ui/render/pipeline.h"

namespace orrery::ui {

gpu::KernelOptions pointsKernel();
gpu::KernelOptions cornersKernel();
gpu::KernelOptions cloudKernel();
PipelineOptions cloudPipeline(VkRenderPass pass, bool packed);
PipelineOptions lightPipeline(VkRenderPass pass, bool ink);
PipelineOptions heatPipeline(VkRenderPass pass, bool smooth);
PipelineOptions contoursPipeline(VkRenderPass pass, bool smooth);
PipelineOptions arrowsPipeline(VkRenderPass pass);
PipelineOptions polylinesPipeline(VkRenderPass pass);
PipelineOptions picturePipeline(VkRenderPass pass);
PipelineOptions maskPipeline(VkRenderPass pass);
PipelineOptions spritesPipeline(VkRenderPass pass);

/// Light is gathered in whole numbers of this share: fine enough for a disc's rim, coarse enough for ten million discs on
/// one pixel.
inline constexpr float lightUnit = 256;

/// Entries of a colour map as the heat layer reads it: finer than the 8-bit steps of what it draws.
inline constexpr std::int32_t paletteSize = 4096;

struct Layers::Impl {
    Impl(gpu::Device& device, VkRenderPass pass);

    gpu::Device& device;
    /// What heat map and contours read between the cells of a grid: its cells, or the records of draw/corners.comp.
    gpu::Buffer between(const Frame& frame, const GridBuffer& grid);

    bool smooth; ///< grids are read with Catmull-Rom weights; bilinear where 16 reads per pixel cost too much
    gpu::Kernel splat, corners, cloud;
    Pipeline glow, ink, heat, contours, arrows, polylines, picture, mask, sprites, cloudSums, cloudPacked;
    gpu::Buffer palettes;  ///< vec4[colormaps][paletteSize]: a map's colours with heatOpacity
    gpu::Buffer light;     ///< of the frame being gathered, see shaders/draw/light.glsl
    gpu::Buffer cornersOf; ///< the grid whose corners are in cornersHeld, in this frame
    gpu::Buffer cornersHeld;
    std::vector<Draw> draws;
};

/// clip = buffer coordinate * xy + zw: a layer's own map and the camera in one, joined in double precision.
glm::vec4 toClip(const Frame& frame, const ToData& toData);
/// The same for places counted in cells of a grid, from its low corner.
glm::vec4 cellsToClip(const Frame& frame, const GridBuffer& grid);

std::uint32_t tileVertices(const Frame& frame); ///< of shaders/draw/tiles.glsl

/// Throws Error: `layer` was told to read `needed` bytes of a smaller buffer.
void requireBytes(const char* layer, const gpu::Buffer& buffer, std::uint64_t needed);
bool isEmpty(const GridBuffer& grid); ///< nothing to draw; throws as requireBytes does

} // namespace orrery::ui
