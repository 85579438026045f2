// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/layers_impl.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui {
namespace {

gpu::Buffer makePalettes(gpu::Device& device) {
    const gpu::Buffer buffer = device.buffer(
        {.name = "colour maps", .size = colormaps * paletteSize * sizeof(glm::vec4), .residence = gpu::Residence::upload});
    auto* entry = static_cast<glm::vec4*>(buffer.mapped());
    for (int map = 0; map < colormaps; ++map)
        for (std::int32_t i = 0; i < paletteSize; ++i) {
            const double share = double(i) / (paletteSize - 1);
            *entry++ = glm::vec4(colour(Colormap(map), share), heatOpacity(Colormap(map), share));
        }
    return buffer;
}

} // namespace

Layers::Impl::Impl(gpu::Device& d, VkRenderPass pass)
    : device(d),
      smooth(d.readPath() == gpu::ReadPath::storage),
      splat(d, pointsKernel()),
      corners(d, cornersKernel()),
      cloud(d, cloudKernel()),
      glow(d, lightPipeline(pass, false)),
      ink(d, lightPipeline(pass, true)),
      heat(d, heatPipeline(pass, smooth)),
      contours(d, contoursPipeline(pass, smooth)),
      arrows(d, arrowsPipeline(pass)),
      polylines(d, polylinesPipeline(pass)),
      picture(d, picturePipeline(pass)),
      mask(d, maskPipeline(pass)),
      sprites(d, spritesPipeline(pass)),
      cloudSums(d, cloudPipeline(pass, false)),
      cloudPacked(d, cloudPipeline(pass, true)),
      palettes(makePalettes(d)) {}

gpu::KernelOptions cornersKernel() {
    return {.name = "draw/corners",
            .bindings = {{"cells", gpu::Access::read, gpu::Element::vec4}, {"corners", gpu::Access::write, gpu::Element::vec4}},
            .pushBytes = sizeof(glm::ivec2),
            .local = {64, 1, 1},
            .constants = {0}};
}

gpu::Buffer Layers::Impl::between(const Frame& frame, const GridBuffer& grid) {
    if (smooth) return grid.cells;
    if (cornersOf && cornersOf == grid.cells) return cornersHeld;
    const std::uint64_t cells = std::uint64_t(grid.width) * grid.height, bytes = cells * sizeof(glm::vec4);
    if (cornersOf || cornersHeld.size() < bytes) // the one of another grid is still to be drawn
        cornersHeld = device.buffer({.name = "grid corners", .size = bytes});
    const std::uint32_t groups = corners.groups(cells);
    const std::uint32_t across = std::min(groups, device.info().limits.maxComputeWorkGroupCount[0]);
    frame.recorder.dispatch(corners, {grid.cells, cornersHeld}, glm::ivec2(grid.width, grid.height),
                            {across, (groups + across - 1) / across, 1});
    cornersOf = grid.cells;
    return cornersHeld;
}

Layers::Layers(gpu::Device& device, VkRenderPass pass) : m_impl(std::make_unique<Impl>(device, pass)) {}
Layers::~Layers() = default;

void Layers::begin(const Frame& frame) {
    m_impl->draws.clear();
    m_impl->cornersOf = {};
    const std::uint64_t blocks = (std::uint64_t(frame.width) + 3) / 4 * ((frame.height + 3) / 4);
    const std::uint64_t bytes = (blocks * 16 + tileVertices(frame) / 6) * sizeof(std::uint32_t);
    if (m_impl->light.size() != bytes) m_impl->light = m_impl->device.buffer({.name = "light", .size = bytes});
    frame.recorder.fill(m_impl->light, 0);
}

void Layers::play(VkCommandBuffer commands) {
    for (const Draw& draw : m_impl->draws) draw.play(commands);
    m_impl->draws.clear();
}

glm::vec4 toClip(const Frame& frame, const ToData& toData) {
    const glm::dvec2 scale = glm::dvec2(2, -2) / (glm::dvec2(frame.width, frame.height) * frame.camera.unitsPerPx());
    return glm::vec4(glm::dvec4(scale * toData.scale, (toData.offset - frame.camera.centre()) * scale));
}

glm::vec4 cellsToClip(const Frame& frame, const GridBuffer& grid) {
    const glm::dvec2 cell = (grid.rect.high - grid.rect.low) / glm::dvec2(grid.width, grid.height);
    const glm::dvec2 scale = glm::dvec2(2, -2) / (glm::dvec2(frame.width, frame.height) * frame.camera.unitsPerPx());
    const glm::dvec2 low = grid.toData.offset + grid.toData.scale * grid.rect.low;
    return glm::vec4(glm::dvec4(scale * grid.toData.scale * cell, (low - frame.camera.centre()) * scale));
}

std::uint32_t tileVertices(const Frame& frame) { return (frame.width + 63) / 64 * ((frame.height + 63) / 64) * 6; }

void requireBytes(const char* layer, const gpu::Buffer& buffer, std::uint64_t needed) {
    if (buffer.size() < needed)
        throw Error(std::string(layer) + ": told to read " + std::to_string(needed) + " bytes of a buffer of " +
                    std::to_string(buffer.size()));
}

bool isEmpty(const GridBuffer& grid) {
    const std::uint64_t cells = std::uint64_t(grid.width) * grid.height;
    if (!grid.cells || cells == 0) return true;
    requireBytes("grid", grid.cells, cells * sizeof(glm::vec4));
    return false;
}

} // namespace orrery::ui
