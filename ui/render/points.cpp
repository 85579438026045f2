// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/layers_impl.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui {
namespace {

struct Push {
    glm::vec4 toPixels;
    glm::ivec2 size;
    std::uint32_t particles;
    float radius, centre;
};

// Where a disc (1 - r^2/R^2)^2 has fallen to a third.
constexpr float radiusPerDiameter = 0.77f;
// Below this radius the sum over pixels depends on where between them a point lies: twinkling instead of motion. And a
// size beyond which nobody looks at points keeps a wrong number from taking the GPU for seconds.
constexpr float smallestRadiusPx = 1.25f, largestRadiusPx = 128;

} // namespace

gpu::KernelOptions pointsKernel() {
    return {.name = "draw/points",
            .bindings = {{"places", gpu::Access::read, gpu::Element::vec2}, {"light", gpu::Access::readWrite, gpu::Element::u32}},
            .pushBytes = sizeof(Push),
            .local = {64, 1, 1},
            .constants = {}};
}

void Layers::points(const Frame& frame, const gpu::Buffer& vec2s, std::uint32_t count, const ToData& map,
                    const PointStyle& style) {
    if (!vec2s || count == 0 || !(style.light > 0)) return;
    requireBytes("points", vec2s, std::uint64_t(count) * sizeof(glm::vec2));
    const float wanted = style.diameterPx * radiusPerDiameter * frame.scale;
    const float radius = std::clamp(wanted, smallestRadiusPx, largestRadiusPx);
    const float kept = std::min(wanted / radius, 1.f); // too small a disc is drawn larger and dimmer, the same light in all
    const glm::vec4 clip = toClip(frame, map);
    const glm::vec2 half = glm::vec2(frame.width, frame.height) * 0.5f;
    const Push push{{glm::vec2(clip.x, clip.y) * half, (glm::vec2(clip.z, clip.w) + 1.f) * half},
                    {frame.width, frame.height},
                    count,
                    radius,
                    style.light * kept * kept * lightUnit};
    const std::uint32_t groups = m_impl->splat.groups(count);
    const std::uint32_t across = std::min(groups, frame.recorder.device().info().limits.maxComputeWorkGroupCount[0]);
    frame.recorder.dispatch(m_impl->splat, {vec2s, m_impl->light}, push, {across, (groups + across - 1) / across, 1});
}

float lightPerPoint(std::uint64_t count) {
    // Full light up to some thousands; from there the sum grows with the fifth root of the count, so that a million still
    // looks like more than a hundred thousand, and what lies below is seen.
    return float(std::min(1.0, std::pow(8000.0 / double(std::max<std::uint64_t>(count, 1)), 0.8)));
}

} // namespace orrery::ui
